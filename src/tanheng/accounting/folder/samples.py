"""Laboratory results: one row a sample and item, with the mass the sample stands for and the day the result was known.

A sample becomes two entries of the month it was taken in: ``<quantity>.sample.<id>``, the value, and
``<quantity>.sample_mass.<id>``, the mass, by which the month's mean is weighted. The id is the plant's number in lower case,
other signs than letters, digits, ``_`` and ``-`` of ASCII replaced by ``-``.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field, replace

from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.entering import Entering, day_of, entry_of, lines_of, period_for
from tanheng.accounting.folder.grid import Grid
from tanheng.accounting.folder.heads import read_head
from tanheng.accounting.folder.subjects import SUBJECT_COLUMNS, Line, Subject, Subjects
from tanheng.accounting.items import SAMPLE_MASS
from tanheng.core.states import Origin

REQUIRED = ("sample", "date", *SUBJECT_COLUMNS[:4], "value", *SUBJECT_COLUMNS[4:7], "weight", "known", "laboratory", "report")
OPTIONAL = ("origin", "source", "evidence", "remark")

_OTHER_SIGNS = re.compile(r"[^a-z0-9_-]+")


def sample_id(number: str) -> str:
    """Return the id of a sample from the plant's number of it; empty when nothing of it can stand in an id.

    Examples
    --------
    >>> sample_id("S-3391"), sample_id("煤 2025/0312")
    ('s-3391', '2025-0312')
    """
    return _OTHER_SIGNS.sub("-", number.strip().lower()).strip("-_")


@dataclass(slots=True)
class Samples:
    """Reads laboratory tables into entries."""

    entering: Entering
    subjects: Subjects
    _numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    _given: dict[tuple[str, datetime.date | None], Cell] = field(default_factory=dict)

    def read(self, grid: Grid) -> None:
        """Read one laboratory table."""
        faults, year = self.entering.faults, self.entering.plant.year
        table = read_head(grid, required=REQUIRED, optional=OPTIONAL, year=year, faults=faults)
        if table is None:
            return
        for line in lines_of(table, self.entering):
            self._sample(line)

    def _sample(self, line: Line) -> None:
        before = len(line.faults)
        subject = self.entering.subject(line, self.subjects)
        identifier = self._identifier(line)
        period = self._period(line)
        known = day_of(line, "known", needed=True)
        if subject is None or identifier is None or period is None or len(line.faults) > before:
            return
        value, weight = self._own(subject, identifier, said_origin="origin" in line.table.columns)
        if not self._is_new(value.quantity, line, known=known):
            return
        self._enter(value, line, "value", period, known=known)
        self._enter(weight, line, "weight", period, known=known)
        self.entering.remark(line, subject.quantity)

    def _own(self, subject: Subject, identifier: str, *, said_origin: bool) -> tuple[Subject, Subject]:
        """Return the subjects of a sample: its value and the mass it stands for."""
        origin = subject.origin if said_origin else Origin.MEASURED
        value = replace(subject, quantity=f"{subject.quantity}.sample.{identifier}", origin=origin)
        mass = replace(
            subject,
            quantity=f"{subject.quantity}.sample_mass.{identifier}",
            item=SAMPLE_MASS,
            unit="t",
            basis=None,
            origin=origin,
            lowest=SAMPLE_MASS.lowest,
            highest=SAMPLE_MASS.highest,
        )
        return value, mass

    def _enter(self, subject: Subject, line: Line, column: str, period: str, *, known: datetime.date | None) -> None:
        cell = line.cell(column)
        is_entry, value = self.entering.value(line.raw(column), cell, line.table.heading(column), subject, period=period)
        if is_entry:
            proof = "; ".join(text for text in (line.text("laboratory"), line.text("report"), subject.evidence) if text)
            self.entering.entries.append(replace(entry_of(subject, period, value, cell), known=known, evidence=proof))

    def _is_new(self, quantity: str, line: Line, *, known: datetime.date | None) -> bool:
        """Take a sample's result; the same one known on the same day is refused, a later one is a correction."""
        cell = line.cell("value")
        first = self._given.setdefault((quantity, known), cell)
        if first is cell:
            return True
        line.fault("sample.twice", "sample", quantity=quantity, first=str(first))
        return False

    def _identifier(self, line: Line) -> str | None:
        """Return the id of the row's sample; two numbers that would get one id are refused."""
        before = len(line.faults)
        number = line.text("sample")
        if len(line.faults) > before or "sample" not in line.table.columns:
            return None
        identifier = sample_id(number)
        if not identifier:
            line.fault("sample.number", "sample")
            return None
        subject = "/".join(line.text(column).lower() for column in ("scope", "group", "stream", "item"))
        kept = self._numbers.setdefault((subject, identifier), number)
        if kept != number:
            line.fault("sample.alike", "sample", other=kept, id=identifier)
            return None
        return identifier

    def _period(self, line: Line) -> str | None:
        day = day_of(line, "date", needed=True)
        if day is None:
            return None
        period = period_for(self.entering.plant, day)
        if period is None:
            periods = self.entering.plant.periods
            line.fault("date.outside", "date", first=periods[0], last=periods[-1])
        return period
