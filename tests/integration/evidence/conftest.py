"""The commands of a plant and a verifier, run as they run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples" / "european-commission-cement"
ORIGIN = "plant.example/log/1"


@dataclass(frozen=True)
class Desk:
    """A folder in which commands are run; ``data`` lies in it."""

    folder: Path

    def run(self, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``tanheng`` in English and at UTC, unless the environment is given otherwise."""
        around = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "TANHENG_"))}
        return subprocess.run(
            [sys.executable, "-m", "tanheng", *map(str, words)],
            cwd=self.folder,
            env=around | {"LANG": "en_US.UTF-8", "TZ": "UTC", "PYTHONUTF8": "1"} | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def account(self, bundle: str, *more: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Account the example and write its bundle."""
        words = ["--out", "out", "--force", "--lang", "zh", "--bundle", bundle, "--key", "plant-log", *more]
        return self.run("account", EXAMPLE, *words, **environment)

    def vkey(self, name: str = "plant-log") -> str:
        """Return a verifier key as ``tanheng key show`` gives it."""
        shown = self.run("key", "show", name, "--folder", "data/keys", "--json")
        return str(json.loads(shown.stdout)[name]["verifier_key"])

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture(scope="session")
def _plant(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A plant with a key, one account and its bundle ``year.zip``."""
    desk = Desk(tmp_path_factory.mktemp("plant"))
    made = desk.run("key", "new", "plant-log", "--purpose", "log", "--subject", ORIGIN, "--folder", "data/keys")
    assert made.returncode == 0, made.stderr
    accounted = desk.account("year.zip")
    assert accounted.returncode == 0, accounted.stderr
    return desk


@pytest.fixture
def desk(_plant: Desk, tmp_path: Path) -> Desk:
    """A copy of the plant, for one test."""
    shutil.copytree(_plant.folder, tmp_path / "plant")
    return Desk(tmp_path / "plant")
