"""The instruments behind the quantities, as their certificates describe them. The file is optional."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.entering import Entering, day_of, lines_of
from tanheng.accounting.folder.grid import Grid
from tanheng.accounting.folder.heads import read_head
from tanheng.accounting.folder.model import Instrument
from tanheng.accounting.folder.subjects import SUBJECT_COLUMNS, Line, Subjects
from tanheng.accounting.folder.words import plain_unit, units_by_word
from tanheng.accounting.items import Item
from tanheng.core.units import UNITS

REQUIRED = ("instrument", *SUBJECT_COLUMNS[:4], "class", "mpe", "u", "k", "unit", "valid_to", "shared")
OPTIONAL = ("certificate", "remark")

_UNITS = units_by_word()


@dataclass(slots=True)
class Instruments:
    """Reads instrument tables."""

    entering: Entering
    subjects: Subjects
    found: list[Instrument] = field(default_factory=list)
    _given: dict[tuple[str, str], Cell] = field(default_factory=dict)

    def read(self, grid: Grid) -> None:
        """Read one table of instruments."""
        faults, year = self.entering.faults, self.entering.plant.year
        table = read_head(grid, required=REQUIRED, optional=OPTIONAL, year=year, faults=faults)
        if table is None:
            return
        for line in lines_of(table, self.entering):
            self._instrument(line)

    def _instrument(self, line: Line) -> None:
        before = len(line.faults)
        named = self.subjects.quantity(line)
        identifier = line.text("instrument")
        if not identifier and len(line.faults) == before and "instrument" in line.table.columns:
            line.fault("cell.blank", "instrument", known="WF-102")
        unit = self._unit(line, named[1]) if named else None
        found = [self._positive(line, column, unit or "%") for column in ("mpe", "u", "k")]
        valid_to = day_of(line, "valid_to", needed=False)
        words = [line.text(column) for column in ("class", "shared", "certificate")]
        if named is None or unit is None or len(line.faults) > before:
            return
        if (first := self._given.setdefault((identifier, named[0]), line.cell("instrument"))) != line.cell("instrument"):
            line.fault("instrument.twice", "instrument", quantity=named[0], first=str(first))
            return
        self.entering.remark(line, named[0])
        self.found.append(
            Instrument(
                id=identifier,
                quantity=named[0],
                cell=line.cell("instrument"),
                accuracy_class=words[0],
                permissible_error=found[0],
                expanded_uncertainty=found[1],
                coverage_factor=found[2],
                unit=unit,
                valid_to=valid_to,
                group=words[1],
                certificate=words[2],
            )
        )

    def _unit(self, line: Line, item: Item) -> str | None:
        """Return the unit of error and uncertainty: ``%`` of the value, or one that measures what the item measures."""
        text = line.text("unit")
        found = _UNITS.get(plain_unit(text)) if text else None
        if found == "%" or (found and any(UNITS[name].dimension == UNITS[found].dimension for name in item.units)):
            return found
        if "unit" in line.table.columns:
            line.fault(
                "cell.unit", "unit", item_zh=item.title["zh"], item_en=item.title["en"], known=", ".join(("%", *item.units))
            )
        return None

    def _positive(self, line: Line, column: str, unit: str) -> Decimal | None:
        value = line.number_in(column, unit=unit)
        if value is not None and value <= 0:
            line.fault("instrument.positive", column)
            return None
        return value
