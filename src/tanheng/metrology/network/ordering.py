"""The order of what stands in the columns of a layered layout: bands by barycentre, then the places inside each band.

A band keeps its order in all columns of its rank, so that the frames of groups never overlap.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable

from tanheng.metrology.network.layers import Layering

_ROUNDS = 6
Order = dict[int, list[str]]
"""Column → the places in it, from top to bottom."""


class _Sorter:
    """Bands and places of one layering, and the sweeps over them."""

    def __init__(self, layering: Layering) -> None:
        self.layering = layering
        self.left: dict[str, list[str]] = defaultdict(list)
        self.right: dict[str, list[str]] = defaultdict(list)
        for chain in layering.chains:
            for here, there in zip(chain.places, chain.places[1:], strict=False):
                self.right[here].append(there)
                self.left[there].append(here)
        self.bands: dict[int, list[str]] = defaultdict(list)
        members: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for place in sorted(layering.column_of):
            members[layering.band_of[place]][layering.column_of[place]].append(place)
        for band in sorted(members):
            self.bands[layering.rank_of[band]].append(band)
        self.members = {band: dict(columns) for band, columns in members.items()}
        self.position: dict[str, float] = {}
        self._number(sorted(self.bands))

    def order(self) -> Order:
        """Return the places of every column."""
        return {
            column: [place for band in self.bands[rank] for place in self.members[band].get(column, ())]
            for rank, columns in self.layering.columns_of.items()
            for column in columns
        }

    def _number(self, ranks: Iterable[int]) -> None:
        for rank in ranks:
            for column in self.layering.columns_of[rank]:
                places = [place for band in self.bands[rank] for place in self.members[band].get(column, ())]
                for index, place in enumerate(places):
                    self.position[place] = (index + 0.5) / len(places)

    def sweep(self, *, forwards: bool) -> None:
        """Order every rank by the one before it (or behind it), and inside the bands column by column."""
        ranks = sorted(self.bands, reverse=not forwards)
        neighbours = self.left if forwards else self.right
        for rank in ranks:
            columns = self.layering.columns_of[rank]
            edge = columns[0] if forwards else columns[-1]
            self.bands[rank].sort(key=lambda band: self._outer(band, neighbours))
            self._number([rank])
            for column in columns if forwards else reversed(columns):
                for band in self.bands[rank]:
                    places = self.members[band].get(column)
                    if places and len(places) > 1:
                        places.sort(key=lambda place: self._centre(place, neighbours))
                if column != edge or len(columns) == 1:
                    self._number([rank])
            self._number([rank])

    def _centre(self, place: str, neighbours: dict[str, list[str]]) -> float:
        ends = neighbours.get(place)
        return sum(self.position[end] for end in ends) / len(ends) if ends else self.position[place]

    def _outer(self, band: str, neighbours: dict[str, list[str]]) -> float:
        """Return the mean place of what a band touches in other bands; where it stands now if it touches none."""
        band_of = self.layering.band_of
        own = [place for places in self.members[band].values() for place in places]
        ends = [self.position[end] for place in own for end in neighbours.get(place, ()) if band_of[end] != band]
        ends = ends or [self.position[place] for place in own]
        return sum(ends) / len(ends)

    def kept(self) -> tuple[dict[int, list[str]], dict[str, dict[int, list[str]]]]:
        """Return a copy of the present order."""
        return (
            {rank: list(bands) for rank, bands in self.bands.items()},
            {band: {column: list(places) for column, places in columns.items()} for band, columns in self.members.items()},
        )


def ordered(layering: Layering) -> tuple[Order, dict[int, list[str]]]:
    """Return the places of each column and the bands of each rank, from top to bottom, with few crossings."""
    sorter = _Sorter(layering)
    best, fewest = sorter.kept(), crossings(sorter.order(), sorter.right)
    for turn in range(2 * _ROUNDS):
        if not fewest:
            break
        sorter.sweep(forwards=turn % 2 == 0)
        count = crossings(sorter.order(), sorter.right)
        if count < fewest:
            best, fewest = sorter.kept(), count
    sorter.bands, sorter.members = defaultdict(list, best[0]), best[1]
    return sorter.order(), dict(sorter.bands)


def crossings(order: Order, right: dict[str, list[str]]) -> int:
    """Return how many pairs of steps between neighbouring columns cross."""
    total = 0
    for column, places in order.items():
        rank_of = {place: index for index, place in enumerate(order.get(column + 1, ()))}
        seen: list[int] = []
        for place in places:
            ends = sorted(rank_of[end] for end in right.get(place, ()) if end in rank_of)
            for end in ends:
                total += len(seen) - _not_above(seen, end)
            for end in ends:
                insort(seen, end)
    return total


def _not_above(seen: list[int], value: int) -> int:
    return bisect_left(seen, value + 1)


def settle(wanted: list[float], sizes: list[float], *, gap: float, low: float, high: float | None = None) -> list[float]:
    """Return tops of things in a column: in order, ``gap`` apart, as near to the wanted tops as that allows.

    The sum of squared distances is smallest (isotonic regression by pooling neighbours), then the bounds are kept; what is
    between ``low`` and ``high`` must have room for all.
    """
    if not wanted:
        return []
    offsets, total = [], 0.0
    for size in sizes:
        offsets.append(total)
        total += size + gap
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            above, number = pools.pop()
            mean = (above * number + mean * count) / (number + count)
            count += number
        pools.append((mean, count))
    top = None if high is None else high - (total - gap)
    fitted: list[float] = []
    for mean, count in pools:
        base = max(low, mean if top is None else min(mean, top))
        fitted.extend([base] * count)
    return [base + offset for base, offset in zip(fitted, offsets, strict=True)]
