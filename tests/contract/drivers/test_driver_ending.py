"""A driver that is told to end while its device answers, hangs or comes anew: it ends, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanheng.edge.drivers.supervisor import DeviceState
from tanheng.protocols.hj212 import Group, Message, encode_frame

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class Scale:
    """A Modbus device in a thread of its own, which answers each request for two registers at once with zeros."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.answers = threading.Semaphore(0)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        line, _ = self._listening.accept()
        with line:
            while request := line.recv(260):
                line.sendall(request[:4] + b"\x00\x07" + request[6:8] + b"\x04" + bytes(4))
                self.answers.release()

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def scale() -> Iterator[Scale]:
    made = Scale()
    yield made
    made.close()


async def test_a_poll_that_is_answered_as_it_is_cancelled_ends(scale: Scale, site: Any, benches: Any, tmp_path: Path) -> None:
    """The answer lies in the socket when the loop cancels the task, so both are seen in the same turn."""
    bench = benches["modbus-tcp"](tmp_path)
    one = site({**bench.device(), "port": scale.port, "timeout_s": 60}, [bench.channel()])
    one.start()
    for _ in range(40):
        await asyncio.sleep(0)
        if scale.answers.acquire(timeout=0.05):  # asked and answered, while the loop stands still
            break
    asyncio.get_running_loop().call_soon(one._task.cancel)
    _, running = await asyncio.wait([one._task], timeout=2)
    assert not running
    assert one._task.cancelled()


async def test_a_database_that_hangs_is_told_in_time_and_costs_one_thread(site: Any, benches: Any, tmp_path: Path) -> None:
    """Another program holds the table, and the address says to wait an hour for it."""
    bench = benches["sql"](tmp_path)
    await bench.start()
    other = sqlite3.connect(bench.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    device = bench.device()
    one = site({**device, "url": f"{device['url']}&timeout=3600", "timeout_s": 0.1}, [bench.channel()])
    one.start()
    async with asyncio.timeout(60):
        while one.supervisor.health.failures < 4:
            await asyncio.sleep(0.01)
    assert one.supervisor.health.state is DeviceState.FAILING
    assert sum(thread.name == "sql-d" for thread in threading.enumerate()) == 1
    other.execute("ROLLBACK")
    other.close()
    await bench.set(1200)
    async with asyncio.timeout(60):
        while one.value() != 1200:
            await asyncio.sleep(0.01)


async def test_a_driver_ends_while_its_database_hangs(site: Any, benches: Any, tmp_path: Path) -> None:
    bench = benches["sql"](tmp_path)
    await bench.start()
    other = sqlite3.connect(bench.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    device = bench.device()
    one = site({**device, "url": f"{device['url']}&timeout=3600", "timeout_s": 600}, [bench.channel()])
    one.start()
    async with asyncio.timeout(60):
        while not any(thread.name == "sql-d" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
    one._task.cancel()
    _, running = await asyncio.wait([one._task], timeout=60)
    other.execute("ROLLBACK")
    other.close()
    assert not running


class Deaf:
    """The line to a logger that reads none of its answers."""

    closed = False

    def write(self, data: bytes) -> None:
        assert b"CN=9014" in data

    async def drain(self) -> None:
        await asyncio.get_running_loop().create_future()

    def close(self) -> None:
        self.closed = True


async def test_a_logger_that_reads_no_answer_is_let_go_like_a_silent_one(site: Any, benches: Any, tmp_path: Path) -> None:
    bench = benches["hj212"](tmp_path)
    one = site({**bench.device(), "idle_s": 0.05}, [bench.channel()])
    groups = (Group((("DataTime", "20261103080000"),)), Group((("a19001-Rtd", "9.80"), ("a19001-Flag", "N"))))
    message = Message("20261103080000000", "31", "2011", "123456", "010000A8900016F000169DC0", 9, groups)
    reader, writer = asyncio.StreamReader(), Deaf()
    reader.feed_data(encode_frame(message))
    serving = asyncio.create_task(one.driver._serve(one.context, reader, writer))
    _, running = await asyncio.wait([serving], timeout=60)
    assert not running
    assert writer.closed
    assert [reading.value for reading in one.journalled()] == [980]
