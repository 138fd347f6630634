"""The three kinds of number a formula runs on, and the border between them.

* ``Decimal``: the official figure, in :data:`CONTEXT` (50 digits, half-even, traps on).
* NumPy ``float64`` arrays: Monte Carlo draws, fleets of plants.
* GTC uncertain numbers: budgets by the GUM.

A formula uses ``+ - * /`` and, from here, :func:`clamp`, :func:`smaller`, :func:`larger`, :func:`chosen` and :func:`power`,
so the same line serves all three. Inputs and parameters cross the border together, through :func:`to_decimal`,
:func:`to_array` or :func:`to_uncertain`; a mix raises.

At a kink (the edge of a clamp) an uncertain number takes the branch its value lies on and the result is marked through
:func:`kinks`; a Monte Carlo run is then the official uncertainty.
"""

from __future__ import annotations

import contextlib
import contextvars
import decimal
import functools
import math
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from tanheng.core.errors import NumberError

# A number of any of the three kinds. NumPy and GTC define the operators among themselves and with int; a common static
# type does not exist, so Any stands here once and nowhere else.
Number = Any

CONTEXT = decimal.Context(
    prec=50,
    rounding=decimal.ROUND_HALF_EVEN,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow, decimal.FloatOperation],
)

_STORED = Decimal("1E-12")

_kinks: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("kinks", default=None)


def calculating() -> contextlib.AbstractContextManager[decimal.Context]:
    """Return a context manager inside which ``Decimal`` runs in :data:`CONTEXT`."""
    return decimal.localcontext(CONTEXT)


def stored(value: Decimal) -> Decimal:
    """Return ``value`` quantised to twelve decimals, as figures are kept."""
    return value.quantize(_STORED, context=CONTEXT)


@functools.singledispatch
def to_decimal(value: object) -> Decimal:
    """Return ``value`` (str, int or Decimal) as a finite ``Decimal``.

    Raises
    ------
    NumberError
        For a float, whose digits are not the plant's, and for NaN or infinity.
    """
    raise NumberError("core.number.not_decimal", value=repr(value), type=type(value).__name__)


@to_decimal.register
def _(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise NumberError("core.number.not_finite", value=str(value))
    return value


@to_decimal.register
def _(value: int) -> Decimal:
    return Decimal(value)


@to_decimal.register
def _(value: str) -> Decimal:
    try:
        return to_decimal(Decimal(value))
    except decimal.InvalidOperation:
        raise NumberError("core.number.not_decimal", value=repr(value), type="text") from None


def to_array(value: object) -> Any:
    """Return ``value`` as a ``float64`` array; a ``Decimal`` becomes an array of no dimensions.

    Raises
    ------
    NumberError
        When an element is not a finite number.
    """
    import numpy

    array = numpy.asarray(float(value) if isinstance(value, Decimal) else value)
    if array.dtype == object:
        array = array.astype(numpy.float64)
    if array.dtype.kind not in "fiu":
        raise NumberError("core.number.not_array", value=repr(value)[:60], type=type(value).__name__)
    array = array.astype(numpy.float64, copy=False)
    if not bool(numpy.isfinite(array).all()):
        raise NumberError("core.number.not_finite", value=repr(value)[:60])
    return array


def to_uncertain(value: object) -> Any:
    """Return ``value`` as a GTC uncertain number; a plain number becomes a constant.

    Raises
    ------
    NumberError
        When it is an array, or not finite.
    """
    import GTC

    if is_uncertain(value):
        return value
    if is_array(value):
        raise NumberError("core.number.mixed", kinds="array, uncertain number")
    return GTC.constant(float(to_decimal(value)) if not isinstance(value, float) else value)


def is_array(value: object) -> bool:
    """Say whether ``value`` is a NumPy array or scalar, without importing NumPy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic))


def is_uncertain(value: object) -> bool:
    """Say whether ``value`` is a GTC uncertain number, without importing GTC."""
    lib = sys.modules.get("GTC.lib")
    return lib is not None and isinstance(value, lib.UncertainReal)


def same_kind(*values: object) -> None:
    """Raise when the values are not all of one kind of number.

    Raises
    ------
    NumberError
        Names the kinds that met.
    """
    kinds = {_kind(value) for value in values}
    if len(kinds) > 1:
        raise NumberError("core.number.mixed", kinds=", ".join(sorted(kinds)))


def _kind(value: object) -> str:
    if isinstance(value, Decimal):
        return "Decimal"
    if is_array(value):
        return "array"
    if is_uncertain(value):
        return "uncertain number"
    raise NumberError("core.number.not_decimal", value=repr(value), type=type(value).__name__)


def value_of(number: Number) -> Number:
    """Return the plain value of a number: of an uncertain number its estimate, of the others themselves."""
    return number.x if is_uncertain(number) else number


@contextlib.contextmanager
def kinks() -> Iterator[list[str]]:
    """Collect the names of kinks that uncertain numbers met inside the block.

    A kink is met when the value lies within three standard uncertainties of a bound, where the linear budget of the GUM
    does not describe the function.
    """
    found: list[str] = []
    token = _kinks.set(found)
    try:
        yield found
    finally:
        _kinks.reset(token)


def _mark(name: str, number: Number, bound: Number) -> None:
    found = _kinks.get()
    if found is None:
        return
    difference = number - bound
    uncertainty = getattr(difference, "u", 0.0)
    if uncertainty and abs(value_of(difference)) <= 3 * uncertainty:
        found.append(name)


def smaller(a: Number, b: Number) -> Number:
    """Return the smaller of two numbers, element by element for arrays."""
    if is_array(a) or is_array(b):
        import numpy

        return numpy.minimum(a, b)
    if is_uncertain(a) or is_uncertain(b):
        _mark("smaller", a, b)
    return a if value_of(a) <= value_of(b) else b


def larger(a: Number, b: Number) -> Number:
    """Return the larger of two numbers, element by element for arrays."""
    if is_array(a) or is_array(b):
        import numpy

        return numpy.maximum(a, b)
    if is_uncertain(a) or is_uncertain(b):
        _mark("larger", a, b)
    return a if value_of(a) >= value_of(b) else b


def clamp(x: Number, lowest: Number, highest: Number) -> Number:
    """Return ``x`` held between two bounds, ``lowest <= highest``."""
    return smaller(larger(x, lowest), highest)


def chosen(condition: Number, if_true: Number, if_false: Number) -> Number:
    """Return ``if_true`` where ``condition`` is greater than zero, else ``if_false``."""
    if is_array(condition) or is_array(if_true) or is_array(if_false):
        import numpy

        return numpy.where(condition > 0, if_true, if_false)
    if is_uncertain(condition):
        _mark("chosen", condition, condition * 0)
    return if_true if value_of(condition) > 0 else if_false


def power(x: Number, exponent: Decimal) -> Number:
    """Return ``x`` to a constant ``exponent``, ``x > 0`` unless the exponent is whole.

    Raises
    ------
    NumberError
        When a negative number meets a broken exponent.
    """
    whole = exponent == exponent.to_integral_value()
    if isinstance(x, Decimal):
        if x < 0 and not whole:
            raise NumberError("core.number.power", value=str(x), exponent=str(exponent))
        return CONTEXT.power(x, exponent)
    if is_array(x):
        import numpy

        return numpy.power(x, float(exponent))
    if value_of(x) < 0 and not whole:
        raise NumberError("core.number.power", value=str(value_of(x)), exponent=str(exponent))
    return x ** float(exponent)


def total(values: Sequence[Number]) -> Number:
    """Return the sum of one or more numbers, in their order.

    Raises
    ------
    NumberError
        When there is nothing to add: the sum of nothing has no kind.
    """
    if not values:
        raise NumberError("core.number.empty_sum")
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def is_finite(value: float) -> bool:
    """Say whether a float is neither NaN nor infinite."""
    return math.isfinite(value)
