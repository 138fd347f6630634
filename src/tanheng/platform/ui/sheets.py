"""Sheets as bytes: XLSX and CSV, written so that the same rows give the same bytes, read as rows of text."""

from __future__ import annotations

import csv
import datetime
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter

from tanheng.core.errors import InputError
from tanheng.platform.record.sniffing import CSV, XLSX
from tanheng.platform.ui.dropped_zero import may_lack_zero

MOST_ROWS = 20_000
MOST_COLUMNS = 200
_ENCODINGS = ("utf-8-sig", "gb18030")
_LONGEST_LIST = 255  # of the words that Excel offers in a cell
_MEASURED = 500  # rows that say how wide a column is
_NARROWEST, _WIDEST = 8, 36  # letters
_A3, _A4 = 8, 9  # Excel's numbers of the papers
_FITS_A4, _FITS_A3 = 220, 440  # letters across a page: beyond them a line of the sheet would be under five points


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet; ``number`` is what the spreadsheet calls it. ``sheet`` is empty where there is but one.

    Parameters
    ----------
    lacking : mapping
        Of the cells that hold a number such as 2019.1, which may lack a zero, the name in the sheet: ``E7``.
    """

    number: int
    cells: tuple[str, ...]
    sheet: str = ""
    lacking: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """A whole sheet as text; a merged cell says in all its places what it says in the first.

    Parameters
    ----------
    merged : tuple
        Top, left, bottom and right of each merged cell, from 0.
    lacking : mapping
        Of each row, from 1, the columns, from 0, of the cells that hold a number such as 2019.1, which may lack a zero.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    lacking: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return max((len(row) for row in self.rows), default=0)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell; rows count from 1, columns from 0."""
        cells = self.rows[row - 1] if 1 <= row <= len(self.rows) else ()
        return cells[column].strip() if column < len(cells) else ""

    def lacking_in(self, row: int) -> dict[int, str]:
        """Return the names of the cells of a row that may lack a zero, by their columns."""
        return {column: f"{letter(column)}{row}" for column in self.lacking.get(row, ())}


def letter(column: int) -> str:
    """Return what a spreadsheet calls a column that counts from 0.

    Examples
    --------
    >>> [letter(column) for column in (0, 25, 26, 701)]
    ['A', 'Z', 'AA', 'ZZ']
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def grids(path: Path, media: str) -> list[Grid]:
    """Return all visible sheets of a workbook that hold anything, or the one of a CSV file.

    Raises
    ------
    InputError
        It cannot be read, is too large, or holds nothing.
    """
    found = [_csv_grid(path)] if media == CSV else _workbook_grids(path)
    found = [grid for grid in found if any(text.strip() for row in grid.rows for text in row)]
    count = sum(len(grid.rows) for grid in found)
    if count > MOST_ROWS + 1:
        raise InputError("platform.ui.rows", count=count - 1, limit=MOST_ROWS)
    if not found:
        raise InputError("platform.ui.no_rows")
    return found


def _csv_grid(path: Path) -> Grid:
    rows: list[tuple[str, ...]] = []
    lacking: dict[int, Sequence[int]] = {}
    for row in _read_csv(path):
        rows.extend([()] * (row.number - 1 - len(rows)))
        rows.append(row.cells)
        lacking[row.number] = tuple(row.lacking)
    return Grid("", tuple(rows), lacking=lacking)


def _workbook_grids(path: Path) -> list[Grid]:
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            visible = [one.name for one in book.sheets_metadata if one.visible == python_calamine.SheetVisibleEnum.Visible]
            return [_grid(book.get_sheet_by_name(name)) for name in visible]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError("platform.ui.unreadable", reason=str(error)) from error


def _grid(sheet: Any) -> Grid:  # Any: calamine's sheet
    cells = [row[:MOST_COLUMNS] for row in sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 2)]
    merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())
    for top, left, bottom, right in merged:
        if top < len(cells) and left < len(cells[top]):
            for row in cells[top : bottom + 1]:
                row[left : right + 1] = [cells[top][left]] * len(row[left : right + 1])
    lacking = {number: found for number, row in enumerate(cells, 1) if (found := _lacking(row))}
    return Grid(sheet.name, tuple(tuple(_text(cell) for cell in row) for row in cells), merged, lacking)


def read(path: Path, media: str) -> list[Row]:
    """Return the rows of a sheet that hold anything; of a workbook its first sheet.

    Raises
    ------
    InputError
        It cannot be read, or is too large.
    """
    rows = list(_read_csv(path) if media == CSV else _read_workbook(path))
    if len(rows) > MOST_ROWS + 1:
        raise InputError("platform.ui.rows", count=len(rows) - 1, limit=MOST_ROWS)
    if not rows:
        raise InputError("platform.ui.no_rows")
    return rows


def _read_workbook(path: Path) -> Iterator[Row]:
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST_ROWS + 2)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError("platform.ui.unreadable", reason=str(error)) from error
    for number, cells in enumerate(rows, start=1):
        texts = tuple(_text(cell) for cell in cells[:MOST_COLUMNS])
        if any(text.strip() for text in texts):
            yield Row(number, texts, lacking={column: f"{letter(column)}{number}" for column in _lacking(cells[:MOST_COLUMNS])})


def _lacking(cells: Sequence[Any]) -> list[int]:  # Any: what a spreadsheet holds
    """Return the columns of the numbers that may lack a zero; a text has kept what was typed."""
    return [column for column, cell in enumerate(cells) if isinstance(cell, float) and may_lack_zero(repr(cell))]


def _text(cell: Any) -> str:  # Any: what a spreadsheet holds
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def _read_csv(path: Path) -> Iterator[Row]:
    data = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InputError("platform.ui.unreadable", reason="UTF-8, GB 18030")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                texts, number = tuple(cells[:MOST_COLUMNS]), reader.line_num
                lacking = {at: f"{letter(at)}{number}" for at, text in enumerate(texts) if may_lack_zero(text.strip())}
                yield Row(number, texts, lacking=lacking)  # the file has no types: what may have been a number is taken for one
    except csv.Error as error:
        raise InputError("platform.ui.unreadable", reason=str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet to write.

    Parameters
    ----------
    name : str
    heads : sequence of str
    rows : sequence of sequences
        Numbers as Decimal, dates as dates, all else as text.
    words : sequence of sequences of str
        Of each column what may stand in it; empty where anything may.
    """

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    words: Sequence[Sequence[str]] = ()


def workbook(sheets: Sequence[Sheet], *, created: datetime.datetime) -> bytes:
    """Return a workbook; no text in it is ever a formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"created": created.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bg_color": "#E3F0F2", "border": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        for column, title in enumerate(sheet.heads):
            page.write_string(0, column, title, head)
        _lay_out(page, sheet, wrapped)
        for line, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row):
                _write(page, line, column, value, day)
        for column, words in enumerate(sheet.words):
            if words and len(",".join(words)) <= _LONGEST_LIST:
                page.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": list(words)})
        if sheet.rows:
            page.autofilter(0, 0, len(sheet.rows), max(0, len(sheet.heads) - 1))
    book.close()
    return target.getvalue()


def _lay_out(page: Any, sheet: Sheet, wrapped: Any) -> None:  # Any: xlsxwriter has no types
    """Give the columns the width of what they hold, and pages their head, number and a width that fits the paper."""
    widths = [
        _width(title, [row[column] for row in sheet.rows[:_MEASURED] if column < len(row)])
        for column, title in enumerate(sheet.heads)
    ]
    for column, width in enumerate(widths):
        page.set_column(column, column, width, wrapped)
    page.set_landscape()
    page.set_paper(_A4 if sum(widths) <= _FITS_A4 else _A3)
    page.fit_to_pages(-(-sum(widths) // _FITS_A3), 0)
    page.repeat_rows(0)
    page.hide_gridlines(0)  # they are printed
    page.set_header("&C&A")
    page.set_footer("&C&P / &N")


def _width(title: str, values: Sequence[object]) -> int:
    """Return the width of a column in letters: a head may take two lines, a text above the widest is wrapped."""
    longest = max((_letters(str(value)) for value in values if value is not None), default=0)
    return min(_WIDEST, max(_NARROWEST, -(-_letters(title) // 2) + 3, longest + 2))


def _letters(text: str) -> int:
    """Return the place that a text takes, a Chinese character that of two letters."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _write(page: Any, line: int, column: int, value: object, day: Any) -> None:  # Any: xlsxwriter has no types
    if value is None or value == "":
        return
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        page.write_number(line, column, value)
    elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        page.write_datetime(line, column, value, day)
    else:
        page.write_string(line, column, str(value))


def comma_separated(sheet: Sheet, *, escape: Any) -> bytes:  # Any: a function of text
    """Return a sheet as CSV in UTF-8 with a byte order mark, as spreadsheets expect it.

    Parameters
    ----------
    escape : callable
        Makes a text harmless that a spreadsheet would take for a formula.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(sheet.heads)
    for row in sheet.rows:
        writer.writerow([escape(value) if isinstance(value, str) else _plain(value) for value in row])
    return target.getvalue().encode("utf-8-sig")


def _plain(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


MEDIA = frozenset({XLSX, CSV})
