"""Deliveries and stocks: what was consumed, and what a survey of a heap is worth.

::

    Q = P − E + (S_begin − S_end)

What both surveys share (density, method) enters them with one sign and cancels in the difference as far as the stocks are
alike: give both surveys the same ``method``, and propagation carries the covariance.
"""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.inputs import Input


def consumption(*, purchased: Number, exported: Number, stock_begin: Number, stock_end: Number) -> Number:
    """Return what was consumed in a period; all in one unit of mass or volume."""
    return purchased - exported + (stock_begin - stock_end)


def survey(
    volume: float,
    density: float,
    *,
    method: str,
    u_volume: float,
    u_density: float,
    u_method: float = 0.0,
    survey_id: str | None = None,
) -> Input:
    """Return a stock from the surveyed volume of its heap and the density of the material.

    Parameters
    ----------
    volume, density : float
        m³ and t/m³.
    method : str
        Names what all surveys of this heap share; groups ``"<method>:density"`` and ``"<method>:method"``.
    u_volume : float
        Relative standard uncertainty of one survey of the volume, drawn anew each time.
    u_density, u_method : float
        Relative standard uncertainties of the density and of the way of surveying, which stay.
    survey_id : str, optional
        Name of this survey. The survey that ends one month and begins the next is one survey: give it one name, and its
        random error is one error.
    """
    return Input.of(
        volume * density,
        [
            Component.normal(relative=u_volume, kind=Kind.RANDOM, group=survey_id, cause=Cause.REPEATABILITY),
            Component.normal(
                relative=u_density, kind=Kind.SYSTEMATIC, group=f"{method}:density", cause=Cause.REPRESENTATIVENESS
            ),
            Component.normal(relative=u_method, kind=Kind.SYSTEMATIC, group=f"{method}:method", cause=Cause.CALIBRATION),
        ],
    )
