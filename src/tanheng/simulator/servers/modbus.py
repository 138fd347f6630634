"""A Modbus TCP device: belt scales, rotor scales, power meters.

Holding registers, two for each channel in the order of the scenario, from register 0: a signed 32-bit count, high word first
(``int32``, ``ABCD``); registers of a totaliser are unsigned (``uint32``). A dead device is silent: it answers nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tanheng.core.batch import Quality
from tanheng.simulator.errors import PlayError
from tanheng.simulator.scenario import Channel, Device
from tanheng.simulator.servers.port import Value, free_port

logging.getLogger("pymodbus").setLevel(logging.ERROR)


class ModbusDevice:
    """A device with a register bank of its own.

    Parameters
    ----------
    device : Device
    channels : sequence of Channel
        Those of the device, in the order of its registers.
    port : int
        TCP port on loopback; 0 for any.
    """

    def __init__(self, device: Device, channels: Sequence[Channel], *, port: int = 0) -> None:
        self.device = device
        self._place = {channel.id: 2 * index for index, channel in enumerate(channels)}
        self._registers = [0] * (2 * len(channels))
        self._silent = False
        self.port = port
        self._server: Any = None  # Any: pymodbus' servers are half typed

    def register(self, channel: str) -> int:
        """Return the first register of a channel."""
        return self._place[channel]

    async def start(self) -> None:
        """Listen."""
        block = SimData(address=0, count=len(self._registers), values=0, datatype=DataType.REGISTERS)
        bank = SimDevice(id=1, simdata=[block], action=self._read)
        self.port = self.port or free_port()
        self._server = ModbusTcpServer(bank, address=("127.0.0.1", self.port), trace_packet=self._pass)
        try:
            await self._server.serve_forever(background=True)
        except (OSError, RuntimeError) as error:
            raise PlayError(
                "simulator.play.port", host="127.0.0.1", port=self.port, device=self.device.id, reason=str(error)
            ) from error

    async def stop(self) -> None:
        """End."""
        if self._server is not None:
            await self._server.shutdown()
            self._server = None

    async def show(self, instant: int, values: Mapping[str, Value]) -> None:  # noqa: ARG002  # registers carry no time
        """Put the counts into the registers; a device without data falls silent."""
        self._silent = any(value.quality is Quality.NO_DATA for value in values.values())
        if self._silent:
            return
        for name, value in values.items():
            place, bits = self._place[name], value.count & 0xFFFF_FFFF
            self._registers[place : place + 2] = [bits >> 16, bits & 0xFFFF]

    async def _read(
        self,
        function_code: int,  # noqa: ARG002  # the names are pymodbus'
        start_address: int,
        address: int,
        count: int,
        current_registers: list[int],
        set_values: Any,  # noqa: ARG002  # Any: pymodbus passes what a client wrote; nothing may be written
    ) -> None:
        for register in range(address, address + count):
            current_registers[register - start_address] = self._registers[register]

    def _pass(self, sending: bool, data: bytes) -> bytes:
        return b"" if self._silent and sending else data
