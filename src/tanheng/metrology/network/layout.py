"""Places of a layered drawing in pixels: boxes, frames of groups, and wires with their labels.

A wire leaves its box in a slot of its own, tall enough for its label, runs straight past the label, bends only in the free
strip between two columns, and passes other columns in a place of its own. So no label, box or line lies on another, except
that lines cross in the free strips.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.metrology.network.layers import PASSING, Box, Chain, Layering, Wire, layered
from tanheng.metrology.network.ordering import ordered, settle

SLOT = 10.0  # height of a wire without a label
GAP = 12.0  # between things in a column
PAD = 9.0  # between a frame and what stands in it
HEAD = 22.0  # height of a frame's title
BEND = 22.0  # narrowest free strip between two columns
RING = 9.0  # from one way from a box to itself to the next, down its right side
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    def overlaps(self, other: Rect) -> bool:
        """Whether they share more than an edge."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )


@dataclass(frozen=True, slots=True)
class Route:
    """A wire's way in its own direction: straight stretches (x, y, x, y) with bends between them, and where labels lie.

    ``at_start`` and ``at_end`` are the rectangles of the labels, None where it has none.
    """

    stretches: tuple[tuple[float, float, float, float], ...]
    at_start: Rect | None
    at_end: Rect | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything placed, in pixels from the upper left corner."""

    boxes: dict[str, Rect]
    frames: dict[str, Rect]
    routes: dict[str, Route]
    width: float
    height: float


def place(boxes: Sequence[Box], wires: Sequence[Wire], *, framed: dict[str, float]) -> Plan:
    """Return where everything stands.

    Parameters
    ----------
    framed : mapping
        Groups that have a frame, with the height of their title; others are no more than their boxes.
    """
    layering = layered(boxes, wires)
    order, bands = ordered(layering)
    placer = _Placer({box.key: box for box in boxes}, layering, order, bands, framed)
    placer.settle()
    return placer.plan([wire for wire in sorted(wires, key=lambda one: one.key) if wire.start == wire.end])


def width_of(boxes: Sequence[Box], wires: Sequence[Wire]) -> float:
    """Return how wide the drawing will be, which does not need the order in the columns."""
    layering = layered(boxes, wires)
    order: dict[int, list[str]] = defaultdict(list)
    for one, column in layering.column_of.items():
        order[column].append(one)
    return _Columns(order, layering, {box.key: box for box in boxes}).total


class _Placer:
    """Tops of places and bands while they settle, then the coordinates."""

    def __init__(
        self,
        boxes: dict[str, Box],
        layering: Layering,
        order: dict[int, list[str]],
        bands: dict[int, list[str]],
        framed: dict[str, float],
    ) -> None:
        self.boxes, self.layering, self.order, self.bands, self.framed = boxes, layering, order, bands, framed
        self.out_slots: dict[str, list[tuple[Chain, float]]] = defaultdict(list)
        self.in_slots: dict[str, list[tuple[Chain, float]]] = defaultdict(list)
        for chain in layering.chains:
            left_label, right_label = _labels(chain)
            self.out_slots[chain.places[0]].append((chain, max(SLOT, left_label[1] + 4)))
            self.in_slots[chain.places[-1]].append((chain, max(SLOT, right_label[1] + 4)))
        self.size = {place: self._height(place) for place in layering.column_of}
        self.of_band: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for column, places in order.items():
            for one in places:
                self.of_band[layering.band_of[one]][column].append(one)
        self.band_size = {band: self._band_height(band) for band in self.of_band}
        self.links: dict[str, list[str]] = defaultdict(list)
        for chain in layering.chains:
            for here, there in zip(chain.places, chain.places[1:], strict=False):
                self.links[here].append(there)
                self.links[there].append(here)
        self.top: dict[str, float] = {}
        self.band_top: dict[str, float] = {}
        self._stack()

    def _height(self, place: str) -> float:
        if place.startswith(PASSING):
            return SLOT
        slots = (sum(height for _, height in side.get(place, ())) for side in (self.out_slots, self.in_slots))
        return max(self.boxes[place].height, *slots)

    def _band_height(self, band: str) -> float:
        columns = self.of_band[band].values()
        inner = max(sum(self.size[one] + GAP for one in places) - GAP for places in columns)
        return inner + self._head(band) + (PAD if band in self.framed else 0)

    def _head(self, band: str) -> float:
        return self.framed[band] + PAD if band in self.framed else 0.0

    def _stack(self) -> None:
        """Put everything as high as it can be."""
        for names in self.bands.values():
            top = 0.0
            for band in names:
                self.band_top[band] = top
                top += self.band_size[band] + GAP
                for places in self.of_band[band].values():
                    y = self.band_top[band] + self._head(band)
                    for one in places:
                        self.top[one] = y
                        y += self.size[one] + GAP

    def settle(self) -> None:
        """Move bands and places towards what they are joined to, rank by rank, there and back."""
        for turn in range(ROUNDS):
            for rank in sorted(self.bands, reverse=turn % 2 == 1):
                self._settle_rank(self.bands[rank])
        lowest = min(self.band_top.values(), default=0.0)
        self.band_top = {band: top - lowest for band, top in self.band_top.items()}
        self.top = {one: top - lowest for one, top in self.top.items()}

    def _settle_rank(self, names: list[str]) -> None:
        wanted = []
        for band in names:
            moves = [
                self._pull(one) - self.top[one] for places in self.of_band[band].values() for one in places if self._pulled(one)
            ]
            wanted.append(self.band_top[band] + (sum(moves) / len(moves) if moves else 0.0))
        tops = settle(wanted, [self.band_size[band] for band in names], gap=GAP, low=-1e9)
        for band, top in zip(names, tops, strict=True):
            shift = top - self.band_top[band]
            self.band_top[band] = top
            low, high = top + self._head(band), top + self.band_size[band] - (PAD if band in self.framed else 0)
            for places in self.of_band[band].values():
                if band.startswith(PASSING):
                    self.top[places[0]] = top  # one place, as high as its band
                    continue
                for one in places:
                    self.top[one] += shift
                aims = [self._pull(one) if self._pulled(one) else self.top[one] for one in places]
                found = settle(aims, [self.size[one] for one in places], gap=GAP, low=low, high=high)
                self.top.update(zip(places, found, strict=True))

    def _pulled(self, place: str) -> bool:
        return bool(self.links.get(place))

    def _pull(self, place: str) -> float:
        """Return the top that puts the middle of a place level with the middle of what it is joined to."""
        middles = sorted(self.top[end] + self.size[end] / 2 for end in self.links[place])
        half = len(middles) // 2
        middle = middles[half] if len(middles) % 2 else (middles[half - 1] + middles[half]) / 2
        return middle - self.size[place] / 2

    def plan(self, rings: Sequence[Wire]) -> Plan:
        """Return the coordinates; ``rings`` lead from a box to itself."""
        columns = _Columns(self.order, self.layering, self.boxes)
        boxes = {
            key: Rect(columns.left[column], self.top[key], columns.width[column], self.size[key])
            for key, column in self.layering.column_of.items()
            if key in self.boxes
        }
        frames = {band: self._frame(band, columns) for band in sorted(self.framed) if band in self.of_band}
        ports = self._ports()
        routes = {chain.wire.key: self._route(chain, columns, ports) for chain in self.layering.chains}
        before: Counter[str] = Counter()
        for wire in rings:
            rect = boxes[wire.start]
            x, y = rect.x + rect.w, rect.y + 3 + RING * before[wire.start]
            routes[wire.key] = Route(((x, y, x, y + 6),), None, None)
            before[wire.start] += 1
        bottom = max([top + self.band_size[band] for band, top in self.band_top.items()], default=0.0)
        return Plan(boxes, frames, routes, columns.total, bottom)

    def _frame(self, band: str, columns: _Columns) -> Rect:
        used = [column for column, places in self.of_band[band].items() if any(one in self.boxes for one in places)]
        left, right = min(used), max(used)
        x = columns.left[left] - PAD
        width = columns.left[right] + columns.width[right] + PAD - x
        return Rect(x, self.band_top[band], width, self.band_size[band])

    def _ports(self) -> dict[tuple[str, str], float]:
        """Return (wire, place) → the height at which the wire touches a place: slots in the order of where wires lead."""
        found: dict[tuple[str, str], float] = {}
        for slots, step in ((self.out_slots, 1), (self.in_slots, -2)):
            for place, given in slots.items():
                placed = sorted(given, key=lambda one: (self._towards(one[0], step), one[0].wire.key))
                y = self.top[place] + (self.size[place] - sum(height for _, height in placed)) / 2
                for chain, height in placed:
                    y += height
                    found[chain.wire.key, place] = y - (4 if height > SLOT else SLOT / 2)
        return found

    def _towards(self, chain: Chain, step: int) -> float:
        other = chain.places[step]
        return self.top[other] + self.size[other] / 2

    def _route(self, chain: Chain, columns: _Columns, ports: dict[tuple[str, str], float]) -> Route:
        left, right = chain.places[0], chain.places[-1]
        left_label, right_label = _labels(chain)
        start, end = self.layering.column_of[left], self.layering.column_of[right]
        y, x = ports[chain.wire.key, left], columns.left[start] + columns.width[start]
        stretches = [(x, y, columns.bend_from[start], y)]
        at_left = Rect(x + PAD + 3, y - left_label[1], *left_label) if left_label[0] else None
        for one in chain.places[1:-1]:
            middle, column = self.top[one] + self.size[one] / 2, self.layering.column_of[one]
            stretches.append((columns.bend_to[column], middle, columns.bend_from[column], middle))
        y, x = ports[chain.wire.key, right], columns.left[end]
        stretches.append((columns.bend_to[end], y, x, y))
        at_right = Rect(x - PAD - 3 - right_label[0], y - right_label[1], *right_label) if right_label[0] else None
        if not chain.backwards:
            return Route(tuple(stretches), at_left, at_right)
        turned = tuple((to, low, back, high) for back, high, to, low in reversed(stretches))
        return Route(turned, at_right, at_left)


class _Columns:
    """Left edges and widths of the columns, and the free strips between them."""

    def __init__(self, order: dict[int, list[str]], layering: Layering, boxes: dict[str, Box]) -> None:
        before: dict[int, float] = defaultdict(float)
        behind: dict[int, float] = defaultdict(float)
        bends: dict[int, int] = defaultdict(int)
        for chain in layering.chains:
            left_label, right_label = _labels(chain)
            start, end = layering.column_of[chain.places[0]], layering.column_of[chain.places[-1]]
            behind[start] = max(behind[start], left_label[0])
            before[end] = max(before[end], right_label[0])
            for column in range(start, end):
                bends[column] += 1
        self.left: dict[int, float] = {}
        self.width: dict[int, float] = {}
        self.bend_to: dict[int, float] = {}
        self.bend_from: dict[int, float] = {}
        x = 0.0
        for column in sorted(order):
            self.bend_to[column] = x
            x += before[column] + 2 * PAD
            self.left[column] = x
            self.width[column] = max((boxes[one].width for one in order[column] if one in boxes), default=0.0)
            x += self.width[column] + behind[column] + 2 * PAD
            self.bend_from[column] = x
            x += BEND + 1.6 * min(bends[column], 28)
        self.total = max(self.bend_from.values(), default=0.0)


def _labels(chain: Chain) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the sizes of the labels at the left and at the right end."""
    wire = chain.wire
    return (wire.at_end, wire.at_start) if chain.backwards else (wire.at_start, wire.at_end)
