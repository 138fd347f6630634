"""The loop that sends: waiting batches → platform, and what its answers mean for buffer, route and clock."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from tanheng.core.batch import ClockSource
from tanheng.edge.errors import SpoolError, UplinkError
from tanheng.edge.events import EventKind, event
from tanheng.edge.outbox import Stored

if TYPE_CHECKING:
    from tanheng.edge.terminal import Terminal

_LOG = logging.getLogger("tanheng.edge")


_SMALLEST_CHUNK = 16 << 10
_TOO_MUCH = (408, 413, 500, 502, 504)
"""Answers of a platform, or of what stands before it, that a smaller body may spare."""


class Chunk:
    """How much backlog one request carries.

    A body that is not answered in time would be sent again unchanged for ever, and each repeat is more work for a platform that
    is behind already. So an unanswered body halves the next one, and each answer doubles it up to what is allowed; a platform
    that calls a body too large (413) lowers what is allowed.

    Parameters
    ----------
    largest : int
        Bytes that are allowed.
    """

    def __init__(self, largest: int) -> None:
        self.bytes = self._largest = largest

    def answered(self) -> None:
        """Note that a body was answered."""
        self.bytes = min(self.bytes * 2, self._largest)

    def failed(self, size: int, error: UplinkError) -> None:
        """Note that a body of ``size`` bytes was not taken."""
        status = error.fields.get("status")
        if status is None or status in _TOO_MUCH:
            self.bytes = max(min(size, self.bytes) // 2, _SMALLEST_CHUNK)
        if status == 413:
            self._largest = self.bytes


class Sending:
    """Sends what a terminal has sealed, as its configuration says.

    Parameters
    ----------
    terminal : Terminal
        Its buffer, journal and clock are used.
    sealed : asyncio.Event
        Set whenever a batch is new.
    """

    def __init__(self, terminal: Terminal, sealed: asyncio.Event) -> None:
        self._configuration = terminal.configuration
        self._disk, self._spool = terminal.disk, terminal.spool
        self._sender, self._journal = terminal.sender, terminal.journal
        self._clock, self._clock_state = terminal.clock, terminal.clock_state
        self._sealed = sealed
        self._terminal = terminal
        self._chunk = Chunk(terminal.configuration.uplink.chunk_bytes)

    async def run(self) -> None:
        """Send for ever; a fault of platform or disk is waited out."""
        while True:
            try:
                if not await self._send_round():
                    self._sealed.clear()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(1):
                            await self._sealed.wait()
            except UplinkError:
                self._note_route(None)
                await asyncio.sleep(self._sender.pause_ms() / 1000)
            except SpoolError as error:
                _LOG.warning("%s", error.text())
                await asyncio.sleep(1)

    async def _send_round(self) -> bool:
        """Send the newest batch, then a chunk of the oldest; return whether anything waited."""
        newest = await self._disk.run(self._spool.newest_waiting, 1)
        if not newest:
            return False
        await self._send(newest)
        chunk = await self._disk.run(self._spool.oldest_waiting, limit_bytes=self._chunk.bytes)
        if chunk:
            await self._send_chunk(chunk)
        return True

    async def _send_chunk(self, chunk: list[Stored]) -> None:
        try:
            await self._send(chunk)
        except UplinkError as error:
            self._chunk.failed(sum(len(batch.data) for batch in chunk), error)
            raise
        self._chunk.answered()

    async def _send(self, batches: list[Stored]) -> None:
        before = self._sender.current
        answer = await self._sender.send(batches)
        if self._sender.current is not before and self._sender.current is not None:
            self._note_route(self._sender.current.route.name)
        now = self._clock.wall()
        if answer.acknowledged:
            await self._disk.run(self._spool.acknowledge, answer.acknowledged, now=now)
        if answer.refused:
            await self._disk.run(self._spool.refuse, answer.refused, now=now)
        if not answer.acknowledged and not answer.refused:
            raise UplinkError("edge.uplink.silent", count=len(batches))
        if answer.platform_time is not None and "ntp" not in self._configuration.time:
            self._clock_from_platform(answer.platform_time)

    def _note_route(self, name: str | None) -> None:
        before, self._terminal.route = self._terminal.route, name
        if name != before:
            self._journal.add([event(EventKind.ROUTE_CHANGED, at=self._clock.wall(), before=before, after=name)])

    def _clock_from_platform(self, time: int) -> None:
        if self._clock_state.source in (ClockSource.FREE, ClockSource.PLATFORM):
            self._clock_state.source = ClockSource.PLATFORM
            self._clock_state.offset_ms = self._clock.wall() - time
            self._clock_state.checked = self._clock.wall()
