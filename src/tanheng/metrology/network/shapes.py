"""Strokes and outlines of a flow diagram: a line style for every medium, an outline for every kind of place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tanheng.metrology.network.layout import PAD, Rect, Route
from tanheng.metrology.network.model import Medium, Node, NodeKind
from tanheng.metrology.network.svg import Sample, lines, number
from tanheng.metrology.network.text import wrap

_TITLE = 10.5  # of a frame


@dataclass(frozen=True, slots=True)
class Line:
    """How a medium is drawn."""

    colour: str
    thick: float
    dashes: str = ""


LINES = {
    Medium.RAW_MATERIAL: Line("currentColor", 1.5),
    Medium.CLINKER: Line("currentColor", 2.2),
    Medium.CEMENT: Line("currentColor", 1.5),
    Medium.FOSSIL_FUEL: Line("#b45309", 1.8),
    Medium.ALTERNATIVE_FUEL: Line("#2f855a", 1.8),
    Medium.ELECTRICITY: Line("#2f7fb8", 1.3, "6 4"),
    Medium.HEAT: Line("#c2410c", 1.3, "2 3"),
    Medium.FLUE_GAS: Line("#7c8594", 2.4),
    Medium.DUST: Line("#7c8594", 1.2),
    Medium.WATER: Line("#2f7fb8", 1.2, "2 3"),
}
STACK_LINE = Line("#7c8594", 5.0)


def line_sample(style: Line, meaning: str) -> Sample:
    """Return the entry of a legend for a line style."""
    dashes = f' stroke-dasharray="{style.dashes}"' if style.dashes else ""
    drawing = f'<path d="M2 9h34" stroke="{style.colour}" stroke-width="{number(style.thick)}"{dashes}/>'
    return Sample(drawing + _triangle(44, 9, style, to_right=True), meaning)


def frame(rect: Rect, title: str) -> str:
    """Return the frame of a system with its title."""
    rows = wrap(title, size=_TITLE, room=rect.w - 2 * PAD, bold=True)
    head = lines(rect.x + PAD, rect.y + 15, rows, size=_TITLE, bold=True)
    shape = (
        f'<rect x="{number(rect.x)}" y="{number(rect.y)}" width="{number(rect.w)}" height="{number(rect.h)}" rx="6" '
        f'fill="currentColor" fill-opacity="0.045" stroke="currentColor" stroke-opacity="0.25"/>'
    )
    return shape + "".join(head)


def path(route: Route) -> str:
    """Return straight stretches joined by curves that only bend between columns; the tip has room for its triangle."""
    (x, y, to, _), *others = _shortened(route)
    found = [f"M{number(x)} {number(y)}H{number(to)}"]
    for left, level, right, _ in others:
        bend = number((to + left) / 2)
        found.append(f"C{bend} {number(y)} {bend} {number(level)} {number(left)} {number(level)}H{number(right)}")
        y, to = level, right
    return "".join(found)


def _shortened(route: Route) -> Iterable[tuple[float, float, float, float]]:
    """Return the stretches, the last one shorter by the tip of the arrow."""
    x, y, to, end = route.stretches[-1]
    return (*route.stretches[:-1], (x, y, to - 6 if to > x else to + 6, end))


def ring(route: Route) -> str:
    """Return the way from a box to itself: a small bow at its upper right corner."""
    x, y, _, end = route.stretches[0]
    return f"M{number(x)} {number(y)}c16 -6 16 {number(end - y + 6)} 6 {number(end - y)}"


def tip(route: Route, style: Line) -> str:
    """Return the arrow's tip where a route ends; a ring's points back at its box."""
    x, _, to, y = route.stretches[-1]
    if len(route.stretches) == 1:
        return _triangle(to, y, style, to_right=False)
    return _triangle(to, y, style, to_right=to > x)


def _triangle(x: float, y: float, style: Line, *, to_right: bool) -> str:
    back, half = (-8 if to_right else 8), max(3.5, style.thick)
    return f'<path d="M{number(x)} {number(y)}l{back} {number(-half)}v{number(2 * half)}z" fill="{style.colour}"/>'


def flag(rect: Rect, *, enters: bool) -> str:
    """Return the outline of a continuation mark: a flag that points the way of the flow."""
    x, y, w, h = rect.x, rect.y, rect.w, rect.h
    notch = min(8.0, h / 2)
    left = f"l{number(notch)} {number(h / 2)}l{number(-notch)} {number(h / 2)}" if enters else f"v{number(h)}"
    right = (
        f"h{number(w)}v{number(-h)}"
        if enters
        else f"h{number(w - notch)}l{number(notch)} {number(-h / 2)}l{number(-notch)} {number(-h / 2)}"
    )
    stroke = 'stroke="currentColor" stroke-width="1.2" stroke-dasharray="5 3"'
    return f'<path d="M{number(x)} {number(y)}{left}{right}z" fill="currentColor" fill-opacity="0.02" {stroke}/>'


def outline(node: Node, rect: Rect, *, known: bool) -> str:
    """Return the outline of a node; its shape says what it is."""
    x, y, w, h = (number(value) for value in (rect.x, rect.y, rect.w, rect.h))
    ground = 'fill="currentColor" fill-opacity="0.04" stroke="currentColor" stroke-width="1.2"'
    if not known:
        return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" stroke="#d63939" stroke-width="1.5" stroke-dasharray="3 3"/>'
    match node.kind:
        case NodeKind.OUTSIDE:
            return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{number(min(rect.h / 2, 18))}" {ground}/>'
        case NodeKind.SYSTEM:
            return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {ground.replace("0.04", "0.1")}/>'
        case NodeKind.EQUIPMENT:
            return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {ground}/>'
        case NodeKind.STORE:
            lid = f'<path d="M{x} {number(rect.y + 4)}h{w}" stroke="currentColor" stroke-width="1.2"/>'
            return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="4" {ground}/>{lid}'
        case NodeKind.STACK:
            inset = number(min(10.0, rect.w / 5))
            top = number(rect.w - 2 * min(10.0, rect.w / 5))
            return f'<path d="M{number(rect.x + float(inset))} {y}h{top}l{inset} {h}h-{w}z" {ground}/>'
