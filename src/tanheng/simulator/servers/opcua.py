"""An OPC UA server: the DCS. Each channel is a variable ``ns=2;s=<channel id>``, a double, as a DCS shows its values."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from asyncua import ua
from asyncua.server.server import Server

from tanheng.core.batch import Quality
from tanheng.simulator.errors import PlayError
from tanheng.simulator.scenario import Channel, Device
from tanheng.simulator.servers.port import Value, free_port

NAMESPACE = "urn:tanheng:simulator"
_BAD_NO_COMMUNICATION = 0x80310000
"""OPC UA part 4: the device behind the server does not answer."""
logging.getLogger("asyncua").setLevel(logging.ERROR)


class OpcUaServer:
    """The DCS of a simulated plant.

    Parameters
    ----------
    device : Device
    channels : sequence of Channel
    port : int
        TCP port on loopback; 0 for any.
    """

    def __init__(self, device: Device, channels: Sequence[Channel], *, port: int = 0) -> None:
        self.device = device
        self.port = port
        self._channels = tuple(channels)
        self._server: Server | None = None
        self._nodes: dict[str, Any] = {}  # Any: asyncua has no types

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"opc.tcp://127.0.0.1:{self.port}/dcs"

    async def start(self) -> None:
        """Serve, with one variable a channel."""
        self.port = self.port or free_port()
        server = Server()
        await server.init()
        server.set_endpoint(self.url)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        space = await server.register_namespace(NAMESPACE)
        folder = await server.nodes.objects.add_object(space, self.device.id)
        for channel in self._channels:
            self._nodes[channel.id] = await folder.add_variable(
                ua.NodeId(ua.String(channel.id), ua.Int16(space)), channel.id, 0.0
            )
        try:
            await server.start()
        except OSError as error:
            await server.stop()
            raise PlayError(
                "simulator.play.port", host="127.0.0.1", port=self.port, device=self.device.id, reason=str(error)
            ) from error
        self._server = server

    async def stop(self) -> None:
        """End."""
        if self._server is not None:
            listening = self._server.bserver
            if listening is not None and listening._server is not None:  # asyncua offers no way
                # Who came anew while the server ends would be waited for as long as it stays.
                listening._server.close()
            await self._server.stop()
            self._server = None

    async def show(self, instant: int, values: Mapping[str, Value]) -> None:
        """Write each variable with its source time and status."""
        at = ua.DateTime.fromtimestamp(instant / 1000, tz=datetime.UTC)
        for name, value in values.items():
            bad = value.quality is Quality.NO_DATA
            status = ua.StatusCode(ua.UInt32(_BAD_NO_COMMUNICATION if bad else 0))
            shown = ua.DataValue(ua.Variant(float(value.number), ua.VariantType.Double), status, SourceTimestamp=at)
            await self._nodes[name].write_value(shown)
