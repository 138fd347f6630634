"""A wet quantity at another place, basis or moisture: chooses the formula, applies it, and says which it was."""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.core.errors import QuantityError
from tanheng.core.numbers import Number
from tanheng.core.quantities import Condition, WetQuantity
from tanheng.core.units import unit
from tanheng.formulas.basis.heat_value import net_calorific_value_at_moisture
from tanheng.formulas.basis.moisture import fraction_at_moisture, mass_at_moisture


@dataclass(frozen=True, slots=True)
class Converted:
    """A quantity in its new condition, and the id of the formula that took it there."""

    quantity: WetQuantity
    formula: str


def converted(quantity: WetQuantity, target: Condition) -> Converted:
    """Return the same material's quantity in the ``target`` condition.

    Parameters
    ----------
    quantity : WetQuantity
        A mass, a net calorific value per mass, or a mass fraction (carbon, ash; also as tC/t).
    target : Condition
        With its moisture.

    Raises
    ------
    QuantityError
        When one of the two moistures is missing, or the unit has no relation to moisture.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from tanheng.core.quantities import Basis, Place
    >>> delivered = Condition(Place.DELIVERED, Basis.AS_RECEIVED, Decimal("0.10"))
    >>> kiln = Condition(Place.KILN, Basis.AS_RECEIVED, Decimal("0.04"))
    >>> coal = WetQuantity(name="coal", value=Decimal(1000), unit="t", condition=delivered)
    >>> converted(coal, kiln).quantity.value
    Decimal('937.5')
    """
    moisture = _moisture(quantity, quantity.condition, "own")
    target_moisture = _moisture(quantity, target, "target")
    value, formula = _apply(quantity, moisture, target_moisture)
    return Converted(WetQuantity(name=quantity.name, value=value, unit=quantity.unit, condition=target), formula)


def _apply(quantity: WetQuantity, moisture: Number, target_moisture: Number) -> tuple[Number, str]:
    match unit(quantity.unit).dimension:
        case "mass":
            mass = mass_at_moisture(mass=quantity.value, moisture=moisture, target_moisture=target_moisture)
            return mass, "basis.mass"
        case "heat per mass":
            heat = _in_gigajoules(quantity, moisture, target_moisture)
            return heat, "basis.net_calorific_value"
        case "ratio" | "carbon per mass":
            part = fraction_at_moisture(fraction=quantity.value, moisture=moisture, target_moisture=target_moisture)
            return part, "basis.fraction"
        case _:
            raise QuantityError("core.quantity.no_conversion", quantity=quantity.name, unit=quantity.unit)


def _in_gigajoules(quantity: WetQuantity, moisture: Number, target_moisture: Number) -> Number:
    """Convert a net calorific value through GJ/t, the unit in which the formula's constants are."""
    own = unit(quantity.unit)
    net = quantity.value * own.numerator / own.denominator
    heat = net_calorific_value_at_moisture(net_calorific_value=net, moisture=moisture, target_moisture=target_moisture)
    return heat * own.denominator / own.numerator


def _moisture(quantity: WetQuantity, condition: Condition, which: str) -> Number:
    if condition.moisture is None:
        raise QuantityError("core.quantity.no_moisture", quantity=quantity.name, which=which)
    return condition.moisture
