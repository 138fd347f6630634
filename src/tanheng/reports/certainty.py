"""What a report says about how sure a figure is: the check state of a document only where a document has a say in it.

A sum of meter readings rests on no document, so nobody can have checked one: it is called arithmetic, and a number of the
plant is called plant data. The data model keeps its three check states; only the words differ.
"""

from __future__ import annotations

import re

from tanheng.accounting.graph import operands
from tanheng.accounting.inventory import Figure, Inventory
from tanheng.core.states import CheckState, word
from tanheng.formulas import registry
from tanheng.reports.matrix import Row
from tanheng.reports.words import Words

ARITHMETIC = "arithmetic"


class Certainty:
    """The words of one inventory in one language."""

    def __init__(self, inventory: Inventory, words: Words) -> None:
        self._words = words
        self._plain = _arithmetic_alone(inventory)
        figures = inventory.figures.values()
        self._documented = {figure.quantity for figure in figures if figure.id not in self._plain}

    def is_arithmetic(self, figure: Figure) -> bool:
        """Return whether a figure rests on plant data and arithmetic alone."""
        return figure.id in self._plain

    def figure(self, figure: Figure) -> str:
        """Return the check state of a figure, or that it is arithmetic."""
        return self._words(ARITHMETIC) if self.is_arithmetic(figure) else word(figure.check, self._words.lang)

    def row(self, row: Row) -> str:
        """Return the check state of a row of a matrix, or that it is plant data or arithmetic."""
        if row.kind == "input":
            return self._words("plant_data")
        if row.kind == "figure" and row.id not in self._documented:
            return self._words(ARITHMETIC)
        return word(row.check, self._words.lang)

    def document(self, figure: Figure) -> str:
        """Return the document of a figure's formula; arithmetic has none."""
        return self._words(ARITHMETIC) if _is_arithmetic(figure) else figure.document

    def clause(self, figure: Figure) -> str:
        """Return the clause of a figure's formula in the language of the report, or that it was not read."""
        if figure.clause:
            return clause_name(figure.clause, self._words)
        return "–" if _is_arithmetic(figure) else self._words("clause_not_read")


def clause_name(clause: str, words: Words) -> str:
    """Return a clause with the word for an appendix in the language of the report."""
    return re.sub(r"\bAppendix ", words("appendix") + " ", clause)


def _is_arithmetic(figure: Figure) -> bool:
    return registry.get(figure.formula).document == ARITHMETIC


def _arithmetic_alone(inventory: Inventory) -> frozenset[str]:
    """Return the figures whose formula, and that of every figure behind them, is arithmetic, and that use no parameter."""
    found: set[str] = set()
    for node in inventory.nodes:  # each stands behind those it needs
        figure = inventory.figures[node.id]
        behind = [operand.id for argument in node.arguments.values() for operand in operands(argument)]
        pure = all(key in found if key in inventory.figures else key not in inventory.parameters for key in behind)
        if pure and figure.check is CheckState.VERIFIED and _is_arithmetic(figure):
            found.add(node.id)
    return frozenset(found)
