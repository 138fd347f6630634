"""The lake's files as they stand, read by engines that know nothing of it: the same totals."""

# ruff: noqa: S608  # the folder in the question is ours

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars
import pytest

from tanheng.core.period import Month, PlantClock
from tanheng.lake import Engine, PlantLake, Query, Register, Rows, open_plant

CLOCK = PlantClock()
MONTHS = [Month(2026, 9), Month(2026, 10)]


@pytest.fixture
def filled(tmp_path: Path, engine: Engine) -> PlantLake:
    """Two sealed months of three registers, a reading an hour."""
    lake = open_plant(tmp_path, "plant-1", engine=engine)
    for month in MONTHS:
        span = CLOCK.month(month)
        time = np.arange(span.start, span.end, 3_600_000, dtype=np.int64)
        for channel in range(3):
            zeros = np.zeros(len(time), np.int64)
            value = (time // 3_600_000) * (channel + 1)
            rows = Rows((zeros + channel).astype(np.int32), time, zeros.astype(np.int16), value, zeros.astype(np.uint8), zeros)
            lake.append(rows, now=span.end)
        lake.seal(month, now=span.end)
    return lake


def ours(lake: PlantLake) -> list[tuple[str, int, int]]:
    """Month, channel and what each register ran within the month, by its first and last stand in the file."""
    query = Query(lake)
    found = []
    for month in MONTHS:
        span = CLOCK.month(month)
        hours = (span.end - span.start) // 3_600_000
        totals = query.totals([Register(channel) for channel in range(3)], [span])
        for channel in range(3):
            start = query.last([channel], at=span.start)[channel].value
            last = query.last([channel], at=span.end - 1)[channel].value
            assert totals[channel][0].count is not None
            assert last - start == (hours - 1) * (channel + 1)
            found.append((str(month), channel, last - start))
    return found


def test_polars(filled: PlantLake) -> None:
    frame = polars.scan_parquet(str(filled.files.root / "sealed/**/*.parquet"), hive_partitioning=True)
    ran = (polars.col("value").last() - polars.col("value").first()).alias("ran")
    found = frame.sort("channel", "time").group_by("month", "channel", maintain_order=True).agg(ran).sort("month", "channel")
    assert found.collect().rows() == ours(filled)


@pytest.mark.long
def test_the_clickhouse_engine(filled: PlantLake) -> None:
    import chdb

    question = (
        "SELECT extract(_path, 'month=([0-9-]+)') AS month, channel, max(value) - min(value) AS ran"
        f" FROM file('{filled.files.root}/sealed/**/*.parquet', Parquet) GROUP BY month, channel ORDER BY month, channel"
    )
    lines = str(chdb.query(question, "CSV")).strip().splitlines()
    found = [line.replace('"', "").split(",") for line in lines]
    assert [(month, int(channel), int(ran)) for month, channel, ran in found] == ours(filled)
