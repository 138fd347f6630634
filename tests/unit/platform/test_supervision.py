"""Child processes are kept alive through what keeps them from starting, and end when told so at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import pytest

from tanheng.platform.database.binaries import ServerUser
from tanheng.platform.operation.supervision import Child

Kind = TypeVar("Kind", bound=Child)

LASTING = (sys.executable, "-c", "import time; time.sleep(3600)")


def made(kind: type[Kind], environment: Mapping[str, str] = os.environ) -> Kind:
    return kind("lasting", LASTING, environment, ServerUser(os.geteuid(), os.getegid(), drop=False))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_child_that_cannot_be_started_is_tried_again_and_the_reason_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """An environment larger than the kernel takes is refused as a machine without memory refuses a process."""
    kept = made(Child, {"LARGE": "x" * 4_000_000})
    kept.start()
    wait_for(lambda: kept.deaths >= 2)
    kept.stop()
    assert kept.process_id is None
    told = caplog.records[0]
    assert told.getMessage() == "process not started, trying again"
    assert "Argument list too long" in told.__dict__["reason"]


class ToldWhileItStarts(Child):
    """A child that is told to stop between its start and the moment its supervisor knows of it."""

    def _spawn(self) -> subprocess.Popen[bytes]:
        process = super()._spawn()
        self._stopping.set()
        return process


class StartsDeaf(Child):
    """A child of which one more is started when it was told to stop, and that hears no SIGTERM."""

    begun: threading.Event
    late = 0.0  # s from the word to stop to the start

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.begun.set()
        self._stopping.wait(60)
        time.sleep(self.late)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # of this thread, and so of what it starts, from its birth
        return super()._spawn()


@pytest.mark.parametrize("late", [0.0, 1.0], ids=["while it is waited for", "after the kill"])
def test_a_child_that_hears_nothing_is_killed_even_one_that_began_meanwhile(late: float) -> None:
    kept = made(StartsDeaf)
    kept.begun, kept.late = threading.Event(), late
    kept.start()
    assert kept.begun.wait(60)
    kept.stop(patience=0.5)
    assert kept.process_id is None
    assert not kept._thread.is_alive()


def test_a_child_that_was_never_started_has_ended() -> None:
    kept = made(Child)
    kept.stop()
    assert kept.process_id is None


def test_a_child_that_is_told_to_stop_while_it_starts_ends() -> None:
    kept = made(ToldWhileItStarts)
    kept.start()
    kept._thread.join(60)
    assert not kept._thread.is_alive()
    assert kept.process_id is None
