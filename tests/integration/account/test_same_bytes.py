"""The same inventory under the same renderer gives the same files: another day, zone, language, home and folder change none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
MOVED = ("faketime", "--exclude-monotonic", "-f")
"""The wall clock alone: under a moved monotonic clock whoever waits for a lock with a limit waits a day longer."""
LIMIT = 120.0
"""Seconds after which a process that has not ended hangs."""
ORIGINS = {  # name of the run: what its surroundings are like
    "here": {},
    "elsewhere": {
        "TZ": "America/New_York",
        "LANG": "en_US.UTF-8",
        "LC_ALL": "C.UTF-8",
        "SOURCE_DATE_EPOCH": "86400",
        "PYTHONHASHSEED": "7",
        "COLUMNS": "60",
    },
}


def accounted(example: str, folder: Path, origin: str, *, clock: str = "") -> dict[str, bytes]:
    """Return the files a process of its own writes, from surroundings of its own; ``clock`` is what it takes for now."""
    home = folder / origin
    home.mkdir()
    shutil.copytree(EXAMPLES / example, home / "plant", ignore=shutil.ignore_patterns("out"))
    environment = {**os.environ, "HOME": str(home), **ORIGINS[origin]}
    words = [sys.executable, "-m", "tanheng", "account", "plant", "--lang", "zh", "--out", "results"]
    moved = [*MOVED, clock] if clock else []
    subprocess.run([*moved, *words], cwd=home, env=environment, check=True, capture_output=True, timeout=LIMIT)
    return {file.name: file.read_bytes() for file in (home / "results").iterdir()}


@pytest.mark.parametrize("example", ["hubei-5000tpd", "european-commission-cement"])
def test_another_day_zone_and_language_change_no_byte(example: str, tmp_path: Path) -> None:
    now = accounted(example, tmp_path, "here")
    later = accounted(example, tmp_path, "elsewhere", clock="+1d")
    assert {name: later[name] == data for name, data in now.items()} == dict.fromkeys(now, True)


def test_the_clock_of_the_other_run_is_really_moved() -> None:
    code = "import time; print(int(time.time()))"
    there, here = told([*MOVED, "+1d"], code), told([], code)
    assert 86000 < int(there) - int(here) < 86800


def test_who_waits_for_a_lock_beside_the_moved_clock_waits_no_day() -> None:
    code = "import threading; print(threading.Event().wait(0.1))"
    assert told([*MOVED, "+1d"], code) == "False\n"


def told(moved: Sequence[str], code: str) -> str:
    """Return what a program prints whose clock is moved."""
    command = [*moved, sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT).stdout
