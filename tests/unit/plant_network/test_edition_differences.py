"""How two editions differ: nothing against itself, the mirror image the other way round, each record once."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.metrology.network.model import NodeKind
from tanheng.platform.plant.editions import Change, differences
from tanheng.platform.plant.schemas.edition_1 import Snapshot
from tanheng.platform.plant.schemas.node_1 import Depth, Node

MIRROR = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED, Change.CHANGED: Change.CHANGED}


def node(code: str, name: str) -> Node:
    return Node(
        code=code,
        name_zh=name,
        name_en="",
        kind=NodeKind.SYSTEM,
        level=Depth.SYSTEM,
        system="clinker",
        stage="",
        line="",
        remark="",
    )


def snapshot(nodes: dict[str, str]) -> Snapshot:
    made = tuple(node(code, name) for code, name in nodes.items())
    return Snapshot(definition=None, streams=(), nodes=made, edges=(), points=(), grades={}, findings=())


NETWORKS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["窑", "磨", "库"])).map(snapshot)


@settings(deadline=None)  # what is slow is the machine
@given(NETWORKS)
def test_an_edition_does_not_differ_from_itself(one: Snapshot) -> None:
    assert differences(one, one) == ()
    assert differences(one, dataclasses.replace(one, nodes=tuple(reversed(one.nodes)))) == ()


@settings(deadline=None)  # what is slow is the machine
@given(NETWORKS, NETWORKS)
def test_the_other_way_round_additions_are_removals(one: Snapshot, other: Snapshot) -> None:
    there, back = differences(one, other), differences(other, one)
    assert [(MIRROR[found.change], found.code) for found in there] == [(found.change, found.code) for found in back]
    assert [[(name, after, before) for name, before, after in found.fields] for found in there] == [
        list(found.fields) for found in back
    ]


@settings(deadline=None)  # what is slow is the machine
@given(NETWORKS, NETWORKS)
def test_what_is_not_told_is_the_same(one: Snapshot, other: Snapshot) -> None:
    told = {found.code for found in differences(one, other)}
    before, after = ({node.code: node for node in network.nodes} for network in (one, other))
    assert {code: node for code, node in before.items() if code not in told} == {
        code: node for code, node in after.items() if code not in told
    }
    assert told <= before.keys() | after.keys()
