"""What the terminal offers to the driver of one device: image, journal, rows, memory, events."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tanheng.edge.clock import Clock
from tanheng.edge.drivers.supervisor import Supervisor
from tanheng.edge.errors import SpoolError
from tanheng.edge.events import EventKind, event
from tanheng.edge.image import ProcessImage
from tanheng.edge.reading import Reading, Row, Sample
from tanheng.edge.spool import Spool
from tanheng.protocols.port import Refused

_LOG = logging.getLogger("tanheng.edge")
T = TypeVar("T")
_KEPT_REFUSALS = 50
_EVENT_BYTES = 512
_ROW_BYTES = 16 << 10
"""A row is told whole: the cell that was changed may be the last of sixty."""

UNWRITTEN_READINGS = 100_000
"""Readings that are kept in memory while the disk refuses; beyond it the oldest go, counted."""


class Disk:
    """The spool behind one thread, so that a slow disk never holds up the drivers."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="spool")

    async def run(self, function: Callable[..., T], *values: Any, **named: Any) -> T:
        """Return what a method of the spool gives (Any: the arguments of any of them).

        Work for the disk that has been handed over is done, also when the caller is cancelled meanwhile, however often.

        Raises
        ------
        SpoolError
            Also where a reading statement fails: no fault of the disk reaches a loop under another name.
        """

        def call() -> T:
            try:
                return function(*values, **named)
            except sqlite3.Error as error:
                doing = function.__name__.replace("_", " ").strip()
                raise SpoolError("edge.spool.write", doing=doing, path=str(self.spool.path), reason=str(error)) from error

        doing = asyncio.get_running_loop().run_in_executor(self._pool, call)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            while not doing.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([doing])
            if (fault := doing.exception()) is not None:  # nobody waits for it any more
                _LOG.warning("%s", fault)
            raise

    def close(self) -> None:
        """End the thread and close the file."""
        self._pool.shutdown(wait=True)
        self.spool.close()


class Journal:
    """Writes readings to the disk; when the disk refuses, keeps a bounded number and says what was dropped.

    What waits is written in portions: halved when one does not fit, doubled with each that does. So a disk that refuses costs
    little however much waits, and a buffer in which only little room has come back takes up that little.

    Parameters
    ----------
    disk : Disk
    clock : Clock
    limit : int
        Most readings in memory.
    """

    def __init__(self, disk: Disk, clock: Clock, *, limit: int = UNWRITTEN_READINGS) -> None:
        self._disk = disk
        self._clock = clock
        self._limit = limit
        self._lock = asyncio.Lock()
        self._unwritten: deque[Reading] = deque()
        self._writing: list[Reading] = []
        self._portion = limit
        self.dropped = 0
        self._dropped_before = 0
        self.fault = ""

    @property
    def limit(self) -> int:
        """Most readings in memory."""
        return self._limit

    @property
    def unwritten(self) -> int:
        """Readings that are in memory only: taken and not yet on the disk."""
        return len(self._unwritten) + len(self._writing)

    def add(self, readings: Iterable[Reading]) -> None:
        """Take readings that ``write`` will put on the disk."""
        self._unwritten.extend(readings)
        while self._unwritten and self.unwritten > self._limit:
            self._unwritten.popleft()
            self.dropped += 1

    async def write(self) -> None:
        """Put all that was taken until now on the disk; what a fault leaves stays for the next time."""
        async with self._lock:
            left = len(self._unwritten)
            while left > 0 and self._unwritten:
                size = min(left, self._portion, len(self._unwritten))
                self._writing = [self._unwritten.popleft() for _ in range(size)]
                left -= size
                if not await self._write_portion():
                    await self._make_room()
                    return

    async def _write_portion(self) -> bool:
        """Put one portion on the disk; return whether it is there."""
        taken, lost = self._writing, self.dropped - self._dropped_before
        readings = list(taken)
        if lost:
            readings.append(event(EventKind.READINGS_DROPPED, at=self._clock.wall(), count=lost, fault=self.fault))
        written: list[bool] = []

        def append() -> None:
            self._disk.spool.append(readings)
            written.append(True)

        try:
            await self._disk.run(append)
            self.fault = ""
        except SpoolError as error:
            self.fault = error.text()
        finally:  # also when the caller is cancelled: what is not on the disk stays for the next time
            self._writing = []
            if written:
                self._dropped_before += lost
                self._portion = min(self._portion * 2, self._limit)
            else:
                self._portion = max(len(taken) // 2, 1)
                self._unwritten.extendleft(reversed(taken))
                self.add(())
        return bool(written)

    async def write_now(self, readings: Sequence[Reading]) -> None:
        """Put readings on the disk before this returns; a fault is the caller's, who has not answered its peer yet."""
        try:
            await self._disk.run(self._disk.spool.append, readings)
        except SpoolError:
            await self._make_room()
            raise

    async def _make_room(self) -> None:
        try:
            await self._disk.run(self._disk.spool.make_room)
        except SpoolError as error:
            self.fault = error.text()


class DeviceContext:
    """The ``Context`` of one device."""

    def __init__(
        self,
        device: str,
        *,
        clock: Clock,
        image: ProcessImage,
        journal: Journal,
        disk: Disk,
        facts: Callable[[str], int | None],
    ) -> None:
        self.clock = clock
        self.supervisor: Supervisor | None = None
        self.refusals: deque[tuple[int, Refused]] = deque(maxlen=_KEPT_REFUSALS)
        self._device = device
        self._image = image
        self._journal = journal
        self._disk = disk
        self._facts = facts

    def _delivered(self) -> None:
        if self.supervisor is not None:
            self.supervisor.delivered()

    def deliver(self, samples: Sequence[Sample]) -> None:
        """Put fresh samples into the process image."""
        self._image.put(samples, arrival=self.clock.forward())
        self._delivered()

    async def record(self, readings: Sequence[Reading]) -> None:
        """Put readings with a time of their own into the journal."""
        await self._journal.write_now(readings)
        for reading in readings:
            self._image.put_reading(reading, arrival=self.clock.forward())
        self._delivered()

    async def take_rows(self, rows: Iterable[Row]) -> tuple[int, int]:
        """Record rows of a table or file."""
        taken = await self._disk.run(self._disk.spool.take_rows, self._device, rows, changed=self._changed)
        self._delivered()
        return taken

    def _changed(self, row: Row, before: bytes) -> Reading:
        return event(
            EventKind.ROW_CHANGED,
            at=self.clock.wall(),
            device=self._device,
            row=row.key,
            before=before[:_ROW_BYTES],
            after=row.content[:_ROW_BYTES],
        )

    async def sweep_rows(self, *, since: int, until: int, keys: set[str]) -> int:
        """Record as deleted what a table no longer has."""
        spool = self._disk.spool
        return await self._disk.run(spool.sweep_rows, self._device, since=since, until=until, keys=keys, gone=self._gone)

    def _gone(self, key: str, before: bytes) -> Reading:
        return event(
            EventKind.ROW_DELETED, at=self.clock.wall(), device=self._device, row=key, before=before[:_ROW_BYTES], after=None
        )

    async def recall(self, key: str) -> bytes | None:
        """Return what ``remember`` kept."""
        return await self._disk.run(self._disk.spool.meta, key)

    async def remember(self, key: str, value: bytes) -> None:
        """Keep a small fact over restarts."""
        await self._disk.run(self._disk.spool.set_meta, key, value)

    def refuse(self, refused: Refused) -> None:
        """Count bytes that could not be read; the first of each minute becomes an event with a part of them."""
        now = self.clock.wall()
        last = self.refusals[-1][0] if self.refusals else None
        self.refusals.append((now, refused))
        if self.supervisor is not None:
            self.supervisor.health.refused += 1
        if last is None or now - last >= 60_000:
            self.event(
                EventKind.BYTES_REFUSED,
                reason=refused.error.text(),
                code=refused.error.code,
                count=refused.count,
                raw=refused.raw[:_EVENT_BYTES],
            )

    def fact(self, name: str) -> int | None:
        """Return a number the terminal knows about itself."""
        return self._facts(name)

    def event(self, kind: EventKind, **fields: Any) -> None:
        """Record an event (Any: each kind has its own fields)."""
        fields.setdefault("device", self._device)
        self._journal.add([event(kind, at=self.clock.wall(), **fields)])
