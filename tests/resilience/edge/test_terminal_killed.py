"""``kill -9`` at random moments: a message that was answered is never lost and never counts twice.

A data logger sends numbered messages and strikes off each one that the terminal answers; a message without an answer it sends
again. Meanwhile the terminal is killed and started. At the end every number is at the receiver, in a chain without a gap.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tanheng.protocols.hj212 import Group, Message, encode_frame, stamp
from tanheng.simulator.servers.port import free_port

START = 1_790_000_000_000
PROGRAM = Path(__file__).with_name("terminal_process.py")
MN = "010000A8900016F000169DC0"


def configuration(rig: Any, port: int) -> dict[str, Any]:
    return {
        "terminal": "t-1",
        "limits": {"batch_s": 0.15},
        "uplink": {**rig.content["uplink"], "backoff_s": [0.02, 0.1], "timeout_s": 2},
        "devices": [
            {"id": "cems", "driver": "hj212", "listen": "127.0.0.1", "port": port, "backoff_s": [0.02, 0.1]},
            {"id": "host", "driver": "host", "every_s": 0.05},
        ],
        "channels": [
            {"id": "o2", "device": "cems", "unit": "%", "kind": "gauge", "decimals": 1, "address": {"factor": "a19001"}},
            {"id": "sent", "device": "host", "unit": "1", "kind": "gauge", "decimals": 0, "address": {"source": "memory.used"}},
        ],
    }


class Logger:
    """Sends numbers until each is answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered: set[int] = set()
        self.next = 0
        self.running = True

    async def run(self) -> None:
        while self.running:
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                while self.running:
                    writer.write(self._frame(self.next))
                    await writer.drain()
                    answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 2)
                    if b"CN=9014" in answer:
                        self.answered.add(self.next)
                        self.next += 1
                writer.close()
            await asyncio.sleep(0.02)

    @staticmethod
    def _frame(number: int) -> bytes:
        at = START + number * 1000
        fields = (("a19001-Rtd", f"{number // 10 % 100}.{number % 10}"), ("a19001-Flag", "N"))
        groups = (Group((("DataTime", stamp(at, digits=14)),)), Group(fields))
        return encode_frame(Message(stamp(at), "31", "2011", "123456", MN, 9, groups))


class Nursery:
    """Starts terminals one after the other, each a fork of a process that has imported everything."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, str(PROGRAM), "--nursery", *arguments]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, bufsize=0, start_new_session=True)

    async def start(self) -> int:
        return await asyncio.to_thread(self._ask)

    def _ask(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"start\n")
        told = b""
        while not told.endswith(b"\n"):
            if not select.select([self._process.stdout], [], [], 60)[0]:
                pytest.fail("no terminal was forked within 60 s")
            told += os.read(self._process.stdout.fileno(), 100) or pytest.fail("the nursery has ended")
        return int(told)

    def close(self) -> None:
        """End it and what it has forked; a terminal that lives on would hold its pipes open."""
        os.killpg(self._process.pid, signal.SIGKILL)
        with self._process:
            pass


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def killed(rig: Any, tmp_path: Path, *, kills: int, seed: int, wait: Any) -> None:
    port = free_port()
    config, data = tmp_path / "terminal.json", tmp_path / "data"
    config.write_text(json.dumps(configuration(rig, port)), encoding="utf-8")
    data.mkdir()
    arguments = (str(config), str(data), rig.signer.private().hex())
    chance = random.Random(seed)  # noqa: S311  # repeatable
    logger, nursery = Logger(port), Nursery(*arguments)
    sending = asyncio.create_task(logger.run())
    slowest = 0.0
    try:
        for _ in range(kills):
            before, started = len(logger.answered), time.monotonic()
            process = await nursery.start()
            try:
                await wait(
                    lambda before=before, process=process: len(logger.answered) > before or not lives(process), seconds=20
                )
                assert lives(process), "the terminal ended by itself"
                slowest = max(slowest, time.monotonic() - started)
                await asyncio.sleep(chance.uniform(0.0, 0.5))
            finally:
                os.kill(process, signal.SIGKILL)
            await wait(lambda process=process: not lives(process), what="the end of what was killed")
    finally:
        nursery.close()
    before, started = len(logger.answered), time.monotonic()
    last = subprocess.Popen([sys.executable, str(PROGRAM), *arguments])  # from nothing, as after a power cut
    try:
        await wait(lambda: len(logger.answered) > before, seconds=20)
        slowest = max(slowest, time.monotonic() - started)
        logger.running = False
        await wait(sending.done, what="the end of the logger")
        sending.result()
        await wait(lambda: logger.answered <= arrived(rig), seconds=30, what="the arrival of each answered message")
        await rig.whole(folder=data)
    finally:
        os.kill(last.pid, signal.SIGKILL)
        last.wait(60)
    assert slowest < 10  # s, from the start of a terminal to its first answer
    assert len(logger.answered) > kills
    for at, value, quality in rig.receiver.readings(0):
        number = (at - START) // 1000
        assert (value, quality) == (number % 1000, 0)


def arrived(rig: Any) -> set[int]:
    return {(at - START) // 1000 for at, _, _ in rig.receiver.readings(0)}


@pytest.mark.kill
async def test_fifteen_kills_lose_no_answered_message(rig: Any, tmp_path: Path, wait: Any) -> None:
    await killed(rig, tmp_path, kills=15, seed=5, wait=wait)


@pytest.mark.kill
@pytest.mark.long
async def test_a_thousand_kills_lose_no_answered_message(rig: Any, tmp_path: Path, wait: Any) -> None:
    await killed(rig, tmp_path, kills=1000, seed=6, wait=wait)
