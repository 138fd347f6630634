"""Errors of the accounting kernel."""

from __future__ import annotations

from tanheng.core.errors import CalculationError


class RuleBookError(CalculationError):
    """A rule book that cannot be run: an unknown key, formula, loop or reference."""


class AllocationError(CalculationError):
    """Allowances that cannot be determined: a blank figure, a line without clinker, no balance value."""


class SourceStreamError(CalculationError):
    """Source streams that cannot be classified."""
