"""The same inventory under the same renderer gives the same files: another day, zone, language, home and folder change none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
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
    moved = ["faketime", "-f", clock] if clock else []
    subprocess.run([*moved, *words], cwd=home, env=environment, check=True, capture_output=True)
    return {file.name: file.read_bytes() for file in (home / "results").iterdir()}


@pytest.mark.parametrize("example", ["hubei-5000tpd", "european-commission-cement"])
def test_another_day_zone_and_language_change_no_byte(example: str, tmp_path: Path) -> None:
    now = accounted(example, tmp_path, "here")
    later = accounted(example, tmp_path, "elsewhere", clock="+1d")
    assert {name: later[name] == data for name, data in now.items()} == dict.fromkeys(now, True)


def test_the_clock_of_the_other_run_is_really_moved() -> None:
    code = "import time; print(int(time.time()))"
    there, here = (
        int(subprocess.run([*moved, sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
        for moved in (["faketime", "-f", "+1d"], [])
    )
    assert 86000 < there - here < 86800
