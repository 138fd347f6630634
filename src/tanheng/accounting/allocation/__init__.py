"""Allowances of the national ETS for the clinker lines of an inventory: rules on ``Decimal`` over figures.

The arithmetic is that of ``tanheng.formulas.allocation``. What stands here are decisions: the method of the year, which lines
are exempt and why, and the floor to whole tonnes. All of them are dated data of the rule pack (``cn.ets.allocation.*``), those
of 2026 from a consultation draft.

The balance value of the sector (行业平衡值) is published after verification. Until then it is an assumption: an argument
without a default, of which :func:`scenarios` takes several.
"""

from tanheng.accounting.allocation.allowance import allocate, pre_allocation, scenarios
from tanheng.accounting.allocation.lines import BOOK, lines_of
from tanheng.accounting.allocation.model import (
    Allocation,
    Circumstance,
    LineAllowance,
    LineYear,
    Method,
    Plan,
    Reason,
    Treatment,
)
from tanheng.accounting.allocation.plan import plan_of

__all__ = [
    "BOOK",
    "Allocation",
    "Circumstance",
    "LineAllowance",
    "LineYear",
    "Method",
    "Plan",
    "Reason",
    "Treatment",
    "allocate",
    "lines_of",
    "plan_of",
    "pre_allocation",
    "scenarios",
]
