"""DL/T 645 meters on a serial line: several share it, one keeps silent, one answers late, the line goes and comes back."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tanheng.core.batch import Quality
from tanheng.core.errors import EdgeError
from tanheng.edge.drivers.supervisor import DeviceState

GOOD, SILENT = "123456781012", "000000000007"


@pytest.fixture
async def line(benches: Any, tmp_path: Path) -> Any:
    made = benches["dlt645-serial"](tmp_path)
    await made.start()
    yield made
    await made.stop()


def channels(line: Any, *meters: str) -> list[dict[str, Any]]:
    return [
        {**line.channel(), "id": f"x{at}", "address": {**line.address(), "meter": meter}} for at, meter in enumerate(meters)
    ]


async def test_a_silent_meter_costs_its_own_channel_only(line: Any, site: Any, wait: Any) -> None:
    """The meter behind the silent one answers within milliseconds; not one byte of its answers may be lost."""
    line.silent, line.preamble = frozenset({SILENT}), b""
    await line.set(5001)
    one = site({**line.device(), "timeout_s": 0.15}, channels(line, SILENT, GOOD))
    one.start()
    await wait(lambda: one.value(1) == 5001)
    asked = len(line.asked)
    async with asyncio.timeout(60):
        while len(line.asked) < asked + 24:
            await asyncio.sleep(0.01)
            assert one.last(1).quality is Quality.GOOD
    assert one.last(0) is None or not one.last(0).quality.has_value
    assert one.value(1) == 5001
    assert one.supervisor.health.failures == 0


async def test_an_answer_after_its_time_out_is_not_taken_for_the_next_meters(line: Any, site: Any, wait: Any) -> None:
    line.silent = frozenset({SILENT})
    await line.set(1111)
    late = line.answer(SILENT)
    line.preamble = late  # arrives when the next meter has been asked, before that one's answer
    await line.set(4987)
    one = site({**line.device(), "timeout_s": 0.15}, channels(line, SILENT, GOOD))
    one.start()
    await wait(lambda: one.value(1) is not None)
    asked = len(line.asked)
    async with asyncio.timeout(60):
        while len(line.asked) < asked + 8:
            await asyncio.sleep(0.01)
            assert one.value(1) == 4987


async def test_noise_on_the_line_costs_no_value_beside_it(line: Any, site: Any, wait: Any) -> None:
    await line.set(4999)
    one = site(line.device(), channels(line, GOOD))
    one.start()
    await wait(lambda: one.value() == 4999)
    os.write(line._own, bytes.fromhex("00ff68123456"))
    asked = len(line.asked)
    await wait(lambda: len(line.asked) >= asked + 5)
    assert one.value() == 4999
    assert one.supervisor.health.state is DeviceState.RUNNING


async def test_a_line_that_is_not_there_is_named(benches: Any, site: Any, wait: Any, tmp_path: Path) -> None:
    bench = benches["dlt645-serial"](tmp_path)
    one = site({**bench.base(), "serial": "/dev/ttyS99x"}, [bench.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.failures >= 2 and "/dev/ttyS99x" in one.supervisor.health.fault)
    assert one.supervisor.health.fault.startswith("The device d cannot be reached")


async def test_a_line_that_is_pulled_out_is_told_and_taken_up_again(line: Any, site: Any, wait: Any) -> None:
    await line.set(5000)
    one = site(line.device(), channels(line, GOOD))
    one.start()
    await wait(lambda: one.value() == 5000)
    await line.stop()
    await wait(lambda: one.supervisor.health.state is DeviceState.FAILING)
    await line.start()
    await line.set(5003)
    await wait(lambda: one.value() == 5003)
    assert [event["kind"] for event in await one.events()] == ["device-lost", "device-back"]


@pytest.mark.parametrize("parity", ["even", "", "M"])
def test_a_parity_that_does_not_exist_is_refused(parity: str, benches: Any, site: Any, tmp_path: Path) -> None:
    bench = benches["dlt645-serial"](tmp_path)
    with pytest.raises(EdgeError) as caught:
        site({**bench.base(), "serial": "/dev/ttyS1", "parity": parity}, [bench.channel()])
    assert "N, E, O" in caught.value.text("en")
