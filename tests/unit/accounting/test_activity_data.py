"""Preparing activity data: samples, moistures, shared meters, stock balances, the kiln-feed side."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.graph import Absence
from tanheng.accounting.plant import Basis, Clinker, Line, Place, Stream, StreamKind
from tanheng.core.errors import InputError

Desk = Any

WORDS = {"zh": "x", "en": "x"}


def _without(desk: Desk, part: str) -> None:
    desk.entries = [entry for entry in desk.entries if part not in entry.quantity]


def _two_lines(desk: Desk) -> None:
    clinkers = (Clinker("portland", "portland", WORDS),)
    desk.lines = tuple(Line(number, {"zh": number, "en": number}, Decimal(5000), "4.8×72", clinkers) for number in "12")
    desk.streams = (Stream("coal", StreamKind.FUEL, "bituminous_coal", "site", Place.MILL, WORDS, "cement_kiln", ("1", "2")),)
    desk.write("site.fuel.coal.consumption", "33660", "t", place=Place.MILL)
    desk.write("site.fuel.coal.net_calorific_value", "23.076", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.MILL)
    desk.write("line.1.fuel.coal.key", "17000", "t", place=Place.KILN)
    desk.write("line.2.fuel.coal.key", "16000", "t", place=Place.KILN)
    for line in "12":
        desk.write(f"line.{line}.electricity.consumed", "7500", "MWh")
    desk.write("enterprise.electricity.purchased", "15000", "MWh")


def _shared_silo(desk: Desk) -> None:
    balance = {
        "used_in_cement": "90000",
        "sold": "40000",
        "moved_out": "6000",
        "purchased": "500",
        "opening_stock": "21000",
        "closing_stock": "20500",
    }
    for item, value in balance.items():
        desk.write(f"site.clinker.portland.{item}", value, "t")
    desk.write("line.1.clinker.portland.key", "70000", "t")
    desk.write("line.2.clinker.portland.key", "65000", "t")


def test_samples_of_a_month_are_weighted_by_the_mass_they_stand_for(plant_year: Desk) -> None:
    _without(plant_year, "net_calorific")
    for sample, value, mass in (("s1", "23.0", "300"), ("s2", "22.0", "100")):
        plant_year.write(
            f"line.1.fuel.coal.net_calorific_value.sample.{sample}", value, "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN
        )
        plant_year.write(f"line.1.fuel.coal.net_calorific_value.sample_mass.{sample}", mass, "t")
    inventory = plant_year.account()
    assert inventory.figure("line.1.fuel.coal.net_calorific_value", "2025-01").value == Decimal("22.75")


def test_a_month_without_a_sample_is_a_gap_and_no_default(plant_year: Desk) -> None:
    _without(plant_year, "net_calorific")
    january = plant_year.periods[:1]
    quantity = "line.1.fuel.coal.net_calorific_value"
    plant_year.write(f"{quantity}.sample.s1", "23.0", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN, periods=january)
    plant_year.write(f"{quantity}.sample_mass.s1", "300", "t", periods=january)
    inventory = plant_year.account()
    assert inventory.figure("line.1.combustion", "2025-01").value is not None
    assert inventory.figure("line.1.combustion", "2025-02").absence is Absence.GAP


def test_an_air_dried_value_is_carried_to_the_moisture_of_the_metered_coal(plant_year: Desk) -> None:
    _without(plant_year, "net_calorific")
    plant_year.write("line.1.fuel.coal.net_calorific_value", "24.0", "GJ/t", basis=Basis.AIR_DRIED, place=Place.KILN)
    plant_year.write("line.1.fuel.coal.moisture_air_dried", "2", "%", place=Place.KILN)
    plant_year.write("line.1.fuel.coal.moisture", "2", "%", place=Place.KILN)
    inventory = plant_year.account()
    assert (
        inventory.figure("line.1.fuel.coal.net_calorific_value_as_used", "2025-01").value == 24
    )  # equal moistures change nothing
    assert (
        inventory.figure("line.1.fuel.coal.emission", "2025-01").arguments["net_calorific_value"].id.endswith("as_used@2025-01")
    )


def test_an_air_dried_value_without_moistures_is_refused(plant_year: Desk) -> None:
    _without(plant_year, "net_calorific")
    plant_year.write("line.1.fuel.coal.net_calorific_value", "24.0", "GJ/t", basis=Basis.AIR_DRIED, place=Place.KILN)
    with pytest.raises(InputError) as caught:
        plant_year.account()
    assert "line.1.fuel.coal.moisture_air_dried" in {finding.fields.get("quantities") for finding in caught.value.findings}


def test_shared_coal_is_split_by_the_kiln_side_scales_and_the_remainder_is_shown(desk: Desk) -> None:
    _two_lines(desk)
    _shared_silo(desk)
    inventory = desk.account()
    # by hand: 33660 · 17000/33000 = 17340; the kiln-side scales explain 33000 of 33660 t
    assert inventory.figure("line.1.fuel.coal.consumption", "2025-01").value == 17340
    assert inventory.figure("line.2.fuel.coal.consumption", "2025-01").value == 16320
    assert inventory.figure("site.fuel.coal.split_remainder", "2025-01").value == 660


def test_a_shared_silo_is_balanced_and_split(desk: Desk) -> None:
    _two_lines(desk)
    _shared_silo(desk)
    inventory = desk.account()
    # by hand: 90000 + 40000 + 6000 − 500 + 20500 − 21000 = 135000; kiln-side meters 70000 and 65000 explain all of it
    assert inventory.figure("site.clinker.portland.output", "2025-01").value == 135000
    assert inventory.figure("line.1.clinker_output", "2025-01").value == 70000
    assert inventory.figure("site.clinker.portland.split_remainder", "2025-01").value == 0


def test_a_stopped_line_takes_nothing_of_what_is_shared(desk: Desk) -> None:
    _two_lines(desk)
    _shared_silo(desk)
    desk.entries = [
        e
        for e in desk.entries
        if not (e.quantity.startswith("line.2.") and e.quantity.endswith(".key") and e.period == "2025-02")
    ]
    for quantity, place in (("line.2.fuel.coal.key", Place.KILN), ("line.2.clinker.portland.key", None)):
        desk.write(quantity, ["0"], "t", place=place, periods=["2025-02"])
    inventory = desk.account()
    assert inventory.figure("line.2.total", "2025-02").value == 0
    assert inventory.figure("line.1.clinker_output", "2025-02").value == 135000
    assert inventory.figure("line.2.intensity", "2025-02").absence is Absence.NOT_APPLICABLE


def test_the_kiln_feed_side_stands_beside_the_clinker_side(plant_year: Desk) -> None:
    plant_year.write("line.1.raw_meal.fed", "222000", "t", place=Place.KILN)
    plant_year.write("line.1.raw_meal.return_dust", "14000", "t")
    plant_year.write("line.1.raw_meal.bypass_dust", "400", "t")
    plant_year.write("line.1.raw_meal.carbonate_co2", "0.342", "tCO2/t")
    plant_year.write("line.1.raw_meal.ratio", "1.54", "t/t")
    inventory = plant_year.account()
    # by hand: (222000 − 14000 − 400) · 0.342 = 70999.2; T4 is 70942.5
    assert inventory.figure("line.1.process_kiln_feed", "2025-01").value == Decimal("70999.2")
    assert inventory.figure("line.1.process_difference", "2025-01").value == Decimal("-56.7")


def test_measured_carbon_is_shown_for_comparison_and_not_counted(plant_year: Desk) -> None:
    before = plant_year.account().figure("ets.direct").value
    plant_year.write("line.1.fuel.coal.carbon", "60", "%", basis=Basis.AS_RECEIVED, place=Place.KILN)
    inventory = plant_year.account()
    # by hand: 17000 · 0.60 · 0.99 · 44/12
    assert inventory.figure("line.1.fuel.coal.emission_measured_carbon", "2025-01").value == 37026
    assert inventory.figure("ets.direct").value == before


def test_alternative_fuels_are_recorded_outside_the_compliance_total(plant_year: Desk) -> None:
    before = plant_year.account().figure("ets.direct").value
    plant_year.streams = (
        *plant_year.streams,
        Stream("cloth", StreamKind.ALTERNATIVE_FUEL, "cloth", "line.1", Place.KILN, WORDS),
    )
    plant_year.write("line.1.alternative_fuel.cloth.consumption", "2000", "t", place=Place.KILN)
    plant_year.write(
        "line.1.alternative_fuel.cloth.net_calorific_value", "12.5", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN
    )
    plant_year.write("line.1.alternative_fuel.cloth.emission_factor", "0.09", "tCO2/GJ")
    plant_year.write("line.1.alternative_fuel.cloth.fossil_share", "40", "%")
    inventory = plant_year.account()
    assert inventory.figure("line.1.alternative_fuel.cloth.emission_recorded", "2025-01").value == 900  # 2000·12.5·0.09·0.4
    assert inventory.figure("line.1.alternative_fuel.cloth.emission_biogenic", "2025-01").value == 1350
    assert inventory.figure("ets.direct").value == before


def test_the_year_of_a_stock_is_its_first_opening_and_its_last_closing(desk: Desk) -> None:
    _two_lines(desk)
    _shared_silo(desk)
    changed = {"site.clinker.portland.opening_stock@2025-01": "30000", "site.clinker.portland.closing_stock@2025-12": "11000"}
    desk.entries = [entry for entry in desk.entries if entry.id not in changed]
    for key, value in changed.items():
        quantity, _, period = key.partition("@")
        desk.write(quantity, [value], "t", periods=[period])
    inventory = desk.account()
    assert inventory.figure("site.clinker.portland.opening_stock").value == 30000
    assert inventory.figure("site.clinker.portland.closing_stock").value == 11000
    assert inventory.figure("site.clinker.portland.used_in_cement").value == 12 * 90000
