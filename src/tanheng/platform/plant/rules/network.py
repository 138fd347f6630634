"""What source streams, nodes, edges and points must satisfy, each alone and together.

What is wrong with a network as a whole (a loop, a point whose parent meters something else) is said by
``metrology.network.findings``; here a fault that a record would newly cause is laid at the field that causes it.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tanheng.core.errors import InputError
from tanheng.core.states import Severity
from tanheng.metrology.network.findings import Finding, findings
from tanheng.metrology.network.model import Method, NodeKind, Role
from tanheng.platform.plant import vocabulary
from tanheng.platform.plant.network import assemble
from tanheng.platform.plant.rules.fields import code_fault, lengths, outside, present, within
from tanheng.platform.plant.schemas.edge_1 import Edge
from tanheng.platform.plant.schemas.node_1 import Node
from tanheng.platform.plant.schemas.point_1 import Point
from tanheng.platform.plant.schemas.source_stream_1 import EmissionKind, SourceStream

Content = SourceStream | Node | Edge | Point

FUELS = vocabulary.Rows(*vocabulary.FUELS)
MATERIALS = vocabulary.Rows(*vocabulary.MATERIALS)
SYSTEMS = vocabulary.Rows(*vocabulary.SYSTEMS)
STAGES = vocabulary.Rows(*vocabulary.STAGES)
PARAMETERS = vocabulary.Rows(*vocabulary.PARAMETERS)
STACK_PARAMETERS = vocabulary.Rows(*vocabulary.STACK_PARAMETERS)
ENERGIES = vocabulary.Rows(*vocabulary.ENERGIES)

_MEASURED = (Role.STACK, Role.FUGITIVE)
_BOUGHT = (EmissionKind.ELECTRICITY, EmissionKind.HEAT)
_ITEMS: Mapping[EmissionKind, Collection[str]] = {
    EmissionKind.COMBUSTION: FUELS,
    EmissionKind.PROCESS: MATERIALS,
    EmissionKind.ELECTRICITY: (),
    EmissionKind.HEAT: (),
}
_FIELD_OF = {
    "metrology.network.loop": "end",
    "metrology.network.parent_loop": "parent",
    "metrology.network.parent_medium": "parent",
}


@dataclass(frozen=True, slots=True)
class Records:
    """The ledgers of the network as they stand, each record by its code."""

    lines: frozenset[str]
    streams: Mapping[str, SourceStream] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)
    points: Mapping[str, Point] = field(default_factory=dict)

    def with_all(self, contents: Sequence[Content]) -> Records:
        """Return the ledgers with further records; one of a known code takes its place."""
        return Records(
            self.lines,
            {**self.streams, **{one.code: one for one in contents if isinstance(one, SourceStream)}},
            {**self.nodes, **{one.code: one for one in contents if isinstance(one, Node)}},
            {**self.edges, **{one.code: one for one in contents if isinstance(one, Edge)}},
            {**self.points, **{one.code: one for one in contents if isinstance(one, Point)}},
        )

    def without(self, content: Content) -> Records:
        """Return the ledgers without one record."""
        rest: dict[str, Any] = {
            code: one for code, one in self.of(type(content)).items() if code != content.code
        }  # Any: Content
        return dataclasses.replace(self, **{_LEDGER[type(content)]: rest})  # type: ignore[arg-type]  # the name says which

    def of(self, kind: type) -> Mapping[str, Content]:
        """Return the records of one ledger, named by the type of its contents."""
        found: Mapping[str, Content] = getattr(self, _LEDGER[kind])
        return found

    def faults(self) -> dict[tuple[str, str, str], Finding]:
        """Return the structural faults of the whole, by what they are and where."""
        network = assemble(self.streams.values(), self.nodes.values(), self.edges.values(), self.points.values())
        found = (one for one in findings(network, known_instruments=()) if one.severity is Severity.ERROR)
        return {(one.code, one.subject, str(one.fields.get("way", ""))): one for one in found}

    def users(self, content: Content) -> list[str]:
        """Return the codes of the records that name this one."""
        match content:
            case SourceStream():
                edges = [edge.code for edge in self.edges.values() if edge.stream == content.code]
                return [*edges, *(point.code for point in self.points.values() if point.stream == content.code)]
            case Node():
                edges = [edge.code for edge in self.edges.values() if content.code in (edge.start, edge.end)]
                return [*edges, *(point.code for point in self.points.values() if point.place == content.code)]
            case Edge():
                return [point.code for point in self.points.values() if point.place == content.code]
            case Point():
                return [point.code for point in self.points.values() if point.parent == content.code]


_LEDGER: Mapping[type, str] = {SourceStream: "streams", Node: "nodes", Edge: "edges", Point: "points"}


def check(content: Content, records: Records, *, year: int) -> list[InputError]:
    """Return the faults of a record beside the others; ``records`` hold it already, ``year`` is the present one."""
    match content:
        case SourceStream():
            return check_stream(content, records, year=year)
        case Node():
            return check_node(content, records)
        case Edge():
            return check_edge(content, records)
        case Point():
            return check_point(content, records)


def check_stream(content: SourceStream, records: Records, *, year: int) -> list[InputError]:
    """Return the faults of a source stream."""
    faults = [*_named(content), *_line(content.line, records)]
    items = _ITEMS[content.kind]
    if items and not content.item:
        faults.append(InputError("platform.plant.item_missing", field="item"))
    elif content.item and content.item not in items:
        code = "platform.plant.item" if items else "platform.plant.item_extra"
        faults.append(InputError(code, field="item", value=content.item))
    faults += within("emission", content.emission, Decimal(0), Decimal(10**8), "tCO2", places=3)
    if content.emission is None:
        if content.emission_year is not None or content.emission_source.strip():
            faults.append(InputError("platform.plant.emission_missing", field="emission"))
        return faults + lengths(content, emission_source=200)
    if content.emission_year is None:
        faults.append(InputError("platform.plant.emission_year", field="emission_year"))
    elif not 1990 <= content.emission_year <= year + 10:
        faults.append(outside("emission_year", content.emission_year, 1990, year + 10, ""))
    if not content.emission_source.strip():
        faults.append(InputError("platform.plant.emission_source", field="emission_source"))
    return faults + lengths(content, emission_source=200)


def check_node(content: Node, records: Records) -> list[InputError]:
    """Return the faults of a node."""
    faults = [*_named(content), *_line(content.line, records)]
    inside = content.kind in (NodeKind.SYSTEM, NodeKind.EQUIPMENT)
    if inside and not content.system:
        faults.append(InputError("platform.plant.system_missing", field="system"))
    if content.kind is NodeKind.OUTSIDE and content.system:
        faults.append(InputError("platform.plant.system_outside", field="system", value=content.system))
    faults += _row("system", content.system, SYSTEMS)
    return faults + _row("stage", content.stage, STAGES)


def check_edge(content: Edge, records: Records) -> list[InputError]:
    """Return the faults of an edge."""
    faults = _named(content)
    for name, code in (("start", content.start), ("end", content.end)):
        if code not in records.nodes:
            faults.append(InputError("platform.plant.no_node", field=name, value=code))
    if content.start == content.end:
        faults.append(InputError("platform.plant.same_ends", field="end", value=content.end))
    return faults + _stream(content.stream, records)


def check_point(content: Point, records: Records) -> list[InputError]:
    """Return the faults of a metering point."""
    faults = [*_named(content), *_stream(content.stream, records), *_parameter(content)]
    if content.place not in records.edges and content.place not in records.nodes:
        faults.append(InputError("platform.plant.no_place", field="place", value=content.place))
    faults += _role(content, records.streams.get(content.stream))
    if content.parent == content.code and content.parent:
        faults.append(InputError("platform.plant.own_parent", field="parent", value=content.parent))
    elif content.parent and content.parent not in records.points:
        faults.append(InputError("platform.plant.no_point", field="parent", value=content.parent))
    faults += _row("energy", content.energy, ENERGIES)
    return faults + lengths(content, required_class=32, frequency=100)


def _parameter(content: Point) -> list[InputError]:
    rows, others = PARAMETERS, STACK_PARAMETERS
    if content.method is Method.MEASURED:
        rows, others = others, rows
    if content.parameter in others:
        code = (
            "platform.plant.parameter_measured"
            if content.method is Method.CALCULATED
            else "platform.plant.parameter_calculated"
        )
        return [InputError(code, field="parameter", value=content.parameter)]
    return _row("parameter", content.parameter, rows)


def _role(content: Point, stream: SourceStream | None) -> list[InputError]:
    if content.role is Role.INTERNAL:
        return []
    if not content.stream:
        return [InputError("platform.plant.stream_missing", field="stream")]
    if (content.role in _MEASURED) != (content.method is Method.MEASURED):
        return [InputError("platform.plant.role_method", field="role", value=content.role.value, method=content.method.value)]
    if stream is None or content.role in _MEASURED:
        return []
    if (content.role is Role.PURCHASED) != (stream.kind in _BOUGHT):
        return [InputError("platform.plant.role_stream", field="role", value=content.role.value, stream=stream.code)]
    return []


def _named(content: Content) -> list[InputError]:
    return [*code_fault(content.code), *present(content, "name_zh", 200), *lengths(content, name_en=200, remark=2000)]


def _line(line: str, records: Records) -> list[InputError]:
    return [InputError("platform.plant.no_line", field="line", value=line)] if line and line not in records.lines else []


def _stream(stream: str, records: Records) -> list[InputError]:
    known = not stream or stream in records.streams
    return [] if known else [InputError("platform.plant.no_stream", field="stream", value=stream)]


def _row(name: str, value: str, rows: Collection[str]) -> list[InputError]:
    return [] if not value or value in rows else [InputError("platform.plant.no_row", field=name, value=value)]


def newly_wrong(before: Records, after: Records, contents: Sequence[Content]) -> list[tuple[int, InputError]]:
    """Return the faults of the whole that some records cause, each with the place of its record in ``contents``."""
    if not any(isinstance(one, Node | Edge | Point) for one in contents):
        return []
    wrong = after.faults()
    known = before.faults() if wrong else {}
    found = []
    for key, finding in wrong.items():
        if key in known:
            continue
        guilty = [place for place, one in enumerate(contents) if _concerns(finding, one)] or [0]
        names = {one.name for one in dataclasses.fields(contents[guilty[0]])}
        name = _FIELD_OF.get(finding.code, "code")
        for place in guilty:
            fault = InputError(finding.code, field=name if name in names else "kind")
            fault.fields.update(finding.fields)
            found.append((place, fault))
    return found


def _concerns(finding: Finding, content: Content) -> bool:
    way = str(finding.fields.get("way", "")).split(" → ")
    if isinstance(content, Edge) and len(way) > 1:
        return (content.start, content.end) in set(itertools.pairwise(way))
    return finding.subject == content.code or content.code in way
