"""An MQTT broker with sensors that publish: topic ``<device>/<channel>``, payload ``{"value": 1.5, "time": "…Z"}``, retained.

The broker (amqtt) speaks MQTT 3.1.1. A dead sensor publishes nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

from amqtt.broker import Broker

from tanheng.core.batch import Quality
from tanheng.simulator.errors import PlayError
from tanheng.simulator.papers import iso
from tanheng.simulator.scenario import Device
from tanheng.simulator.servers.port import Value, free_port

logging.getLogger("amqtt").setLevel(logging.CRITICAL)
logging.getLogger("transitions").setLevel(logging.ERROR)


class MqttBroker:
    """The broker of a simulated plant and its sensors.

    Parameters
    ----------
    device : Device
    port : int
        TCP port on loopback; 0 for any.
    """

    def __init__(self, device: Device, *, port: int = 0) -> None:
        self.device = device
        self.port = port
        self._broker: Broker | None = None

    def topic(self, channel: str) -> str:
        """Return the topic of a channel."""
        return f"{self.device.id}/{channel}"

    async def start(self) -> None:
        """Listen."""
        self.port = self.port or free_port()
        settings: dict[str, Any] = {  # Any: amqtt's settings are a tree
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
        broker = Broker(settings)
        try:
            await broker.start()
        except Exception as error:
            raise PlayError(
                "simulator.play.port", host="127.0.0.1", port=self.port, device=self.device.id, reason=str(error)
            ) from error
        self._broker = broker

    async def stop(self) -> None:
        """End."""
        if self._broker is not None:
            await self._broker.shutdown()
            self._broker = None
            await asyncio.sleep(0)

    async def show(self, instant: int, values: Mapping[str, Value]) -> None:
        """Publish what the sensors read."""
        if self._broker is None:
            return
        for name, value in values.items():
            if value.quality is Quality.NO_DATA:
                continue
            payload = f'{{"value": {value.number}, "time": {json.dumps(iso(instant))}}}'.encode()
            await self._broker.retain_message(None, self.topic(name), payload, 1)
            await self._broker.internal_message_broadcast(self.topic(name), payload, 1)
