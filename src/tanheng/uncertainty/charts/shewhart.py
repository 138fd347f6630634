"""Shewhart chart of single values, with the run rules of ISO 7870-2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tanheng.uncertainty.charts.baseline import Baseline
from tanheng.uncertainty.errors import ChartError


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart with its limits and what lies outside.

    Attributes
    ----------
    warning, action : tuple of float
        Lower and upper limit.
    warnings, actions : tuple of int
        Places (from 0) outside the warning and the action limits.
    runs : tuple of int
        Places at which a run on one side of the centre has reached its length.
    trends : tuple of int
        Places at which a steady rise or fall has reached its length.
    """

    warning: tuple[float, float]
    action: tuple[float, float]
    warnings: tuple[int, ...]
    actions: tuple[int, ...]
    runs: tuple[int, ...]
    trends: tuple[int, ...]

    @property
    def in_control(self) -> bool:
        """Say whether nothing asks for action."""
        return not (self.actions or self.runs or self.trends)


def shewhart(
    values: Sequence[float],
    *,
    reference: Baseline,
    warning: float = 2.0,
    action: float = 3.0,
    run: int = 9,
    trend: int = 6,
) -> Charted:
    """Chart ``values`` against a baseline.

    Parameters
    ----------
    warning, action : float
        Limits in standard deviations, ``0 < warning < action``.
    run : int
        Values in a row on one side of the centre.
    trend : int
        Values in a row that rise, or fall.

    Raises
    ------
    ChartError
        For limits out of order, or a value that is no number.
    """
    if not 0 < warning < action or run < 2 or trend < 3:
        raise ChartError("uncertainty.chart.limits", warning=warning, action=action, run=run, trend=trend)
    z = reference.standardised(values)
    return Charted(
        (reference.centre - warning * reference.s, reference.centre + warning * reference.s),
        (reference.centre - action * reference.s, reference.centre + action * reference.s),
        tuple(int(i) for i in np.flatnonzero(np.abs(z) > warning)),
        tuple(int(i) for i in np.flatnonzero(np.abs(z) > action)),
        _streaks([1 if value > 0 else -1 if value < 0 else 0 for value in z.tolist()], run),
        tuple(place + 1 for place in _streaks(np.sign(np.diff(z)).astype(int).tolist(), trend - 1)),
    )


def _streaks(signs: Sequence[int], length: int) -> tuple[int, ...]:
    """Return the places at which a streak of equal non-zero signs has reached ``length`` or goes on beyond it."""
    found = []
    streak, last = 0, 0
    for place, sign in enumerate(signs):
        streak = streak + 1 if sign == last and sign else (1 if sign else 0)
        last = sign
        if streak >= length:
            found.append(place)
    return tuple(found)
