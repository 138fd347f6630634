"""Validation of a GUM result by a Monte Carlo run (JCGM 101:2008, clause 8)."""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.uncertainty.adaptive import numerical_tolerance
from tanheng.uncertainty.gum import Propagated
from tanheng.uncertainty.samples import MonteCarlo


@dataclass(frozen=True, slots=True)
class Validation:
    """How far the ends of the GUM interval lie from those of the Monte Carlo run.

    Attributes
    ----------
    accepted : bool
        Both differences are at most ``delta``. Otherwise the Monte Carlo result is the one to report.
    delta : float
        Numerical tolerance of u to the wanted digits.
    d_low, d_high : float
    gum, monte_carlo : tuple of float
        The two intervals.
    """

    accepted: bool
    delta: float
    d_low: float
    d_high: float
    gum: tuple[float, float]
    monte_carlo: tuple[float, float]


def validate(gum: Propagated, run: MonteCarlo, *, p: float = 0.95, digits: int = 1, kind: str = "symmetric") -> Validation:
    """Return whether a GUM result may stand for the distribution, to ``digits`` significant digits of u.

    Parameters
    ----------
    kind : {"symmetric", "shortest"}
        The Monte Carlo interval to compare with.
    """
    half = gum.expanded(p).U
    low, high = run.interval(p, kind)
    delta = numerical_tolerance(gum.u, digits)
    d_low, d_high = abs(gum.value - half - low), abs(gum.value + half - high)
    return Validation(
        d_low <= delta and d_high <= delta, delta, d_low, d_high, (gum.value - half, gum.value + half), (low, high)
    )
