"""The same plant-year by GB/T 32151.8: calcination from oxides, dust, non-fuel carbon, and what is bought and sold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.plant import Basis, Facility, Place, Stream, StreamKind
from tanheng.core.errors import InputError

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any

WORDS = {"zh": "x", "en": "x"}
FACTOR = Decimal(65500) * 44 / 56 / 100000 + Decimal(2000) * 44 / 40 / 100000  # T7: 0.655·44/56 + 0.020·44/40


def near(value: Decimal | None, expected: Decimal) -> bool:
    assert value is not None
    return abs(value - expected) <= Decimal("1e-9")  # figures keep twelve decimals; hand work stops at its 28 digits


def test_the_calcination_factor_is_that_of_the_worked_case(gbt_year: Desk) -> None:
    factor = gbt_year.account().figure("line.1.clinker.portland.calcination_factor", "2025-01").value
    assert round(factor, 10) == Decimal("0.5366428571")  # T7


def test_a_month_is_combustion_and_calcination(gbt_year: Desk) -> None:
    inventory = gbt_year.account()
    assert near(inventory.figure("line.1.combustion", "2025-01").value, Decimal("37327.28119736"))  # T1 + T3
    assert near(inventory.figure("line.1.process", "2025-01").value, 135000 * FACTOR)
    assert near(inventory.figure("enterprise.direct").value, 12 * (Decimal("37327.28119736") + 135000 * FACTOR))


def test_dust_is_calcined_with_the_clinker(gbt_year: Desk) -> None:
    gbt_year.write("line.1.raw_meal.kiln_head_dust", "300", "t")
    gbt_year.write("line.1.raw_meal.bypass_dust", "400", "t")
    assert near(gbt_year.account().figure("line.1.process", "2025-01").value, 135700 * FACTOR)


def test_non_fuel_carbon_of_the_raw_meal_is_added(gbt_year: Desk) -> None:
    gbt_year.write("line.1.raw_meal.fed", "222000", "t", place=Place.KILN)
    gbt_year.write("line.1.raw_meal.return_dust", "0", "t")
    gbt_year.write("line.1.raw_meal.non_fuel_carbon", "0.2", "%")
    # by hand: 222000 · 0.002 · 44/12 = 1628
    assert gbt_year.account().figure("line.1.non_fuel_carbon", "2025-01").value == 1628


def test_the_fossil_part_of_an_alternative_fuel_counts_and_the_rest_is_shown_apart(gbt_year: Desk) -> None:
    before = gbt_year.account().figure("line.1.total", "2025-01").value
    cloth = Stream("cloth", StreamKind.ALTERNATIVE_FUEL, "cloth", "line.1", Place.KILN, WORDS)
    gbt_year.streams = (*gbt_year.streams, cloth)
    name = "line.1.alternative_fuel.cloth"
    gbt_year.write(f"{name}.consumption", "2000", "t", place=Place.KILN)
    gbt_year.write(f"{name}.net_calorific_value", "12.5", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN)
    gbt_year.write(f"{name}.emission_factor", "0.09", "tCO2/GJ")
    gbt_year.write(f"{name}.fossil_share", "40", "%")
    inventory = gbt_year.account()
    assert inventory.figure("line.1.total", "2025-01").value == before + 900  # 2000 · 12.5 · 0.09 · 0.4
    assert inventory.figure(f"{name}.emission_biogenic", "2025-01").value == 1350


def test_electricity_and_heat_sold_are_deducted(gbt_year: Desk) -> None:
    for item, value, unit in (
        ("electricity.exported", "1000", "MWh"),
        ("heat.purchased", "500", "GJ"),
        ("heat.exported", "200", "GJ"),
    ):
        gbt_year.write(f"enterprise.{item}", value, unit)
    inventory = gbt_year.account()
    assert inventory.figure("enterprise.electricity.net_purchased", "2025-01").value == 8000 * Decimal("0.5306")
    assert inventory.figure("enterprise.heat.net_purchased", "2025-01").value == 300 * Decimal("0.11")
    direct = inventory.figure("enterprise.direct", "2025-01").value
    included = inventory.figure("enterprise.energy_included", "2025-01").value
    assert included == direct + 8000 * Decimal("0.5306") + 33


def test_fuel_of_the_enterprise_and_of_its_facilities_counts_once(gbt_year: Desk) -> None:
    lines = gbt_year.account().figure("lines.direct", "2025-01").value
    gbt_year.facilities = (Facility("grinding", WORDS),)
    for scope in ("enterprise", "facility.grinding"):
        gbt_year.streams = (*gbt_year.streams, Stream("fuel", StreamKind.FUEL, "diesel", scope, Place.OTHER, WORDS, "vehicle"))
        gbt_year.write(f"{scope}.fuel.fuel.consumption", "15", "t", place=Place.OTHER)
        gbt_year.write(f"{scope}.fuel.fuel.net_calorific_value", "42.652", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.OTHER)
        gbt_year.write(f"{scope}.fuel.fuel.carbon_content", "0.02020", "tC/GJ")
        gbt_year.write(f"{scope}.fuel.fuel.oxidation", "98", "%")
    inventory = gbt_year.account()
    assert inventory.figure("lines.direct", "2025-01").value == lines
    assert near(inventory.figure("enterprise.direct", "2025-01").value, lines + 2 * Decimal("46.43864456"))  # T3 each


def test_the_provincial_factor_is_a_choice_here_too(gbt_year: Desk) -> None:
    gbt_year.choices = {"grid_factor": "province"}
    found = gbt_year.account().figure("enterprise.electricity.net_purchased", "2025-01").value
    assert found == 9000 * Decimal("0.4044")  # Hubei 2023


def test_no_default_stands_in_for_a_fuel_the_standard_has_no_table_of(gbt_year: Desk) -> None:
    gbt_year.entries = [entry for entry in gbt_year.entries if "carbon_content" not in entry.quantity]
    with pytest.raises(InputError) as caught:
        gbt_year.account()
    asked = {finding.fields["quantities"] for finding in caught.value.findings}
    assert asked == {"line.1.fuel.coal.carbon_content", "line.1.fuel.diesel.carbon_content"}
