"""What every simulated device offers to the player."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tanheng.core.batch import Quality
from tanheng.simulator.scenario import Channel


@dataclass(frozen=True, slots=True)
class Value:
    """What one channel shows at one moment: a count of 10^-decimals, and its quality."""

    channel: Channel
    count: int
    quality: Quality

    @property
    def number(self) -> Decimal:
        """The value in the channel's unit."""
        return Decimal(self.count).scaleb(-self.channel.decimals)


class Server(Protocol):
    """One simulated device."""

    async def start(self) -> None:
        """Begin to serve."""

    async def show(self, instant: int, values: Mapping[str, Value]) -> None:
        """Show what the channels read at ``instant`` (ms UTC, the beginning of a minute)."""

    async def stop(self) -> None:
        """End."""


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
