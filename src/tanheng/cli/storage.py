"""``tanheng storage``: what a lake holds, what it takes, and what ten years will need.

Exit codes: 0 done, 1 a file is missing or differs from the catalogue (with ``--audit``), 2 there is no lake.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

_YEAR_MS = 365 * 86_400_000


@dataclass(frozen=True, slots=True)
class Usage:
    """What one plant's lake takes.

    Parameters
    ----------
    plant : str
    readings, size : int
        Readings and bytes of all segments.
    sealed : list of (month, readings, bytes)
    waiting : int
        Segments not yet sealed.
    first, last : ms UTC, the stretch that the readings cover
    """

    plant: str
    readings: int
    size: int
    sealed: list[tuple[str, int, int]]
    waiting: int
    first: int
    last: int

    @property
    def a_reading(self) -> float:
        """Bytes a reading."""
        return self.size / self.readings if self.readings else 0.0

    def years(self, count: int) -> float:
        """Bytes that ``count`` years need at the present rate."""
        covered = self.last - self.first
        return self.size / covered * count * _YEAR_MS if covered else 0.0


def usages(folder: Path) -> list[Usage]:
    """Return the usage of each plant whose catalogue lies in ``folder``."""
    from tanheng.lake import DiskFiles, FileCatalogue

    found = []
    for path in sorted((folder / "catalogue").glob("*.json")):
        if path.name.endswith(".channels.json"):
            continue
        state = FileCatalogue(DiskFiles(folder), f"catalogue/{path.name}").state()
        segments = state.segments
        found.append(
            Usage(
                plant=path.stem,
                readings=sum(segment.rows for segment in segments),
                size=sum(segment.size for segment in segments),
                sealed=[(segment.month, segment.rows, segment.size) for segment in segments if segment.month],
                waiting=sum(segment.month is None for segment in segments),
                first=min((segment.first for segment in segments), default=0),
                last=max((segment.last for segment in segments), default=0),
            )
        )
    return found


def command(
    folder: Annotated[Path, typer.Argument(help="Folder of the lake.")],
    audit: Annotated[bool, typer.Option("--audit", help="Re-read every segment and compare it with the catalogue.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show what a telemetry lake holds and what ten years will need.

    Example: tanheng storage /var/lib/tanheng/lake --audit
    """
    found = usages(folder) if folder.is_dir() else []
    if not found:
        print(f"tanheng storage: there is no lake in {folder}; give the folder that holds catalogue/.")
        raise typer.Exit(2)
    faults = [fault for usage in found for fault in _audit(folder, usage.plant)] if audit else []
    if as_json:
        print(json.dumps([_json(usage) for usage in found], ensure_ascii=False))
    else:
        _print(found)
    for fault in faults:
        print(fault)
    if faults:
        raise typer.Exit(1)


def _audit(folder: Path, plant: str) -> list[str]:
    from tanheng.cli.root import language
    from tanheng.lake import Engine, open_plant

    with Engine() as engine:
        return [finding.text(language()) for finding in open_plant(folder, plant, engine=engine).audit()]


def _json(usage: Usage) -> dict[str, object]:
    return {
        "plant": usage.plant,
        "readings": usage.readings,
        "bytes": usage.size,
        "bytes_a_reading": round(usage.a_reading, 3),
        "sealed": [{"month": month, "readings": rows, "bytes": size} for month, rows, size in usage.sealed],
        "segments_waiting": usage.waiting,
        "bytes_ten_years": round(usage.years(10)),
    }


def _print(found: list[Usage]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for title in ("plant", "readings", "MB", "B/reading", "sealed months", "open segments", "10 years, GB"):
        table.add_column(title, justify="left" if title == "plant" else "right")
    for usage in found:
        table.add_row(
            usage.plant,
            f"{usage.readings:,}".replace(",", " "),
            f"{usage.size / 1e6:.1f}",
            f"{usage.a_reading:.2f}",
            str(len(usage.sealed)),
            str(usage.waiting),
            f"{usage.years(10) / 1e9:.2f}",
        )
    Console().print(table)
