"""How a plant's own sheets are laid out: which rows are headings, which column is which field, what its words mean.

A layout is found once by a person and kept under a name; the next workbook of that shape is recognised by its headings.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from tanheng.core import units
from tanheng.core.errors import InputError, UnitError
from tanheng.platform.ui.heads import heads_of, plain, unit_in
from tanheng.platform.ui.ledger import heading
from tanheng.platform.ui.resources import DAYS, LedgerResource
from tanheng.platform.ui.sheets import Grid, Row, letter

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
_YEAR_MONTH = re.compile(r"(?<!\d)(20\d\d)\s*[年.\-/_]?\s*(1[0-2]|0?[1-9])(?!\d)")
_FULL_DAY = re.compile(r"(?<!\d)(20\d\d)\s*[年.\-/]\s*(1[0-2]|0?[1-9])\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9])")
_MONTH_DAY = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9])(?!\d)")
_DAY = re.compile(r"^\s*(3[01]|[12]\d|0?[1-9])\s*[日号]?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How sheets are laid out.

    Parameters
    ----------
    sheet : str
        The sheet that was looked at; of several alike it is the one that is read.
    every_sheet : bool
        Whether all sheets with these headings are read, such as one a day.
    first, last : int
        Rows of the headings, from 1.
    heads : tuple of str
        The heading of each column.
    fields : tuple of str
        The field of each column; empty where it is left out.
    fixed : mapping
        What all rows say in a field that no column has.
    also : mapping
        Of a field without a column of its own, the column that it is read from too, such as a kind from a name. What ``fixed``
        says of it stands before, such as ``JL-`` before a number.
    words : mapping
        Of a field, what a word of the sheet means.
    sheet_day : str
        Field that takes the day in the name of the sheet; empty for none.
    """

    sheet: str = ""
    every_sheet: bool = False
    first: int = 1
    last: int = 1
    heads: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sheet_day: str = ""

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """Return what is kept."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layout:  # Any: JSON
        """Return what was kept."""
        return cls(**{**data, "heads": tuple(data["heads"]), "fields": tuple(data["fields"])})

    def column(self, name: str) -> str:
        """Return what a field is called in the sheet: letter and heading of its column; empty for one without a column."""
        index = self.index(name) if name else None
        return f"{letter(index)} {self.heads[index]}" if index is not None else ""

    def index(self, name: str) -> int | None:
        """Return the column that a field is read from, from 0."""
        return self.fields.index(name) if name in self.fields else self.also.get(name)

    def cell(self, column: int) -> str:
        """Return the name of a column's lowest heading, such as ``C3``."""
        return f"{letter(column)}{self.last}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row, or with ``row`` 0 a whole sheet, that is not imported, and what it begins with."""

    sheet: str
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a layout finds in a workbook."""

    rows: list[Row]
    left_out: list[LeftOut]


def fits(layout: Layout, grid: Grid) -> bool:
    """Tell whether a sheet has the headings of a layout."""
    return _plain_heads(heads_of(grid, layout.first, layout.last)) == _plain_heads(layout.heads)


def _plain_heads(heads: Sequence[str]) -> list[str]:
    said = [plain(head) + unit_in(head) for head in heads]
    while said and not said[-1]:
        said.pop()
    return said


def changes(layout: Layout, grid: Grid) -> list[InputError]:
    """Return where the headings of a sheet differ from a layout's, cell by cell."""
    now = heads_of(grid, layout.first, layout.last)
    width = max(len(now), len(layout.heads))
    before, after = ([*heads, *[""] * (width - len(heads))] for heads in (layout.heads, now))
    return [
        InputError("platform.ui.mapping_changed", cell=layout.cell(column), before=old or "—", now=new or "—")
        for column, (old, new) in enumerate(zip(before, after, strict=True))
        if plain(old) + unit_in(old) != plain(new) + unit_in(new)
    ]


def faults(layout: Layout, resource: type[LedgerResource], required: Sequence[str]) -> list[InputError]:
    """Return why a layout cannot be used: a field twice, a required one without a column, units that do not convert."""
    found = []
    seen: dict[str, int] = {}
    model = resource.form.model
    for column, name in enumerate(layout.fields):
        if not name:
            continue
        first = seen.setdefault(name, column)
        if first != column:
            cell, other = layout.cell(column), layout.cell(first)
            found.append(InputError("platform.ui.mapping_twice", cell=cell, other=other, field=heading(model, name)))
        theirs, ours = unit_in(layout.heads[column]), unit_in(heading(model, name))
        if theirs and ours and not _convertible(theirs, ours):
            cell, said = layout.cell(column), heading(model, name)
            found.append(InputError("platform.ui.mapping_unit", cell=cell, unit=theirs, field=said, ours=ours))
    given = {*seen, *layout.also, *(name for name, value in layout.fixed.items() if value), layout.sheet_day}
    missing = [heading(model, name) for name in required if name not in given]
    if missing:
        found.append(InputError("platform.ui.mapping_missing", fields="、".join(missing)))
    if not seen:
        found.append(InputError("platform.ui.mapping_empty"))
    return found


def _convertible(theirs: str, ours: str) -> bool:
    try:
        units.convert(Decimal(1), theirs, ours)
    except UnitError:
        return False
    return True


def sheets_of(layout: Layout, grids: Sequence[Grid]) -> list[Grid]:
    """Return the sheets that a layout reads."""
    alike = [grid for grid in grids if fits(layout, grid)]
    if layout.every_sheet:
        return alike
    named = [grid for grid in alike if grid.name == layout.sheet]
    return (named or alike)[:1]


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
    left = [LeftOut(grid.name, 0, " ".join(heads_of(grid, 1, 1))[:60]) for grid in grids if grid not in wanted]
    for grid in wanted:
        day = day_in(grid.name, month) if layout.sheet_day else None
        if layout.sheet_day and day is None:
            raise InputError("platform.ui.mapping_day", sheet=grid.name)
        for number in range(layout.last + 1, len(grid.rows) + 1):
            row = _row(layout, grid, number, resource, day)
            if row is not None:
                rows.append(row)
            elif text := next((cell.strip() for cell in grid.rows[number - 1] if cell.strip()), ""):
                left.append(LeftOut(grid.name, number, text[:60]))
    return Taken(rows, left)


def places(layout: Layout) -> dict[str, int]:
    """Return which cell of a row taken holds which field."""
    fixed = (name for name, value in layout.fixed.items() if value)
    names = list(dict.fromkeys([*filter(None, layout.fields), *layout.also, *fixed]))
    if layout.sheet_day and layout.sheet_day not in names:
        names.append(layout.sheet_day)
    return {name: index for index, name in enumerate(names)}


def _row(layout: Layout, grid: Grid, number: int, resource: type[LedgerResource], day: datetime.date | None) -> Row | None:
    said = [text for column in range(grid.width) if (text := grid.text(number, column))]
    if not said or any(_TOTALS.match("".join(text.split())) for text in said[:3]) or _is_sum(said) or _FOOT.match(said[0]):
        return None
    if all(grid.text(number, column) in (head.split(" / ")[-1], "") for column, head in enumerate(layout.heads)):
        return None  # the headings once more, as they are printed on each page
    cells = dict(_cells(layout, grid, number, resource))
    if not any(cells.values()):
        return None
    cells |= {name: value for name, value in layout.fixed.items() if value and name not in cells}
    if day is not None and not cells.get(layout.sheet_day):
        cells[layout.sheet_day] = day.isoformat()
    return Row(number, tuple(cells.get(name, "") for name in places(layout)), grid.name)


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
    if kind == "DateField" and text.isdecimal() and int(text) in _SERIAL:
        return (_EPOCH + datetime.timedelta(days=int(text))).isoformat()
    theirs, ours = unit_in(head), unit_in(heading(model, name))
    if theirs and ours and theirs != ours:
        try:
            return f"{units.convert(Decimal(text), theirs, ours):f}"
        except InvalidOperation:
            return text  # no figure: the form says so, with what stands there
    return text


def day_in(name: str, month: str = "") -> datetime.date | None:
    """Return the day that the name of a sheet says: ``2025.3.1``, and with a month also ``3.1``, ``3月1日`` and ``1``.

    Examples
    --------
    >>> [str(day_in(name, "2025-03")) for name in ("2025.3.1", "3月2日", "3", "4日", "汇总")]
    ['2025-03-01', '2025-03-02', '2025-03-03', '2025-03-04', 'None']
    """
    year, number = (int(part) for part in month.split("-")) if re.fullmatch(r"\d{4}-\d{2}", month) else (0, 0)
    if found := _FULL_DAY.search(name):
        parts = [int(part) for part in found.groups()]
    elif year and (found := _MONTH_DAY.search(name)):
        parts = [year, int(found[1]), int(found[2])]
    elif year and (found := _DAY.match(name)):
        parts = [year, number, int(found[1])]
    else:
        return None
    try:
        return datetime.date(*parts)
    except ValueError:
        return None


def month_in(texts: Sequence[str]) -> str:
    """Return the month that a file name or title says, as ``2025-03``; empty where none does.

    Examples
    --------
    >>> month_in(["日报", "2025年3月生产日报.xlsx"]), month_in(["202503"]), month_in(["日报"])
    ('2025-03', '2025-03', '')
    """
    for text in texts:
        if found := _YEAR_MONTH.search(text):
            return f"{found[1]}-{int(found[2]):02}"
    return ""
