"""Units of Tanheng and exact conversions between them.

A unit is written as in `docs/nomenclature.md`: ``t``, ``GJ/t``, ``tC/GJ``, ``MWh``, ``10^4Nm3``, ``tCO2``. tCO2 and kgCO2e are
different things and do not convert. A conversion is a multiplication by an exact ratio of integers, so it loses no digit
that ``Decimal`` can hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tanheng.core.errors import UnitError


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its dimension and its exact size in the base unit of that dimension, ``numerator / denominator``."""

    name: str
    dimension: str
    numerator: int = 1
    denominator: int = 1


def _table(*rows: tuple[str, str, int, int]) -> dict[str, Unit]:
    return {name: Unit(name, dimension, numerator, denominator) for name, dimension, numerator, denominator in rows}


UNITS = _table(
    ("1", "ratio", 1, 1),
    ("%", "ratio", 1, 100),
    ("t", "mass", 1, 1),
    ("kg", "mass", 1, 1000),
    ("10^4t", "mass", 10_000, 1),
    ("t/d", "mass rate", 1, 1),
    ("t/h", "mass rate", 24, 1),
    ("Nm3", "normal volume", 1, 1),
    ("10^4Nm3", "normal volume", 10_000, 1),
    ("Nm3/h", "normal flow", 1, 1),
    ("m3", "volume", 1, 1),
    ("L", "volume", 1, 1000),
    ("m3/h", "flow", 1, 1),
    ("GJ", "energy", 1, 1),
    ("MJ", "energy", 1, 1000),
    ("TJ", "energy", 1000, 1),
    ("MWh", "electricity", 1, 1),
    ("kWh", "electricity", 1, 1000),
    ("10^4kWh", "electricity", 10, 1),
    ("GJ/t", "heat per mass", 1, 1),
    ("MJ/kg", "heat per mass", 1, 1),
    ("kJ/kg", "heat per mass", 1, 1000),
    ("TJ/Gg", "heat per mass", 1, 1),
    ("kcal/kg", "heat per mass", 10_467, 2_500_000),  # International Table calorie: 4.1868 kJ/kg exactly
    ("GJ/10^4Nm3", "heat per normal volume", 1, 1),
    ("tC/GJ", "carbon per heat", 1, 1),
    ("tC/TJ", "carbon per heat", 1, 1000),
    ("tC/t", "carbon per mass", 1, 1),
    ("tC/10^4Nm3", "carbon per normal volume", 1, 1),
    ("tCO2/t", "CO2 per mass", 1, 1),
    ("kgCO2/t", "CO2 per mass", 1, 1000),
    ("tCO2/GJ", "CO2 per heat", 1, 1),
    ("tCO2/TJ", "CO2 per heat", 1, 1000),
    ("tCO2/MWh", "CO2 per electricity", 1, 1),
    ("kgCO2/kWh", "CO2 per electricity", 1, 1),
    ("tCO2", "CO2", 1, 1),
    ("kgCO2", "CO2", 1, 1000),
    ("tCO2e", "CO2 equivalent", 1, 1),
    ("kgCO2e", "CO2 equivalent", 1, 1000),
    ("tce", "coal equivalent", 1, 1),
    ("kgce", "coal equivalent", 1, 1000),
    ("kgce/t", "coal equivalent per mass", 1, 1),
    ("kgce/kg", "coal equivalent ratio", 1, 1),
    ("kgce/m3", "coal equivalent per volume", 1, 1),
    ("kgce/Nm3", "coal equivalent per normal volume", 1, 1),
    ("GJ/tce", "heat per coal equivalent", 1, 1),
    ("MJ/kgce", "heat per coal equivalent", 1, 1),
    ("kgce/kWh", "coal equivalent per electricity", 1, 1),
    ("kgce/MJ", "coal equivalent per heat", 1, 1),
    ("kWh/t", "electricity per mass", 1, 1000),
    ("MWh/t", "electricity per mass", 1, 1),
    ("t/t", "mass ratio", 1, 1),
    ("Pa", "pressure", 1, 1),
    ("kPa", "pressure", 1000, 1),
    ("degC", "temperature", 1, 1),
    ("m", "length", 1, 1),
    ("m2", "area", 1, 1),
    ("m/s", "speed", 1, 1),
    ("h", "time", 1, 1),
    ("d", "time", 24, 1),
    ("CNY/t", "price", 1, 1),
    ("mg/m3", "mass concentration", 1, 1),
    ("g/m3", "mass concentration", 1000, 1),
    ("umol/mol", "ratio", 1, 1_000_000),
    ("tCO2/h", "CO2 rate", 1, 1),
    ("kgCO2/h", "CO2 rate", 1, 1000),
    ("MW", "power", 1, 1),
    ("kW", "power", 1, 1000),
    ("GJ/h", "power", 5, 18),
    ("kVA", "apparent power", 1, 1),
    ("MWh/month", "electricity of a month", 1, 1),
    ("t/a", "mass of a year", 1, 1),
    ("m3/a", "volume of a year", 1, 1),
    ("GJ/a", "energy of a year", 1, 1),
    ("month", "calendar time", 1, 1),
    ("a", "calendar time", 12, 1),
    ("kgce/(t*pp)", "coal equivalent per mass and percentage point", 1, 1),
)


def unit(name: str) -> Unit:
    """Return the unit called ``name``.

    Raises
    ------
    UnitError
        When no unit has that name; the message lists those that exist.
    """
    try:
        return UNITS[name]
    except KeyError:
        raise UnitError("core.unit.unknown", unit=name, known=", ".join(sorted(UNITS))) from None


def convert(value: Decimal, source: str, target: str) -> Decimal:
    """Return ``value`` in ``target`` instead of ``source``.

    Raises
    ------
    UnitError
        When a unit is unknown or the two measure different things.

    Examples
    --------
    >>> convert(Decimal("23076"), "kJ/kg", "GJ/t")
    Decimal('23.076')
    """
    left, right = unit(source), unit(target)
    if left.dimension != right.dimension:
        raise UnitError("core.unit.dimension", unit=source, target=target)
    if left == right:
        return value
    return value * (left.numerator * right.denominator) / (left.denominator * right.numerator)
