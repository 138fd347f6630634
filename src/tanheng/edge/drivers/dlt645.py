"""DL/T 645-2007 meters, on a serial line or behind a serial server.

Options: ``host`` and ``port``, or ``serial`` with ``baud`` (2400) and ``parity`` (E). Address of a channel: ``meter`` (twelve
digits), ``item`` (identifier in hexadecimal, ``00010000``). Channels of one meter and item may differ in decimals and meter
factor.

The line is one conversation: items are asked one after another. A meter that keeps silent costs its time-out and loses its own
channels only.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import Any

from tanheng.core.batch import Quality
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.aside import Aside
from tanheng.edge.drivers.port import Context, address, option, refuse_unknown, ticks, within
from tanheng.edge.errors import DriverError
from tanheng.edge.reading import Sample
from tanheng.protocols.dlt645 import ITEMS, MeterReading, StreamDecoder, read_request
from tanheng.protocols.port import Refused

_OPTIONS = ("host", "port", "serial", "baud", "parity")
_ADDRESS = ("meter", "item")
_PARITIES = ("N", "E", "O")


class Dlt645Driver:
    """Polls the meters of one line."""

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        refuse_unknown(device, _OPTIONS, channels, _ADDRESS)
        self._device = device
        self._aside = Aside(f"dlt645-{device.id}")
        self._serial = option(device, "serial", str, "")
        self._host = "" if self._serial else option(device, "host", str)
        self._port = 0 if self._serial else option(device, "port", int)
        self._baud, self._parity = option(device, "baud", int, 2400), option(device, "parity", str, "E")
        if self._parity not in _PARITIES:
            raise DriverError(
                "edge.driver.choice", channel=device.id, name="parity", value=self._parity, known=", ".join(_PARITIES)
            )
        self._points: dict[tuple[str, int], list[int]] = {}
        for channel in channels:
            item = _item(channel)
            if ITEMS[item].unit != channel.unit:
                raise DriverError("edge.driver.unit", channel=channel.id, unit=channel.unit, device_unit=ITEMS[item].unit)
            meter = address(channel, "meter", str)
            read_request(address=meter, identifier=item)
            self._points.setdefault((meter, item), []).append(channel.index)

    async def session(self, context: Context) -> None:
        """Open the line and poll until it fails."""
        reader, writer = await self._open()
        decoder = StreamDecoder()
        try:
            async for _ in ticks(context.clock, self._device.every_ms):
                silent = 0
                for (meter, item), indices in self._points.items():
                    reading = await self._ask(context, reader, writer, decoder, meter, item)
                    silent += reading is None
                    context.deliver([_sample(index, reading) for index in indices])
                if silent == len(self._points):
                    raise DriverError("edge.driver.silent", device=self._device.id)
        finally:
            writer.close()

    async def _open(self) -> tuple[Any, Any]:  # Any: a stream pair or a serial line that looks like one
        if not self._serial:
            opening = asyncio.open_connection(self._host, self._port)
            return await within(self._device.timeout_ms, opening, device=self._device.id)
        try:
            line = _SerialLine(self._serial, self._baud, self._parity, self._aside)
        except (OSError, ValueError) as error:  # also serial.SerialException
            raise DriverError("edge.driver.connect", device=self._device.id, reason=str(error)) from error
        return line, line

    async def _ask(
        self, context: Context, reader: Any, writer: Any, decoder: StreamDecoder, meter: str, item: int
    ) -> MeterReading | None:
        writer.write(read_request(address=meter, identifier=item))
        try:
            async with asyncio.timeout(self._device.timeout_ms / 1000):
                await writer.drain()
                while data := await reader.read(512):
                    for found in decoder.feed(data):
                        if isinstance(found, Refused):
                            context.refuse(found)
                        elif found.item.identifier == item and found.address == meter:
                            return found
        except TimeoutError:
            return None
        raise DriverError("edge.driver.connect", device=self._device.id, reason="the line was closed")


def _item(channel: Channel) -> int:
    text = address(channel, "item", str)
    try:
        item = int(text, 16)
    except ValueError:
        item = -1
    if item not in ITEMS:
        known = ", ".join(f"{number:08X}" for number in ITEMS)
        raise DriverError("edge.driver.choice", channel=channel.id, name="item", value=text, known=known)
    return item


def _sample(index: int, reading: MeterReading | None) -> Sample:
    if reading is None:
        return Sample(index, None, b"", Quality.NO_DATA)
    return Sample(index, reading.value, reading.raw, Quality.GOOD)


class _SerialLine:
    """A serial port behind the few methods of a stream that this driver uses.

    What arrives is taken by the event loop and kept, so an answer that comes after its time-out never meets a reader that has
    given up, and none of the next answer is lost with it.
    """

    def __init__(self, port: str, baud: int, parity: str, aside: Aside) -> None:
        import serial

        self._line = serial.Serial(port, baud, parity=parity, timeout=0)
        self._aside = aside
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.StreamReader()
        self._loop.add_reader(self._line.fileno(), self._take)

    def _take(self) -> None:
        try:
            data = os.read(self._line.fileno(), 4096)
        except BlockingIOError:
            return
        except OSError as error:
            self._loop.remove_reader(self._line.fileno())
            self._arrived.set_exception(error)
            return
        if data:
            self._arrived.feed_data(data)
        else:
            self._loop.remove_reader(self._line.fileno())
            self._arrived.feed_eof()

    def write(self, data: bytes) -> None:
        self._line.write(data)

    async def drain(self) -> None:
        await self._aside.run(self._line.flush)

    async def read(self, count: int) -> bytes:
        return await self._arrived.read(count)

    def close(self) -> None:
        self._loop.remove_reader(self._line.fileno())
        self._line.close()
