"""Child processes are kept alive through what keeps them from starting, and end when told so at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

from tanheng.platform.database.binaries import ServerUser
from tanheng.platform.operation.supervision import Child

LASTING = (sys.executable, "-c", "import time; time.sleep(3600)")


def child(kind: type[Child] = Child, environment: Mapping[str, str] = os.environ) -> Child:
    return kind("lasting", LASTING, environment, ServerUser(os.geteuid(), os.getegid(), drop=False))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_child_that_cannot_be_started_is_tried_again() -> None:
    """An environment larger than the kernel takes is refused as a machine without memory refuses a process."""
    kept = child(environment={"LARGE": "x" * 4_000_000})
    kept.start()
    wait_for(lambda: kept.deaths >= 2)
    kept.stop()
    assert kept.process_id is None


class ToldWhileItStarts(Child):
    """A child that is told to stop between its start and the moment its supervisor knows of it."""

    def _spawn(self) -> subprocess.Popen[bytes]:
        process = super()._spawn()
        self._stopping.set()
        return process


class StartsDeaf(Child):
    """A child of which one more is started when it was told to stop, and that takes no signal but the last."""

    begun = threading.Event()

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.begun.set()
        self._stopping.wait(60)
        process = super()._spawn()
        process.send_signal(signal.SIGSTOP)
        return process


def test_a_child_that_hears_nothing_is_killed_even_one_that_began_meanwhile() -> None:
    kept = child(StartsDeaf)
    kept.start()
    assert StartsDeaf.begun.wait(60)
    kept.stop(patience=0.5)
    assert kept.process_id is None
    assert not kept._thread.is_alive()


def test_a_child_that_was_never_started_has_ended() -> None:
    kept = child()
    kept.stop()
    assert kept.process_id is None


def test_a_child_that_is_told_to_stop_while_it_starts_ends() -> None:
    kept = child(ToldWhileItStarts)
    kept.start()
    kept._thread.join(60)
    assert not kept._thread.is_alive()
    assert kept.process_id is None
