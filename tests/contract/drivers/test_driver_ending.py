"""A driver that is told to end while its device answers, hangs or comes anew: it ends, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tanheng.edge.drivers.supervisor import DeviceState
from tanheng.protocols.hj212 import Group, Message, encode_frame

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class Scale:
    """A Modbus device in a thread of its own, which answers requests for two registers with zeros, once it may."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.asked, self.may, self.answered = threading.Event(), threading.Event(), threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        line, _ = self._listening.accept()
        with line:
            while request := line.recv(260):
                self.asked.set()
                self.may.wait(60)
                line.sendall(request[:4] + b"\x00\x07" + request[6:8] + b"\x04" + bytes(4))
                self.answered.set()

    def close(self) -> None:
        self.may.set()
        self._listening.close()


@pytest.fixture
def scale() -> Iterator[Scale]:
    made = Scale()
    yield made
    made.close()


async def test_a_poll_that_is_answered_as_it_is_cancelled_ends(
    scale: Scale, site: Any, benches: Any, wait: Any, tmp_path: Path
) -> None:
    """The answer lies in the socket when the loop cancels the task, so both are seen in the same turn."""
    bench = benches["modbus-tcp"](tmp_path)
    one = site({**bench.device(), "port": scale.port, "timeout_s": 60}, [bench.channel()])
    one.start()
    await wait(scale.asked.is_set, what="a request")
    scale.may.set()
    assert scale.answered.wait(60)  # while the loop stands still
    asyncio.get_running_loop().call_soon(one._task.cancel)
    _, running = await asyncio.wait([one._task], timeout=2)
    assert not running
    assert one._task.cancelled()


@dataclass
class Held:
    """A table that another program holds, and a device whose address says to wait an hour for it."""

    bench: Any
    other: sqlite3.Connection

    @property
    def device(self) -> dict[str, Any]:
        said: dict[str, Any] = self.bench.device()
        return {**said, "url": f"{said['url']}&timeout=3600"}

    def let_go(self) -> None:
        self.other.close()  # and with it what was begun


@pytest.fixture
async def held(benches: Any, tmp_path: Path) -> AsyncIterator[Held]:
    bench = benches["sql"](tmp_path)
    await bench.start()
    made = Held(bench, sqlite3.connect(bench.path, isolation_level=None))
    made.other.execute("BEGIN EXCLUSIVE")
    yield made
    made.let_go()


async def test_a_database_that_hangs_is_told_in_time_and_costs_one_thread(held: Held, site: Any) -> None:
    one = site({**held.device, "timeout_s": 0.1}, [held.bench.channel()])
    one.start()
    async with asyncio.timeout(60):
        while one.supervisor.health.failures < 4:
            await asyncio.sleep(0.01)
    assert one.supervisor.health.state is DeviceState.FAILING
    assert sum(thread.name == "sql-d" for thread in threading.enumerate()) == 1
    held.let_go()
    await held.bench.set(1200)
    async with asyncio.timeout(60):
        while one.value() != 1200:
            await asyncio.sleep(0.01)


async def test_a_driver_ends_while_its_database_hangs(held: Held, site: Any) -> None:
    one = site({**held.device, "timeout_s": 600}, [held.bench.channel()])
    one.start()
    async with asyncio.timeout(60):
        while not any(thread.name == "sql-d" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
    one._task.cancel()
    _, running = await asyncio.wait([one._task], timeout=60)
    assert not running


class DeafLogger:
    """A logger that sends one message over and over and reads none of the answers. Little of them fits into the line."""

    def __init__(self, site: Any, messages: int) -> None:
        self._site = site
        self._messages = messages
        self._line = socket.socket()
        self.serving: asyncio.Task[None] | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def start(self) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # of the connections too
        self._server = await asyncio.start_server(self._serve, sock=listening)
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(self._line, listening.getsockname())
        self._sending = asyncio.create_task(self._send())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.serving = asyncio.create_task(self._site.driver._serve(self._site.context, reader, writer))
        await asyncio.wait([self.serving])

    async def _send(self) -> None:
        groups = (Group((("DataTime", "20261103080000"),)), Group((("a19001-Rtd", "9.80"), ("a19001-Flag", "N"))))
        message = Message("20261103080000000", "31", "2011", "123456", "010000A8900016F000169DC0", 9, groups)
        with contextlib.suppress(OSError):  # the terminal may hang up
            await asyncio.get_running_loop().sock_sendall(self._line, encode_frame(message) * self._messages)
            self._line.shutdown(socket.SHUT_WR)

    @property
    def unread(self) -> int:
        """Bytes of answers that wait in the terminal."""
        return 0 if self.writer is None else self.writer.transport.get_write_buffer_size()

    def gone(self) -> bool:
        """Return whether the terminal has closed its end and keeps no answer."""
        return self.writer is not None and self.writer.get_extra_info("socket").fileno() == -1 and not self.unread

    async def stop(self) -> None:
        self._sending.cancel()
        await asyncio.wait([self._sending], timeout=60)
        self._line.close()
        self._server.close()


@pytest.fixture
async def deaf(site: Any, benches: Any, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Return what starts a logger that reads no answer at a listener of its own."""
    made: list[DeafLogger] = []

    async def start(*, idle_s: float, messages: int) -> tuple[Any, DeafLogger]:
        bench = benches["hj212"](tmp_path)
        one = site({**bench.device(), "idle_s": idle_s}, [bench.channel()])
        made.append(DeafLogger(one, messages))
        await made[-1].start()
        return one, made[-1]

    yield start
    for logger in made:
        await logger.stop()


MANY, FEW = 5000, 400
"""Messages whose answers are more than a stream takes before ``drain`` waits (64 KiB), and fewer."""


async def test_a_logger_that_reads_no_answer_is_let_go_like_a_silent_one(deaf: Any, wait: Any) -> None:
    one, logger = await deaf(idle_s=1, messages=MANY)
    await wait(lambda: logger.unread, what="an answer that waits")
    await wait(logger.serving.done, what="the end of the connection")
    await wait(logger.gone, what="a closed socket")
    assert not one.driver._open
    assert [reading.value for reading in one.journalled()] == [980]


async def test_a_logger_that_has_sent_everything_and_reads_no_answer_is_let_go(deaf: Any, wait: Any) -> None:
    one, logger = await deaf(idle_s=1, messages=FEW)
    await wait(lambda: logger.unread, what="an answer that waits")
    await wait(logger.serving.done, what="the end of the connection")
    await wait(logger.gone, what="a closed socket")
    assert not one.driver._open


async def test_the_line_to_a_logger_that_reads_no_answer_ends_with_the_driver(deaf: Any, wait: Any) -> None:
    _, logger = await deaf(idle_s=600, messages=MANY)
    await wait(lambda: logger.unread, what="an answer that waits")
    logger.serving.cancel()
    await wait(logger.gone, what="a closed socket")
    assert logger.serving.cancelled()


async def test_a_logger_that_connects_as_the_driver_ends_is_hung_up_on(
    site: Any, benches: Any, wait: Any, tmp_path: Path
) -> None:
    """A connection is accepted, made and served in turns of the loop, one after another; the end comes at each of them."""
    bench = benches["hj212"](tmp_path)
    one = site({**bench.device(), "idle_s": 600}, [bench.channel()])
    for turns in range(8):
        session = asyncio.create_task(one.driver.session(one.context))
        await wait(lambda: _listens(bench.port), what="the listener")
        with socket.create_connection(("127.0.0.1", bench.port)) as line:
            line.setblocking(False)
            for _ in range(turns):
                await asyncio.sleep(0)
            session.cancel()
            assert not (await asyncio.wait([session], timeout=60))[1]
            await asyncio.sleep(0.05)
            gc.collect()  # closes what asyncio itself drops between accepting and making a connection
            with contextlib.suppress(ConnectionResetError):
                assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(line, 1), 10) == b"", turns
        assert not one.driver._open


def _listens(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
