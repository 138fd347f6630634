"""The second-order term of the law of propagation, by central differences along the independent sources.

::

    Σ_i Σ_j [ ½ (∂²f/∂x_i∂x_j)² + (∂f/∂x_i)(∂³f/∂x_i∂x_j²) ] u_i² u_j²        JCGM 100:2008, 5.1.2, Note

It holds for independent quantities, so it is taken along the sources, not the inputs: groups and correlations are then
part of it. The model runs on arrays of points around the estimate. By itself the term is added only where a first
derivative vanishes and the source matters all the same, which is where first order gives too small an uncertainty in
silence (GUM H.1: 32 instead of 34; JCGM 101 9.3: 0.054 instead of 0.075).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tanheng.uncertainty.component import Kind
from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import ModelError
from tanheng.uncertainty.sources import Sources

_STEP = 0.125  # in standard uncertainties: small enough for the derivative, large enough for 16 digits
_VANISHES = 1e-6  # part of u below which a first-order contribution counts as none
_EVERY_PAIR = 60  # up to this many sources all pairs are taken; beyond, only pairs with a source that vanishes
_POINTS = 2048  # points in one run of the model, to bound memory


@dataclass(frozen=True, slots=True)
class SecondOrder:
    """Variance the second-order term adds, by kind; a pair with a systematic source counts as systematic."""

    random: float = 0.0
    systematic: float = 0.0

    @property
    def variance(self) -> float:
        """Sum of both kinds."""
        return self.random + self.systematic


def second_order(
    model: Callable[..., Any], sources: Sources, first: Mapping[str, Mapping[int, float]], *, everywhere: bool
) -> dict[str, SecondOrder]:
    """Return the second-order variance of each output.

    Parameters
    ----------
    first : Mapping of output to (source → first-order contribution)
    everywhere : bool
        Take the term also where no first derivative vanishes.
    """
    nothing = {name: SecondOrder() for name in first}
    live = sorted({index for contributions in first.values() for index in contributions})
    if not live:
        return nothing
    run = _Run(model, sources, list(first))
    vanishing = {name: _vanishing(contributions) for name, contributions in first.items()}
    suspects = sorted(set().union(*vanishing.values()))
    curved = suspects if everywhere else run.curved(suspects, live)
    if everywhere or (curved and len(live) <= _EVERY_PAIR):
        pairs = list(itertools.combinations(live, 2))
        single = live
    elif curved:
        pairs = run.partners(curved, live)
        single = curved
    else:
        return nothing
    terms = run.terms(single, pairs)
    chosen = {name for name in first if everywhere or vanishing[name] & set(curved)}
    return {name: terms[name] if name in chosen else SecondOrder() for name in first}


def _vanishing(contributions: Mapping[int, float]) -> set[int]:
    """Return the sources an output depends on with a first derivative of zero at the estimate."""
    largest = max((abs(size) for size in contributions.values()), default=0.0)
    return {index for index, size in contributions.items() if abs(size) <= _VANISHES * largest}


class _Run:
    """Runs a model on points around the estimates, given in standard draws of the independent sources."""

    def __init__(self, model: Callable[..., Any], sources: Sources, outputs: Sequence[str]) -> None:
        self._model = model
        self._sources = sources
        self._outputs = outputs
        self._factor = {}  # source of a block → row of the Cholesky factor, as (source, weight)
        for block in sources.blocks:
            lower = np.linalg.cholesky(block.correlation)
            for row, index in enumerate(block.members):
                self._factor[index] = [(block.members[column], float(lower[row, column])) for column in range(row + 1)]

    def at(self, points: Sequence[Mapping[int, float]]) -> Array:
        """Return the outputs (row) at each point (column); a point is source → steps."""
        parts = [self._chunk(points[start : start + _POINTS]) for start in range(0, len(points), _POINTS)]
        return np.concatenate(parts, axis=1)

    def _chunk(self, points: Sequence[Mapping[int, float]]) -> Array:
        columns: dict[int, list[tuple[int, float]]] = {}
        for number, point in enumerate(points):
            for index, steps in point.items():
                columns.setdefault(index, []).append((number, steps * _STEP))
        arrays: dict[str, Array] = {}
        for name, value in self._sources.inputs.items():
            array = np.full(len(points), value.value)
            for load in self._sources.loads[name]:
                for index, weight in self._factor.get(load.source, [(load.source, 1.0)]):
                    for number, steps in columns.get(index, ()):
                        array[number] += load.coefficient * weight * steps
            arrays[name] = array
        with np.errstate(all="ignore"):
            given = self._model(**arrays)
        by_name = given if isinstance(given, Mapping) else {"": given}
        values = np.array([np.broadcast_to(np.asarray(by_name[name], dtype=float), len(points)) for name in self._outputs])
        if not np.isfinite(values).all():
            row = int(np.argwhere(~np.isfinite(values))[0][0])
            raise ModelError("uncertainty.model.near_estimate", output=self._outputs[row] or "result")
        return values

    def curved(self, suspects: Sequence[int], live: Sequence[int]) -> list[int]:
        """Return those suspects that change an output once other sources, or they themselves, move far enough."""
        if not suspects:
            return []
        # Three fixed patterns of signs for the other sources: all up, alternating, and by the bits of the index.
        patterns = [
            dict.fromkeys(live, 1.0),
            {index: 1.0 if rank % 2 else -1.0 for rank, index in enumerate(live)},
            {index: 1.0 + (rank % 7) / 7 if (rank * rank + rank) % 3 else -1.0 for rank, index in enumerate(live)},
        ]
        points: list[Mapping[int, float]] = [{}]
        for suspect in suspects:
            points += [{suspect: 1.0}, {suspect: -1.0}]
            for pattern in patterns:
                points += [{**pattern, suspect: 1.0}, {**pattern, suspect: -1.0}]
        values = self.at(points)
        noise = 1e-13 * np.abs(values).max(axis=1)
        found = []
        for rank, suspect in enumerate(suspects):
            own = values[:, 1 + 8 * rank : 9 + 8 * rank]
            bend = np.abs(own[:, 0] + own[:, 1] - 2 * values[:, 0])
            turn = np.abs(own[:, 2::2] - own[:, 3::2]).max(axis=1)
            if ((bend > noise) | (turn > noise)).any():
                found.append(suspect)
        return found

    def partners(self, curved: Sequence[int], live: Sequence[int]) -> list[tuple[int, int]]:
        """Return the pairs of a curved source and another that change an output together more than apart.

        Sets of sources are moved together and halved as long as they matter, so that a few partners among hundreds cost
        few points.
        """
        waiting = [(suspect, [index for index in live if index != suspect]) for suspect in curved]
        found: set[tuple[int, int]] = set()
        while waiting:
            points: list[Mapping[int, float]] = [{}]
            for suspect, others in waiting:
                # Unequal steps, so that effects of a set do not cancel.
                together = {index: 0.6 + 0.4 * ((rank * 0.6180339887) % 1) for rank, index in enumerate(others)}
                points += [{suspect: 1.0}, {suspect: -1.0}, {**together, suspect: 1.0}, {**together, suspect: -1.0}]
            values = self.at(points)
            noise = 1e-13 * np.abs(values).max(axis=1)
            following = []
            for rank, (suspect, others) in enumerate(waiting):
                plus, minus, both_plus, both_minus = (values[:, 1 + 4 * rank + step] for step in range(4))
                if not (np.abs((both_plus - both_minus) - (plus - minus)) > noise).any():
                    continue
                if len(others) == 1:
                    found.add((min(suspect, others[0]), max(suspect, others[0])))
                    continue
                half = len(others) // 2
                following += [(suspect, others[:half]), (suspect, others[half:])]
            waiting = following
        return sorted(found)

    def terms(self, single: Sequence[int], pairs: Sequence[tuple[int, int]]) -> dict[str, SecondOrder]:
        """Return the sums of the second-order terms of single sources and of pairs, for each output."""
        needed = sorted({*single, *(index for pair in pairs for index in pair)})
        place = {index: 1 + 4 * rank for rank, index in enumerate(needed)}
        points: list[Mapping[int, float]] = [{}]
        for index in needed:
            points += [{index: 1.0}, {index: -1.0}, {index: 2.0}, {index: -2.0}]
        values = self.at(points)
        centre = values[:, 0]
        h = _STEP
        slope = {i: (values[:, place[i]] - values[:, place[i] + 1]) / (2 * h) for i in needed}
        sums = {Kind.RANDOM: np.zeros(len(self._outputs)), Kind.SYSTEMATIC: np.zeros(len(self._outputs))}
        for i in single:
            plus, minus, plus2, minus2 = (values[:, place[i] + step] for step in range(4))
            second = (plus - 2 * centre + minus) / h**2
            third = (plus2 - 2 * plus + 2 * minus - minus2) / (2 * h**3)
            sums[self._sources.sources[i].kind] += second * second / 2 + slope[i] * third
        if pairs:
            self._add_pairs(pairs, values, place, slope, sums)
        return {
            name: SecondOrder(float(sums[Kind.RANDOM][row]), float(sums[Kind.SYSTEMATIC][row]))
            for row, name in enumerate(self._outputs)
        }

    def _add_pairs(
        self,
        pairs: Sequence[tuple[int, int]],
        values: Array,
        place: Mapping[int, int],
        slope: Mapping[int, Array],
        sums: Mapping[Kind, Array],
    ) -> None:
        corners = ((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0))
        crossed = self.at([{i: a, j: b} for i, j in pairs for a, b in corners])
        h = _STEP
        for number, (i, j) in enumerate(pairs):
            pp, pm, mp, mm = (crossed[:, 4 * number + corner] for corner in range(4))
            mixed = (pp - pm - mp + mm) / (4 * h**2)
            i_plus, i_minus = values[:, place[i]], values[:, place[i] + 1]
            j_plus, j_minus = values[:, place[j]], values[:, place[j] + 1]
            third_ijj = ((pp - 2 * i_plus + pm) - (mp - 2 * i_minus + mm)) / (2 * h**3)
            third_jii = ((pp - 2 * j_plus + mp) - (pm - 2 * j_minus + mm)) / (2 * h**3)
            kinds = {self._sources.sources[i].kind, self._sources.sources[j].kind}
            kind = Kind.SYSTEMATIC if Kind.SYSTEMATIC in kinds else Kind.RANDOM
            sums[kind] += mixed * mixed + slope[i] * third_ijj + slope[j] * third_jii
