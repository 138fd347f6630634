"""Tries each device of a configuration once, for the person who installs a terminal: nothing is stored, nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from tanheng.core.aggregate import amount
from tanheng.core.errors import TanhengError
from tanheng.edge import drivers
from tanheng.edge.clock import Clock, SystemClock
from tanheng.edge.configuration import Configuration, Device
from tanheng.edge.ending import end_all
from tanheng.edge.errors import UplinkError
from tanheng.edge.events import EventKind
from tanheng.edge.image import ProcessImage
from tanheng.edge.reading import Reading, Row, Sample
from tanheng.edge.tls import refusal, trusting
from tanheng.protocols.port import Refused

_WAITING = ("hj212", "mqtt", "files")
"""Drivers whose device speaks first: silence during the check is no fault."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What a check found about one device.

    Attributes
    ----------
    device, driver : str
    ok : bool
    fault : str
        Why not; for a device that speaks first and kept silent, a note.
    values : dict of str to str
        Value and unit of each channel that gave one.
    missing : tuple of str
        Channels without a value.
    """

    device: str
    driver: str
    ok: bool
    fault: str
    values: dict[str, str]
    missing: tuple[str, ...]


async def probe(configuration: Configuration, *, patience_ms: int = 8000) -> list[Probed]:
    """Return what each device answered; all are tried at once."""
    image = ProcessImage(configuration.channels)
    return list(await asyncio.gather(*(_device(configuration, device, image, patience_ms) for device in configuration.devices)))


async def _device(configuration: Configuration, device: Device, image: ProcessImage, patience_ms: int) -> Probed:
    channels = configuration.channels_of(device.id)
    context = _Context(image, len(channels))
    fault = ""
    try:
        driver = drivers.make(device, channels)
        session = asyncio.ensure_future(driver.session(context))
        waiting = asyncio.ensure_future(context.complete.wait())
        done, _ = await asyncio.wait({session, waiting}, timeout=patience_ms / 1000, return_when=asyncio.FIRST_COMPLETED)
        await end_all([session, waiting])
        error = session.exception() if session in done and not session.cancelled() else None
        if error is not None:
            fault = error.text() if isinstance(error, TanhengError) else f"{type(error).__name__}: {error}"
        elif not context.heard:
            fault = f"silent for {patience_ms / 1000:g} s"
    except (TanhengError, OSError) as error:
        fault = error.text() if isinstance(error, TanhengError) else str(error)
    values = {}
    for channel in channels:
        last = image.last(channel)
        if last is not None and last.quality.has_value:
            shown: Decimal = amount(last.value, decimals=channel.scaling.decimals)
            values[channel.id] = f"{shown:f} {channel.unit} ({last.quality.name})"
    missing = tuple(channel.id for channel in channels if channel.id not in values)
    ok = not fault or (device.driver in _WAITING and fault.startswith("silent"))
    return Probed(device.id, device.driver, ok, fault, values, missing)


async def reach(configuration: Configuration, *, patience_ms: int = 5000) -> dict[str, str]:
    """Return for each route an empty text when its address accepts a connection with a certificate we believe, else why not."""
    found = {}
    for route in configuration.uplink.routes:
        url = urlsplit(route.url)
        port = url.port or (443 if url.scheme == "https" else 80)
        local = (route.local_address, 0) if route.local_address else None
        try:
            believed = trusting(configuration.uplink.ca) if url.scheme == "https" else None
            async with asyncio.timeout(patience_ms / 1000):
                _, writer = await asyncio.open_connection(url.hostname, port, local_addr=local, ssl=believed)
            writer.close()
            found[route.name] = ""
        except UplinkError as error:
            found[route.name] = error.text()
        except (OSError, TimeoutError) as error:
            refused = refusal(error, route=route.name, host=str(url.hostname))
            found[route.name] = refused.text() if refused is not None else f"{type(error).__name__}: {error}"
    return found


class _Context:
    """A context that only looks."""

    def __init__(self, image: ProcessImage, wanted: int) -> None:
        self.clock: Clock = SystemClock()
        self.complete = asyncio.Event()
        self.heard = False
        self._image = image
        self._wanted = wanted
        self._found: set[int] = set()

    def _note(self, channels: Iterable[int]) -> None:
        self.heard = True
        self._found.update(channels)
        if len(self._found) >= self._wanted:
            self.complete.set()

    def deliver(self, samples: Sequence[Sample]) -> None:
        self._image.put(samples, arrival=self.clock.forward())
        self._note(sample.channel for sample in samples)

    async def record(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            self._image.put_reading(reading, arrival=self.clock.forward())
        self._note(reading.channel for reading in readings)

    async def take_rows(self, rows: Iterable[Row]) -> tuple[int, int]:
        taken = list(rows)
        for row in taken:
            await self.record(row.readings)
        if taken:
            self.complete.set()  # one page is enough to see that the table can be read
            await asyncio.sleep(0)
        return len(taken), 0

    async def sweep_rows(self, *, since: int, until: int, keys: set[str]) -> int:  # noqa: ARG002  # a check compares nothing
        return 0

    async def recall(self, key: str) -> bytes | None:  # noqa: ARG002  # a check remembers nothing
        return None

    async def remember(self, key: str, value: bytes) -> None:
        """Keep nothing."""

    def fact(self, name: str) -> int | None:  # noqa: ARG002  # a check sends nothing
        return None

    def refuse(self, refused: Refused) -> None:  # noqa: ARG002  # what is refused gives no value, and that is shown
        self.heard = True

    def event(self, kind: EventKind, **fields: Any) -> None:
        """Record nothing."""
