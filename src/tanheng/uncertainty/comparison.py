"""Comparison of methods and of sources: E with the covariance of what is shared, weighted means, Birge ratio.

::

    E = |a − b| / (k · u(a − b))        u²(a − b) = u²(a) + u²(b) − 2 cov(a, b)        agree: E ≤ 1
    Birge ratio = sqrt(χ² / (n − 1)),   critical value sqrt(χ²_0.95(n − 1) / (n − 1))

Two methods that share a meter share its error: with the covariance left out, u(a − b) is wrong. Results that share a
group are therefore compared through the model that gave both, or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tanheng.uncertainty.covariance import require_positive_definite
from tanheng.uncertainty.coverage import coverage_factor
from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import ComparisonError
from tanheng.uncertainty.gum import Propagated, PropagatedMapping


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results side by side.

    Attributes
    ----------
    difference : float
        a − b.
    u_difference : float
        Its standard uncertainty, the covariance taken into account.
    k : float
    E : float
        At most 1: they agree within their uncertainties. Infinite when they differ and the difference has none.
    covariance : float
    shared : tuple of str
        Physical errors both carry.
    """

    difference: float
    u_difference: float
    k: float
    E: float
    covariance: float
    shared: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Say whether the two agree within their uncertainties."""
        return self.E <= 1


def compare(results: PropagatedMapping, a: str, b: str, *, p: float = 0.95) -> Comparison:
    """Compare two outputs of one propagation, with the covariance of what they share.

    Raises
    ------
    ComparisonError
        When an output is not among the results.
    """
    for name in (a, b):
        if name not in results:
            raise ComparisonError("uncertainty.comparison.unknown", name=name, known=", ".join(list(results)[:20]))
    one, other = results[a], results[b]
    covariance = results.covariance(a, b)
    return _compared(one, other, covariance, p, tuple(sorted(one.groups & other.groups)))


def compare_independent(a: Propagated, b: Propagated, *, p: float = 0.95) -> Comparison:
    """Compare two results of separate propagations, which must share nothing.

    Raises
    ------
    ComparisonError
        When both carry the same group: propagate both in one model and use :func:`compare`.
    """
    shared = sorted(a.groups & b.groups)
    if shared:
        raise ComparisonError("uncertainty.comparison.shared", groups=", ".join(shared))
    return _compared(a, b, 0.0, p, ())


def _compared(a: Propagated, b: Propagated, covariance: float, p: float, shared: tuple[str, ...]) -> Comparison:
    variance = max(0.0, a.u**2 + b.u**2 - 2 * covariance)
    # Two figures of one meter cancel to the last digits of a double; what is left is rounding, not uncertainty.
    if variance <= 1e-14 * (a.u**2 + b.u**2):
        variance = 0.0
    u = math.sqrt(variance)
    dof = math.nan if math.isnan(a.dof) or math.isnan(b.dof) else min(a.dof, b.dof)  # the fewer: the larger k
    k = coverage_factor(p, dof)
    difference = a.value - b.value
    without_any = 0.0 if math.isclose(a.value, b.value, rel_tol=1e-12) else math.inf
    return Comparison(difference, u, k, abs(difference) / (k * u) if u else without_any, covariance, shared)


def normalised_error(value: float, reference: float, *, U: float, U_reference: float) -> float:  # noqa: N803  # symbols of ISO 13528
    """Return E_n of two independent results with their expanded uncertainties (ISO 13528).

    Raises
    ------
    ComparisonError
        When both uncertainties are zero or one is negative.
    """
    if U < 0 or U_reference < 0 or not (U or U_reference):
        raise ComparisonError("uncertainty.comparison.no_uncertainty")
    return (value - reference) / math.hypot(U, U_reference)


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """Mean of several sources for one quantity.

    Attributes
    ----------
    value, u : float
        Mean weighted by the inverse covariance, and its standard uncertainty as the sources claim it.
    chi2 : float
    dof : int
    birge, critical : float
        Birge ratio and the value that 95 % of consistent sets stay below.
    u_reported : float
        ``u``, widened by the Birge ratio where the sources are inconsistent.
    """

    value: float
    u: float
    chi2: float
    dof: int
    birge: float
    critical: float
    u_reported: float

    @property
    def consistent(self) -> bool:
        """Say whether the sources agree within the uncertainties they claim."""
        return self.birge <= self.critical


def weighted_mean(
    values: Sequence[float], *, u: Sequence[float] | None = None, covariance: Array | None = None, p: float = 0.95
) -> WeightedMean:
    """Return the mean of sources weighted by their uncertainties, with the Birge test.

    Parameters
    ----------
    values : sequence of float
        At least two.
    u : sequence of float
        Standard uncertainties, greater than 0; or
    covariance : array
        Their covariance matrix, where the sources share errors.

    Raises
    ------
    ComparisonError
        For fewer than two sources, or a number of uncertainties that does not fit.
    CovarianceError
        For a covariance that is not positive definite.
    """
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or len(x) < 2 or not np.isfinite(x).all():
        raise ComparisonError("uncertainty.comparison.too_few", count=len(x))
    if (u is None) == (covariance is None) or (u is not None and len(u) != len(x)):
        raise ComparisonError("uncertainty.comparison.uncertainties", count=len(x))
    matrix = np.diag(np.square(np.asarray(u, dtype=float))) if covariance is None else np.asarray(covariance, dtype=float)
    require_positive_definite(matrix, [str(number) for number in range(1, len(x) + 1)])
    weights = np.linalg.solve(matrix, np.ones_like(x))
    variance = 1 / weights.sum()
    mean = float(variance * (weights @ x))
    rest = x - mean
    chi2 = float(rest @ np.linalg.solve(matrix, rest))
    dof = len(x) - 1
    birge = math.sqrt(chi2 / dof)
    critical = birge_critical(dof, p)
    claimed = math.sqrt(variance)
    return WeightedMean(mean, claimed, chi2, dof, birge, critical, claimed * (birge if birge > critical else 1.0))


def birge_critical(dof: int, p: float = 0.95) -> float:
    """Return the Birge ratio that a share ``p`` of consistent sets stays below."""
    import scipy.special as special

    return math.sqrt(float(special.chdtri(dof, 1 - p)) / dof)


def plain_mean(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean of sources whose claims are not trusted, and the standard error from their scatter."""
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or len(x) < 2 or not np.isfinite(x).all():
        raise ComparisonError("uncertainty.comparison.too_few", count=len(x))
    return float(x.mean()), float(x.std(ddof=1) / math.sqrt(len(x)))
