"""Covariance matrices: what makes one valid, and the pair to blame when it is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import CovarianceError


def require_positive_definite(matrix: Array, names: Sequence[str]) -> None:
    """Refuse a covariance or correlation matrix that is not positive definite, naming the pair.

    Raises
    ------
    CovarianceError
        Names the pair: the one whose correlation alone is impossible, else the one that weighs most in the direction in
        which the matrix has a variance of zero or less.
    """
    require_symmetric(matrix, names)
    spread = np.sqrt(np.abs(np.diag(matrix)))
    for i, name in enumerate(names):
        if not matrix[i, i] > 0:
            raise CovarianceError("uncertainty.covariance.variance", name=name, value=float(matrix[i, i]))
    correlation = matrix / np.outer(spread, spread)
    beyond = np.argwhere(np.triu(~(np.abs(correlation) < 1), k=1))
    if len(beyond):
        i, j = (int(place) for place in beyond[0])
        raise CovarianceError("uncertainty.covariance.range", a=names[i], b=names[j], r=float(correlation[i, j]))
    if not np.triu(correlation, k=1).any():
        return  # uncorrelated, with positive variances
    values, vectors = np.linalg.eigh(correlation)
    if values[0] > len(names) * np.finfo(float).eps:
        return
    direction = vectors[:, 0]
    weight = correlation * np.outer(direction, direction)
    np.fill_diagonal(weight, np.inf)
    i, j = sorted(int(place) for place in np.unravel_index(int(np.argmin(weight)), weight.shape))
    raise CovarianceError(
        "uncertainty.covariance.not_positive", a=names[i], b=names[j], r=float(correlation[i, j]), lowest=float(values[0])
    )


def require_symmetric(matrix: Array, names: Sequence[str]) -> None:
    """Refuse a matrix of the wrong size, with a value that is no number, or not equal to its transpose.

    Raises
    ------
    CovarianceError
        Names the entry.
    """
    size = len(names)
    if matrix.shape != (size, size):
        raise CovarianceError("uncertainty.covariance.size", rows=matrix.shape, wanted=size)
    if not np.isfinite(matrix).all():
        i, j = (int(place) for place in np.argwhere(~np.isfinite(matrix))[0])
        raise CovarianceError("uncertainty.covariance.number", a=names[i], b=names[j])
    u = np.sqrt(np.abs(np.diag(matrix)))
    unlike = np.abs(matrix - matrix.T) > 1e-9 * np.outer(u, u) + 1e-300
    if unlike.any():
        i, j = (int(place) for place in np.argwhere(unlike)[0])
        raise CovarianceError("uncertainty.covariance.asymmetric", a=names[i], b=names[j])
