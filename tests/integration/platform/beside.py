"""Threads and processes beside a test: each is given its time, and what did not happen in that time is named."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

LIMIT = 60.0
"""Seconds after which what has not happened will not."""


def wait_for(condition: Callable[[], object], what: str, *, seconds: float = LIMIT) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)


def run_together(*works: Callable[[], object]) -> None:
    """Run each of the works in a thread of its own, wait until all have ended, and raise what the first one raised."""
    raised: list[Exception] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # raised again where it is seen
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    if raised:
        raise raised[0]
    hanging = [thread for thread in threads if thread.is_alive()]
    assert not hanging, f"{len(hanging)} of {len(threads)} threads did not end within {LIMIT:.0f} s"


def ended(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> int:
    """End a process, by force if it does not hear, and return its exit code."""
    process.terminate()
    try:
        return process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(LIMIT)
        raise
