"""Modbus TCP, and Modbus RTU on a serial line or through a serial server, by pymodbus.

Options: ``host`` and ``port``, or ``serial`` (``/dev/ttyS1``) with ``baud``, ``parity`` (N E O), ``stop_bits``; ``unit``
(device number on the line, 1 when absent); ``framing: rtu`` for RTU frames over TCP; ``block`` (most registers in one
request, 100).

Address of a channel: ``table`` (holding, input, coil, discrete), ``register`` (from 0), ``type`` (uint16 int16 uint32 int32
uint64 int64 float32 float64 bcd16 bcd32 bit), ``order`` of bytes (ABCD, CDAB, BADC, DCBA), ``bit`` (0 to 15), ``unit``.

Neighbouring registers are read in one request; registers that nobody asked for are never read, because some devices refuse
whole requests for one absent register. A device that answers one block with an exception loses that block only.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from tanheng.core.batch import Quality
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.port import Context, address, option, refuse_unknown, ticks, within
from tanheng.edge.errors import DriverError
from tanheng.edge.reading import Sample
from tanheng.edge.scaling import Raw

_OPTIONS = ("host", "port", "serial", "baud", "parity", "stop_bits", "unit", "framing", "block")
_ADDRESS = ("table", "register", "type", "order", "bit", "unit")
_TABLES = ("holding", "input", "coil", "discrete")
_BITS = ("coil", "discrete")
_FORMATS = {
    "uint16": ">H",
    "int16": ">h",
    "uint32": ">I",
    "int32": ">i",
    "uint64": ">Q",
    "int64": ">q",
    "float32": ">f",
    "float64": ">d",
    "bcd16": ">H",
    "bcd32": ">I",
    "bit": ">H",
}
_ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")


@dataclass(frozen=True, slots=True)
class Point:
    """Where one channel lies and how its registers are read."""

    channel: int
    name: str
    table: str
    unit: int
    register: int
    width: int
    kind: str
    order: str
    bit: int

    @property
    def end(self) -> int:
        """The register behind the last."""
        return self.register + self.width

    def sample(self, words: Sequence[int]) -> Sample:
        """Return the sample of this channel's registers."""
        data = b"".join(struct.pack(">H", word & 0xFFFF) for word in words)
        value = self._value(_ordered(data, self.order))
        return Sample(self.channel, value, data, Quality.GOOD if value is not None else Quality.FAULT)

    def _value(self, data: bytes) -> Raw | None:
        (value,) = struct.unpack(_FORMATS[self.kind], data)
        number: Raw = value
        match self.kind:
            case "bcd16" | "bcd32":
                digits = data.hex()
                return int(digits) if digits.isdigit() else None
            case "bit":
                return int(value) >> self.bit & 1
            case "float32" | "float64":
                return number if number == number and abs(number) != float("inf") else None  # NaN is unlike itself
            case _:
                return number


def _ordered(data: bytes, order: str) -> bytes:
    """Return the bytes highest first, from the order in which the device keeps them."""
    if order in ("BADC", "DCBA"):
        data = b"".join(data[at : at + 2][::-1] for at in range(0, len(data), 2))
    if order in ("CDAB", "DCBA"):
        data = b"".join(data[at : at + 2] for at in range(len(data) - 2, -1, -2))
    return data


@dataclass(frozen=True, slots=True)
class Block:
    """Registers that are read in one request."""

    table: str
    unit: int
    register: int
    count: int
    points: tuple[Point, ...]


def blocks(points: Sequence[Point], *, longest: int) -> tuple[Block, ...]:
    """Return the requests that read all points: neighbours together, nothing else."""
    found: list[Block] = []
    run: list[Point] = []
    for point in sorted(points, key=lambda item: (item.table, item.unit, item.register)):
        last = run[-1] if run else None
        joins = (
            last is not None
            and (last.table, last.unit) == (point.table, point.unit)
            and point.register <= max(item.end for item in run)
            and point.end - run[0].register <= longest
        )
        if run and not joins:
            found.append(_block(run))
            run = []
        run.append(point)
    if run:
        found.append(_block(run))
    return tuple(found)


def _block(run: Sequence[Point]) -> Block:
    first = run[0]
    return Block(first.table, first.unit, first.register, max(point.end for point in run) - first.register, tuple(run))


class ModbusDriver:
    """Polls one Modbus device."""

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        refuse_unknown(device, _OPTIONS, channels, _ADDRESS)
        self._device = device
        self._unit = option(device, "unit", int, 1)
        points = [self._point(channel) for channel in channels]
        self._blocks = blocks(points, longest=option(device, "block", int, 100))
        self._make = self._client()

    def _point(self, channel: Channel) -> Point:
        table = address(channel, "table", str, "holding")
        kind = address(channel, "type", str, "bit" if table in _BITS else "uint16")
        order = address(channel, "order", str, "ABCD")
        for name, value, known in (("table", table, _TABLES), ("type", kind, tuple(_FORMATS)), ("order", order, _ORDERS)):
            if value not in known:
                raise DriverError("edge.driver.choice", channel=channel.id, name=name, value=value, known=", ".join(known))
        register = address(channel, "register", int)
        width = 1 if table in _BITS else struct.calcsize(_FORMATS[kind]) // 2
        unit = address(channel, "unit", int, self._unit)
        bit = address(channel, "bit", int, 0)
        if not (0 <= register <= 0xFFFF - width + 1 and 0 <= unit <= 255 and 0 <= bit <= 15):
            raise DriverError("edge.driver.modbus_address", channel=channel.id, register=register, unit=unit, bit=bit)
        return Point(channel.index, channel.id, table, unit, register, width, kind, order, bit)

    def _client(self) -> Callable[[], Any]:  # Any: pymodbus carries no types that hold here
        device = self._device
        timeout = device.timeout_ms / 1000
        if device.driver == "modbus-rtu" and "host" not in device.options:
            port, baud = option(device, "serial", str), option(device, "baud", int, 9600)
            parity, stop_bits = option(device, "parity", str, "N"), option(device, "stop_bits", int, 1)
            return lambda: AsyncModbusSerialClient(
                port, baudrate=baud, parity=parity, stopbits=stop_bits, timeout=timeout, retries=0, reconnect_delay=0
            )
        host, number = option(device, "host", str), option(device, "port", int, 502)
        rtu = device.driver == "modbus-rtu" or option(device, "framing", str, "tcp") == "rtu"
        framer = FramerType.RTU if rtu else FramerType.SOCKET
        return lambda: AsyncModbusTcpClient(host, port=number, framer=framer, timeout=timeout, retries=0, reconnect_delay=0)

    async def session(self, context: Context) -> None:
        """Connect and poll until a request gets no answer."""
        client = self._make()
        try:
            connected = await within(self._device.timeout_ms, client.connect(), device=self._device.id)
            if not connected:
                raise DriverError("edge.driver.connect", device=self._device.id, reason="no connection")
            async for _ in ticks(context.clock, self._device.every_ms):
                samples: list[Sample] = []
                for block in self._blocks:
                    samples += await self._read(client, block)
                context.deliver(samples)
        finally:
            client.close()

    async def _read(self, client: Any, block: Block) -> list[Sample]:
        reader = {
            "holding": client.read_holding_registers,
            "input": client.read_input_registers,
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs,
        }[block.table]
        try:
            answer = await within(
                self._device.timeout_ms, reader(block.register, count=block.count, device_id=block.unit), device=self._device.id
            )
        except ModbusException as error:
            raise DriverError("edge.driver.connect", device=self._device.id, reason=str(error)) from error
        if answer.isError():
            raw = f"exception {getattr(answer, 'exception_code', '?')}".encode()
            return [Sample(point.channel, None, raw, Quality.NO_DATA) for point in block.points]
        words = answer.bits[: block.count] if block.table in _BITS else answer.registers
        if len(words) < block.count:
            raise DriverError("edge.driver.short", device=self._device.id, given=len(words), expected=block.count)
        return [point.sample(words[point.register - block.register : point.end - block.register]) for point in block.points]
