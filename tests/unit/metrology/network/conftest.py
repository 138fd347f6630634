"""A small line with everything in its place: what a test breaks is said in the test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tanheng.accounting.source_streams import Grade
from tanheng.metrology.network.model import (
    Edge,
    Level,
    Medium,
    Method,
    Network,
    Node,
    NodeKind,
    Point,
    Role,
    SourceStream,
)

Build = Callable[..., Network]


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def node(code: str, kind: NodeKind = NodeKind.SYSTEM, *, level: Level = Level.SYSTEM, system: str = "", line: str = "") -> Node:
    return Node(code=code, title=words(code), kind=kind, level=level, system=system, line=line)


def edge(code: str, start: str, end: str, medium: Medium = Medium.FOSSIL_FUEL, stream: str = "") -> Edge:
    return Edge(code=code, title=words(code), start=start, end=end, medium=medium, stream=stream)


def point(
    code: str,
    place: str,
    stream: str = "coal",
    *,
    level: Level = Level.ENTRY,
    parent: str = "",
    role: Role = Role.ACTIVITY,
    instruments: tuple[str, ...] = ("X-1",),
    energy: str = "",
) -> Point:
    return Point(
        code=code,
        title=words(code),
        place=place,
        stream=stream,
        parameter="",
        method=Method.CALCULATED,
        role=role,
        level=level,
        parent=parent,
        instruments=instruments,
        energy=energy,
    )


def stream(code: str, grade: Grade | None = Grade.MAJOR) -> SourceStream:
    return SourceStream(code=code, title=words(code), kind="combustion", grade=grade)


NODES = (
    node("supplier", NodeKind.OUTSIDE, level=Level.ENTITY),
    node("yard", NodeKind.STORE, system="crushing"),
    node("kiln", system="clinker", line="1"),
    node("stack", NodeKind.STACK, level=Level.EQUIPMENT),
    node("air", NodeKind.OUTSIDE, level=Level.ENTITY),
)
EDGES = (
    edge("delivery", "supplier", "yard", stream="coal"),
    edge("firing", "yard", "kiln", stream="coal"),
    edge("gas", "kiln", "stack", Medium.FLUE_GAS),
    edge("emission", "stack", "air", Medium.FLUE_GAS),
)
POINTS = (
    point("truck_scale", "delivery"),
    point("kiln_scale", "firing", level=Level.SYSTEM, parent="truck_scale"),
    point("cems", "stack", role=Role.STACK),
)


@pytest.fixture
def build() -> Build:
    """Return the small line, with what is given in place of what it has."""

    def built(
        *,
        nodes: tuple[Node, ...] = NODES,
        edges: tuple[Edge, ...] = EDGES,
        points: tuple[Point, ...] = POINTS,
        streams: tuple[SourceStream, ...] = (stream("coal"),),
        more_nodes: tuple[Node, ...] = (),
        more_edges: tuple[Edge, ...] = (),
        more_points: tuple[Point, ...] = (),
        more_streams: tuple[SourceStream, ...] = (),
    ) -> Network:
        return Network(
            nodes=(*nodes, *more_nodes),
            edges=(*edges, *more_edges),
            points=(*points, *more_points),
            streams=(*streams, *more_streams),
        )

    return built


class Make:
    """The makers of the parts, for tests that add one."""

    node = staticmethod(node)
    edge = staticmethod(edge)
    point = staticmethod(point)
    stream = staticmethod(stream)


@pytest.fixture
def make() -> type[Make]:
    """Return the makers of the parts."""
    return Make
