"""The errors of formulas.

::

    CalculationError
    └── FormulaError          a formula that does not exist, is declared wrongly, or is called with other arguments than its own
"""

from __future__ import annotations

from tanheng.core.errors import CalculationError


class FormulaError(CalculationError):
    """A formula does not exist, is declared wrongly, or is called with other arguments than its own."""
