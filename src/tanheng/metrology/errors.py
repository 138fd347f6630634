"""Errors of the metrology kernel."""

from __future__ import annotations

from tanheng.core.errors import CalculationError


class NetworkError(CalculationError):
    """A carbon-flow network that cannot be read: a code given twice, an edge to a node that is not there, a loop."""


class RegisterError(CalculationError):
    """An instrument register that contradicts itself: overlapping installations, a chain of strangers."""


class EquippingError(CalculationError):
    """An equipping rate that cannot be determined: a point without class, a rule without value."""
