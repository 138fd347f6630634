"""The carbon-flow diagram (碳计量流向图): places in columns, what flows between them, and the names of the source streams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tanheng.metrology.network.layers import Box, Wire
from tanheng.metrology.network.layout import HEAD, PAD, Rect, Route, place
from tanheng.metrology.network.marks import numbered
from tanheng.metrology.network.model import Edge, Level, Medium, Network, Node, NodeKind
from tanheng.metrology.network.svg import (
    Sample,
    TitleBlock,
    attribute,
    group,
    leading,
    lines,
    number,
    sheet,
    text,
)
from tanheng.metrology.network.text import width, wrap
from tanheng.metrology.network.words import Say, medium_word

_NAME, _CODE, _LABEL = 12.0, 9.5, 10.5
_BOX = 98.0
_ROOM = 90.0  # for the words in a box
_BESIDE = 88.0  # for the words beside a line


@dataclass(frozen=True, slots=True)
class _Line:
    """How a medium is drawn."""

    colour: str
    thick: float
    dashes: str = ""


_LINES = {
    Medium.RAW_MATERIAL: _Line("currentColor", 1.5),
    Medium.CLINKER: _Line("currentColor", 2.2),
    Medium.CEMENT: _Line("currentColor", 1.5),
    Medium.FOSSIL_FUEL: _Line("#b45309", 1.8),
    Medium.ALTERNATIVE_FUEL: _Line("#2f855a", 1.8),
    Medium.ELECTRICITY: _Line("#2f7fb8", 1.3, "6 4"),
    Medium.HEAT: _Line("#c2410c", 1.3, "2 3"),
    Medium.FLUE_GAS: _Line("#7c8594", 2.4),
    Medium.DUST: _Line("#7c8594", 1.2),
    Medium.WATER: _Line("#2f7fb8", 1.2, "2 3"),
}
_STACK = _Line("#7c8594", 5.0)
_PRIORITY = {  # solid carbon shapes the drawing, gas runs against it where it must, energy follows
    Medium.RAW_MATERIAL: 0,
    Medium.CLINKER: 0,
    Medium.CEMENT: 0,
    Medium.FOSSIL_FUEL: 0,
    Medium.ALTERNATIVE_FUEL: 0,
    Medium.HEAT: 12,
    Medium.ELECTRICITY: 13,
    Medium.WATER: 13,
    Medium.FLUE_GAS: 1,
    Medium.DUST: 14,
}


def flow_svg(
    network: Network,
    *,
    block: TitleBlock,
    lang: str,
    systems: Mapping[str, Mapping[str, str]] | None = None,
    media: Collection[Medium] | None = None,
    line: str | None = None,
    kinds: Mapping[str, str] | None = None,
) -> str:
    """Return the carbon-flow diagram as SVG: every node and edge once, each with its code.

    Parameters
    ----------
    systems : mapping, optional
        Titles of the production systems by their keys, in two languages; a system without one shows its key.
    media : collection, optional
        Only what carries these media; None for all.
    line : str, optional
        Only one production line and what lines share; None for all.
    kinds : mapping, optional
        Code of an instrument to its kind, for the marks of the points beside the edges.
    """
    say = Say(lang)
    nodes, edges = _shown(network, media, line)
    drawing = _Drawing(network, say, nodes, edges, dict(systems or {}), numbered(network, kinds))
    body, size = drawing.body()
    return sheet(
        "flow",
        say=say,
        block=block,
        desc=say("flow.desc", nodes=len(nodes), edges=len(edges)),
        rule=say("flow.rule"),
        body=body,
        size=size,
        legend=drawing.legend(),
    )


def _shown(network: Network, media: Collection[Medium] | None, line: str | None) -> tuple[dict[str, Node], dict[str, Edge]]:
    """Return nodes and edges to draw; a code given twice is drawn once, the same whatever the order of the input."""
    nodes = {one.code: one for one in sorted(network.nodes, key=repr, reverse=True)}
    edges = {one.code: one for one in sorted(network.edges, key=repr, reverse=True)}
    if line is not None:
        nodes = {code: one for code, one in nodes.items() if one.line in ("", line)}
        hidden = network.node_of.keys() - nodes.keys()
        edges = {code: one for code, one in edges.items() if not hidden & {one.start, one.end}}
    if media is not None:
        edges = {code: one for code, one in edges.items() if one.medium in media}
    if line is not None or media is not None:
        touched = {code for one in edges.values() for code in (one.start, one.end)}
        nodes = {code: one for code, one in nodes.items() if code in touched}
    for one in edges.values():
        for code in (one.start, one.end):
            nodes.setdefault(code, _ghost(code))
    return {code: nodes[code] for code in sorted(nodes)}, {code: edges[code] for code in sorted(edges)}


def _ghost(code: str) -> Node:
    """Return a stand-in for a node that an edge names and the network lacks."""
    return Node(code=code, title={"zh": "", "en": ""}, kind=NodeKind.EQUIPMENT, level=Level.EQUIPMENT)


class _Drawing:
    """One diagram while it is made."""

    def __init__(
        self,
        network: Network,
        say: Say,
        nodes: dict[str, Node],
        edges: dict[str, Edge],
        systems: dict[str, Mapping[str, str]],
        marks: dict[str, str],
    ) -> None:
        self.network, self.say, self.nodes, self.edges, self.systems = network, say, nodes, edges, systems
        self.marks_at: dict[str, list[str]] = defaultdict(list)
        for point in sorted(network.point_of.values(), key=lambda one: one.code):
            self.marks_at[point.place].append(marks[point.code])
        self.names = {code: self._name(node) for code, node in nodes.items()}
        self.labels = {code: self._label(edge) for code, edge in edges.items()}

    def _name(self, node: Node) -> tuple[str, ...]:
        title = self.say.of(dict(node.title)) if node.code in self.network.node_of else self.say("missing_node")
        return wrap(title, size=_NAME, room=_ROOM - 18 if node.kind is NodeKind.STACK else _ROOM)

    def _label(self, edge: Edge) -> tuple[str, ...]:
        stream = self.network.stream_of.get(edge.stream)
        title = self.say.of(dict(stream.title)) if stream is not None else self.say.of(dict(edge.title))
        marks = " ".join(self.marks_at.get(edge.code, ()))
        return tuple(row for part in (title, marks) if part for row in wrap(part, size=_LABEL, room=_BESIDE) if row)

    def body(self) -> tuple[list[str], tuple[float, float]]:
        """Return the elements and the size of the drawing."""
        if not self.nodes:
            return [text(0, _NAME, self.say("nothing"), size=_NAME)], (200, 20)
        groups = {code: self._group(node) for code, node in self.nodes.items()}
        boxes = [Box(key=code, group=groups[code], width=_BOX, height=self._box_height(code)) for code in sorted(self.nodes)]
        framed = self._framed(groups)
        plan = place(boxes, self._wires(), framed={name: self._head(title) for name, title in framed.items()})
        parts = [_frame(plan.frames[name], title) for name, title in framed.items() if name in plan.frames]
        parts += [self._edge(self.edges[code], plan.routes[code]) for code in self.edges]
        parts += [self._node(node, plan.boxes[code]) for code, node in self.nodes.items()]
        return [f'<g transform="translate({number(PAD)} 6)">{"".join(parts)}</g>'], (plan.width + 2 * PAD, plan.height + 12)

    def _box_height(self, code: str) -> float:
        marks = self.marks_at.get(code)
        rows = len(wrap(" ".join(marks), size=_LABEL, room=_ROOM)) if marks else 0
        return len(self.names[code]) * leading(_NAME) + (rows + len(self._code(code))) * leading(_LABEL) + 12

    def _code(self, code: str) -> tuple[str, ...]:
        return wrap(code, size=_CODE, room=_ROOM)

    def _group(self, node: Node) -> str:
        """Return the group of a node: its system on its line; a node without a system is a group of its own."""
        return f"s {node.line} {node.system}" if node.system else f"n {node.code}"

    def _framed(self, groups: Mapping[str, str]) -> dict[str, str]:
        """Return the groups with a frame and their titles: systems."""
        found = {}
        for code, name in groups.items():
            node = self.nodes[code]
            if node.system:
                title = self.say.of(dict(self.systems.get(node.system, {"zh": node.system, "en": node.system})))
                found[name] = f"{title} · {self.say('line', line=node.line)}" if node.line else title
        return {name: found[name] for name in sorted(found)}

    def _head(self, title: str) -> float:
        return HEAD + (len(wrap(title, size=_LABEL, room=_BOX, bold=True)) - 1) * leading(_LABEL)

    def _wires(self) -> list[Wire]:
        wires = []
        for code, edge in self.edges.items():
            rows = self.labels[code]
            size = (
                max((width(row, size=_LABEL) for row in rows), default=0.0) + 4,
                len(rows) * leading(_LABEL) + 1 + self._style(edge).thick / 2,
            )
            size = size if rows and edge.start != edge.end else (0.0, 0.0)
            wires.append(
                Wire(
                    key=code,
                    start=edge.start,
                    end=edge.end,
                    priority=_PRIORITY[edge.medium],
                    at_start=size,
                )
            )
        return wires

    def _style(self, edge: Edge) -> _Line:
        ends = [self.nodes[code].kind for code in (edge.start, edge.end)]
        if edge.medium is Medium.FLUE_GAS and (NodeKind.STACK in ends or NodeKind.OUTSIDE in ends):
            return _STACK
        return _LINES[edge.medium]

    def _edge(self, edge: Edge, route: Route) -> str:
        style = self._style(edge)
        dashes = f' stroke-dasharray="{style.dashes}"' if style.dashes else ""
        path = _ring(route) if edge.start == edge.end else _path(route)
        parts = [f'<path d="{path}" stroke="{style.colour}" stroke-width="{number(style.thick)}"{dashes}/>', _tip(route, style)]
        label = route.at_start or route.at_end
        if label is not None:
            anchor, x = ("start", label.x) if _reads_on(route, label) else ("end", label.x + label.w)
            parts += lines(x, label.y + _LABEL, self.labels[edge.code], size=_LABEL, anchor=anchor)
        title = f"{edge.code} {self.say.of(dict(edge.title))}"
        extra = f' data-medium="{edge.medium}"' + (f" data-stream={attribute(edge.stream)}" if edge.stream else "")
        return group(edge.code, "edge", title, parts, extra=extra)

    def _node(self, node: Node, rect: Rect) -> str:
        known = node.code in self.network.node_of
        parts = [_shape(node, rect, known=known)]
        if node.in_clinker:
            parts.append(
                f'<path d="M{number(rect.x + 1.5)} {number(rect.y)}v{number(rect.h)}" stroke="#b45309" stroke-width="3"/>'
            )
        y = rect.y + (rect.h - self._box_height(node.code)) / 2 + 6 + _NAME
        middle = rect.x + rect.w / 2
        parts += lines(middle, y, self.names[node.code], size=_NAME, anchor="middle")
        y += len(self.names[node.code]) * leading(_NAME)
        parts += lines(middle, y, self._code(node.code), size=_CODE, anchor="middle", faint=True)
        y += len(self._code(node.code)) * leading(_LABEL)
        marks = self.marks_at.get(node.code)
        if marks:
            parts += lines(middle, y, wrap(" ".join(marks), size=_LABEL, room=_ROOM), size=_LABEL, anchor="middle")
        missing = "" if known else ' data-missing="true"'
        return group(node.code, "node", f"{node.code} {' '.join(self.names[node.code])}", parts, extra=missing)

    def legend(self) -> list[Sample]:
        """Return the entries for what the drawing shows, no more."""
        say, found = self.say, []
        used = {edge.medium for edge in self.edges.values()}
        stacks = [edge for edge in self.edges.values() if self._style(edge) is _STACK]
        if used & {Medium.RAW_MATERIAL, Medium.CLINKER, Medium.CEMENT}:
            found.append(_line_sample(_LINES[Medium.RAW_MATERIAL], say("legend.material")))
        fuels = (medium for medium in (Medium.FOSSIL_FUEL, Medium.ALTERNATIVE_FUEL) if medium in used)
        found += [_line_sample(_LINES[medium], say.of(medium_word(medium))) for medium in fuels]
        if Medium.DUST in used:
            found.append(_line_sample(_LINES[Medium.DUST], say("legend.dust")))
        if any(edge.medium is Medium.FLUE_GAS and edge not in stacks for edge in self.edges.values()):
            found.append(_line_sample(_LINES[Medium.FLUE_GAS], say("legend.gas")))
        if stacks:
            found.append(_line_sample(_STACK, say("legend.stack")))
        if Medium.ELECTRICITY in used:
            found.append(_line_sample(_LINES[Medium.ELECTRICITY], say("legend.electricity")))
        if used & {Medium.HEAT, Medium.WATER}:
            found.append(_line_sample(_LINES[Medium.HEAT], say("legend.heat")))
        return found + self._node_samples()

    def _node_samples(self) -> list[Sample]:
        say, found = self.say, []
        names = {NodeKind.STACK: "legend.stack_node"}
        for kind in NodeKind:
            example = next((one for one in self.nodes.values() if one.kind is kind and one.code in self.network.node_of), None)
            if example is not None:
                found.append(Sample(_shape(example, Rect(4, 1, 36, 16), known=True), say(names.get(kind, f"legend.{kind}"))))
        if any(one.in_clinker for one in self.nodes.values()):
            found.append(Sample('<path d="M20 1v16" stroke="#b45309" stroke-width="3"/>', say("legend.in_clinker")))
        example_mark = next((marks[0] for _, marks in sorted(self.marks_at.items())), "")
        if example_mark:
            found.append(Sample(text(22, 13, example_mark, size=_LABEL, anchor="middle"), say("legend.point", mark="")))
        return found


def _line_sample(style: _Line, meaning: str) -> Sample:
    dashes = f' stroke-dasharray="{style.dashes}"' if style.dashes else ""
    drawing = f'<path d="M2 9h34" stroke="{style.colour}" stroke-width="{number(style.thick)}"{dashes}/>'
    return Sample(drawing + _triangle(44, 9, style, to_right=True), meaning)


def _reads_on(route: Route, label: Rect) -> bool:
    """Whether the label begins at a box on its left, so that it is set from there."""
    first = route.stretches[0] if route.at_start is label else route.stretches[-1]
    return min(first[0], first[2]) <= label.x - PAD


def _frame(rect: Rect, title: str) -> str:
    rows = wrap(title, size=_LABEL, room=rect.w - 2 * PAD, bold=True)
    head = lines(rect.x + PAD, rect.y + 15, rows, size=_LABEL, bold=True)
    shape = (
        f'<rect x="{number(rect.x)}" y="{number(rect.y)}" width="{number(rect.w)}" height="{number(rect.h)}" rx="6" '
        f'fill="currentColor" fill-opacity="0.045" stroke="currentColor" stroke-opacity="0.25"/>'
    )
    return shape + "".join(head)


def _path(route: Route) -> str:
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


def _ring(route: Route) -> str:
    x, y, _, end = route.stretches[0]
    return f"M{number(x)} {number(y)}c16 -6 16 {number(end - y + 6)} 6 {number(end - y)}"


def _tip(route: Route, style: _Line) -> str:
    x, _, to, y = route.stretches[-1]
    if len(route.stretches) == 1:
        return _triangle(to, y, style, to_right=False)
    return _triangle(to, y, style, to_right=to > x)


def _triangle(x: float, y: float, style: _Line, *, to_right: bool) -> str:
    back, half = (-8 if to_right else 8), max(3.5, style.thick)
    return f'<path d="M{number(x)} {number(y)}l{back} {number(-half)}v{number(2 * half)}z" fill="{style.colour}"/>'


def _shape(node: Node, rect: Rect, *, known: bool) -> str:
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
