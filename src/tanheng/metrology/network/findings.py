"""What is wrong with a carbon-flow network, and what is missing in it: structure, rules, and the register beside it.

Structural faults make the network unreadable and are errors. The rules (an entry is metered, a stream is metered where it
enters a system, no instrument is an orphan) are a design that no printed clause confirms: as long as they are ``unverified``
they warn: :data:`tanheng.metrology.requirement.SEVERITY_OF` is the one place that says which state may cause what.

What counts as a loop is decided in ``docs/decisions/0081``: solid and liquid carbon flows one way; returned dust and flue gas
may run against it; electricity never comes back to where it started. The outside world is source and sink at once and closes
no loop.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tanheng.accounting.plant import Words
from tanheng.accounting.source_streams import Grade
from tanheng.core.messages import render
from tanheng.core.states import CheckState, Severity
from tanheng.metrology.network.graph import arrows_of, loops
from tanheng.metrology.network.model import Edge, Level, Medium, Network, Node, NodeKind, Point, Role
from tanheng.metrology.network.words import level_word, medium_word
from tanheng.metrology.requirement import SEVERITY_OF

RULES = {
    "metrology.network.entry": CheckState.UNVERIFIED,
    "metrology.network.stream_entry": CheckState.UNVERIFIED,
    "metrology.network.orphan": CheckState.UNVERIFIED,
    "metrology.network.not_equipped": CheckState.UNVERIFIED,
}
"""The rules of the network and how sure we are of each; a code that is not here is a structural fault."""

_MAY_RETURN = (Medium.DUST, Medium.FLUE_GAS)
_AMOUNTS = (Role.ACTIVITY, Role.PURCHASED, Role.STACK, Role.FUGITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault or gap.

    Attributes
    ----------
    code : str
        Code of the message.
    severity : Severity
        Error for structure, else what the check state of the rule allows.
    kind : str
        What ``subject`` is the code of: ``node``, ``edge``, ``point``, ``stream`` or ``instrument``.
    subject : str
        Code of the thing, so that a page can link it.
    check : CheckState or None
        State of the rule; None for a structural fault, which needs no rule.
    fields : mapping
        What the message names; a value that is a mapping of languages is shown in the reader's.
    """

    code: str
    severity: Severity
    kind: str
    subject: str
    check: CheckState | None = None
    fields: dict[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Return the message in ``language`` (``"zh"`` or ``"en"``)."""
        lang = "zh" if language == "zh" else "en"
        shown = {name: value[lang] if isinstance(value, dict) else value for name, value in self.fields.items()}
        return render(self.code, lang, shown)


def findings(
    network: Network, *, known_instruments: Collection[str], systems: Mapping[str, Words] | None = None
) -> tuple[Finding, ...]:
    """Return everything found, faults of structure first, in order of codes; the order of the input does not matter.

    Parameters
    ----------
    known_instruments : collection of str
        Codes of the instruments (or chains) that should stand somewhere: in service and not portable; see
        :func:`tanheng.metrology.network.placing.to_be_placed`.
    systems : mapping, optional
        Titles of the production systems by their keys; a system without one is named by its key.
    """
    made = [
        *_codes_twice(network),
        *_missing_ends(network),
        *_streams_unknown(network),
        *_flow_loops(network),
        *_parents(network),
        *_entries(network),
        *_stream_entries(network, systems or {}),
        *_lonely(network),
        *_equipment(network, known_instruments),
    ]
    order = list(Severity)
    return tuple(
        sorted(made, key=lambda found: (order.index(found.severity), found.code, found.kind, found.subject, str(found)))
    )


def _fault(rule: str, kind: str, subject: str, **fields: object) -> Finding:
    return Finding(code=rule, severity=Severity.ERROR, kind=kind, subject=subject, fields={"code": subject, **fields})


def _hint(rule: str, kind: str, subject: str, *, severity: Severity = Severity.WARNING, **fields: object) -> Finding:
    """Return a gap of a rule, or a remark that breaks none."""
    check = RULES.get(rule)
    weight = SEVERITY_OF[check] if check is not None and severity is Severity.WARNING else severity
    return Finding(code=rule, severity=weight, kind=kind, subject=subject, check=check, fields={"code": subject, **fields})


def _codes_twice(network: Network) -> Iterator[Finding]:
    places = [("node", node.code) for node in network.nodes] + [("edge", edge.code) for edge in network.edges]
    kinds = {code: kind for kind, code in reversed(places)}
    groups = (
        [(kinds[code], code) for _, code in places],
        [("point", point.code) for point in network.points],
        [("stream", stream.code) for stream in network.streams],
    )
    for group in groups:
        for (kind, code), count in Counter(group).items():
            if count > 1:
                yield _fault("metrology.network.code_twice", kind, code, count=count)


def _missing_ends(network: Network) -> Iterator[Finding]:
    for edge in network.edges:
        for node in sorted({edge.start, edge.end} - network.node_of.keys()):
            yield _fault("metrology.network.node_missing", "edge", edge.code, title=dict(edge.title), node=node)
    for point in network.points:
        if point.place not in network.edge_of and point.place not in network.node_of:
            yield _fault("metrology.network.place_missing", "point", point.code, title=dict(point.title), place=point.place)


def _streams_unknown(network: Network) -> Iterator[Finding]:
    used: set[str] = set()
    for edge in network.edges:
        used.add(edge.stream)
        if edge.stream and edge.stream not in network.stream_of:
            yield _fault("metrology.network.edge_stream_unknown", "edge", edge.code, title=dict(edge.title), stream=edge.stream)
    for point in network.points:
        if point.stream and point.stream not in network.stream_of:
            yield _fault(
                "metrology.network.point_stream_unknown", "point", point.code, title=dict(point.title), stream=point.stream
            )
        if not point.stream and point.role is not Role.INTERNAL:
            yield _fault("metrology.network.point_without_stream", "point", point.code, title=dict(point.title))
    for stream in network.streams:
        if stream.code not in used:
            yield _hint("metrology.network.stream_without_edge", "stream", stream.code, title=dict(stream.title))


def _flow_loops(network: Network) -> Iterator[Finding]:
    outside = {node.code for node in network.nodes if node.kind is NodeKind.OUTSIDE}
    families = (
        [edge for edge in network.edges if edge.medium.carries_carbon and edge.medium not in _MAY_RETURN],
        [edge for edge in network.edges if edge.medium is Medium.ELECTRICITY],
    )
    for family in families:
        pairs = [(edge.start, edge.end) for edge in family if not outside & {edge.start, edge.end}]
        for way in loops(arrows_of(pairs)):
            edge = _first_edge(family, way)
            yield _fault(
                "metrology.network.loop", "edge", edge.code, way=" → ".join((*way, way[0])), medium=medium_word(edge.medium)
            )


def _first_edge(edges: Iterable[Edge], way: tuple[str, ...]) -> Edge:
    start, end = way[0], way[1 % len(way)]
    return min((edge for edge in edges if (edge.start, edge.end) == (start, end)), key=lambda edge: edge.code)


def _parents(network: Network) -> Iterator[Finding]:
    known = network.point_of
    linked = [point for point in known.values() if point.parent]
    for point in linked:
        parent = known.get(point.parent)
        if parent is None:
            yield _fault("metrology.network.parent_missing", "point", point.code, title=dict(point.title), parent=point.parent)
            continue
        own, above = _medium(network, point), _medium(network, parent)
        if own is not None and above is not None and own is not above:
            yield _fault(
                "metrology.network.parent_medium",
                "point",
                point.code,
                title=dict(point.title),
                medium=medium_word(own),
                parent=parent.code,
                above=medium_word(above),
            )
        if parent.level >= point.level and parent.code != point.code:
            yield _hint(
                "metrology.network.parent_level",
                "point",
                point.code,
                title=dict(point.title),
                level=level_word(point.level),
                parent=parent.code,
                above=level_word(parent.level),
            )
    for way in loops(arrows_of((point.code, point.parent) for point in linked)):
        yield _fault("metrology.network.parent_loop", "point", way[0], way=" → ".join((*way, way[0])))


def _medium(network: Network, point: Point) -> Medium | None:
    edge = network.edge_of.get(point.place)
    return edge.medium if edge is not None else None


def _entries(network: Network) -> Iterator[Finding]:
    """Yield the edges from or to the outside world on which nothing is metered at the entry level or further out."""
    entered = {point.place for point in network.points if point.level <= Level.ENTRY}
    for edge in network.edge_of.values():
        ends = [network.node_of[code] for code in (edge.start, edge.end) if code in network.node_of]
        inner = [node for node in ends if node.kind is not NodeKind.OUTSIDE]
        if len(inner) == len(ends) or not inner or edge.code in entered:
            continue
        if inner[0].kind is NodeKind.STACK and inner[0].code in entered:
            continue  # what leaves by a stack is metered in the stack
        yield _hint(
            "metrology.network.entry",
            "edge",
            edge.code,
            title=dict(edge.title),
            medium=medium_word(edge.medium),
            start=edge.start,
            end=edge.end,
        )


def _stream_entries(network: Network, systems: Mapping[str, Words]) -> Iterator[Finding]:
    """Yield the major and minor streams that enter a system where none of their points meters an amount."""
    metered = {(point.stream, point.place) for point in network.points if point.role in _AMOUNTS}
    entering: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge in network.edge_of.values():
        start, end = network.node_of.get(edge.start), network.node_of.get(edge.end)
        if edge.stream and end is not None and end.system and _system(start) != _system(end):
            entering[(edge.stream, end.system, end.line)].append(edge)
    for (code, system, line), edges in entering.items():
        stream = network.stream_of.get(code)
        if stream is None or stream.grade not in (Grade.MAJOR, Grade.MINOR):
            continue
        places = {place for edge in edges for place in (edge.code, edge.end)}
        if not any((code, place) in metered for place in places):
            yield _hint(
                "metrology.network.stream_entry",
                "stream",
                code,
                title=dict(stream.title),
                system=dict(systems.get(system, {"zh": system, "en": system})),
                line=line or "–",
                edges=", ".join(sorted(edge.code for edge in edges)),
            )


def _system(node: Node | None) -> tuple[str, str] | None:
    return (node.system, node.line) if node is not None else None


def _lonely(network: Network) -> Iterator[Finding]:
    """Yield nodes where nothing flows and nothing is metered: a laboratory's analyses keep it in the network."""
    touched = {code for edge in network.edges for code in (edge.start, edge.end)} | {point.place for point in network.points}
    for node in network.node_of.values():
        if node.code not in touched:
            yield _hint("metrology.network.node_alone", "node", node.code, title=dict(node.title))


def _equipment(network: Network, known: Collection[str]) -> Iterator[Finding]:
    placed = {code for point in network.points for code in point.instruments}
    for point in network.point_of.values():
        if not point.instruments:
            severity = Severity.NOTICE if point.role is Role.INTERNAL else Severity.WARNING
            yield _hint("metrology.network.not_equipped", "point", point.code, severity=severity, title=dict(point.title))
    for code in sorted(set(known) - placed):
        yield _hint("metrology.network.orphan", "instrument", code)
