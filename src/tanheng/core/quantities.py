"""Quantities of wet materials: each says where it was taken and how much water it holds.

A coal is weighed where it is delivered (入厂), where it enters the mill (入磨原煤) and where its dust enters the kiln
(入窑煤粉). Between these places it dries, so a mass of one place times a calorific value of another is wrong by the water
between them.

A laboratory value has a basis besides: as received (收到基, ar), air-dried (空气干燥基, ad) or dry (干基, d).

The condition is part of the value here; :meth:`Condition.require` is what stands between two values and their product.
Conversions are formulas: ``tanheng.formulas.basis``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tanheng.core.errors import QuantityError
from tanheng.core.numbers import Number, value_of
from tanheng.core.units import unit as unit_named


class Place(enum.StrEnum):
    """Where a wet material was weighed or sampled."""

    DELIVERED = "delivered"
    MILL = "mill"
    KILN = "kiln"


class Basis(enum.StrEnum):
    """To which water a laboratory value belongs; a weighed mass is as received."""

    AS_RECEIVED = "ar"
    AIR_DRIED = "ad"
    DRY = "d"


PLACE_WORDS: dict[Place, dict[str, str]] = {
    Place.DELIVERED: {"zh": "入厂", "en": "delivered"},
    Place.MILL: {"zh": "入磨", "en": "into the mill"},
    Place.KILN: {"zh": "入窑", "en": "into the kiln"},
}

BASIS_WORDS: dict[Basis, dict[str, str]] = {
    Basis.AS_RECEIVED: {"zh": "收到基", "en": "as received"},
    Basis.AIR_DRIED: {"zh": "空气干燥基", "en": "air-dried"},
    Basis.DRY: {"zh": "干基", "en": "dry"},
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Place, basis and moisture of a value.

    Attributes
    ----------
    place : Place
    basis : Basis
    moisture : Decimal, uncertain number or None
        Water per wet mass, 0 to below 1, of the material in this basis: the total moisture as received, M_ad air-dried,
        0 dry. None when it is not known.
    """

    place: Place
    basis: Basis
    moisture: Number | None = None

    def __post_init__(self) -> None:
        if self.moisture is None:
            return
        moisture = value_of(self.moisture)
        if not (0 <= moisture < 1):
            raise QuantityError("core.quantity.moisture_range", value=moisture)
        if self.basis is Basis.DRY and moisture != 0:
            raise QuantityError("core.quantity.dry", value=moisture)

    def require(self, wanted: Condition, *, quantity: str) -> None:
        """Raise unless a value of this condition may meet one of the ``wanted`` condition in a product.

        Parameters
        ----------
        wanted : Condition
            Of the other factor.
        quantity : str
            What the message calls the value.

        Raises
        ------
        QuantityError
            When places or bases differ, or both moistures are known and differ.
        """
        if self.place is not wanted.place:
            raise QuantityError(
                "core.quantity.place", quantity=quantity, found=PLACE_WORDS[self.place], wanted=PLACE_WORDS[wanted.place]
            )
        if self.basis is not wanted.basis:
            raise QuantityError(
                "core.quantity.basis", quantity=quantity, found=BASIS_WORDS[self.basis], wanted=BASIS_WORDS[wanted.basis]
            )
        if self.moisture is None or wanted.moisture is None:
            return
        found, needed = value_of(self.moisture), value_of(wanted.moisture)
        if found != needed:
            raise QuantityError("core.quantity.moisture", quantity=quantity, found=found, wanted=needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class WetQuantity:
    """A value of a wet material: a mass, or something per mass such as calorific value, carbon or ash.

    Attributes
    ----------
    name : str
        What a message calls it.
    value : number
    unit : str
        A unit of :mod:`tanheng.core.units`.
    condition : Condition
    """

    name: str
    value: Number
    unit: str
    condition: Condition

    def __post_init__(self) -> None:
        unit_named(self.unit)

    def require(self, other: WetQuantity) -> None:
        """Raise unless this quantity may be multiplied with the other one.

        Raises
        ------
        QuantityError
            See :meth:`Condition.require`.

        Examples
        --------
        >>> from decimal import Decimal
        >>> mass = WetQuantity(name="coal", value=Decimal(17000), unit="t",
        ...                    condition=Condition(Place.KILN, Basis.AS_RECEIVED))
        >>> heat = WetQuantity(name="NCV", value=Decimal("21.4"), unit="GJ/t",
        ...                    condition=Condition(Place.DELIVERED, Basis.AS_RECEIVED))
        >>> heat.require(mass)
        Traceback (most recent call last):
            ...
        tanheng.core.errors.QuantityError: NCV belongs to the place “delivered”, “kiln” is needed here; ...
        """
        self.condition.require(other.condition, quantity=self.name)
