"""Components of uncertainty that no certificate states: sampling, preparation, representativeness. The file is optional.

A row names a quantity by its id, or a parameter of the rule pack (an id with more than one dot that begins with a country or
body, such as ``cn.``); what it says of the size is kept as written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.folder.entering import Entering, lines_of
from tanheng.accounting.folder.grid import Grid
from tanheng.accounting.folder.heads import read_head
from tanheng.accounting.folder.model import StatedComponent
from tanheng.accounting.folder.subjects import Line, Subjects, word_of
from tanheng.accounting.folder.words import CAUSES, KINDS, SHAPES, STATED, by_word, nearest, plain_unit, units_by_word
from tanheng.accounting.items import item_of

REQUIRED = ("quantity", "cause", "shape", "size", "stated", "unit", "kind")
OPTIONAL = ("k", "dof", "shared", "source", "remark")

_UNITS = units_by_word()
_WORDS = {"cause": by_word(CAUSES), "shape": by_word(SHAPES), "stated": by_word(STATED), "kind": by_word(KINDS)}
_PACKS = ("cn.", "eu.")


@dataclass(slots=True)
class Components:
    """Reads tables of components."""

    entering: Entering
    subjects: Subjects
    found: list[StatedComponent] = field(default_factory=list)

    def read(self, grid: Grid) -> None:
        """Read one table; it is read after the tables that hold the quantities it speaks of."""
        faults, year = self.entering.faults, self.entering.plant.year
        table = read_head(grid, required=REQUIRED, optional=OPTIONAL, year=year, faults=faults)
        if table is None:
            return
        given = {entry.quantity.partition(".sample")[0] for entry in self.entering.entries}
        for line in lines_of(table, self.entering):
            self._component(line, given)

    def _component(self, line: Line, given: Collection[str]) -> None:
        before = len(line.faults)
        subject = self._subject(line, given)
        words = {column: word_of(line, column, known) for column, known in _WORDS.items()}
        unit = self._unit(line, subject)
        size = self._positive(line, "size", needed=True)
        k = self._positive(line, "k", needed=words["stated"] == "expanded")
        dof = self._positive(line, "dof", needed=False)
        if len(line.faults) > before or subject is None or unit is None or size is None:
            return
        self.found.append(
            StatedComponent(
                subject=subject,
                cell=line.cell("quantity"),
                cause=words["cause"] or "",
                shape=words["shape"] or "",
                size=size,
                stated=words["stated"] or "",
                unit=unit,
                kind=words["kind"] or "",
                k=k,
                dof=dof,
                group=line.text("shared"),
                source=line.text("source"),
            )
        )

    def _subject(self, line: Line, given: Collection[str]) -> str | None:
        """Return the quantity or parameter of a row; a quantity must be one the tables gave."""
        before = len(line.faults)
        text = line.text("quantity")
        if text.startswith(_PACKS) or text in given:
            return text
        if len(line.faults) == before and "quantity" in line.table.columns:
            line.fault("correction.unknown", "quantity", nearest=nearest(text, given))
        return None

    def _unit(self, line: Line, subject: str | None) -> str | None:
        """Return ``%``, or a unit of the quantity; a parameter's component is a part of its value."""
        text = line.text("unit")
        found = _UNITS.get(plain_unit(text)) if text else None
        item = item_of(subject) if subject else None
        allowed = ("%", *(item.units if item else ()))
        if found in allowed:
            return found
        if subject is not None and "unit" in line.table.columns:
            title = item.title if item else {"zh": subject, "en": subject}
            line.fault("cell.unit", "unit", item_zh=title["zh"], item_en=title["en"], known=", ".join(allowed))
        return None

    def _positive(self, line: Line, column: str, *, needed: bool) -> Decimal | None:
        value = line.number_in(column, unit="1")
        if value is not None and value <= 0:
            line.fault("instrument.positive", column)
            return None
        if value is None and needed and column in line.table.columns and not line.text(column):
            line.fault("cell.blank", column, known="0.5")
        return value
