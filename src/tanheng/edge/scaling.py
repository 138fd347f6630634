"""From what a device shows to an integer count of 10^-decimals of the channel's unit, exactly.

::

    unit value = (raw · factor + offset) · meter factor          count = unit value · 10^decimals, half to even

``raw`` is an integer, a decimal number, or the exact value of a binary float; all arithmetic is on integers. The meter factor
(CT × PT, value of a pulse, belt-scale span coefficient 量程系数) stands apart from the scaling, because people change it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tanheng.edge.errors import ScalingError

Raw = int | float | Decimal | Fraction
_INT64 = 1 << 63


@dataclass(frozen=True, slots=True)
class Scaling:
    """How a raw number becomes a count.

    Parameters
    ----------
    decimals : int
        0 to 9.
    factor, offset : Fraction
        From the raw number to the unit: ``raw * factor + offset``.
    meter_factor : Fraction
        Multiplies the result; 1 where the device already shows the primary value.
    low, high : Fraction or None
        Declared range of the raw number.
    """

    decimals: int
    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    meter_factor: Fraction = Fraction(1)
    low: Fraction | None = None
    high: Fraction | None = None
    _numerator: int = field(init=False, repr=False)
    _shift: int = field(init=False, repr=False)
    _denominator: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= 9:
            raise ScalingError("edge.scaling.decimals", value=self.decimals)
        if self.factor == 0 or self.meter_factor <= 0:
            raise ScalingError("edge.scaling.factor", factor=self.factor, meter_factor=self.meter_factor)
        scale = self.factor * self.meter_factor * 10**self.decimals
        shift = self.offset * self.meter_factor * 10**self.decimals
        denominator = math.lcm(scale.denominator, shift.denominator)
        object.__setattr__(self, "_numerator", scale.numerator * (denominator // scale.denominator))
        object.__setattr__(self, "_shift", shift.numerator * (denominator // shift.denominator))
        object.__setattr__(self, "_denominator", denominator)

    def count(self, raw: Raw) -> int:
        """Return the count of a raw number.

        Raises
        ------
        ScalingError
            When the number is not finite, or the count does not fit 64 bits.

        Examples
        --------
        >>> Scaling(decimals=3, factor=Fraction(1, 10)).count(12345)
        1234500
        >>> Scaling(decimals=1).count(Decimal("0.25")), Scaling(decimals=1).count(Decimal("0.35"))
        (2, 4)
        """
        if isinstance(raw, int):
            numerator, denominator = raw, 1
        else:
            if not math.isfinite(raw):
                raise ScalingError("edge.scaling.not_finite", value=str(raw))
            numerator, denominator = raw.as_integer_ratio()
        found = _half_even(numerator * self._numerator + self._shift * denominator, denominator * self._denominator)
        if not -_INT64 <= found < _INT64:
            raise ScalingError("edge.scaling.too_large", value=str(raw))
        return found

    def in_range(self, raw: Raw) -> bool:
        """Return whether a finite raw number lies in the declared range."""
        if self.low is None and self.high is None:
            return True
        value = Fraction(raw)
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def _half_even(numerator: int, denominator: int) -> int:
    """Return the integer nearest to a quotient, a tie to the even one; ``denominator`` is positive."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + int(twice > denominator or (twice == denominator and quotient % 2 == 1))
