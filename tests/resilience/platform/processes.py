"""Processes of these tests: each is given its time, and one that hangs says where it stands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

LIMIT = 240.0
"""Seconds after which a process of ours that has not ended, or has not said what it is asked for, hangs."""
LAST_WORDS = 30.0
"""Seconds for the stacks of its threads, and for the ends of what it started."""


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of a person who reads English and has set nothing of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TANHENG", "DJANGO"))}
    return {**kept, "LC_ALL": "en_US.UTF-8", "PYTHONFAULTHANDLER": "1", **variables}


def tanheng(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run our command to its end."""
    return finished([sys.executable, "-m", "tanheng", *words], env=environment(**variables))


def finished(
    command: Sequence[str], *, env: Mapping[str, str], **options: Any
) -> subprocess.CompletedProcess[str]:  # Any: further options of Popen
    """Run a command to its end and return what it wrote; one that hangs fails the test with the stacks of its threads."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env, **options) as process:
        try:
            said, complained = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            pytest.fail(f"{' '.join(command)} did not end in {LIMIT:.0f} s:\n{_last_words(process)[-6000:]}")
    return subprocess.CompletedProcess(command, process.returncode, said, complained)


def _last_words(process: subprocess.Popen[str]) -> str:
    """End a process that hangs and return what it wrote on standard error: with ``PYTHONFAULTHANDLER`` all stacks."""
    aborted(process)
    try:
        return str(process.communicate(timeout=LAST_WORDS)[1])
    except subprocess.TimeoutExpired:
        process.kill()
        return "it does not even abort"


def aborted(process: subprocess.Popen[str]) -> None:
    """Have a process write the stacks of its threads and end, also one that is stopped."""
    process.send_signal(signal.SIGABRT)
    process.send_signal(signal.SIGCONT)
