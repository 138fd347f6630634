"""Editions of the network: what one freezes, and how two differ."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tanheng.accounting.plant import Words
from tanheng.accounting.source_streams import Grade
from tanheng.core.states import Severity
from tanheng.metrology.network.findings import Finding, findings
from tanheng.metrology.network.model import Network
from tanheng.platform.plant.drawings import system_titles
from tanheng.platform.plant.network import assemble, title_of
from tanheng.platform.plant.rules.network import Records
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.schemas.edge_1 import Edge
from tanheng.platform.plant.schemas.edition_1 import Found, Snapshot
from tanheng.platform.plant.schemas.node_1 import Node
from tanheng.platform.plant.schemas.point_1 import Point
from tanheng.platform.plant.schemas.source_stream_1 import SourceStream

LEDGERS = ("streams", "nodes", "edges", "points")
_OF_INSTRUMENTS = ("metrology.network.not_equipped", "metrology.network.orphan")


class Change(enum.StrEnum):
    """What became of a record between two editions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A record that two editions do not share.

    Attributes
    ----------
    ledger : str
        ``streams``, ``nodes``, ``edges`` or ``points``.
    fields : tuple of (str, object, object)
        Of a changed record: field, before, after.
    """

    change: Change
    ledger: str
    code: str
    title: Words
    fields: tuple[tuple[str, object, object], ...] = ()


def snapshot(held: Records, definition: Definition | None, grades: Mapping[str, Grade], stages: Iterable[str]) -> Snapshot:
    """Return the ledgers frozen, each in order of codes, with what is found wrong with the network they make."""
    network = assemble(
        held.streams.values(),
        held.nodes.values(),
        held.edges.values(),
        held.points.values(),
        grades=grades,
        stages=frozenset(stages),
    )
    return Snapshot(
        definition=definition,
        streams=tuple(held.streams[code] for code in sorted(held.streams)),
        nodes=tuple(held.nodes[code] for code in sorted(held.nodes)),
        edges=tuple(held.edges[code] for code in sorted(held.edges)),
        points=tuple(held.points[code] for code in sorted(held.points)),
        grades={code: grade.value for code, grade in grades.items()},
        findings=tuple(
            Found(code=one.code, severity=one.severity.value, subject=one.subject, zh=one.text("zh"), en=one.text("en"))
            for one in found_without_instruments(network)
        ),
    )


def thawed(frozen: Snapshot, stages: Iterable[str]) -> Network:
    """Return the network of an edition; ``stages`` are those that its clinker boundary includes."""
    grades = {code: Grade(grade) for code, grade in frozen.grades.items()}
    return assemble(frozen.streams, frozen.nodes, frozen.edges, frozen.points, grades=grades, stages=frozenset(stages))


def found_without_instruments(network: Network) -> tuple[Finding, ...]:
    """Return what is wrong with a network whose instruments are not looked at."""
    found = findings(network, known_instruments=(), systems=system_titles())
    return tuple(one for one in found if one.code not in _OF_INSTRUMENTS)


def worst(found: Iterable[Finding]) -> Severity | None:
    """Return the gravest severity; None where nothing was found."""
    order = list(Severity)
    return min((one.severity for one in found), key=order.index, default=None)


def differences(before: Snapshot, after: Snapshot) -> tuple[Difference, ...]:
    """Return what was added, removed and changed between two editions, ledger by ledger, in order of codes."""
    made: list[Difference] = []
    for ledger in LEDGERS:
        old, new = _by_code(before, ledger), _by_code(after, ledger)
        for code in sorted(old.keys() | new.keys()):
            made += _difference(ledger, code, old.get(code), new.get(code))
    return tuple(made)


Content = SourceStream | Node | Edge | Point


def _by_code(frozen: Snapshot, ledger: str) -> dict[str, Content]:
    return {one.code: one for one in getattr(frozen, ledger)}


def _difference(ledger: str, code: str, old: Content | None, new: Content | None) -> list[Difference]:
    if old is None and new is not None:
        return [Difference(change=Change.ADDED, ledger=ledger, code=code, title=title_of(new))]
    if new is None and old is not None:
        return [Difference(change=Change.REMOVED, ledger=ledger, code=code, title=title_of(old))]
    assert old is not None and new is not None  # noqa: PT018  # the code is of one of them
    changed = tuple(
        (field.name, getattr(old, field.name), getattr(new, field.name))
        for field in dataclasses.fields(new)
        if getattr(old, field.name) != getattr(new, field.name)
    )
    if not changed:
        return []
    return [Difference(change=Change.CHANGED, ledger=ledger, code=code, title=title_of(new), fields=changed)]
