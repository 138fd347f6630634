"""The tables of events in the template: their columns, and one example each, which stands in the file as a comment."""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.accounting.folder.reading import Kind
from tanheng.accounting.folder.samples import REQUIRED as SAMPLE_COLUMNS


@dataclass(frozen=True, slots=True)
class EventTable:
    """A table that grows by a row a time; ``example`` has a cell for each of ``columns``."""

    kind: Kind
    name: str
    columns: tuple[str, ...]
    example: tuple[str, ...]


EVENT_TABLES = (
    EventTable(
        Kind.SAMPLES,
        "laboratory",
        SAMPLE_COLUMNS,
        (
            *("S-0312", "2025-03-12", "line.1", "fuel", "coal", "moisture", "8.10", "%", "", "kiln"),
            *("1204.36", "2025-03-20", "化验室 / laboratory", "R-2025-118"),
        ),
    ),
    EventTable(
        Kind.CORRECTIONS,
        "corrections",
        (
            *("scope", "group", "stream", "item", "period", "value", "unit", "basis", "place"),
            *("known", "reason", "person", "source"),
        ),
        (
            *("line.1", "fuel", "coal", "consumption", "2025-03", "18402.50", "t", "", "kiln"),
            *("2025-05-06", "皮带秤校准后修正 / scale recalibrated", "张三 / Zhang San", "2025-04 校准记录 / certificate"),
        ),
    ),
    EventTable(
        Kind.INSTRUMENTS,
        "instruments",
        (
            *("instrument", "scope", "group", "stream", "item", "class", "mpe", "u", "k", "unit"),
            *("valid_to", "shared", "certificate"),
        ),
        (
            *("WF-101", "line.1", "fuel", "coal", "consumption", "0.5", "0.5", "0.3", "2", "%"),
            *("2026-04-30", "coal-scales", "2025-1187"),
        ),
    ),
    EventTable(
        Kind.COMPONENTS,
        "uncertainty",
        ("quantity", "cause", "shape", "size", "stated", "unit", "k", "dof", "kind", "shared", "source"),
        (
            *("line.1.fuel.coal.consumption", "repeatability", "normal", "0.25", "u", "%", "", "9"),
            *("random", "", "实物标定 / material test"),
        ),
    ),
)
