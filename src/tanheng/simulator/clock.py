"""The clock that a plant is played by: wall time of the plant, and sleep in it."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from tanheng.simulator.errors import PlayError

FASTEST = 300
"""Real protocols keep up with so many times life; faster only through ``generate``."""


class PlayClock(Protocol):
    """Anything that tells the plant's time; a terminal's scaled clock will do, so that both share one."""

    def wall(self) -> int:
        """Return the plant's time, milliseconds UTC."""

    async def sleep(self, milliseconds: int) -> None:
        """Return after so many milliseconds of plant time."""


class RunningClock:
    """A clock that runs ``speed`` times as fast as life, from ``start`` (ms UTC) on."""

    def __init__(self, *, start: int, speed: int) -> None:
        if not 1 <= speed <= FASTEST:
            raise PlayError("simulator.play.speed", value=speed)
        self._start = start
        self._speed = speed
        self._origin = time.monotonic_ns()

    def wall(self) -> int:
        """Return the plant's time."""
        return self._start + (time.monotonic_ns() - self._origin) * self._speed // 1_000_000

    async def sleep(self, milliseconds: int) -> None:
        """Return after so many milliseconds of plant time."""
        await asyncio.sleep(max(milliseconds, 0) / 1000 / self._speed)
