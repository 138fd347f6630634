"""Corrections: a new value for something that was entered before, with the day it was known, the reason and the person.

What was entered stays. A row names the quantity by its id (``line.1.fuel.coal.consumption``, also that of a sample) or by
scope, group, stream and item.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tanheng.accounting.entries import Entry
from tanheng.accounting.folder.entering import Entering, day_of, entry_of, lines_of
from tanheng.accounting.folder.grid import Grid
from tanheng.accounting.folder.heads import period_of_head, read_head
from tanheng.accounting.folder.subjects import SUBJECT_COLUMNS, Line, Subjects
from tanheng.accounting.folder.words import nearest
from tanheng.accounting.items import Item, item_of

NAMING = SUBJECT_COLUMNS[:4]
REQUIRED = ("period", "value", "unit", "basis", "place", "known", "reason", "person")
OPTIONAL = ("origin", "source", "evidence", "remark")


@dataclass(slots=True)
class Corrections:
    """Reads correction tables; they are read last, when everything they may correct is there."""

    entering: Entering
    subjects: Subjects
    _before: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)

    def read(self, grid: Grid) -> None:
        """Read one table of corrections."""
        if not self._before:
            for entry in self.entering.entries:
                self._before.setdefault((entry.quantity, entry.period), []).append(entry)
        faults, year = self.entering.faults, self.entering.plant.year
        table = read_head(grid, required=REQUIRED, optional=(*OPTIONAL, "quantity", *NAMING), year=year, faults=faults)
        if table is None:
            return
        if "quantity" not in table.columns and not set(NAMING) <= set(table.columns):
            faults.add("correction.naming", grid.cell(max(1, min((number for number, _ in table.rows), default=2) - 1), 0))
            return
        for line in lines_of(table, self.entering):
            self._correct(line)

    def _correct(self, line: Line) -> None:
        before = len(line.faults)
        named = self._named(line)
        subject = self.subjects.described(line, *named) if named else None
        period = self._period(line)
        known = day_of(line, "known", needed=True)
        reason, person = self._said(line, "reason"), self._said(line, "person")
        if subject is None or period is None or len(line.faults) > before:
            return
        earlier = self._before.get((subject.quantity, period))
        if earlier is None:
            line.fault("correction.nothing", "period", quantity=subject.quantity, period=period)
            return
        last = max(earlier, key=lambda entry: str(entry.known or ""))
        if last.known is not None and known is not None and known <= last.known:
            line.fault("correction.early", "known", earlier=str(last.known), first=str(last.cell))
            return
        if (subject.basis, subject.place) != (last.basis, last.place):
            other = "/".join(str(trait or "-") for trait in (last.basis, last.place))
            line.fault("row.trait", "place", quantity=subject.quantity, other=other, first=str(last.cell))
            return
        cell = line.cell("value")
        raw = line.raw("value")
        if not str(raw).strip():
            line.fault("correction.blank", "value")
            return
        is_entry, value = self.entering.value(raw, cell, line.table.heading("value"), subject, period=period)
        if is_entry:
            origin = subject.origin if "origin" in line.table.columns else last.origin
            entry = replace(entry_of(subject, period, value, cell), known=known, reason=reason, person=person, origin=origin)
            self.entering.entries.append(entry)
            self._before[subject.quantity, period].append(entry)
            self.entering.remark(line, subject.quantity)

    def _named(self, line: Line) -> tuple[str, Item] | None:
        """Return quantity and item from the column ``quantity``, or from the columns that name it piece by piece."""
        text = line.text("quantity") if "quantity" in line.table.columns else ""
        if not text:
            if set(NAMING) <= set(line.table.columns):
                return self.subjects.quantity(line)
            line.fault("cell.blank", "quantity", known="line.1.fuel.coal.consumption")
            return None
        item = item_of(text)
        known = {quantity for quantity, _ in self._before}
        if item is not None and text in known:
            return text, item
        line.fault("correction.unknown", "quantity", nearest=nearest(text, known))
        return None

    def _period(self, line: Line) -> str | None:
        before = len(line.faults)
        raw = line.raw("period")
        text = line.text("period")
        if len(line.faults) > before or "period" not in line.table.columns:
            return None
        plant = self.entering.plant
        period = period_of_head(text, year=plant.year) if text else None
        if period in plant.periods:
            return period
        line.fault("correction.period", "period", first=plant.periods[0], last=plant.periods[-1], given=str(raw))
        return None

    def _said(self, line: Line, column: str) -> str:
        before = len(line.faults)
        text = line.text(column)
        if not text and len(line.faults) == before and column in line.table.columns:
            line.fault("correction.unsaid", column)
        return text
