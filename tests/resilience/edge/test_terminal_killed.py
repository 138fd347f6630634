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
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tanheng.protocols.hj212 import Group, Message, encode_frame, stamp

START = 1_790_000_000_000
MN = "010000A8900016F000169DC0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


async def killed(rig: Any, tmp_path: Path, *, kills: int, seed: int) -> None:
    port = free_port()
    config = tmp_path / "terminal.json"
    config.write_text(json.dumps(configuration(rig, port)), encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    command = [
        sys.executable,
        str(Path(__file__).with_name("terminal_process.py")),
        str(config),
        str(data),
        rig.signer.private().hex(),
    ]
    chance = random.Random(seed)  # noqa: S311  # repeatable
    logger = Logger(port)
    sending = asyncio.create_task(logger.run())
    slowest = 0.0
    for _ in range(kills):
        before, started = len(logger.answered), time.monotonic()
        process = subprocess.Popen(command)  # it is to be killed, not awaited
        try:
            while len(logger.answered) == before:
                await asyncio.sleep(0.01)
                assert process.poll() is None, "the terminal ended by itself"
                assert time.monotonic() - started < 20
            slowest = max(slowest, time.monotonic() - started)
            await asyncio.sleep(chance.uniform(0.0, 0.5))
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    last = subprocess.Popen(command)  # the same
    try:
        logger.running = False
        await sending
        end = time.monotonic() + 30
        while not logger.answered <= arrived(rig) and time.monotonic() < end:
            await asyncio.sleep(0.1)
    finally:
        os.kill(last.pid, signal.SIGKILL)
        last.wait()
    rig.receiver.check_chain()
    assert logger.answered <= arrived(rig), "an answered message is lost"
    assert slowest < 10
    assert len(logger.answered) >= kills
    for at, value, quality in rig.receiver.readings(0):
        number = (at - START) // 1000
        assert (value, quality) == (number % 1000, 0)


def arrived(rig: Any) -> set[int]:
    return {(at - START) // 1000 for at, _, _ in rig.receiver.readings(0)}


@pytest.mark.kill
async def test_fifteen_kills_lose_no_answered_message(rig: Any, tmp_path: Path) -> None:
    await killed(rig, tmp_path, kills=15, seed=5)


@pytest.mark.kill
@pytest.mark.long
async def test_a_thousand_kills_lose_no_answered_message(rig: Any, tmp_path: Path) -> None:
    await killed(rig, tmp_path, kills=1000, seed=6)
