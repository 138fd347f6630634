"""Drawing the carbon-flow and the metering network of a large plant: 300 points, and its findings.

Beside it ``dot`` of Graphviz lays out the same nodes and edges, where it is installed: layout alone, without labels that keep
apart, frames of systems on lines or Chinese widths.
"""

from __future__ import annotations

import datetime
import shutil
import subprocess
import time
from collections.abc import Callable

from tanheng.metrology.network.drawing import TitleBlock, flow_sheets, flow_svg, points_svg
from tanheng.metrology.network.findings import findings
from tanheng.metrology.network.model import Edge, Level, Medium, Method, Network, Node, NodeKind, Point, Role

Row = dict[str, object]
LINES = 6
POINTS = 300
SYSTEMS = ("quarry", "crushing", "raw_meal", "clinker", "clinker_storage", "cement_grinding")
BLOCK = TitleBlock(plant={"zh": "六线水泥厂", "en": "Works of six lines"}, edition="designed", on=datetime.date(2026, 11, 1))


def row(name: str, target: str, figure: float, unit: str, peer: str, peer_figure: float | None) -> Row:
    """Return one line of the table."""
    ratio = figure / peer_figure if peer_figure else None
    found = {"name": name, "target": target, "figure": figure, "unit": unit, "peer": peer, "peer_figure": peer_figure}
    return {**found, "ratio": ratio}


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def works() -> Network:
    """Return six lines of six systems with three machines each, a grid that feeds them all, and 300 points."""
    nodes = [Node(code="GRID", title=words("电网"), kind=NodeKind.OUTSIDE, level=Level.ENTITY)]
    edges: list[Edge] = []
    for line in map(str, range(1, LINES + 1)):
        before = ""
        for system in SYSTEMS:
            for machine in range(3):
                code = f"{system}-{line}-{machine}"
                node = Node(
                    code=code,
                    title=words(f"{line}#线设备{machine}"),
                    kind=NodeKind.EQUIPMENT,
                    level=Level.EQUIPMENT,
                    system=system,
                    line=line,
                )
                nodes.append(node)
                if before:
                    edges.append(
                        Edge(code=f"F-{code}", title=words("物料输送"), start=before, end=code, medium=Medium.RAW_MATERIAL)
                    )
                edges.append(Edge(code=f"E-{code}", title=words("供电"), start="GRID", end=code, medium=Medium.ELECTRICITY))
                before = code
    points = [
        Point(
            code=f"P-{index:03d}",
            title=words(f"计量点 {index}"),
            place=edges[index % len(edges)].code,
            stream="",
            parameter="",
            method=Method.CALCULATED,
            role=Role.INTERNAL,
            level=Level.SYSTEM if index % 3 else Level.ENTRY,
            instruments=(f"I-{index:03d}",),
        )
        for index in range(POINTS)
    ]
    return Network(nodes=tuple(nodes), edges=tuple(edges), points=tuple(points), streams=())


def shortest(*works_: Callable[[], object], rounds: int = 7) -> list[float]:
    """Return the shortest time of each piece of work (ms), run in turn so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in works_]
    for _ in range(rounds):
        for work, kept in zip(works_, times, strict=True):
            start = time.perf_counter()
            work()
            kept.append((time.perf_counter() - start) * 1000)
    return [min(kept) for kept in times]


def dot(network: Network) -> str:
    """Return the same network in the language of Graphviz."""
    lines = [f'"{edge.start}" -> "{edge.end}";' for edge in network.edges]
    return "\n".join(["digraph {", "rankdir=LR;", *lines, "}"])


def benchmarks() -> list[Row]:
    """Return the rows of the table."""
    network = works()
    program = shutil.which("dot")
    source = dot(network)

    def peer() -> None:
        if program:
            subprocess.run([program, "-Tsvg"], input=source, text=True, capture_output=True, check=True)

    flow, sheets, points, found, beside = shortest(
        lambda: flow_svg(network, block=BLOCK, lang="zh"),
        lambda: flow_sheets(network, block=BLOCK, lang="zh"),
        lambda: points_svg(network, block=BLOCK, lang="zh"),
        lambda: findings(network, known_instruments=()),
        peer,
    )
    name = f"{len(network.nodes)} nodes, {len(network.edges)} edges, {POINTS} points"
    peer_name = "dot (layout only)" if program else "dot is not installed"
    return [
        row(f"flow diagram, {name}", "≤ 300 ms", flow, "ms", peer_name, beside if program else None),
        row(f"flow diagram on sheets of A3, {name}", "≤ 300 ms", sheets, "ms", "none", None),
        row(f"metering network, {name}", "≤ 300 ms", points, "ms", "none", None),
        row(f"findings, {name}", "none", found, "ms", "none", None),
    ]
