"""A workbook handed back with its faults: each faulty cell marked, what is wrong with a row in a column beside it.

The marked workbook can be corrected and handed in as it is: the column of faults is passed over.
"""

from __future__ import annotations

import datetime
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from tanheng.platform.ui.outcome import Fault
from tanheng.platform.ui.resources import FAULTS, faults_heads
from tanheng.platform.ui.sheets import Grid

_WIDEST = 40


def marked(grids: Sequence[Grid], faults: Sequence[Fault], heads: Mapping[str, int], *, created: datetime.datetime) -> bytes:
    """Return the sheets as a workbook with the faults in it.

    Parameters
    ----------
    heads : mapping
        Of each sheet the row of its lowest headings, from 1, to which the column of faults gets its own.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"created": created.replace(tzinfo=None)})
    looks = {
        "": book.add_format({"valign": "top"}),
        "bad": book.add_format({"bg_color": "#FADBD8", "border": 1, "border_color": "#C0392B", "valign": "top"}),
        "said": book.add_format({"font_color": "#A93226", "text_wrap": True, "valign": "top"}),
        "head": book.add_format({"bold": True, "font_color": "#A93226", "valign": "top"}),
    }
    found: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        found[fault.sheet].append(fault)
    for number, grid in enumerate(grids, 1):
        page = book.add_worksheet(grid.name or f"Sheet{number}")
        _write(page, grid, found[grid.name], heads.get(grid.name, 1), looks)
    book.close()
    return target.getvalue()


def _write(page: Any, grid: Grid, faults: Sequence[Fault], head: int, looks: Mapping[str, Any]) -> None:  # Any: no types
    beside = next((column for column in range(grid.width) if grid.text(head, column) in faults_heads()), grid.width)
    bad = {(fault.row, fault.index) for fault in faults}
    for row, cells in enumerate(grid.rows, 1):
        for column, text in enumerate(cells):
            look = looks["bad" if (row, column) in bad else ""]
            if column != beside and column in grid.lacking.get(row, ()):
                page.write_number(row - 1, column, float(text), look)  # as text it would be taken for January
            elif column != beside and (text or (row, column) in bad):
                page.write_string(row - 1, column, text, look)
    for top, left, bottom, right in grid.merged:
        if (top, left) != (bottom, right):
            page.merge_range(top, left, bottom, right, grid.text(top + 1, left), looks[""])
    for column in range(beside):
        widest = max((len(grid.text(row, column)) for row in range(head, len(grid.rows) + 1)), default=0)
        page.set_column(column, column, min(_WIDEST, max(8, 2 * widest)))
    page.set_column(beside, beside, 80)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{len(grid.rows) + 1}"})
    page.write_string(head - 1, beside, str(FAULTS), looks["head"])
    said: dict[int, list[str]] = defaultdict(list)
    for fault in faults:
        said[fault.row].append(f"{fault.column}: {fault.message}" if fault.column else fault.message)
        if fault.index is not None:
            page.write_comment(fault.row - 1, fault.index, "\n".join(_of_cell(faults, fault)), {"author": ""})
    for row, texts in said.items():
        page.write_string(row - 1, beside, "\n".join(dict.fromkeys(texts)), looks["said"])


def _of_cell(faults: Sequence[Fault], one: Fault) -> list[str]:
    return list(dict.fromkeys(other.message for other in faults if (other.row, other.index) == (one.row, one.index)))
