"""CSV files: UTF-8 with commas (RFC 4180), as a grid. What another program wrote in another code is refused with the cure."""

from __future__ import annotations

import csv
import io

from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.errors import Faults
from tanheng.accounting.folder.grid import Grid, is_blank, is_comment, letters

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_csv(data: bytes, *, file: str, faults: Faults) -> Grid | None:
    """Return the grid of a CSV file, or None when its bytes are no text; what is wrong is noted in ``faults``."""
    text = _text(data, file, faults)
    if text is None:
        return None
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows.extend(reader)
    except csv.Error as error:
        faults.add("csv.broken", Cell(file, "", len(rows) + 1, "A"), line=reader.line_num, problem=str(error))
    grid = Grid(file, "", rows)
    _check_delimiter(grid, faults)
    return grid


def _text(data: bytes, file: str, faults: Faults) -> str | None:
    place = Cell(file)
    if data.startswith(_UTF16):
        faults.add("csv.utf16", place)
    elif data.startswith(_WORKBOOKS):
        faults.add("csv.workbook", place)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            _refuse_encoding(data, error.start, file, faults)
        else:
            if "\0" not in text:
                return text
            faults.add("csv.binary", _cell_at(data, data.index(b"\0"), file))
    return None


def _refuse_encoding(data: bytes, start: int, file: str, faults: Faults) -> None:
    """Note bytes that are not UTF-8; text that reads as Chinese in GBK is called by its name."""
    cell = _cell_at(data, start, file)
    line = data.split(b"\n")[cell.row - 1].strip()
    try:
        faults.add("csv.gbk", cell, value=line.decode("gb18030"))
    except UnicodeDecodeError:
        faults.add("csv.encoding", cell, value=line)


def _cell_at(data: bytes, index: int, file: str) -> Cell:
    """Return the place of a byte: its line, and the column by the commas before it."""
    line = data[:index].rsplit(b"\n", 1)[-1]
    return Cell(file, "", data.count(b"\n", 0, index) + 1, letters(line.count(b",")))


def _check_delimiter(grid: Grid, faults: Faults) -> None:
    """Note a file that separates its columns with something else than commas."""
    for number, row in enumerate(grid.rows, start=1):
        if is_blank(row) or is_comment(row):
            continue
        head = str(row[0])
        found = next((sign for sign in (";", "\t", "，", "；") if len(row) == 1 and head.count(sign) >= 2), None)
        if found:
            faults.add("csv.delimiter", grid.cell(number, 0), value=head, sign="TAB" if found == "\t" else found)
        return
