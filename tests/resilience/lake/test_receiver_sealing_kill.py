"""``kill -9`` of a receiver that takes, drains, packs, seals and states: no acknowledged envelope is lost, none is twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tanheng.cli.probe import Probe
from tanheng.cli.receiver import Receiver
from tanheng.core.period import Month, PlantClock
from tanheng.evidence.plant_log import PlantLog
from tanheng.lake import Engine, Query
from tanheng.trust.files import FolderFiles
from tanheng.trust.key_file import StoredKey
from tanheng.trust.keys import Purpose, record_of
from tanheng.trust.suites import Algorithm, signer

Forks = Callable[[str, Path], Callable[[random.Random, float], int]]
CLOCK = PlantClock()
JANUARY = CLOCK.month(Month(2020, 1))
DAY = 86_400_000


def probe() -> Probe:
    return Probe("t-1", signer(Algorithm.ED25519, bytes([1] * 32)), start=JANUARY.start)


def sealed(terminal: Probe, number: int) -> bytes:
    """Envelope ``number``, from 0: one reading a day whose value is the number. Ed25519 gives the same bytes each time."""
    return terminal.seal([number], start=JANUARY.start + number * DAY)


def opened(folder: Path, engine: Engine, now: list[int]) -> Receiver:
    made = signer(Algorithm.ED25519, bytes([5] * 32))
    key = StoredKey(made, record_of(made, purpose=Purpose.LOG, subject="plant.example/log/1", valid_from_ms=0))
    log = PlantLog(FolderFiles(folder / "log"), FolderFiles(folder / "payloads"), key)
    receiver = Receiver(folder, plant="plant-1", keys=[probe().record], now=lambda: now[0], engine=engine, log=log)
    receiver.register(bytes(32), ["line.1.coal"])
    return receiver


def write(folder: Path) -> None:
    """Take an envelope a simulated day, tell each, drain every third; the receiver seals each month four days after its end."""
    with Engine(memory_mib=128, threads=1, spill=folder / "spill") as engine:
        now = [JANUARY.start]
        receiver, terminal = opened(folder, engine, now), probe()
        stored = receiver.stored()
        for number in range(1_000_000):
            envelope = sealed(terminal, number)
            if number < stored:
                continue
            now[0] = JANUARY.start + number * DAY
            assert not receiver.accept(envelope).refused
            print(number, flush=True)
            if number % 3 == 0:
                receiver.drain()


@pytest.mark.kill
@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.long)])
def test_a_killed_receiver_loses_no_envelope_and_states_what_it_sealed(
    tmp_path: Path, engine: Engine, forks: Forks, kills: int
) -> None:
    chance = random.Random(kills)  # noqa: S311  # repeatable moments
    killed = forks("test_receiver_sealing_kill", tmp_path)
    acknowledged = max(killed(chance, 0.1) for _ in range(kills))
    now = [JANUARY.start + 400_000 * DAY]
    receiver, terminal = opened(tmp_path, engine, now), probe()
    receiver.drain()
    count = receiver.stored()
    assert count > acknowledged > 31
    assert list(receiver.envelopes()) == [sealed(terminal, number) for number in range(count)]
    whole = [CLOCK.month(Month(2020, 1)), *(CLOCK.month(Month(2020, month)) for month in range(2, 13))]
    months = [span for span in whole if span.end <= JANUARY.start + count * DAY]
    values = [range((span.start - JANUARY.start) // DAY, (span.end - JANUARY.start) // DAY) for span in months]
    assert Query(receiver.lake).sums([0], months)[0] == [(sum(days), len(days)) for days in values]
    assert receiver.lake.audit() == []
    assert list(receiver.archive.audit()) == []
    assert receiver.archive.last == count - 1
    assert receiver.lake.catalogue.state().duplicates == 0
    check_log(tmp_path, receiver)
    receiver.close()


def check_log(folder: Path, receiver: Receiver) -> None:
    """Every sealed file and every pack is stated with its SHA-256."""
    made = signer(Algorithm.ED25519, bytes([5] * 32))
    key = StoredKey(made, record_of(made, purpose=Purpose.LOG, subject="plant.example/log/1", valid_from_ms=0))
    log = PlantLog(FolderFiles(folder / "log"), FolderFiles(folder / "payloads"), key)
    log.log.reader().verify()
    stated = b"\n".join(each.payload for each in log)
    segments = receiver.lake.catalogue.state().segments
    assert segments
    assert all(segment.month is not None and segment.sha256.encode() in stated for segment in segments)
    assert all(pack.sha256.encode() in stated for pack in receiver.archive.packs())
