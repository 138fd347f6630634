"""The one place where a count becomes a ``Decimal``."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from tanheng.core.errors import NumberError
from tanheng.core.numbers import CONTEXT

_MS_PER_HOUR = 3_600_000


def amount(count: int, *, decimals: int) -> Decimal:
    """Return ``count`` · 10^-``decimals`` in the channel's unit, exactly.

    Examples
    --------
    >>> amount(1234567, decimals=3)
    Decimal('1234.567')
    """
    _decimals(decimals)
    return Decimal(count).scaleb(-decimals, CONTEXT)


def integrated(count_ms: int, *, decimals: int, per_ms: int = _MS_PER_HOUR) -> Decimal:
    """Return what a rate amounts to: counts · milliseconds over the rate's unit of time.

    Parameters
    ----------
    count_ms : counts · ms
        The integral of :func:`tanheng.core.aggregate.integral`.
    decimals : int
        Decimals of the rate's channel.
    per_ms : ms
        The rate's unit of time; 3 600 000 for t/h, 1000 for m³/s.

    Examples
    --------
    >>> integrated(2_500 * 3_600_000, decimals=1)
    Decimal('250.0')
    """
    _decimals(decimals)
    if per_ms <= 0:
        raise NumberError("aggregate.amount.unit_of_time", value=per_ms)
    return CONTEXT.divide(amount(count_ms, decimals=decimals), Decimal(per_ms))


def averaged(mean: Fraction, *, decimals: int) -> Decimal:
    """Return an exact mean of counts as a ``Decimal`` in the channel's unit, 50 digits.

    Examples
    --------
    >>> averaged(Fraction(45, 2), decimals=1)
    Decimal('2.25')
    """
    _decimals(decimals)
    return CONTEXT.divide(amount(mean.numerator, decimals=decimals), Decimal(mean.denominator))


def _decimals(decimals: int) -> None:
    if not 0 <= decimals <= 18:
        raise NumberError("aggregate.amount.decimals", value=decimals)
