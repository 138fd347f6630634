"""Obedience: what the platform's signed orders do to a terminal.

A configuration and a factor set replace those in force, a resend lets kept batches wait again. Each order is obeyed once; what
is refused becomes an event, told once however often the same order is offered.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections import deque
from typing import TYPE_CHECKING

import cbor2

from tanheng.core.errors import TanhengError
from tanheng.edge import drivers
from tanheng.edge.configuration import Configuration, parse
from tanheng.edge.drivers.port import ticks
from tanheng.edge.errors import OrderError, SpoolError, UplinkError
from tanheng.edge.events import EventKind, event
from tanheng.edge.orders import Order, open_order
from tanheng.edge.provisional import factor_set
from tanheng.trust.files import FolderFiles, replace
from tanheng.trust.keys import KeyRecord

if TYPE_CHECKING:
    from tanheng.edge.terminal import Terminal

CONFIGURATION_FILE = "configuration.json"


class Switch(Exception):  # noqa: N818  # a signal between loops; nothing is wrong
    """A new configuration waits."""


class Obedience:
    """Obeys the orders for one terminal.

    Parameters
    ----------
    terminal : Terminal
    key : KeyRecord or None
        The platform's pinned key; without it no order is obeyed.
    sealed : asyncio.Event
        Set when batches wait again.
    """

    def __init__(self, terminal: Terminal, key: KeyRecord | None, sealed: asyncio.Event) -> None:
        self._terminal = terminal
        self._key = key
        self._sealed = sealed
        self._strange: deque[bytes] = deque(maxlen=32)

    async def run(self) -> None:
        """Ask the platform for orders as often as the configuration says, and obey them."""
        async for _ in ticks(self._terminal.clock, self._terminal.configuration.uplink.orders_ms):
            with contextlib.suppress(UplinkError, SpoolError):  # both are shown elsewhere, and the next round asks again
                data = await self._terminal.sender.orders(after=await self._last_order())
                await self.obey(data)

    async def _last_order(self) -> int:
        return int(await self._terminal.disk.run(self._terminal.spool.meta, "order") or 0)

    async def obey(self, data: bytes) -> None:
        """Obey a CBOR sequence of signed orders, each once; what is refused becomes an event."""
        for one in _sequence(data):
            await self._obey_one(one)

    async def _obey_one(self, data: bytes) -> None:
        if self._key is None:
            raise OrderError("edge.order.no_key")
        after = await self._last_order()
        try:
            order = open_order(data, terminal=self._terminal.configuration.terminal, key=self._key, after=after)
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
        await self._terminal.disk.run(self._terminal.spool.set_meta, "order", str(order.number).encode())
        if switch is not None:
            self._terminal.next = switch
            raise Switch

    def _refused_order(self, order: Order | None, error: TanhengError) -> None:
        number = None if order is None else order.number
        self._note(EventKind.ORDER_REFUSED, number=number, code=error.code, reason=error.text())

    def _note(self, kind: EventKind, **fields: object) -> None:
        self._terminal.journal.add([event(kind, at=self._terminal.clock.wall(), **fields)])

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
        if found.terminal != self._terminal.configuration.terminal:
            raise OrderError("edge.order.terminal", found=found.terminal, wanted=self._terminal.configuration.terminal)
        for device in found.devices:
            drivers.make(device, found.channels_of(device.id))
        replace(FolderFiles(self._terminal.data), CONFIGURATION_FILE, found.document)
        return found

    async def _new_factors(self, content: bytes, order: Order) -> None:
        try:
            factors = factor_set(json.loads(content))
        except ValueError as error:
            raise OrderError("edge.order.text", reason=str(error)) from error
        await self._terminal.disk.run(self._terminal.spool.set_meta, "factors", content)
        self._terminal.factors = factors
        self._note(EventKind.FACTORS_APPLIED, version=factors.version, reason=order.reason)

    async def _resend(self, order: Order) -> None:
        content = order.content if not isinstance(order.content, bytes) else {}
        first, last = content.get("first"), content.get("last")
        if type(first) is not int or type(last) is not int or not 1 <= first <= last:
            raise OrderError("edge.order.range", first=first, last=last)
        count = await self._terminal.disk.run(self._terminal.spool.resend, first=first, last=last)
        self._note(EventKind.RESEND, first=first, last=last, count=count, reason=order.reason)
        self._sealed.set()


def _sequence(data: bytes) -> list[bytes]:
    """Return the items of a CBOR sequence as their own bytes."""
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
