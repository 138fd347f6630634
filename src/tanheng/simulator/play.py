"""Plays a generated plant on real protocols at 1 to 300 times its speed.

The plant's image is frozen a minute at a time: at the beginning of minute k every device shows what it shows in minute k, a
totaliser its stand at that instant, a logger the minute that has just ended. Before the first minute everything stands as at
its beginning, and after the last as at its end, so that whoever reads once before and once after has read the whole run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from tanheng.core.batch import Quality
from tanheng.simulator.clock import PlayClock
from tanheng.simulator.generate import PlantRun
from tanheng.simulator.instruments import Shown
from tanheng.simulator.scenario import MINUTE, Device
from tanheng.simulator.servers import LaboratoryFolder, Logger, ModbusDevice, MqttBroker, OpcUaServer, Server, TruckScale, Value

_LOG = logging.getLogger("tanheng.simulator")
PATIENCE_S = 15.0
"""A device has ended long before; what has not by then never will."""


class Player:
    """A plant on its devices.

    Parameters
    ----------
    run : PlantRun
    folder : Path
        For the truck scale's database and the laboratory's files.
    ports : mapping of str to int, optional
        Device → port; any free one when it is not given. A logger's is the port that the terminal listens to.
    patience_s : s
        So long each device may take to end.
    """

    def __init__(
        self, run: PlantRun, *, folder: Path, ports: Mapping[str, int] | None = None, patience_s: float = PATIENCE_S
    ) -> None:
        self.run = run
        self.folder = folder
        self._patience_s = patience_s
        self._ports = dict(ports or {})
        self.servers: dict[str, Server] = {device.id: self._server(device) for device in run.scenario.devices}

    async def start(self) -> None:
        """Start every device; they show the beginning of the run."""
        for server in self.servers.values():
            await server.start()
        await self.show(0)

    async def stop(self) -> None:
        """Stop every device; one that does not end in time is left behind, and that is told."""
        for name, server in reversed(self.servers.items()):
            try:
                async with asyncio.timeout(self._patience_s):
                    await server.stop()
            except TimeoutError:
                _LOG.warning("%s did not end within %g s", name, self._patience_s)

    async def play(self, clock: PlayClock, *, progress: Callable[[int], None] | None = None) -> None:
        """Play to the end of the run by ``clock``; ``progress`` is told each minute."""
        start = self.run.scenario.span.start
        for minute in range(1, self.run.scenario.minutes + 1):  # none is left out, should the machine be late
            await clock.sleep(start + minute * MINUTE - clock.wall())
            await self.show(minute)
            if progress is not None:
                progress(minute)

    async def show(self, minute: int) -> None:
        """Show minute ``minute`` (0 to the number of minutes) on every device."""
        scenario = self.run.scenario
        instant = scenario.span.start + minute * MINUTE
        for device in scenario.devices:
            server = self.servers[device.id]
            if isinstance(server, Logger):
                if minute:
                    await server.show(instant - MINUTE, self._values(device, minute - 1))
            else:
                await server.show(instant, self._values(device, minute))

    def _values(self, device: Device, minute: int) -> dict[str, Value]:
        return {
            channel.id: _value(self.run.shown[channel.id], minute)
            for channel in self.run.scenario.channels
            if channel.device == device.id
        }

    def _server(self, device: Device) -> Server:
        scenario, port = self.run.scenario, self._ports.get(device.id, 0)
        channels = [channel for channel in scenario.channels if channel.device == device.id]
        match device.protocol:
            case "modbus":
                return ModbusDevice(device, channels, port=port)
            case "opcua":
                return OpcUaServer(device, channels, port=port)
            case "mqtt":
                return MqttBroker(device, port=port)
            case "hj212":
                return Logger(scenario, device, port=port)
            case "truckscale":
                return TruckScale(scenario, self.run.tickets, path=self.folder / f"{device.id}.sqlite")
            case _:
                return LaboratoryFolder(scenario, self.run.results, folder=self.folder / device.id)


def _value(shown: Shown, minute: int) -> Value:
    at = min(minute, len(shown.value) - 1)
    return Value(shown.channel, int(shown.value[at]), Quality(int(shown.quality[at])))
