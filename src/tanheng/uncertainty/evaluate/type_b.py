"""Type B: evaluation from certificates, limits, classes, resolution and drift (JCGM 100:2008, 4.3)."""

from __future__ import annotations

import math

from tanheng.core.states import CheckState
from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.coverage import coverage_factor
from tanheng.uncertainty.errors import InputError


def permissible_error(
    *,
    half_width: float | None = None,
    relative: float | None = None,
    group: str | None = None,
    source: str = "",
    state: CheckState | None = None,
) -> Component:
    """Return the component of an instrument known only to keep its maximum permissible error: rectangular, systematic.

    Parameters
    ----------
    half_width, relative : float
        The permissible error ±, in the unit of the reading or as a part of it; exactly one.
    group : str, optional
        The instrument; name it, so that its error stays one error over the months.
    """
    return Component.rectangular(
        half_width=half_width,
        relative=relative,
        kind=Kind.SYSTEMATIC,
        group=group,
        cause=Cause.PERMISSIBLE_ERROR,
        source=source,
        state=state,
    )


def accuracy_class(
    percent: float,
    *,
    full_scale: float | None = None,
    group: str | None = None,
    source: str = "",
    state: CheckState | None = None,
) -> Component:
    """Return the component of an accuracy class, in percent of the reading, or of ``full_scale`` where that is given.

    Parameters
    ----------
    percent : float
        Such as 0.5 for class 0.5; greater than 0.
    full_scale : float, optional
        In the unit of the reading.
    """
    if not percent > 0:
        raise InputError("uncertainty.evaluate.positive", what="percent", value=percent)
    if full_scale is None:
        return permissible_error(relative=percent / 100, group=group, source=source, state=state)
    return permissible_error(half_width=percent / 100 * abs(full_scale), group=group, source=source, state=state)


def certificate(
    *,
    U: float | None = None,  # noqa: N803  # the standard's symbol
    relative: float | None = None,
    k: float | None = None,
    p: float | None = None,
    dof: float = math.inf,
    group: str | None = None,
    source: str = "",
) -> Component:
    """Return the component of a calibration: its expanded uncertainty divided by k.

    Parameters
    ----------
    U, relative : float
        Expanded uncertainty, in the unit of the reading or as a part of it; exactly one.
    k : float
        Coverage factor as printed; or
    p : float
        The coverage probability, when no k is printed; k is then taken from ``dof``.

    Raises
    ------
    InputError
        When neither or both of ``k`` and ``p`` are given, or ``k`` is not positive. A half-width of 95 % is divided by 1.96,
        not by 2: say which of the two the certificate states.
    """
    if (k is None) == (p is None):
        raise InputError("uncertainty.evaluate.k_or_p")
    factor = coverage_factor(p, dof) if p is not None else k
    if factor is None or not factor > 0:
        raise InputError("uncertainty.evaluate.positive", what="k", value=k)
    return Component.normal(
        u=None if U is None else U / factor,
        relative=None if relative is None else relative / factor,
        dof=dof,
        kind=Kind.SYSTEMATIC,
        group=group,
        cause=Cause.CALIBRATION,
        evaluation="B",
        source=source,
    )


def resolution(step: float, *, kind: str = Kind.RANDOM, source: str = "") -> Component:
    """Return the component of a display that moves in steps of ``step``: rectangular, ± half a step."""
    if not step > 0:
        raise InputError("uncertainty.evaluate.positive", what="step", value=step)
    return Component.rectangular(half_width=step / 2, kind=kind, cause=Cause.RESOLUTION, source=source)


def drift(
    *,
    per_year: float | None = None,
    relative_per_year: float | None = None,
    years: float,
    group: str | None = None,
    source: str = "",
) -> Component:
    """Return the component of what an instrument may have moved since its calibration: rectangular, systematic.

    Parameters
    ----------
    per_year, relative_per_year : float
        Largest drift seen in a year, in the unit of the reading or as a part of it; exactly one.
    years : float
        Since the last calibration, at least 0.
    """
    if not years >= 0:
        raise InputError("uncertainty.evaluate.positive", what="years", value=years)
    return Component.rectangular(
        half_width=None if per_year is None else abs(per_year) * years,
        relative=None if relative_per_year is None else abs(relative_per_year) * years,
        kind=Kind.SYSTEMATIC,
        group=group,
        cause=Cause.DRIFT,
        source=source,
    )
