"""Annual mass of a stack from its hours: random parts fall with the number of independent hours, systematic parts never.

::

    m = Σ c_i·Q_i·Δt          u(m)/m = sqrt(u_c,sys² + u_Q,sys² + u_H2O,sys² + u_r²/n_eff)
    n_eff = n / (1 + 2 Σ_{k≥1} (1 − k/n)·ρ_k)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.errors import InputError
from tanheng.uncertainty.evaluate.type_a import effective_number
from tanheng.uncertainty.inputs import Input


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a period, and what they are worth.

    Attributes
    ----------
    input : Input
        The sum with its components.
    n, n_effective : int, float
    u_random, u_systematic : float
        Relative standard uncertainties of the sum.
    """

    input: Input
    n: int
    n_effective: float
    u_random: float
    u_systematic: float

    @property
    def relative(self) -> float:
        """Relative standard uncertainty of the sum."""
        return math.hypot(self.u_random, self.u_systematic)


def hourly_sum(
    masses: Sequence[float],
    *,
    stack: str,
    u_random: float,
    systematic: Mapping[str, float],
    rho: Sequence[float] = (),
    groups: Mapping[str, str] | None = None,
) -> Hours:
    """Return the mass of a period from the masses of its hours.

    Parameters
    ----------
    masses : sequence of float
        Mass of each hour, at least 0.
    stack : str
        Its name, of which the groups of the systematic parts are built: ``"<stack>:<part>"``.
    u_random : float
        Relative standard uncertainty of one hour, the random part.
    systematic : Mapping of part to float
        Relative standard uncertainties that stay, such as ``{"concentration": 0.01, "flow": 0.02, "moisture": 0.005}``.
    rho : sequence of float
        Autocorrelation of the random part at lag 1, 2, … hours.
    groups : Mapping of part to str, optional
        Group names for parts that are shared with other points, such as a gas bottle.

    Raises
    ------
    InputError
        Without hours, for an hour that is negative or no number, or an autocorrelation out of range.

    Notes
    -----
    The random part of unequal hours is u_r·sqrt(Σ m_i²·n/n_eff).
    """
    if not len(masses):
        raise InputError("uncertainty.observations.too_few", count=0, least=1)
    for place, mass in enumerate(masses, start=1):
        if not (math.isfinite(mass) and mass >= 0):
            raise InputError("uncertainty.observations.not_finite", place=place, value=mass)
    n = len(masses)
    effective = effective_number(n, rho)
    total = math.fsum(masses)
    u = u_random * math.sqrt(math.fsum(mass * mass for mass in masses) * n / effective)
    components = [
        Component.normal(u=u, kind=Kind.RANDOM, cause=Cause.REPEATABILITY, source=f"n = {n}, n_eff = {effective:.0f}")
    ]
    named = groups or {}
    components += [
        Component.normal(
            relative=size, kind=Kind.SYSTEMATIC, group=named.get(part, f"{stack}:{part}"), cause=Cause.CALIBRATION, source=part
        )
        for part, size in systematic.items()
    ]
    lasting = math.hypot(*systematic.values()) if systematic else 0.0
    return Hours(Input.of(total, components), n, effective, u / total if total else 0.0, lasting)
