"""How a result and its budget are printed, in Chinese and English.

A result is rounded once, here: U to two significant digits, the value to the same place. A budget that lacks what its
quantity needs is printed as incomplete, and its U never as final.
"""

from __future__ import annotations

import math

from tanheng.core import messages
from tanheng.uncertainty.budget import SECOND_ORDER, BudgetRow
from tanheng.uncertainty.component import CAUSE_WORDS, Kind
from tanheng.uncertainty.distribution import WORDS
from tanheng.uncertainty.gum import Propagated

KIND_WORDS: dict[Kind, dict[str, str]] = {
    Kind.RANDOM: {"zh": "随机", "en": "random"},
    Kind.SYSTEMATIC: {"zh": "系统", "en": "systematic"},
}

HEADS: dict[str, tuple[str, ...]] = {
    "zh": (
        "输入量",
        "数值",
        "标准不确定度",
        "类别",
        "分布",
        "灵敏系数",
        "不确定度分量",
        "占比",
        "共同误差组",
        "性质",
        "来源类型",
    ),
    "en": ("input", "value", "u", "type", "distribution", "sensitivity", "contribution", "share", "group", "kind", "cause"),
}


def rounded(value: float, u: float, digits: int = 2) -> tuple[str, str]:
    """Return value and uncertainty as text, the uncertainty to ``digits`` significant digits, the value to the same place.

    Examples
    --------
    >>> rounded(70942.5123, 841.37)
    ('70940', '840')
    >>> rounded(0.52, 0.00996)
    ('0.520', '0.010')
    """
    if not u > 0:
        return f"{value:.12g}", "0"
    decimals = digits - 1 - math.floor(math.log10(u))
    if round(u, decimals) >= 10.0 ** (digits - decimals):
        decimals -= 1
    shown = max(decimals, 0)
    return f"{round(value, decimals):.{shown}f}", f"{round(u, decimals):.{shown}f}"


def plain(value: float, digits: int) -> str:
    """Return ``value`` to ``digits`` significant digits, without an exponent where people would not write one.

    Examples
    --------
    >>> plain(5487612.0, 4), plain(0.0057735, 3), plain(2.5e-9, 3)
    ('5488000', '0.00577', '2.5e-09')
    """
    if not math.isfinite(value) or value == 0 or not 1e-4 <= abs(value) < 1e9:
        return f"{value:.{digits}g}"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    shown = f"{round(value, decimals):.{max(decimals, 0)}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def statement(result: Propagated, *, unit: str = "", p: float = 0.95, language: str = "en") -> str:
    """Return one sentence: the value with its U, k and p; or that the budget is incomplete, and what it lacks."""
    expanded = result.expanded(p)
    value, half = rounded(result.value, expanded.U)
    fields: dict[str, object] = {
        "value": value,
        "U": half,
        "unit": unit,
        "k": f"{expanded.k:.2f}",
        "p": f"{100 * p:g}",
        "percent": f"{100 * expanded.U / abs(result.value):.2g}" if result.value else "–",
    }
    if expanded.missing:
        fields["missing"] = "; ".join(item.text(language) for item in expanded.missing)
        text = messages.render("uncertainty.statement.incomplete", language, fields)
    else:
        text = messages.render("uncertainty.statement.final", language, fields)
    space = " " if language == "en" else ""
    if math.isnan(result.dof):
        text += space + messages.render("uncertainty.statement.dof_undefined", language, fields)
    if result.kinks:
        text += space + messages.render("uncertainty.statement.kink", language, {"kinks": ", ".join(result.kinks)})
    return text


def budget_table(result: Propagated, *, language: str = "en", rows: int | None = None) -> list[tuple[str, ...]]:
    """Return the budget as rows of text with a head, ranked; ``rows`` cuts it and adds what the rest contributes."""
    shown = result.budget if rows is None else result.budget[:rows]
    table = [HEADS[language], *(_row(row, language) for row in shown)]
    rest = result.budget[len(shown) :]
    if rest:
        label = messages.render("uncertainty.budget.rest", language, {"count": len(rest)})
        table.append((label, *[""] * 6, f"{100 * math.fsum(row.share for row in rest):.1f} %", "", "", ""))
    return table


def _row(row: BudgetRow, language: str) -> tuple[str, ...]:
    if row.input == SECOND_ORDER:
        label = messages.render("uncertainty.budget.second_order", language, {})
        return (label, "", "", "", "", "", plain(row.contribution, 3), f"{100 * row.share:.1f} %", "", "", "")
    return (
        row.input,
        plain(row.value, 6),
        plain(row.u, 3),
        row.type,
        WORDS[row.distribution][language] if row.distribution else "",
        plain(row.sensitivity, 4),
        plain(row.contribution, 3),
        f"{100 * row.share:.1f} %",
        row.group or "",
        KIND_WORDS[row.kind][language],
        CAUSE_WORDS[row.cause][language] if row.cause else "",
    )
