"""Run every ``bench_*.py`` of this folder and print one table: target, figure, ratio, peer.

``python -m benchmarks [NAME …]`` runs those named, such as ``account``. A module offers ``benchmarks()``, which returns rows
with the keys name, target, figure, unit, peer, peer_figure and ratio; its work is done in the order of the table, so that a
figure and its peer meet the same machine.
"""

from __future__ import annotations

import importlib
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tanheng import __version__


def modules(names: Sequence[str]) -> Iterator[str]:
    """Yield the names of the benchmarks asked for, all of them when none is."""
    found = [path.stem.removeprefix("bench_") for path in sorted(Path(__file__).parent.glob("bench_*.py"))]
    unknown = sorted(set(names) - set(found))
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}; known: {', '.join(found)}.")
    yield from (name for name in found if not names or name in names)


def cell(value: object, unit: object = "") -> str:
    """Return a figure with three digits and its unit, a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:.3g} {unit}".strip() if isinstance(value, float) else str(value)


def add(table: Table, area: str, row: Mapping[str, object]) -> None:
    """Add one measurement to the table."""
    table.add_row(
        area,
        str(row["name"]),
        str(row["target"]),
        cell(row["figure"], row["unit"]),
        cell(row["ratio"]),
        str(row["peer"]),
        cell(row["peer_figure"], row["unit"]),
    )


def main(names: Sequence[str]) -> None:
    """Run and print."""
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("area", "what", "target"):
        table.add_column(head, overflow="fold")
    for head, right in (("figure", True), ("ratio", True), ("peer", False), ("peer's figure", True)):
        table.add_column(head, justify="right" if right else "left", no_wrap=right)
    for name in modules(names):
        if console.is_terminal:
            console.print(f"{name} …", style="dim")
        for row in importlib.import_module(f"benchmarks.bench_{name}").benchmarks():
            add(table, name, row)
    console.print(f"Tanheng {__version__}, Python {platform.python_version()}, {platform.machine()}")
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
