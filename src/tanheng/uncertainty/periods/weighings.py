"""Many weighings with a random part, drawn anew each time, and a common part, the scale's.

::

    u(M)² = u_r² · Σ m_i² + u_s² · (Σ m_i)²          equal loads: u_rel = sqrt(u_r²/N + u_s²)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.errors import InputError
from tanheng.uncertainty.evaluate.type_b import resolution
from tanheng.uncertainty.inputs import Input


def weighings(
    masses: Sequence[float],
    *,
    scale: str,
    u_random: float = 0.0,
    u_common: float,
    interval: float | None = None,
    tared: bool = True,
) -> Input:
    """Return the total of many weighings on one scale.

    Parameters
    ----------
    masses : sequence of float
        Net masses, each at least 0.
    scale : str
        Its name; the common part is the group ``"<scale>:calibration"``.
    u_random, u_common : float
        Relative standard uncertainties of one weighing: drawn anew, and common to all.
    interval : float, optional
        Scale interval, in the unit of the masses; it enters each weighing, twice when tared.
    tared : bool
        Each net mass is the difference of two weighings.

    Raises
    ------
    InputError
        Without masses, or for one that is negative or no number (named by its place).
    """
    if not len(masses):
        raise InputError("uncertainty.observations.too_few", count=0, least=1)
    for place, mass in enumerate(masses, start=1):
        if not (math.isfinite(mass) and mass >= 0):
            raise InputError("uncertainty.observations.not_finite", place=place, value=mass)
    total = math.fsum(masses)
    components = [
        Component.normal(u=u_common * total, kind=Kind.SYSTEMATIC, group=f"{scale}:calibration", cause=Cause.CALIBRATION)
    ]
    if u_random:
        square = math.fsum(mass * mass for mass in masses)
        components.append(Component.normal(u=u_random * math.sqrt(square), kind=Kind.RANDOM, cause=Cause.REPEATABILITY))
    if interval:
        count = len(masses) * (2 if tared else 1)
        # The sum of many rectangular errors is normal.
        u = resolution(interval).u * math.sqrt(count)
        components.append(Component.normal(u=u, kind=Kind.RANDOM, cause=Cause.RESOLUTION))
    return Input.of(total, components)
