"""Rows of a metering network: how high each is, which share a line, and what fits on a sheet; and the round marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tanheng.metrology.network.marks import Standing
from tanheng.metrology.network.model import Point
from tanheng.metrology.network.svg import leading, number

NAME, INFO = 12.0, 10.0
RADIUS = 15.0
HEAD, SECTION = 30.0, 30.0
RED, AMBER = "#d63939", "#c77700"
_BETWEEN = 22.0  # below a part
_SHEET = 640.0  # height of the drawing on a sheet of A3


@dataclass(frozen=True, slots=True)
class Row:
    """One point with its words, and how far they reach above and below the line it stands on."""

    point: Point
    name: tuple[str, ...]
    info: tuple[str, ...]
    state: Standing
    tag: str
    joins: bool  # stands on the line of its parent, which is its first child's

    @property
    def above(self) -> float:
        """How far mark and name reach above the line."""
        return max(RADIUS + 4, len(self.name) * leading(NAME) + 6)

    @property
    def below(self) -> float:
        """How far mark, place, instruments and tag reach below it."""
        return max(RADIUS + 4, (len(self.info) + bool(self.tag)) * leading(INFO) + 8)


def packed(sections: Mapping[str, Sequence[Row]]) -> list[list[tuple[str, list[Row]]]]:
    """Return the parts on sheets: small ones together while they fit, a large one cut into several."""
    found: list[list[tuple[str, list[Row]]]] = []
    room = 0.0
    for name, section in sections.items():
        for rows in _cut(section):
            high = SECTION + HEAD + _BETWEEN + sum(_line_heights(rows))
            if not found or high > room:
                found.append([])
                room = _SHEET
            found[-1].append((name, rows))
            room -= high
    return found


def _lines(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the rows that share a line: a parent with its first child."""
    found: list[list[Row]] = []
    for row in rows:
        if row.joins and found:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _line_heights(rows: Sequence[Row]) -> list[float]:
    return [max(one.above for one in line) + max(one.below for one in line) for line in _lines(rows)]


def middles_of(rows: Sequence[Row], top: float) -> dict[str, float]:
    """Return the heights of the lines on which the points stand."""
    found: dict[str, float] = {}
    y = top
    for line in _lines(rows):
        middle = y + max(one.above for one in line)
        found.update((one.point.code, middle) for one in line)
        y = middle + max(one.below for one in line)
    return found


def _cut(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the rows in parts that fit on a sheet, cut where a new line begins."""
    found: list[list[Row]] = []
    used = 0.0
    for line, height in zip(_lines(rows), _line_heights(rows), strict=True):
        if not found or used + height > _SHEET - HEAD - SECTION - _BETWEEN:
            found.append([])
            used = 0.0
        found[-1] += line
        used += height
    return found


SIGNS = {Standing.INVALID: "×", Standing.SHORT: "◇", Standing.MISSING: "○", Standing.DUE_SOON: "△"}


def round_mark(state: Standing, x: float, y: float) -> str:
    """Return the round mark of a state: its shape says what its colour says."""
    at = f'cx="{number(x)}" cy="{number(y)}"'
    ring = f'<circle {at} r="{number(RADIUS)}"'
    match state:
        case Standing.VALID:
            return f'{ring} fill="currentColor" fill-opacity="0.12" stroke="currentColor" stroke-width="1.8"/>'
        case Standing.DUE_SOON:
            inner = f'<circle {at} r="{number(RADIUS + 3)}" stroke="{AMBER}" stroke-dasharray="2 4" stroke-width="1.5"/>'
            return f'{ring} fill="currentColor" fill-opacity="0.12" stroke="currentColor" stroke-width="1.8"/>{inner}'
        case Standing.UNJUDGED:
            return f'{ring} stroke="currentColor" stroke-width="1"/>'
        case Standing.MISSING:
            return f'{ring} stroke="currentColor" stroke-width="1.5" stroke-dasharray="4 3"/>'
        case Standing.SHORT:
            turned = f'transform="rotate(45 {number(x)} {number(y)})" stroke="currentColor" stroke-opacity="0.5"'
            inner = f'<rect x="{number(x - 8)}" y="{number(y - 8)}" width="16" height="16" stroke-width="1" {turned}/>'
            return f'{ring} stroke="currentColor" stroke-width="1.5" stroke-dasharray="4 3"/>{inner}'
        case Standing.INVALID:
            cross = f'<circle {at} r="{number(RADIUS - 3.5)}" stroke="{RED}" stroke-width="1"/>'
            return f'{ring} stroke="{RED}" stroke-width="2"/>{cross}'
