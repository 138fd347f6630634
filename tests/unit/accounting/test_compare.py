"""Restatement: each figure that moved is explained by the numbers behind it that changed."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tanheng.accounting import trace
from tanheng.accounting.compare import Move, comparable, moves
from tanheng.accounting.inventory import Inventory
from tanheng.accounting.plant import Basis, Place
from tanheng.core.errors import CalculationError
from tanheng.standards import load_pack

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any

FEBRUARY = datetime.date(2026, 2, 1)


def compared(old: Inventory, new: Inventory) -> dict[str, Move]:
    return {move.id: move for move in moves(trace.load(trace.dumps(old)), trace.load(trace.dumps(new)))}


def correct(desk: Desk, value: str) -> None:
    desk.write(
        "line.1.fuel.coal.consumption",
        [value],
        "t",
        place=Place.KILN,
        periods=["2025-04"],
        known=FEBRUARY,
        reason="belt scale recalibrated",
        person="Li",
    )


def test_nothing_moves_between_equal_inventories(plant_year: Desk) -> None:
    assert compared(plant_year.account(), plant_year.account()) == {}


def test_a_corrected_entry_is_the_cause_with_its_reason_and_person(plant_year: Desk) -> None:
    old = plant_year.account()
    correct(plant_year, "17100")
    found = compared(old, plant_year.account())
    # by hand: 100 t · 23.076 · 0.02618 · 0.99 · 44/12
    assert found["ets.direct"].change == Decimal("219.29907384")
    (cause,) = found["ets.direct"].causes
    assert (cause.kind, cause.old, cause.new, cause.unit) == ("input", "17000.00", "17100", "t")
    assert (cause.reason, cause.person, cause.known) == ("belt scale recalibrated", "Li", "2026-02-01")


def test_only_what_rests_on_the_changed_number_moves(plant_year: Desk) -> None:
    old = plant_year.account()
    correct(plant_year, "17100")
    found = compared(old, plant_year.account())
    assert "line.1.total@2025-04" in found
    assert not {"line.1.total@2025-05", "line.1.process@2025-04", "enterprise.electricity.net_purchased"} & found.keys()


def test_figures_stand_in_the_order_of_the_new_inventory(plant_year: Desk) -> None:
    old = plant_year.account()
    correct(plant_year, "17100")
    new = plant_year.account()
    order = [node.id for node in new.nodes]
    positions = [order.index(key) for key in compared(old, new)]
    assert positions == sorted(positions)


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A later grid factor, known since March 2026 (constructed)."""
    (tmp_path / "parameters").mkdir()
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/later.yaml").write_text(
        "id: later-announcement\ntitle: {zh: 构造, en: constructed}\ncheck: unverified\nknown: {zh: 构造, en: constructed}\n",
        encoding="utf-8",
    )
    (tmp_path / "parameters/national.yaml").write_text(
        "extends: cn.grid.national_average_factor\nunit: tCO2/MWh\nvalues:\n"
        "  - describes: {from: 2024-01-01, to: 2024-12-31}\n    known_since: 2026-03-01\n    value: 0.5000\n"
        "    source: {document: later-announcement, place: p. 1}\n    check: unverified\n",
        encoding="utf-8",
    )
    return tmp_path


def test_a_later_edition_of_a_parameter_is_one_cause_with_old_and_new(plant_year: Desk, overlay: Path) -> None:
    old = plant_year.account()
    plant_year.pack = load_pack((overlay,))
    found = compared(old, plant_year.account())
    (cause,) = found["enterprise.electricity.net_purchased"].causes
    assert (cause.kind, cause.id) == ("parameter", "cn.grid.national_average_factor")
    assert (cause.old, cause.new, cause.known) == ("0.5306", "0.5000", "2026-03-01")
    assert "ets.direct" not in found


def test_another_rule_for_a_figure_is_a_cause_of_its_own(plant_year: Desk) -> None:
    old = trace.load(trace.dumps(plant_year.account()))
    new = trace.load(trace.dumps(plant_year.account()))
    figure = new["figures"]["line.1.process@2025-01"]
    figure["formula"], figure["value"] = "cn.clinker.kiln_feed_process", "70999.2"
    found = {move.id: move for move in moves(old, new)}
    (cause,) = found["line.1.process@2025-01"].causes
    assert (cause.kind, cause.old, cause.new) == (
        "formula",
        "cn.cets.cement.process_of_clinkers",
        "cn.clinker.kiln_feed_process",
    )


def test_figures_that_appear_or_vanish_are_moves_without_a_difference(plant_year: Desk) -> None:
    without = plant_year.account()
    plant_year.write("line.1.fuel.coal.carbon", "60", "%", basis=Basis.AS_RECEIVED, place=Place.KILN)
    appeared = compared(without, plant_year.account())
    key = "line.1.fuel.coal.emission_measured_carbon@2025-01"
    assert (appeared[key].old, appeared[key].change) == (None, None)
    assert {cause.old for cause in appeared[key].causes} == {None}
    vanished = compared(plant_year.account(), without)
    assert vanished[key].new is None
    assert [cause.new for cause in vanished[key].causes] == [None]


def test_a_blank_that_is_filled_moves_what_it_left_blank(plant_year: Desk) -> None:
    full = plant_year.account()
    plant_year.entries = [e for e in plant_year.entries if e.id != "line.1.fuel.coal.consumption@2025-05"]
    plant_year.write("line.1.fuel.coal.consumption", [None], "t", place=Place.KILN, periods=["2025-05"])
    move = compared(plant_year.account(), full)["ets.direct"]
    assert move.old is None
    assert [cause.id for cause in move.causes] == ["line.1.fuel.coal.consumption@2025-05"]


def test_a_value_of_another_place_is_a_changed_input(plant_year: Desk) -> None:
    document = trace.load(trace.dumps(plant_year.account()))
    other = trace.load(trace.dumps(plant_year.account()))
    other["inputs"]["line.1.fuel.coal.consumption@2025-01"]["place"] = "mill"
    other["figures"]["line.1.combustion@2025-01"]["value"] = "1"
    (move,) = moves(document, other)
    assert [cause.kind for cause in move.causes] == ["input"]


def test_an_input_that_is_gone_and_the_default_in_its_place_are_both_named(plant_year: Desk) -> None:
    measured = {"basis": Basis.AS_RECEIVED, "place": Place.KILN}
    plant_year.write("line.1.fuel.diesel.net_calorific_value", "42.000", "GJ/t", **measured)
    old = plant_year.account()
    plant_year.entries = [entry for entry in plant_year.entries if "diesel.net_calorific_value" not in entry.quantity]
    causes = compared(old, plant_year.account())["line.1.fuel.diesel.emission@2025-01"].causes
    assert {(cause.kind, cause.id, cause.old, cause.new) for cause in causes} == {
        ("input", "line.1.fuel.diesel.net_calorific_value@2025-01", "42.000", None),
        ("parameter", "cn.cets.fuel.diesel.net_calorific_value", None, "42.652"),
    }


def test_an_inventory_as_it_is_written_can_be_compared(plant_year: Desk) -> None:
    document = trace.load(trace.dumps(plant_year.account()))
    assert comparable(document) == document


@pytest.mark.parametrize(
    ("part", "key", "field", "value"),
    [
        ("figures", "ets.direct", "value", "many"),
        ("figures", "ets.direct", "value", "1E+999999999"),
        ("figures", "ets.direct", "value", "1" * 40),
        ("figures", "ets.direct", "value", "NaN"),
        ("figures", "ets.direct", "value", 0.5),
        ("figures", "ets.direct", "title", 5),
        ("figures", "ets.direct", "unit", 1),
        ("figures", "ets.direct", "formula", []),
        ("figures", "ets.direct", "arguments", {"terms": 5}),
        ("figures", "ets.direct", "rules", {"zero_when": {}}),
        ("inputs", "line.1.fuel.coal.consumption@2025-01", "value", {}),
        ("inputs", "line.1.fuel.coal.consumption@2025-01", "unit", []),
        ("inputs", "line.1.fuel.coal.consumption@2025-01", "reason", 3),
    ],
)
def test_an_inventory_changed_by_hand_is_refused_with_the_place(
    plant_year: Desk, part: str, key: str, field: str, value: object
) -> None:
    document = trace.load(trace.dumps(plant_year.account()))
    document[part][key][field] = value
    with pytest.raises(CalculationError, match=key):
        comparable(document)


@pytest.mark.parametrize("part", ["figures", "inputs", "parameters", "order"])
def test_an_inventory_without_what_is_compared_is_refused(plant_year: Desk, part: str) -> None:
    document = trace.load(trace.dumps(plant_year.account()))
    for nothing in (None, 5, "figures", ["nowhere"], {"nowhere": None}):
        with pytest.raises(CalculationError):
            comparable({**document, part: nothing})
