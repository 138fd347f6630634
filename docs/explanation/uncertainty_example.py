#!/usr/bin/env python3
"""The worked example of ``uncertainty.md``: a year of one clinker line, its figures, and every number the page quotes.

``python docs/explanation/uncertainty_example.py`` draws the figures anew; ``tests/unit/uncertainty/test_worked_example.py``
holds page, figures and calculation equal. The plant is invented; its meters are of usual classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from tanheng.core.numbers import Number
from tanheng.uncertainty import (
    Cause,
    Component,
    Input,
    MonteCarlo,
    Propagated,
    PropagatedMapping,
    budget_table,
    clinker_line,
    compare,
    covariance_of,
    monte_carlo,
    propagate,
    reconcile,
    upgrade,
    validate,
)
from tanheng.uncertainty.evaluate import belt_scale
from tanheng.uncertainty.periods import Analysed, hourly_sum, weighted_average
from tanheng.uncertainty.reconciliation.clinker_line import clinker_line_titles

FOLDER = Path(__file__).parent
SEED = 2026
TRIALS = 200_000

CLINKER = (148, 120, 151, 150, 155, 149, 152, 154, 150, 153, 151, 147)  # kt a month
COAL = (20.3, 16.6, 20.7, 20.4, 21.2, 20.3, 20.8, 21.1, 20.4, 20.9, 20.6, 20.2)  # kt a month


def laboratory(*, sampling: float, preparation: float, method: float, name: str) -> list[Component]:
    """Return the components of one analysed lot; the error of the method is the laboratory's and stays."""
    return [
        Component.normal(u=sampling, cause=Cause.SAMPLING, dof=30),
        Component.normal(u=preparation, cause=Cause.PREPARATION, dof=30),
        Component.normal(u=method, group=name, cause=Cause.REPRODUCIBILITY),
    ]


def inputs(*, measured_carbon: bool = False) -> dict[str, Input]:
    """Return the inputs of the year; with ``measured_carbon`` the carbon of the coal is analysed instead of a default."""
    found: dict[str, Input] = {}
    for month, (clinker, coal) in enumerate(zip(CLINKER, COAL, strict=True), start=1):
        found[f"clinker_{month}"] = Input.of(1000 * clinker, belt_scale(instrument="W-01", class_percent=0.5, s_relative=0.003))
        found[f"coal_{month}"] = Input.of(1000 * coal, belt_scale(instrument="W-02", class_percent=1.0, s_relative=0.005))
        lots = [Analysed(23.0 + 0.2 * math.sin(month + lot), 1000 * coal / 10, 0.01) for lot in range(10)]
        components = laboratory(sampling=0.45, preparation=0.2, method=0.08, name="laboratory:calorific-value")
        found[f"ncv_{month}"] = weighted_average(lots, components=components)
        found[f"factor_{month}"] = Input.of(
            0.525,
            laboratory(sampling=0.002, preparation=0.001, method=0.0015, name="laboratory:oxides"),
            nature="laboratory",
        )
    found["carbon"] = carbon(measured=measured_carbon)
    found["oxidation"] = Input.rectangular(0.98, 0.01, kind="systematic", cause=Cause.REPRESENTATIVENESS)
    hours = hourly_sum(
        [1000 * sum(CLINKER) * 0.83 / 7800] * 7800,
        stack="kiln",
        u_random=0.06,
        systematic={"concentration": 0.015, "flow": 0.025, "moisture": 0.008},
        rho=[0.95**lag for lag in range(1, 73)],
    )
    found["stack"] = hours.input
    return found


def carbon(*, measured: bool) -> Input:
    """Return the emission factor of the coal, tCO2/GJ: a default with its representativeness, or analysed."""
    if measured:
        parts = laboratory(sampling=0.0004, preparation=0.0003, method=0.0002, name="laboratory:carbon")
        return Input.of(0.0950, parts, nature="laboratory")
    spread = Component.normal(relative=0.02, kind="systematic", cause=Cause.REPRESENTATIVENESS)
    return Input.of(0.0950, [spread], nature="default-factor")


def line_year(**x: Number) -> dict[str, Number]:
    """Return the emission of each month, of the year by the balance, and of the year by the stack (tCO2)."""
    figures: dict[str, Number] = {}
    year = x["stack"] * 0
    for month in range(1, 13):
        process = x[f"clinker_{month}"] * x[f"factor_{month}"]
        fuel = x[f"coal_{month}"] * x[f"ncv_{month}"] * x["carbon"] * x["oxidation"]
        figures[f"month_{month}"] = process + fuel
        year = year + process + fuel
    figures["year"] = year
    figures["stack"] = x["stack"] * 1
    return figures


@dataclass(frozen=True)
class Example:
    """Results the page speaks of."""

    results: PropagatedMapping
    drawn: MonteCarlo
    finding: dict[str, str]
    facts: dict[str, str]

    @property
    def year(self) -> Propagated:
        """The year by the balance."""
        return self.results["year"]


def example() -> Example:
    """Calculate the example."""
    results: PropagatedMapping = propagate(line_year, inputs())
    drawn: MonteCarlo = monte_carlo(line_year, inputs(), trials=TRIALS, seed=SEED, keep=["year"])["year"]
    year, month = results["year"], results["month_3"]
    judged = compare(results, "stack", "year")
    better = upgrade(line_year, inputs(), {"carbon": carbon(measured=True)})["year"]
    naive = math.sqrt(sum(results[f"month_{number}"].u ** 2 for number in range(1, 13)))
    finding = _shunted_belt()
    facts = {
        "year": f"{year.value / 1000:.0f} kt",
        "U_year": f"{100 * year.expanded().U / year.value:.2f} %",
        "U_month": f"{100 * month.expanded().U / month.value:.2f} %",
        "random_month": f"{100 * month.parts['random'] / month.value:.2f} %",
        "random_year": f"{100 * year.parts['random'] / year.value:.2f} %",
        "systematic_month": f"{100 * month.parts['systematic'] / month.value:.2f} %",
        "systematic_year": f"{100 * year.parts['systematic'] / year.value:.2f} %",
        "naive_year": f"{100 * naive / year.value:.2f} %",
        "u_year": f"{100 * year.u / year.value:.2f} %",
        "E": f"{judged.E:.2f}",
        "difference": f"{100 * judged.difference / year.value:.1f} %",
        "u_difference": f"{100 * judged.u_difference / year.value:.2f} %",
        "upgrade": f"{100 * better.gain:.0f} %",
        "largest_share": f"{100 * shares(year)[0][1]:.0f} %",
        "low": f"{drawn.interval()[0] / 1000:.0f} kt",
        "high": f"{drawn.interval()[1] / 1000:.0f} kt",
        "accepted": str(validate(year, drawn).accepted),
    }
    return Example(results, drawn, finding, facts)


def _shunted_belt() -> dict[str, str]:
    """Return the sentence for a month in which eight percent of the coal pass the belt scale unseen."""
    month = {
        "kiln_feed": 250_000.0,
        "dust_return": 0.08,
        "loss_on_ignition": 0.36,
        "clinker": 151_300.0,
        "bypass_dust": 0.0,
        "kiln_dust": 0.0,
        "coal_received": 21_000.0,
        "coal": 0.92 * 20_500.0,
        "coal_stock_begin": 9_000.0,
        "coal_stock_end": 9_500.0,
        "coal_ash": 0.2,
    }
    relative = {"coal_stock_begin": 0.03, "coal_stock_end": 0.03, "coal_received": 0.004, "coal": 0.006}
    covariance = covariance_of({name: value * relative.get(name, 0.008) for name, value in month.items()}, k=1)
    result = reconcile(month, covariance, clinker_line(only=["raw_meal", "coal_stock"]))
    return {language: result.finding(language, titles=clinker_line_titles()) for language in ("zh", "en")}


def budget_rows(found: Example, language: str) -> list[str]:
    """Return the head and the first rows of the budget of the year, as lines of a Markdown table."""
    head, *rows = budget_table(found.year, language=language, rows=4)
    return [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]


# What the budget of the year consists of, by the error that is behind a row; the rest are errors of single months.
_ERRORS: dict[str, tuple[str, str]] = {
    "carbon": ("煤排放因子缺省值（代表性）", "default factor of the coal"),
    "oxidation": ("碳氧化率", "oxidation factor"),
    "W-02:calibration": ("煤皮带秤 W-02 校准", "coal belt scale W-02"),
    "W-01:calibration": ("熟料皮带秤 W-01 校准", "clinker belt scale W-01"),
    "laboratory:oxides": ("实验室：氧化物方法", "laboratory: oxides"),
    "laboratory:calorific-value": ("实验室：热值方法", "laboratory: calorific value"),
    "rest": ("各月随机误差合计", "random errors of the months"),
}


def shares(result: Propagated) -> list[tuple[str, float]]:
    """Return error → share of the variance, the largest first."""
    found = dict.fromkeys(_ERRORS, 0.0)
    for error in result.errors:
        found[error.name if error.name in found else "rest"] += error.share
    return sorted(found.items(), key=lambda item: -item[1])


INK, RANDOM, SYSTEMATIC, GUIDE, FAINT = "#1f2d3d", "#4c9bd6", "#d9822b", "#8a99a8", "#e3e8ee"
FONT = "font-family='Noto Sans SC, Helvetica, Arial, sans-serif'"


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 13, colour: str = INK) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' text-anchor='{anchor}' fill='{colour}' {FONT}>{words}</text>"


def _bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f"<rect x='{x:.1f}' y='{y:.1f}' width='{max(width, 0):.1f}' height='{height:.1f}' fill='{colour}'/>"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = GUIDE, *, dash: str = "") -> str:
    dashed = f" stroke-dasharray='{dash}'" if dash else ""
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' stroke-width='1.5'{dashed}/>"


def _svg(width: int, height: int, title: str, parts: list[str]) -> str:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img' aria-label='{title}'>"
    return "\n".join([head, f"<title>{title}</title>", _bar(0, 0, width, height, "#ffffff"), *parts, "</svg>", ""])


def month_and_year(found: Example, chinese: bool) -> str:
    """Draw random and systematic parts of a month and of the year."""
    title = "随机误差平均掉，系统误差留下来" if chinese else "Random errors average out, systematic errors stay"
    names = (
        (("一个月（三月）", "month_3"), ("全年", "year"))
        if chinese
        else (("one month (March)", "month_3"), ("the year", "year"))
    )
    words = (
        ("随机", "系统", "标准不确定度，占排放量的 %")
        if chinese
        else ("random", "systematic", "standard uncertainty, % of the emission")
    )
    parts = [_text(20, 28, title, size=16)]
    scale = 420 / 1.2
    for tick in (0, 0.3, 0.6, 0.9, 1.2):
        parts += [
            _line(170 + tick * scale, 48, 170 + tick * scale, 218, FAINT),
            _text(170 + tick * scale, 236, f"{tick:g}", anchor="middle"),
        ]
    for rank, (name, key) in enumerate(names):
        result = found.results[key]
        top = 58 + 82 * rank
        parts.append(_text(160, top + 36, name, anchor="end"))
        for step, (kind, colour) in enumerate((("random", RANDOM), ("systematic", SYSTEMATIC))):
            size = 100 * result.parts[kind] / result.value
            parts += [
                _bar(170, top + 30 * step, size * scale, 24, colour),
                _text(176 + size * scale, top + 17 + 30 * step, f"{size:.2f}"),
            ]
    parts += [
        _bar(430, 20, 12, 12, RANDOM),
        _text(447, 31, words[0]),
        _bar(510, 20, 12, 12, SYSTEMATIC),
        _text(527, 31, words[1]),
    ]
    parts.append(_text(380, 258, words[2], anchor="middle", colour=GUIDE))
    return _svg(640, 270, title, parts)


def budget(found: Example, chinese: bool) -> str:
    """Draw the ranked budget of the year."""
    title = "全年排放量的不确定度预算（占方差的 %）" if chinese else "Budget of the year (share of the variance, %)"
    parts = [_text(20, 28, title, size=16)]
    for rank, (key, share) in enumerate(shares(found.year)):
        top = 46 + 30 * rank
        colour = RANDOM if key == "rest" else SYSTEMATIC
        parts += [
            _text(245, top + 16, _ERRORS[key][0 if chinese else 1], anchor="end"),
            _bar(255, top, share * 430, 22, colour),
        ]
        parts.append(_text(262 + share * 430, top + 16, f"{100 * share:.1f}"))
    return _svg(640, 270, title, parts)


def distribution(found: Example, chinese: bool) -> str:
    """Draw the Monte Carlo distribution of the year with the GUM's normal curve and the interval."""
    title = "全年排放量：蒙特卡洛直方图与 GUM 曲线" if chinese else "The year: Monte Carlo histogram and the curve of the GUM"
    year, samples = found.year, found.drawn.samples / 1000
    low, high, bins = year.value / 1000 - 4 * year.u / 1000, year.value / 1000 + 4 * year.u / 1000, 48
    counts = [0] * bins
    for value in samples.tolist():
        place = int((value - low) / (high - low) * bins)
        if 0 <= place < bins:
            counts[place] += 1
    width = 580 / bins
    tallest = max(counts)
    parts = [_text(20, 28, title, size=16)]
    parts += [
        _bar(30 + place * width, 220 - 165 * count / tallest, width - 1, 165 * count / tallest, "#b9d7ee")
        for place, count in enumerate(counts)
    ]
    peak = len(samples) * (high - low) / bins / (year.u / 1000 * math.sqrt(2 * math.pi)) / tallest
    curve = " ".join(
        f"{30 + 580 * step / 120:.1f},{220 - 165 * peak * math.exp(-0.5 * (8 * step / 120 - 4) ** 2):.1f}"
        for step in range(121)
    )
    parts.append(f"<polyline points='{curve}' fill='none' stroke='{SYSTEMATIC}' stroke-width='2'/>")
    for end, anchor in zip(found.drawn.interval(), ("end", "start"), strict=True):
        x = 30 + 580 * (end / 1000 - low) / (high - low)
        parts += [
            _line(x, 60, x, 222, INK, dash="4 3"),
            _text(x + (6 if anchor == "start" else -6), 70, f"{end / 1000:.0f}", anchor=anchor),
        ]
    parts += [_line(30, 220, 610, 220), _text(320, 244, f"{year.value / 1000:.0f} ktCO2", anchor="middle")]
    return _svg(640, 256, title, parts)


def methods(found: Example, chinese: bool) -> str:
    """Draw the two methods with their intervals."""
    title = "核算法与 CEMS：差异要与 u(a−b) 比" if chinese else "Balance and stack: a difference is judged by u(a − b)"
    names = (("核算法", "year"), ("CEMS", "stack")) if chinese else (("balance", "year"), ("stack (CEMS)", "stack"))
    low, high = 1370.0, 1600.0
    parts = [_text(20, 28, title, size=16)]
    for tick in range(1400, 1601, 50):
        x = 130 + 480 * (tick - low) / (high - low)
        parts += [_line(x, 48, x, 150, FAINT), _text(x, 168, str(tick), anchor="middle")]
    for rank, (name, key) in enumerate(names):
        result = found.results[key]
        y = 75 + 45 * rank
        centre, half = result.value / 1000, result.expanded().U / 1000
        left, right = (130 + 480 * (end - low) / (high - low) for end in (centre - half, centre + half))
        at = 130 + 480 * (centre - low) / (high - low)
        colour = SYSTEMATIC if rank else RANDOM
        parts += [
            _text(120, y + 5, name, anchor="end"),
            _line(left, y, right, y, colour),
            _line(left, y - 7, left, y + 7, colour),
        ]
        parts += [_line(right, y - 7, right, y + 7, colour), f"<circle cx='{at:.1f}' cy='{y}' r='5' fill='{colour}'/>"]
    parts += [_text(370, 190, f"ktCO2,   E = {found.facts['E']}", anchor="middle", colour=GUIDE)]
    return _svg(640, 200, title, parts)


def figures(found: Example) -> dict[str, str]:
    """Return file name → drawing, in both languages."""
    drawn = {"month-and-year": month_and_year, "budget": budget, "distribution": distribution, "methods": methods}
    return {
        f"uncertainty-{name}{'' if chinese else '.en'}.svg": draw(found, chinese)
        for name, draw in drawn.items()
        for chinese in (True, False)
    }


if __name__ == "__main__":
    for file, drawing in figures(example()).items():
        (FOLDER / file).write_text(drawing, encoding="utf-8")
