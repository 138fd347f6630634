"""The terminal: everything wired together, and the loops that run it.

::

    drivers   one task a device
    scan      process image → journal, at the channels' periods
    seal      journal → signed batch, each minute
    send      waiting batches → platform
    orders    platform → configuration, factor set, resend
    time      how far the clock is from its source

A fault in one loop never ends another; a fault of the disk is shown and tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
from collections import deque
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import cbor2

from tanheng.core.batch import ClockSource
from tanheng.core.errors import TanhengError
from tanheng.edge import drivers
from tanheng.edge.change import changes
from tanheng.edge.clock import Clock, ScaledClock, SystemClock
from tanheng.edge.configuration import Configuration, digest, parse
from tanheng.edge.context import DeviceContext, Disk, Journal
from tanheng.edge.drivers.port import ticks
from tanheng.edge.drivers.supervisor import Supervisor
from tanheng.edge.errors import OrderError, SpoolError, UplinkError
from tanheng.edge.events import EventKind, event
from tanheng.edge.image import ProcessImage
from tanheng.edge.orders import Order, open_order
from tanheng.edge.page import Page
from tanheng.edge.provisional import FactorSet, factor_set
from tanheng.edge.sampler import Sampler
from tanheng.edge.sealer import ClockState, Sealer
from tanheng.edge.spool import Spool
from tanheng.edge.status import Snapshot, snapshot
from tanheng.edge.timecheck import sntp_offset
from tanheng.edge.totals import META_KEY
from tanheng.edge.uplink import Sender
from tanheng.trust.files import FolderFiles, replace
from tanheng.trust.keys import KeyRecord
from tanheng.trust.suites import Signer

SPOOL_FILE = "spool.sqlite"
CONFIGURATION_FILE = "configuration.json"
_LOG = logging.getLogger("tanheng.edge")
_PRUNE_MS = 3_600_000


class Terminal:
    """One terminal, run in one asyncio loop.

    Parameters
    ----------
    configuration : Configuration
    data : Path
        Folder of the disk buffer and of what orders brought.
    signer : Signer
        The device key.
    clock : Clock, optional
    configuration_key : KeyRecord, optional
        The platform's pinned key; without it no order is obeyed.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        data: Path,
        signer: Signer,
        clock: Clock | None = None,
        configuration_key: KeyRecord | None = None,
    ) -> None:
        self.configuration = configuration
        self.clock: Clock = clock or SystemClock()
        self.data = data
        self._signer = signer
        self._key = configuration_key
        self._disk = Disk(Spool(data / SPOOL_FILE, limit_bytes=configuration.limits.spool_bytes))
        self.spool = self._disk.spool
        self.journal = Journal(self._disk, self.clock)
        self.clock_state = ClockState(source=_source(configuration, self.clock))
        self.factors: FactorSet | None = None
        self.started = self.clock.wall()
        self.snapshot: Snapshot | None = None
        self._sealed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._next: Configuration | None = None
        self._seal_fault = ""
        self._strange: deque[bytes] = deque(maxlen=32)
        self._build()

    def _build(self) -> None:
        """Make everything that depends on the configuration."""
        configuration = self.configuration
        self.image = ProcessImage(configuration.channels)
        parameters = json.loads(self.spool.meta("parameters") or b"{}")
        self.sampler = Sampler(configuration, self.image, self.clock, parameters=parameters)
        self.sealer = Sealer(configuration, self.spool, self._signer, self.clock, self.clock_state)
        self.sender = Sender(configuration.terminal, configuration.uplink, self.clock)
        self.contexts: dict[str, DeviceContext] = {}
        self.supervisors: dict[str, Supervisor] = {}
        for device in configuration.devices:
            context = DeviceContext(
                device.id, clock=self.clock, image=self.image, journal=self.journal, disk=self._disk, facts=self._fact
            )
            driver = drivers.make(device, configuration.channels_of(device.id))
            context.supervisor = self.supervisors[device.id] = Supervisor(device, driver, context)
            self.contexts[device.id] = context

    # --- running

    async def run(self) -> None:
        """Run until ``stop`` is called; then seal what there is and close the files."""
        page = None
        try:
            await self._take_over()
            if self.configuration.page is not None:
                page = Page(*self.configuration.page, path=self.spool.path, current=lambda: self)
                page.start()
            self.page = page
            while not self._stopping.is_set():
                await self._run_once()
                if self._next is not None and await self._settled():
                    await self._switch(self._next)
                    self._next = None
        finally:
            if page is not None:
                page.stop()
            await self._close()

    def stop(self) -> None:
        """Ask the terminal to end; what it has read is sealed first."""
        self._stopping.set()

    async def _run_once(self) -> None:
        """Run all loops until the terminal is stopped or a new configuration waits."""
        work: list[Coroutine[Any, Any, None]] = [supervisor.run() for supervisor in self.supervisors.values()]
        work += [self._scan_loop(), self._seal_loop(), self._status_loop()]
        if self.configuration.uplink.routes:
            work.append(self._send_loop())
            if self._key is not None and self.configuration.uplink.orders_ms:
                work.append(self._orders_loop())
        if "ntp" in self.configuration.time:
            work.append(self._time_loop())
        tasks = [asyncio.create_task(one) for one in work]
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*tasks, stopped):
                task.cancel()
            results = await asyncio.gather(*tasks, stopped, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, _Switch):
                raise result

    async def _take_over(self) -> None:
        """Take up what an earlier run left: its unsealed readings under its own configuration, its registers, its factors."""
        stored = self.spool.meta("document")
        now = self.clock.wall()
        if stored is not None and stored != self.configuration.document:
            before = self._earlier(stored)
            if self.spool.unsealed():
                Sealer(before, self.spool, self._signer, self.clock, self.clock_state).seal(alive=False)
            self._carry_over(before)
        else:
            self.spool.set_meta("document", self.configuration.document)
        content = self.spool.meta("factors")
        if content is not None:
            self.factors = factor_set(json.loads(content))
        self.journal.add([event(EventKind.STARTED, at=now, configuration=self.configuration.digest)])
        await self.journal.write()

    def _earlier(self, document: bytes) -> Configuration:
        """Return the configuration an earlier run worked under; its digest stands even when its words are no longer read."""
        try:
            return parse(document.decode())
        except TanhengError:
            return dataclasses.replace(self.configuration, channels=(), digest=digest(document), document=document)

    def _carry_over(self, before: Configuration) -> None:
        """Put this configuration in the place of the one before: registers, events and document in one transaction."""
        events, registers = changes(before, self.configuration, self.spool.meta(META_KEY), now=self.clock.wall())
        self.spool.change({META_KEY: registers, "document": self.configuration.document}, events)
        self.sealer.totals.restore(registers)

    async def _settled(self) -> bool:
        """Seal everything that was read so far; return whether nothing is left over that belongs to this configuration."""
        await self._finish()
        return not self.journal.unwritten and not await self._disk.run(self.spool.unsealed)

    async def _switch(self, after: Configuration) -> None:
        """Put a new configuration in force; the old one's readings have been sealed under the old digest."""
        before = self.configuration
        await self.sender.close()
        self.configuration = after
        self._build()
        await self._disk.run(self._carry_over, before)

    async def _finish(self) -> None:
        await self.journal.write()
        with contextlib.suppress(SpoolError):
            await self._disk.run(self.sealer.seal, alive=False)
        await self._keep_parameters()

    async def _close(self) -> None:
        self.journal.add([event(EventKind.STOPPED, at=self.clock.wall())])
        await self._finish()
        await self.sender.close()
        self._disk.close()

    async def _keep_parameters(self) -> None:
        with contextlib.suppress(SpoolError):
            await self._disk.run(self.spool.set_meta, "parameters", json.dumps(self.sampler.parameters).encode())

    # --- loops

    async def _scan_loop(self) -> None:
        written = self.clock.forward()
        while True:
            due = self.sampler.next_due
            now = self.clock.forward()
            if due is not None and due <= now:
                found = self.sampler.scan()
                self.journal.add(found)
                if any(reading.channel == 0xFFFF for reading in found):
                    await self._keep_parameters()
            if self.journal.unwritten and now - written >= self.configuration.limits.journal_ms:
                await self.journal.write()
                written = now
            due = self.sampler.next_due
            await self.clock.sleep(min(1000 if due is None else max(due - self.clock.forward(), 1), 1000))

    async def _seal_loop(self) -> None:
        every = self.configuration.limits.batch_ms
        pruned = self.clock.forward()
        async for now in ticks(self.clock, every):
            await self.journal.write()
            try:
                if await self._disk.run(self.sealer.seal):
                    self._sealed.set()
                self._seal_fault = ""
                if self._next is not None:
                    raise _Switch
                await self._disk.run(self.spool.make_room)
                if now - pruned >= _PRUNE_MS:
                    pruned = now
                    await self._disk.run(self.spool.prune, before=self.clock.wall() - self.configuration.limits.keep_ms)
            except SpoolError as error:
                self._seal_fault = error.text()
                _LOG.warning("%s", self._seal_fault)

    async def _send_loop(self) -> None:
        chunk_bytes = self.configuration.uplink.chunk_bytes
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
                await asyncio.sleep(self.sender.pause_ms() / 1000)
            except SpoolError as error:
                _LOG.warning("%s", error.text())
                await asyncio.sleep(1)

    async def _send_round(self, chunk_bytes: int) -> bool:
        """Send the newest batch, then a chunk of the oldest; return whether anything waited."""
        newest = await self._disk.run(self.spool.newest_waiting, 1)
        if not newest:
            return False
        await self._send(newest)
        chunk = await self._disk.run(self.spool.oldest_waiting, limit_bytes=chunk_bytes)
        if chunk:
            await self._send(chunk)
        return True

    async def _send(self, batches: list[Any]) -> None:  # Any: Stored
        before = self.sender.current
        answer = await self.sender.send(batches)
        if self.sender.current is not before and self.sender.current is not None:
            self._note_route(self.sender.current.route.name)
        now = self.clock.wall()
        if answer.acknowledged:
            await self._disk.run(self.spool.acknowledge, answer.acknowledged, now=now)
        if answer.refused:
            await self._disk.run(self.spool.refuse, answer.refused, now=now)
        if not answer.acknowledged and not answer.refused:
            raise UplinkError("edge.uplink.silent", count=len(batches))
        if answer.platform_time is not None and "ntp" not in self.configuration.time:
            self._clock_from_platform(answer.platform_time)

    _route: str | None = None

    def _note_route(self, name: str | None) -> None:
        if name != self._route:
            self.journal.add([event(EventKind.ROUTE_CHANGED, at=self.clock.wall(), before=self._route, after=name)])
            self._route = name

    def _clock_from_platform(self, time: int) -> None:
        if self.clock_state.source in (ClockSource.FREE, ClockSource.PLATFORM):
            self.clock_state.source = ClockSource.PLATFORM
            self.clock_state.offset_ms = self.clock.wall() - time
            self.clock_state.checked = self.clock.wall()

    async def _time_loop(self) -> None:
        time = self.configuration.time
        async for _ in ticks(self.clock, round(time.get("every_s", 600) * 1000)):
            try:
                self.clock_state.offset_ms = await sntp_offset(time["ntp"], self.clock)
                self.clock_state.source = ClockSource.NTP
                self.clock_state.checked = self.clock.wall()
            except UplinkError as error:
                self.clock_state.offset_ms = None
                _LOG.warning("%s", error.text())

    async def _status_loop(self) -> None:
        while True:
            gauge = await self._disk.run(self.spool.gauge)
            self.snapshot = snapshot(self, gauge)
            await asyncio.sleep(2)

    # --- orders

    async def _orders_loop(self) -> None:
        async for _ in ticks(self.clock, self.configuration.uplink.orders_ms):
            with contextlib.suppress(UplinkError):
                data = await self.sender.orders(after=await self._last_order())
                await self.obey(data)

    async def _last_order(self) -> int:
        return int(await self._disk.run(self.spool.meta, "order") or 0)

    async def obey(self, data: bytes) -> None:
        """Obey a CBOR sequence of signed orders, each once; what is refused becomes an event."""
        for one in _sequence(data):
            await self._obey_one(one)

    async def _obey_one(self, data: bytes) -> None:
        if self._key is None:
            raise OrderError("edge.order.no_key")
        after = await self._last_order()
        try:
            order = open_order(data, terminal=self.configuration.terminal, key=self._key, after=after)
        except TanhengError as error:
            if error.code != "edge.order.old" and data not in self._strange:  # told once, however often it is offered
                self._strange.append(data)
                self._refused_order(None, error)
            return
        try:
            switch = await self._carry_out(order)
        except TanhengError as error:
            self._refused_order(order, error)
            switch = None
        await self._disk.run(self.spool.set_meta, "order", str(order.number).encode())
        if switch is not None:
            self._next = switch
            raise _Switch

    def _refused_order(self, order: Order | None, error: TanhengError) -> None:
        number = None if order is None else order.number
        self.journal.add(
            [event(EventKind.ORDER_REFUSED, at=self.clock.wall(), number=number, code=error.code, reason=error.text())]
        )

    async def _carry_out(self, order: Order) -> Configuration | None:
        content = order.content
        if isinstance(content, bytes) and order.kind == "configuration":
            return self._new_configuration(content)
        if isinstance(content, bytes):
            await self._new_factors(content, order)
        else:
            await self._resend(order)
        return None

    def _new_configuration(self, content: bytes) -> Configuration:
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise OrderError("edge.order.text", reason=str(error)) from error
        found = parse(text, thing="order")
        if found.terminal != self.configuration.terminal:
            raise OrderError("edge.order.terminal", found=found.terminal, wanted=self.configuration.terminal)
        for device in found.devices:
            drivers.make(device, found.channels_of(device.id))
        replace(FolderFiles(self.data), CONFIGURATION_FILE, found.document)
        return found

    async def _new_factors(self, content: bytes, order: Order) -> None:
        try:
            factors = factor_set(json.loads(content))
        except ValueError as error:
            raise OrderError("edge.order.text", reason=str(error)) from error
        await self._disk.run(self.spool.set_meta, "factors", content)
        self.factors = factors
        self.journal.add([event(EventKind.FACTORS_APPLIED, at=self.clock.wall(), version=factors.version, reason=order.reason)])

    async def _resend(self, order: Order) -> None:
        content = order.content if not isinstance(order.content, bytes) else {}
        first, last = content.get("first"), content.get("last")
        if type(first) is not int or type(last) is not int or not 1 <= first <= last:
            raise OrderError("edge.order.range", first=first, last=last)
        count = await self._disk.run(self.spool.resend, first=first, last=last)
        fields = {"first": first, "last": last, "count": count, "reason": order.reason}
        self.journal.add([event(EventKind.RESEND, at=self.clock.wall(), **fields)])
        self._sealed.set()

    # --- facts

    def _fact(self, name: str) -> int | None:
        match name:
            case "uplink.route":
                return self.sender.current.route.priority if self.sender.current is not None else 0
            case "uplink.sent_bytes":
                return sum(state.sent_bytes for state in self.sender.routes)
            case "uplink.waiting":
                return None if self.snapshot is None else self.snapshot.gauge.waiting
            case _:
                return None

    @property
    def faults(self) -> list[str]:
        """What a person should know now, as sentences."""
        found = [self.journal.fault, self._seal_fault]
        found += [state.fault for state in self.sender.routes if state.fault]
        return [fault for fault in found if fault]


class _Switch(Exception):  # noqa: N818  # a signal between loops; nothing is wrong
    """A new configuration waits."""


def _source(configuration: Configuration, clock: Clock) -> ClockSource:
    if isinstance(clock, ScaledClock):
        return ClockSource.SIMULATED
    return ClockSource(configuration.time.get("source", "free"))


def _sequence(data: bytes) -> list[bytes]:
    """Return the items of a CBOR sequence as their own bytes."""
    import io

    found = []
    stream = io.BytesIO(data)
    while stream.tell() < len(data):
        start = stream.tell()
        try:
            cbor2.CBORDecoder(stream).decode()
        except (cbor2.CBORError, RecursionError, ValueError) as error:
            raise UplinkError("edge.uplink.answer", reason=f"{type(error).__name__}: {error}") from error
        found.append(data[start : stream.tell()])
    return found
