"""The checklist that every driver passes, beside a real server on loopback."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tanheng.core.errors import EdgeError
from tanheng.edge.drivers.supervisor import DeviceState

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


async def test_a_value_arrives_as_the_exact_count(bench: Any, site: Any, wait: Any) -> None:
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.set(1234)
    await wait(lambda: one.value() == 1234, what="12.34 as the count 1234")
    # A row stands in the journal a moment before the driver's task goes on and says so.
    await wait(lambda: one.supervisor.health.state is DeviceState.RUNNING)


async def test_what_the_device_sent_is_kept_beside_the_count(bench: Any, site: Any, wait: Any) -> None:
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.set(2150)
    await wait(lambda: one.value() == 2150)
    last = one.last()
    kept = last.raw if last is not None and last.raw else one.journalled()[-1].raw
    assert 0 < len(kept) <= 256


async def test_a_new_value_replaces_the_old_one(bench: Any, site: Any, wait: Any) -> None:
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.set(1000)
    await wait(lambda: one.value() == 1000)
    await bench.set(1100)
    await wait(lambda: one.value() == 1100)


async def test_an_unknown_option_is_refused_by_name(described: Any, site: Any) -> None:
    with pytest.raises(EdgeError) as caught:
        site({**described.device(), "colour": "red"}, [described.channel()])
    assert "colour" in caught.value.text("zh")


async def test_an_unknown_address_entry_is_refused_by_name(described: Any, site: Any) -> None:
    with pytest.raises(EdgeError) as caught:
        site(described.device(), [{**described.channel(), "address": {**described.address(), "shape": "round"}}])
    assert "shape" in caught.value.text("en")


async def test_a_missing_address_entry_is_refused(described: Any, site: Any) -> None:
    with pytest.raises(EdgeError):
        site(described.device(), [{**described.channel(), "address": {}}])


async def test_a_device_that_comes_back_is_read_again(bench: Any, site: Any, wait: Any) -> None:
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.set(1000)
    await wait(lambda: one.value() == 1000)
    await bench.stop()
    await asyncio.sleep(0.3)
    await bench.start()
    await bench.set(1700)
    await wait(lambda: one.value() == 1700, seconds=20, what="the value after the return")


@pytest.mark.parametrize(
    "name", ["modbus-tcp", "opcua-subscribe", "opcua-poll", "mqtt", "mqtt-3.1.1", "sql", "files", "dlt645", "dlt645-serial"]
)
async def test_a_dead_device_is_told_within_its_time_out_and_delays_nothing(
    name: str, benches: Any, site: Any, wait: Any, tmp_path: Any
) -> None:
    dead = benches[name](tmp_path)
    one = site(dead.device(), [dead.channel()])
    started = time.monotonic()
    one.start()
    longest, seen = 0.0, started
    while one.supervisor.health.failures < 2 and time.monotonic() - started < 40:
        await asyncio.sleep(0.01)
        longest, seen = max(longest, time.monotonic() - seen), time.monotonic()
    assert one.supervisor.health.failures >= 2
    assert one.supervisor.health.state is DeviceState.FAILING
    assert "d" in one.supervisor.health.fault
    assert longest < 0.8  # the loop stayed free while the driver waited: less than its time-out of a second
    assert [event["kind"] for event in await one.events()] == ["device-lost"]


async def test_the_return_of_a_device_is_an_event(site: Any, wait: Any, benches: Any, tmp_path: Any) -> None:
    bench = benches["modbus-tcp"](tmp_path)
    one = site(bench.device(), [bench.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.state is DeviceState.FAILING)
    await bench.start()
    await wait(lambda: one.supervisor.health.state is DeviceState.RUNNING)
    assert [event["kind"] for event in await one.events()] == ["device-lost", "device-back"]
    await bench.stop()
