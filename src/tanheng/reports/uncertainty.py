"""The uncertainty of an inventory as texts: one row a figure, and the ranked contributions to the first total."""

from __future__ import annotations

import math
from typing import Any

from tanheng.accounting.evaluation import Evaluated, Evaluation
from tanheng.accounting.inventory import Inventory
from tanheng.core.states import word
from tanheng.reports.words import Words
from tanheng.uncertainty import rounded
from tanheng.uncertainty.component import CAUSE_WORDS, Kind
from tanheng.uncertainty.requirement import VERDICT_WORDS
from tanheng.uncertainty.statement import KIND_WORDS

HEADS = (
    "item",
    "id",
    "value",
    "expanded",
    "unit",
    "k",
    "relative",
    "random",
    "systematic",
    "monte_carlo",
    "budget",
    "required",
)
SHOWN = 12
"""Contributions shown; the rest is added up in a row of its own."""


def table(inventory: Inventory, evaluation: Evaluation, words: Words) -> list[list[str]]:
    """Return one row for each evaluated figure: value, U, k, relative U, random and systematic parts, Monte Carlo interval.

    An incomplete budget is marked as such: it is a lower bound and no final U.
    """
    return [_row(inventory, evaluation, item, words) for item in evaluation.figures.values()]


def _row(inventory: Inventory, evaluation: Evaluation, item: Evaluated, words: Words) -> list[str]:
    figure = inventory.figures[item.id]
    expanded = item.gum.expanded()
    value, half = rounded(item.gum.value, expanded.U)
    final = "final" if item.gum.complete and not evaluation.missing_for(inventory, item.id) else "incomplete"
    return [
        figure.title[words.lang],
        figure.id,
        value,
        f"± {half}",
        figure.unit,
        f"{expanded.k:.2f}",
        _percent(expanded.U, item.gum.value),
        _percent(item.gum.parts[Kind.RANDOM.value], item.gum.value),
        _percent(item.gum.parts[Kind.SYSTEMATIC.value], item.gum.value),
        _interval(item),
        words(final) + (" · " + words("differs") if item.differs else ""),
        _verdict(item, words),
    ]


def _verdict(item: Evaluated, words: Words) -> str:
    """Return the largest U allowed and whether it is met; a dash where nothing is required."""
    if item.judged is None:
        return "–"
    requirement = item.judged.requirement
    said = VERDICT_WORDS[item.judged.verdict][words.lang]
    return f"≤ {100 * requirement.largest:g} % ({requirement.id}, {word(requirement.state, words.lang)}): {said}"


def _interval(item: Evaluated) -> str:
    if item.run is None:
        return "–"
    low, high = item.run.interval()
    half = (high - low) / 2
    return f"{rounded(low, half)[0]} … {rounded(high, half)[0]}"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / abs(whole):.2f} %" if whole else "–"


def contributions(evaluation: Evaluation, identifier: str, words: Words) -> list[dict[str, Any]]:
    """Return the ranked contributions to one figure: subject, cause, kind, share as text and as a length of 0 to 1."""
    ranking = evaluation.figures[identifier].ranking
    found = [
        {
            "subject": item.subject,
            "cause": CAUSE_WORDS[item.cause][words.lang] if item.cause else "–",
            "kind": KIND_WORDS[item.kind][words.lang],
            "share": f"{100 * item.share:.1f} %",
            "length": max(0.0, min(1.0, item.share)),
        }
        for item in ranking[:SHOWN]
    ]
    rest = math.fsum(item.share for item in ranking[SHOWN:])
    if ranking[SHOWN:]:
        label = words("rest", count=len(ranking) - SHOWN)
        found.append(
            {"subject": label, "cause": "", "kind": "", "share": f"{100 * rest:.1f} %", "length": max(0.0, min(1.0, rest))}
        )
    return found


def histogram(item: Evaluated, bins: int = 40) -> list[float]:
    """Return the heights (0 to 1) of the Monte Carlo histogram between the 0.1 % and 99.9 % points; empty without a run."""
    if item.run is None:
        return []
    import numpy as np

    low, high = item.run.interval(0.998)
    counts, _ = np.histogram(item.run.samples, bins=bins, range=(low, high))
    return [float(count / counts.max()) for count in counts]


def content(inventory: Inventory, evaluation: Evaluation | None, words: Words) -> dict[str, Any] | None:
    """Return what the printed report shows of an evaluation, None without one."""
    if evaluation is None or not evaluation.figures:
        return None
    first = next((name for name in inventory.book.totals if name in evaluation.figures), next(iter(evaluation.figures)))
    return {
        "rows": table(inventory, evaluation, words),
        "first": inventory.figures[first].title[words.lang],
        "contributions": contributions(evaluation, first, words),
        "histogram": histogram(evaluation.figures[first]),
        "without": list(evaluation.without_evidence),
        "seed": str(evaluation.seed),
        "trials": f"{evaluation.trials:,}",
    }
