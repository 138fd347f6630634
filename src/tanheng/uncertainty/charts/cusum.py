"""Cumulative sums (ISO 7870-4): small, lasting shifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.uncertainty.charts.baseline import Baseline
from tanheng.uncertainty.errors import ChartError


@dataclass(frozen=True, slots=True)
class Cusum:
    """Both sums at each value, in standard deviations, and where they exceed the decision limit.

    Attributes
    ----------
    upper, lower : tuple of float
    alarms : tuple of int
        Places (from 0) at which a sum lies above ``h``.
    begins : int or None
        Place from which the sum of the first alarm has been rising: where the shift probably began.
    """

    upper: tuple[float, ...]
    lower: tuple[float, ...]
    alarms: tuple[int, ...]
    begins: int | None


def cusum(values: Sequence[float], *, reference: Baseline, k: float = 0.5, h: float = 5.0) -> Cusum:
    """Sum deviations beyond an allowance.

    Parameters
    ----------
    k : float
        Allowance in standard deviations: half the shift that is to be found. At least 0.
    h : float
        Decision limit in standard deviations, greater than 0.

    Notes
    -----
    S⁺_t = max(0, S⁺_{t−1} + z_t − k), S⁻ with −z_t.
    """
    if not (k >= 0 and h > 0):
        raise ChartError("uncertainty.chart.cusum", k=k, h=h)
    z = reference.standardised(values).tolist()
    upper, lower = tabular_sums(z, k)
    alarms = tuple(place for place in range(len(z)) if upper[place] > h or lower[place] > h)
    begins = None
    if alarms:
        rising = upper if upper[alarms[0]] > h else lower
        begins = alarms[0]
        while begins > 0 and rising[begins - 1] > 0:
            begins -= 1
    return Cusum(upper, lower, alarms, begins)


def tabular_sums(deviations: Sequence[float], allowance: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the upper and the lower cumulative sum of deviations."""
    upper: list[float] = []
    lower: list[float] = []
    high = low = 0.0
    for deviation in deviations:
        high = max(0.0, high + deviation - allowance)
        low = max(0.0, low - deviation - allowance)
        upper.append(high)
        lower.append(low)
    return tuple(upper), tuple(lower)
