"""What every simulated device offers to the player."""

from __future__ import annotations

import contextlib
import random
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


_FIRST, _LAST = 20_000, 32_000
_given: set[int] = set()


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens to, a new one with each call.

    It lies below the ports that a system gives to outgoing connections (Linux: from 32 768 on), so that none of these takes it
    before a server binds it.
    """
    while True:
        port = random.randrange(_FIRST, _LAST)  # noqa: S311  # keeps two programs apart, guards nothing
        if port in _given:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port
