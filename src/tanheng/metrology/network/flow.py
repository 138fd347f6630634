"""The carbon-flow diagram (碳计量流向图): places in columns, what flows between them, and the names of the source streams."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tanheng.metrology.network.flow_diagram import Diagram
from tanheng.metrology.network.marks import numbered
from tanheng.metrology.network.model import Edge, Level, Medium, Network, Node, NodeKind
from tanheng.metrology.network.svg import TitleBlock
from tanheng.metrology.network.words import Say


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
    nodes, edges = shown(network, media, line)
    return Diagram(network, Say(lang), nodes, edges, dict(systems or {}), numbered(network, kinds)).svg(block)


def shown(network: Network, media: Collection[Medium] | None, line: str | None) -> tuple[dict[str, Node], dict[str, Edge]]:
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
