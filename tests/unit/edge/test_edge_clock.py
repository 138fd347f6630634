"""Clocks: one that runs with life, one that plays a plant faster, held until everything is ready."""

from __future__ import annotations

import asyncio
import time

from tanheng.edge.clock import ScaledClock, SystemClock

NOW = 1_790_000_000_000


def test_the_system_clock_is_the_systems() -> None:
    clock = SystemClock()
    assert abs(clock.wall() - time.time() * 1000) < 1000
    assert abs(clock.forward() - time.monotonic() * 1000) < 1000


async def test_a_scaled_clock_plays_faster_and_sleeps_shorter() -> None:
    clock, started = ScaledClock(start=NOW, speed=100), time.monotonic()
    await clock.sleep(5000)
    real = time.monotonic() - started
    assert real < 5
    assert clock.wall() - NOW >= 4900
    assert abs((clock.wall() - NOW) / 100_000 - real) < 0.1


async def test_a_held_clock_stands_until_it_is_released() -> None:
    clock = ScaledClock(start=NOW, speed=100, held=True)
    sleeper = asyncio.create_task(clock.sleep(100))
    await asyncio.sleep(0.05)
    assert (clock.wall(), clock.forward(), sleeper.done()) == (NOW, 0, False)
    clock.release()
    clock.release()
    await asyncio.wait_for(sleeper, 5)
    assert clock.wall() > NOW
