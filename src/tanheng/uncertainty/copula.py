"""Correlated inputs that are not normal: the correlation their normal parents must have (Nataf's transformation)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tanheng.uncertainty.covariance import require_positive_definite
from tanheng.uncertainty.distribution import Array, Law, Shape
from tanheng.uncertainty.errors import CovarianceError

_NODES = 48  # Gauss–Hermite nodes in each direction; r is met within 1e-4 for all shapes


def normal_correlation(wanted: Array, laws: Sequence[Law], names: Sequence[str]) -> Array:
    """Return the correlations of standard normal parents that give the inputs the correlations ``wanted``.

    Raises
    ------
    CovarianceError
        When two shapes cannot be that strongly correlated, or a t distribution has no variance to speak of.
    """
    result = wanted.copy()
    for i in range(len(laws)):
        for j in range(i):
            if wanted[i, j] and (laws[i].shape is not Shape.NORMAL or laws[j].shape is not Shape.NORMAL):
                parent = _parent(float(wanted[i, j]), laws[i], laws[j])
                if parent is None:
                    raise CovarianceError("uncertainty.covariance.unreachable", a=names[j], b=names[i], r=float(wanted[i, j]))
                result[i, j] = result[j, i] = parent
    require_positive_definite(result, names)
    return result


def _parent(wanted: float, first: Law, second: Law) -> float | None:
    import scipy.optimize as optimize

    if not (np.isfinite(first.deviation) and np.isfinite(second.deviation)):
        return None
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()

    one = _carried(first, nodes)
    scale = first.deviation * second.deviation

    def reached(parent: float) -> float:
        other = _carried(second, parent * nodes[:, None] + np.sqrt(1 - parent * parent) * nodes[None, :])
        return float(weights @ (one * (other @ weights))) / scale

    low, high = -1 + 1e-9, 1 - 1e-9
    if not reached(low) < wanted < reached(high):
        return None
    return float(optimize.brentq(lambda parent: reached(parent) - wanted, low, high, xtol=1e-10))


def _carried(law: Law, z: Array) -> Array:
    return z if law.shape is Shape.NORMAL else law.carried(z)
