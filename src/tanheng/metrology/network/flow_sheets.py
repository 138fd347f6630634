"""The carbon-flow diagram on sheets of A3, with a continuation mark where a flow goes on elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tanheng.metrology.network.flow import flow_svg, shown
from tanheng.metrology.network.flow_diagram import CODE, LABEL, NAME, PRIORITY, Diagram, group_of
from tanheng.metrology.network.layout import PAD
from tanheng.metrology.network.marks import numbered
from tanheng.metrology.network.model import Edge, Level, Medium, Network, Node, NodeKind
from tanheng.metrology.network.sheets import Cut, Mark, Spot, cut, packed, room
from tanheng.metrology.network.svg import MARGIN, TitleBlock, number
from tanheng.metrology.network.words import Say

_AROUND = (2 * MARGIN + 2 * PAD, 290.0)  # of a sheet, at most: margins, title block, legend and rule

CONTINUED = "\x01"
"""Begins the keys of continuation marks; no code of a place begins so."""


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
    nodes, edges = shown(network, media, line)
    marks, (wide, high) = numbered(network, kinds), room(min(NAME, CODE, LABEL))
    limit = (wide - _AROUND[0], high - _AROUND[1])
    made: dict[tuple[object, ...], Diagram] = {}

    def drawn(found: Cut, row: int) -> Diagram:
        ends = found.marks_of(row)
        key = (found.rows[row], *ends)
        if key not in made:
            here = _continued({code: nodes[code] for code in found.rows[row]}, edges, ends, row)
            made[key] = Diagram(network, say, *here, named, marks, {_key(one, row): (one, row) for one in ends})
        return made[key]

    def is_narrow(found: Cut) -> bool:
        return drawn(found, 0).width <= limit[0]

    def fits(found: Cut, row: int) -> bool:
        plan = drawn(found, row).plan
        return plan.width <= limit[0] and plan.height <= limit[1]

    def priority(edge: Edge) -> int:
        return PRIORITY[edge.medium]

    found = cut(nodes, edges, group_of=group_of, priority_of=priority, is_narrow=is_narrow, fits=fits)
    rows = [drawn(found, row) for row in range(len(found.rows))]
    if len(rows) < 2:
        return (flow_svg(network, block=block, lang=lang, systems=systems, media=media, line=line, kinds=kinds),)
    spots = packed([(one.plan.width, one.plan.height) for one in rows], limit)
    sheets = [[row for row, spot in enumerate(spots) if spot.sheet == number] for number in range(1, spots[-1].sheet + 1)]
    return tuple(
        _sheet([(rows[row], spots[row]) for row in on_it], [spot.sheet for spot in spots], block, number, len(sheets))
        for number, on_it in enumerate(sheets, 1)
    )


def _sheet(placed: Sequence[tuple[Diagram, Spot]], sheet_of: Sequence[int], block: TitleBlock, place: int, count: int) -> str:
    """Return one sheet with the rows that stand on it."""
    body, wide, high = [], 0.0, 0.0
    for one, spot in placed:
        body.append(f'<g transform="translate({number(spot.x)} {number(spot.y)})">{"".join(one.body(sheet_of))}</g>')
        wide, high = max(wide, spot.x + one.plan.width), max(high, spot.y + one.plan.height)
    first = placed[0][0]
    nodes = {code: node for one, _ in placed for code, node in one.nodes.items()}
    edges = {code: edge for one, _ in placed for code, edge in one.edges.items()}
    continued = {key: mark for one, _ in placed for key, mark in one.continued.items()}
    whole = Diagram(first.network, first.say, nodes, edges, first.systems, first.marks, continued)
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
