"""The entries found so far: judged value by value, and refused where one thing is said twice."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.entries import Cell, Entry
from tanheng.accounting.folder.errors import Faults
from tanheng.accounting.folder.grid import Odd, Oddity, Raw
from tanheng.accounting.folder.heads import Table, cells_beyond_head
from tanheng.accounting.folder.model import Note
from tanheng.accounting.folder.numerals import is_not_applicable, parse
from tanheng.accounting.folder.subjects import Line, Subject, Subjects, range_fault
from tanheng.accounting.plant import Plant
from tanheng.core import identifiers
from tanheng.core.period import Month

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


@dataclass(slots=True)
class Entering:
    """Collects the entries of one plant-year.

    ``given`` holds for each quantity and period the cell it was first given in; samples and corrections have ids of their own.
    ``spoken`` holds the quantities rows name, right or wrong; ``unnamed`` counts the rows and files whose quantities could not
    be told.
    """

    plant: Plant
    faults: Faults
    entries: list[Entry] = field(default_factory=list)
    given: dict[tuple[str, str], Cell] = field(default_factory=dict)
    traits: dict[str, tuple[Subject, Line]] = field(default_factory=dict)
    not_applicable: dict[str, Cell] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    spoken: set[str] = field(default_factory=set)
    unnamed: int = 0

    def value(self, raw: Raw, cell: Cell, heading: str, subject: Subject, *, period: str) -> tuple[bool, Decimal | None]:
        """Return whether a cell makes an entry, and its number, None for a blank; what makes none is noted."""
        if isinstance(raw, str) and (not raw or raw.isspace()):
            return True, None
        found = parse(raw, unit=subject.unit)
        if isinstance(found, str):
            if is_not_applicable(raw):
                self._no_value(raw, cell, heading, subject, period)
                return False, None
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

    def subject(self, line: Line, subjects: Subjects) -> Subject | None:
        """Return what a row is about, or None when a fault was noted; either way the row has been counted."""
        named = subjects.quantity(line)
        if named is None:
            self.unnamed += 1
            return None
        self.spoken.add(named[0])
        subject = subjects.described(line, *named)
        return subject if subject is not None and self.agree(subject, line) else None

    def claim(self, quantity: str, period: str, cell: Cell) -> Cell | None:
        """Take a quantity and period for a cell; return the cell that has it already, if one has."""
        return None if (first := self.given.setdefault((quantity, period), cell)) is cell else first

    def agree(self, subject: Subject, line: Line) -> bool:
        """Say whether basis, place and dimension are those of the quantity's other rows; note a fault when not."""
        first, earlier = self.traits.setdefault(subject.quantity, (subject, line))
        agreed = True
        for column, mine, other in (
            ("basis", subject.basis, first.basis),
            ("place", subject.place, first.place),
        ):
            if mine != other:
                line.fault("row.trait", column, quantity=subject.quantity, other=other or "", first=str(earlier.cell(column)))
                agreed = False
        return agreed

    def remark(self, line: Line, quantity: str) -> None:
        """Keep the remark of a row."""
        text = line.text("remark") if "remark" in line.table.columns else ""
        if text:
            self.notes.append(Note(quantity, text, line.cell("remark")))


def lines_of(table: Table, entering: Entering) -> Iterator[Line]:
    """Yield the rows of a table; cells under no heading are noted.

    A CSV row wider than its head is not read further: a comma inside a number has pushed all its cells aside.
    """
    strays: dict[int, tuple[int, Raw]] = {}
    for number, index, raw in cells_beyond_head(table):
        strays.setdefault(number, (index, raw))
    for number, row in table.rows:
        if number in strays:
            index, raw = strays[number]
            entering.faults.add("row.no_heading", table.grid.cell(number, index), value=raw)
            if not table.grid.sheet:
                entering.unnamed += 1
                continue
        yield Line(table, number, row, entering.faults)


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
