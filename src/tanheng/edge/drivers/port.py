"""What a driver is, and what it may do.

A driver is one device's connection. ``session`` runs until the connection fails: it polls or listens, and hands on what it
read. The supervisor around it owns time-out, back-off and health, so no driver has a retry loop of its own and a dead device
delays nobody else. A driver only reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from tanheng.edge.clock import Clock
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.errors import DriverError
from tanheng.edge.events import EventKind
from tanheng.edge.reading import Reading, Row, Sample
from tanheng.protocols.port import Refused

T = TypeVar("T")


class Context(Protocol):
    """What the terminal offers to the driver of one device."""

    @property
    def clock(self) -> Clock:
        """The terminal's clock."""
        ...

    def deliver(self, samples: Sequence[Sample]) -> None:
        """Put fresh samples into the process image; the next scan takes them."""
        ...

    async def record(self, readings: Sequence[Reading]) -> None:
        """Put readings that carry their own time into the journal; on the disk when this returns."""
        ...

    async def take_rows(self, rows: Iterable[Row]) -> tuple[int, int]:
        """Record rows of a table or file; return how many were new and how many had changed."""
        ...

    async def sweep_rows(self, *, since: int, until: int, keys: set[str]) -> int:
        """Record as deleted what a table no longer has between two times; return how many rows."""
        ...

    async def recall(self, key: str) -> bytes | None:
        """Return what ``remember`` kept."""
        ...

    async def remember(self, key: str, value: bytes) -> None:
        """Keep a small fact over restarts."""
        ...

    def refuse(self, refused: Refused) -> None:
        """Count bytes that could not be read, and keep a part of them with the reason."""
        ...

    def fact(self, name: str) -> int | None:
        """Return a number the terminal knows about itself, such as the bytes it sent; None when it does not."""
        ...

    def event(self, kind: EventKind, **fields: Any) -> None:
        """Record an event (Any: each kind has its own fields)."""
        ...


class Driver(Protocol):
    """One device's connection."""

    async def session(self, context: Context) -> None:
        """Connect and read until something fails.

        Raises
        ------
        DriverError, OSError, TimeoutError
            When the connection ends; the supervisor waits and calls again.
        """
        ...


async def within(milliseconds: int, doing: Awaitable[T], *, device: str) -> T:
    """Return what ``doing`` gives; a time-out is a ``DriverError`` that names device and limit.

    Notes
    -----
    Before Python 3.12 ``asyncio.wait_for``, which the protocols' libraries use, loses a cancellation that comes together with
    the answer (https://github.com/python/cpython/issues/86296). What was lost there is raised here.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        async with asyncio.timeout(milliseconds / 1000):
            found = await doing
    except TimeoutError:
        raise DriverError("edge.driver.timeout", device=device, limit=milliseconds) from None
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return found


async def ticks(clock: Clock, every_ms: int) -> AsyncIterator[int]:
    """Yield the forward time at each multiple of ``every_ms``; ticks that were missed are left out, not made up for."""
    due = clock.forward()
    while True:
        yield due
        now = clock.forward()
        due += every_ms
        if due <= now:
            due += (now - due) // every_ms * every_ms
        await clock.sleep(due - now)


def option(device: Device, name: str, kind: type[T], default: T | None = None) -> T:
    """Return an option of a device.

    Raises
    ------
    DriverError
        When it is missing or of another type.
    """
    value = device.options.get(name, default)
    if kind is float and isinstance(value, int):
        value = float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise DriverError("edge.driver.option", device=device.id, name=name, expected=kind.__name__, value=repr(value))
    return value


def address(channel: Channel, name: str, kind: type[T], default: T | None = None) -> T:
    """Return an entry of a channel's address.

    Raises
    ------
    DriverError
        When it is missing or of another type.
    """
    value = channel.address.get(name, default)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise DriverError("edge.driver.address", channel=channel.id, name=name, expected=kind.__name__, value=repr(value))
    return value


def refuse_unknown(device: Device, known: Sequence[str], channels: Sequence[Channel], known_address: Sequence[str]) -> None:
    """Raise ``DriverError`` for an option or address entry that the driver does not know: a typing error stays no secret."""
    unknown = sorted(set(device.options) - set(known))
    if unknown:
        raise DriverError("edge.driver.unknown", device=device.id, names=", ".join(unknown), known=", ".join(known))
    for channel in channels:
        unknown = sorted(set(channel.address) - set(known_address))
        if unknown:
            raise DriverError(
                "edge.driver.unknown", device=channel.id, names=", ".join(unknown), known=", ".join(known_address)
            )
