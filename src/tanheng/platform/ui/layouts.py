"""How a plant's own sheets are laid out: which rows are headings, which column is which field, what its words mean.

A layout is found once by a person and kept under a name; the next workbook of that shape is recognised by its headings.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tanheng.core import units
from tanheng.core.errors import InputError, UnitError
from tanheng.platform.ui.dropped_zero import field_and_year
from tanheng.platform.ui.heads import LOWEST, heads_of, plain, unit_in
from tanheng.platform.ui.ledger import heading
from tanheng.platform.ui.resources import LedgerResource, faults_heads
from tanheng.platform.ui.sheets import Grid, letter

NONE = "none-"


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
    answers : mapping
        What was said of the questions that rows raise; ``none-`` before a field says that none has it.
    file : str
        SHA-256 of the file for which questions of single cells were answered.
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
    answers: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """Return what is kept."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layout:  # Any: JSON
        """Return what was kept."""
        return cls(**{**data, "heads": tuple(data["heads"]), "fields": tuple(data["fields"])})

    def for_file(self, sha256: str) -> Layout:
        """Return the layout for a file: what was said of single cells of another says nothing of its own."""
        if self.file == sha256:
            return self
        answers = {name: answer for name, answer in self.answers.items() if field_and_year(name) is None}
        return dataclasses.replace(self, file=sha256, answers=answers)

    def column(self, name: str) -> str:
        """Return what a field is called in the sheet: letter and heading of its column; empty for one without a column."""
        index = self.index(name) if name else None
        return f"{letter(index)} {self.heads[index]}" if index is not None else ""

    def index(self, name: str) -> int | None:
        """Return the column that a field is read from, from 0."""
        return self.fields.index(name) if name in self.fields else self.also.get(name)

    @property
    def left_out(self) -> list[str]:
        """Return the columns that mean no field: letter and heading."""
        read = {*self.also.values(), *(column for column, name in enumerate(self.fields) if name)}
        heads = ((column, head) for column, head in enumerate(self.heads) if head and head not in faults_heads())
        return [f"{letter(column)} {head}" for column, head in heads if column not in read]

    def cell(self, column: int) -> str:
        """Return the name of a column's lowest heading, such as ``C3``."""
        return f"{letter(column)}{self.last}"


def fits(layout: Layout, grid: Grid) -> bool:
    """Tell whether a sheet has the headings of a layout."""
    return shift(layout, grid) is not None


def shift(layout: Layout, grid: Grid) -> int | None:
    """Return how many rows further down the headings of a layout stand in a sheet; None where they are not in it."""
    wanted = _plain_heads(layout.heads)
    return next((down for down, heads in _windows(layout, grid) if _plain_heads(heads) == wanted), None)


def adapted(layout: Layout, grid: Grid) -> Layout | None:
    """Return a layout for another sheet that has all columns that are read, be they elsewhere; None where one is lacking."""
    down = shift(layout, grid)
    if down is not None:
        return dataclasses.replace(layout, first=layout.first + down, last=layout.last + down)
    read = {column: _told(layout.heads[column]) for column in {*_mapped(layout), *layout.also.values()}}
    wanted = {_told(head) for head in layout.heads if head}
    best: tuple[int, Layout] | None = None
    for down, heads in _windows(layout, grid):
        told = [_told(head) for head in heads]
        alike = len(wanted & {*told})
        if read and all(told.count(head) == 1 for head in read.values()) and (best is None or alike > best[0]):
            best = alike, _moved(layout, down, heads, {column: told.index(head) for column, head in read.items()})
    return best[1] if best is not None else None


def _moved(layout: Layout, down: int, heads: tuple[str, ...], now: Mapping[int, int]) -> Layout:
    """Return a layout whose headings stand further down and whose columns are others."""
    names = {now[column]: name for column, name in _mapped(layout).items()}
    return dataclasses.replace(
        layout,
        first=layout.first + down,
        last=layout.last + down,
        heads=heads,
        fields=tuple(names.get(column, "") for column in range(len(heads))),
        also={name: now[column] for name, column in layout.also.items()},
    )


def _windows(layout: Layout, grid: Grid) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows in which headings may stand, nearest first: how many rows further down, and what stands there."""
    for down in sorted(range(1 - layout.first, LOWEST + 1 - layout.first), key=abs):
        if layout.last + down <= len(grid.rows):
            yield down, heads_of(grid, layout.first + down, layout.last + down)


def _mapped(layout: Layout) -> dict[int, str]:
    return {column: name for column, name in enumerate(layout.fields) if name}


def _told(head: str) -> str:
    return plain(head) + unit_in(head)


def _plain_heads(heads: Sequence[str]) -> list[str]:
    said = [_told(head) for head in heads]
    while said and (not said[-1] or heads[len(said) - 1] in faults_heads()):
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
        if _told(old) != _told(new)
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
    found += unasked(layout, resource)
    if not seen:
        found.append(InputError("platform.ui.mapping_empty"))
    return found


def unasked(layout: Layout, resource: type[LedgerResource]) -> list[InputError]:
    """Return the fields that must be said for all rows and are not, and those said to be nowhere that others need."""
    model = resource.form.model
    given = {
        *filter(None, layout.fields),
        *layout.also,
        *(name for name, value in layout.fixed.items() if value),
        layout.sheet_day,
    }
    found = []
    for name, needing in resource.asked.items():
        users = [one for one in needing if one in given]
        if name in given or (layout.answers.get(f"{NONE}{name}") and not users):
            continue
        if layout.answers.get(f"{NONE}{name}"):
            said = "、".join(layout.column(one) or heading(model, one) for one in users)
            found.append(InputError("platform.ui.mapping_needed", field=heading(model, name), columns=said))
        else:
            found.append(InputError("platform.ui.mapping_asked", field=heading(model, name)))
    return found


def _convertible(theirs: str, ours: str) -> bool:
    try:
        units.convert(Decimal(1), theirs, ours)
    except UnitError:
        return False
    return True


def sheets_of(layout: Layout, grids: Sequence[Grid]) -> list[Grid]:
    """Return the sheets that a layout reads."""
    if layout.every_sheet:
        return [grid for grid in grids if adapted(layout, grid) is not None]
    alike = [grid for grid in grids if fits(layout, grid)]
    named = [grid for grid in alike if grid.name == layout.sheet]
    return (named or alike)[:1]


def places(layout: Layout) -> dict[str, int]:
    """Return which cell of a row taken holds which field."""
    fixed = (name for name, value in layout.fixed.items() if value)
    names = list(dict.fromkeys([*filter(None, layout.fields), *layout.also, *fixed]))
    if layout.sheet_day and layout.sheet_day not in names:
        names.append(layout.sheet_day)
    return {name: index for index, name in enumerate(names)}
