"""The twelve-month matrix: one row a quantity, one column a month. Activity, stock-takes, electricity, alternative fuels.

A blank cell is an entry without value, a gap. A row may stand in any of the files and sheets; months may be spread over
several files, but every month of the year must have a column somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tanheng.accounting.folder.entering import Entering, entry_of, lines_of
from tanheng.accounting.folder.grid import Grid
from tanheng.accounting.folder.heads import Table, read_head
from tanheng.accounting.folder.subjects import SUBJECT_COLUMNS, Line, Subject, Subjects

REQUIRED = (*SUBJECT_COLUMNS, "source")
OPTIONAL = ("evidence", "remark")


@dataclass(slots=True)
class Matrices:
    """Reads matrices into entries and keeps which months each had columns for."""

    entering: Entering
    subjects: Subjects
    _tables: list[tuple[Table, set[str]]] = field(default_factory=list)

    def read(self, grid: Grid) -> None:
        """Read one matrix."""
        plant = self.entering.plant
        table = read_head(
            grid, required=REQUIRED, optional=OPTIONAL, periods=plant.periods, year=plant.year, faults=self.entering.faults
        )
        if table is None:
            self.entering.unnamed += 1
            return
        quantities: set[str] = set()
        for line in lines_of(table, self.entering):
            subject = self.entering.subject(line, self.subjects)
            if subject is not None and self._is_new(subject, line):
                quantities.add(subject.quantity)
                self._enter(subject, line)
        self._tables.append((table, quantities))

    def _is_new(self, subject: Subject, line: Line) -> bool:
        """Take the row's periods; a quantity that has one of them in another row is refused once, with both places."""
        for period, index in line.table.periods.items():
            first = self.entering.claim(subject.quantity, period, line.table.grid.cell(line.number, index))
            if first is not None:
                line.fault("row.twice", "item", quantity=subject.quantity, period=period, first=str(first))
                return False
        return True

    def _enter(self, subject: Subject, line: Line) -> None:
        self.entering.remark(line, subject.quantity)
        table, row = line.table, line.row
        for period, index in table.periods.items():
            cell = table.grid.cell(line.number, index)
            raw = row[index] if index < len(row) else ""
            is_entry, value = self.entering.value(raw, cell, table.headings[index], subject, period=period)
            if is_entry:
                self.entering.entries.append(entry_of(subject, period, value, cell))

    def check_months(self) -> None:
        """Note the months that a table has no column for and no other table gives for the same quantities."""
        given = self.entering.given
        for table, quantities in self._tables:
            missing = [
                period
                for period in self.entering.plant.periods
                if period not in table.periods and any((quantity, period) not in given for quantity in quantities or ("",))
            ]
            if missing:
                number = min((number for number, _ in table.rows), default=1)
                cell = table.grid.cell(number, 0)
                self.entering.faults.add("head.period_missing", cell, missing=", ".join(missing))
