"""The loop that sends: waiting batches → platform, and what its answers mean for buffer, route and clock."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

from tanheng.core.batch import ClockSource
from tanheng.edge.errors import SpoolError, UplinkError
from tanheng.edge.events import EventKind, event

if TYPE_CHECKING:
    from tanheng.edge.terminal import Terminal

_LOG = logging.getLogger("tanheng.edge")


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

    async def run(self) -> None:
        """Send for ever; a fault of platform or disk is waited out."""
        chunk_bytes = self._configuration.uplink.chunk_bytes
        while True:
            try:
                if not await self._send_round(chunk_bytes):
                    self._sealed.clear()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(1):
                            await self._sealed.wait()
            except UplinkError as error:
                if error.fields.get("status") == 413:  # the platform says that one body was too large
                    chunk_bytes = max(chunk_bytes // 2, 16 << 10)
                self._note_route(None)
                await asyncio.sleep(self._sender.pause_ms() / 1000)
            except SpoolError as error:
                _LOG.warning("%s", error.text())
                await asyncio.sleep(1)

    async def _send_round(self, chunk_bytes: int) -> bool:
        """Send the newest batch, then a chunk of the oldest; return whether anything waited."""
        newest = await self._disk.run(self._spool.newest_waiting, 1)
        if not newest:
            return False
        await self._send(newest)
        chunk = await self._disk.run(self._spool.oldest_waiting, limit_bytes=chunk_bytes)
        if chunk:
            await self._send(chunk)
        return True

    async def _send(self, batches: list[Any]) -> None:  # Any: Stored
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
