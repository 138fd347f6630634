"""One graph, three kinds of number: arrays and uncertain numbers give what ``Decimal`` gives, and follow its decisions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import GTC
import numpy
import pytest

from tanheng.accounting.graph import Absence, Node, Operand, Value, run
from tanheng.accounting.inventory import Inventory, official
from tanheng.accounting.plant import Basis, Place
from tanheng.core.errors import CalculationError
from tanheng.core.numbers import is_uncertain, to_array, to_uncertain
from tanheng.formulas import registry

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any


def leaves_as(inventory: Inventory, kind: Any) -> dict[str, Value]:  # kind: Decimal to the other number
    return {key: value if isinstance(value, Absence) else kind(value) for key, value in inventory.leaves.items()}


def node(formula: str, **arguments: Any) -> Node:  # operands and tuples of them
    return Node("made", registry.get(formula), arguments, "t", {"zh": "x", "en": "x"})


@pytest.fixture
def stopped(plant_year: Desk) -> Desk:
    """The plant-year with a December without clinker, whose calorific value nobody measured."""
    kept = ("net_calorific", "coal.consumption", "clinker.portland.output", "material")
    plant_year.entries = [e for e in plant_year.entries if not any(part in e.quantity for part in kept)]
    heat = {"basis": Basis.AS_RECEIVED, "place": Place.KILN}
    plant_year.write("line.1.fuel.coal.consumption", ["17000"] * 11 + ["0"], "t", place=Place.KILN)
    plant_year.write("line.1.fuel.coal.net_calorific_value", ["23.076"] * 11 + [None], "GJ/t", **heat)
    plant_year.write("line.1.clinker.portland.output", ["135000"] * 11 + ["0"], "t")
    for name in ("carbide_slag", "steel_slag"):
        plant_year.write(f"line.1.material.{name}.consumption", ["2000"] * 11 + ["0"], "t", place=Place.MILL)
    return plant_year


@pytest.mark.parametrize("fixture", ["plant_year", "stopped", "gbt_year"])
def test_arrays_give_the_official_figures_in_every_place(fixture: str, request: pytest.FixtureRequest) -> None:
    inventory = request.getfixturevalue(fixture).account()
    shape = official(inventory.nodes, inventory.leaves)
    found = run(inventory.nodes, leaves_as(inventory, lambda value: numpy.full(3, to_array(value))), shape=shape)
    for key, figure in inventory.figures.items():
        if figure.value is None:
            assert found[key] is figure.absence
        else:
            # 1e-12: a plant-year is some thousand float64 operations of 1e-16 each
            assert numpy.broadcast_to(found[key], 3) == pytest.approx(numpy.full(3, float(figure.value)), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("fixture", ["plant_year", "stopped"])
def test_uncertain_numbers_give_the_official_figures_as_estimates(fixture: str, request: pytest.FixtureRequest) -> None:
    inventory = request.getfixturevalue(fixture).account()
    shape = official(inventory.nodes, inventory.leaves)
    found = run(inventory.nodes, leaves_as(inventory, to_uncertain), shape=shape)
    for key, figure in inventory.figures.items():
        if figure.value is None:
            assert found[key] is figure.absence
        else:
            number = found[key]
            assert is_uncertain(number)
            assert not isinstance(number, Absence)
            assert number.x == pytest.approx(float(figure.value), rel=1e-12, abs=1e-9)


def test_an_uncertainty_of_one_reading_reaches_the_total(plant_year: Desk) -> None:
    inventory = plant_year.account()
    leaves = leaves_as(inventory, to_uncertain)
    leaves["line.1.fuel.coal.consumption@2025-03"] = GTC.ureal(17000, 85)
    total = run(inventory.nodes, leaves)["ets.direct"]
    assert not isinstance(total, Absence)
    # by hand: the sensitivity is 23.076 · 0.02618 · 0.99 · 44/12 = 2.19299073840 tCO2/t
    assert total.u == pytest.approx(85 * 2.1929907384, rel=1e-9)


def test_arrays_follow_what_the_official_run_left_absent(stopped: Desk) -> None:
    inventory = stopped.account()
    shape = official(inventory.nodes, inventory.leaves)
    assert shape["line.1.intensity@2025-12"] is Absence.NOT_APPLICABLE
    jiggled = leaves_as(inventory, lambda value: to_array(value) + numpy.array([0.0, 1.0]))
    found = run(inventory.nodes, jiggled, shape=shape)
    assert found["line.1.intensity@2025-12"] is Absence.NOT_APPLICABLE
    assert numpy.ptp(found["line.1.total@2025-03"]) > 0


def test_a_node_that_needs_what_nobody_has_is_refused() -> None:
    with pytest.raises(CalculationError, match="nowhere"):
        run([node("arithmetic.difference", minuend=Operand("nowhere"), subtrahend=Operand("x"))], {"x": Decimal(1)})


def test_the_sum_of_nothing_is_a_gap() -> None:
    assert run([node("arithmetic.sum", values=())], {})["made"] is Absence.GAP


def test_a_gap_weighs_more_than_what_does_not_apply() -> None:
    leaves: dict[str, Value] = {"a": Absence.NOT_APPLICABLE, "b": Absence.GAP}
    arguments = {"minuend": Operand("a"), "subtrahend": Operand("b")}
    assert run([node("arithmetic.difference", **arguments)], leaves)["made"] is Absence.GAP
    assert run([node("arithmetic.sum", values=(Operand("a"), Operand("b")))], leaves)["made"] is Absence.GAP


def test_a_mean_without_weight_does_not_apply() -> None:
    mean = Node(
        "made",
        registry.get("arithmetic.weighted_mean"),
        {"pairs": ((Operand("w"), Operand("v")),)},
        "t",
        {"zh": "x", "en": "x"},
        drop_zero_weights=True,
    )
    assert run([mean], {"w": Decimal(0), "v": Absence.GAP})["made"] is Absence.NOT_APPLICABLE
    assert run([mean], {"w": Absence.GAP, "v": Decimal(1)})["made"] is Absence.GAP
    assert run([mean], {"w": Decimal(2), "v": Decimal(3)})["made"] == 3


def test_an_operand_carries_the_exact_ratio_into_the_formulas_unit() -> None:
    doubled = node("arithmetic.difference", minuend=Operand("a", 1, 1000), subtrahend=Operand("b"))
    assert run([doubled], {"a": Decimal(2500), "b": Decimal(1)})["made"] == Decimal("1.5")
