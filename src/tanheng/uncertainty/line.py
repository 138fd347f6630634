"""Straight calibration lines, also with errors in both axes, and their inverse use.

* without uncertainties: ordinary least squares, scatter from the residuals, n − 2 degrees of freedom;
* with uncertainties of y: weighted least squares (ISO/TS 28037:2010, WLS);
* with uncertainties of x and y: generalised distance regression (ISO/TS 28037:2010, GDR), solved as by D. York and others,
  Am. J. Phys. 72 (2004) 367.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import InputError

_ITERATIONS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted line y = intercept + slope·x.

    Attributes
    ----------
    intercept, slope : float
    u_intercept, u_slope, covariance : float
        Standard uncertainties and covariance of the two.
    chi2 : float
        Weighted sum of squared residuals; without given uncertainties the plain sum of squares.
    n : int
    dof : float
        Of the uncertainties: n − 2 where they come from the residuals, infinite where they were given.
    s : float or None
        Standard deviation of the residuals, where the uncertainties come from them.
    """

    intercept: float
    slope: float
    u_intercept: float
    u_slope: float
    covariance: float
    chi2: float
    n: int
    dof: float
    s: float | None

    @property
    def correlation(self) -> float:
        """Correlation coefficient of intercept and slope."""
        return self.covariance / (self.u_intercept * self.u_slope)

    @property
    def reduced_chi2(self) -> float:
        """χ²/(n − 2): near 1 when a line and the given uncertainties describe the data."""
        return self.chi2 / (self.n - 2)

    def consistent(self, p: float = 0.95) -> bool:
        """Say whether χ² stays below its quantile for probability ``p``; the given uncertainties are then credible."""
        import scipy.special as special

        return self.chi2 <= float(special.chdtri(self.n - 2, 1 - p))

    def at(self, x: float) -> tuple[float, float]:
        """Return the line at ``x`` with its standard uncertainty."""
        variance = self.u_intercept**2 + (x * self.u_slope) ** 2 + 2 * x * self.covariance
        return self.intercept + self.slope * x, math.sqrt(max(variance, 0.0))

    def inverse(self, y: float, *, u_y: float | None = None, readings: int = 1) -> tuple[float, float]:
        """Return the x that belongs to a new ``y``, with its standard uncertainty.

        Parameters
        ----------
        u_y : float, optional
            Standard uncertainty of ``y``. Left out, it is the scatter of the residuals over the root of ``readings``.
        readings : int
            Number of readings whose mean ``y`` is.

        Raises
        ------
        InputError
            When the slope does not differ from zero, or no uncertainty of y is known.
        """
        if abs(self.slope) <= 2 * self.u_slope:
            raise InputError("uncertainty.line.flat", slope=self.slope, u=self.u_slope)
        if readings < 1:
            raise InputError("uncertainty.evaluate.positive", what="readings", value=readings)
        own = u_y
        if own is None:
            if self.s is None:
                raise InputError("uncertainty.line.u_y")
            own = self.s / math.sqrt(readings)
        x = (y - self.intercept) / self.slope
        _, u_line = self.at(x)
        return x, math.hypot(own, u_line) / abs(self.slope)


def fit_line(
    x: Sequence[float],
    y: Sequence[float],
    *,
    u_x: float | Sequence[float] | None = None,
    u_y: float | Sequence[float] | None = None,
    propagated: bool = False,
) -> Line:
    """Fit a straight line.

    Parameters
    ----------
    x, y : sequence of float
        At least three points, not all of the same x.
    u_x, u_y : float or sequence of float, optional
        Standard uncertainties, one for all points or one each, greater than 0. ``u_x`` needs ``u_y``.
    propagated : bool
        With errors in both axes: state the uncertainties that the law of propagation gives through the estimate
        (as GTC does), instead of those at the fitted points (ISO/TS 28037). They differ by the size of the residuals.

    Raises
    ------
    InputError
        For too few points, unequal lengths, a value that is no number, or a fit that does not settle.

    Examples
    --------
    >>> line = fit_line([1, 2, 3, 4, 5, 6], [3.3, 5.6, 7.1, 9.3, 10.7, 12.1], u_y=0.5)
    >>> round(line.slope, 4), round(line.u_slope, 4)
    (1.7571, 0.1195)
    """
    xs, ys = _points(x, y)
    if u_y is None:
        if u_x is not None:
            raise InputError("uncertainty.line.u_y")
        return _ordinary(xs, ys)
    wy = _spread(u_y, len(xs), "u_y")
    if u_x is None:
        return _weighted(xs, ys, wy)
    return _both_axes(xs, ys, _spread(u_x, len(xs), "u_x"), wy, propagated=propagated)


def _points(x: Sequence[float], y: Sequence[float]) -> tuple[Array, Array]:
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if xs.ndim != 1 or xs.shape != ys.shape or len(xs) < 3:
        raise InputError("uncertainty.line.points", x=xs.size, y=ys.size)
    for name, values in (("x", xs), ("y", ys)):
        if not np.isfinite(values).all():
            place = int(np.argmin(np.isfinite(values)))
            raise InputError("uncertainty.observations.not_finite", place=place + 1, value=f"{name} = {values[place]}")
    if np.ptp(xs) == 0:
        raise InputError("uncertainty.line.one_x", x=float(xs[0]))
    return xs, ys


def _spread(u: float | Sequence[float], n: int, name: str) -> Array:
    values = np.asarray(u, dtype=float)
    if values.ndim == 0:
        values = np.full(n, float(values))
    if values.shape != (n,) or not (np.isfinite(values) & (values > 0)).all():
        raise InputError("uncertainty.line.spread", name=name, count=n)
    return values


def _ordinary(x: Array, y: Array) -> Line:
    n = len(x)
    centre = x.mean()
    sxx = float(((x - centre) ** 2).sum())
    slope = float((x - centre) @ y) / sxx
    intercept = float(y.mean()) - slope * float(centre)
    rest = y - intercept - slope * x
    square = float(rest @ rest)
    s = math.sqrt(square / (n - 2))
    u_slope = s / math.sqrt(sxx)
    u_intercept = s * math.sqrt(1 / n + float(centre) ** 2 / sxx)
    return Line(intercept, slope, u_intercept, u_slope, -float(centre) * u_slope**2, square, n, n - 2, s)


def _weighted(x: Array, y: Array, u_y: Array) -> Line:
    weights = 1 / u_y**2
    total = float(weights.sum())
    centre, middle = float(weights @ x) / total, float(weights @ y) / total
    sxx = float(weights @ (x - centre) ** 2)
    slope = float((weights * (x - centre)) @ (y - middle)) / sxx
    intercept = middle - slope * centre
    rest = y - intercept - slope * x
    return Line(
        intercept,
        slope,
        math.sqrt(1 / total + centre**2 / sxx),
        1 / math.sqrt(sxx),
        -centre / sxx,
        float(weights @ rest**2),
        len(x),
        math.inf,
        None,
    )


def _both_axes(x: Array, y: Array, u_x: Array, u_y: Array, *, propagated: bool) -> Line:
    slope = _weighted(x, y, u_y).slope
    for _ in range(_ITERATIONS):
        weights = 1 / (u_y**2 + slope**2 * u_x**2)
        total = float(weights.sum())
        centre, middle = float(weights @ x) / total, float(weights @ y) / total
        dx, dy = x - centre, y - middle
        fitted = weights * (dx * u_y**2 + slope * dy * u_x**2)  # distance of the fitted points from the centre
        before, slope = slope, float((weights * fitted) @ dy) / float((weights * fitted) @ dx)
        if abs(slope - before) <= 1e-14 * abs(slope):
            break
    else:
        raise InputError("uncertainty.line.unsettled", iterations=_ITERATIONS)
    intercept = middle - slope * centre
    rest = y - intercept - slope * x
    if propagated:
        matrix = _propagated(x, rest, u_x, u_y, slope)
    else:
        points = centre + fitted
        at = float(weights @ points) / total
        variance = 1 / float(weights @ (points - at) ** 2)
        matrix = np.array([[1 / total + at * at * variance, -at * variance], [-at * variance, variance]])
    return Line(
        intercept,
        slope,
        math.sqrt(matrix[0, 0]),
        math.sqrt(matrix[1, 1]),
        float(matrix[0, 1]),
        float(weights @ rest**2),
        len(x),
        math.inf,
        None,
    )


def _propagated(x: Array, rest: Array, u_x: Array, u_y: Array, slope: float) -> Array:
    """Return the covariance of (intercept, slope) by the law of propagation through the minimum of χ².

    With g = ∂(χ²/2)/∂(a, b) = 0 at the minimum, ∂(a, b)/∂d = −H⁻¹ ∂g/∂d for each datum d.
    """
    w = 1 / (u_y**2 + slope**2 * u_x**2)
    turn = -2 * slope * u_x**2 * w**2  # ∂w/∂b
    by_a = w.sum()
    mixed = (w * x - turn * rest).sum()
    by_b = (
        w * x**2
        - turn * x * rest
        - 2 * w * turn * slope * u_x**2 * rest**2
        - w**2 * u_x**2 * rest**2
        + 2 * w**2 * slope * u_x**2 * rest * x
    ).sum()
    inverse = np.linalg.inv(np.array([[by_a, mixed], [mixed, by_b]]))
    by_x = np.array([w * slope, -w * rest + w * x * slope + 2 * w**2 * slope**2 * u_x**2 * rest]) * u_x
    by_y = np.array([-w, -w * x - 2 * w**2 * slope * u_x**2 * rest]) * u_y
    inner = by_x @ by_x.T + by_y @ by_y.T
    return np.asarray(inverse @ inner @ inverse)
