"""Rounding at the reporting edge.

Inside, figures keep full precision. A rule book names the mode and the decimals of each line; the mode is printed in the
report. GB/T 8170 rounds half to even; whether CETS-AG-02.01 applies it is unverified (``domain/accounting.md`` §9).
"""

from __future__ import annotations

import decimal
import enum
from decimal import Decimal

from tanheng.core.numbers import CONTEXT


class Mode(enum.StrEnum):
    """How a value between two printable ones is rounded."""

    HALF_EVEN = "half-even"
    HALF_UP = "half-up"
    FLOOR = "floor"


_DECIMAL_MODE = {
    Mode.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Mode.HALF_UP: decimal.ROUND_HALF_UP,
    Mode.FLOOR: decimal.ROUND_FLOOR,
}


def round_to(value: Decimal, decimals: int, mode: Mode = Mode.HALF_EVEN) -> Decimal:
    """Return ``value`` with exactly ``decimals`` digits behind the point.

    Examples
    --------
    >>> round_to(Decimal("0.125"), 2), round_to(Decimal("0.125"), 2, Mode.HALF_UP)
    (Decimal('0.12'), Decimal('0.13'))
    """
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=_DECIMAL_MODE[mode], context=CONTEXT)
