"""The trace: written, read, repeated digit for digit, and found out when it was changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.accounting import trace
from tanheng.accounting.plant import Place
from tanheng.core import canonical
from tanheng.core.errors import CalculationError, TanhengError

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any
Document = dict[str, Any]  # a whole trace: nested JSON

MARCH = "line.1.fuel.coal.consumption@2025-03"


@pytest.fixture
def document(plant_year: Desk) -> Document:
    return trace.load(trace.dumps(plant_year.account()))


@pytest.mark.parametrize("fixture", ["plant_year", "gbt_year"])
def test_every_figure_is_repeated_from_the_file_alone(fixture: str, request: pytest.FixtureRequest) -> None:
    inventory = request.getfixturevalue(fixture).account()
    repeated = trace.repeat(trace.load(trace.dumps(inventory)))
    assert repeated == {key: figure.value for key, figure in inventory.figures.items()}


def test_the_same_account_is_the_same_bytes_and_they_are_canonical(plant_year: Desk) -> None:
    data = trace.dumps(plant_year.account())
    assert data == trace.dumps(plant_year.account())
    assert data == canonical.pretty(json.loads(data))


def test_decimals_are_text_and_no_float_is_written(document: Document) -> None:
    def floats(item: Any) -> bool:  # nested JSON
        if isinstance(item, dict):
            return any(map(floats, item.values()))
        return any(map(floats, item)) if isinstance(item, list) else isinstance(item, float)

    assert not floats(document)


def test_a_blank_is_written_as_a_gap_and_repeated_as_one(plant_year: Desk) -> None:
    plant_year.entries = [entry for entry in plant_year.entries if entry.id != MARCH]
    plant_year.write("line.1.fuel.coal.consumption", [None], "t", place=Place.KILN, periods=["2025-03"])
    document = trace.load(trace.dumps(plant_year.account()))
    assert document["gaps"] == [MARCH]
    assert document["figures"]["ets.direct"]["absence"] == "gap"
    trace.verify(document)


def test_an_untouched_file_is_verified(document: Document) -> None:
    trace.verify(document)


def _figure(document: Document) -> None:
    document["figures"]["ets.direct"]["value"] = "1.000000000000"


def _input(document: Document) -> None:
    document["inputs"][MARCH]["value"] = "16000.00"


def _parameter(document: Document) -> None:
    key = next(key for key in document["parameters"] if "bituminous_coal.carbon_content" in key)
    document["parameters"][key]["value"] = "0.02308"


def _formula(document: Document) -> None:
    document["figures"]["ets.direct"]["formula"] = "arithmetic.mean"


def _argument(document: Document) -> None:
    document["figures"]["line.1.combustion@2025-03"]["arguments"]["values"].pop()


def _role(document: Document) -> None:
    figure = document["figures"]["line.1.fuel.coal.emission@2025-03"]
    figure["arguments"]["mass"] = figure["arguments"].pop("consumption")


def _unit(document: Document) -> None:
    document["inputs"][MARCH]["unit"] = "kg"


def _measure(document: Document) -> None:
    document["inputs"][MARCH]["unit"] = "MWh"


def _gone(document: Document) -> None:
    del document["inputs"][MARCH]


def _number(document: Document) -> None:
    document["inputs"][MARCH]["value"] = "many"


def _infinite(document: Document) -> None:
    document["inputs"][MARCH]["value"] = "Infinity"


def _huge(document: Document) -> None:
    document["inputs"][MARCH]["value"] = "1E+60"  # no room for twelve decimals among 50 digits


def _order(document: Document) -> None:
    document["order"].reverse()


def _left_out(document: Document) -> None:
    document["order"].pop()  # a figure that none rests on


def _nothing(document: Document) -> None:
    document["figures"]["ets.direct"] = None


def _division(document: Document) -> None:
    for key in document["inputs"]:
        if key.startswith("line.1.clinker.portland.output"):
            document["inputs"][key]["value"] = "0"
    for figure in document["figures"].values():
        figure["rules"] = {}


TAMPERINGS: list[Callable[[Document], None]] = [
    _figure, _input, _parameter, _formula, _argument, _role, _unit, _measure, _gone, _number, _infinite, _huge, _order,
    _left_out, _nothing, _division,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__.strip("_"))
def test_a_changed_file_is_found_out(document: Document, tamper: Callable[[Document], None]) -> None:
    changed = copy.deepcopy(document)
    tamper(changed)
    with pytest.raises(TanhengError):
        trace.verify(changed)


def test_the_first_wrong_figures_are_named(document: Document) -> None:
    _figure(document)
    with pytest.raises(CalculationError) as caught:
        trace.verify(document)
    assert caught.value.fields["count"] == 1
    assert "ets.direct: 1.000000000000 ≠ " in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"5",
        b"{}",
        b'{"schema": "inventory/2"}',
        b'{"schema": "inventory/1"}',
        b"[" * 100_000,
    ],
    ids=lambda data: repr(data[:30]),
)
def test_what_is_no_inventory_is_refused(data: bytes) -> None:
    with pytest.raises(CalculationError):
        trace.load(data)
