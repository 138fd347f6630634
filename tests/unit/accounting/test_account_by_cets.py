"""A plant-year by the CETS rule book: the constructed cases T1–T5 of the accounting rules, and what a plant meets besides."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.graph import Absence
from tanheng.accounting.plant import Basis, Clinker, Line, Place
from tanheng.core.errors import InputError, QuantityError
from tanheng.core.states import CheckState

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any


def test_the_constructed_month_gives_the_published_total_and_intensity(plant_year: Desk) -> None:
    inventory = plant_year.account()
    assert inventory.figure("line.1.combustion", "2025-03").value == Decimal("37327.281197360000")  # T1 + T3
    assert inventory.figure("line.1.process", "2025-03").value == Decimal("70942.5")  # T4
    assert inventory.figure("line.1.total", "2025-03").value == Decimal("108269.781197360000")  # T5
    assert inventory.figure("line.1.intensity", "2025-03").value == Decimal("0.801998379240")  # T5 0.80199837923970


def test_a_year_is_the_sum_of_its_months_and_its_intensity_their_ratio(plant_year: Desk) -> None:
    inventory = plant_year.account()
    assert inventory.figure("ets.direct").value == 12 * Decimal("108269.781197360000")
    assert inventory.figure("intensity.clinker").value == Decimal("0.801998379240")
    assert inventory.figure("line.1.fuel.coal.consumption").value == 12 * 17000


def test_electricity_stands_beside_the_compliance_quantity_and_clinker_takes_its_part_of_the_grid(plant_year: Desk) -> None:
    inventory = plant_year.account()
    # by hand: grid 9000 MWh of 12000 used; the line uses 7500, so 9000 · 7500/12000 = 5625 MWh of grid; 0.5306 tCO2/MWh
    assert inventory.figure("line.1.electricity.grid_amount", "2025-01").value == Decimal(5625)
    assert inventory.figure("line.1.electricity", "2025-01").value == Decimal("2984.625")
    assert inventory.figure("enterprise.electricity.net_purchased", "2025-01").value == Decimal("4775.4")
    direct = inventory.figure("enterprise.direct").value
    assert direct == inventory.figure("ets.direct").value
    assert inventory.figure("enterprise.energy_included").value == direct + 12 * Decimal("4775.4")


def test_the_provincial_factor_is_a_choice_of_the_plant(plant_year: Desk) -> None:
    plant_year.choices = {"grid_factor": "province"}
    inventory = plant_year.account()
    assert inventory.figure("enterprise.electricity.net_purchased", "2025-01").value == 9000 * Decimal("0.4044")  # Hubei 2023


def test_a_choice_the_rule_book_does_not_offer_is_refused(plant_year: Desk) -> None:
    plant_year.choices = {"grid_factor": "planet"}
    with pytest.raises(InputError, match="planet"):
        plant_year.account()


def test_a_month_without_clinker_closes_with_an_intensity_that_does_not_apply(desk: Desk) -> None:
    rest = ["17000"] * 11 + ["0"]
    desk.write("line.1.fuel.coal.consumption", rest, "t", place=Place.KILN)
    desk.write(
        "line.1.fuel.coal.net_calorific_value", ["23.076"] * 11 + [None], "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN
    )
    desk.write("line.1.fuel.diesel.consumption", "15", "t", place=Place.KILN)
    desk.write("line.1.clinker.portland.output", ["135000"] * 11 + ["0"], "t")
    desk.write("line.1.electricity.consumed", "7500", "MWh")
    desk.write("enterprise.electricity.purchased", "9000", "MWh")
    inventory = desk.account()
    assert inventory.figure("line.1.intensity", "2025-12").absence is Absence.NOT_APPLICABLE
    assert inventory.figure("line.1.fuel.coal.emission", "2025-12").value == 0
    assert inventory.figure("line.1.total", "2025-12").value == Decimal("46.438644560000")  # ignition diesel alone: T3
    assert inventory.figure("intensity.clinker").value is not None
    assert not inventory.blank_mandatory


def test_a_blank_month_leaves_every_total_above_it_blank_and_named(plant_year: Desk) -> None:
    entry = next(e for e in plant_year.entries if e.id == "line.1.clinker.portland.output@2025-05")
    plant_year.entries.remove(entry)
    plant_year.write("line.1.clinker.portland.output", [None], "t", periods=["2025-05"])
    inventory = plant_year.account()
    assert inventory.figure("line.1.process", "2025-05").absence is Absence.GAP
    assert inventory.figure("ets.direct").value is None
    assert inventory.blank_mandatory == ["ets.direct", "enterprise.direct", "enterprise.energy_included", "intensity.clinker"]
    assert inventory.gaps == ["line.1.clinker.portland.output@2025-05"]
    assert inventory.figure("line.1.process", "2025-06").value == Decimal("70942.5")


def test_deductions_larger_than_the_process_emissions_are_refused_and_not_clamped(plant_year: Desk) -> None:
    plant_year.entries = [e for e in plant_year.entries if e.id != "line.1.material.carbide_slag.consumption@2025-02"]
    plant_year.write("line.1.material.carbide_slag.consumption", ["200000"], "t", place=Place.MILL, periods=["2025-02"])
    with pytest.raises(InputError) as caught:
        plant_year.account()
    assert [finding.fields["id"] for finding in caught.value.findings] == ["line.1.process@2025-02"]


def test_a_mass_at_the_kiln_never_meets_a_calorific_value_of_the_mill(plant_year: Desk) -> None:
    plant_year.entries = [e for e in plant_year.entries if "net_calorific" not in e.quantity]
    plant_year.write("line.1.fuel.coal.net_calorific_value", "22.5", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.MILL)
    with pytest.raises(InputError) as caught:
        plant_year.account()
    (finding,) = caught.value.findings
    assert isinstance(finding, QuantityError)
    assert finding.fields["quantity"] == "line.1.fuel.coal.net_calorific_value"
    assert "“into the mill”, “into the kiln” is needed" in finding.text("en")
    assert "“入磨”" in finding.text("zh")


def test_two_moistures_carry_a_calorific_value_from_the_mill_to_the_kiln(plant_year: Desk) -> None:
    plant_year.entries = [e for e in plant_year.entries if "net_calorific" not in e.quantity]
    plant_year.write("line.1.fuel.coal.net_calorific_value", "22.5", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.MILL)
    plant_year.write("line.1.fuel.coal.moisture_of_sample", "8", "%")
    plant_year.write("line.1.fuel.coal.moisture", "1.5", "%", place=Place.KILN)
    value = plant_year.account().figure("line.1.fuel.coal.net_calorific_value_as_used", "2025-01").value
    # less water per tonne: more heat per tonne, and more than the mass ratio alone, since less water is evaporated
    assert value > Decimal("22.5") * (1 - Decimal("0.015")) / (1 - Decimal("0.08"))


def test_a_default_calorific_value_serves_only_a_fuel_that_was_never_analysed(plant_year: Desk) -> None:
    inventory = plant_year.account()
    diesel = inventory.figure("line.1.fuel.diesel.emission", "2025-01")
    assert diesel.arguments["net_calorific_value"].id == "cn.cets.fuel.diesel.net_calorific_value#2024-01-01"
    assert diesel.value == Decimal("46.438644560000")  # T3


def test_the_state_of_a_figure_is_that_of_its_least_sure_parameter(plant_year: Desk) -> None:
    inventory = plant_year.account()
    assert inventory.figure("line.1.combustion").check is CheckState.UNVERIFIED
    assert "cn.cets.fuel.bituminous_coal.carbon_content" in inventory.unverified
    assert inventory.figure("clinker_output").check is CheckState.VERIFIED


def test_two_clinkers_of_one_line_keep_their_own_factors(plant_year: Desk) -> None:
    clinkers = (
        Clinker("portland", "portland", {"zh": "a", "en": "a"}),
        Clinker("white", "white_portland", {"zh": "b", "en": "b"}),
    )
    plant_year.lines = (Line("1", {"zh": "1", "en": "1"}, Decimal(5000), "4.8×72", clinkers),)
    plant_year.write("line.1.clinker.white.output", "1000", "t")
    assert plant_year.account().figure("line.1.process", "2025-01").value == Decimal("70942.5") + 550  # 1000 · 0.550


def test_what_was_known_on_a_day_gives_the_old_digits_again(plant_year: Desk) -> None:
    before = plant_year.account()
    plant_year.write(
        "line.1.fuel.coal.consumption",
        ["17100"],
        "t",
        place=Place.KILN,
        periods=["2025-04"],
        known=datetime.date(2026, 2, 1),
        reason="belt scale recalibrated",
        person="Li",
    )
    after = plant_year.account()
    replayed = plant_year.account(known=datetime.date(2026, 1, 31))
    assert after.figure("ets.direct").value != before.figure("ets.direct").value
    assert {key: figure.value for key, figure in replayed.figures.items()} == {k: f.value for k, f in before.figures.items()}
    assert after.inputs["line.1.fuel.coal.consumption@2025-04"].replaced[0].value == Decimal("17000.00")


def test_a_row_the_rule_book_needs_is_asked_for_by_name(desk: Desk) -> None:
    desk.write("line.1.fuel.coal.consumption", "17000", "t", place=Place.KILN)
    with pytest.raises(InputError) as caught:
        desk.account()
    asked = {finding.fields["quantities"] for finding in caught.value.findings}
    assert {"line.1.fuel.diesel.consumption", "line.1.clinker.portland.output", "enterprise.electricity.purchased"} <= asked
