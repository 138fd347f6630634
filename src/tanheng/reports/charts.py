"""Geometry of the charts: rectangles, ribbons and labels in a box one unit wide and one unit high; the template draws them.

Widths conserve: a ribbon of the flow chart is as wide as its emission, at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from tanheng.accounting.inventory import Figure, Inventory

_GAP = 0.03
_LABEL = 0.11


@dataclass(frozen=True, slots=True)
class _Band:
    """A block of the flow chart: label, amount, top edge and height."""

    label: str
    amount: Decimal
    top: float
    height: float


def monthly(inventory: Inventory, lang: str) -> dict[str, Any]:
    """Return the stacked columns of direct emissions: for each period and line its combustion and process.

    A period with a blank is drawn empty and named in ``blank``; it is not zero.
    """
    periods = list(inventory.plant.periods)
    names = [(line.id, part) for line in inventory.plant.lines for part in ("combustion", "process")]
    stacks = {period: [_value(inventory, f"line.{line}.{part}", period) for line, part in names] for period in periods}
    known = {period: [value for value in values if value is not None] for period, values in stacks.items()}
    sums = {period: sum(values, Decimal(0)) for period, values in known.items() if len(values) == len(names)}
    ticks = _ticks(max(sums.values(), default=Decimal(1)) or Decimal(1))
    top = ticks[-1]
    bars = []
    for index, period in enumerate(periods):
        base = Decimal(0)
        for series, value in enumerate(stacks[period]):
            if period in sums and value is not None:
                bars.append({"x": index / len(periods), "y": float(base / top), "h": float(value / top), "series": series})
                base += value
    titles = {line.id: line.title[lang] for line in inventory.plant.lines}
    return {
        "periods": [period[-2:] if len(period) > 4 else period for period in periods],
        "series": [[titles[line], part] for line, part in names],
        "bars": bars,
        "ticks": [{"y": float(tick / top), "label": f"{tick:,f}"} for tick in ticks],
        "blank": [index for index, period in enumerate(periods) if period not in sums],
    }


def flow(inventory: Inventory, lang: str) -> dict[str, Any] | None:
    """Return the flow from fuels and process to lines, or None when a figure is blank or there is no emission."""
    sources: list[tuple[str, str, Decimal]] = []
    for line in inventory.plant.lines:
        for figure in _parts(inventory, line.id):
            if figure.value is None or figure.value < 0:
                return None
            sources.append((_source_name(inventory, figure, line.id, lang), line.id, figure.value))
    total = sum((amount for _, _, amount in sources), Decimal(0))
    if not total:
        return None
    names = list(dict.fromkeys(name for name, _, _ in sources))
    scale = (1 - _GAP * (max(len(names), len(inventory.plant.lines)) - 1)) / float(total)
    left = _stack([(name, sum((a for n, _, a in sources if n == name), Decimal(0))) for name in names], scale)
    right = _stack(
        [(line.title[lang], sum((a for _, to, a in sources if to == line.id), Decimal(0))) for line in inventory.plant.lines],
        scale,
    )
    used_left, used_right = [0.0] * len(left), [0.0] * len(right)
    ribbons = []
    for target, line in enumerate(inventory.plant.lines):
        for name, to, amount in sources:
            if to != line.id or not amount:
                continue
            source, height = names.index(name), float(amount) * scale
            ribbons.append(
                {
                    "from": left[source].top + used_left[source],
                    "to": right[target].top + used_right[target],
                    "h": height,
                    "series": source,
                }
            )
            used_left[source] += height
            used_right[target] += height
    return {
        "left": _drawn(left, total),
        "right": _drawn(right, total),
        "ribbons": ribbons,
        "total": f"{total:,.0f}",
    }


def _parts(inventory: Inventory, line: str) -> list[Figure]:
    """Return what a line's total is made of: each fuel's combustion, and the process."""
    found = [
        figure
        for figure in inventory.figures.values()
        if figure.group == "fuel"
        and not figure.period
        and figure.quantity.startswith(f"line.{line}.")
        and figure.unit == "tCO2"
    ]
    process = inventory.figures.get(f"line.{line}.process")
    return found + ([process] if process is not None else [])


def _source_name(inventory: Inventory, figure: Figure, line: str, lang: str) -> str:
    for stream in inventory.plant.streams:
        if figure.quantity == f"line.{line}.fuel.{stream.id}.emission":
            return stream.title[lang]
    return {"zh": "生产过程", "en": "Process"}[lang]


def _stack(parts: list[tuple[str, Decimal]], scale: float) -> list[_Band]:
    bands, top = [], 0.0
    for label, amount in parts:
        height = float(amount) * scale
        bands.append(_Band(label, amount, top, height))
        top += height + _GAP
    return bands


def _drawn(bands: list[_Band], total: Decimal) -> list[dict[str, Any]]:
    """Return the blocks with their texts; labels keep a distance, however thin their block is."""
    drawn, lowest = [], -_LABEL
    for band in bands:
        lowest = max(band.top + band.height / 2, lowest + _LABEL)
        share = f"{band.amount * 100 / total:.1f} %"
        texts = {"label": band.label, "amount": f"{band.amount:,.0f}", "share": share}
        drawn.append({**texts, "y": band.top, "h": band.height, "label_y": lowest})
    return drawn


def _value(inventory: Inventory, name: str, period: str) -> Decimal | None:
    figure = inventory.figures.get(f"{name}@{period}")
    return figure.value if figure is not None else None


def _ticks(value: Decimal) -> list[Decimal]:
    """Return round numbers from zero to the first one not below ``value``: at most five steps of 1, 2, 2.5 or 5."""
    power = Decimal(1).scaleb(value.adjusted() - 1)
    step = next(size * power for size in map(Decimal, ("2", "2.5", "5", "10", "20")) if size * power * 5 >= value)
    count = int((value / step).to_integral_value(ROUND_CEILING))
    return [step.normalize() * number for number in range(count + 1)]
