"""What holds for every plant-year: linearity, replay byte for byte, and no dependence on the order of the entries."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.accounting import trace
from tanheng.accounting.inventory import recalculate
from tanheng.accounting.plant import Place
from tanheng.core.errors import CalculationError

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EXTENSIVE = ("tCO2", "t", "MWh", "GJ")


@SLOW
@given(factor=st.integers(1, 40))
def test_a_plant_of_n_times_the_masses_emits_n_times_as_much_at_the_same_intensity(plant_year: Desk, factor: int) -> None:
    one = plant_year.account()
    larger = copy.copy(plant_year)
    larger.entries = [
        dataclasses.replace(entry, value=entry.value * factor) if entry.unit in EXTENSIVE else entry
        for entry in plant_year.entries
    ]
    many = larger.account()
    for key, figure in one.figures.items():
        grown = figure.value * factor if figure.unit in EXTENSIVE else figure.value
        # figures are stored to twelve decimals, so that factor times the rounding of one remains
        assert abs(many.figures[key].value - grown) <= factor * Decimal("1e-12")


@SLOW
@given(first=st.decimals(0, 30000, places=2), second=st.decimals(0, 30000, places=2))
def test_emissions_are_additive_in_the_coal_of_a_month(plant_year: Desk, first: Decimal, second: Decimal) -> None:
    def combustion(mass: Decimal) -> Decimal:
        desk = copy.copy(plant_year)
        desk.entries = [entry for entry in plant_year.entries if entry.id != "line.1.fuel.coal.consumption@2025-01"]
        desk.write("line.1.fuel.coal.consumption", [str(mass)], "t", place=Place.KILN, periods=["2025-01"])
        return Decimal(desk.account().figure("line.1.fuel.coal.emission", "2025-01").value)

    assert abs(combustion(first + second) - combustion(first) - combustion(second)) <= Decimal("2e-12")  # twelve decimals


@SLOW
@given(seed=st.integers(0, 2**32))
def test_the_order_of_the_entries_changes_no_byte(plant_year: Desk, seed: int) -> None:
    expected = trace.dumps(plant_year.account())
    shuffled = copy.copy(plant_year)
    shuffled.entries = random.Random(seed).sample(plant_year.entries, len(plant_year.entries))  # noqa: S311  # an order
    assert trace.dumps(shuffled.account()) == expected


@SLOW
@given(
    corrections=st.lists(
        st.tuples(st.integers(1, 12), st.decimals(10000, 20000, places=2), st.integers(1, 60)),
        max_size=5,
        unique_by=lambda item: (item[0], item[2]),
    ),
    day=st.integers(1, 60),
)
def test_what_was_known_then_is_replayed_byte_for_byte(
    plant_year: Desk, corrections: list[tuple[int, Decimal, int]], day: int
) -> None:
    new_year = datetime.date(2026, 1, 1)
    known = new_year + datetime.timedelta(days=day)

    def write(desk: Desk, month: int, value: Decimal, days: int) -> None:
        told = new_year + datetime.timedelta(days=days)
        periods = [f"2025-{month:02d}"]
        desk.write("line.1.fuel.coal.consumption", [str(value)], "t", place=Place.KILN, known=told, reason="r", periods=periods)

    then, now = copy.copy(plant_year), copy.copy(plant_year)
    then.entries, now.entries = list(plant_year.entries), list(plant_year.entries)
    for correction in corrections:
        write(now, *correction)
        if correction[2] <= day:
            write(then, *correction)
    assert trace.dumps(now.account(known=known)) == trace.dumps(then.account(known=known))


def test_an_inventory_is_calculated_again_from_itself(plant_year: Desk) -> None:
    inventory = plant_year.account()
    assert recalculate(inventory) == {key: figure.value for key, figure in inventory.figures.items()}


def test_every_number_behind_a_figure_is_found_once(plant_year: Desk) -> None:
    inventory = plant_year.account()
    behind = inventory.behind("line.1.fuel.coal.emission@2025-03")
    assert behind == [
        "line.1.fuel.coal.emission@2025-03",
        "line.1.fuel.coal.consumption@2025-03",
        "line.1.fuel.coal.net_calorific_value@2025-03",
        "cn.cets.fuel.bituminous_coal.carbon_content#2024-01-01",
        "cn.cets.oxidation.solid.cement_kiln#2024-01-01",
    ]
    whole = inventory.behind("ets.direct")
    assert len(whole) == len(set(whole))
    assert "line.1.clinker.portland.output@2025-12" in whole


def test_a_figure_that_is_not_there_is_refused_by_name(plant_year: Desk) -> None:
    with pytest.raises(CalculationError, match=r"line\.9\.total"):
        plant_year.account().figure("line.9.total")


def test_figures_and_inputs_say_what_they_are(plant_year: Desk) -> None:
    inventory = plant_year.account()
    figure = inventory.figure("line.1.total", "2025-03")
    assert (figure.quantity, figure.period) == ("line.1.total", "2025-03")
    assert inventory.figure("ets.direct").period == ""
    assert inventory.inputs["line.1.electricity.consumed@2025-03"].origin == "measured"


def test_rounding_happens_once_at_the_edge(plant_year: Desk) -> None:
    inventory = plant_year.account()
    figure = inventory.figure("ets.direct")
    assert figure.value == Decimal("1299237.374368320000")  # 12 · T5
    assert figure.rounded == Decimal("1299237.37")
    months = [inventory.figure("ets.direct", period).rounded for period in inventory.plant.periods]
    assert sum(months) != figure.rounded  # 12 · 108269.78 = 1299237.36: totals are sums of unrounded values


def test_what_a_plant_gave_and_nobody_asked_for_is_named(plant_year: Desk) -> None:
    plant_year.write("line.1.raw_meal.limestone", "150000", "t", place=Place.MILL)
    assert plant_year.account().unused == ("line.1.raw_meal.limestone",)
