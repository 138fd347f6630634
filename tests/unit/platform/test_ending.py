"""A platform that is told to end by a signal ends, at whatever moment the signal comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 60.0
"""Seconds after which a process of ours that has not ended hangs."""

AT_EACH_LINE = """
import signal, sys
from tanheng.platform.operation.ending import Ending
ending = Ending()
assert not ending.is_told
assert not ending.within(0)
signal.signal(signal.SIGTERM, ending.tell)
def trace(frame, event, argument):
    signal.raise_signal(signal.SIGTERM)
    return trace
sys.settrace(trace)
told = ending.within(3600)
sys.settrace(None)
print(told, ending.is_told, ending.within(3600))
"""
"""Told before each line that the wait executes, be it ours or the library's."""

LOADING = """
import os, signal, sys
from tanheng.platform.operation import web
signal.signal(signal.SIGTERM, lambda *_: None)
os.environ[web.PARENT] = str(os.getpid())
child = os.fork()
if child == 0:
    web.application()
    os._exit(0)
print(child, flush=True)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""What granian does: a handler in the parent, a fork, and the application is loaded in the child."""


def test_a_signal_at_any_line_of_the_wait_is_heard() -> None:
    done = subprocess.run([sys.executable, "-c", AT_EACH_LINE], capture_output=True, text=True, check=False, timeout=LIMIT)
    assert done.stdout.split() == ["True", "True", "True"], done.stderr


def test_a_web_process_that_is_told_to_end_while_it_loads_ends(tmp_path: Path) -> None:
    """A pipe without a reader in the place of the log file keeps it loading."""
    os.mkfifo(tmp_path / "log")
    environment = {**os.environ, "TANHENG_LOG": str(tmp_path / "log"), "TANHENG_DATA": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", LOADING], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        try:
            deadline = time.monotonic() + LIMIT
            while signal.SIGTERM in caught(child):
                assert time.monotonic() < deadline, "the handler that came with the fork would swallow the signal"
                time.sleep(0.01)
            os.kill(child, signal.SIGTERM)
            assert parent.wait(LIMIT) == 0
            assert int(parent.stdout.readline()) == -signal.SIGTERM
        finally:
            parent.kill()
            if Path(f"/proc/{child}").exists():
                os.kill(child, signal.SIGKILL)


def caught(process: int) -> set[int]:
    """Return the signals that a process has handlers for."""
    [line] = [one for one in Path(f"/proc/{process}/status").read_text().splitlines() if one.startswith("SigCgt:")]
    mask = int(line.split()[1], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}
