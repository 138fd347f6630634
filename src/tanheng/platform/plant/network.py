"""The carbon-flow network of a plant, made of the contents of its ledgers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from tanheng.accounting.plant import Words
from tanheng.accounting.source_streams import Grade
from tanheng.metrology.network import model
from tanheng.platform.plant.schemas.edge_1 import Edge
from tanheng.platform.plant.schemas.node_1 import Node
from tanheng.platform.plant.schemas.point_1 import Point
from tanheng.platform.plant.schemas.source_stream_1 import SourceStream

_T = TypeVar("_T", SourceStream, Node, Edge, Point)


def assemble(
    streams: Iterable[SourceStream],
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    points: Iterable[Point],
    *,
    grades: Mapping[str, Grade] | None = None,
    stages: Collection[str] = (),
) -> model.Network:
    """Return the network, without instruments.

    Parameters
    ----------
    grades : mapping, optional
        Classes of the source streams, by code.
    stages : collection of str
        Stages that the clinker boundary in use includes.
    """
    known = grades or {}
    return model.Network(
        nodes=tuple(_node(node, stages) for node in _sorted(nodes)),
        edges=tuple(_edge(edge) for edge in _sorted(edges)),
        points=tuple(_point(point) for point in _sorted(points)),
        streams=tuple(
            model.SourceStream(code=stream.code, title=title_of(stream), kind=stream.kind.value, grade=known.get(stream.code))
            for stream in _sorted(streams)
        ),
    )


def _sorted(contents: Iterable[_T]) -> list[_T]:
    return sorted(contents, key=lambda one: one.code)


def title_of(content: SourceStream | Node | Edge | Point) -> Words:
    """Return the name in both languages; the Chinese one stands for a missing English one."""
    return {"zh": content.name_zh, "en": content.name_en or content.name_zh}


def _node(node: Node, stages: Collection[str]) -> model.Node:
    return model.Node(
        code=node.code,
        title=title_of(node),
        kind=node.kind,
        level=model.Level[node.level.name],
        system=node.system,
        line=node.line,
        in_clinker=bool(node.stage) and node.stage in stages,
    )


def _edge(edge: Edge) -> model.Edge:
    return model.Edge(
        code=edge.code, title=title_of(edge), start=edge.start, end=edge.end, medium=edge.medium, stream=edge.stream
    )


def _point(point: Point) -> model.Point:
    return model.Point(
        code=point.code,
        title=title_of(point),
        place=point.place,
        stream=point.stream,
        parameter=point.parameter,
        method=point.method,
        role=point.role,
        level=model.Level[point.level.name],
        parent=point.parent,
        energy=point.energy,
        required_class=point.required_class,
    )
