"""``kill -9`` of the process that acknowledges, stores, seals and sweeps: nothing acknowledged is lost, nothing counts twice.

The moment of a kill is a number of lines that the writer told, and a little time: so it falls into every kind of step, however
slow the machine is.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tanheng.core.period import Month, PlantClock
from tanheng.lake import Engine, FileJournal, PlantLake, Query, Record, Rows, joined, open_plant
from tanheng.lake.plant import KEEP_RETIRED_MS

Forks = Callable[[str, Path], Callable[[random.Random, float], int]]
MONTH = Month(2026, 10)
OCTOBER = PlantClock().month(MONTH)


def rows_of(position: int, record: Record) -> Rows:
    """Three readings whose values follow from the record's number."""
    number = int.from_bytes(record.payload, "big")
    return Rows(
        np.array([0, 1, 2], np.int32),
        np.full(3, OCTOBER.start + 1000 * number, np.int64),
        np.zeros(3, np.int16),
        np.array([number, 2 * number, 1], np.int64),
        np.zeros(3, np.uint8),
        np.full(3, position, np.int64),
    )


def drain(journal: FileJournal, lake: PlantLake) -> None:
    while entries := journal.after(lake.catalogue.state().settled, limit=50):
        lake.append(joined([rows_of(entry.index, entry.record) for entry in entries]), now=0, settled=entries[-1].index)


def write(folder: Path) -> None:
    """Acknowledge records, tell each on standard output, bring them into the lake, seal it now and then; until killed."""
    with Engine(memory_mib=128, threads=1, spill=folder / "spill") as engine:
        journal = FileJournal(folder / "journal.sqlite")
        lake = open_plant(folder / "lake", "plant-1", engine=engine)
        lake.tidy()
        number = journal.length()
        for turn in itertools.count(1):
            for _ in range(10):
                journal.append([Record("t-1", number, number.to_bytes(4, "big")), Record("t-1", 0, bytes(4))])
                print(number, flush=True)
                number += 1
            drain(journal, lake)
            print("stored", flush=True)
            if turn % 3 == 0:
                lake.seal(MONTH, now=0)
                lake.sweep(now=KEEP_RETIRED_MS)
                print("sealed", flush=True)


def survive(folder: Path, engine: Engine, forks: Forks, kills: int) -> None:
    """Kill the writer so often; every fifty kills open what it left and hold it against what it acknowledged."""
    chance = random.Random(kills)  # noqa: S311  # repeatable moments
    killed = forks("test_lake_kill", folder)
    acknowledged = -1
    for number in range(1, kills + 1):
        acknowledged = max(acknowledged, killed(chance, 0.05))
        if number % 50 == 0 or number == kills:
            compare(folder, engine, acknowledged)
            print(f"{number} kills, {acknowledged} acknowledged", flush=True)
    state = open_plant(folder / "lake", "plant-1", engine=engine).catalogue.state()
    assert any(segment.month for segment in state.segments)  # the writer lived long enough to seal


def compare(folder: Path, engine: Engine, acknowledged: int) -> None:
    started = time.monotonic()
    journal = FileJournal(folder / "journal.sqlite")
    lake = open_plant(folder / "lake", "plant-1", engine=engine)
    lake.tidy()
    drain(journal, lake)
    assert time.monotonic() - started < 10
    count = journal.length()
    journal.close()
    assert count > acknowledged > 0
    summed = Query(lake).sums([0, 1, 2], [OCTOBER])
    assert summed[0] == [(count * (count - 1) // 2, count)]
    assert summed[1] == [(count * (count - 1), count)]
    assert summed[2] == [(count, count)]
    assert lake.audit() == []
    assert lake.catalogue.state().conflicts == 0


@pytest.mark.kill
def test_fifteen_kills(tmp_path: Path, engine: Engine, forks: Forks) -> None:
    survive(tmp_path, engine, forks, 15)


@pytest.mark.kill
@pytest.mark.long
def test_a_thousand_kills(tmp_path: Path, engine: Engine, forks: Forks) -> None:
    survive(tmp_path, engine, forks, 1000)
