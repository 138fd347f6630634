"""What an import did, or would do: how many records, which faults, what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tanheng.platform.ui.taking import LeftOut

MOST_FAULTS = 200
MOST_RUNS_NAMED = 30
MOST_ALIKE = 5  # contents with one and the same fault, from which on they are one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one cell, or with a whole row where ``column`` is empty; ``sheet`` where there are several.

    Parameters
    ----------
    code : str
        Tells faults of one sort from others, whatever they say of each content.
    index : int or None
        Column of the sheet, from 0; None for the whole row.
    """

    row: int
    column: str
    value: str
    message: str
    sheet: str = ""
    code: str = ""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """The same fault in one row or in many; ``rows`` by sheet. With ``parts`` it is one sort of fault in many contents."""

    column: str
    value: str
    message: str
    rows: dict[str, list[int]]
    parts: tuple[FaultGroup, ...] = ()

    @property
    def sheet(self) -> str:
        """Return the sheets."""
        return "、".join(self.rows)

    @property
    def where(self) -> str:
        """Return the row, or how many rows and which."""
        count = sum(len(rows) for rows in self.rows.values())
        if count == 1:
            return str(next(iter(self.rows.values()))[0])
        said = [f"{sheet} {_listed(rows)}" if len(self.rows) > 1 else _listed(rows) for sheet, rows in self.rows.items()]
        return _("%(count)s rows: %(rows)s") % {"count": count, "rows": "; ".join(said)}


def _listed(rows: Sequence[int]) -> str:
    runs = [str(first) if first == last else f"{first}–{last}" for first, last in runs_of(rows)]
    return ", ".join(runs[:MOST_RUNS_NAMED]) + (" …" if len(runs) > MOST_RUNS_NAMED else "")


def runs_of(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of numbers that follow each other.

    Examples
    --------
    >>> list(runs_of([3, 4, 5, 9, 11, 12]))
    [(3, 5), (9, 9), (11, 12)]
    """
    ordered = sorted(rows)
    start = 0
    for place in range(1, len(ordered) + 1):
        if place == len(ordered) or ordered[place] != ordered[place - 1] + 1:
            yield ordered[start], ordered[place - 1]
            start = place


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do; ``words`` are those that may stand in the columns that say another.

    Parameters
    ----------
    unreasoned : int
        How many records it would correct without a reason: it is asked for once, and nothing is saved before.
    """

    counts: Counter[str] = field(default_factory=Counter)
    words: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    unreasoned: int = 0

    @property
    def new(self) -> int:
        """Return how many records are new."""
        return self.counts["new"]

    @property
    def corrected(self) -> int:
        """Return how many records get a further version."""
        return self.counts["corrected"]

    @property
    def unchanged(self) -> int:
        """Return how many rows say what the record says already."""
        return self.counts["unchanged"]

    @property
    def bad_rows(self) -> int:
        """Return how many rows have a fault."""
        return len({(fault.sheet, fault.row) for fault in self.faults})

    @property
    def groups(self) -> list[FaultGroup]:
        """Return the faults in the order of the sheets and rows, those of the same content or of the same sort together."""
        order = {sheet: place for place, sheet in enumerate(dict.fromkeys(fault.sheet for fault in self.faults))}
        found: dict[tuple[str, str, str], FaultGroup] = {}
        sorts: dict[tuple[str, str], list[FaultGroup]] = {}
        for fault in sorted(self.faults, key=lambda fault: (order[fault.sheet], fault.row)):
            said = (fault.column, fault.value, fault.message)
            if said not in found:
                found[said] = FaultGroup(*said, rows={})
                sorts.setdefault((fault.column, fault.code or fault.message), []).append(found[said])
            rows = found[said].rows.setdefault(fault.sheet, [])
            if fault.row not in rows:
                rows.append(fault.row)
        return [line for alike in sorts.values() for line in ([_joined(alike)] if len(alike) > MOST_ALIKE else alike)]

    @property
    def shown(self) -> list[FaultGroup]:
        """Return the groups of faults that fit on a page."""
        return self.groups[:MOST_FAULTS]


def _joined(alike: Sequence[FaultGroup]) -> FaultGroup:
    """Return one line for one sort of fault in many contents; it says the first."""
    rows: dict[str, list[int]] = {}
    for one in alike:
        for sheet, numbers in one.rows.items():
            rows[sheet] = sorted({*rows.get(sheet, ()), *numbers})
    first = alike[0]
    return FaultGroup(first.column, first.value, first.message, rows, tuple(alike))
