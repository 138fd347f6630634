"""Type A: evaluation from repeated observations, also autocorrelated or made together (JCGM 100:2008, 4.2, 5.2.3, H.2)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tanheng.uncertainty.component import Cause, Component
from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import InputError
from tanheng.uncertainty.inputs import Input

_LEAST_FOR_LAGS = 20


@dataclass(frozen=True, slots=True)
class Observed:
    """A series of observations of one quantity.

    Attributes
    ----------
    mean, s : float
        Arithmetic mean and standard deviation of one observation.
    n : int
    n_effective : float
        Number of independent observations that carry as much; equal to ``n`` without autocorrelation.
    u : float
        Standard uncertainty of the mean, s/√n_effective.
    dof : float
        n_effective − 1.
    """

    mean: float
    s: float
    n: int
    n_effective: float
    u: float
    dof: float

    def component(self, *, cause: Cause | None = Cause.REPEATABILITY, source: str = "") -> Component:
        """Return the uncertainty of the mean as a random component."""
        return Component.normal(u=self.u, dof=self.dof, cause=cause, evaluation="A", source=source or f"n = {self.n}")

    def input(self) -> Input:
        """Return the mean with the uncertainty of the mean."""
        return Input.of(self.mean, [self.component()])


def observed(values: Sequence[float], *, autocorrelated: bool = False) -> Observed:
    """Evaluate repeated observations.

    Parameters
    ----------
    values : sequence of float
        At least two, in the order of time.
    autocorrelated : bool
        Take the autocorrelation of the series into account (readings of an online analyser, hours of a stack).

    Raises
    ------
    InputError
        For fewer than two observations (twenty, when they are autocorrelated), one that is no finite number (named by its
        place), or a series that does not come to rest (:func:`autocorrelations`).

    Examples
    --------
    >>> result = observed([5.007, 4.994, 5.005, 4.990, 4.999])
    >>> round(result.mean, 3), round(result.u, 4), result.dof
    (4.999, 0.0032, 4)
    """
    x = _series(values)
    s = float(x.std(ddof=1))
    n = len(x)
    effective: float = n
    if autocorrelated and s > 0:
        effective = effective_number(n, autocorrelations(x))
    return Observed(float(x.mean()), s, n, effective, s / math.sqrt(effective), effective - 1)


def _series(values: Sequence[float], least: int = 2) -> Array:
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or len(x) < least:
        raise InputError("uncertainty.observations.too_few", count=x.size, least=least)
    if not np.isfinite(x).all():
        place = int(np.argmin(np.isfinite(x)))
        raise InputError("uncertainty.observations.not_finite", place=place + 1, value=float(x[place]))
    return x


def autocorrelations(values: Sequence[float] | Array) -> tuple[float, ...]:
    """Return ρ_1, ρ_2 … of a series, up to the last lag before they are no longer told from zero.

    The sum stops at the first pair of neighbouring lags that is not positive (Geyer's rule), so that the noise of high lags
    is not added up.

    Raises
    ------
    InputError
        For fewer than 20 values, or a series whose autocorrelation has not died away within a quarter of its length: it is
        too short to know what it carries, or it drifts.
    """
    x = _series(list(values), least=_LEAST_FOR_LAGS)
    rest = x - x.mean()
    power = float(rest @ rest)
    if power == 0:
        return ()
    kept: list[float] = []
    for lag in range(1, len(x) // 4, 2):
        pair = [float(rest[:-k] @ rest[k:]) / power for k in (lag, lag + 1)]
        if sum(pair) <= 0:
            return tuple(kept)
        kept += pair
    raise InputError("uncertainty.observations.autocorrelated", count=len(x))


def effective_number(n: int, rho: Sequence[float]) -> float:
    """Return n / (1 + 2 Σ (1 − k/n) ρ_k), the number of independent observations that carry as much.

    Parameters
    ----------
    rho : sequence of float
        Autocorrelation at lag 1, 2, …, each within ±1.

    Raises
    ------
    InputError
        For an autocorrelation out of range, more lags than observations, or a sum that no series can have.
    """
    if n < 1 or len(rho) >= max(n, 1):
        raise InputError("uncertainty.observations.lags", count=n, lags=len(rho))
    for lag, value in enumerate(rho, start=1):
        if not -1 <= value <= 1:
            raise InputError("uncertainty.observations.rho", lag=lag, value=value)
    divisor = 1 + 2 * math.fsum((1 - lag / n) * value for lag, value in enumerate(rho, start=1))
    if divisor <= 0:
        raise InputError("uncertainty.observations.divisor", value=f"{divisor:.3g}")
    return n / divisor


def observed_together(series: Mapping[str, Sequence[float]]) -> tuple[dict[str, Input], dict[tuple[str, str], float]]:
    """Evaluate quantities observed together, with the correlation of their means (JCGM 100:2008, 5.2.3 and H.2).

    Returns
    -------
    inputs, correlations
        Ready for ``propagate`` and ``monte_carlo``. All share the degrees of freedom n − 1.

    Raises
    ------
    InputError
        When the series are of unequal length, or two move as one (then they are one quantity, or a group).
    """
    columns = {name: _series(values) for name, values in series.items()}
    lengths = {len(x) for x in columns.values()}
    if len(lengths) != 1:
        raise InputError("uncertainty.observations.lengths", lengths=", ".join(f"{n}: {len(x)}" for n, x in columns.items()))
    inputs = {name: observed(list(x)).input() for name, x in columns.items()}
    correlations: dict[tuple[str, str], float] = {}
    for a, b in itertools.combinations(columns, 2):
        if columns[a].std() == 0 or columns[b].std() == 0:
            continue
        r = float(np.corrcoef(columns[a], columns[b])[0, 1])
        if abs(r) > 1 - 1e-12:
            raise InputError("uncertainty.observations.same", a=a, b=b)
        correlations[a, b] = r
    return inputs, correlations


def pooled(series: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the pooled standard deviation of one observation, and its degrees of freedom.

    Small series of the same procedure (three readings a day) say little alone and much together.

    Examples
    --------
    >>> s, dof = pooled([[1.0, 3.0], [10.0, 14.0]])
    >>> round(s, 6), dof
    (2.236068, 2)
    """
    checked = [_series(values) for values in series]
    if not checked:
        raise InputError("uncertainty.observations.too_few", count=0, least=1)
    dof = sum(len(x) - 1 for x in checked)
    return math.sqrt(math.fsum(float(x.var(ddof=1)) * (len(x) - 1) for x in checked) / dof), dof
