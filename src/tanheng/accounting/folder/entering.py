"""The entries found so far: judged value by value, and refused where one thing is said twice."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.entries import Cell, Entry
from tanheng.accounting.folder.errors import Faults
from tanheng.accounting.folder.grid import Odd, Oddity, Raw
from tanheng.accounting.folder.model import Note
from tanheng.accounting.folder.numerals import is_not_applicable, parse
from tanheng.accounting.folder.subjects import Line, Subject, range_fault
from tanheng.accounting.plant import Plant
from tanheng.core import identifiers
from tanheng.core.period import Month

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


@dataclass(slots=True)
class Entering:
    """Collects the entries of one plant-year.

    ``given`` holds for each quantity and period the cell it was first given in; samples and corrections have ids of their own.
    """

    plant: Plant
    faults: Faults
    entries: list[Entry] = field(default_factory=list)
    given: dict[tuple[str, str], Cell] = field(default_factory=dict)
    traits: dict[str, tuple[Subject, Cell]] = field(default_factory=dict)
    not_applicable: dict[str, Cell] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def value(self, raw: Raw, cell: Cell, heading: str, subject: Subject, *, period: str) -> tuple[bool, Decimal | None]:
        """Return whether a cell makes an entry, and its number, None for a blank; what makes none is noted."""
        if isinstance(raw, str):
            if not raw or raw.isspace():
                return True, None
            if is_not_applicable(raw):
                self._no_value(raw, cell, heading, subject, period)
                return False, None
        found = parse(raw, unit=subject.unit)
        if isinstance(found, str):
            self.faults.add(found, cell, value=raw, heading=heading, unit=subject.unit)
            return False, None
        if not subject.holds(found):
            code, fields = range_fault(found, subject)
            self.faults.add(code, cell, value=raw, heading=heading, **fields)
            return False, None
        return True, found

    def _no_value(self, raw: Raw, cell: Cell, heading: str, subject: Subject, period: str) -> None:
        """Note that a property is declared not applicable; an amount cannot be."""
        if subject.is_amount:
            self.faults.add("number.amount_not_applicable", cell, value=raw, heading=heading)
        else:
            self.not_applicable[identifiers.at(subject.quantity, period)] = cell

    def claim(self, quantity: str, period: str, cell: Cell) -> Cell | None:
        """Take a quantity and period for a cell; return the cell that has it already, if one has."""
        return None if (first := self.given.setdefault((quantity, period), cell)) is cell else first

    def agree(self, subject: Subject, line: Line) -> bool:
        """Say whether basis, place and dimension are those of the quantity's other rows; note a fault when not."""
        first, cell = self.traits.setdefault(subject.quantity, (subject, line.cell("item")))
        agreed = True
        for column, mine, other in (
            ("basis", subject.basis, first.basis),
            ("place", subject.place, first.place),
        ):
            if mine != other:
                line.fault("row.trait", column, quantity=subject.quantity, other=other or "", first=str(cell))
                agreed = False
        return agreed

    def remark(self, line: Line, quantity: str) -> None:
        """Keep the remark of a row."""
        text = line.text("remark") if "remark" in line.table.columns else ""
        if text:
            self.notes.append(Note(quantity, text, line.cell("remark")))


def day_of(line: Line, column: str, *, needed: bool) -> datetime.date | None:
    """Return the date of a cell, written with the year first; None for a blank one and where a fault was noted."""
    raw = line.raw(column)
    before = len(line.faults)
    text = raw.text[:10] if isinstance(raw, Odd) and raw.kind is Oddity.DATE else line.text(column)
    if not text:
        if needed and len(line.faults) == before and column in line.table.columns:
            line.fault("date.blank", column)
        return None
    match = _DAY.fullmatch(text)
    try:
        if match:
            return datetime.date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    line.fault("date.form", column)
    return None


def entry_of(subject: Subject, period: str, value: Decimal | None, cell: Cell) -> Entry:
    """Return the entry of a subject in one period."""
    return Entry(
        quantity=subject.quantity,
        period=period,
        value=value,
        unit=subject.unit,
        origin=subject.origin,
        cell=cell,
        basis=subject.basis,
        place=subject.place,
        evidence=subject.evidence,
    )


def period_for(plant: Plant, day: datetime.date) -> str | None:
    """Return the period of the plant that holds a day, or None when none does."""
    month = str(Month(day.year, day.month))
    if month in plant.periods:
        return month
    return str(day.year) if str(day.year) in plant.periods else None
