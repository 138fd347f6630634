"""A full disk at each step of journal, seal and answer: nothing half, nothing lost, and it goes on when space returns."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import resource
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tanheng.core.batch import CHAIN_START, Quality
from tanheng.core.errors import EdgeError
from tanheng.edge.reading import Reading
from tanheng.edge.spool import Spool

NOW = 1_790_000_000_000


def build(sequence: int, previous: bytes, readings: Sequence[Reading]) -> bytes:
    return b"|".join([str(sequence).encode(), previous.hex().encode(), *(str(one.value).encode() for one in readings)])


def scan(first: int, count: int = 40) -> list[Reading]:
    return [Reading(at, NOW, first + at, Quality.GOOD, b"raw" * 60) for at in range(count)]


@contextlib.contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond ``size``: writes fail as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def sealed(spool: Spool) -> list[int]:
    """Values of all sealed readings, the chain checked on the way."""
    values, previous = [], CHAIN_START
    for number, data in spool.query("SELECT sequence, bytes FROM envelope ORDER BY sequence"):
        sequence, before, *rest = bytes(data).split(b"|")  # type: ignore[call-overload]  # a blob
        assert (int(sequence), before.decode()) == (number, previous.hex())
        values += [int(value) for value in rest]
        previous = hashlib.sha256(data).digest()  # type: ignore[arg-type]  # a blob
    return values


def test_a_disk_that_fills_at_any_step_loses_nothing_that_was_taken(tmp_path: Path) -> None:
    failed: set[str] = set()
    for step in range(24):
        path = tmp_path / f"{step}.sqlite"
        spool = Spool(path)
        taken: list[int] = []
        for round_number in range(6):
            full = round_number in (2, 3)
            wal = path.with_name(path.name + "-wal")
            size = (wal.stat().st_size if wal.exists() else 0) + step * 1500 if full else resource.RLIM_INFINITY
            with largest_file(size):
                first = round_number * 1000
                try:
                    spool.append(scan(first))
                    taken += range(first, first + 40)
                except EdgeError as error:
                    failed.add(str(error.fields["doing"]))
                try:
                    spool.seal(build, now=NOW)
                except EdgeError as error:
                    failed.add(str(error.fields["doing"]))
                waiting = spool.newest_waiting(1)
                if waiting:
                    try:
                        spool.acknowledge({waiting[0].sequence: 7}, now=NOW)
                    except EdgeError as error:
                        failed.add(str(error.fields["doing"]))
        assert sealed(spool) == taken, step
        spool.close()
        again = Spool(path)
        assert sealed(again) == taken
        again.close()
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert failed == {"append", "seal", "acknowledge"}  # each step was really hit


async def test_a_terminal_on_a_full_disk_says_so_keeps_memory_bounded_and_goes_on(rig: Any, wait: Any) -> None:
    rig.configure(limits={"batch_s": 0.1, "spool_mb": 0.25})
    rig.receiver.mode = "busy"
    terminal = await rig.start(unwritten=400)
    await wait(lambda: rig.sealed() >= 3)
    async with asyncio.timeout(60):
        while not terminal.journal.fault:
            with contextlib.suppress(EdgeError):
                await terminal.journal.write_now([Reading(0, terminal.clock.wall(), 1, Quality.GOOD, os.urandom(200))] * 5)
    terminal.journal.add([Reading(0, terminal.clock.wall(), at, Quality.GOOD, b"") for at in range(1000)])
    await wait(lambda: terminal.journal.dropped > 600)
    assert terminal.journal.unwritten == 400
    assert any("buffer" in fault for fault in terminal.faults)
    rig.receiver.mode = "ok"
    await wait(lambda: not terminal.journal.fault and terminal.journal.unwritten < 5, seconds=30, what="recovery by itself")
    await wait(lambda: rig.receiver.events("readings-dropped"), seconds=30)
    await rig.whole()
    await rig.stop()


async def test_what_the_full_disk_made_the_terminal_drop_is_counted_in_an_event(rig: Any, wait: Any) -> None:
    terminal = await rig.start(unwritten=1000)
    await wait(lambda: len(rig.receiver.stored) >= 1)
    terminal.journal.add([Reading(0, NOW, at, Quality.GOOD, b"") for at in range(1050)])
    await wait(lambda: rig.receiver.events("readings-dropped"), seconds=30)
    assert sum(event["count"] for event in rig.receiver.events("readings-dropped")) == terminal.journal.dropped >= 50


def test_a_hundred_thousand_readings_are_kept_in_memory_when_nothing_else_is_said(rig: Any) -> None:
    terminal = rig.make()
    terminal.journal.add([Reading(0, NOW, at, Quality.GOOD, b"") for at in range(100_001)])
    assert (terminal.journal.unwritten, terminal.journal.dropped) == (100_000, 1)
    terminal.disk.close()


async def test_a_new_configuration_waits_until_the_old_readings_are_sealed(rig: Any, wait: Any) -> None:
    """With the disk refusing, what was read under the old channels must never be sealed under the new ones."""
    rig.configure(uplink={**rig.content["uplink"], "orders_s": 0.1})
    terminal = await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 3)
    old = terminal.configuration.digest
    second = {**rig.content["channels"][0], "id": "first", "decimals": 3}
    changed = {**rig.content, "channels": [second, rig.content["channels"][0]]}
    refuse = "CREATE TRIGGER full BEFORE INSERT ON envelope BEGIN SELECT RAISE(FAIL, 'full'); END"
    await terminal.disk.run(terminal.spool._db.execute, refuse)
    rig.receiver.orders.append(rig.order(1, "configuration", json.dumps(changed).encode()))
    await wait(lambda: terminal.next is not None, what="the order")
    count = rig.buffer("SELECT count(*) FROM journal")
    await wait(lambda: rig.buffer("SELECT count(*) FROM journal") >= count + 20)  # read under the old one, and not sealed
    assert terminal.configuration.digest == old
    await terminal.disk.run(terminal.spool._db.execute, "DROP TRIGGER full")
    await wait(lambda: terminal.configuration.digest != old, what="the switch")
    count = len(rig.receiver.stored)
    await wait(lambda: len(rig.receiver.stored) >= count + 6)
    await rig.whole()
    await rig.stop()
    for envelope in rig.receiver.envelopes():
        indices = set(envelope.batch.channel.tolist()) - {0xFFFF}
        assert indices <= ({0} if envelope.batch.configuration == old else {0, 1})
    after = [one for one in rig.receiver.envelopes() if one.batch.configuration != old]
    assert len(after) >= 3
    assert all(set(one.batch.channel.tolist()) & {0, 1} in ({0, 1}, set()) for one in after)


async def test_a_buffer_that_cannot_be_read_for_a_while_ends_nothing_and_loses_nothing(rig: Any, wait: Any) -> None:
    """Each statement on the batches fails, reading ones too; sealing, sending, orders and status go on when they hold again."""
    rig.configure(uplink={**rig.content["uplink"], "orders_s": 0.1})
    terminal = await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 3)
    for table in ("envelope", "meta"):
        execute = terminal.spool._db.execute
        await terminal.disk.run(execute, f"ALTER TABLE {table} RENAME TO away")
        await wait(lambda table=table: any(f"no such table: {table}" in fault for fault in terminal.faults))
        await asyncio.sleep(2.5)  # longer than the period of each loop
        await terminal.disk.run(execute, f"ALTER TABLE away RENAME TO {table}")
        count = len(rig.receiver.stored)
        await wait(lambda count=count: len(rig.receiver.stored) >= count + 4, what="batches after the fault")
    await wait(lambda: not terminal.faults)
    await rig.whole()
    await rig.stop()
    times = [time for time, _, _ in rig.receiver.readings(0)]
    assert len(times) == len(set(times))
