"""The tests on a reconciliation: global, measurement, nodal, generalised likelihood ratio and VDI 2048."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlobalTest:
    """J = rᵀV⁻¹r against χ² with as many degrees of freedom as there are independent balances."""

    J: float
    dof: int
    limit: float

    @property
    def passed(self) -> bool:
        """Say whether the data agree with the balances within their uncertainties."""
        return self.J <= self.limit  # noqa: SIM300  # J is the variable


@dataclass(frozen=True, slots=True)
class MeasurementTest:
    """The adjustment of one meter in units of its standard deviation.

    Attributes
    ----------
    z : float or None
        |v|/sqrt(S_v); None for a meter that no balance can check.
    limit : float
        Family-wise limit (Šidák).
    vdi_2048 : float
        |v|/max(sqrt(S_v), sqrt(S_x/10)), S_x the variance of the measured value; at most 1.96.
    """

    z: float | None
    limit: float
    vdi_2048: float

    @property
    def passed(self) -> bool:
        """Say whether the family-wise test passes; a meter no balance can check passes."""
        return self.z is None or self.z <= self.limit

    @property
    def vdi_2048_passed(self) -> bool:
        """Say whether the criterion of VDI 2048 is kept."""
        return self.vdi_2048 <= 1.96


@dataclass(frozen=True, slots=True)
class NodalTest:
    """The residual of one balance in units of its standard deviation.

    Attributes
    ----------
    residual : float
        What the measured values leave open; None for a balance with an unmeasured stream.
    z : float or None
    loss : float or None
        Unmeasured loss (positive) or gain of this balance that would explain the data best.
    remaining : float
        J without this balance.
    """

    residual: float | None
    z: float | None
    loss: float | None
    remaining: float


@dataclass(frozen=True, slots=True)
class BiasTest:
    """Generalised likelihood ratio for an error of one meter.

    Attributes
    ----------
    T : float
        Fall of J when this meter is freed; against χ²(1).
    limit : float
    bias : float
        Measured less true value that explains the data best.
    remaining : float
        J without this meter.
    """

    T: float
    limit: float
    bias: float
    remaining: float

    @property
    def passed(self) -> bool:
        """Say whether the meter may be without error."""
        return self.T <= self.limit  # noqa: SIM300  # T is the variable


def sidak_limit(count: int, p: float = 0.95) -> float:
    """Return the limit of |z| that ``count`` independent tests together exceed with probability 1 − ``p``.

    Examples
    --------
    >>> round(sidak_limit(10), 4)
    2.7996
    """
    import scipy.special as special

    alone = 1 - p ** (1 / max(count, 1))
    return float(special.ndtri(1 - alone / 2))
