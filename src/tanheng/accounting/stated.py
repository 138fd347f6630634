"""From what a plant states of its instruments and laboratory to the evidence of an evaluation.

An instrument gives its quantity two components: the calibration (U/k of the certificate) and the maximum permissible error it
is kept within between calibrations, rectangular. Both belong to the instrument, so they are one error in all months;
instruments that share an error (one test weight, one laboratory) name a group. A certificate that ended is still evidence of
what was found then; that it ended is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tanheng.accounting.evaluation import Evidence
from tanheng.accounting.folder import Instrument, StatedComponent
from tanheng.accounting.items import item_of
from tanheng.accounting.planning.plan import canonical_unit
from tanheng.core.units import convert
from tanheng.uncertainty import Cause, Component, Nature
from tanheng.uncertainty.evaluate import certificate, permissible_error

_LABORATORY = frozenset(["net_calorific_value", "carbon", "hydrogen", "ash", "calcium_oxide", "magnesium_oxide"])


def evidence(instruments: Iterable[Instrument], components: Iterable[StatedComponent]) -> dict[str, Evidence]:
    """Return the evidence of each quantity and parameter."""
    found: dict[str, list[Component]] = {}
    for instrument in instruments:
        found.setdefault(instrument.quantity, []).extend(_of_instrument(instrument))
    for stated in components:
        found.setdefault(stated.subject, []).append(_of_statement(stated))
    return {subject: Evidence(tuple(listed), _nature(subject)) for subject, listed in found.items()}


def _nature(subject: str) -> str | None:
    item = item_of(subject)
    if item is None:
        return Nature.DEFAULT_FACTOR.value
    return Nature.LABORATORY.value if item.name in _LABORATORY else None


def _of_instrument(instrument: Instrument) -> list[Component]:
    group = instrument.group or instrument.id
    found = []
    if instrument.expanded_uncertainty is not None:
        size = _sizes(instrument.quantity, instrument.expanded_uncertainty, instrument.unit)
        k = float(instrument.coverage_factor or 2)
        found.append(
            certificate(
                U=size.get("own"),
                relative=size.get("relative"),
                k=k,
                group=f"{group}.calibration",
                source=instrument.certificate,
            )
        )
    if instrument.permissible_error is not None:
        size = _sizes(instrument.quantity, instrument.permissible_error, instrument.unit)
        found.append(
            permissible_error(
                half_width=size.get("own"), relative=size.get("relative"), group=f"{group}.error", source=instrument.id
            )
        )
    return found


def _sizes(subject: str, size: Decimal, unit: str) -> Mapping[str, float]:
    """Return a size as a part of the value, or in the unit the quantity is calculated in."""
    if unit == "%":
        return {"relative": float(size / 100)}
    return {"own": float(convert(size, unit, canonical_unit(subject, unit)))}


def _of_statement(stated: StatedComponent) -> Component:
    size = _sizes(stated.subject, stated.size / (stated.k or 1) if stated.stated == "expanded" else stated.size, stated.unit)
    traits: dict[str, Any] = {  # the keywords of Component's builders
        "kind": stated.kind,
        "group": stated.group or (f"{stated.subject}.{stated.cause}" if stated.kind == "systematic" else None),
        "cause": Cause(stated.cause),
        "source": stated.source,
    }
    if stated.dof is not None:
        traits["dof"] = float(stated.dof)
    own, relative = size.get("own"), size.get("relative")
    if stated.stated == "half-width" and stated.shape != "normal":
        made: Component = getattr(Component, stated.shape)(half_width=own, relative=relative, **traits)
        return made
    return Component.normal(u=own, relative=relative, **traits)
