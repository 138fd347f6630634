"""Real servers on loopback, and one device of a terminal beside them: the driver checklist runs over all pairs."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import datetime
import functools
import getpass
import importlib
import json
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import time
import tty
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
import cbor2
import pytest

from tanheng.edge import drivers
from tanheng.edge.clock import SystemClock
from tanheng.edge.configuration import Configuration, parse
from tanheng.edge.context import DeviceContext, Disk, Journal
from tanheng.edge.drivers.supervisor import Supervisor
from tanheng.edge.image import ProcessImage
from tanheng.edge.packing import unpack
from tanheng.edge.reading import EVENT_CHANNEL, Reading
from tanheng.edge.spool import Spool
from tanheng.protocols.dlt645 import frame
from tanheng.protocols.hj212 import Group, Message, encode_frame, stamp
from tanheng.simulator.servers.port import free_port

asyncua: Any = importlib.import_module("asyncua")  # Any: its types describe less than it does
ua: Any = importlib.import_module("asyncua.ua")
datastore: Any = importlib.import_module("pymodbus.datastore")
modbus_server: Any = importlib.import_module("pymodbus.server")

BEIJING = datetime.timezone(datetime.timedelta(hours=8))


async def until(condition: Callable[[], Any], *, seconds: float = 40, what: str = "the condition") -> None:
    """Wait until a condition holds; fail by name when it does not."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"{what} did not hold within {seconds} s")
        await asyncio.sleep(0.02)


class Site:
    """One device of a terminal with its real image, journal, spool and supervisor."""

    def __init__(self, folder: Path, device: dict[str, Any], channels: list[dict[str, Any]]) -> None:
        content = {"terminal": "t-1", "devices": [device], "channels": channels}
        self.configuration: Configuration = parse(json.dumps(content))
        self.clock = SystemClock()
        self.disk = Disk(Spool(folder / "spool.sqlite"))
        self.image = ProcessImage(self.configuration.channels)
        self.journal = Journal(self.disk, self.clock)
        (self.device,) = self.configuration.devices
        self.driver = drivers.make(self.device, self.configuration.channels)
        self.context = DeviceContext(
            self.device.id, clock=self.clock, image=self.image, journal=self.journal, disk=self.disk, facts=lambda _: 7
        )
        self.supervisor = Supervisor(self.device, self.driver, self.context)
        self.context.supervisor = self.supervisor
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self.supervisor.run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            _, running = await asyncio.wait([self._task], timeout=60)
            if running:
                pytest.fail(f"the driver of {self.device.id} did not end within 60 s")
        self.disk.close()

    def last(self, index: int = 0) -> Reading | None:
        return self.image.last(self.configuration.channels[index])

    def value(self, index: int = 0) -> int | None:
        """Count of the newest value of a channel, wherever this driver puts it; None when there is none."""
        last = self.last(index)
        if last is not None and last.quality.has_value:
            return last.value
        found = [reading for reading in self.journalled() if reading.channel == index and reading.quality.has_value]
        return found[-1].value if found else None

    def journalled(self) -> list[Reading]:
        """All readings of the journal, read through a connection of its own."""
        connection = sqlite3.connect(self.disk.spool.path)
        try:
            rows = connection.execute("SELECT readings FROM journal ORDER BY id").fetchall()
        finally:
            connection.close()
        return [reading for (packed,) in rows for reading in unpack(packed)]

    async def events(self) -> list[dict[str, Any]]:
        await self.journal.write()
        return [cbor2.loads(reading.raw) for reading in self.journalled() if reading.channel == EVENT_CHANNEL]


class Bench(ABC):
    """A device on loopback that a test can start, stop and set. The value is a number with two decimals."""

    driver: str
    decimals = 2

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    @abstractmethod
    async def start(self) -> None: ...

    @abstractmethod
    async def stop(self) -> None: ...

    @abstractmethod
    async def set(self, hundredths: int) -> None: ...

    @abstractmethod
    def device(self) -> dict[str, Any]: ...

    @abstractmethod
    def address(self) -> dict[str, Any]: ...

    def channel(self) -> dict[str, Any]:
        return {"id": "x", "device": "d", "unit": "%", "kind": "gauge", "decimals": 2, "address": self.address()}

    def base(self) -> dict[str, Any]:
        return {"id": "d", "driver": self.driver, "every_s": 0.1, "timeout_s": 1, "backoff_s": [0.05, 0.2]}


class ModbusBench(Bench):
    driver = "modbus-tcp"

    async def start(self) -> None:
        block = datastore.ModbusSequentialDataBlock(1, [0] * 200)
        self.server = modbus_server.ModbusTcpServer(
            datastore.ModbusServerContext(devices={1: datastore.ModbusDeviceContext(hr=block)}),
            address=("127.0.0.1", self.port),
        )
        await self.server.serve_forever(background=True)

    async def stop(self) -> None:
        await self.server.shutdown()

    async def set(self, hundredths: int) -> None:
        client = importlib.import_module("pymodbus.client").AsyncModbusTcpClient("127.0.0.1", port=self.port)
        await client.connect()
        high, low = struct.unpack(">HH", struct.pack(">i", hundredths))
        await client.write_registers(10, [high, low], device_id=1)
        client.close()

    def device(self) -> dict[str, Any]:
        return {**self.base(), "host": "127.0.0.1", "port": self.port}

    def address(self) -> dict[str, Any]:
        return {"register": 10, "type": "int32"}

    def channel(self) -> dict[str, Any]:
        return {**super().channel(), "factor": "0.01"}


class OpcUaBench(Bench):
    driver = "opcua"
    mode = "subscribe"

    async def start(self) -> None:
        self.server = asyncua.Server()
        await self.server.init()
        self.server.set_endpoint(f"opc.tcp://127.0.0.1:{self.port}/")
        index = await self.server.register_namespace("urn:test:kiln")
        kiln = await self.server.nodes.objects.add_object(ua.NodeId("Kiln", index), "Kiln")
        self.node = await kiln.add_variable(ua.NodeId("Kiln.Feed", index), "Feed", 0.0)
        await self.server.start()

    async def stop(self) -> None:
        self.server.bserver._server.close()  # a driver that comes back while the server ends would be waited for
        async with asyncio.timeout(60):
            await self.server.stop()

    async def set(self, hundredths: int) -> None:
        await self.node.write_value(hundredths / 100)

    def device(self) -> dict[str, Any]:
        return {**self.base(), "url": f"opc.tcp://127.0.0.1:{self.port}/", "mode": self.mode, "timeout_s": 2}

    def address(self) -> dict[str, Any]:
        return {"namespace": "urn:test:kiln", "name": "Kiln.Feed"}


class OpcUaPollBench(OpcUaBench):
    mode = "poll"


class MqttBench(Bench):
    """The broker mosquitto, with what else a test wants in its configuration; it speaks MQTT 5 and 3.1.1."""

    driver = "mqtt"
    version = "5"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.lines: list[str] = ["allow_anonymous true"]
        self.secure: dict[str, Any] = {}
        self.log = folder / f"broker-{self.port}.log"

    async def start(self) -> None:
        program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if program is None:
            pytest.fail("The broker mosquitto is missing; `make setup` as root installs it (sudo apt-get install mosquitto).")
        written = self.folder / f"broker-{self.port}.conf"
        fixed = [f"listener {self.port} 127.0.0.1", f"user {getpass.getuser()}", f"log_dest file {self.log}", "log_type all"]
        written.write_text("\n".join([*fixed, *self.lines, ""]), encoding="utf-8")
        self.broker = subprocess.Popen([program, "-c", str(written)], stderr=subprocess.DEVNULL)
        await until(self._listens, what="the broker")

    def _listens(self) -> bool:
        assert self.broker.poll() is None, "the broker ended by itself"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    async def stop(self) -> None:
        self.broker.terminate()
        await asyncio.to_thread(self.broker.wait, 5)

    async def publish(self, payload: bytes) -> None:
        async with aiomqtt.Client("127.0.0.1", self.port, protocol=aiomqtt.ProtocolVersion.V5, **self.secure) as client:
            await client.publish("plant/kiln", payload, qos=1, retain=True)

    async def set(self, hundredths: int) -> None:
        sign, whole = "-" if hundredths < 0 else "", abs(hundredths)
        await self.publish(f'{{"data": {{"x": {sign}{whole // 100}.{whole % 100:02d}}}}}'.encode())

    def device(self) -> dict[str, Any]:
        return {**self.base(), "host": "127.0.0.1", "port": self.port, "version": self.version}

    def address(self) -> dict[str, Any]:
        return {"topic": "plant/kiln", "path": "data.x"}


class MqttOldBench(MqttBench):
    version = "3.1.1"


class Hj212Bench(Bench):
    """A data logger: the device is the client and the terminal listens, so ``start`` only makes it willing to send."""

    driver = "hj212"
    number = 0

    async def start(self) -> None:
        self.willing = True

    async def stop(self) -> None:
        self.willing = False

    async def set(self, hundredths: int) -> None:
        self.number += 1
        sign, whole = "-" if hundredths < 0 else "", abs(hundredths)
        await self.send(f"{sign}{whole // 100}.{whole % 100:02d}")

    async def send(self, text: str, *, flag: str = "N", answer: bool = True) -> bytes:
        now = 1_790_000_000_000 + self.number * 60_000
        fields = (("a19001-Rtd", text), ("a19001-Flag", flag))
        groups = (Group((("DataTime", stamp(now, digits=14)),)), Group(fields))
        message = Message(stamp(now), "31", "2011", "123456", "010000A8900016F000169DC0", 9 if answer else 8, groups)
        return await self.raw(encode_frame(message), answer=answer)

    async def raw(self, data: bytes, *, answer: bool) -> bytes:
        for _ in range(100):
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                break
            except OSError:
                await asyncio.sleep(0.05)
        writer.write(data)
        await writer.drain()
        found = await asyncio.wait_for(reader.read(2000), 5) if answer else b""
        writer.close()
        return found

    def device(self) -> dict[str, Any]:
        return {**self.base(), "listen": "127.0.0.1", "port": self.port}

    def address(self) -> dict[str, Any]:
        return {"factor": "a19001", "field": "Rtd"}


class FilesBench(Bench):
    driver = "files"
    number = 0

    async def start(self) -> None:
        self.drop = self.folder / "drop"
        self.drop.mkdir(exist_ok=True)

    async def stop(self) -> None:
        self.drop.rename(self.folder / f"gone-{self.number}")

    async def set(self, hundredths: int) -> None:
        self.number += 1
        with (self.drop / f"result-{self.number:03d}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["样品", "时间", "烧失量"])
            writer.writerow([f"S{self.number:04d}", f"2026-11-03 08:{self.number:02d}:00", f"{hundredths / 100:.2f}"])

    def device(self) -> dict[str, Any]:
        return {**self.base(), "folder": str(self.folder / "drop"), "key": ["样品"], "time": "时间", "settle_s": 0.05}

    def address(self) -> dict[str, Any]:
        return {"column": "烧失量"}

    def channel(self) -> dict[str, Any]:
        return {**super().channel(), "kind": "amount"}


class SqlBench(Bench):
    driver = "sql"
    number = 0

    async def start(self) -> None:
        self.path = self.folder / "scale.db"
        self.run("CREATE TABLE IF NOT EXISTS ticket (id INTEGER PRIMARY KEY, number TEXT, at TEXT, goods TEXT, net NUMERIC)")

    async def stop(self) -> None:
        self.path.rename(self.folder / f"gone-{self.number}.db")

    def run(self, statement: str, *values: object) -> None:
        connection = sqlite3.connect(self.path)
        with connection:
            connection.execute(statement, values)
        connection.close()

    async def set(self, hundredths: int) -> None:
        self.number += 1
        now = datetime.datetime.now(BEIJING) - datetime.timedelta(hours=2)
        self.run(
            "INSERT INTO ticket (number, at, goods, net) VALUES (?, ?, ?, ?)",
            f"T{self.number:05d}",
            (now + datetime.timedelta(seconds=self.number)).strftime("%Y-%m-%d %H:%M:%S"),
            "烟煤",
            hundredths / 100,
        )

    def device(self) -> dict[str, Any]:
        url = f"sqlite:///file:{self.folder / 'scale.db'}?mode=rw&uri=true"
        return {
            **self.base(),
            "url": url,
            "table": "ticket",
            "watermark": "id",
            "key": ["number"],
            "time": "at",
            "timeout_s": 5,
        }

    def address(self) -> dict[str, Any]:
        return {"column": "net", "where": {"goods": "烟煤"}}

    def channel(self) -> dict[str, Any]:
        return {**super().channel(), "kind": "amount", "unit": "t"}


class Dlt645Bench(Bench):
    """A meter behind a serial server: answers reads of the grid frequency."""

    driver = "dlt645"
    hundredths = 0

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.writers: set[asyncio.StreamWriter] = set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await reader.readexactly(20):
                digits = f"{self.hundredths:04d}"
                data = (0x02800002).to_bytes(4, "little") + bytes.fromhex(digits)[::-1]
                writer.write(b"\xfe\xfe" + frame(address="123456781012", control=0x91, data=data))
        writer.close()

    async def stop(self) -> None:
        self.server.close()
        for writer in self.writers:
            writer.close()

    async def set(self, hundredths: int) -> None:
        self.hundredths = hundredths

    def device(self) -> dict[str, Any]:
        return {**self.base(), "host": "127.0.0.1", "port": self.port}

    def address(self) -> dict[str, Any]:
        return {"meter": "123456781012", "item": "02800002"}

    def channel(self) -> dict[str, Any]:
        return {**super().channel(), "unit": "Hz"}


class Dlt645SerialBench(Dlt645Bench):
    """Meters on a pair of pseudo-terminals in place of an RS-485 line; ``line`` always names the terminal's end."""

    silent: frozenset[str] = frozenset()
    preamble = b"\xfe\xfe"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.line = folder / f"line-{self.port}"
        self.asked: list[str] = []

    async def start(self) -> None:
        self._own, theirs = os.openpty()
        tty.setraw(theirs)
        self.line.unlink(missing_ok=True)
        self.line.symlink_to(os.ttyname(theirs))
        os.close(theirs)
        os.set_blocking(self._own, False)
        self._heard = b""
        asyncio.get_running_loop().add_reader(self._own, self._hear)

    def _hear(self) -> None:
        try:
            self._heard += os.read(self._own, 1000)
        except BlockingIOError:
            return
        except OSError:  # nobody has opened the other end
            self._heard = b""
            return
        while len(self._heard) >= 20:  # FE FE FE FE, 68, six of address, 68, 11, 04, four of identifier, check, 16
            request, self._heard = self._heard[:20], self._heard[20:]
            meter = request[5:11][::-1].hex()
            self.asked.append(meter)
            if meter not in self.silent:
                os.write(self._own, self.answer(meter))

    def answer(self, meter: str) -> bytes:
        data = (0x02800002).to_bytes(4, "little") + bytes.fromhex(f"{self.hundredths:04d}")[::-1]
        return self.preamble + frame(address=meter, control=0x91, data=data)

    async def stop(self) -> None:
        asyncio.get_running_loop().remove_reader(self._own)
        os.close(self._own)

    def device(self) -> dict[str, Any]:
        return {**self.base(), "serial": str(self.line)}


BENCHES: dict[str, type[Bench]] = {
    "modbus-tcp": ModbusBench,
    "opcua-subscribe": OpcUaBench,
    "opcua-poll": OpcUaPollBench,
    "mqtt": MqttBench,
    "mqtt-3.1.1": MqttOldBench,
    "hj212": Hj212Bench,
    "files": FilesBench,
    "sql": SqlBench,
    "dlt645": Dlt645Bench,
    "dlt645-serial": Dlt645SerialBench,
}
Make = Callable[..., Site]


@pytest.fixture(params=list(BENCHES))
def described(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """A device that is only described, not started."""
    return BENCHES[request.param](tmp_path)


@pytest.fixture(params=list(BENCHES))
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    made = BENCHES[request.param](tmp_path)
    await made.start()
    yield made
    with contextlib.suppress(Exception):
        async with asyncio.timeout(60):
            await made.stop()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Make]:
    made: list[Site] = []

    def make(device: dict[str, Any], channels: list[dict[str, Any]]) -> Site:
        folder = tmp_path / f"site-{len(made)}"
        folder.mkdir()
        made.append(Site(folder, device, channels))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


@pytest.fixture
def wait() -> Callable[..., Any]:
    return functools.partial(until)


@pytest.fixture
def benches() -> dict[str, type[Bench]]:
    return BENCHES
