"""One carbon-flow diagram while it is made: its boxes, wires and marks, where they stand, and how they look."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from tanheng.accounting.plant import Words
from tanheng.metrology.network.flow_legend import samples
from tanheng.metrology.network.layers import Box, Wire
from tanheng.metrology.network.layout import HEAD, PAD, RING, Plan, Rect, Route, place, width_of
from tanheng.metrology.network.model import Edge, Medium, Network, Node, NodeKind
from tanheng.metrology.network.shapes import LINES, STACK_LINE, Line, flag, frame, outline, path, ring, tip
from tanheng.metrology.network.sheets import Mark
from tanheng.metrology.network.svg import Sample, TitleBlock, attribute, group, leading, lines, number, sheet, text
from tanheng.metrology.network.text import width, wrap
from tanheng.metrology.network.words import Say

NAME, CODE, LABEL = 12.0, 10.5, 10.5
_BOX = 98.0
_ROOM = 90.0  # for the words in a box
_FLAG = 78.0  # for the words in a continuation mark
_BESIDE = 88.0  # for the words beside a line

PRIORITY = {  # solid carbon shapes the drawing, gas runs against it where it must, energy follows
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


def group_of(node: Node) -> str:
    """Return the group of a node: its system on its line; a node without a system is a group of its own."""
    return f"s\x1f{node.line}\x1f{node.system}" if node.system else f"n\x1f{node.code}"


class Diagram:
    """One diagram while it is made."""

    def __init__(
        self,
        network: Network,
        say: Say,
        nodes: dict[str, Node],
        edges: dict[str, Edge],
        systems: dict[str, Mapping[str, str]],
        marks: dict[str, str],
        continued: Mapping[str, tuple[Mark, int]] | None = None,
    ) -> None:
        self.continued = dict(continued or {})
        self.network, self.say, self.nodes, self.edges = network, say, nodes, edges
        self.systems, self.marks = systems, marks
        self.marks_at: dict[str, list[str]] = defaultdict(list)
        for point in sorted(network.point_of.values(), key=lambda one: one.code):
            self.marks_at[point.place].append(marks[point.code])
        self.names = {code: self._name(node) for code, node in nodes.items()}
        self.labels = {code: self._label(edge) for code, edge in edges.items()}

    def svg(self, block: TitleBlock) -> str:
        """Return the drawing with title block and legend."""
        if not self.nodes:
            return self.sheet(block, [text(0, NAME, self.say("nothing"), size=NAME)], (200, 20))
        return self.sheet(block, self.body(), (self.plan.width + 2 * PAD, self.plan.height + 12))

    def sheet(self, block: TitleBlock, body: Sequence[str], size: tuple[float, float]) -> str:
        """Return what is drawn with title block and legend."""
        return sheet(
            "flow",
            say=self.say,
            block=block,
            desc=self.say(
                "flow.desc",
                nodes=len(self.nodes.keys() - self.continued.keys()),
                edges=len(self.edges.keys() - self.continued.keys()),
            ),
            rule=self.say("flow.rule"),
            body=body,
            size=size,
            legend=self.legend(),
        )

    @property
    def part(self) -> Words | None:
        """Return the names of the systems that the drawing shows; None for none."""
        found = dict.fromkeys(title for _, title in sorted(self._framed().items()))
        return {"zh": "、".join(found), "en": ", ".join(found)} if found else None

    def _name(self, node: Node) -> tuple[str, ...]:
        if node.code in self.continued:
            return self._mark_words(*self.continued[node.code])
        title = self.say.of(dict(node.title)) if node.code in self.network.node_of else self.say("missing_node")
        return wrap(title, size=NAME, room=_ROOM - 18 if node.kind is NodeKind.STACK else _ROOM)

    def _label(self, edge: Edge) -> tuple[str, ...]:
        stream = self.network.stream_of.get(edge.stream)
        title = self.say.of(dict(stream.title)) if stream is not None else self.say.of(dict(edge.title))
        marks = " ".join(self.marks_at.get(edge.code, ()))
        return tuple(row for part in (title, marks) if part for row in wrap(part, size=LABEL, room=_BESIDE) if row)

    def _mark_words(self, mark: Mark, row: int) -> tuple[str, ...]:
        """Return what stands at the other ends of a continuation mark."""
        codes = (mark.start,) if row in mark.enters else mark.ends
        if len(codes) > 1:
            return wrap(self.say("mark.places", count=len(codes)), size=NAME, room=_FLAG)
        known = self.network.node_of.get(codes[0])
        return wrap(self.say.of(dict(known.title)) if known is not None else codes[0], size=NAME, room=_FLAG)

    def _mark_head(self, mark: Mark, row: int, sheet_of: Sequence[int] = ()) -> tuple[str, ...]:
        """Return the name of a continuation mark and the sheets of its other ends; before they are known, as many as may be."""
        others = (mark.leaves,) if row in mark.enters else mark.enters
        sheets = sorted({sheet_of[one] if sheet_of else one + 1 for one in others})
        label = "mark.enters" if row in mark.enters else "mark.leaves"
        return wrap(self.say(label, mark=mark.name, sheet=", ".join(map(str, sheets))), size=NAME, room=_FLAG, bold=True)

    @property
    def width(self) -> float:
        """Return the width of the plan, before it is made."""
        return width_of(self._boxes(), self._wires())

    @functools.cached_property
    def plan(self) -> Plan:
        """Return where everything stands."""
        framed = {name: self._head(title) for name, title in self._framed().items()}
        return place(self._boxes(), self._wires(), framed=framed)

    def _boxes(self) -> list[Box]:
        groups = {code: group_of(node) for code, node in self.nodes.items()}
        rings = Counter(edge.start for edge in self.edges.values() if edge.start == edge.end)
        return [
            Box(key=code, group=groups[code], width=_BOX, height=max(self._box_height(code), RING * rings[code] + 3))
            for code in sorted(self.nodes)
        ]

    def body(self, sheet_of: Sequence[int] = ()) -> list[str]:
        """Return the elements of the drawing; ``sheet_of`` is the sheet of each row, where there are rows."""
        plan, framed = self.plan, self._framed()
        parts = [frame(plan.frames[name], title) for name, title in framed.items() if name in plan.frames]
        parts += [self._edge(self.edges[code], plan.routes[code]) for code in self.edges]
        for code, node in self.nodes.items():
            if code in self.continued:
                parts.append(self._mark(plan.boxes[code], *self.continued[code], sheet_of))
            else:
                parts.append(self._node(node, plan.boxes[code]))
        return [f'<g transform="translate({number(PAD)} 6)">{"".join(parts)}</g>']

    def _box_height(self, code: str) -> float:
        marks = self.marks_at.get(code)
        rows = len(wrap(" ".join(marks), size=LABEL, room=_ROOM)) if marks else 0
        return len(self.names[code]) * leading(NAME) + (rows + len(self._code(code))) * leading(LABEL) + 12

    def _code(self, code: str) -> tuple[str, ...]:
        if code in self.continued:
            return self._mark_head(*self.continued[code])
        return wrap(code, size=CODE, room=_ROOM)

    def _framed(self) -> dict[str, str]:
        """Return the groups with a frame and their titles: systems."""
        found = {}
        for node in self.nodes.values():
            if node.system:
                name = group_of(node)
                title = self.say.of(dict(self.systems.get(node.system, {"zh": node.system, "en": node.system})))
                found[name] = f"{title} · {self.say('line', line=node.line)}" if node.line else title
        return {name: found[name] for name in sorted(found)}

    def _head(self, title: str) -> float:
        return HEAD + (len(wrap(title, size=LABEL, room=_BOX, bold=True)) - 1) * leading(LABEL)

    def _wires(self) -> list[Wire]:
        wires = []
        for code, edge in self.edges.items():
            rows = self.labels[code]
            size = (
                max((width(row, size=LABEL) for row in rows), default=0.0) + 4,
                len(rows) * leading(LABEL) + 1 + self._style(edge).thick / 2,
            )
            size = size if rows and edge.start != edge.end else (0.0, 0.0)
            wires.append(
                Wire(
                    key=code,
                    start=edge.start,
                    end=edge.end,
                    priority=PRIORITY[edge.medium],
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
            parts += lines(x, label.y + LABEL, self.labels[edge.code], size=LABEL, anchor=anchor)
        if edge.code in self.continued:
            return group(self.continued[edge.code][0].name, "continued", self.say("mark.line"), parts)
        title = f"{edge.code} {self.say.of(dict(edge.title))}"
        extra = f' data-medium="{edge.medium}"' + (f" data-stream={attribute(edge.stream)}" if edge.stream else "")
        return group(edge.code, "edge", title, parts, extra=extra)

    def _mark(self, rect: Rect, mark: Mark, row: int, sheet_of: Sequence[int]) -> str:
        head, words = self._mark_head(mark, row, sheet_of), self._mark_words(mark, row)
        y = rect.y + (rect.h - (len(words) + len(head)) * leading(NAME)) / 2 + NAME - 1
        middle = rect.x + rect.w / 2
        parts = [flag(rect, enters=row in mark.enters), *lines(middle, y, head, size=NAME, anchor="middle", bold=True)]
        parts += lines(middle, y + len(head) * leading(NAME), words, size=NAME, anchor="middle")
        sheets = " ".join(str(sheet_of[one]) for one in mark.enters)
        end = "enters" if row in mark.enters else "leaves"
        extra = f' data-end="{end}" data-leaves="{sheet_of[mark.leaves]}" data-enters="{sheets}"'
        return group(mark.name, "mark", " ".join((*head, *words)), parts, extra=extra)

    def _node(self, node: Node, rect: Rect) -> str:
        known = node.code in self.network.node_of
        parts = [outline(node, rect, known=known)]
        if node.in_clinker:
            parts.append(
                f'<path d="M{number(rect.x + 1.5)} {number(rect.y)}v{number(rect.h)}" stroke="#b45309" stroke-width="3"/>'
            )
        y = rect.y + (rect.h - self._box_height(node.code)) / 2 + 6 + NAME
        middle = rect.x + rect.w / 2
        parts += lines(middle, y, self.names[node.code], size=NAME, anchor="middle")
        y += len(self.names[node.code]) * leading(NAME)
        parts += lines(middle, y, self._code(node.code), size=CODE, anchor="middle", faint=True)
        y += len(self._code(node.code)) * leading(LABEL)
        marks = self.marks_at.get(node.code)
        if marks:
            parts += lines(middle, y, wrap(" ".join(marks), size=LABEL, room=_ROOM), size=LABEL, anchor="middle")
        missing = "" if known else ' data-missing="true"'
        return group(node.code, "node", f"{node.code} {' '.join(self.names[node.code])}", parts, extra=missing)

    def legend(self) -> list[Sample]:
        """Return the entries for what the drawing shows, no more."""
        stacks = {code for code, edge in self.edges.items() if self._style(edge) is STACK_LINE}
        return samples(
            self.say,
            nodes=[node for code, node in self.nodes.items() if code in self.network.node_of],
            media={edge.medium for code, edge in self.edges.items() if code not in stacks},
            stacks=bool(stacks),
            continued=bool(self.continued),
            point=next((marks[0] for _, marks in sorted(self.marks_at.items())), ""),
        )


def _reads_on(route: Route, label: Rect) -> bool:
    """Whether the label begins at a box on its left, so that it is set from there."""
    first = route.stretches[0] if route.at_start is label else route.stretches[-1]
    return min(first[0], first[2]) <= label.x - PAD
