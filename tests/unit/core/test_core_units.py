"""Units: names, exact conversion, and what does not convert."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core import units
from tanheng.core.errors import UnitError
from tanheng.core.numbers import calculating

names = st.sampled_from(sorted(units.UNITS))


# Expected by definition of the units: SI prefixes, 1 a percent of 1/100, 10^4 kWh (万千瓦时) of 10 MWh.
@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("23076", "kJ/kg", "GJ/t", "23.076"),
        ("5500", "kcal/kg", "kJ/kg", "23027.4"),  # 4.1868 kJ to the International Table kilocalorie
        ("7000", "kcal/kg", "GJ/t", "29.3076"),  # coal equivalent, GB/T 2589-2020
        ("23.076", "MJ/kg", "GJ/t", "23.076"),
        ("99", "%", "1", "0.99"),
        ("1.5", "10^4t", "t", "15000"),
        ("21342", "10^4kWh", "MWh", "213420"),
        ("26.18", "tC/TJ", "tC/GJ", "0.02618"),
        ("535", "kgCO2/t", "tCO2/t", "0.535"),
        ("240", "t/d", "t/h", "10"),
        ("55", "kWh/t", "MWh/t", "0.055"),
        ("12", "10^4Nm3", "Nm3", "120000"),
        ("432.142857", "g/m3", "mg/m3", "432142.857"),
        ("220000", "umol/mol", "%", "22"),
        ("29.3076", "MJ/kgce", "GJ/tce", "29.3076"),
        ("98", "kPa", "Pa", "98000"),
    ],
)
def test_a_value_is_converted_without_losing_a_digit(value: str, source: str, target: str, expected: str) -> None:
    assert units.convert(Decimal(value), source, target) == Decimal(expected)


def test_the_same_unit_returns_the_value_untouched() -> None:
    value = Decimal("0.480")
    assert units.convert(value, "tCO2/t", "tCO2/t") is value


@pytest.mark.parametrize("pair", [("tCO2", "tCO2e"), ("t", "Nm3"), ("MWh", "GJ"), ("m3", "Nm3"), ("kgce/m3", "kgce/Nm3")])
def test_different_things_do_not_convert(pair: tuple[str, str]) -> None:
    with pytest.raises(UnitError) as raised:
        units.convert(Decimal(1), *pair)
    assert raised.value.code == "core.unit.dimension"


@pytest.mark.parametrize("name", ["", "T", "tonne", "kwh", "GJ / t", "万吨"])
def test_an_unknown_unit_is_refused_with_the_list_of_those_there_are(name: str) -> None:
    with pytest.raises(UnitError, match="GJ/t") as raised:
        units.unit(name)
    assert raised.value.code == "core.unit.unknown"


@given(names, names, st.decimals(min_value="0.000001", max_value="1000000", places=6))
def test_converting_there_and_back_returns_the_value(left: str, right: str, value: Decimal) -> None:
    if units.unit(left).dimension != units.unit(right).dimension:
        return
    with calculating():
        there = units.convert(value, left, right)
        back = units.convert(there, right, left)
    # 50 digits; the two divisions may each cost half a unit of the last one
    assert abs(Fraction(back) - Fraction(value)) <= Fraction(value) / 10**48


def test_every_unit_is_filed_under_its_own_name_with_a_size_above_zero() -> None:
    assert all(entry.name == name for name, entry in units.UNITS.items())
    assert all(entry.numerator > 0 and entry.denominator > 0 for entry in units.UNITS.values())
