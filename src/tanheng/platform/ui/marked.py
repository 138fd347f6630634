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
    firsts = _firsts(grid)
    bad: dict[tuple[int, int], list[str]] = defaultdict(list)
    for fault in faults:
        if fault.index is not None:
            bad[firsts.get((fault.row, fault.index), (fault.row, fault.index))].append(fault.message)
    for row, cells in enumerate(grid.rows, 1):
        for column, text in enumerate(cells):
            look = looks["bad" if (row, column) in bad else ""]
            if column != beside and column in grid.lacking.get(row, ()):
                page.write_number(row - 1, column, float(text), look)  # as text it would be taken for January
            elif column != beside and (text or (row, column) in bad):
                page.write_string(row - 1, column, text, look)
    for top, left, bottom, right in grid.merged:
        if (top, left) != (bottom, right):
            text, look = grid.text(top + 1, left), looks["bad" if (top + 1, left) in bad else ""]
            page.merge_range(top, left, bottom, right, text, look)
            if left in grid.lacking.get(top + 1, ()):
                page.write_number(top, left, float(text), look)  # as above
    for column in range(beside):
        widest = max((len(grid.text(row, column)) for row in range(head, len(grid.rows) + 1)), default=0)
        page.set_column(column, column, min(_WIDEST, max(8, 2 * widest)))
    page.set_column(beside, beside, 80)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{len(grid.rows) + 1}"})
    page.write_string(head - 1, beside, str(FAULTS), looks["head"])
    said: dict[int, list[str]] = defaultdict(list)
    for fault in faults:
        said[fault.row].append(f"{fault.column}: {fault.message}" if fault.column else fault.message)
    for (row, column), texts in bad.items():
        page.write_comment(row - 1, column, "\n".join(dict.fromkeys(texts)), {"author": ""})
    for row, texts in said.items():
        page.write_string(row - 1, beside, "\n".join(dict.fromkeys(texts)), looks["said"])


def _firsts(grid: Grid) -> dict[tuple[int, int], tuple[int, int]]:
    """Return of each place of a merged cell its first, which alone holds anything; rows from 1, columns from 0."""
    rows, width = len(grid.rows), grid.width
    return {
        (row, column): (top + 1, left)
        for top, left, bottom, right in grid.merged
        for row in range(top + 1, min(bottom + 1, rows) + 1)
        for column in range(left, min(right + 1, width))
    }
