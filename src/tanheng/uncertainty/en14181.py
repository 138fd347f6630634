"""EN 14181: quality assurance of automated measuring systems (QAL2 line and variability, AST, QAL3).

The k_v and t values are recomputed from their formulas; the text of the standard itself has not been read in print, so the
tests of variability and of the AST carry the state ``unverified`` (:data:`STATES`). For CO₂ there is no emission limit
value: the annual mean may stand for it, and a report must say so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tanheng.core.states import CheckState
from tanheng.uncertainty.charts.cusum import tabular_sums
from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import ChartError

#: How sure we are of each part.
STATES: dict[str, CheckState] = {
    "k_v": CheckState.VERIFIED,
    "t": CheckState.VERIFIED,
    "qal3_constants": CheckState.VERIFIED,
    "qal3_sums": CheckState.UNVERIFIED,
    "variability": CheckState.UNVERIFIED,
    "calibration_function": CheckState.UNVERIFIED,
    "ast": CheckState.UNVERIFIED,
}

#: Fewest pairs of a QAL2 and of an annual surveillance test.
QAL2_PAIRS = 15
AST_PAIRS = 5

# QAL3 in units of s_AMS and s²_AMS (ABB EL3000 manual, p. 160).
DRIFT_LIMIT = 2.85
DRIFT_ALLOWANCE = 0.501
PRECISION_LIMIT = 6.90
PRECISION_ALLOWANCE = 1.85


def k_v(n: int) -> float:
    """Return sqrt(χ²_0.50(n − 1)/(n − 1)).

    Examples
    --------
    >>> round(k_v(15), 4)
    0.9761
    """
    import scipy.special as special

    if n < 2:
        raise ChartError("uncertainty.chart.too_few", count=n, least=2)
    return math.sqrt(float(special.chdtri(n - 1, 0.5)) / (n - 1))


def t_95(n: int) -> float:
    """Return the one-sided t factor of 95 % for n − 1 degrees of freedom.

    Examples
    --------
    >>> round(t_95(15), 3)
    1.761
    """
    import scipy.special as special

    if n < 2:
        raise ChartError("uncertainty.chart.too_few", count=n, least=2)
    return float(special.stdtrit(n - 1, 0.95))


def sigma_0(*, permitted: float, limit_value: float) -> float:
    """Return σ₀ = P·E/1.96.

    Parameters
    ----------
    permitted : float
        Permitted 95 % uncertainty P, as a part of the limit value.
    limit_value : float
        E; for CO₂ the annual mean.
    """
    if not (permitted > 0 and limit_value > 0):
        raise ChartError("uncertainty.chart.sigma_0", permitted=permitted, limit_value=limit_value)
    return permitted * limit_value / 1.96


@dataclass(frozen=True, slots=True)
class CalibrationFunction:
    """QAL2 function ŷ = a + b·x; ``wide`` tells which of the two forms was used."""

    a: float
    b: float
    wide: bool

    def at(self, x: float) -> float:
        """Return the calibrated value of reading ``x``."""
        return self.a + self.b * x


def calibration_function(
    readings: Sequence[float], references: Sequence[float], *, wide: bool, zero_reading: float = 0.0
) -> CalibrationFunction:
    """Return the QAL2 calibration function of pairs of readings and reference values.

    Parameters
    ----------
    wide : bool
        The reference values span a wide range: a line by least squares. Otherwise a line through the mean and the zero point.
    zero_reading : float
        Reading at zero, Z, for the narrow form.
    """
    x, y = _pairs(readings, references, QAL2_PAIRS)
    if wide:
        dx = x - x.mean()
        square = float(dx @ dx)
        if square == 0:
            raise ChartError("uncertainty.chart.no_range")
        b = float(dx @ (y - y.mean())) / square
        return CalibrationFunction(float(y.mean()) - b * float(x.mean()), b, True)
    if x.mean() == zero_reading:
        raise ChartError("uncertainty.chart.no_range")
    b = float(y.mean()) / (float(x.mean()) - zero_reading)
    return CalibrationFunction(-b * zero_reading, b, False)


@dataclass(frozen=True, slots=True)
class Variability:
    """Result of a variability test; ``s_d`` at most ``limit`` passes.

    Attributes
    ----------
    mean_d : float
        Mean difference, reference less calibrated value.
    validity_limit : float or None
        Of an AST: largest mean difference for which the calibration function stays valid.
    """

    n: int
    s_d: float
    limit: float
    mean_d: float
    validity_limit: float | None = None

    @property
    def variability_passed(self) -> bool:
        """Say whether the scatter is small enough."""
        return self.s_d <= self.limit

    @property
    def passed(self) -> bool:
        """Say whether the test is passed; of an AST also whether the function is still valid."""
        return self.variability_passed and (self.validity_limit is None or abs(self.mean_d) <= self.validity_limit)


def variability_test(calibrated: Sequence[float], references: Sequence[float], *, sigma: float) -> Variability:
    """Return the QAL2 variability test: s_D ≤ σ₀·k_v, of at least 15 pairs."""
    d = _differences(calibrated, references, QAL2_PAIRS)
    return Variability(len(d), float(d.std(ddof=1)), sigma * k_v(len(d)), float(d.mean()))


def surveillance_test(calibrated: Sequence[float], references: Sequence[float], *, sigma: float) -> Variability:
    """Return the annual surveillance test: s_D ≤ 1.5·σ₀·k_v and |D̄| ≤ t_0.95·s_D/√N + σ₀, of at least 5 pairs."""
    d = _differences(calibrated, references, AST_PAIRS)
    n, s_d = len(d), float(d.std(ddof=1))
    return Variability(n, s_d, 1.5 * sigma * k_v(n), float(d.mean()), t_95(n) * s_d / math.sqrt(n) + sigma)


def _pairs(one: Sequence[float], other: Sequence[float], least: int) -> tuple[Array, Array]:
    x, y = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < least:
        raise ChartError("uncertainty.chart.too_few", count=min(x.size, y.size), least=least)
    both = np.isfinite(x) & np.isfinite(y)
    if not both.all():
        raise ChartError("uncertainty.chart.value", place=int(np.argmin(both)) + 1)
    return x, y


def _differences(calibrated: Sequence[float], references: Sequence[float], least: int) -> Array:
    x, y = _pairs(calibrated, references, least)
    return y - x


@dataclass(frozen=True, slots=True)
class Qal3:
    """QAL3 sums after each zero or span check, in units of s_AMS (drift) and s²_AMS (precision).

    Attributes
    ----------
    positive, negative, precision : tuple of float
    drift_alarms : tuple of int
        Checks (from 0) with a drift sum above its limit, where precision has not failed before.
    precision_alarms : tuple of int
        Checks with a precision sum above its limit: stop and repair before any drift is judged.
    """

    positive: tuple[float, ...]
    negative: tuple[float, ...]
    precision: tuple[float, ...]
    drift_alarms: tuple[int, ...]
    precision_alarms: tuple[int, ...]


def qal3(deviations: Sequence[float], *, s_ams: float) -> Qal3:
    """Return the QAL3 CUSUM of zero or span checks.

    Parameters
    ----------
    deviations : sequence of float
        Reading less reference value of each check, in order of time.
    s_ams : float
        Standard deviation of the measuring system at that point, greater than 0.
    """
    if not (math.isfinite(s_ams) and s_ams > 0):
        raise ChartError("uncertainty.chart.baseline", centre=0, s=s_ams)
    d = np.asarray(deviations, dtype=float) / s_ams
    if d.ndim != 1 or not np.isfinite(d).all():
        raise ChartError("uncertainty.chart.value", place=int(np.argmin(np.isfinite(d))) + 1 if d.ndim == 1 else 1)
    values = d.tolist()
    positive, negative = tabular_sums(values, DRIFT_ALLOWANCE)
    precision: list[float] = []
    sum_of_squares, last = 0.0, None
    for value in values:
        if last is not None:
            sum_of_squares = max(0.0, sum_of_squares + (value - last) ** 2 / 2 - PRECISION_ALLOWANCE)
        precision.append(sum_of_squares)
        last = value
    imprecise = tuple(place for place, total in enumerate(precision) if total > PRECISION_LIMIT)
    until = imprecise[0] if imprecise else len(values)
    drifting = tuple(place for place in range(until) if positive[place] > DRIFT_LIMIT or negative[place] > DRIFT_LIMIT)
    return Qal3(positive, negative, tuple(precision), drifting, imprecise)
