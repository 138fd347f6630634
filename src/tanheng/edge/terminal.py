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
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tanheng.core.batch import ClockSource
from tanheng.core.errors import TanhengError
from tanheng.edge import drivers
from tanheng.edge.change import changes
from tanheng.edge.clock import Clock, ScaledClock, SystemClock
from tanheng.edge.configuration import Configuration, digest, parse
from tanheng.edge.context import UNWRITTEN_READINGS, DeviceContext, Disk, Journal
from tanheng.edge.drivers.port import ticks
from tanheng.edge.drivers.supervisor import Supervisor
from tanheng.edge.ending import end_all
from tanheng.edge.errors import SpoolError, UplinkError
from tanheng.edge.events import EventKind, event
from tanheng.edge.image import ProcessImage
from tanheng.edge.obedience import Obedience, Switch
from tanheng.edge.page import Page
from tanheng.edge.provisional import FactorSet, factor_set
from tanheng.edge.sampler import Sampler
from tanheng.edge.sealer import ClockState, Sealer
from tanheng.edge.sending import Sending
from tanheng.edge.spool import Spool
from tanheng.edge.status import Snapshot, snapshot
from tanheng.edge.timecheck import sntp_offset
from tanheng.edge.totals import META_KEY
from tanheng.edge.uplink import Sender
from tanheng.trust.keys import KeyRecord
from tanheng.trust.suites import Signer

SPOOL_FILE = "spool.sqlite"
_LOG = logging.getLogger("tanheng.edge")
_PRUNE_MS = 3_600_000


class Terminal:
    """One terminal, run in one asyncio loop.

    Parameters
    ----------
    configuration : Configuration
    data : Path
        Folder of the disk buffer and of what orders brought; made for this user alone (0700) when it is not there.
    signer : Signer
        The device key.
    clock : Clock, optional
    configuration_key : KeyRecord, optional
        The platform's pinned key; without it no order is obeyed.
    unwritten : int
        Most readings in memory while the disk refuses.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        data: Path,
        signer: Signer,
        clock: Clock | None = None,
        configuration_key: KeyRecord | None = None,
        unwritten: int = UNWRITTEN_READINGS,
    ) -> None:
        self.configuration = configuration
        self.clock: Clock = clock or SystemClock()
        self.data = _made(data)
        self._signer = signer
        self._key = configuration_key
        self.disk = Disk(Spool(data / SPOOL_FILE, limit_bytes=configuration.limits.spool_bytes))
        self.spool = self.disk.spool
        self.journal = Journal(self.disk, self.clock, limit=unwritten)
        self.clock_state = ClockState(source=_source(configuration, self.clock))
        self.factors: FactorSet | None = None
        self.started = self.clock.wall()
        self.snapshot: Snapshot | None = None
        self.route: str | None = None
        self._sealed = asyncio.Event()
        self._stopping = asyncio.Event()
        self.next: Configuration | None = None
        self._seal_fault = ""
        self.obedience = Obedience(self, configuration_key, self._sealed)
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
                device.id, clock=self.clock, image=self.image, journal=self.journal, disk=self.disk, facts=self._fact
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
                if self.next is not None and await self._settled():
                    await self._switch(self.next)
                    self.next = None
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
            work.append(Sending(self, self._sealed).run())
            if self._key is not None and self.configuration.uplink.orders_ms:
                work.append(self.obedience.run())
        if "ntp" in self.configuration.time:
            work.append(self._time_loop())
        tasks = [asyncio.create_task(one) for one in work]
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_all([*tasks, stopped])
        for task in tasks:
            fault = None if task.cancelled() else task.exception()
            if fault is not None and not isinstance(fault, Switch):
                raise fault

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
        return not self.journal.unwritten and not await self.disk.run(self.spool.unsealed)

    async def _switch(self, after: Configuration) -> None:
        """Put a new configuration in force; the old one's readings have been sealed under the old digest."""
        before = self.configuration
        await self.sender.close()
        self.configuration = after
        self._build()
        await self.disk.run(self._carry_over, before)

    async def _finish(self) -> None:
        await self.journal.write()
        with contextlib.suppress(SpoolError):
            await self.disk.run(self.sealer.seal, alive=False)
        await self._keep_parameters()

    async def _close(self) -> None:
        self.journal.add([event(EventKind.STOPPED, at=self.clock.wall())])
        await self._finish()
        await self.sender.close()
        self.disk.close()

    async def _keep_parameters(self) -> None:
        with contextlib.suppress(SpoolError):
            await self.disk.run(self.spool.set_meta, "parameters", json.dumps(self.sampler.parameters).encode())

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
                await self.disk.run(self.spool.make_room)
                if await self.disk.run(self.sealer.seal):
                    self._sealed.set()
                self._seal_fault = ""
                if self.next is not None:
                    raise Switch
                if now - pruned >= _PRUNE_MS:
                    pruned = now
                    await self.disk.run(self.spool.prune, before=self.clock.wall() - self.configuration.limits.keep_ms)
            except SpoolError as error:
                self._seal_fault = error.text()
                _LOG.warning("%s", self._seal_fault)

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
            try:
                self.snapshot = snapshot(self, await self.disk.run(self.spool.gauge))
            except SpoolError as error:
                _LOG.warning("%s", error.text())
            await asyncio.sleep(2)

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


def _made(folder: Path) -> Path:
    """Return the data folder, made for this user alone when it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SpoolError("edge.data.folder", path=str(folder), reason=str(error)) from error
    return folder


def _source(configuration: Configuration, clock: Clock) -> ClockSource:
    if isinstance(clock, ScaledClock):
        return ClockSource.SIMULATED
    return ClockSource(configuration.time.get("source", "free"))
