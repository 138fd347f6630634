"""Taking the rows of a plant's own sheets as a layout says; what is no record is left out, and why is said."""

from __future__ import annotations

import datetime
import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy

from tanheng.core import units
from tanheng.core.errors import InputError
from tanheng.platform.ui.heads import heads_of, unit_in
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.layouts import Layout, adapted, changes, places, sheets_of
from tanheng.platform.ui.ledger import heading
from tanheng.platform.ui.named_days import day_in
from tanheng.platform.ui.resources import DAYS, LedgerResource, faults_heads, narrow
from tanheng.platform.ui.sheets import Grid, Row

_TOTALS = re.compile(r"^(合计|总计|小计|累计|本月合计|平均|平均值|total|subtotal|sum|average)[:：]?$", re.IGNORECASE)
_SUM = re.compile(  # with what it is the sum of before it, and how many behind it
    r".{0,20}?(小计|合计|总计|共计|累计|本页)\s*[:：]?\s*(共?\s*\d+\s*[台件只套个块支]*)?\s*([（(，,。].*)?", re.IGNORECASE
)
_COUNT = re.compile(r"[共计]?\s*[-+]?[\d.,]+\s*[台件只套个块支]*")
_FOOT = re.compile(
    r"^(制表|审核|审批|填表|填报|负责人|编制|复核|注|备注|说明|note|prepared|checked|approved)(人|日期|单位|by)?\s*[:：]",
    re.IGNORECASE,
)
_SERIAL = range(20_000, 80_000)  # of days in a spreadsheet: 1954 to 2118
_EPOCH = datetime.date(1899, 12, 30)


class Why(enum.StrEnum):
    """Why a row or sheet is not imported."""

    OTHER_HEADS = "other-heads"
    NOT_CHOSEN = "not-chosen"
    SUM = "sum"
    FOOT = "foot"
    HEADS_AGAIN = "heads-again"
    NEW_COLUMNS = "new-columns"
    EMPTY = "empty"  # nothing in the columns that mean a field


_WHY = {
    Why.OTHER_HEADS: gettext_lazy("the whole sheet: other headings"),
    Why.NOT_CHOSEN: gettext_lazy("the whole sheet: the same headings, but only the sheet chosen is read"),
    Why.SUM: gettext_lazy("a sum"),
    Why.FOOT: gettext_lazy("a signature or note"),
    Why.HEADS_AGAIN: gettext_lazy("the headings once more"),
    Why.NEW_COLUMNS: gettext_lazy("columns that the sheet looked at does not have"),
    Why.EMPTY: gettext_lazy("nothing in the columns that are read"),
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row, or with ``row`` 0 a whole sheet, that is not imported, and what it begins with.

    Parameters
    ----------
    differs : InputError or None
        Of a sheet with other headings, the first that is another.
    """

    sheet: str
    row: int
    text: str
    why: Why
    differs: InputError | None = None

    @property
    def reason(self) -> str:
        """Return why it is not imported, in the language of the page."""
        return f"{_WHY[self.why]}{': ' + text_of(self.differs) if self.differs is not None else ''}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a layout finds in a workbook."""

    rows: list[Row]
    left_out: list[LeftOut]


def take(layout: Layout, grids: Sequence[Grid], resource: type[LedgerResource], *, month: str = "") -> Taken:
    """Return the rows that a layout finds, as the ledger's own sheet would have them: one cell a field of :func:`places`.

    Parameters
    ----------
    month : str
        ``2025-03``, for sheets whose names are days of it.

    Raises
    ------
    InputError
        The name of a sheet holds no day where one is wanted; names the sheet.
    """
    wanted = sheets_of(layout, grids)
    rows: list[Row] = []
    left = [_sheet_left_out(layout, grid) for grid in grids if grid not in wanted]
    for grid in wanted:
        own = adapted(layout, grid) or layout
        left += _columns_left_out(layout, own, grid)
        day = day_in(grid.name, month) if layout.sheet_day else None
        if layout.sheet_day and day is None:
            raise InputError("platform.ui.mapping_day", sheet=grid.name)
        for number in range(own.last + 1, len(grid.rows) + 1):
            why = _no_record(own, grid, number)
            if why is None:
                rows.append(_row(own, grid, number, resource, day))
            elif text := next((cell.strip() for cell in grid.rows[number - 1] if cell.strip()), ""):
                left.append(LeftOut(grid.name, number, text[:60], why))
    return Taken(rows, left)


def _sheet_left_out(layout: Layout, grid: Grid) -> LeftOut:
    text = " ".join(dict.fromkeys(heads_of(grid, 1, 1))).strip()[:60]
    if adapted(layout, grid) is not None:
        return LeftOut(grid.name, 0, text, Why.NOT_CHOSEN)
    for said in changes(layout, grid):
        cell, before, now = (said.fields[part] for part in ("cell", "before", "now"))
        differs = InputError("platform.ui.mapping_differs", cell=cell, before=before, now=now)
        return LeftOut(grid.name, 0, text, Why.OTHER_HEADS, differs)
    return LeftOut(grid.name, 0, text, Why.OTHER_HEADS)


def _columns_left_out(layout: Layout, own: Layout, grid: Grid) -> list[LeftOut]:
    extra = [head for head in own.heads if head and head not in layout.heads and head not in faults_heads()]
    return [LeftOut(grid.name, 0, "、".join(extra)[:60], Why.NEW_COLUMNS)] if extra else []


def _no_record(layout: Layout, grid: Grid, number: int) -> Why | None:
    """Return why a row is no record; None of one that is."""
    said = [text for column in range(grid.width) if (text := grid.text(number, column))]
    if any(_TOTALS.match("".join(text.split())) for text in said[:3]) or _is_sum(said):
        return Why.SUM
    if said and _FOOT.match(said[0]):
        return Why.FOOT
    if all(grid.text(number, column) in (head.split(" / ")[-1], "") for column, head in enumerate(layout.heads)):
        return Why.HEADS_AGAIN  # as they are printed on each page
    read = {*(column for column, name in enumerate(layout.fields) if name), *layout.also.values()}
    return None if any(grid.text(number, column) for column in read) else Why.EMPTY


def _row(layout: Layout, grid: Grid, number: int, resource: type[LedgerResource], day: datetime.date | None) -> Row:
    cells = dict(_cells(layout, grid, number, resource))
    cells |= {name: value for name, value in layout.fixed.items() if value and name not in cells}
    if day is not None and not cells.get(layout.sheet_day):
        cells[layout.sheet_day] = day.isoformat()
    there = grid.lacking_in(number)
    order = places(layout)
    lacking = {order[name]: there[at] for name in cells if (at := layout.index(name)) is not None and at in there}
    return Row(number, tuple(cells.get(name, "") for name in order), grid.name, lacking)


def _is_sum(said: Sequence[str]) -> bool:
    """Tell whether the cells that are filled say but a sum: a word for it, how many, and at most of what."""
    words = [text for text in dict.fromkeys(said) if not _COUNT.fullmatch(text)]
    return len(words) <= 2 and any(_SUM.fullmatch(text) for text in words)


def _cells(layout: Layout, grid: Grid, number: int, resource: type[LedgerResource]) -> Iterator[tuple[str, str]]:
    for column, name in enumerate(layout.fields):
        if name:
            text = grid.text(number, column)
            text = layout.words.get(name, {}).get(text.casefold(), text)
            yield name, read(text, name, layout.heads[column], resource)
    for name, column in layout.also.items():
        words = layout.words.get(name, {})
        text = grid.text(number, column)
        text = words.get(text.casefold(), text)
        before = layout.fixed.get(name, "") if text and name not in resource.form.labels else ""
        text = before + read(text, name, layout.heads[column], resource)
        yield name, words.get(text.casefold(), text)


def read(text: str, name: str, head: str, resource: type[LedgerResource]) -> str:
    """Return a cell as our own sheet would have it: a day of a spreadsheet's count as a date, a figure in our unit."""
    model = resource.form.model
    kind = "DateField" if name in DAYS else model._meta.get_field(name).get_internal_type()
    if kind == "DateField" and (text := narrow(text)).isdecimal() and int(text) in _SERIAL:
        return (_EPOCH + datetime.timedelta(days=int(text))).isoformat()
    theirs, ours = unit_in(head), unit_in(heading(model, name))
    if theirs and ours and theirs != ours:
        try:
            return f"{units.convert(Decimal(text), theirs, ours):f}"
        except InvalidOperation:
            return text  # no figure: the form says so, with what stands there
    return text
