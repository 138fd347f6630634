"""A coal on its way from the lorry to the kiln: the right formula is chosen and named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tanheng.core.errors import QuantityError
from tanheng.core.quantities import Basis, Condition, Place, WetQuantity
from tanheng.formulas.basis.conversion import converted

DELIVERED = Condition(Place.DELIVERED, Basis.AS_RECEIVED, Decimal("0.10"))
KILN = Condition(Place.KILN, Basis.AS_RECEIVED, Decimal("0.04"))
AIR_DRIED = Condition(Place.KILN, Basis.AIR_DRIED, Decimal("0.04"))
DRY = Condition(Place.KILN, Basis.DRY, Decimal(0))


def quantity(value: str, unit: str, condition: Condition = DELIVERED) -> WetQuantity:
    return WetQuantity(name="coal", value=Decimal(value), unit=unit, condition=condition)


# Hand work: 1000 t hold 900 t dry, /0.96 = 937.5; NCV 21.37 + 0.23 = 24 · 0.9, 24 · 0.96 − 0.092 = 22.948;
# 0.585 / 0.9 = 0.65 dry, · 0.96 = 0.624.
@pytest.mark.parametrize(
    ("value", "unit", "expected", "formula"),
    [
        ("1000", "t", "937.5", "basis.mass"),
        ("1000000", "kg", "937500", "basis.mass"),
        ("21.37", "GJ/t", "22.948", "basis.net_calorific_value"),
        ("21370", "kJ/kg", "22948", "basis.net_calorific_value"),
        ("0.585", "1", "0.624", "basis.fraction"),
        ("58.5", "%", "62.4", "basis.fraction"),
        ("0.585", "tC/t", "0.624", "basis.fraction"),
    ],
)
def test_the_unit_chooses_the_formula(value: str, unit: str, expected: str, formula: str) -> None:
    result = converted(quantity(value, unit), KILN)
    assert round(result.quantity.value, 20) == Decimal(expected)  # 28 digits of the plain context
    assert (result.quantity.unit, result.quantity.condition, result.formula) == (unit, KILN, formula)


def test_a_converted_pair_may_be_multiplied() -> None:
    mass = converted(quantity("1000", "t"), KILN).quantity
    heat = converted(quantity("21.37", "GJ/t"), KILN).quantity
    heat.require(mass)


def test_carbon_goes_from_air_dried_to_dry_and_back() -> None:
    carbon = quantity("0.624", "1", AIR_DRIED)
    dry = converted(carbon, DRY).quantity
    assert dry.value == Decimal("0.65")
    assert converted(dry, AIR_DRIED).quantity.value == Decimal("0.624")


@pytest.mark.parametrize("unit", ["tC/GJ", "Nm3", "MWh", "tCO2/t"])
def test_what_has_no_relation_to_moisture_is_refused(unit: str) -> None:
    with pytest.raises(QuantityError) as raised:
        converted(quantity("1", unit), KILN)
    assert raised.value.code == "core.quantity.no_conversion"


@pytest.mark.parametrize(
    ("own", "target"),
    [(Condition(Place.DELIVERED, Basis.AS_RECEIVED), KILN), (DELIVERED, Condition(Place.KILN, Basis.AS_RECEIVED))],
)
def test_a_missing_moisture_is_refused(own: Condition, target: Condition) -> None:
    with pytest.raises(QuantityError) as raised:
        converted(quantity("1000", "t", own), target)
    assert raised.value.code == "core.quantity.no_moisture"
