"""The results of a Monte Carlo run: samples, and what is read from them."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import InputError


@dataclass(frozen=True)
class MonteCarlo:
    """One result of a Monte Carlo run.

    Attributes
    ----------
    name : str
        Of the output; empty for a model with one.
    samples : array
        The values, one for each trial, in the order of the trials; read-only.
    seed : int
    library : str
        Version of the library that drew: with seed and number of trials it names the run.
    """

    name: str
    samples: Array = field(repr=False)
    seed: int
    library: str = f"numpy {np.__version__}"

    @property
    def trials(self) -> int:
        """Number of trials."""
        return len(self.samples)

    @functools.cached_property
    def mean(self) -> float:
        """Mean of the samples, the estimate of the result."""
        return float(self.samples.mean())

    @functools.cached_property
    def u(self) -> float:
        """Standard deviation of the samples, the standard uncertainty of the result."""
        return float(self.samples.std(ddof=1))

    @functools.cached_property
    def _ordered(self) -> Array:
        return np.sort(self.samples)

    def interval(self, p: float = 0.95, kind: str = "symmetric") -> tuple[float, float]:
        """Return a coverage interval for probability ``p``.

        Parameters
        ----------
        p : float
        kind : {"symmetric", "shortest"}
            Equal probability on both sides, or the shortest of all; they differ for skewed results.

        Raises
        ------
        InputError
            For an unknown kind, or a ``p`` for which there are too few trials.

        Notes
        -----
        JCGM 101:2008, 7.7: q = pM, r = (M − q)/2, rounded as there; [y₍ᵣ₎, y₍ᵣ₊q₎] of the sorted values.
        """
        if kind not in ("symmetric", "shortest"):
            raise InputError("uncertainty.component.word", field="kind", value=kind, known="symmetric, shortest")
        return coverage_interval(self._ordered, p, shortest=kind == "shortest")


def coverage_interval(ordered: Array, p: float, *, shortest: bool) -> tuple[float, float]:
    """Return the interval of sorted samples that covers a share ``p`` of them (:meth:`MonteCarlo.interval`)."""
    trials = len(ordered)
    covered = math.floor(p * trials + 0.5)
    if not 0 < p < 1 or not 1 <= covered < trials:
        raise InputError("uncertainty.monte_carlo.interval", p=p, trials=trials)
    if shortest:
        first = int(np.argmin(ordered[covered:] - ordered[:-covered]))
    else:
        first = max(math.floor((trials - covered + 1) / 2) - 1, 0)
    return float(ordered[first]), float(ordered[first + covered])


class MonteCarloMapping(Mapping[str, MonteCarlo]):
    """Several results of one run, with their covariances."""

    def __init__(self, results: Mapping[str, MonteCarlo]) -> None:
        self._results = dict(results)

    def __getitem__(self, name: str) -> MonteCarlo:
        return self._results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)

    def covariance(self, a: str, b: str) -> float:
        """Return the covariance of two results."""
        one, other = self._results[a], self._results[b]
        return float(np.dot(one.samples - one.mean, other.samples - other.mean)) / (one.trials - 1)

    def correlation(self, a: str, b: str) -> float:
        """Return the correlation coefficient of two results; 0 when one does not vary."""
        scale = self._results[a].u * self._results[b].u
        return self.covariance(a, b) / scale if scale else 0.0

    def matrix(self, names: Sequence[str] | None = None) -> Array:
        """Return the covariance matrix of the named results (all when left out), in their order."""
        chosen = list(self._results) if names is None else list(names)
        return np.atleast_2d(np.cov(np.array([self._results[name].samples for name in chosen])))
