"""The terminal's own state as channels: disk, uplink, UPS, cabinet sensors that the computer itself reads.

Options: ``nut_host``, ``nut_port`` (3493) of a NUT server for the UPS; ``disk`` (folder whose disk is watched).

Address of a channel: ``source``:

    disk.free, disk.used          bytes of the watched disk
    memory.used                   bytes the terminal's process holds
    uplink.route                  0 no route works, else the priority of the route in use
    uplink.sent_bytes             bytes sent since the start (a totaliser)
    uplink.waiting                batches that wait
    file                          an integer or decimal number in a file (``path``): a hwmon sensor, the signal of a modem
    ups                           a NUT variable (``ups``, ``variable``); ``ups.status`` is 0 on line, 1 on battery, 2 battery
    low

Cabinet temperature and humidity and the supply voltage usually come from a Modbus sensor and are channels of that device.
"""

from __future__ import annotations

import asyncio
import resource
import shutil
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tanheng.core.batch import Quality
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.port import Context, address, option, refuse_unknown, ticks, within
from tanheng.edge.errors import DriverError
from tanheng.edge.reading import Sample
from tanheng.edge.scaling import Raw

_OPTIONS = ("nut_host", "nut_port", "disk")
_ADDRESS = ("source", "path", "ups", "variable")
_SOURCES = ("disk.free", "disk.used", "memory.used", "uplink.route", "uplink.sent_bytes", "uplink.waiting", "file", "ups")
_LONGEST_FILE = 64


class HostDriver:
    """Reads what the computer knows about itself."""

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        refuse_unknown(device, _OPTIONS, channels, _ADDRESS)
        self._device = device
        self._channels = tuple(channels)
        self._disk = option(device, "disk", str, "/")
        self._nut = (option(device, "nut_host", str, "127.0.0.1"), option(device, "nut_port", int, 3493))
        for channel in channels:
            source = address(channel, "source", str)
            if source not in _SOURCES:
                raise DriverError(
                    "edge.driver.choice", channel=channel.id, name="source", value=source, known=", ".join(_SOURCES)
                )
            for name in {"file": ("path",), "ups": ("ups", "variable")}.get(source, ()):
                address(channel, name, str)

    async def session(self, context: Context) -> None:
        """Read in each period."""
        async for _ in ticks(context.clock, self._device.every_ms):
            context.deliver([await self._sample(context, channel) for channel in self._channels])

    async def _sample(self, context: Context, channel: Channel) -> Sample:
        try:
            value, raw = await self._value(context, channel)
        except (OSError, EOFError, DriverError, InvalidOperation) as error:
            return Sample(channel.index, None, str(error).encode()[:64], Quality.NO_DATA)
        return Sample(channel.index, value, raw, Quality.NO_DATA if value is None else Quality.GOOD)

    async def _value(self, context: Context, channel: Channel) -> tuple[Raw | None, bytes]:
        source = address(channel, "source", str)
        match source:
            case "disk.free" | "disk.used":
                usage = shutil.disk_usage(self._disk)
                value: Raw | None = usage.free if source == "disk.free" else usage.used
            case "memory.used":
                value = _memory()
            case "file":
                text = Path(address(channel, "path", str)).read_text(encoding="ascii", errors="replace")[:_LONGEST_FILE].strip()
                return Decimal(text), text.encode()
            case "ups":
                text = await self._ups(address(channel, "ups", str), address(channel, "variable", str))
                return _ups_number(text), text.encode()
            case _:
                value = context.fact(source)
        return value, str(value).encode()

    async def _ups(self, ups: str, variable: str) -> str:
        reader, writer = await within(self._device.timeout_ms, asyncio.open_connection(*self._nut), device=self._device.id)
        try:
            writer.write(f"GET VAR {ups} {variable}\n".encode())
            line = (await within(self._device.timeout_ms, reader.readline(), device=self._device.id)).decode("ascii", "replace")
        finally:
            writer.close()
        head, _, rest = line.partition('"')
        if not head.startswith(f"VAR {ups} {variable}"):
            raise DriverError("edge.driver.connect", device=self._device.id, reason=line.strip()[:80])
        return rest.rpartition('"')[0]


def _memory() -> int:
    """Return the bytes of memory the process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _ups_number(text: str) -> Raw:
    """Return a NUT variable as a number; the status words become 0, 1 or 2."""
    words = text.split()
    if "LB" in words:
        return 2
    if "OB" in words:
        return 1
    if "OL" in words:
        return 0
    return Decimal(text)
