"""Each simulated device, asked by a client that we have not written (pymodbus, asyncua, aiomqtt, sqlite3, csv), and by our own
decoder for HJ 212, whose vectors come from elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import socket
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import aiomqtt
import pytest
from asyncua.client.client import Client
from asyncua.ua.uaerrors import BadNoCommunication
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusIOException

from tanheng.protocols.hj212 import Frame, StreamDecoder, answer_to, encode_frame, site_profile
from tanheng.simulator import PlantRun, PlayError, generate, load
from tanheng.simulator.clock import RunningClock
from tanheng.simulator.play import Player
from tanheng.simulator.scenario import Fault, Scenario
from tanheng.simulator.servers import LaboratoryFolder, Logger, ModbusDevice, MqttBroker, OpcUaServer, TruckScale
from tanheng.simulator.servers.hj212 import FACTORS
from tanheng.simulator.servers.port import Value

MINUTE = 60_000


@pytest.fixture(scope="module")
def day() -> PlantRun:
    """The first day of the large plant, without faults."""
    scenario = load("two-lines")
    span = replace(scenario.span, end=scenario.span.start + 86_400_000)
    return generate(replace(scenario, span=span, faults=(), stops=()), seed=2)


def only(run: PlantRun, *devices: str, faults: tuple[Fault, ...] = ()) -> PlantRun:
    kept = tuple(device for device in run.scenario.devices if device.id in devices)
    scenario: Scenario = replace(run.scenario, devices=kept, faults=faults)
    return replace(run, scenario=scenario)


@contextlib.asynccontextmanager
async def playing(run: PlantRun, folder: Path, **ports: int) -> AsyncIterator[Player]:
    player = Player(run, folder=folder, ports={name.replace("_", "-"): port for name, port in ports.items()})
    await player.start()
    try:
        yield player
    finally:
        await player.stop()


async def test_a_modbus_client_reads_the_stand_of_a_belt_scale(day: PlantRun, tmp_path: Path) -> None:
    async with playing(only(day, "scales-1"), tmp_path) as player:
        scales = player.servers["scales-1"]
        assert isinstance(scales, ModbusDevice)
        await player.show(600)
        async with AsyncModbusTcpClient("127.0.0.1", port=scales.port) as client:
            for name in ("line.1.raw_mill.total", "line.1.clinker.total", "line.1.coal_kiln.rate"):
                answer = await client.read_holding_registers(scales.register(name), count=2, device_id=1)
                high, low = answer.registers
                assert (high << 16 | low) == int(day.shown[name].value[600])


async def test_a_dead_modbus_device_is_silent_and_comes_back(day: PlantRun, tmp_path: Path) -> None:
    dead = Fault("dead", replace(day.scenario.span, end=day.scenario.span.start + 10 * MINUTE), device="scales-1")
    run = generate(replace(day.scenario, faults=(dead,)), seed=2)
    async with playing(only(run, "scales-1", faults=(dead,)), tmp_path) as player:
        scales = player.servers["scales-1"]
        assert isinstance(scales, ModbusDevice)
        async with AsyncModbusTcpClient("127.0.0.1", port=scales.port, timeout=0.2, retries=0) as client:
            with pytest.raises(ModbusIOException):
                await client.read_holding_registers(0, count=2, device_id=1)
            await player.show(10)
        async with AsyncModbusTcpClient("127.0.0.1", port=scales.port) as client:  # in its usual time-out
            assert not (await client.read_holding_registers(0, count=2, device_id=1)).isError()


async def test_an_opc_ua_client_reads_the_dcs(day: PlantRun, tmp_path: Path) -> None:
    async with playing(only(day, "dcs"), tmp_path) as player:
        dcs = player.servers["dcs"]
        assert isinstance(dcs, OpcUaServer)
        await player.show(30)
        async with Client(dcs.url) as client:
            node = client.get_node("ns=2;s=line.1.raw_meal_silo.stock")
            assert await node.read_value() == float(day.shown["line.1.raw_meal_silo.stock"].value[30])


async def test_a_dead_dcs_says_that_it_has_no_communication(day: PlantRun, tmp_path: Path) -> None:
    dead = Fault("dead", day.scenario.span, device="dcs")
    run = generate(replace(day.scenario, faults=(dead,)), seed=2)
    async with playing(only(run, "dcs", faults=(dead,)), tmp_path) as player:
        dcs = player.servers["dcs"]
        assert isinstance(dcs, OpcUaServer)
        async with Client(dcs.url) as client:
            with pytest.raises(BadNoCommunication):
                await client.get_node("ns=2;s=line.1.kiln.load").read_value()


async def test_a_client_that_comes_while_the_dcs_ends_does_not_keep_it(day: PlantRun, tmp_path: Path) -> None:
    async with playing(only(day, "dcs"), tmp_path) as player:
        dcs = player.servers["dcs"]
        assert isinstance(dcs, OpcUaServer)
        with socket.create_connection(("127.0.0.1", dcs.port), timeout=5):  # the server has not seen it yet
            ending = asyncio.create_task(dcs.stop())
            _, running = await asyncio.wait([ending], timeout=10)
            assert not running


class Endless:
    """A device that never ends."""

    async def start(self) -> None: ...

    async def show(self, instant: int, values: Mapping[str, Value]) -> None: ...

    async def stop(self) -> None:
        await asyncio.get_running_loop().create_future()


async def test_a_device_that_does_not_end_is_told_and_left_behind(
    day: PlantRun, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    player = Player(only(day, "laboratory"), folder=tmp_path, patience_s=0.05)
    player.servers["stubborn"] = Endless()
    await asyncio.wait_for(player.stop(), 60)
    assert "stubborn did not end within 0.05 s" in caplog.text


async def test_a_subscriber_gets_what_a_sensor_publishes(day: PlantRun, tmp_path: Path) -> None:
    async with playing(only(day, "sensors"), tmp_path) as player:
        broker = player.servers["sensors"]
        assert isinstance(broker, MqttBroker)
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            await client.subscribe("sensors/plant.barometer")
            message = await asyncio.wait_for(anext(aiter(client.messages)), 5)
            assert bytes(message.payload) == b'{"value": 100500, "time": "2026-09-30T16:00:00Z"}'


class Listener:
    """A terminal of a few lines: it answers what it is told to answer, and keeps what came."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.answering = True
        self.server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", port)
        return int(self.server.sockets[0].getsockname()[1])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        profile = site_profile(FACTORS)
        decoder = StreamDecoder(profile)
        while data := await reader.read(65_536):
            for item in decoder.feed(data):
                assert isinstance(item, Frame)
                self.frames.append(item)
                if self.answering:
                    writer.write(encode_frame(answer_to(item.message), profile))
        writer.close()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.frames) < count:
                await asyncio.sleep(0.01)


async def test_a_logger_sends_the_minutes_that_have_ended(day: PlantRun, tmp_path: Path) -> None:
    listener = Listener()
    port = await listener.start()
    async with playing(only(day, "cems-1"), tmp_path, cems_1=port) as player:
        for minute in (1, 2, 3):
            await player.show(minute)
        await listener.until(3)
        logger = player.servers["cems-1"]
        assert isinstance(logger, Logger)
        async with asyncio.timeout(10):
            while logger.waiting:  # the answers are on their way
                await asyncio.sleep(0.01)
        assert logger.answered == 3
    start = day.scenario.span.start
    assert [frame.message.measured_at for frame in listener.frames] == [start, start + MINUTE, start + 2 * MINUTE]
    sent = {(reading.code, reading.kind): reading for reading in listener.frames[1].readings}
    assert int(sent["a05001", "Cou"].value * 100) == int(day.shown["line.1.stack.co2_mass"].value[1])
    assert int(sent["a05001", "Avg"].value * 1000) == int(day.shown["line.1.stack.co2"].value[1])


async def test_a_logger_keeps_what_was_not_answered_and_marks_the_resend(day: PlantRun, tmp_path: Path) -> None:
    cut = Fault("network-cut", replace(day.scenario.span, end=day.scenario.span.start + 3 * MINUTE), device="cems-2")
    listener = Listener()
    port = await listener.start()
    async with playing(only(day, "cems-2", faults=(cut,)), tmp_path, cems_2=port) as player:
        for minute in (1, 2, 3, 4):
            await player.show(minute)
            assert not listener.frames or minute == 4
        await listener.until(4)
    assert [frame.message.resend for frame in listener.frames] == [True, True, True, False]


async def test_a_logger_with_a_wrong_clock_says_its_own_time_and_duplicates_are_two_frames(
    day: PlantRun, tmp_path: Path
) -> None:
    span = day.scenario.span
    wrong = (Fault("clock-jump", span, device="cems-1", size=300), Fault("duplicated", span, device="cems-1"))
    listener = Listener()
    port = await listener.start()
    async with playing(only(day, "cems-1", faults=wrong), tmp_path, cems_1=port) as player:
        await player.show(1)
        await listener.until(2)
    assert [frame.message.measured_at for frame in listener.frames] == 2 * [span.start + 300_000]
    assert listener.frames[0].raw == listener.frames[1].raw


async def test_the_truck_scale_fills_and_somebody_edits_and_deletes(day: PlantRun, tmp_path: Path) -> None:
    first, second = day.tickets[0], day.tickets[1]
    later = replace(day.scenario.span, start=second.time + MINUTE)
    edits = (Fault("ticket-edited", later, ticket=1, size=-3.2), Fault("ticket-deleted", later, ticket=2))
    async with playing(only(day, "truck-scale", faults=edits), tmp_path) as player:
        scale = player.servers["truck-scale"]
        assert isinstance(scale, TruckScale)
        start = day.scenario.span.start

        def table() -> list[tuple[int, int]]:
            with contextlib.closing(sqlite3.connect(scale.path)) as opened:
                return opened.execute("SELECT number, net_kg FROM ticket WHERE number < 3 ORDER BY number").fetchall()

        await player.show((second.time - start) // MINUTE)
        assert table() == [(1, first.net_kg), (2, second.net_kg)]
        await player.show((second.time - start) // MINUTE + 1)
        assert table() == [(1, first.net_kg - 3200)]


async def test_the_laboratory_drops_a_file_a_day(day: PlantRun, tmp_path: Path) -> None:
    async with playing(only(day, "laboratory"), tmp_path) as player:
        folder = player.servers["laboratory"]
        assert isinstance(folder, LaboratoryFolder)
        await player.show(day.scenario.minutes)
        files = sorted(folder.folder.glob("*.csv"))
        assert [path.name for path in files] == ["results-2026-10-01.csv"]
        with files[0].open(encoding="utf-8") as opened:
            rows = list(csv.DictReader(opened))
        assert {row["quantity"] for row in rows} >= {"coal.carbon", "coal.ncv", "line.1.cao", "line.2.mgo"}
        assert rows[0]["sampled"] == "2026-10-01 00:00:00"


async def test_a_port_that_is_taken_is_named(day: PlantRun, tmp_path: Path) -> None:
    listener = Listener()
    port = await listener.start()
    for device in ("scales-1", "dcs", "sensors"):
        with pytest.raises(PlayError, match=f"{device} cannot be started on 127.0.0.1:{port}"):
            async with playing(only(day, device), tmp_path, **{device.replace("-", "_"): port}):
                pass


async def test_three_minutes_at_300_times_last_less_than_two_seconds(day: PlantRun, tmp_path: Path) -> None:
    span = replace(day.scenario.span, end=day.scenario.span.start + 3 * MINUTE)
    run = only(day, "scales-1")
    run = replace(run, scenario=replace(run.scenario, span=span))
    told: list[int] = []
    async with playing(run, tmp_path) as player, asyncio.timeout(2):
        await player.play(RunningClock(start=span.start, speed=300), progress=told.append)
    assert told == [1, 2, 3]


@pytest.mark.parametrize("speed", [0, 301])
def test_a_speed_beyond_what_protocols_bear_is_refused(speed: int) -> None:
    with pytest.raises(PlayError, match="not between 1 and 300"):
        RunningClock(start=0, speed=speed)
