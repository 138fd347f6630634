"""Source streams, nodes, edges and points: what stands, what is refused and at which field, and what cannot end."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from tanheng.core.errors import InputError
from tanheng.metrology.network.model import Medium, Method, NodeKind, Role
from tanheng.platform.accounts.roles import Role as Post
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import selectors
from tanheng.platform.plant.models import Edge, Node, Point, SourceStream
from tanheng.platform.plant.schemas.source_stream_1 import EmissionKind
from tanheng.platform.record import fsck
from tanheng.platform.record.actor import Actor

SYSTEM = Actor.system("tests")


@pytest.fixture
def coal(desk: Any) -> Any:
    """Return a desk with a stream of coal from the yard over the mill to the kiln."""
    desk.line("1")
    desk.stream("coal")
    for code, kind in (("yard", NodeKind.STORE), ("mill", NodeKind.EQUIPMENT), ("kiln", NodeKind.EQUIPMENT)):
        desk.node(code, kind=kind, line="1")
    desk.edge("to-mill", "yard", "mill", medium=Medium.FOSSIL_FUEL, stream="coal")
    desk.edge("to-kiln", "mill", "kiln", medium=Medium.FOSSIL_FUEL, stream="coal")
    return desk


def refused(made: Any, act: Any) -> list[tuple[str, str]]:
    """Return code and field of what a service refuses."""
    with pytest.raises(InputError) as error:
        act()
    found: list[tuple[str, str]] = made.faults(error.value)
    return found


def test_a_network_is_entered_logged_and_read_back(coal: Any) -> None:
    coal.point("P-1", "to-mill")
    with scope(all_plants()):
        network = selectors.network(SYSTEM, coal.plant)
        assert [one.code for one in network.nodes] == ["kiln", "mill", "yard"]
        assert network.edge_of["to-kiln"].medium is Medium.FOSSIL_FUEL
        assert network.point_of["P-1"].stream == "coal"
        assert network.node_of["mill"].title == {"zh": "mill节点", "en": "mill节点"}
        coal.plant.refresh_from_db()
        assert list(fsck.audit(coal.plant)) == []


def test_an_edge_to_a_node_that_is_not_there_is_refused_at_its_field(coal: Any, made: Any) -> None:
    found = refused(made, lambda: coal.edge("e", "mill", "nowhere"))
    assert found == [("platform.plant.no_node", "end")]


def test_a_way_back_to_its_beginning_is_refused_and_the_loop_is_named(coal: Any, made: Any) -> None:
    with pytest.raises(InputError) as error:
        coal.edge("back", "kiln", "yard", medium=Medium.FOSSIL_FUEL)
    assert made.faults(error.value) == [("metrology.network.loop", "end")]
    assert "kiln → yard → mill → kiln" in error.value.findings[0].text("en")


def test_dust_may_return_against_the_flow(coal: Any) -> None:
    coal.edge("dust", "kiln", "yard", medium=Medium.DUST)
    coal.edge("gas", "kiln", "mill", medium=Medium.FLUE_GAS)


def test_an_edge_that_is_turned_round_into_a_loop_is_refused(coal: Any, made: Any) -> None:
    row = coal.edge("dust", "kiln", "yard", medium=Medium.DUST)
    content = made.edge("dust", "kiln", "yard", medium=Medium.FOSSIL_FUEL)
    found = refused(made, lambda: coal.save(Edge, content, subject=row.subject, seen=1, reason="typed wrong"))
    assert found == [("metrology.network.loop", "end")]


def test_many_edges_that_close_a_loop_are_each_named_by_their_row(coal: Any, made: Any) -> None:
    for code in ("a", "b", "c"):
        coal.node(code)
    ring = [made.edge("good", "kiln", "a"), made.edge("x", "a", "b"), made.edge("y", "b", "c"), made.edge("z", "c", "a")]
    with pytest.raises(InputError) as error:
        coal.save_many(Edge, ring)
    assert [(one.code, one.fields["row"]) for one in error.value.findings] == [("metrology.network.loop", n) for n in (2, 3, 4)]
    with scope(all_plants()):
        assert Edge.objects.filter(plant=coal.plant).count() == 2


def test_both_ends_of_an_edge_differ(coal: Any, made: Any) -> None:
    assert refused(made, lambda: coal.edge("e", "mill", "mill")) == [("platform.plant.same_ends", "end")]


def test_codes_are_unique_among_nodes_and_edges_together(coal: Any, made: Any) -> None:
    assert refused(made, lambda: coal.node("to-mill")) == [("platform.plant.taken", "code")]
    assert refused(made, lambda: coal.edge("yard", "mill", "kiln")) == [("platform.plant.taken", "code")]
    coal.point("yard", "to-mill")  # points have codes of their own


def test_a_code_twice_in_one_sheet_is_refused_in_its_second_row(coal: Any, made: Any) -> None:
    with pytest.raises(InputError) as error:
        coal.save_many(Node, [made.node("a"), made.node("a")])
    assert [(one.code, one.fields["row"]) for one in error.value.findings] == [("platform.plant.taken", 2)]


def test_points_of_one_sheet_may_name_each_other_in_any_order(coal: Any, made: Any) -> None:
    rows = coal.save_many(Point, [made.point("below", "to-kiln", parent="above"), made.point("above", "to-mill")])
    assert [row.code for row in rows] == ["below", "above"]


def test_points_above_each_other_in_a_ring_are_refused(coal: Any, made: Any) -> None:
    above = coal.point("above", "to-mill")
    coal.point("below", "to-kiln", parent="above")
    content = made.point("above", "to-mill", parent="below")
    found = refused(made, lambda: coal.save(Point, content, subject=above.subject, seen=1, reason="wrong way"))
    assert found == [("metrology.network.parent_loop", "parent")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"stream": ""}, ("platform.plant.stream_missing", "stream")),
        ({"stream": "gas"}, ("platform.plant.no_stream", "stream")),
        ({"place": "nowhere"}, ("platform.plant.no_place", "place")),
        ({"parameter": "guess"}, ("platform.plant.no_row", "parameter")),
        ({"parameter": "co2_concentration"}, ("platform.plant.parameter_measured", "parameter")),
        ({"energy": "sunshine"}, ("platform.plant.no_row", "energy")),
        ({"parent": "P"}, ("platform.plant.own_parent", "parent")),
        ({"parent": "gone"}, ("platform.plant.no_point", "parent")),
        ({"role": Role.STACK}, ("platform.plant.role_method", "role")),
        ({"role": Role.PURCHASED}, ("platform.plant.role_stream", "role")),
        ({"code": "a b"}, ("platform.plant.code", "code")),
        ({"name_zh": " "}, ("platform.plant.missing", "name_zh")),
    ],
)
def test_a_point_with_one_fault_is_refused_at_that_field(
    coal: Any, made: Any, said: dict[str, Any], expected: tuple[str, str]
) -> None:
    content = dataclasses.replace(made.point("P", "to-mill"), **said)
    assert refused(made, lambda: coal.save(Point, content)) == [expected]


def test_a_measured_point_takes_a_parameter_of_the_stack(coal: Any, made: Any) -> None:
    coal.node("stack", kind=NodeKind.STACK)
    stack = {"method": Method.MEASURED, "role": Role.STACK, "energy": ""}
    coal.point("co2", "stack", parameter="co2_concentration", **stack)
    found = refused(made, lambda: coal.point("x", "stack", parameter="raw_meal", **stack))
    assert found == [("platform.plant.parameter_calculated", "parameter")]


def test_only_a_point_of_internal_management_has_no_stream(coal: Any) -> None:
    coal.point("inner", "to-kiln", stream="", role=Role.INTERNAL)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"system": ""}, ("platform.plant.system_missing", "system")),
        ({"system": "canteen"}, ("platform.plant.no_row", "system")),
        ({"stage": "moon"}, ("platform.plant.no_row", "stage")),
        ({"line": "9"}, ("platform.plant.no_line", "line")),
        ({"kind": NodeKind.OUTSIDE}, ("platform.plant.system_outside", "system")),
    ],
)
def test_a_node_with_one_fault_is_refused_at_that_field(
    coal: Any, made: Any, said: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert refused(made, lambda: coal.node("n", **said)) == [expected]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"item": ""}, ("platform.plant.item_missing", "item")),
        ({"item": "portland"}, ("platform.plant.item", "item")),
        ({"kind": EmissionKind.ELECTRICITY}, ("platform.plant.item_extra", "item")),
        ({"line": "9"}, ("platform.plant.no_line", "line")),
        ({"emission_year": 2025}, ("platform.plant.emission_missing", "emission")),
        ({"emission": Decimal(1), "emission_source": "report"}, ("platform.plant.emission_year", "emission_year")),
        ({"emission": Decimal(1), "emission_year": 2025}, ("platform.plant.emission_source", "emission_source")),
        (
            {"emission": Decimal(1), "emission_year": 25, "emission_source": "report"},
            ("platform.plant.range", "emission_year"),
        ),
        (
            {"emission": Decimal(-1), "emission_year": 2025, "emission_source": "report"},
            ("platform.plant.range", "emission"),
        ),
    ],
)
def test_a_stream_with_one_fault_is_refused_at_that_field(
    coal: Any, made: Any, said: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert refused(made, lambda: coal.stream("s", **said)) == [expected]


def test_what_others_name_cannot_be_retired_and_they_are_named(coal: Any) -> None:
    coal.point("P-1", "to-mill")
    with scope(all_plants()):
        mill = Node.objects.get(plant=coal.plant, code="mill")
        way = Edge.objects.get(plant=coal.plant, code="to-mill")
        fuel = SourceStream.objects.get(plant=coal.plant, code="coal")
    for row, users in ((mill, "to-kiln, to-mill"), (way, "P-1"), (fuel, "to-kiln, to-mill, P-1")):
        with pytest.raises(InputError) as error:
            coal.retire(row)
        assert (error.value.code, error.value.fields["field"]) == ("platform.plant.used", "reason")
        assert f"used by {users}" in error.value.text("en")


def test_what_nobody_names_any_more_can_be_retired(coal: Any) -> None:
    row = coal.node("spare")
    assert coal.retire(row).retired
    coal.node("spare")  # its code is free again


def test_a_code_that_others_name_cannot_change(coal: Any, made: Any) -> None:
    with scope(all_plants()):
        mill = Node.objects.get(plant=coal.plant, code="mill")
    content = made.node("mill-2", kind=NodeKind.EQUIPMENT, line="1")
    found = refused(made, lambda: coal.save(Node, content, subject=mill.subject, seen=1, reason="renamed"))
    assert ("platform.plant.code_used", "code") in found


def test_a_node_can_be_corrected_without_its_code(coal: Any, made: Any) -> None:
    with scope(all_plants()):
        mill = Node.objects.get(plant=coal.plant, code="mill")
    content = made.node("mill", kind=NodeKind.EQUIPMENT, line="1", stage="coal_mill")
    assert coal.save(Node, content, subject=mill.subject, seen=1, reason="its stage").version == 2


def test_the_page_that_retires_names_the_users(coal: Any, login: Any) -> None:
    with scope(all_plants()):
        mill = Node.objects.get(plant=coal.plant, code="mill")
    answer = login(Post.CARBON_MANAGER).post(f"/nodes/{mill.subject}/retire/", {"seen": "1", "reason": "gone"})
    assert answer.status_code == 400
    assert "used by to-kiln, to-mill" in answer.content.decode()
