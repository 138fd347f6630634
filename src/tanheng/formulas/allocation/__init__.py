"""Allowances of the national ETS for clinker lines: intensity, deviation, coefficient, allowance, issuance, balance value.

Exemptions (A = E) and the floor to whole tonnes are rules of the rule book, on ``Decimal``; no formula here decides them.
"""

from __future__ import annotations

PLAN = "全国碳市场2025、2026年度发电以及2026年度钢铁、水泥、铝冶炼行业配额总量和分配方案（征求意见稿）"
"""Title of the plan the formulas are read from: the consultation draft for 2026, whose cement method is that of 2025."""
