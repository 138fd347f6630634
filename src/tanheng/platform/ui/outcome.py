"""What an import did, or would do: how many records, which faults, what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tanheng.platform.ui.layouts import LeftOut

MOST_FAULTS = 200
MOST_ROWS_NAMED = 30


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, or with a whole row where ``column`` is empty; ``sheet`` where there are several."""

    row: int
    column: str
    value: str
    message: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """The same fault in one row or in many; ``rows`` by sheet."""

    column: str
    value: str
    message: str
    rows: dict[str, list[int]]

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
    return ", ".join(str(row) for row in rows[:MOST_ROWS_NAMED]) + (" …" if len(rows) > MOST_ROWS_NAMED else "")


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do; ``words`` are those that may stand in the columns that say another."""

    counts: Counter[str] = field(default_factory=Counter)
    words: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

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
        """Return the faults, those of the same content together, in the order of the sheets and rows."""
        order = {sheet: place for place, sheet in enumerate(dict.fromkeys(fault.sheet for fault in self.faults))}
        found: dict[tuple[str, str, str], FaultGroup] = {}
        for fault in sorted(self.faults, key=lambda fault: (order[fault.sheet], fault.row)):
            said = (fault.column, fault.value, fault.message)
            rows = found.setdefault(said, FaultGroup(*said, rows={})).rows.setdefault(fault.sheet, [])
            if fault.row not in rows:
                rows.append(fault.row)
        return list(found.values())

    @property
    def shown(self) -> list[FaultGroup]:
        """Return the groups of faults that fit on a page."""
        return self.groups[:MOST_FAULTS]
