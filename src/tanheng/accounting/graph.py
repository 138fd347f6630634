"""The graph of an account: every number it rests on, and every figure with the formula and the numbers that make it.

A node is a figure. It names its formula and, role by role, the ids of its arguments: entries of the plant, values of the rule
pack, other figures. The graph is the trace that a report shows, and it can be run: on ``Decimal`` for the official figures,
on arrays for Monte Carlo and fleets of plants, on uncertain numbers for a budget by the GUM (:func:`run`).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.core.errors import CalculationError
from tanheng.core.numbers import Number, value_of
from tanheng.core.units import unit as unit_named
from tanheng.formulas.registry import Formula


class Absence(enum.StrEnum):
    """Why a figure has no value. Blank is not zero."""

    GAP = "gap"  # 未填: something it needs was left blank
    NOT_APPLICABLE = "not-applicable"  # 不适用: such as the intensity of a month without clinker


@dataclass(frozen=True, slots=True)
class Operand:
    """An argument: the id of a number, and the exact ratio that turns its unit into the formula's."""

    id: str
    numerator: int = 1
    denominator: int = 1

    def of(self, number: Number) -> Number:
        """Return the number in the formula's unit."""
        if self.numerator == self.denominator:
            return number
        return number * self.numerator / self.denominator


Argument = Operand | tuple[Operand, ...] | tuple[tuple[Operand, ...], ...]
"""One number, a sequence of numbers, or a sequence of tuples of numbers."""


@dataclass(frozen=True, slots=True)
class Node:
    """One figure: its formula and arguments, the rules that decide when it needs no calculation, and how it is shown."""

    id: str
    formula: Formula
    arguments: Mapping[str, Argument]
    unit: str
    title: Mapping[str, str]
    zero_when: str = ""
    not_applicable_when_zero: str = ""
    refuse_negative: bool = False
    drop_zero_weights: bool = False
    decimals: int = 2
    group: str = ""
    code: str = ""
    clause: str = ""
    note: Mapping[str, str] = field(default_factory=dict)


Value = Number | Absence


def ratio(source: str, target: str) -> tuple[int, int]:
    """Return the exact ratio by which a number in ``source`` is multiplied to be in ``target``."""
    left, right = unit_named(source), unit_named(target)
    return left.numerator * right.denominator, left.denominator * right.numerator


def operands(argument: Argument) -> Iterator[Operand]:
    """Yield every operand of an argument, in order."""
    if isinstance(argument, Operand):
        yield argument
        return
    for item in argument:
        yield from operands(item)


def run(
    nodes: Collection[Node],
    leaves: Mapping[str, Value],
    *,
    shape: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    """Return the value of every node, from the values of the leaves; all numbers of one kind.

    Parameters
    ----------
    nodes : collection of Node
        In an order in which each stands behind those it needs.
    leaves : mapping of str to Value
        Entries and parameters by id. An :class:`Absence` is a blank.
    shape : mapping of str to Value, optional
        The official run of the same account. Arrays and uncertain numbers follow its decisions: what it left absent stays
        absent, what a rule set to zero stays zero.

    Raises
    ------
    CalculationError
        When a node needs a number that neither a leaf nor an earlier node has.
    """
    values: dict[str, Value] = dict(leaves)
    for node in nodes:
        if shape is not None and isinstance(shape[node.id], Absence):
            values[node.id] = shape[node.id]
            continue
        values[node.id] = _value(node, values)
    return {node.id: values[node.id] for node in nodes}


def _value(node: Node, values: Mapping[str, Value]) -> Value:
    collected: dict[str, Number] = {}
    absent: Absence | None = None
    for role, argument in node.arguments.items():
        number = _collect(argument, values, node)
        if isinstance(number, Absence):
            absent = number if absent is None or number is Absence.GAP else absent
        else:
            collected[role] = number
    if absent is not None:
        return _without(node, collected, absent)
    if node.drop_zero_weights and not collected["pairs"]:
        return Absence.NOT_APPLICABLE
    if node.not_applicable_when_zero and _is_zero(collected[node.not_applicable_when_zero]):
        return Absence.NOT_APPLICABLE
    return node.formula.function(**collected)


def _without(node: Node, collected: Mapping[str, Number], absent: Absence) -> Value:
    """Return the value of a node some of whose numbers are absent: zero where the rule book says that nothing was used."""
    decisive = collected.get(node.zero_when) if node.zero_when else None
    if decisive is not None and not isinstance(decisive, (list, tuple)) and _is_zero(decisive):
        return decisive * 0
    if node.not_applicable_when_zero in collected and _is_zero(collected[node.not_applicable_when_zero]):
        return Absence.NOT_APPLICABLE
    return absent


def _collect(argument: Argument, values: Mapping[str, Value], node: Node) -> Number | Absence:
    """Return the number or list of numbers of an argument, or the absence that decides."""
    if isinstance(argument, Operand):
        try:
            value = values[argument.id]
        except KeyError:
            raise CalculationError("accounting.graph.unknown", id=argument.id, figure=node.id) from None
        return value if isinstance(value, Absence) else argument.of(value)
    kept = [pair for pair in argument if not _weightless(pair, values)] if node.drop_zero_weights else argument
    found = [_collect(item, values, node) for item in kept]
    if not argument and node.formula.id in _NEEDS_ONE:
        return Absence.GAP
    for absence in (Absence.GAP, Absence.NOT_APPLICABLE):
        if any(item is absence for item in found):
            return absence
    return found


# Formulas that say nothing about an empty sequence: the sum or the mean of nothing is a gap, not zero.
_NEEDS_ONE = frozenset(["arithmetic.sum", "arithmetic.weighted_mean"])


def _weightless(pair: Operand | tuple[Operand, ...], values: Mapping[str, Value]) -> bool:
    """Say whether a (weight, value) pair has the weight zero, so that a blank value beside it is no gap."""
    if isinstance(pair, Operand):
        return False
    weight = values.get(pair[0].id)
    return weight is not None and not isinstance(weight, Absence) and _is_zero(weight)


def _is_zero(number: Number) -> bool:
    if isinstance(number, Decimal):
        return not number
    plain = value_of(number)
    return bool((plain == 0).all()) if hasattr(plain, "all") else plain == 0
