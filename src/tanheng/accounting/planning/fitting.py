"""Units of arguments: what they come in, what a formula wants, and what its result is in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tanheng.accounting.graph import Argument, Operand, ratio
from tanheng.core.units import convert
from tanheng.formulas.declaration import Units


def units_of(argument: Argument, units: Mapping[str, str]) -> Units | None:
    """Return the units of an argument in the shape a formula declares them; None for an empty sequence."""
    if isinstance(argument, Operand):
        return units[argument.id]
    if not argument:
        return None
    first = argument[0]
    if isinstance(first, Operand):
        return (units[first.id],)
    return tuple(units[operand.id] for operand in first)


def fitted(argument: Argument, wanted: Units, units: Mapping[str, str]) -> Argument:
    """Return the argument with each operand converted to the unit its formula wants."""
    if isinstance(argument, Operand):
        return _converted(argument, wanted if isinstance(wanted, str) else wanted[0], units)
    if not argument or isinstance(wanted, str):
        return argument
    if isinstance(argument[0], Operand):
        return tuple(_converted(item, wanted[0], units) for item in argument if isinstance(item, Operand))
    return tuple(
        tuple(_converted(operand, unit, units) for operand, unit in zip(item, wanted, strict=True))
        for item in argument
        if not isinstance(item, Operand)
    )


def _converted(operand: Operand, unit: str, units: Mapping[str, str]) -> Operand:
    own = units[operand.id]
    if own == unit:
        return operand
    convert(Decimal(1), own, unit)  # refuses units of different things
    return Operand(operand.id, *ratio(own, unit))


def result_unit(unit: str, wanted: Mapping[str, Units], declared: Mapping[str, Units]) -> str:
    """Return the unit of a result; a letter stands for the unit of the first argument declared with it, "" when open."""
    if unit not in ("U", "V"):
        return "" if unit == "U/V" else unit
    for role, units in declared.items():
        listed = (units,) if isinstance(units, str) else units
        got = wanted[role]
        found = (got,) if isinstance(got, str) else got
        for letter, name in zip(listed, found, strict=False):
            if letter == unit and name != unit:
                return name
    return ""
