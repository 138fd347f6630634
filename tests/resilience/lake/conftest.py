"""Writers that a test kills, and an engine to look at what they leave."""

from __future__ import annotations

import os
import random
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
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def killed(self, chance: random.Random, pause: float) -> int:
        """Let a child run, kill it when it told some lines and up to ``pause`` seconds passed; return the last number it told.

        A line is one write to a pipe, so it is there whole or not at all.
        """
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        word, _, number = self._line().partition(" ")
        assert word == "born"
        told = [self._line() for _ in range(chance.randint(1, 40))]
        time.sleep(chance.uniform(0, pause))
        os.kill(int(number), signal.SIGKILL)
        while not told[-1].startswith("gone"):
            told.append(self._line())
        assert told.pop() == f"gone {int(signal.SIGKILL)}", told  # and not by a fault of its own
        return max((int(line) for line in told if line.isdigit()), default=-1)

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the interpreter that forks has ended"
        return line.rstrip("\n")

    def close(self) -> None:
        """End the interpreter."""
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()


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
