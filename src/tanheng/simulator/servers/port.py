"""What every simulated device offers to the player."""

from __future__ import annotations

import errno
import os
import random
import socket
import sys
from collections.abc import Iterable, Mapping
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


_RANGE = range(20_000, 32_000)
_given: set[int] = set()


def free_port(among: Iterable[int] = _RANGE) -> int:
    """Return a TCP port on loopback that nobody listens to, a new one with each call.

    The usual ones lie below the ports that a system gives to outgoing connections (Linux: from 32 768 on), so that none of
    these takes it before a server binds it. On Linux no other running program that asks here is given the same.

    Parameters
    ----------
    among : iterable of int
        Ports to choose from.

    Raises
    ------
    OSError
        All of them are taken, or no socket can be had.
    """
    ports = [port for port in among if port not in _given]
    random.shuffle(ports)
    for port in ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                _claim(port)
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
            else:
                _given.add(port)
                return port
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _claim(port: int) -> None:
    """Hold the port's name until this program ends; OSError where another program holds it."""
    if sys.platform == "linux":  # where a name that begins with NUL is no file, and goes with its holder
        with socket.socket(socket.AF_UNIX) as holder:
            holder.bind(f"\0tanheng-port-{port}")
            holder.detach()
