"""Where a point stands is an edge or a node: a link to that record, in the list and on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tanheng.platform.accounts.roles import Role as Post
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant.models import Edge, Node
from tanheng.platform.plant.pages.network import PLACE


@pytest.fixture
def placed(desk: Any) -> tuple[Any, Any, Any]:
    """Return an edge, a node, and the points that stand at each."""
    desk.line("1")
    desk.stream("S-1")
    desk.node("N-1")
    stack = desk.node("N-2")
    edge = desk.edge("E-1", "N-1", "N-2")
    return edge, stack, (desk.point("P-1", "E-1", stream="S-1"), desk.point("P-2", "N-2", stream="S-1"))


def test_the_place_leads_to_its_record(placed: tuple[Any, Any, Any], login: Callable[..., Any]) -> None:
    edge, node, points = placed
    client = login(Post.CARBON_MANAGER)
    listed = client.get("/points/").content.decode()
    for address, point in ((f"/edges/{edge.subject}/", points[0]), (f"/nodes/{node.subject}/", points[1])):
        assert f'href="{address}"' in listed
        assert f'href="{address}"' in client.get(f"/points/{point.subject}/").content.decode()


def test_what_the_place_may_be_is_offered_and_named_from_both_ledgers(placed: tuple[Any, Any, Any], desk: Any) -> None:
    edge, node, _points = placed
    with scope(all_plants()):
        options = PLACE.options(desk.plant)
        named = PLACE.named(desk.plant, ["E-1", "N-2", "missing"])
        meanings = PLACE.meanings(desk.plant)
    assert [value for value, _text in options] == ["E-1", "N-1", "N-2"]
    assert {code: (one.subject, one.pages) for code, one in named.items()} == {
        "E-1": (edge.subject, "edges"),
        "N-2": (node.subject, "nodes"),
    }
    assert {meanings[text] for text in ("e-1", "n-2")} == {"E-1", "N-2"}


def test_a_name_that_an_edge_and_a_node_share_means_neither(desk: Any) -> None:
    desk.node("N-1", name_zh="窑")
    desk.node("N-2", name_zh="篦冷机")
    desk.edge("E-1", "N-1", "N-2", name_zh="窑")
    with scope(all_plants()):
        meanings = PLACE.meanings(desk.plant)
    assert "窑" not in meanings
    assert meanings["篦冷机"] == "N-2"
    assert {Edge, Node} == {PLACE.model, PLACE.beside.model if PLACE.beside else None}
