"""The baseline of a chart: no baseline, no verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import ChartError


@dataclass(frozen=True, slots=True)
class Baseline:
    """Centre and standard deviation of a process known to be in control.

    Attributes
    ----------
    centre, s : float
        ``s`` greater than 0.
    n : int or None
        Values it was taken from; None where it was given.
    """

    centre: float
    s: float
    n: int | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.centre) and math.isfinite(self.s) and self.s > 0):
            raise ChartError("uncertainty.chart.baseline", centre=self.centre, s=self.s)

    def standardised(self, values: Sequence[float]) -> Array:
        """Return (x − centre)/s.

        Raises
        ------
        ChartError
            For a value that is no finite number, named by its place.
        """
        x = np.asarray(values, dtype=float)
        if x.ndim != 1 or not np.isfinite(x).all():
            place = int(np.argmin(np.isfinite(x))) if x.ndim == 1 else 0
            raise ChartError("uncertainty.chart.value", place=place + 1)
        return (x - self.centre) / self.s


def baseline(values: Sequence[float], *, least: int = 20, moving_range: bool = False) -> Baseline:
    """Return the baseline of a reference period.

    Parameters
    ----------
    values : sequence of float
    least : int
        Values it takes at least; 20 to 25 are usual for a chart of single values.
    moving_range : bool
        Estimate s from the differences of neighbours (mean moving range / 1.128), which a slow drift does not inflate.

    Raises
    ------
    ChartError
        For fewer values than ``least``, or values that do not vary.
    """
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or len(x) < max(2, least):
        raise ChartError("uncertainty.chart.too_few", count=x.size, least=max(2, least))
    if not np.isfinite(x).all():
        raise ChartError("uncertainty.chart.value", place=int(np.argmin(np.isfinite(x))) + 1)
    # 1.128379 = 2/√π, the mean distance of two draws from a normal distribution in units of s (ISO 7870-2, d2 for n = 2).
    s = float(np.abs(np.diff(x)).mean() * math.sqrt(math.pi) / 2) if moving_range else float(x.std(ddof=1))
    return Baseline(float(x.mean()), s, len(x))
