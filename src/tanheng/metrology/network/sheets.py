"""The carbon-flow diagram cut for sheets of A3 landscape, as drawing offices do: rows of systems in the order of the material.

A production system stays in one row, with what is outside it and joined to it most; a row takes further systems as long as
there is room, and a sheet takes rows. What flows from row to row ends in a continuation mark: the mark has the same name at all
its ends, and each says on which sheets the others are. One mark stands for all that leaves a place as one medium for other
rows; the edges themselves are drawn where they end, each once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tanheng.metrology.network.layers import Wire, ranks_of
from tanheng.metrology.network.model import Edge, Medium, Node

SMALLEST = 7.0
"""Smallest letters on paper, points."""

_PAPER = (400.0, 277.0)  # mm: A3 landscape within margins of 10 mm
_POINTS_PER_MM = 72 / 25.4
_APART = 36.0  # between rows

Size = tuple[float, float]


def room(letters: float) -> Size:
    """Return how wide and high a sheet may be, in pixels, so that letters of a size in pixels are readable on A3."""
    scale = SMALLEST / letters
    return _PAPER[0] * _POINTS_PER_MM / scale, _PAPER[1] * _POINTS_PER_MM / scale


@dataclass(frozen=True, slots=True)
class Mark:
    """A continuation mark: what leaves a place of one row as one medium for places of another.

    Attributes
    ----------
    name : str
        The same at both ends, such as ``K7``.
    leaves : int
        The row of the place, counted from 0.
    enters : tuple of int
        The rows that it leads to.
    ends : tuple of str
        Codes of the places that it leads to.
    """

    name: str
    start: str
    medium: Medium
    leaves: int
    enters: tuple[int, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A network in rows: the codes of the places of each, and the marks between them."""

    rows: tuple[tuple[str, ...], ...]
    marks: tuple[Mark, ...]

    def marks_of(self, row: int) -> tuple[Mark, ...]:
        """Return the marks that leave or enter a row."""
        return tuple(mark for mark in self.marks if row in (mark.leaves, *mark.enters))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a row stands: its sheet, counted from 1, and its upper left corner there in pixels."""

    sheet: int
    x: float
    y: float


def cut(
    nodes: Mapping[str, Node],
    edges: Mapping[str, Edge],
    *,
    group_of: Callable[[Node], str],
    priority_of: Callable[[Edge], int],
    is_narrow: Callable[[Cut], bool],
    fits: Callable[[Cut, int], bool],
) -> Cut:
    """Return a network in rows.

    Parameters
    ----------
    group_of : callable
        What stays in one row.
    priority_of : callable
        Of an edge; the smaller, the more it decides the order of the groups, as in the layout.
    is_narrow : callable
        Whether a sheet is wide enough for the first row of a cut into it and all the rest.
    fits : callable
        Whether a sheet has room for a row of a cut; one that has none is parted as long as it holds several groups.
    """
    wires = [Wire(key=code, start=one.start, end=one.end, priority=priority_of(one)) for code, one in edges.items()]
    units = _units(nodes, wires, group_of)
    rows: list[list[list[str]]] = []
    for unit in units:
        joined = [*rows[-1], unit] if rows else [unit]
        if len(joined) > 1 and is_narrow(_cut_of([joined, [one for one in units if one not in joined]], edges)):
            rows[-1] = joined
        else:
            rows.append([unit])
    while True:
        found = _cut_of(rows, edges)
        crowded = [index for index, here in enumerate(rows) if len(here) > 1 and not fits(found, index)]
        if not crowded:
            return found
        for index in reversed(crowded):
            rows[index : index + 1] = [rows[index][:-1], rows[index][-1:]]


def _units(nodes: Mapping[str, Node], wires: Sequence[Wire], group_of: Callable[[Node], str]) -> list[list[str]]:
    """Return what stays together, in the order of the material: each system with the places outside that are joined to it."""
    groups = {code: group_of(node) for code, node in nodes.items()}
    rank = ranks_of(groups, wires)
    members: dict[str, list[str]] = defaultdict(list)
    for code, group in groups.items():
        members[group].append(code)
    line = {group: min(nodes[code].line for code in codes) for group, codes in members.items()}
    first = min((rank[group] for group in members if line[group]), default=0)
    order = sorted(members, key=lambda one: (1 if line[one] else 2 * (rank[one] >= first), line[one], rank[one], one))
    joined: dict[str, Counter[str]] = defaultdict(Counter)
    for wire in wires:
        start, end = groups[wire.start], groups[wire.end]
        if start != end:
            joined[start][end] += 1
            joined[end][start] += 1
    host = {group: group for group in order if any(nodes[code].system for code in members[group])}
    waiting = [group for group in order if group not in host]
    while waiting:
        near = [group for group in waiting if any(other in host for other in joined[group])] or waiting[:1]
        taken = {group: _host(group, joined[group], host, order) for group in near}
        host |= taken
        waiting = [group for group in waiting if group not in taken]
    units: dict[str, list[str]] = {group: [] for group in order if host[group] == group}
    for group in order:
        units[host[group]] += members[group]
    return list(units.values())


def _host(group: str, joined: Mapping[str, int], host: Mapping[str, str], order: Sequence[str]) -> str:
    """Return the group with which one stands: that to which most ways lead, itself where none does."""
    ways: Counter[str] = Counter()
    for other, count in joined.items():
        if other in host:
            ways[host[other]] += count
    return min(ways, key=lambda one: (-ways[one], order.index(one))) if ways else group


def _cut_of(rows: Sequence[Sequence[Sequence[str]]], edges: Mapping[str, Edge]) -> Cut:
    row_of = {code: index for index, units in enumerate(rows) for unit in units for code in unit}
    bundles: dict[tuple[str, Medium], list[str]] = defaultdict(list)
    for code in sorted(edges):
        one = edges[code]
        if row_of[one.start] != row_of[one.end]:
            bundles[one.start, one.medium].append(one.end)
    marks = []
    for number, (start, medium) in enumerate(sorted(bundles, key=lambda key: (row_of[key[0]], key)), 1):
        ends = tuple(dict.fromkeys(bundles[start, medium]))
        enters = tuple(sorted({row_of[code] for code in ends}))
        marks.append(Mark(f"K{number}", start, medium, row_of[start], enters, ends))
    return Cut(tuple(tuple(sorted(code for unit in units for code in unit)) for units in rows), tuple(marks))


def packed(sizes: Sequence[Size], limit: Size) -> list[Spot]:
    """Return where rows stand: in their order beside each other, then below, then on the next sheet.

    One that is larger than the limit has a sheet of its own.
    """
    found: list[Spot] = []
    sheet, x, y, high = 1, 0.0, 0.0, 0.0
    for wide, tall in sizes:
        if x and (x + wide > limit[0] or y + max(high, tall) > limit[1]):
            x, y, high = 0.0, y + high + _APART, 0.0
        if (x or y) and y + tall > limit[1]:
            sheet, x, y, high = sheet + 1, 0.0, 0.0, 0.0
        found.append(Spot(sheet, x, y))
        x, high = x + wide + _APART, max(high, tall)
    return found
