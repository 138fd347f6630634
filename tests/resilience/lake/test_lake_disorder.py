"""A day of backlog, a tenth of it twice, six hours out of order: the totals are those of the clean run, memory is bounded."""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tanheng.core.period import Month, PlantClock, Span
from tanheng.lake import Engine, PlantLake, Query, Register, Rows, joined, open_plant

CLOCK = PlantClock()
START = CLOCK.month(Month(2026, 10)).start
DAY = Span(START, START + 86_400_000)
CHANNELS = 200


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory_mib=512, threads=1) as one:
        yield one


def minute(number: int, *, every: int = 60_000, count: int = 1) -> Rows:
    """The readings of 200 registers in one batch."""
    instants = START + every * (number * count + np.arange(count, dtype=np.int64))
    channel = np.tile(np.arange(CHANNELS, dtype=np.int32), count)
    time = np.repeat(instants, CHANNELS)
    size = len(time)
    value = (time - START) // 1000 * (channel + 1)
    zeros = np.zeros(size, np.int16)
    return Rows(channel, time, zeros, value, zeros.astype(np.uint8), np.full(size, number, np.int64))


def totals(lake: PlantLake) -> list[int | None]:
    found = Query(lake).totals([Register(channel) for channel in range(CHANNELS)], [DAY])
    return [found[channel][0].count for channel in range(CHANNELS)]


@pytest.mark.parametrize("seed", [1, 2])
def test_duplicates_and_disorder_change_no_digit(tmp_path: Path, engine: Engine, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # a repeatable shuffle
    order = [(number + chance.uniform(0, 360), number) for number in range(1440)]  # up to six hours late
    order += [(number + chance.uniform(0, 1440), number) for number in chance.sample(range(1440), 144)]  # a tenth twice
    batches = [number for _, number in sorted(order)]
    lake = open_plant(tmp_path, "plant-1", engine=engine)
    for first in range(0, len(batches), 60):
        lake.append(joined([minute(number) for number in batches[first : first + 60]]), now=START)
    state = lake.catalogue.state()
    assert (sum(segment.rows for segment in state.segments), state.duplicates, state.conflicts) == (288_000, 28_800, 0)
    assert totals(lake) == [1439 * 60 * (channel + 1) for channel in range(CHANNELS)]


@pytest.mark.long
def test_a_day_of_seconds_of_two_hundred_channels_stays_within_memory(tmp_path: Path, engine: Engine) -> None:
    lake = open_plant(tmp_path, "plant-1", engine=engine)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(1440):  # 17 280 000 readings, a minute a batch, ten minutes a flush
        if number % 10 == 0:
            part = [minute(number + at, every=1000, count=60) for at in range(10)]
            lake.append(joined(part), now=START)
    lake.seal(Month(2026, 10), now=START)
    assert sum(segment.rows for segment in lake.catalogue.state().segments) == 17_280_000
    assert totals(lake) == [86_399 * (channel + 1) for channel in range(CHANNELS)]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 2048  # MiB: DuckDB's limit of 512 and a day's merge
