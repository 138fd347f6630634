"""The threat table names tests that exist, the same ones in both languages."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r"`(test_[a-z0-9_]+\.py)::(test_[a-z0-9_]+)`")


def named(page: str) -> list[tuple[str, str]]:
    return NAMED.findall((ROOT / "docs/explanation" / page).read_text(encoding="utf-8"))


def test_every_test_the_threat_table_names_exists() -> None:
    pairs = named("trust.en.md")
    assert len(pairs) >= 20
    for file, test in pairs:
        (path,) = (ROOT / "tests").rglob(file)
        assert re.search(rf"^def {test}\b", path.read_text(encoding="utf-8"), re.MULTILINE), f"{file}::{test}"


def test_both_languages_name_the_same_tests() -> None:
    assert named("trust.md") == named("trust.en.md")
