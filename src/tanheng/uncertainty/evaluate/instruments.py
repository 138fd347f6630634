"""The instruments of a cement plant: what their class, scale interval or error limits amount to.

An instrument is named by ``instrument``; its systematic components form groups of that name, one for each physical error,
so that its calibration stays one error whatever it measures and over all months. Classes and limits come from the
certificate in force; the one table held here is the initial permissible error of weighing instruments of medium accuracy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tanheng.core.states import CheckState
from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.errors import InputError
from tanheng.uncertainty.evaluate.type_b import accuracy_class, permissible_error, resolution


@dataclass(frozen=True, slots=True)
class ScaleStep:
    """Up to ``intervals`` scale intervals the permissible error is ``errors`` scale intervals."""

    intervals: float
    errors: float


#: Initial permissible errors of weighing instruments of class III, in scale intervals e (JJG 539-2016, after OIML R 76;
#: ``secondary``). In service they are doubled.
MEDIUM_ACCURACY: tuple[ScaleStep, ...] = (ScaleStep(500, 0.5), ScaleStep(2000, 1.0), ScaleStep(10_000, 1.5))


def _positive(**numbers: float) -> None:
    for what, value in numbers.items():
        if not (math.isfinite(value) and value > 0):
            raise InputError("uncertainty.evaluate.positive", what=what, value=value)


def belt_scale(
    *, instrument: str, class_percent: float, s_relative: float = 0.0, zero_relative: float = 0.0
) -> list[Component]:
    """Return the components of a belt scale for a totalised mass.

    Parameters
    ----------
    class_percent : float
        Permissible error in service, percent of the mass (class 0.5: 0.5).
    s_relative : float
        Repeatability of a totalisation of this length, as a part of the mass.
    zero_relative : float
        Largest change of zero between two zero settings, as a part of the mass; it stays until the next setting.
    """
    parts = [
        accuracy_class(class_percent, group=f"{instrument}:calibration", source=f"class {class_percent:g}"),
    ]
    if zero_relative:
        parts.append(
            Component.rectangular(relative=zero_relative, kind=Kind.SYSTEMATIC, group=f"{instrument}:zero", cause=Cause.DRIFT)
        )
    if s_relative:
        parts.append(Component.normal(relative=s_relative, kind=Kind.RANDOM, cause=Cause.REPEATABILITY))
    return parts


def scale_permissible_error(
    load: float, *, e: float, in_service: bool = True, table: tuple[ScaleStep, ...] = MEDIUM_ACCURACY
) -> float:
    """Return the permissible error ± of a weighing, in the unit of the load.

    Parameters
    ----------
    load : float
        0 to the largest load of the table.
    e : float
        Verification scale interval, in the unit of the load.

    Raises
    ------
    InputError
        For a load beyond the table.

    Examples
    --------
    >>> scale_permissible_error(45_000, e=20)  # kg on a truck scale of 20 kg: 2250 e, 2 × 1.5 e
    60.0
    """
    _positive(e=e)
    for step in table:
        if 0 <= load <= step.intervals * e:
            return step.errors * e * (2 if in_service else 1)
    raise InputError("uncertainty.evaluate.load", load=load, largest=table[-1].intervals * e)


def truck_scale(
    *,
    instrument: str,
    gross: float,
    tare: float,
    e: float,
    in_service: bool = True,
    table: tuple[ScaleStep, ...] = MEDIUM_ACCURACY,
) -> list[Component]:
    """Return the components of one net weight, gross less tare, on a truck scale.

    Gross and tare are weighed on the same scale: a calibration error proportional to the load acts on the net weight alone
    and is shared by all trucks; the scale interval is drawn anew twice for each truck.

    Parameters
    ----------
    gross, tare, e : float
        In one unit of mass; gross greater than tare.
    """
    if not gross > tare >= 0:
        raise InputError("uncertainty.evaluate.gross_tare", gross=gross, tare=tare)
    limit = scale_permissible_error(gross, e=e, in_service=in_service, table=table)
    common = Component.rectangular(
        half_width=limit * (gross - tare) / gross,
        kind=Kind.SYSTEMATIC,
        group=f"{instrument}:calibration",
        cause=Cause.PERMISSIBLE_ERROR,
        source=f"e = {e:g}",
        state=CheckState.SECONDARY,
    )
    return [common, resolution(e, source="gross"), resolution(e, source="tare")]


def electricity_meter(
    *,
    instrument: str,
    class_percent: float,
    ct_percent: float = 0.0,
    pt_percent: float = 0.0,
    phase_relative: float = 0.0,
) -> list[Component]:
    """Return the components of metered energy: meter, current and voltage transformers, phase error.

    Parameters
    ----------
    class_percent, ct_percent, pt_percent : float
        Ratio errors allowed by the class, percent of the reading (0.5S: 0.5).
    phase_relative : float
        Error of the energy from the phase displacement at the plant's power factor, as a part of it.
    """
    parts = [accuracy_class(class_percent, group=f"{instrument}:meter", source=f"class {class_percent:g}")]
    for what, percent in (("current-transformer", ct_percent), ("voltage-transformer", pt_percent)):
        if percent:
            parts.append(accuracy_class(percent, group=f"{instrument}:{what}", source=f"class {percent:g}"))
    if phase_relative:
        parts.append(permissible_error(relative=phase_relative, group=f"{instrument}:phase"))
    return parts


def flow_meter(
    *,
    instrument: str,
    class_percent: float,
    full_scale: float | None = None,
    temperature_u: float = 0.0,
    temperature: float = 273.15,
    pressure_u: float = 0.0,
    pressure: float = 101.325,
) -> list[Component]:
    """Return the components of a gas volume at standard conditions.

    Parameters
    ----------
    class_percent, full_scale : float
        Class, of the reading or of the full scale.
    temperature_u, temperature : float
        Standard uncertainty and value of the gas temperature (K): V ∝ 1/T.
    pressure_u, pressure : float
        Of the absolute pressure, in one unit: V ∝ p.
    """
    _positive(temperature=temperature, pressure=pressure)
    parts = [
        accuracy_class(class_percent, full_scale=full_scale, group=f"{instrument}:flow", source=f"class {class_percent:g}")
    ]
    for what, u, value in (("temperature", temperature_u, temperature), ("pressure", pressure_u, pressure)):
        if u:
            parts.append(
                Component.normal(relative=u / value, kind=Kind.SYSTEMATIC, group=f"{instrument}:{what}", cause=Cause.INFLUENCE)
            )
    return parts


def gas_analyser(
    *,
    instrument: str,
    error_relative: float,
    full_scale: float,
    zero_drift: float = 0.0,
    span_drift: float = 0.0,
    reference_gas_relative: float = 0.0,
    reference_gas_k: float = 2.0,
    interference: float = 0.0,
    reference_gas: str | None = None,
) -> list[Component]:
    """Return the components of a concentration.

    Parameters
    ----------
    error_relative : float
        Indication error allowed, as a part of the reading.
    full_scale : float
        In the unit of the reading; zero and span drift and interference are parts of it.
    reference_gas_relative, reference_gas_k : float
        Expanded uncertainty of the gas bottle, as a part of its value, and its k.
    reference_gas : str, optional
        Number of the bottle: analysers adjusted with one bottle share its error.
    """
    _positive(full_scale=full_scale, reference_gas_k=reference_gas_k)
    parts = [permissible_error(relative=error_relative, group=f"{instrument}:calibration")]
    for what, share, cause in (
        ("zero", zero_drift, Cause.DRIFT),
        ("span", span_drift, Cause.DRIFT),
        ("interference", interference, Cause.INFLUENCE),
    ):
        if share:
            half_width = share * full_scale
            parts.append(
                Component.rectangular(half_width=half_width, kind=Kind.SYSTEMATIC, group=f"{instrument}:{what}", cause=cause)
            )
    if reference_gas_relative:
        parts.append(
            Component.normal(
                relative=reference_gas_relative / reference_gas_k,
                kind=Kind.SYSTEMATIC,
                group=reference_gas or f"{instrument}:reference-gas",
                cause=Cause.CALIBRATION,
            )
        )
    return parts


def calorimeter(
    *,
    instrument: str,
    repeatability: float,
    determinations: int = 2,
    heat_capacity_relative: float,
    benzoic_acid_relative: float = 0.0,
) -> list[Component]:
    """Return the components of a calorific value: determinations, heat capacity, benzoic acid.

    Sampling and preparation are not part of it: they speak for the coal and are added with
    :func:`~tanheng.uncertainty.evaluate.sampling` and :func:`~tanheng.uncertainty.evaluate.preparation`.

    Parameters
    ----------
    repeatability : float
        Repeatability limit r of the method, in the unit of the value (GB/T 213: 120 J/g).
    determinations : int
        Number whose mean is reported.
    heat_capacity_relative, benzoic_acid_relative : float
        Standard uncertainties of the calibration, as parts of the value.
    """
    from tanheng.uncertainty.evaluate.laboratory import repeatability_limit

    parts = [
        repeatability_limit(repeatability, determinations=determinations),
        Component.normal(
            relative=heat_capacity_relative,
            kind=Kind.SYSTEMATIC,
            group=f"{instrument}:heat-capacity",
            cause=Cause.CALIBRATION,
        ),
    ]
    if benzoic_acid_relative:
        parts.append(
            Component.normal(
                relative=benzoic_acid_relative, kind=Kind.SYSTEMATIC, group="benzoic-acid", cause=Cause.CALIBRATION
            )
        )
    return parts


def xrf(
    *, instrument: str, s: float, determinations: int = 1, calibration_u: float, drift_half_width: float = 0.0
) -> list[Component]:
    """Return the components of a mass fraction by X-ray fluorescence: counting, calibration line, drift of the monitor.

    Parameters
    ----------
    s : float
        Standard deviation of one determination, in the unit of the value.
    calibration_u : float
        Standard uncertainty of the calibration line at this value (:mod:`tanheng.uncertainty.line` gives it).
    drift_half_width : float
        Largest change of the monitor sample between two corrections.
    """
    if determinations < 1:
        raise InputError("uncertainty.evaluate.positive", what="determinations", value=determinations)
    parts = [
        Component.normal(u=s / math.sqrt(determinations), kind=Kind.RANDOM, cause=Cause.REPEATABILITY),
        Component.normal(u=calibration_u, kind=Kind.SYSTEMATIC, group=f"{instrument}:calibration", cause=Cause.CALIBRATION),
    ]
    if drift_half_width:
        parts.append(
            Component.rectangular(
                half_width=drift_half_width, kind=Kind.SYSTEMATIC, group=f"{instrument}:drift", cause=Cause.DRIFT
            )
        )
    return parts
