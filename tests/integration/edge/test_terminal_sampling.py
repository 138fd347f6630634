"""Scans, parameters and clocks of a running terminal, with a clock that the test sets."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import struct
from pathlib import Path
from typing import Any

import cbor2
import pytest

from tanheng.core.batch import ClockSource, Quality
from tanheng.core.errors import EdgeError
from tanheng.edge.clock import ScaledClock, SystemClock
from tanheng.edge.configuration import parse
from tanheng.edge.image import ProcessImage
from tanheng.edge.reading import Sample
from tanheng.edge.sampler import Sampler
from tanheng.edge.timecheck import sntp_offset

NOW = 1_790_000_000_000


class SetClock:
    """A clock that shows what it is told."""

    def __init__(self) -> None:
        self.now, self.ran = NOW, 0

    def pass_on(self, milliseconds: int) -> None:
        self.now += milliseconds
        self.ran += milliseconds

    def wall(self) -> int:
        return self.now

    def forward(self) -> int:
        return self.ran

    async def sleep(self, milliseconds: int) -> None:
        await asyncio.sleep(0 * milliseconds)


CONFIGURATION = """
terminal: t-1
devices: [{id: d, driver: modbus-tcp, host: 127.0.0.1, every_s: 1}]
channels:
  - {id: fast, device: d, unit: t/h, kind: rate, decimals: 1, address: {register: 0}}
  - {id: slow, device: d, unit: degC, kind: gauge, decimals: 0, every_s: 10, address: {register: 1}}
  - {id: span, device: d, unit: "1", kind: state, decimals: 3, watch: true, address: {register: 2}}
  - {id: tight, device: d, unit: "1", kind: gauge, decimals: 0, raw_range: {low: 0, high: 100}, address: {register: 3}}
"""


@pytest.fixture
def made() -> tuple[SetClock, ProcessImage, Sampler]:
    configuration, clock = parse(CONFIGURATION), SetClock()
    image = ProcessImage(configuration.channels)
    return clock, image, Sampler(configuration, image, clock)


def test_a_scan_has_one_time_and_channels_their_own_period(made: Any) -> None:
    clock, image, sampler = made
    counts = []
    for _ in range(20):
        image.put([Sample(at, 7, b"\x00\x07") for at in range(4)], arrival=clock.forward())
        scan = sampler.scan()
        assert {reading.time for reading in scan} == {clock.wall()}
        counts.append(len(scan))
        clock.pass_on(1000)
    assert counts == [4, *[3] * 9, 4, *[3] * 9]


def test_scans_that_were_missed_are_not_invented(made: Any) -> None:
    clock, _, sampler = made
    sampler.scan()
    clock.pass_on(7300)
    assert len(sampler.scan()) == 3
    assert sampler.next_due == 8000


def test_a_value_grows_stale_and_is_lost(made: Any) -> None:
    clock, image, sampler = made
    image.put([Sample(0, 7, b"\x00\x07")], arrival=clock.forward())
    seen = []
    for _ in range(40):
        first = next(reading for reading in sampler.scan() if reading.channel == 0)
        seen.append((first.quality, first.value))
        clock.pass_on(1000)
    assert seen[0] == (Quality.GOOD, 70)
    assert seen[4] == (Quality.STALE, 70)
    assert seen[31] == (Quality.NO_DATA, 0)


def test_what_lies_outside_the_declared_range_says_so(made: Any) -> None:
    clock, image, sampler = made
    image.put([Sample(3, 101, b"\x00\x65")], arrival=clock.forward())
    reading = next(reading for reading in sampler.scan() if reading.channel == 3)
    assert (reading.value, reading.quality) == (101, Quality.OUT_OF_RANGE)


def test_a_changed_parameter_is_an_event_and_a_first_value_is_none(made: Any) -> None:
    clock, image, sampler = made
    found = []
    for raw in (1000, 1000, 985, 985):
        image.put([Sample(2, raw, struct.pack(">H", raw))], arrival=clock.forward())
        found += [cbor2.loads(reading.raw) for reading in sampler.scan() if reading.channel == 0xFFFF]
        clock.pass_on(1000)
    assert [(event["kind"], event["channel"], event["before"], event["after"]) for event in found] == [
        ("parameter-changed", "span", 1_000_000, 985_000)
    ]
    assert found[0]["raw"] == struct.pack(">H", 985)


def test_a_parameter_changed_while_the_terminal_was_off_is_an_event(made: Any) -> None:
    clock, image, _ = made
    sampler = Sampler(parse(CONFIGURATION), image, clock, parameters={"span": 1_000_000})
    image.put([Sample(2, 900, b"\x03\x84")], arrival=clock.forward())
    assert sum(reading.channel == 0xFFFF for reading in sampler.scan()) == 1


@pytest.mark.parametrize("jump", [5 * 60_000, -5 * 60_000, 86_400_000, -86_400_000])
def test_a_jump_of_the_clock_is_an_event_and_readings_keep_the_time_it_shows(jump: int, made: Any) -> None:
    clock, _, sampler = made
    sampler.scan()
    clock.pass_on(1000)
    clock.now += jump
    scan = sampler.scan()
    events = [cbor2.loads(reading.raw) for reading in scan if reading.channel == 0xFFFF]
    assert [(event["kind"], event["jump_ms"]) for event in events] == [("clock-jump", jump)]
    assert {reading.time for reading in scan} == {clock.now}


def test_a_slow_drift_of_the_clock_is_no_jump(made: Any) -> None:
    clock, _, sampler = made
    for _ in range(100):
        assert all(reading.channel != 0xFFFF for reading in sampler.scan())
        clock.pass_on(1000)
        clock.now += 20


async def test_a_clock_that_jumps_a_day_back_loses_no_reading(rig: Any, wait: Any) -> None:
    class Jumping(SystemClock):
        shift = 0

        def wall(self) -> int:
            return super().wall() + self.shift

    clock = Jumping()
    terminal = await rig.start(clock=clock)
    for shift in (0, -86_400_000, 300_000):
        clock.shift = shift
        count = len(rig.receiver.stored)
        await wait(lambda count=count: len(rig.receiver.stored) >= count + 3)
    await rig.whole()
    await rig.stop()
    assert [round(event["jump_ms"] / 60_000) for event in rig.receiver.events("clock-jump")] == [-1440, 1445]
    assert terminal.journal.dropped == 0


async def test_batches_of_a_simulated_clock_say_so(rig: Any, wait: Any) -> None:
    rig.configure(limits={"batch_s": 60})
    await rig.start(clock=ScaledClock(start=NOW, speed=300))
    await wait(lambda: len(rig.receiver.stored) >= 3)
    await rig.stop()
    batches = [envelope.batch for envelope in rig.receiver.envelopes()]
    assert {batch.clock_source for batch in batches} == {ClockSource.SIMULATED}
    times = [time for time, _, _ in rig.receiver.readings(0)]
    assert min(times) >= NOW
    assert max(times) - min(times) > 30_000


async def test_a_dead_and_a_mute_device_leave_the_readings_of_the_others_on_time(rig: Any, wait: Any) -> None:
    """One refuses the connection; one takes it and keeps silent, and while its driver waits a minute the others are read."""
    mute = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        mute.set()  # asked, and never answered

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    base = {"driver": "modbus-tcp", "host": "127.0.0.1", "every_s": 0.05, "timeout_s": 60}
    channel = {"unit": "t", "kind": "gauge", "decimals": 0, "address": {"register": 0}}
    devices = [{"id": "dead", "port": 1, **base}, {"id": "mute", "port": server.sockets[0].getsockname()[1], **base}]
    channels = [{"id": f"{device['id']}.t", "device": device["id"], **channel} for device in devices]
    rig.configure(devices=[*rig.content["devices"], *devices], channels=[*rig.content["channels"], *channels])
    terminal = await rig.start()
    await wait(mute.is_set)
    count = len(rig.receiver.readings(0))
    await wait(lambda: len(rig.receiver.readings(0)) >= count + 40 and rig.receiver.events("device-lost"))
    assert terminal.supervisors["mute"].health.failures == 0  # its driver has been waiting all the time
    await rig.stop()
    server.close()
    assert {quality for _, _, quality in [*rig.receiver.readings(1), *rig.receiver.readings(2)]} == {Quality.NO_DATA}
    times = [time for time, _, _ in rig.receiver.readings(0)]
    assert len(times) == len(set(times))
    assert max(later - earlier for earlier, later in itertools.pairwise(times[5:])) < 500  # ms
    assert [event["device"] for event in rig.receiver.events("device-lost")] == ["dead"]


class StoppedClock(SystemClock):
    """Shows one time for ever: a question and its answer take no time, however busy the machine is."""

    def wall(self) -> int:
        return NOW


async def sntp_server(offset: int, *, mode: int = 4, stratum: int = 2, echo: bool = True) -> Any:
    """An SNTP server by hand (RFC 4330 §4): 48 bytes, whole seconds since 1900; ``offset`` (ms) is how far it is ahead."""

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            stamp = struct.pack(">II", (NOW + offset) // 1000 + 2_208_988_800, 0)
            origin = data[40:48] if echo else bytes(8)
            self.transport.sendto(bytes([0x20 | mode, stratum]) + bytes(22) + origin + stamp + stamp, addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    return transport


@pytest.mark.parametrize("offset", [0, 5 * 60_000, -86_400_000])
async def test_the_offset_against_a_time_server_is_recorded(offset: int, rig: Any, wait: Any) -> None:
    server = await sntp_server(offset)
    port = server.get_extra_info("sockname")[1]
    rig.configure(time={"ntp": f"127.0.0.1:{port}", "every_s": 1})
    await rig.start(clock=StoppedClock())
    await wait(lambda: any(one.batch.clock_source is ClockSource.NTP for one in rig.receiver.envelopes()))
    batch = next(one.batch for one in rig.receiver.envelopes() if one.batch.clock_source is ClockSource.NTP)
    assert batch.clock_offset_ms == -offset
    server.close()


@pytest.mark.parametrize("fault", [{"mode": 3}, {"stratum": 0}, {"echo": False}])
async def test_a_time_server_that_cannot_be_believed_is_refused(fault: dict[str, Any]) -> None:
    server = await sntp_server(0, **fault)
    port = server.get_extra_info("sockname")[1]
    with pytest.raises(EdgeError) as caught:
        await sntp_offset(f"127.0.0.1:{port}", SystemClock())
    assert caught.value.code == "edge.time.answer"
    server.close()


@pytest.mark.parametrize("address", ["127.0.0.1:9", "127.0.0.1:x"])
async def test_a_silent_time_server_is_told(address: str) -> None:
    with contextlib.suppress(ConnectionError), pytest.raises(EdgeError):
        await sntp_offset(address, SystemClock(), timeout_ms=200)


async def test_without_a_time_server_the_platforms_answers_are_the_source(rig: Any, wait: Any) -> None:
    rig.receiver.clock = lambda: NOW - 1234
    await rig.start(clock=StoppedClock())
    await wait(lambda: any(one.batch.clock_source is ClockSource.PLATFORM for one in rig.receiver.envelopes()))
    batch = next(one.batch for one in rig.receiver.envelopes() if one.batch.clock_source is ClockSource.PLATFORM)
    assert batch.clock_offset_ms == 1234  # the terminal is ahead


async def test_the_data_folder_is_made_for_this_user_alone(rig: Any, wait: Any, tmp_path: Path) -> None:
    rig.folder = tmp_path / "var" / "terminal"
    await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 2)
    assert rig.folder.stat().st_mode & 0o777 == 0o700


async def test_a_data_folder_that_cannot_be_made_is_named_with_what_to_do(rig: Any, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file", encoding="utf-8")
    rig.folder = tmp_path / "var" / "terminal"
    with pytest.raises(EdgeError) as caught:
        rig.make()
    assert caught.value.code == "edge.data.folder"
    assert str(rig.folder) in caught.value.text("zh")
