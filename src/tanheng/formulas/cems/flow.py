"""Volume flow of the flue gas: from the velocity in the duct to dry standard state."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="cems.mean_velocity",
    document="HJ 75-2017",
    clause="calculation annex, equation (29)",
    unit="m/s",
    check=CheckState.SECONDARY,
    title={"zh": "断面平均流速", "en": "Mean velocity over the duct"},
    symbols={"field_coefficient": "K_v", "velocity": "V_p"},
)
def mean_velocity(*, field_coefficient: Number, velocity: Number) -> Number:
    """Mean velocity over the cross-section of the duct.

    Parameters
    ----------
    field_coefficient : 1
        Velocity-field coefficient.
    velocity : m/s
        Measured at the point or on the line of the instrument.

    Notes
    -----
    V_s = K_v · V_p

    Examples
    --------
    >>> from decimal import Decimal
    >>> mean_velocity(field_coefficient=Decimal("0.96"), velocity=Decimal("15.625"))
    Decimal('15.00000')
    """
    return field_coefficient * velocity


@formula(
    id="cems.actual_wet_flow",
    document="HJ 75-2017",
    clause="calculation annex, equation (30)",
    unit="m3/h",
    check=CheckState.SECONDARY,
    title={"zh": "工况湿烟气流量", "en": "Wet flow at actual state"},
    symbols={"area": "F", "velocity": "V_s"},
)
def actual_wet_flow(*, area: Number, velocity: Number) -> Number:
    """Volume flow of the wet gas as it is in the duct.

    Parameters
    ----------
    area : m2
        Cross-section at the measuring plane.
    velocity : m/s
        Mean over the cross-section.

    Notes
    -----
    Q_s = 3600 · F · V_s

    Examples
    --------
    >>> from decimal import Decimal
    >>> actual_wet_flow(area=Decimal("12.57"), velocity=Decimal("15.0"))
    Decimal('678780.000')
    """
    return area * velocity * 3600


@formula(
    id="cems.standard_wet_flow",
    document="HJ 75-2017",
    clause="calculation annex, equation (31)",
    unit="Nm3/h",
    check=CheckState.SECONDARY,
    title={"zh": "标态湿烟气流量", "en": "Wet flow at standard state"},
    symbols={
        "actual_wet_flow": "Q_s",
        "temperature": "t_s",
        "ambient_pressure": "B_a",
        "static_pressure": "P_s",
    },
)
def standard_wet_flow(
    *, actual_wet_flow: Number, temperature: Number, ambient_pressure: Number, static_pressure: Number
) -> Number:
    """Volume flow of the wet gas at standard state.

    Parameters
    ----------
    actual_wet_flow : m3/h
    temperature : degC
        Of the gas.
    ambient_pressure : Pa
    static_pressure : Pa
        Gauge pressure in the duct; negative under draught.

    Notes
    -----
    Q_sw = Q_s · 273 / (273 + t_s) · (B_a + P_s) / 101325

    The annex prints the dry flow; this is it without its factor (1 − X_sw). 273 K is printed, not 273.15 K.

    Examples
    --------
    >>> from decimal import Decimal
    >>> flow = standard_wet_flow(actual_wet_flow=Decimal(678780), temperature=Decimal(120),
    ...                          ambient_pressure=Decimal(98000), static_pressure=Decimal(-300))
    >>> round(flow, 3)
    Decimal('454649.885')
    """
    return actual_wet_flow * 273 / (273 + temperature) * (ambient_pressure + static_pressure) / 101325


@formula(
    id="cems.standard_dry_flow",
    document="HJ 75-2017",
    clause="calculation annex, equation (31)",
    unit="Nm3/h",
    check=CheckState.SECONDARY,
    title={"zh": "标态干烟气流量", "en": "Dry flow at standard state"},
    symbols={
        "actual_wet_flow": "Q_s",
        "temperature": "t_s",
        "ambient_pressure": "B_a",
        "static_pressure": "P_s",
        "moisture": "X_sw",
    },
)
def standard_dry_flow(
    *, actual_wet_flow: Number, temperature: Number, ambient_pressure: Number, static_pressure: Number, moisture: Number
) -> Number:
    """Volume flow of the dry gas at standard state.

    Parameters
    ----------
    actual_wet_flow : m3/h
    temperature : degC
        Of the gas.
    ambient_pressure : Pa
    static_pressure : Pa
        Gauge pressure in the duct; negative under draught.
    moisture : 1
        Water vapour as volume fraction of the wet gas, 0 to below 1.

    Notes
    -----
    Q_sn = Q_s · 273 / (273 + t_s) · (B_a + P_s) / 101325 · (1 − X_sw)

    Examples
    --------
    >>> from decimal import Decimal
    >>> flow = standard_dry_flow(actual_wet_flow=Decimal(678780), temperature=Decimal(120),
    ...                          ambient_pressure=Decimal(98000), static_pressure=Decimal(-300),
    ...                          moisture=Decimal("0.08"))
    >>> round(flow, 3)
    Decimal('418277.894')
    """
    return actual_wet_flow * 273 / (273 + temperature) * (ambient_pressure + static_pressure) / 101325 * (1 - moisture)
