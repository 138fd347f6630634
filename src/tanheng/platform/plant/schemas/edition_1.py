"""Edition of the network, edition 1 of its schema: the whole network as it was when frozen, designed or as built."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from dataclasses import dataclass

from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.schemas.edge_1 import Edge
from tanheng.platform.plant.schemas.node_1 import Node
from tanheng.platform.plant.schemas.point_1 import Point
from tanheng.platform.plant.schemas.source_stream_1 import SourceStream
from tanheng.platform.record.schema import Schema


class EditionKind(enum.StrEnum):
    """What an edition shows."""

    DESIGNED = "designed"  # 设计
    AS_BUILT = "as_built"  # 竣工、现状


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a person says of an edition; the rest is taken from the ledgers.

    Parameters
    ----------
    drawn_on : date
        The day whose state it shows.
    walked_on : date or None
        Day of the walk-down (现场核对); required as built.
    persons : str
        Who walked; required as built.
    """

    kind: EditionKind
    title: str
    drawn_on: datetime.date
    walked_on: datetime.date | None
    persons: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding at that time: its code and severity, the record it is about, and the texts as they read then."""

    code: str
    severity: str
    subject: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The ledgers as they were.

    Parameters
    ----------
    definition : Definition or None
        The clinker boundary in use; None while none was chosen.
    grades : mapping
        Code of a source stream to its class then; streams without a class are left out.
    """

    definition: Definition | None
    streams: tuple[SourceStream, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    points: tuple[Point, ...]
    grades: dict[str, str]
    findings: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition: what is said of it, as in :class:`Heading`, and the network that it froze."""

    kind: EditionKind
    title: str
    drawn_on: datetime.date
    walked_on: datetime.date | None
    persons: str
    remark: str
    network: Snapshot


def _project(content: Edition) -> dict[str, object]:
    said = {field.name: getattr(content, field.name) for field in dataclasses.fields(Heading)}
    return {**said, "points": len(content.network.points), "findings": len(content.network.findings)}


SCHEMA = Schema("edition/1", Edition, _project)
