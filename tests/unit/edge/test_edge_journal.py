"""The journal beside a buffer that is full: what waits is written in portions, in order, and what is dropped is counted."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import cbor2
import pytest

from tanheng.core.batch import Quality
from tanheng.core.errors import EdgeError
from tanheng.edge.clock import SystemClock
from tanheng.edge.context import Disk, Journal
from tanheng.edge.packing import unpack
from tanheng.edge.reading import EVENT_CHANNEL, Reading
from tanheng.edge.spool import Spool

NOW = 1_790_000_000_000
FULL = "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(FAIL, 'full'); END"
LITTLE_ROOM = (
    "CREATE TRIGGER little BEFORE INSERT ON journal WHEN length(NEW.readings) > 300 BEGIN SELECT RAISE(FAIL, 'full'); END"
)


def readings(count: int, *, first: int = 0, raw: bytes = b"") -> list[Reading]:
    return [Reading(0, NOW, value, Quality.GOOD, raw) for value in range(first, first + count)]


def build(sequence: int, previous: bytes, found: Sequence[Reading]) -> bytes:
    return b"|".join([str(sequence).encode(), *(one.raw for one in found)])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(Spool(tmp_path / "spool.sqlite", limit_bytes=1 << 20))
    yield made
    made.close()


def stored(disk: Disk) -> list[Reading]:
    rows = disk.spool.query("SELECT readings FROM journal ORDER BY id")
    return [reading for (packed,) in rows for reading in unpack(bytes(packed))]  # type: ignore[call-overload]  # a blob


def execute(disk: Disk, statement: str) -> None:
    disk.spool._db.execute(statement)


async def test_what_waits_is_written_in_order_when_the_disk_takes_it_again(disk: Disk) -> None:
    journal = Journal(disk, SystemClock())
    execute(disk, FULL)
    for first in (0, 40, 80):
        journal.add(readings(40, first=first))
        await journal.write()
    assert journal.unwritten == 120
    assert "append" in journal.fault
    execute(disk, "DROP TRIGGER full")
    await journal.write()
    assert [one.value for one in stored(disk)] == list(range(120))
    assert (journal.unwritten, journal.dropped, journal.fault) == (0, 0, "")


async def test_a_little_room_is_taken_up_by_as_much_as_fits(disk: Disk) -> None:
    """A row of three hundred bytes fits, one of a thousand readings never would."""
    journal = Journal(disk, SystemClock())
    execute(disk, LITTLE_ROOM)
    journal.add(readings(1000))
    for _ in range(40):  # each call that fails halves what the next one tries
        await journal.write()
    found = [one.value for one in stored(disk)]
    assert found == list(range(len(found)))
    assert len(found) > 100
    assert len(found) + journal.unwritten == 1000


async def test_a_disk_that_refuses_is_asked_with_ever_smaller_portions(disk: Disk) -> None:
    journal = Journal(disk, SystemClock())
    execute(disk, FULL)
    journal.add(readings(1000))
    for _ in range(12):
        await journal.write()
    assert journal._portion == 1
    assert journal.unwritten == 1000


@pytest.mark.parametrize("limit", [1, 50, 1000])
async def test_beyond_the_limit_the_oldest_go_and_their_number_is_an_event(disk: Disk, limit: int) -> None:
    journal = Journal(disk, SystemClock(), limit=limit)
    execute(disk, FULL)
    journal.add(readings(limit + 30))
    await journal.write()
    journal.add(readings(12, first=limit + 30))
    assert journal.unwritten == limit
    execute(disk, "DROP TRIGGER full")
    while journal.unwritten:
        await journal.write()
    found = stored(disk)
    assert [one.value for one in found if one.channel == 0] == list(range(42, 42 + limit))
    (event,) = [cbor2.loads(one.raw) for one in found if one.channel == EVENT_CHANNEL]
    assert (event["kind"], event["count"]) == ("readings-dropped", 42)
    assert "full" in event["fault"]


async def test_readings_that_come_while_a_portion_is_written_count_against_the_limit(disk: Disk) -> None:
    journal = Journal(disk, SystemClock(), limit=100)
    journal.add(readings(100))
    writing = asyncio.create_task(journal.write())
    await asyncio.sleep(0)  # the portion is on its way to the disk's thread
    journal.add(readings(30, first=100))
    assert journal.unwritten == 100
    await writing
    await journal.write()
    assert [one.value for one in stored(disk) if one.channel == 0] == list(range(100))
    assert journal.dropped == 30


async def test_a_write_that_is_cancelled_neither_loses_nor_repeats(disk: Disk) -> None:
    journal = Journal(disk, SystemClock())
    for first in range(0, 500, 10):
        journal.add(readings(10, first=first))
        writing = asyncio.create_task(journal.write())
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    await journal.write()
    assert [one.value for one in stored(disk)] == list(range(500))


async def test_a_fault_that_nobody_waits_for_any_more_is_logged(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    execute(disk, FULL)
    with caplog.at_level(logging.WARNING, logger="tanheng.edge"):
        doing = asyncio.create_task(disk.run(disk.spool.append, readings(3)))
        await asyncio.sleep(0)
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing
    assert "append" in caplog.text


async def test_readings_that_must_be_on_the_disk_make_room_among_what_is_acknowledged(disk: Disk) -> None:
    """A terminal that only records messages: nothing else would ever clean its full buffer."""
    journal = Journal(disk, SystemClock())
    with contextlib.suppress(EdgeError):
        while True:
            await journal.write_now(readings(20, raw=b"y" * 1000))
            disk.spool.seal(build, now=NOW)
    waiting = disk.spool.oldest_waiting(limit_bytes=1 << 30)
    disk.spool.acknowledge({batch.sequence: batch.sequence for batch in waiting}, now=NOW)
    taken = 0
    for _ in range(30):  # six hundred kilobytes, of the megabyte that the acknowledged ones fill
        with contextlib.suppress(EdgeError):
            await journal.write_now(readings(20, raw=b"y" * 1000))
            taken += 1
    assert taken > 25
