"""Exponentially weighted moving average (ISO 7870-6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.uncertainty.charts.baseline import Baseline
from tanheng.uncertainty.errors import ChartError


@dataclass(frozen=True, slots=True)
class Ewma:
    """The average at each value with its limits, in the unit of the values; ``alarms`` are places (from 0) outside."""

    values: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    alarms: tuple[int, ...]


def ewma(values: Sequence[float], *, reference: Baseline, weight: float = 0.2, limit: float = 3.0) -> Ewma:
    """Chart the exponentially weighted moving average.

    Parameters
    ----------
    weight : float
        Of the newest value, λ, in (0, 1].
    limit : float
        In standard deviations of the average, L, greater than 0.

    Notes
    -----
    z_t = λ x_t + (1 − λ) z_{t−1}, z_0 = centre; limits centre ± L s sqrt(λ/(2 − λ) · (1 − (1 − λ)^{2t})).
    """
    if not (0 < weight <= 1 and limit > 0):
        raise ChartError("uncertainty.chart.ewma", weight=weight, limit=limit)
    state = 0.0
    averages, low, high = [], [], []
    for number, z in enumerate(reference.standardised(values).tolist(), start=1):
        state = weight * z + (1 - weight) * state
        half = limit * math.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * number)))
        averages.append(reference.centre + reference.s * state)
        low.append(reference.centre - reference.s * half)
        high.append(reference.centre + reference.s * half)
    alarms = tuple(place for place, value in enumerate(averages) if not low[place] <= value <= high[place])
    return Ewma(tuple(averages), tuple(low), tuple(high), alarms)
