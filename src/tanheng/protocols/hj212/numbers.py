"""Number types of HJ 212, such as ``N3.3``: how many digits may stand before the point.

More decimals than printed are kept, not refused: many loggers send them and none of the value is lost. More digits before
the point are refused, because they show that value, unit and type do not belong together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from tanheng.protocols.errors import ProfileError, ValueRangeError

_TYPE = re.compile(r"N([1-9][0-9]?)(?:\.([0-9]{1,2}))?", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,12})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberType:
    """A printed number type: digits before and after the decimal point."""

    whole: int
    decimals: int

    @classmethod
    def parse(cls, text: str) -> NumberType:
        """Return the type written as ``N3.3`` or ``N4``."""
        match = _TYPE.fullmatch(text)
        if match is None:
            raise ProfileError("protocols.hj212.type", value=text)
        return cls(int(match[1]), int(match[2] or 0))

    def __str__(self) -> str:
        return f"N{self.whole}.{self.decimals}" if self.decimals else f"N{self.whole}"

    @property
    def limit(self) -> Decimal:
        """The first number whose digits before the point no longer fit."""
        return Decimal(10) ** self.whole

    def holds(self, value: Decimal) -> bool:
        """Return whether the digits before the point fit."""
        return abs(value) < self.limit


def number(text: str, *, name: str) -> Decimal:
    """Return the number that a field holds, with the digits that were sent.

    Raises
    ------
    ValueRangeError
        When ``text`` is not an optional minus sign, digits, and perhaps a point with digits: no exponent, no plus sign, no
        space, no digits of another script.
    """
    if _NUMBER.fullmatch(text) is None:
        raise ValueRangeError("protocols.hj212.number", name=name, value=text[:40])
    return Decimal(text)
