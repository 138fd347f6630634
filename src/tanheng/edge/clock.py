"""The clock port: wall time in milliseconds UTC, and a time that only runs forward.

Wall time stamps readings and may jump; the forward time paces the work and judges age. ``ScaledClock`` plays a simulated plant
faster than life: batches sealed under it say ``clock_source: simulated``.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What tells the terminal the time."""

    def wall(self) -> int:
        """Return the wall time, milliseconds UTC."""
        ...

    def forward(self) -> int:
        """Return milliseconds of a time that never jumps."""
        ...

    async def sleep(self, milliseconds: int) -> None:
        """Return after so many milliseconds of forward time."""
        ...


class SystemClock:
    """The operating system's clock."""

    def wall(self) -> int:
        """Return the wall time, milliseconds UTC."""
        return time.time_ns() // 1_000_000

    def forward(self) -> int:
        """Return milliseconds of the monotonic clock."""
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, milliseconds: int) -> None:
        """Return after so many milliseconds."""
        await asyncio.sleep(max(milliseconds, 0) / 1000)


class ScaledClock:
    """A clock that runs ``speed`` times as fast as life, from ``start`` on.

    Parameters
    ----------
    start : int
        Wall time at the beginning, milliseconds UTC.
    speed : int
        1 to 1000.
    held : bool
        Stand still at ``start`` until ``release``: starting servers and connections takes time that the plant must not lose.
    """

    def __init__(self, *, start: int, speed: int, held: bool = False) -> None:
        self._start = start
        self._speed = speed
        self._origin = None if held else time.monotonic_ns()

    def release(self) -> None:
        """Let a held clock run; nothing happens when it runs already."""
        if self._origin is None:
            self._origin = time.monotonic_ns()

    def forward(self) -> int:
        """Return milliseconds played so far."""
        return 0 if self._origin is None else (time.monotonic_ns() - self._origin) * self._speed // 1_000_000

    def wall(self) -> int:
        """Return the simulated wall time, milliseconds UTC."""
        return self._start + self.forward()

    async def sleep(self, milliseconds: int) -> None:
        """Return after so many simulated milliseconds; a held clock lets its release come first."""
        while self._origin is None:
            await asyncio.sleep(0.01)
        await asyncio.sleep(max(milliseconds, 0) / 1000 / self._speed)
