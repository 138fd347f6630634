"""Writers that a test kills, and an engine to look at what they leave."""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tanheng.lake import Engine

HERE = Path(__file__).parent
_PATIENCE_S = 60

Killing = Callable[[random.Random, float], int]


class Forks:
    """Children of one interpreter that run ``write(folder)`` of a module of this folder, and are killed."""

    def __init__(self, module: str, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "forked.py"), module, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._heard = b""
        self._child = 0

    def killed(self, chance: random.Random, pause: float) -> int:
        """Let a child run, kill it when it told some lines and up to ``pause`` seconds passed; return the last number it told.

        A line is one write to a pipe, so it is there whole or not at all.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        word, _, number = self._line().partition(" ")
        assert word == "born"
        self._child = int(number)
        told = [self._line() for _ in range(chance.randint(1, 40))]
        time.sleep(chance.uniform(0, pause))
        os.kill(self._child, signal.SIGKILL)
        while not told[-1].startswith("gone"):
            told.append(self._line())
        assert told.pop() == f"gone {int(signal.SIGKILL)}", told  # and not by a fault of its own
        return max((int(line) for line in told if line.isdigit()), default=-1)

    def _line(self) -> str:
        assert self._process.stdout is not None
        while b"\n" not in self._heard:
            if not select.select([self._process.stdout], [], [], _PATIENCE_S)[0]:
                with contextlib.suppress(OSError):
                    os.kill(self._child or self._process.pid, signal.SIGUSR1)  # tells where it stands
                    time.sleep(1)
                pytest.fail(f"the writer told nothing for {_PATIENCE_S} s; its stacks are on standard error")
            told = os.read(self._process.stdout.fileno(), 65_536)
            assert told, "the interpreter that forks has ended"
            self._heard += told
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode()

    def close(self) -> None:
        """End the interpreter and what it has forked."""
        os.killpg(self._process.pid, signal.SIGKILL)
        with self._process:
            pass


@pytest.fixture
def forks() -> Iterator[Callable[[str, Path], Killing]]:
    """Start an interpreter that forks writers: ``forks("test_lake_kill", folder)`` gives what lets one run and kills it."""
    with ExitStack() as opened:

        def start(module: str, folder: Path) -> Killing:
            one = Forks(module, folder)
            opened.callback(one.close)
            return one.killed

        yield start


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory_mib=256, threads=1) as one:
        yield one
