"""Quantities of wet materials: place, basis and moisture stand between a mass and a value of another place."""

from __future__ import annotations

from decimal import Decimal

import GTC
import pytest

from tanheng.core.errors import QuantityError, UnitError
from tanheng.core.quantities import BASIS_WORDS, PLACE_WORDS, Basis, Condition, Place, WetQuantity

KILN = Condition(Place.KILN, Basis.AS_RECEIVED, Decimal("0.02"))


def coal(condition: Condition) -> WetQuantity:
    return WetQuantity(name="coal", value=Decimal(17000), unit="t", condition=condition)


def heat(condition: Condition) -> WetQuantity:
    return WetQuantity(name="NCV", value=Decimal("23.076"), unit="GJ/t", condition=condition)


@pytest.mark.parametrize("other", [KILN, Condition(Place.KILN, Basis.AS_RECEIVED)])
def test_values_of_one_condition_may_be_multiplied(other: Condition) -> None:
    heat(other).require(coal(KILN))
    coal(KILN).require(heat(other))


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (Condition(Place.DELIVERED, Basis.AS_RECEIVED, Decimal("0.02")), "core.quantity.place"),
        (Condition(Place.MILL, Basis.AS_RECEIVED), "core.quantity.place"),
        (Condition(Place.KILN, Basis.AIR_DRIED, Decimal("0.02")), "core.quantity.basis"),
        (Condition(Place.KILN, Basis.DRY), "core.quantity.basis"),
        (Condition(Place.KILN, Basis.AS_RECEIVED, Decimal("0.10")), "core.quantity.moisture"),
    ],
)
def test_values_of_two_conditions_may_not(other: Condition, code: str) -> None:
    with pytest.raises(QuantityError, match="NCV") as raised:
        heat(other).require(coal(KILN))
    assert raised.value.code == code


def test_places_and_bases_are_named_in_the_language_of_the_message() -> None:
    with pytest.raises(QuantityError) as raised:
        heat(Condition(Place.MILL, Basis.AS_RECEIVED)).require(coal(KILN))
    assert "“入磨”" in raised.value.text("zh")
    assert "“入窑”" in raised.value.text("zh")
    assert "“into the mill”" in raised.value.text("en")
    with pytest.raises(QuantityError) as raised:
        heat(Condition(Place.KILN, Basis.DRY)).require(coal(KILN))
    assert "“干基”" in raised.value.text("zh")


@pytest.mark.parametrize("moisture", ["-0.01", "1", "8.5"])
def test_a_moisture_outside_zero_to_one_is_refused_with_the_cure(moisture: str) -> None:
    with pytest.raises(QuantityError, match=r"0\.085 for 8\.5 %") as raised:
        Condition(Place.KILN, Basis.AS_RECEIVED, Decimal(moisture))
    assert raised.value.code == "core.quantity.moisture_range"


def test_an_uncertain_moisture_counts_by_its_estimate() -> None:
    first = Condition(Place.KILN, Basis.AS_RECEIVED, GTC.ureal(0.02, 0.001))
    first.require(Condition(Place.KILN, Basis.AS_RECEIVED, GTC.ureal(0.02, 0.002)), quantity="NCV")
    with pytest.raises(QuantityError):
        first.require(Condition(Place.KILN, Basis.AS_RECEIVED, GTC.ureal(0.03, 0.002)), quantity="NCV")


def test_a_dry_value_has_no_moisture() -> None:
    assert Condition(Place.KILN, Basis.DRY, Decimal(0)).moisture == 0
    with pytest.raises(QuantityError) as raised:
        Condition(Place.KILN, Basis.DRY, Decimal("0.01"))
    assert raised.value.code == "core.quantity.dry"


def test_a_quantity_of_an_unknown_unit_is_refused() -> None:
    with pytest.raises(UnitError):
        WetQuantity(name="coal", value=Decimal(1), unit="lorry", condition=KILN)


def test_every_place_and_basis_has_a_word_in_both_languages() -> None:
    assert set(PLACE_WORDS) == set(Place)
    assert set(BASIS_WORDS) == set(Basis)
    assert all(set(words) == {"zh", "en"} for words in [*PLACE_WORDS.values(), *BASIS_WORDS.values()])
