"""Formulas: one folder a family, one pure function a quantity.

A formula uses only ``+ - * /`` and integer literals on its arguments, and the functions of :mod:`tanheng.core.numbers`;
so one line serves ``Decimal``, NumPy arrays and GTC uncertain numbers. Importing this package loads no family;
:func:`tanheng.formulas.registry.get` does when the first formula is asked for.
"""

from __future__ import annotations

from tanheng.formulas import registry
from tanheng.formulas.errors import FormulaError
from tanheng.formulas.registry import Formula, formula

__all__ = ["Formula", "FormulaError", "formula", "registry"]
