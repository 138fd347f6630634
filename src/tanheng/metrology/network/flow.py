"""The carbon-flow diagram (碳计量流向图): places in columns, what flows between them, and the names of the source streams."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tanheng.accounting.plant import Words
from tanheng.metrology.network.layers import Box, Wire
from tanheng.metrology.network.layout import HEAD, PAD, RING, Plan, Rect, Route, place, width_of
from tanheng.metrology.network.marks import numbered
from tanheng.metrology.network.model import Edge, Level, Medium, Network, Node, NodeKind
from tanheng.metrology.network.shapes import LINES, STACK_LINE, Line, flag, frame, line_sample, outline, path, ring, tip
from tanheng.metrology.network.sheets import Cut, Mark, Spot, cut, packed, room
from tanheng.metrology.network.svg import (
    MARGIN,
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

_NAME, _CODE, _LABEL = 12.0, 10.5, 10.5
_BOX = 98.0
_ROOM = 90.0  # for the words in a box
_FLAG = 78.0  # for the words in a continuation mark
_BESIDE = 88.0  # for the words beside a line
_AROUND = (2 * MARGIN + 2 * PAD, 290.0)  # of a sheet, at most: margins, title block, legend and rule

CONTINUED = "\x01"
"""Begins the keys of continuation marks; no code of a place begins so."""

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
    nodes, edges = _shown(network, media, line)
    return _Drawing(network, Say(lang), nodes, edges, dict(systems or {}), numbered(network, kinds)).svg(block)


def flow_sheets(
    network: Network,
    *,
    block: TitleBlock,
    lang: str,
    systems: Mapping[str, Mapping[str, str]] | None = None,
    media: Collection[Medium] | None = None,
    line: str | None = None,
    kinds: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Return the carbon-flow diagram as sheets for A3 landscape, at least one: every node and edge once on one of them.

    Parameters
    ----------
    systems, media, line, kinds
        As of :func:`flow_svg`.

    Notes
    -----
    What flows to another sheet ends in a continuation mark, see :mod:`sheets <tanheng.metrology.network.sheets>`. A system
    that is itself too large for A3 stands alone on a larger sheet.
    """
    say, named = Say(lang), dict(systems or {})
    nodes, edges = _shown(network, media, line)
    marks, (wide, high) = numbered(network, kinds), room(min(_NAME, _CODE, _LABEL))
    limit = (wide - _AROUND[0], high - _AROUND[1])
    made: dict[tuple[object, ...], _Drawing] = {}

    def drawn(found: Cut, row: int) -> _Drawing:
        ends = found.marks_of(row)
        key = (found.rows[row], *ends)
        if key not in made:
            here = _continued({code: nodes[code] for code in found.rows[row]}, edges, ends, row)
            made[key] = _Drawing(network, say, *here, named, marks, {_key(one, row): (one, row) for one in ends})
        return made[key]

    def is_narrow(found: Cut) -> bool:
        return drawn(found, 0).width <= limit[0]

    def fits(found: Cut, row: int) -> bool:
        plan = drawn(found, row).plan
        return plan.width <= limit[0] and plan.height <= limit[1]

    def priority(edge: Edge) -> int:
        return _PRIORITY[edge.medium]

    found = cut(nodes, edges, group_of=_group, priority_of=priority, is_narrow=is_narrow, fits=fits)
    rows = [drawn(found, row) for row in range(len(found.rows))]
    if len(rows) < 2:
        return (flow_svg(network, block=block, lang=lang, systems=systems, media=media, line=line, kinds=kinds),)
    spots = packed([(one.plan.width, one.plan.height) for one in rows], limit)
    sheets = [[row for row, spot in enumerate(spots) if spot.sheet == number] for number in range(1, spots[-1].sheet + 1)]
    return tuple(
        _sheet([(rows[row], spots[row]) for row in on_it], [spot.sheet for spot in spots], block, number, len(sheets))
        for number, on_it in enumerate(sheets, 1)
    )


def _sheet(placed: Sequence[tuple[_Drawing, Spot]], sheet_of: Sequence[int], block: TitleBlock, place: int, count: int) -> str:
    """Return one sheet with the rows that stand on it."""
    body, wide, high = [], 0.0, 0.0
    for one, spot in placed:
        body.append(f'<g transform="translate({number(spot.x)} {number(spot.y)})">{"".join(one.body(sheet_of))}</g>')
        wide, high = max(wide, spot.x + one.plan.width), max(high, spot.y + one.plan.height)
    first = placed[0][0]
    nodes = {code: node for one, _ in placed for code, node in one.nodes.items()}
    edges = {code: edge for one, _ in placed for code, edge in one.edges.items()}
    continued = {key: mark for one, _ in placed for key, mark in one.continued.items()}
    whole = _Drawing(first.network, first.say, nodes, edges, first.systems, first.marks, continued)
    return whole.sheet(replace(block, part=whole.part or block.part, sheet=place, sheets=count), body, (wide, high))


def _key(mark: Mark, row: int) -> str:
    return f"{CONTINUED}{row}{CONTINUED}{mark.name}"


def _continued(
    own: dict[str, Node], edges: Mapping[str, Edge], ends: Collection[Mark], row: int
) -> tuple[dict[str, Node], dict[str, Edge]]:
    """Return what a row draws: its places and marks, the edges that end in it, and a way to each mark that leaves it."""
    here = dict(own)
    drawn = {code: one for code, one in edges.items() if one.start in own and one.end in own}
    for mark in ends:
        key = _key(mark, row)
        here[key] = Node(code=key, title={}, kind=NodeKind.OUTSIDE, level=Level.EQUIPMENT)
        if mark.leaves == row:
            drawn[key] = Edge(code=key, title={}, start=mark.start, end=key, medium=mark.medium, stream="")
            continue
        entering = (one for one in edges.values() if (one.start, one.medium) == (mark.start, mark.medium) and one.end in own)
        drawn |= {one.code: replace(one, start=key) for one in entering}
    return here, drawn


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


def _group(node: Node) -> str:
    """Return the group of a node: its system on its line; a node without a system is a group of its own."""
    return f"s\x1f{node.line}\x1f{node.system}" if node.system else f"n\x1f{node.code}"


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
            return self.sheet(block, [text(0, _NAME, self.say("nothing"), size=_NAME)], (200, 20))
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
        return wrap(title, size=_NAME, room=_ROOM - 18 if node.kind is NodeKind.STACK else _ROOM)

    def _label(self, edge: Edge) -> tuple[str, ...]:
        stream = self.network.stream_of.get(edge.stream)
        title = self.say.of(dict(stream.title)) if stream is not None else self.say.of(dict(edge.title))
        marks = " ".join(self.marks_at.get(edge.code, ()))
        return tuple(row for part in (title, marks) if part for row in wrap(part, size=_LABEL, room=_BESIDE) if row)

    def _mark_words(self, mark: Mark, row: int) -> tuple[str, ...]:
        """Return what stands at the other ends of a continuation mark."""
        codes = (mark.start,) if row in mark.enters else mark.ends
        if len(codes) > 1:
            return wrap(self.say("mark.places", count=len(codes)), size=_NAME, room=_FLAG)
        known = self.network.node_of.get(codes[0])
        return wrap(self.say.of(dict(known.title)) if known is not None else codes[0], size=_NAME, room=_FLAG)

    def _mark_head(self, mark: Mark, row: int, sheet_of: Sequence[int] = ()) -> tuple[str, ...]:
        """Return the name of a continuation mark and the sheets of its other ends; before they are known, as many as may be."""
        others = (mark.leaves,) if row in mark.enters else mark.enters
        sheets = sorted({sheet_of[one] if sheet_of else one + 1 for one in others})
        label = "mark.enters" if row in mark.enters else "mark.leaves"
        return wrap(self.say(label, mark=mark.name, sheet=", ".join(map(str, sheets))), size=_NAME, room=_FLAG, bold=True)

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
        groups = {code: _group(node) for code, node in self.nodes.items()}
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
        rows = len(wrap(" ".join(marks), size=_LABEL, room=_ROOM)) if marks else 0
        return len(self.names[code]) * leading(_NAME) + (rows + len(self._code(code))) * leading(_LABEL) + 12

    def _code(self, code: str) -> tuple[str, ...]:
        if code in self.continued:
            return self._mark_head(*self.continued[code])
        return wrap(code, size=_CODE, room=_ROOM)

    def _framed(self) -> dict[str, str]:
        """Return the groups with a frame and their titles: systems."""
        found = {}
        for node in self.nodes.values():
            if node.system:
                name = _group(node)
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
        if edge.code in self.continued:
            return group(self.continued[edge.code][0].name, "continued", self.say("mark.line"), parts)
        title = f"{edge.code} {self.say.of(dict(edge.title))}"
        extra = f' data-medium="{edge.medium}"' + (f" data-stream={attribute(edge.stream)}" if edge.stream else "")
        return group(edge.code, "edge", title, parts, extra=extra)

    def _mark(self, rect: Rect, mark: Mark, row: int, sheet_of: Sequence[int]) -> str:
        head, words = self._mark_head(mark, row, sheet_of), self._mark_words(mark, row)
        y = rect.y + (rect.h - (len(words) + len(head)) * leading(_NAME)) / 2 + _NAME - 1
        middle = rect.x + rect.w / 2
        parts = [flag(rect, enters=row in mark.enters), *lines(middle, y, head, size=_NAME, anchor="middle", bold=True)]
        parts += lines(middle, y + len(head) * leading(_NAME), words, size=_NAME, anchor="middle")
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
        if self.continued:
            found.append(Sample(flag(Rect(4, 1, 36, 16), enters=False), say("legend.mark")))
        example_mark = next((marks[0] for _, marks in sorted(self.marks_at.items())), "")
        if example_mark:
            found.append(Sample(text(22, 13, example_mark, size=_LABEL, anchor="middle"), say("legend.point")))
        return found


def _reads_on(route: Route, label: Rect) -> bool:
    """Whether the label begins at a box on its left, so that it is set from there."""
    first = route.stretches[0] if route.at_start is label else route.stretches[-1]
    return min(first[0], first[2]) <= label.x - PAD
