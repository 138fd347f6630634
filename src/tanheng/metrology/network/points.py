"""The metering network (计量网络图): points as round marks in bands of their levels, parents joined with their children.

A drawing is divided by energy or medium, as GB/T 33656 does; :func:`points_sheets` cuts a large one into sheets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tanheng.accounting.plant import Words
from tanheng.metrology.network.marks import LETTERS, Drawn, Standing, numbered, unjudged
from tanheng.metrology.network.model import Level, Medium, Network, Point
from tanheng.metrology.network.rows import (
    AMBER,
    HEAD,
    INFO,
    NAME,
    RADIUS,
    RED,
    SECTION,
    SIGNS,
    Row,
    middles_of,
    packed,
    round_mark,
)
from tanheng.metrology.network.svg import Sample, TitleBlock, group, leading, lines, number, sheet, text
from tanheng.metrology.network.text import width, wrap
from tanheng.metrology.network.words import ENERGIES, Say, energy_word, level_word, medium_word

ANALYSIS = "analysis"
"""The part of what stands at a node: analyses of a laboratory, concentrations in a stack."""

_MARK = 11.0
_GUTTER = 46.0  # between the edge of a band and its marks, where the lines of the tree run
_ROOM = 250.0  # for the words beside a mark
_BAND = _GUTTER + 2 * RADIUS + 8 + _ROOM + 8


def points_svg(
    network: Network,
    *,
    block: TitleBlock,
    lang: str,
    judged: Mapping[str, Drawn] | None = None,
    part: str | None = None,
    line: str | None = None,
    kinds: Mapping[str, str] | None = None,
) -> str:
    """Return the metering network as one SVG: every point once, with its code, mark and state.

    Parameters
    ----------
    judged : mapping, optional
        Code of a point to how the equipping rate judges it; what is not in it is drawn as not judged.
    part : str, optional
        Only one of :func:`parts`; None for all, under each other.
    line : str, optional
        Only one production line and what lines share; None for all.
    kinds : mapping, optional
        Code of an instrument or chain to its kind, for the letters of the marks.
    """
    drawing = _Drawing(network, Say(lang), judged or {}, line, kinds)
    names = [part] if part is not None else list(drawing.sections)
    return drawing.svg(block, [(name, drawing.sections.get(name, [])) for name in names])


def points_sheets(
    network: Network,
    *,
    block: TitleBlock,
    lang: str,
    judged: Mapping[str, Drawn] | None = None,
    line: str | None = None,
    kinds: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Return the metering network as sheets for A3 landscape: small parts together, a large one on several; at least one."""
    drawing = _Drawing(network, Say(lang), judged or {}, line, kinds)
    sheets = packed(drawing.sections) or [[("", [])]]
    made = []
    for index, sections in enumerate(sheets, start=1):
        words = [part_word(name) for name, _ in sections if name]
        joined = {"zh": "、".join(one["zh"] for one in words), "en": ", ".join(one["en"] for one in words)}
        named = replace(block, part=joined if words else block.part, sheet=index, sheets=len(sheets))
        made.append(drawing.svg(named, sections))
    return tuple(made)


def parts(network: Network) -> tuple[str, ...]:
    """Return the parts of the drawing: rows of the energies of GB 17167, media of what is no energy, and analyses."""
    return tuple(sorted({_part(network, point) for point in network.points}, key=_part_order))


def part_word(part: str) -> Words:
    """Return what a part is called."""
    if part == ANALYSIS:
        return {"zh": "化验与烟气分析", "en": "laboratory and flue-gas analysis"}
    return medium_word(Medium(part)) if part in set(Medium) and part != "water" else energy_word(part)


def _part(network: Network, point: Point) -> str:
    if point.energy:
        return point.energy
    edge = network.edge_of.get(point.place)
    return str(edge.medium) if edge is not None else ANALYSIS


def _part_order(part: str) -> tuple[int, str]:
    """Return where a part stands: energies as GB 17167 lists them, media as the model does, analyses, anything else."""
    known = (*ENERGIES, *Medium, ANALYSIS)
    return known.index(part) if part in known else len(known), part


class _Drawing:
    """One network as rows of points."""

    def __init__(
        self,
        network: Network,
        say: Say,
        judged: Mapping[str, Drawn],
        line: str | None,
        kinds: Mapping[str, str] | None,
    ) -> None:
        self.network, self.say, self.judged = network, say, judged
        self.marks = numbered(network, kinds)
        shown = {code: one for code, one in sorted(network.point_of.items()) if line is None or self._on(one, line)}
        self.shown = shown
        self.levels = sorted({Level.ENTRY, Level.SYSTEM, Level.EQUIPMENT} | {one.level for one in shown.values()})
        self.left = {level: index * _BAND for index, level in enumerate(self.levels)}
        self.sections = self._sections(shown)

    def _on(self, point: Point, line: str) -> bool:
        edge = self.network.edge_of.get(point.place)
        places = (edge.end, edge.start) if edge is not None else (point.place,)
        lines = {self.network.node_of[code].line for code in places if code in self.network.node_of}
        return line in lines or lines <= {""}

    def _sections(self, shown: Mapping[str, Point]) -> dict[str, list[Row]]:
        """Return the rows of every part, trees in order of codes; a tree stands in the part of its root."""
        children: dict[str, list[str]] = defaultdict(list)
        for code, point in shown.items():
            if point.parent in shown and point.parent != code:
                children[point.parent].append(code)
        roots = [code for code, point in shown.items() if point.parent not in shown or point.parent == code]
        found: dict[str, list[Row]] = defaultdict(list)
        seen: set[str] = set()
        for root in (*roots, *shown):  # points in a loop have no root: the first of them serves
            if root not in seen:
                found[_part(self.network, shown[root])] += self._tree(root, children, shown, seen)
        return {name: found[name] for name in sorted(found, key=_part_order)}

    def _tree(self, root: str, children: Mapping[str, Sequence[str]], shown: Mapping[str, Point], seen: set[str]) -> list[Row]:
        rows: list[Row] = []
        waiting = [(root, False)]
        while waiting:
            code, joins = waiting.pop()
            if code in seen:
                continue
            seen.add(code)
            rows.append(self._row(shown[code], joins=joins))
            below = [one for one in children.get(code, ()) if one not in seen]
            deeper = bool(below) and shown[below[0]].level > shown[code].level
            waiting += [(one, deeper and index == 0) for index, one in reversed(list(enumerate(below)))]
        return rows

    def _row(self, point: Point, *, joins: bool) -> Row:
        drawn = self.judged.get(point.code) or unjudged(point)
        about = f"{point.code} · {self._place(point)} · {self.say(f'tag.role.{point.role}')}"
        instruments = " ".join(point.instruments)
        info = [row for words in (about, instruments) if words for row in wrap(words, size=INFO, room=_ROOM)]
        name = wrap(self.say.of(dict(point.title)), size=NAME, room=_ROOM)
        return Row(point, name, tuple(info), drawn.standing, self.say(drawn.tag) if drawn.tag else "", joins)

    def _place(self, point: Point) -> str:
        node, edge = self.network.node_of.get(point.place), self.network.edge_of.get(point.place)
        if edge is not None:
            return self.say.of(dict(edge.title))
        return self.say.of(dict(node.title)) if node is not None else point.place

    def svg(self, block: TitleBlock, sections: Sequence[tuple[str, Sequence[Row]]]) -> str:
        """Return the sheet with some parts."""
        body: list[str] = []
        y = 0.0
        for name, rows in sections:
            if rows:
                y = self._section(body, name, rows, y)
        if not body:
            body, y = [text(0, NAME, self.say("nothing"), size=NAME)], 20.0
        every = [row for _, rows in sections for row in rows]
        missing = sum(row.state is Standing.MISSING for row in every)
        invalid = sum(row.state is Standing.INVALID for row in every)
        short = sum(row.state is Standing.SHORT for row in every)
        return sheet(
            "points",
            say=self.say,
            block=block,
            desc=self.say("points.desc", points=len(every), missing=missing, invalid=invalid, short=short),
            rule=self.say("points.rule"),
            body=body,
            size=(_BAND * len(self.levels), y),
            legend=self._legend(every),
        )

    def _section(self, body: list[str], name: str, rows: Sequence[Row], y: float) -> float:
        heading = self.say.of(part_word(name))
        body.append(text(0, y + 16, f"{heading} · {len(rows)}", size=13, bold=True))
        top = y + SECTION
        middles = middles_of(rows, top + HEAD)
        bottom = max((middles[row.point.code] + row.below for row in rows), default=top) + 8
        for index, level in enumerate(self.levels):
            x, wide = number(self.left[level]), number(_BAND)
            shade = "0.05" if index % 2 == 0 else "0.02"
            ground = f'<rect x="{x}" y="{number(top)}" width="{wide}" height="{number(bottom - top)}"'
            body.append(f'{ground} fill="currentColor" fill-opacity="{shade}"/>')
            words = self.say.of(level_word(level))
            body.append(text(self.left[level] + 10, top + 19, words, size=11, bold=True, faint=True))
        shown = {row.point.code for row in rows}
        links = "".join(self._links([row.point for row in rows if row.point.parent in shown], middles))
        body.append(f'<path d="{links}" stroke="currentColor" stroke-opacity="0.6"/>' if links else "")
        body += [self._mark(row, middles[row.point.code], cut=self._parent_elsewhere(row, shown)) for row in rows]
        return bottom + 14

    def _parent_elsewhere(self, row: Row, shown: Iterable[str]) -> str:
        """Return the mark of a parent that stands on another sheet."""
        parent = row.point.parent
        return self.marks[parent] if parent in self.shown and parent not in shown and parent != row.point.code else ""

    def _centre(self, point: Point) -> float:
        return self.left[point.level] + _GUTTER + RADIUS

    def _links(self, children: Sequence[Point], middles: Mapping[str, float]) -> Iterable[str]:
        """Yield the lines of the tree: for each parent and each band below it a bus, and from that a branch to each child."""
        buses: dict[tuple[str, Level], list[Point]] = defaultdict(list)
        for child in children:
            if child.parent != child.code:
                buses[child.parent, child.level].append(child)
        for (code, level), below in buses.items():
            parent, bus = self.network.point_of[code], self.left[level] + 18
            y = middles[code]
            heights = [y, *(middles[child.code] for child in below)]
            if level > parent.level:
                yield f"M{number(self._centre(parent) + RADIUS)} {number(y)}H{number(bus)}"
            else:  # a fault, drawn all the same: back and round the parent
                yield f"M{number(self._centre(parent) - RADIUS)} {number(y)}H{number(bus)}"
            yield f"M{number(bus)} {number(min(heights))}V{number(max(heights))}" if len(set(heights)) > 1 else ""
            for child in below:
                yield f"M{number(bus)} {number(middles[child.code])}H{number(self._centre(child) - RADIUS)}"

    def _mark(self, row: Row, y: float, *, cut: str) -> str:
        x = self._centre(row.point)
        mark = self.marks[row.point.code]
        parts = [round_mark(row.state, x, y)]
        size = _MARK if width(mark, size=_MARK) < 2 * RADIUS - 6 else _MARK - 2.5
        colour = RED if row.state is Standing.INVALID else "currentColor"
        parts.append(text(x, y + size * 0.36, mark, size=size, anchor="middle", bold=True, colour=colour))
        if cut:
            parts.append(text(x - RADIUS - 4, y + 4, f"{cut} →", size=INFO, anchor="end", faint=True))
        beside = x + RADIUS + 8
        parts += lines(beside, y - 5 - (len(row.name) - 1) * leading(NAME), row.name, size=NAME)
        parts += lines(beside, y + 13, row.info, size=INFO, faint=True)
        if row.tag:
            sign = SIGNS.get(row.state, "")
            colour = {Standing.INVALID: RED, Standing.DUE_SOON: AMBER}.get(row.state, "currentColor")
            parts.append(
                text(
                    beside,
                    y + 13 + len(row.info) * leading(INFO),
                    f"{sign} {row.tag}",
                    size=INFO,
                    bold=True,
                    colour=colour,
                )
            )
        title = f"{mark} {row.point.code} {self.say.of(dict(row.point.title))} {self.say(f'state.{row.state}')}"
        return group(row.point.code, "point", title, parts, extra=f' data-state="{row.state}" data-mark="{mark}"')

    def _legend(self, rows: Sequence[Row]) -> list[Sample]:
        states = {row.state for row in rows}
        found = [
            Sample(f'<g transform="translate(14 0) scale(0.6)">{round_mark(state, 15, 15)}</g>', self.say(f"state.{state}"))
            for state in Standing
            if state in states
        ]
        used = {self.marks[row.point.code][0] for row in rows}
        return found + [
            Sample(text(22, 13, sign, size=_MARK, anchor="middle", bold=True), self.say(f"letter.{sign.lower()}"))
            for sign in LETTERS
            if sign in used
        ]
