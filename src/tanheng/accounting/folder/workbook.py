"""Excel workbooks (.xlsx, ECMA-376) as grids, one a sheet.

Numbers of a workbook are binary; they are taken as the shortest digits that mean the same binary number, which are the ones
typed. A sheet called ``_tanheng`` carries the version of the template; sheets that explain (``README``, ``说明`` …) and
sheets without a cell are passed over.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.errors import Faults
from tanheng.accounting.folder.grid import Grid, Odd, Oddity, Raw, is_blank
from tanheng.accounting.folder.marks import Marks, PackageError, marks_of
from tanheng.accounting.folder.numerals import is_number

VERSION_SHEET = "_tanheng"
EXPLAINING = frozenset(["readme", "notes", "words", "说明", "填写说明", "词表"])


def read_workbook(data: bytes, *, file: str, faults: Faults) -> list[Grid]:
    """Return the grids of a workbook's sheets; what is wrong with the file is noted in ``faults``."""
    import python_calamine

    try:
        marks = marks_of(data)
    except PackageError as error:
        faults.add(f"workbook.{error}", Cell(file))
        return []
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        grids = [_grid(book, name, marks.get(name, Marks()), file) for name in book.sheet_names if not _explains(name)]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        faults.add("workbook.package", Cell(file), value=error)
        return []
    return [grid for grid in grids if not all(is_blank(row) for row in grid.rows)]


def _explains(name: str) -> bool:
    return name.strip().lower() in EXPLAINING


def _grid(book: Any, name: str, marks: Marks, file: str) -> Grid:  # the reader's classes are closed to subclasses and stubs
    values: Sequence[Sequence[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    rows: list[list[Raw]] = [[_raw(value) for value in row] for row in values]
    for (row, column), odd in marks.cells.items():
        while row >= len(rows):
            rows.append([])
        while column >= len(rows[row]):
            rows[row].append("")
        rows[row][column] = _marked(odd, rows[row][column])
    return Grid(file, name, rows)


def _marked(odd: Odd, raw: Raw) -> Raw:
    """Return the cell with its mark; a percentage keeps the digits that are stored."""
    return Odd(Oddity.PERCENT, str(raw)) if odd.kind is Oddity.PERCENT else odd


def _raw(value: object) -> Raw:
    """Return a cell as text, as the shortest digits of a number, or as something odd."""
    match value:
        case str():
            return Odd(Oddity.NUMBER_AS_TEXT, value) if is_number(value) else value
        case bool():
            return Odd(Oddity.TRUTH, str(value).upper())
        case int() | float():
            return digits(float(value))
        case datetime.datetime() if value.time() == datetime.time(0):
            return Odd(Oddity.DATE, value.date().isoformat())
        case _:
            return Odd(Oddity.DATE, str(value))


def digits(value: float) -> str:
    """Return the shortest decimal digits that mean the binary number ``value``.

    Examples
    --------
    >>> digits(23.076), digits(5000.0), digits(1e22)
    ('23.076', '5000', '1e+22')
    """
    text = repr(value)
    return text.removesuffix(".0")
