"""The carbon-flow diagram (碳计量流向图): places in columns, what flows between them, and the names of the source streams."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from tanheng.metrology.network.layers import Box, Wire
from tanheng.metrology.network.layout import HEAD, PAD, RING, Rect, Route, place
from tanheng.metrology.network.marks import numbered
from tanheng.metrology.network.model import Edge, Level, Medium, Network, Node, NodeKind
from tanheng.metrology.network.shapes import LINES, STACK_LINE, Line, frame, line_sample, outline, path, ring, tip
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
        rings = Counter(edge.start for edge in self.edges.values() if edge.start == edge.end)
        boxes = [
            Box(key=code, group=groups[code], width=_BOX, height=max(self._box_height(code), RING * rings[code] + 3))
            for code in sorted(self.nodes)
        ]
        framed = self._framed(groups)
        plan = place(boxes, self._wires(), framed={name: self._head(title) for name, title in framed.items()})
        parts = [frame(plan.frames[name], title) for name, title in framed.items() if name in plan.frames]
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
        return f"s\x1f{node.line}\x1f{node.system}" if node.system else f"n\x1f{node.code}"

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

    def _style(self, edge: Edge) -> Line:
        ends = [self.nodes[code].kind for code in (edge.start, edge.end)]
        if edge.medium is Medium.FLUE_GAS and (NodeKind.STACK in ends or NodeKind.OUTSIDE in ends):
            return STACK_LINE
        return LINES[edge.medium]

    def _edge(self, edge: Edge, route: Route) -> str:
        style = self._style(edge)
        dashes = f' stroke-dasharray="{style.dashes}"' if style.dashes else ""
        way = ring(route) if edge.start == edge.end else path(route)
        parts = [f'<path d="{way}" stroke="{style.colour}" stroke-width="{number(style.thick)}"{dashes}/>', tip(route, style)]
        label = route.at_start or route.at_end
        if label is not None:
            anchor, x = ("start", label.x) if _reads_on(route, label) else ("end", label.x + label.w)
            parts += lines(x, label.y + _LABEL, self.labels[edge.code], size=_LABEL, anchor=anchor)
        title = f"{edge.code} {self.say.of(dict(edge.title))}"
        extra = f' data-medium="{edge.medium}"' + (f" data-stream={attribute(edge.stream)}" if edge.stream else "")
        return group(edge.code, "edge", title, parts, extra=extra)

    def _node(self, node: Node, rect: Rect) -> str:
        known = node.code in self.network.node_of
        parts = [outline(node, rect, known=known)]
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
        stacks = [edge for edge in self.edges.values() if self._style(edge) is STACK_LINE]
        if used & {Medium.RAW_MATERIAL, Medium.CLINKER, Medium.CEMENT}:
            found.append(line_sample(LINES[Medium.RAW_MATERIAL], say("legend.material")))
        fuels = (medium for medium in (Medium.FOSSIL_FUEL, Medium.ALTERNATIVE_FUEL) if medium in used)
        found += [line_sample(LINES[medium], say.of(medium_word(medium))) for medium in fuels]
        if Medium.DUST in used:
            found.append(line_sample(LINES[Medium.DUST], say("legend.dust")))
        if any(edge.medium is Medium.FLUE_GAS and edge not in stacks for edge in self.edges.values()):
            found.append(line_sample(LINES[Medium.FLUE_GAS], say("legend.gas")))
        if stacks:
            found.append(line_sample(STACK_LINE, say("legend.stack")))
        if Medium.ELECTRICITY in used:
            found.append(line_sample(LINES[Medium.ELECTRICITY], say("legend.electricity")))
        if used & {Medium.HEAT, Medium.WATER}:
            found.append(line_sample(LINES[Medium.HEAT], say("legend.heat")))
        return found + self._node_samples()

    def _node_samples(self) -> list[Sample]:
        say, found = self.say, []
        names = {NodeKind.STACK: "legend.stack_node"}
        for kind in NodeKind:
            example = next((one for one in self.nodes.values() if one.kind is kind and one.code in self.network.node_of), None)
            if example is not None:
                found.append(Sample(outline(example, Rect(4, 1, 36, 16), known=True), say(names.get(kind, f"legend.{kind}"))))
        if any(one.in_clinker for one in self.nodes.values()):
            found.append(Sample('<path d="M20 1v16" stroke="#b45309" stroke-width="3"/>', say("legend.in_clinker")))
        example_mark = next((marks[0] for _, marks in sorted(self.marks_at.items())), "")
        if example_mark:
            found.append(Sample(text(22, 13, example_mark, size=_LABEL, anchor="middle"), say("legend.point")))
        return found


def _reads_on(route: Route, label: Rect) -> bool:
    """Whether the label begins at a box on its left, so that it is set from there."""
    first = route.stretches[0] if route.at_start is label else route.stretches[-1]
    return min(first[0], first[2]) <= label.x - PAD
