"""Elementary functions for models, for arrays, uncertain numbers and plain numbers alike.

The formulas of the rule books need only ``+ - * /`` and ``core.numbers``. A measuring model may need more: the square root
of a Pitot tube, the exponential of a vapour pressure.
"""

from __future__ import annotations

import numpy as np

from tanheng.core.numbers import Number, is_uncertain


def _applied(name: str, *numbers: Number) -> Number:
    """Apply the function called ``name`` in NumPy and in GTC alike."""
    if any(is_uncertain(number) for number in numbers):
        import GTC

        return getattr(GTC, name)(*numbers)
    return getattr(np, {"atan2": "arctan2"}.get(name, name))(*numbers)


def exp(x: Number) -> Number:
    """Return e to the ``x``."""
    return _applied("exp", x)


def log(x: Number) -> Number:
    """Return the natural logarithm of ``x > 0``."""
    return _applied("log", x)


def sqrt(x: Number) -> Number:
    """Return the square root of ``x >= 0``."""
    return _applied("sqrt", x)


def sin(x: Number) -> Number:
    """Return the sine of ``x`` (rad)."""
    return _applied("sin", x)


def cos(x: Number) -> Number:
    """Return the cosine of ``x`` (rad)."""
    return _applied("cos", x)


def atan2(y: Number, x: Number) -> Number:
    """Return the angle (rad) of the point (x, y)."""
    return _applied("atan2", y, x)
