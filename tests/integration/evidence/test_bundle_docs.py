"""The steps of the how-to page, in both languages, run as they stand there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

PAGES = Path(__file__).parents[3] / "docs" / "how-to"


def script(page: str) -> str:
    (found,) = re.findall(r"```bash\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL)
    return f"set -euo pipefail\n{found}"


def run(page: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = ["bash", "-c", script(page)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("page", ["verify-a-bundle.md", "verify-a-bundle.en.md"])
def test_the_steps_by_hand_verify_a_bundle(desk: Any, page: str) -> None:
    found = run(page, desk.folder)
    assert found.returncode == 0, found.stderr
    assert "Signature Verified Successfully" in found.stdout
    assert found.stdout.endswith("the log states this report\n")


def test_the_steps_by_hand_refuse_another_report(desk: Any) -> None:
    path = desk.folder / "year.zip"
    data = path.read_bytes()
    found = data.index(b"%PDF")
    path.write_bytes(data[:found] + b"%pdf" + data[found + 4 :])
    assert run("verify-a-bundle.en.md", desk.folder).returncode != 0


def test_both_pages_have_the_same_steps() -> None:
    zh, en = (re.sub(r"(?m)^#.*\n", "", script(page)) for page in ("verify-a-bundle.md", "verify-a-bundle.en.md"))
    assert zh == en
