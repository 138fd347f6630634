"""Recalculation and replay: what a document says must come out again; a document of any shape is refused by name."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.evidence import Account
from tanheng.evidence.errors import RecalculationError
from tanheng.evidence.recalculation import load, recalculate
from tanheng.evidence.replay import Replay, replay
from tanheng.standards import RulePack

DIRECT = "installation.direct"


@pytest.fixture(scope="session")
def original(account: Account) -> dict[str, Any]:
    return load(account.results["inventory.json"])


@pytest.fixture
def document(original: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(original)


def refused(document: dict[str, Any]) -> RecalculationError:
    with pytest.raises(RecalculationError) as caught:
        recalculate(load(json.dumps(document).encode()))
    return caught.value


def test_every_figure_of_the_worked_example_comes_out_again(document: dict[str, Any]) -> None:
    assert recalculate(document) == len(document["figures"]) == 30


def test_a_value_in_the_twelfth_decimal_is_named_with_both_values(document: dict[str, Any]) -> None:
    assert document["figures"][DIRECT]["value"] == "1037310.000000000000"
    document["figures"][DIRECT]["value"] = "1037310.000000000001"
    found = refused(document)
    assert found.fields["figure"] == DIRECT
    assert (found.fields["found"], found.fields["wanted"]) == ("1037310.000000000001", "1037310.000000000000")


def test_a_rounding_of_another_mode_is_named(document: dict[str, Any]) -> None:
    document["figures"][DIRECT]["rounded"] = "1037310.01"
    assert refused(document).fields["figure"] == DIRECT


def test_the_same_number_in_other_digits_is_not_the_same(document: dict[str, Any]) -> None:
    document["figures"][DIRECT]["value"] = "1037310"
    assert refused(document).code == "evidence.recalculation.differs"


def test_an_input_changed_behind_the_figures_is_found(document: dict[str, Any]) -> None:
    name = next(key for key in document["inputs"] if key.startswith("line.1.fuel.coal.consumption"))
    document["inputs"][name]["value"] = "88001"
    assert refused(document).code == "evidence.recalculation.differs"


def test_a_figure_called_absent_that_has_a_value_is_named(document: dict[str, Any]) -> None:
    document["figures"][DIRECT]["absence"] = "gap"
    assert refused(document).code == "evidence.recalculation.absence"


def test_a_figure_that_nothing_calculates_is_named(document: dict[str, Any]) -> None:
    document["figures"]["extra.figure"] = document["figures"][DIRECT]
    assert refused(document).fields["figure"] == "extra.figure"


def test_a_total_that_is_no_figure_is_named(document: dict[str, Any]) -> None:
    document["rulebook"]["totals"].append("installation.indirect_all")
    assert refused(document).fields["figure"] == "installation.indirect_all"


def test_a_formula_that_nobody_has_is_refused(document: dict[str, Any]) -> None:
    document["figures"][DIRECT]["formula"] = "eu.invented"
    assert "eu.invented" in refused(document).text()


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"[" * 100_000, b"{}", b'{"schema": "inventory/9"}', b"\xff"])
def test_what_is_no_inventory_is_refused(data: bytes) -> None:
    with pytest.raises(RecalculationError):
        load(data)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["NaN", "Infinity", "1E+999999999", "0", "-1", DIRECT, "eu.embedded_total"]),
    st.lists(st.none() | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_any_odd_value_anywhere_is_refused_by_an_error_of_ours_or_changes_nothing(
    original: dict[str, Any], data: st.DataObject
) -> None:
    document = copy.deepcopy(original)
    path = data.draw(st.sampled_from([place for place in places(document) if place]))
    *above, last = path
    inside: Any = document
    for key in above:
        inside = inside[key]
    inside[last] = data.draw(ODD)
    with contextlib.suppress(RecalculationError):
        assert recalculate(load(json.dumps(document).encode())) == 30


def test_a_replay_without_all_inputs_is_not_made(document: dict[str, Any], pack: RulePack) -> None:
    assert replay(document, {}, complete=False, pack=lambda: pack) is Replay.INPUTS_WITHHELD


def test_a_replay_of_the_same_files_is_the_same(document: dict[str, Any], account: Account, pack: RulePack) -> None:
    assert replay(document, account.inputs, complete=True, pack=lambda: pack) is Replay.REPEATED


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda found: found["inputs"].popitem(), "inputs/"),
        (lambda found: found["figures"][DIRECT].update(clause="D.9"), f"figures/{DIRECT}/clause"),
        (lambda found: found["plant"].update(province="hubei"), "plant/province"),
        (lambda found: found["gaps"].append("line.1.fuel.coal.consumption@2025"), "gaps"),
        (lambda found: found.update(order=found["order"][::-1]), "order/0"),
    ],
)
def test_a_trace_that_the_files_do_not_give_is_named(
    document: dict[str, Any], account: Account, pack: RulePack, change: Callable[[dict[str, Any]], None], place: str
) -> None:
    change(document)
    with pytest.raises(RecalculationError) as caught:
        replay(document, account.inputs, complete=True, pack=lambda: pack)
    assert caught.value.code == "evidence.replay.differs"
    assert str(caught.value.fields["figure"]).startswith(place)


def test_files_that_cannot_be_accounted_are_refused(document: dict[str, Any], account: Account, pack: RulePack) -> None:
    with pytest.raises(RecalculationError) as caught:
        replay(document, {"activity.csv": account.inputs["activity.csv"]}, complete=True, pack=lambda: pack)
    assert caught.value.code == "evidence.replay.refused"


@pytest.mark.parametrize("known", ["yesterday", "2026-13-01"])
def test_a_day_of_knowledge_that_does_not_exist_is_refused(
    document: dict[str, Any], account: Account, pack: RulePack, known: str
) -> None:
    document["known"] = known
    with pytest.raises(RecalculationError):
        replay(document, account.inputs, complete=True, pack=lambda: pack)


def workbook(content: bytes, *, cut: int = 0) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", content)
    return made.getvalue()[: len(made.getvalue()) - cut]


def test_a_workbook_that_unpacks_without_measure_is_not_read(
    document: dict[str, Any], account: Account, pack: RulePack
) -> None:
    inputs = {**account.inputs, "activity.xlsx": workbook(bytes((128 << 20) + 1))}
    with pytest.raises(RecalculationError) as caught:
        replay(document, inputs, complete=True, pack=lambda: pack)
    assert (caught.value.code, caught.value.object) == ("evidence.replay.large", "inputs/activity.xlsx")


@pytest.mark.parametrize("data", [b"", b"no workbook", workbook(b"x" * 100, cut=30)])
def test_a_workbook_that_is_none_is_refused(document: dict[str, Any], account: Account, pack: RulePack, data: bytes) -> None:
    with pytest.raises(RecalculationError) as caught:
        replay(document, {**account.inputs, "activity.xlsx": data}, complete=True, pack=lambda: pack)
    assert caught.value.object == "inputs/activity.xlsx"
