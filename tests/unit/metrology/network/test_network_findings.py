"""What is found in a network: each fault of structure and each gap of a rule, on a line that is otherwise in order."""

from __future__ import annotations

import dataclasses
import datetime
import random
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.accounting.source_streams import Grade
from tanheng.core.states import CheckState, Severity
from tanheng.metrology.instruments.model import Chain, Installation, Instrument, Register, Spell, UseState
from tanheng.metrology.network.findings import Finding, findings
from tanheng.metrology.network.model import Level, Medium, Network, NodeKind, Role
from tanheng.metrology.network.placing import to_be_placed

Build = Callable[..., Network]
Make = Any  # the class of the fixture lives in conftest, which cannot be imported


def found(network: Network, *instruments: str) -> list[tuple[str, str, str]]:
    """Return code, kind and subject of everything found."""
    every = findings(network, known_instruments=instruments)
    return [(one.code.removeprefix("metrology.network."), one.kind, one.subject) for one in every]


def test_a_network_in_order_has_no_findings(build: Build) -> None:
    assert found(build(), "X-1") == []


def test_a_code_of_two_nodes_is_found_once_with_how_often_it_is_given(build: Build, make: Make) -> None:
    network = build(more_nodes=(make.node("kiln"), make.node("kiln")))
    (one,) = findings(network, known_instruments=())
    assert (one.subject, one.fields["count"], one.severity) == ("kiln", 3, Severity.ERROR)


def test_nodes_and_edges_share_one_set_of_codes(build: Build, make: Make) -> None:
    assert ("code_twice", "node", "gas") in found(build(more_nodes=(make.node("gas"),)))


def test_points_and_streams_have_sets_of_codes_of_their_own(build: Build, make: Make) -> None:
    network = build(more_points=(make.point("kiln", "firing"),), more_streams=(make.stream("coal"),))
    assert found(network) == [("code_twice", "stream", "coal")]


def test_an_edge_to_a_missing_node_names_both(build: Build, make: Make) -> None:
    network = build(more_edges=(make.edge("lost", "yard", "mill"),))
    (one,) = findings(network, known_instruments=())
    assert one.code == "metrology.network.node_missing"
    assert "“lost”" in one.text("en")
    assert "“mill”" in one.text("zh")


def test_a_point_at_a_place_that_is_not_there_is_an_error(build: Build, make: Make) -> None:
    assert found(build(more_points=(make.point("odd", "nowhere"),))) == [("place_missing", "point", "odd")]


@pytest.mark.parametrize(("role", "expected"), [(Role.ACTIVITY, 1), (Role.FACTOR, 1), (Role.INTERNAL, 0)])
def test_a_point_without_a_stream_is_found_unless_it_is_internal(build: Build, make: Make, role: Role, expected: int) -> None:
    network = build(more_points=(make.point("bare", "firing", "", role=role),))
    assert found(network).count(("point_without_stream", "point", "bare")) == expected


def test_streams_that_are_not_in_the_ledger_are_found_at_edges_and_points(build: Build, make: Make) -> None:
    network = build(
        more_edges=(make.edge("oil", "yard", "kiln", stream="oil"),), more_points=(make.point("pump", "oil", "gas"),)
    )
    assert found(network)[:2] == [("edge_stream_unknown", "edge", "oil"), ("point_stream_unknown", "point", "pump")]


def test_a_stream_on_no_edge_is_found(build: Build, make: Make) -> None:
    assert found(build(more_streams=(make.stream("diesel", None),))) == [("stream_without_edge", "stream", "diesel")]


def test_carbon_that_comes_back_to_its_start_is_a_loop_named_with_its_way(build: Build, make: Make) -> None:
    network = build(more_edges=(make.edge("back", "kiln", "yard", Medium.RAW_MATERIAL),))
    (one,) = findings(network, known_instruments=())
    assert one.fields["way"] == "kiln → yard → kiln"


@pytest.mark.parametrize("medium", [Medium.DUST, Medium.FLUE_GAS, Medium.HEAT, Medium.WATER])
def test_what_may_run_against_the_flow_closes_no_loop(build: Build, make: Make, medium: Medium) -> None:
    assert found(build(more_edges=(make.edge("back", "kiln", "yard", medium),))) == []


def test_electricity_never_runs_in_a_loop(build: Build, make: Make) -> None:
    back_and_forth = (make.edge("a", "yard", "kiln", Medium.ELECTRICITY), make.edge("b", "kiln", "yard", Medium.ELECTRICITY))
    assert ("loop", "edge", "b") in found(build(more_edges=back_and_forth))


def test_buying_from_the_grid_and_selling_to_it_is_no_loop(build: Build, make: Make) -> None:
    trade = (make.edge("buy", "air", "kiln", Medium.ELECTRICITY), make.edge("sell", "kiln", "air", Medium.ELECTRICITY))
    points = (make.point("in", "buy"), make.point("out", "sell"))
    assert found(build(more_edges=trade, more_points=points)) == []


def test_an_edge_from_a_node_to_itself_is_a_loop(build: Build, make: Make) -> None:
    assert found(build(more_edges=(make.edge("self", "kiln", "kiln"),))) == [("loop", "edge", "self")]


def test_a_parent_that_is_not_there_is_an_error(build: Build, make: Make) -> None:
    assert ("parent_missing", "point", "x") in found(build(more_points=(make.point("x", "firing", parent="gone"),)))


def test_parents_in_a_loop_are_found_once(build: Build, make: Make) -> None:
    ring = tuple(make.point(code, "firing", parent=above) for code, above in (("a", "b"), ("b", "c"), ("c", "a")))
    loops = [one for one in findings(build(more_points=ring), known_instruments=()) if one.code.endswith("parent_loop")]
    assert [one.fields["way"] for one in loops] == ["a → b → c → a"]


def test_a_parent_of_another_medium_cannot_be_a_sum(build: Build, make: Make) -> None:
    network = build(more_points=(make.point("gas_flow", "gas", level=Level.SYSTEM, parent="truck_scale"),))
    (one,) = findings(network, known_instruments=())
    assert one.code == "metrology.network.parent_medium"
    assert "烟气" in one.text("zh")
    assert "fossil fuel" in one.text("en")


def test_a_parent_on_the_same_level_is_remarked(build: Build, make: Make) -> None:
    assert found(build(more_points=(make.point("beside", "delivery", parent="truck_scale"),))) == [
        ("parent_level", "point", "beside")
    ]


def test_an_edge_across_the_boundary_without_an_entry_point_warns_as_long_as_unverified(build: Build, make: Make) -> None:
    network = build(more_edges=(make.edge("oil", "supplier", "kiln"),))
    (one,) = findings(network, known_instruments=())
    assert (one.code, one.subject) == ("metrology.network.entry", "oil")
    assert (one.severity, one.check) == (Severity.WARNING, CheckState.UNVERIFIED)


def test_a_point_of_a_deeper_level_is_no_entry_point(build: Build, make: Make) -> None:
    network = build(
        more_edges=(make.edge("oil", "supplier", "kiln"),), more_points=(make.point("flow", "oil", level=Level.EQUIPMENT),)
    )
    assert found(network) == [("entry", "edge", "oil")]


@pytest.mark.parametrize("level", [Level.ENTITY, Level.ENTRY])
def test_a_meter_on_the_boundary_of_the_entity_is_an_entry_point(build: Build, make: Make, level: Level) -> None:
    network = build(more_edges=(make.edge("oil", "supplier", "kiln"),), more_points=(make.point("flow", "oil", level=level),))
    assert found(network) == []


def test_what_leaves_by_a_stack_is_metered_in_the_stack(build: Build) -> None:
    network = build()
    bare = dataclasses.replace(network, points=tuple(one for one in network.points if one.code != "cems"))
    assert found(bare) == [("entry", "edge", "emission")]


def test_an_edge_between_two_outside_nodes_crosses_nothing(build: Build, make: Make) -> None:
    assert found(build(more_edges=(make.edge("far", "supplier", "air"),))) == []


@pytest.mark.parametrize(("grade", "expected"), [(Grade.MAJOR, 1), (Grade.MINOR, 1), (Grade.DE_MINIMIS, 0), (None, 0)])
def test_major_and_minor_streams_are_metered_where_they_enter_a_system(
    build: Build, make: Make, grade: Grade | None, expected: int
) -> None:
    network = build(
        streams=(make.stream("coal", grade),), points=(make.point("truck_scale", "delivery"), make.point("c", "stack"))
    )
    assert found(network).count(("stream_entry", "stream", "coal")) == expected


def test_a_point_at_the_system_itself_meters_the_stream_that_enters(build: Build, make: Make) -> None:
    network = build()
    moved = tuple(dataclasses.replace(one, place="kiln") if one.code == "kiln_scale" else one for one in network.points)
    assert found(dataclasses.replace(network, points=moved)) == []


def test_an_analysis_does_not_meter_the_amount_that_enters(build: Build) -> None:
    network = build()
    analysed = tuple(dataclasses.replace(one, role=Role.FACTOR) if one.code == "kiln_scale" else one for one in network.points)
    assert found(dataclasses.replace(network, points=analysed)) == [("stream_entry", "stream", "coal")]


def test_the_system_that_a_stream_enters_is_named_by_its_title(build: Build, make: Make) -> None:
    network = build(points=(make.point("truck_scale", "delivery"), make.point("c", "stack")))
    titles = {"clinker": {"zh": "熟料煅烧", "en": "clinker firing"}}
    (one,) = findings(network, known_instruments=(), systems=titles)
    assert "“熟料煅烧”" in one.text("zh")
    assert "“clinker firing”" in one.text("en")


def test_a_node_with_neither_edge_nor_point_stands_alone(build: Build, make: Make) -> None:
    network = build(more_nodes=(make.node("office"), make.node("laboratory")), more_points=(make.point("xrf", "laboratory"),))
    assert found(network) == [("node_alone", "node", "office")]


@pytest.mark.parametrize(("role", "severity"), [(Role.ACTIVITY, Severity.WARNING), (Role.INTERNAL, Severity.NOTICE)])
def test_a_point_without_an_instrument_is_missing_one(build: Build, make: Make, role: Role, severity: Severity) -> None:
    network = build(more_points=(make.point("gap", "firing", role=role, instruments=()),))
    (one,) = findings(network, known_instruments=())
    assert (one.code, one.subject, one.severity) == ("metrology.network.not_equipped", "gap", severity)


def test_an_instrument_at_no_point_is_an_orphan(build: Build) -> None:
    assert found(build(), "X-1", "X-9") == [("orphan", "instrument", "X-9")]


def test_structure_comes_before_rules_and_the_order_of_the_input_does_not_matter(build: Build, make: Make) -> None:
    network = build(
        more_nodes=(make.node("office"),),
        more_edges=(make.edge("oil", "supplier", "kiln"), make.edge("lost", "yard", "mill")),
        more_points=(make.point("gap", "firing", instruments=()),),
    )
    chance = random.Random(7)  # noqa: S311  # an order, no secret
    mixed = Network(
        nodes=tuple(chance.sample(network.nodes, len(network.nodes))),
        edges=tuple(chance.sample(network.edges, len(network.edges))),
        points=tuple(chance.sample(network.points, len(network.points))),
        streams=network.streams,
    )
    assert [one[0] for one in found(network)] == ["node_missing", "entry", "node_alone", "not_equipped"]
    assert findings(mixed, known_instruments=()) == findings(network, known_instruments=())


def test_every_message_names_its_subject_in_both_languages(build: Build, make: Make) -> None:
    network = build(
        more_nodes=(make.node("kiln"), make.node("office"), make.node("grid", NodeKind.OUTSIDE)),
        more_edges=(make.edge("lost", "yard", "mill", stream="unknown"), make.edge("self", "kiln", "kiln")),
        more_points=(make.point("gap", "firing", "", instruments=(), parent="gap"),),
        more_streams=(make.stream("idle"),),
    )
    every = findings(network, known_instruments=("X-9",))
    assert len({one.code for one in every}) >= 9
    assert all(_complete(one) for one in every)


def _complete(one: Finding) -> bool:
    return all(one.subject in one.text(lang) and "{" not in one.text(lang) for lang in ("zh", "en"))


DAY = datetime.date(2026, 11, 1)


def instrument(code: str, *states: tuple[str, UseState], portable: bool = False) -> Instrument:
    spells = tuple(Spell(start=datetime.date.fromisoformat(day), state=state) for day, state in states)
    return Instrument(code=code, title={"zh": code, "en": code}, kind="belt_scale", states=spells, portable=portable)


IN_USE = ("2025-01-01", UseState.IN_SERVICE)


@pytest.mark.parametrize(
    ("state", "placed"),
    [
        (UseState.IN_SERVICE, True),
        (UseState.DOWNGRADED, True),
        (UseState.PENDING, False),
        (UseState.SEALED_UP, False),
        (UseState.OUT_OF_SERVICE, False),
        (UseState.REPAIR, False),
        (UseState.SCRAPPED, False),
    ],
)
def test_only_what_is_in_use_has_to_stand_somewhere(state: UseState, placed: bool) -> None:
    register = Register(
        instruments=(instrument("A", IN_USE, ("2026-10-01", state)),), chains=(), installations=(), certificates=()
    )
    assert to_be_placed(register, on=DAY) == (frozenset({"A"}) if placed else frozenset())


def test_a_state_that_begins_tomorrow_does_not_count_today() -> None:
    one = instrument("A", IN_USE, ("2026-11-02", UseState.SCRAPPED))
    register = Register(instruments=(one,), chains=(), installations=(), certificates=())
    assert to_be_placed(register, on=DAY) == {"A"}


def test_portable_instruments_and_members_of_an_installed_chain_stand_nowhere() -> None:
    chain = Chain(code="CH", title={"zh": "链", "en": "chain"}, members=("S", "T"))
    register = Register(
        instruments=(instrument("S", IN_USE), instrument("T", IN_USE), instrument("P", IN_USE, portable=True)),
        chains=(chain,),
        installations=(Installation(instrument="CH", point="p", start=datetime.date(2025, 1, 1)),),
        certificates=(),
    )
    assert to_be_placed(register, on=DAY) == frozenset()


def test_a_chain_that_was_taken_away_leaves_its_members_to_be_placed() -> None:
    chain = Chain(code="CH", title={"zh": "链", "en": "chain"}, members=("S",))
    gone = Installation(instrument="CH", point="p", start=datetime.date(2025, 1, 1), end=DAY)
    register = Register(instruments=(instrument("S", IN_USE),), chains=(chain,), installations=(gone,), certificates=())
    assert to_be_placed(register, on=DAY) == {"S"}
