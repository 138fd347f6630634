"""A layered layout of boxes and wires: groups in columns from left to right, few crossings, nothing on top of anything.

The steps are those of Sugiyama, Tagawa and Toda (1981), done twice, for the groups and inside each group:

1. loops are cut: arcs are taken in order of their priority, and one that would close a loop runs backwards;
2. a group gets the column behind its last predecessor (:mod:`ordering <tanheng.metrology.network.ordering>` then orders what
   stands in a column, by barycentres, and keeps the order with the fewest crossings);
3. a wire that passes a column has a place of its own there, so that no line runs through a box;
4. heights settle as near to their neighbours as order and distance allow (isotonic regression).

Everything follows the order of keys, never of the input: the same boxes and wires give the same numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tanheng.metrology.network.graph import components, reaches

Arc = tuple[str, str]
FOLLOWING = 10
"""From this priority on a wire follows the order of the groups and does not shape it."""

PASSING = "\x00"
"""Begins the keys of places that wires pass; no key of a box begins so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What stands somewhere: size, and the group whose boxes stay together."""

    key: str
    group: str
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What leads from box to box; the smaller its priority, the less it may run backwards.

    ``at_start`` and ``at_end`` are width and height of the labels beside the boxes; (0, 0) for none.
    """

    key: str
    start: str
    end: str
    priority: int = 0
    at_start: tuple[float, float] = (0, 0)
    at_end: tuple[float, float] = (0, 0)


@dataclass(frozen=True, slots=True)
class Chain:
    """A wire cut into steps from column to column: its places, from left to right, and whether it runs backwards."""

    wire: Wire
    places: tuple[str, ...]
    backwards: bool


@dataclass(frozen=True, slots=True)
class Layering:
    """Which column each place is in, to which band it belongs, and how the wires run.

    ``band_of`` maps a place to its band: its group, or itself where a wire passes between groups. ``rank_of`` maps a band to
    its rank, ``columns_of`` a rank to its columns.
    """

    column_of: dict[str, int]
    band_of: dict[str, str]
    rank_of: dict[str, int]
    columns_of: dict[int, range]
    chains: tuple[Chain, ...]


def forward_arcs(arcs: Iterable[tuple[Arc, int]]) -> set[Arc]:
    """Return the arcs without loops: each as given, or turned round where it would close one.

    Parameters
    ----------
    arcs : pairs of arc and priority
        No arc leads to itself; of an arc given several times the smallest priority counts.
    """
    best: dict[Arc, int] = {}
    for arc, priority in arcs:
        best[arc] = min(priority, best.get(arc, priority))
    leads: dict[str, list[str]] = defaultdict(list)
    for start, end in sorted(best):
        leads[start].append(end)
        leads.setdefault(end, [])
    part = {vertex: index for index, component in enumerate(components(leads)) for vertex in component}
    kept: dict[str, list[str]] = defaultdict(list)
    found: set[Arc] = set()
    for (start, end), _ in sorted(best.items(), key=lambda item: (item[1], item[0])):
        turned = part[start] == part[end] and reaches(kept, end, start)
        arc = (end, start) if turned else (start, end)
        if part[start] == part[end]:
            kept[arc[0]].append(arc[1])
        found.add(arc)
    return found


def ranks(vertices: Iterable[str], arcs: set[Arc]) -> dict[str, int]:
    """Return the longest way to each vertex; what nothing leads to stands just before the first that it leads to."""
    after: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(sorted(vertices), 0)
    for start, end in sorted(arcs):
        after[start].append(end)
        waiting[end] += 1
    sources = [vertex for vertex, count in waiting.items() if not count]
    ready, rank = list(sources), dict.fromkeys(waiting, 0)
    while ready:
        vertex = ready.pop()
        for end in after[vertex]:
            rank[end] = max(rank[end], rank[vertex] + 1)
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    for vertex in sources:
        if after[vertex]:
            rank[vertex] = min(rank[end] for end in after[vertex]) - 1
    return rank


def layered(boxes: Sequence[Box], wires: Sequence[Wire]) -> Layering:
    """Return the columns of the boxes and the places of the wires; a wire from a box to itself has none."""
    group_of = {box.key: box.group for box in sorted(boxes, key=lambda box: box.key)}
    drawn = sorted((wire for wire in wires if wire.start != wire.end), key=lambda wire: wire.key)
    rank = ranks_of(group_of, drawn)
    inner = _inner(group_of, drawn)
    depth: dict[int, int] = defaultdict(int)
    for key, group in group_of.items():
        depth[rank[group]] = max(depth[rank[group]], inner[key] + 1)
    columns_of, first = {}, 0
    for index in sorted(depth):
        columns_of[index] = range(first, first + depth[index])
        first += depth[index]
    found = Layering({}, {}, dict(rank), columns_of, ())
    for key, group in group_of.items():
        found.column_of[key] = columns_of[rank[group]][inner[key]]
        found.band_of[key] = group
    chains = tuple(_chain(wire, group_of, found) for wire in drawn)
    return Layering(found.column_of, found.band_of, found.rank_of, columns_of, chains)


def ranks_of(group_of: Mapping[str, str], wires: Iterable[Wire]) -> dict[str, int]:
    """Return the rank of each group; ``group_of`` maps what stands somewhere to its group."""
    between = [((group_of[wire.start], group_of[wire.end]), wire.priority) for wire in wires]
    return _ranks_of_groups(set(group_of.values()), [(arc, size) for arc, size in between if arc[0] != arc[1]])


def _ranks_of_groups(groups: set[str], arcs: Sequence[tuple[Arc, int]]) -> dict[str, int]:
    """Return the ranks of the groups: what shapes the drawing decides, other arcs follow the order that this gives.

    So a power station that feeds everything does not stand between the kiln and the mill, and makes no further column.
    """
    shaping = [(arc, size) for arc, size in arcs if size < FOLLOWING]
    first = ranks(groups, forward_arcs(shaping))
    shaped = {end for arc, _ in shaping for end in arc}
    following = [
        ((arc[1], arc[0]) if shaped.issuperset(arc) and first[arc[0]] > first[arc[1]] else arc, size)
        for arc, size in arcs
        if size >= FOLLOWING
    ]
    return ranks(groups, forward_arcs([*shaping, *following]))


def _inner(group_of: dict[str, str], wires: Sequence[Wire]) -> dict[str, int]:
    """Return the layer of each box inside its group."""
    members: dict[str, list[str]] = defaultdict(list)
    for key, group in group_of.items():
        members[group].append(key)
    arcs: dict[str, list[tuple[Arc, int]]] = defaultdict(list)
    for wire in wires:
        if group_of[wire.start] == group_of[wire.end]:
            arcs[group_of[wire.start]].append(((wire.start, wire.end), wire.priority))
    found: dict[str, int] = {}
    for group in sorted(members):
        found.update(ranks(members[group], forward_arcs(arcs[group])))
    return found


def _chain(wire: Wire, group_of: dict[str, str], known: Layering) -> Chain:
    """Return the places of a wire; new ones are entered into ``known``."""
    backwards = known.column_of[wire.start] > known.column_of[wire.end]
    left, right = (wire.end, wire.start) if backwards else (wire.start, wire.end)
    places = [left]
    rank_at = {column: rank for rank, columns in known.columns_of.items() for column in columns}
    for column in range(known.column_of[left] + 1, known.column_of[right]):
        place, rank = f"{PASSING}{wire.key}{PASSING}{column}", rank_at[column]
        band = next((group_of[end] for end in (left, right) if known.rank_of[group_of[end]] == rank), "")
        if not band:
            band = f"{PASSING}{wire.key}{PASSING}{PASSING}{rank}"
            known.rank_of[band] = rank
        known.column_of[place], known.band_of[place] = column, band
        places.append(place)
    return Chain(wire, (*places, right), backwards)
