"""What planning yields, and the units it calculates in."""

from __future__ import annotations

from dataclasses import dataclass, field

from tanheng.accounting.entries import Entry
from tanheng.accounting.graph import Node, Value
from tanheng.accounting.items import item_of
from tanheng.accounting.rulebook import Constant
from tanheng.core.units import UNITS
from tanheng.standards import ParameterValue

WHOLE = ""
"""The period of a figure of the whole account."""

SUM = "arithmetic.sum"
WEIGHTED_MEAN = "arithmetic.weighted_mean"

ADDITIVE = frozenset(["mass", "normal volume", "energy", "electricity", "CO2", "time"])
"""Dimensions whose monthly values add up to a year."""


@dataclass(slots=True)
class Account:
    """What planning yields: the nodes in order, and the numbers they start from."""

    nodes: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    parameters: dict[str, ParameterValue] = field(default_factory=dict)
    constants: dict[str, Constant] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    leaves: dict[str, Value] = field(default_factory=dict)


def canonical_unit(quantity: str, unit: str) -> str:
    """Return the unit an entry is calculated in: the first of its item that measures the same thing."""
    item = item_of(quantity)
    if item is None:
        return unit
    return next((name for name in item.units if UNITS[name].dimension == UNITS[unit].dimension), unit)
