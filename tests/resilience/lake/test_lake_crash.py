"""The lake's disk fails at every step: power lost, unsynced writes dropped or half there in any order, disk full.

``FailingDisk`` does every step on a real folder and keeps beside it what a power cut would leave: content up to the last sync
of a file, names of files and of folders up to the last sync of the folder they are in. After the cut, what was not synced is
there, half there or absent by chance. The real disk is not waited for: what it holds at the end decides nothing here.
"""

from __future__ import annotations

import errno
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tanheng.core.batch import Quality
from tanheng.core.period import Month, PlantClock, Span
from tanheng.lake import DiskFiles, Engine, FileCatalogue, LakeError, PlantLake, Query, Rows
from tanheng.lake.files import Sink
from tanheng.lake.plant import KEEP_RETIRED_MS

CLOCK = PlantClock()
OCTOBER = CLOCK.month(Month(2026, 10))
MINUTE = 60_000


class PowerCutError(Exception):
    """The machine is off."""


@dataclass(slots=True)
class File:
    written: bytearray = field(default_factory=bytearray)
    synced: int = 0


class FailingSink:
    def __init__(self, disk: FailingDisk, sink: Sink, file: File) -> None:
        self._disk, self._sink, self._file = disk, sink, file

    def write(self, data: bytes) -> object:
        self._disk.step()
        self._file.written += data
        return self._sink.write(data)

    def sync(self) -> None:
        self._disk.step()
        self._file.synced = len(self._file.written)

    def close(self) -> None:
        self._sink.close()


class FailingDisk(DiskFiles):
    """A disk that fails at step ``fail_at``, counted from 1."""

    def __init__(self, root: Path, *, fail_at: int = 0, fault: Callable[[], Exception] = PowerCutError) -> None:
        super().__init__(root)
        self.steps = 0
        self.fail_at = fail_at
        self._fault = fault
        self._now: dict[str, File] = {}
        self._kept: dict[str, File] = {}
        self._pending: list[tuple[str, dict[str, File | None]]] = []
        self._folders: set[Path] = {Path()}

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.fail_at:
            raise self._fault()

    def create(self, path: str) -> Sink:
        self.step()
        file = self._now[path] = File()
        self._pending.append((str(Path(path).parent), {path: file}))
        return FailingSink(self, super().create(path), file)

    def rename(self, path: str, target: str) -> None:
        self.step()
        super().rename(path, target)
        file = self._now[target] = self._now.pop(path)
        self._pending.append((str(Path(target).parent), {path: None, target: file}))

    def remove(self, path: str) -> None:
        self.step()
        super().remove(path)
        self._now.pop(path, None)
        self._pending.append((str(Path(path).parent), {path: None}))

    def sync_folder(self, path: str) -> None:
        self.step()
        folder = str(Path(path).parent)
        for _, names in [each for each in self._pending if each[0] == folder]:
            self._apply(self._kept, names)
        self._pending = [each for each in self._pending if each[0] != folder]
        self._folders |= {each.relative_to(self.root) for each in (self.root / folder).iterdir() if each.is_dir()}

    def cut(self, after: Path, *, seed: str) -> None:
        """Write what a power cut leaves into the folder ``after``."""
        chance = random.Random(seed)  # noqa: S311  # repeatable
        names = dict(self._kept)
        for _, change in self._pending:
            if chance.random() < 0.5:
                self._apply(names, change)
        lost = {each for each in self._unsynced() if chance.random() < 0.5}
        for path, file in names.items():
            if lost.intersection(Path(path).parents):
                continue
            (after / path).parent.mkdir(parents=True, exist_ok=True)
            (after / path).write_bytes(self._content(file, chance))

    def _unsynced(self) -> list[Path]:
        """Return the folders whose own name may be lost."""
        found = (each.relative_to(self.root) for each in sorted(self.root.rglob("*")) if each.is_dir())
        return [each for each in found if each not in self._folders]

    @staticmethod
    def _content(file: File, chance: random.Random) -> bytes:
        return bytes(file.written[: chance.randint(file.synced, len(file.written))])

    @staticmethod
    def _apply(names: dict[str, File], change: dict[str, File | None]) -> None:
        for path, file in change.items():
            if file is None:
                names.pop(path, None)
            else:
                names[path] = file


def opened(files: DiskFiles, engine: Engine) -> PlantLake:
    catalogue = FileCatalogue(files, "catalogue/plant-1.json")
    return PlantLake("plant-1", files=files, catalogue=catalogue, clock=CLOCK, engine=engine, fold=2)


def some(*readings: tuple[int, int]) -> Rows:
    count = len(readings)
    return Rows(
        np.ones(count, np.int32),
        np.array([OCTOBER.start + minute * MINUTE for minute, _ in readings], np.int64),
        np.zeros(count, np.int16),
        np.array([value for _, value in readings], np.int64),
        np.full(count, Quality.GOOD, np.uint8),
        np.zeros(count, np.int64),
    )


# What is done, and what the lake holds afterwards. The second has a repeat and a conflict; the second and third fold.
STEPS: list[tuple[Callable[[PlantLake], object], dict[int, int]]] = [
    (lambda lake: lake.append(some((0, 10), (1, 11)), now=1, settled=0), {0: 10, 1: 11}),
    (lambda lake: lake.append(some((1, 11), (0, 99), (2, 12)), now=2, settled=1), {0: 10, 1: 11, 2: 12}),
    (lambda lake: lake.append(some((3, 13), (2000, 7)), now=3, settled=2), {0: 10, 1: 11, 2: 12, 3: 13, 2000: 7}),
    (lambda lake: lake.seal(Month(2026, 10), now=4), {0: 10, 1: 11, 2: 12, 3: 13, 2000: 7}),
    (lambda lake: lake.sweep(now=4 + KEEP_RETIRED_MS), {0: 10, 1: 11, 2: 12, 3: 13, 2000: 7}),
    (lambda lake: lake.append(some((4, 14)), now=5, settled=3), {0: 10, 1: 11, 2: 12, 3: 13, 2000: 7, 4: 14}),
]
HELD: list[dict[int, int]] = [{}, *(held for _, held in STEPS)]


def held(lake: PlantLake) -> dict[int, int]:
    found = Query(lake).readings(1, Span(OCTOBER.start, OCTOBER.end))
    assert len({each.reading.time for each in found}) == len(found)
    return {(each.reading.time - OCTOBER.start) // MINUTE: each.reading.value for each in found}


def run_until(lake: PlantLake, first: int = 0) -> Iterator[int]:
    """Do the steps from ``first`` on; yield how many are done."""
    for number, (step, _) in enumerate(STEPS[first:], start=first + 1):
        step(lake)
        yield number


def until_fault(lake: PlantLake) -> tuple[int, Exception | None]:
    """Do the steps until one fails; return how many were done, and the fault."""
    done = 0
    try:
        for number in run_until(lake):
            done = number
    except (PowerCutError, LakeError) as error:
        return done, error
    return done, None


def total_steps(tmp_path: Path, engine: Engine) -> int:
    disk = FailingDisk(tmp_path / "whole")
    assert list(run_until(opened(disk, engine)))[-1] == len(STEPS)
    return disk.steps


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory_mib=256, threads=1) as one:
        yield one


@pytest.mark.parametrize("seeds", [1, pytest.param(20, marks=pytest.mark.long)])
def test_a_power_cut_at_any_step_leaves_each_operation_whole_or_absent(tmp_path: Path, engine: Engine, seeds: int) -> None:
    count = total_steps(tmp_path, engine)
    assert count > 40
    for fail_at, seed in itertools.product(range(1, count + 1), range(seeds)):
        disk = FailingDisk(tmp_path / f"{fail_at}-{seed}", fail_at=fail_at)
        done, error = until_fault(opened(disk, engine))
        assert isinstance(error, PowerCutError)
        after = tmp_path / f"{fail_at}-{seed}-after"
        disk.cut(after, seed=f"{fail_at}/{seed}")
        lake = opened(DiskFiles(after), engine)
        lake.tidy()
        assert lake.audit() == [], (fail_at, seed)
        now = held(lake)
        assert now in (HELD[done], HELD[done + 1]), (fail_at, seed)
        settled = lake.catalogue.state().settled
        first = done if now == HELD[done] and settled < done else min(done + 1, len(STEPS))
        if STEPS[done][1] == HELD[done]:
            first = done  # sealing and sweeping change no reading and may be done again
        for _ in run_until(lake, first):
            pass
        assert held(lake) == HELD[-1], (fail_at, seed)


def test_a_full_disk_at_any_step_acknowledges_nothing_partial_and_goes_on_when_there_is_room(
    tmp_path: Path, engine: Engine
) -> None:
    count = total_steps(tmp_path, engine)
    for fail_at in range(1, count + 1):
        disk = FailingDisk(tmp_path / f"full-{fail_at}", fail_at=fail_at, fault=lambda: OSError(errno.ENOSPC, "No space left"))
        lake = opened(disk, engine)
        done, error = until_fault(lake)
        assert isinstance(error, LakeError) or done == len(STEPS)
        if isinstance(error, LakeError):
            assert error.code == "lake.disk.full"
        assert held(lake) in (HELD[done], HELD[min(done + 1, len(STEPS))])
        for number in range(done, len(STEPS)):  # there is room again: what was not acknowledged comes again
            if lake.catalogue.state().settled >= 2 and number < 3:
                continue
            STEPS[number][0](lake)
        assert held(lake) == HELD[-1]
        assert lake.audit() == []


def test_the_failing_disk_finds_a_lake_that_forgets_to_sync(tmp_path: Path, engine: Engine) -> None:
    """The mutation that makes the first test fail: a file is named before its content is on the disk."""

    class Careless(FailingDisk):
        def create(self, path: str) -> Sink:
            sink = super().create(path)
            sink.sync = lambda: None  # type: ignore[method-assign]  # this is the fault
            return sink

    broken = 0
    for seed in range(5):
        disk = Careless(tmp_path / f"{seed}")
        opened(disk, engine).append(some((0, 10)), now=1, settled=0)
        after = tmp_path / f"{seed}-after"
        disk.cut(after, seed=str(seed))
        try:
            broken += bool(opened(DiskFiles(after), engine).audit())
        except LakeError:
            broken += 1
    assert broken
