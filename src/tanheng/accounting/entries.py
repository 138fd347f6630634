"""Entries: what a plant wrote down, value by value, with where it stands and when it was known.

An entry is never changed. A correction is a further entry for the same quantity and period that was known later, with a reason
and a person; asked for what was known on a day, a :class:`Ledger` answers with the entry in force then. A blank entry
(``value is None``) is a gap: somebody left the cell empty. A quantity without any entry was never declared.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.plant import Basis, Place
from tanheng.core import identifiers
from tanheng.core.errors import InputError
from tanheng.core.states import Origin


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value stands: file, sheet, row (from 1) and column as the user sees them."""

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        sheet = f" [{self.sheet}]" if self.sheet else ""
        place = f" {self.column}{self.row}" if self.row else ""
        return f"{self.file}{sheet}{place}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of one quantity in one period: a month (``2025-03``) or, where a method works on years, a year (``2025``).

    ``quantity`` is a dotted id such as ``line.1.fuel.coal.consumption``; ``known`` is the day since when the value is known,
    None meaning from the beginning; ``reason`` and ``person`` are filled for a correction.
    """

    quantity: str
    period: str
    value: Decimal | None
    unit: str
    origin: Origin
    cell: Cell
    basis: Basis | None = None
    place: Place | None = None
    known: datetime.date | None = None
    reason: str = ""
    person: str = ""
    evidence: str = ""

    @property
    def id(self) -> str:
        """Id of the value: the quantity, with its period behind an ``@``."""
        return identifiers.at(self.quantity, self.period)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of a plant-year, oldest knowledge first for each id."""

    versions: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Ledger:
        """Return a ledger of the entries; two of one id need different days of knowledge.

        Raises
        ------
        InputError
            Names both cells when one id is given twice as known at the same time.
        """
        grouped: dict[str, list[Entry]] = {}
        for entry in entries:
            grouped.setdefault(entry.id, []).append(entry)
        faults = []
        for versions in grouped.values():
            versions.sort(key=_knowledge)
            for first, second in itertools.pairwise(versions):
                if _knowledge(first) == _knowledge(second):
                    faults.append(InputError("accounting.entry.twice", id=second.id, first=first.cell, second=second.cell))
        if faults:
            raise InputError("accounting.entry.refused", findings=faults, count=len(faults))
        return cls({key: tuple(versions) for key, versions in sorted(grouped.items())})

    def known_at(self, day: datetime.date | None) -> dict[str, Entry]:
        """Return for each id the entry in force on ``day``; with None, the latest."""
        return {key: entry for key, entry in self._in_force(day) if entry is not None}

    def _in_force(self, day: datetime.date | None) -> Iterator[tuple[str, Entry | None]]:
        for key, versions in self.versions.items():
            known = [entry for entry in versions if day is None or entry.known is None or entry.known <= day]
            yield key, known[-1] if known else None

    def earlier(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the entries that ``entry`` replaced, oldest first."""
        versions = self.versions[entry.id]
        return versions[: versions.index(entry)]


def _knowledge(entry: Entry) -> datetime.date:
    return entry.known or datetime.date.min
