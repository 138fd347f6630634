"""Monthly averages of laboratory values, weighted by the mass each value speaks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.errors import InputError
from tanheng.uncertainty.inputs import Input, Nature


@dataclass(frozen=True, slots=True)
class Analysed:
    """One analysed lot.

    Attributes
    ----------
    value : float
        Result of the laboratory.
    mass : float
        Mass the result speaks for, greater than 0.
    u_mass : float
        Relative standard uncertainty of that mass, the random part.
    """

    value: float
    mass: float
    u_mass: float = 0.0


def weighted_average(lots: Sequence[Analysed], *, components: Sequence[Component], laboratory: bool = True) -> Input:
    """Return Σ m·v / Σ m with the uncertainty of results and weights.

    Parameters
    ----------
    lots : sequence of Analysed
    components : sequence of Component
        Those of **one** result. A random one is drawn anew for each lot and averages out; a systematic one stays.
    laboratory : bool
        The budget is complete only with components for sampling and preparation.

    Raises
    ------
    InputError
        Without lots, or for a mass that is not positive.

    Notes
    -----
    random: u·sqrt(Σ w_i²); systematic: u; weights: sqrt(Σ ((v_i − v̄)·w_i·u_m,i)²), with w_i = m_i/Σ m. A common error of
    all masses (the scale's calibration) leaves the average as it is.
    """
    if not lots:
        raise InputError("uncertainty.observations.too_few", count=0, least=1)
    for place, lot in enumerate(lots, start=1):
        if not (math.isfinite(lot.value) and math.isfinite(lot.mass) and lot.mass > 0):
            raise InputError("uncertainty.observations.not_finite", place=place, value=f"{lot.value}, {lot.mass}")
    total = math.fsum(lot.mass for lot in lots)
    mean = math.fsum(lot.mass * lot.value for lot in lots) / total
    parts: list[Component] = []
    for component in components:
        if component.kind is Kind.SYSTEMATIC or component.group is not None:
            u = abs(math.fsum(lot.mass * _signed(component, lot.value) for lot in lots)) / total
            parts.append(_resized(component, u))
        else:
            u = math.sqrt(math.fsum((lot.mass * component.at(lot.value)) ** 2 for lot in lots)) / total
            # The mean of several errors of a bounded shape is closer to normal than to that shape.
            many = Component.normal(
                u=u,
                dof=component.dof,
                kind=component.kind,
                cause=component.cause,
                evaluation=component.evaluation,
                source=component.source,
                state=component.state,
            )
            parts.append(many if len(lots) > 1 else _resized(component, u))
    weights = math.sqrt(math.fsum((lot.mass * lot.u_mass * (lot.value - mean)) ** 2 for lot in lots)) / total
    if weights:
        parts.append(Component.normal(u=weights, kind=Kind.RANDOM, cause=Cause.OTHER, source="weights"))
    return Input.of(mean, parts, nature=Nature.LABORATORY if laboratory else None)


def _signed(component: Component, value: float) -> float:
    return component.u * value if component.relative else component.u


def _resized(component: Component, u: float) -> Component:
    from dataclasses import replace

    return replace(component, u=u, relative=False)
