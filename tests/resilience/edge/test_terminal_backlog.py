"""A day without the platform: everything arrives, the newest first, the rest in order, in bounded memory."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from tanheng.core.batch import Quality
from tanheng.edge.clock import SystemClock
from tanheng.edge.configuration import parse
from tanheng.edge.reading import Reading
from tanheng.edge.sealer import ClockState, Sealer
from tanheng.edge.spool import Spool
from tanheng.edge.terminal import SPOOL_FILE

TAGS = 200


class DayClock(SystemClock):
    """Wall time of a day that is over."""

    def __init__(self, start: int) -> None:
        self.now = start

    def wall(self) -> int:
        return self.now


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def configured(rig: Any) -> None:
    channels = [{**rig.content["channels"][0], "id": f"tag{at}", "kind": "state"} for at in range(TAGS)]
    rig.configure(channels=channels, limits={"batch_s": 1})


def fill(rig: Any, *, per_minute: int) -> int:
    """Seal a day of batches into the buffer, as a terminal without uplink would have; return the number of readings."""
    configuration = parse(json.dumps(rig.content))
    spool = Spool(rig.folder / SPOOL_FILE)
    start = SystemClock().wall() - 86_400_000
    clock = DayClock(start)
    sealer = Sealer(configuration, spool, rig.signer, clock, ClockState())
    for minute in range(1440):
        for second in range(per_minute):
            at = start + minute * 60_000 + second * 60_000 // per_minute
            spool.append([Reading(tag, at, minute * 60 + second + tag, Quality.GOOD, b"") for tag in range(TAGS)])
        clock.now = start + (minute + 1) * 60_000
        sealer.seal()
    spool.close()
    return 1440 * per_minute * TAGS


async def drained(rig: Any, *, readings: int, seconds: float, memory: int) -> None:
    rig.receiver.keep = False
    await rig.start()
    before, peak, started = resident(), 0, time.monotonic()
    while rig.receiver.readings_stored < readings:
        peak = max(peak, resident())
        assert time.monotonic() - started < seconds, "the backlog did not drain in time"
        await asyncio.sleep(0.05)
    await rig.whole()
    await rig.stop()
    order = rig.receiver.arrivals
    assert order[0] >= 1440  # the newest batch comes before the day that waited
    backlog = [sequence for sequence in order if sequence < 1440]
    assert backlog == sorted(backlog) == list(range(1, 1440))
    live = [sequence for sequence in sorted(rig.receiver.times) if sequence > 1440]
    arrivals = [rig.receiver.times[sequence] for sequence in live]
    assert max((later - earlier for earlier, later in itertools.pairwise(arrivals)), default=0) < 60
    assert peak - before < memory


async def test_a_day_of_one_minute_readings_arrives_whole(rig: Any) -> None:
    configured(rig)
    readings = fill(rig, per_minute=1)
    assert readings == 288_000
    await drained(rig, readings=readings, seconds=60, memory=60 << 20)


@pytest.mark.long
async def test_a_day_of_one_second_readings_arrives_whole(rig: Any) -> None:
    configured(rig)
    readings = fill(rig, per_minute=60)
    assert readings == 17_280_000
    await drained(rig, readings=readings, seconds=7200, memory=120 << 20)


async def test_repeats_and_disorder_at_the_receiver_change_no_total(rig: Any, wait: Any) -> None:
    """Answers are lost at random, so batches come twice and late; what is stored is what was read, once each."""
    chance = random.Random(3)  # noqa: S311  # repeatable
    terminal = await rig.start()
    for _ in range(25):
        rig.receiver.mode, count = chance.choice(["ok", "silent", "busy"]), len(rig.receiver.bodies)
        await wait(lambda count=count: len(rig.receiver.bodies) > count, what="a request in this mode")
    rig.receiver.mode = "ok"
    await wait(lambda: not terminal.faults)
    await rig.whole()
    await rig.stop()
    times = [time for time, _, _ in rig.receiver.readings(0)]
    assert len(times) == len(set(times))
    assert rig.receiver.repeats > 0
