"""What holds for the repository as a whole: twins of the pages, lock files without addresses, no test left out, benchmarks."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if DOCS / "decisions" not in page.parents)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))

SKIPPED = {
    "tests/integration/platform/test_embedded_database.py": "only root runs the database server as somebody else",
}
"""Files in which a test may be left out, each with the reason."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_page_has_its_twin(page: Path) -> None:
    twin = page.with_name(page.name.removesuffix(".en.md") + ".md" if page.name.endswith(".en.md") else page.stem + ".en.md")
    assert twin.is_file(), f"{twin.relative_to(ROOT)} is missing"


def test_a_decision_has_a_number_of_its_own_and_is_english() -> None:
    decisions = sorted(path for path in (DOCS / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name) for path in decisions)
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_names_no_host(lock: Path) -> None:
    assert re.findall(r"https?://\S+|--index-url|--extra-index-url|--find-links", lock.read_text(encoding="utf-8")) == []


def test_the_lock_file_of_the_assets_says_what_and_not_where() -> None:
    # other addresses in it are where authors ask for funds; the place a package is fetched from would be "resolved"
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_of_a_lock_file_is_pinned_with_hashes(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert lines
    for line in lines:
        assert "==" in line, line
        assert "--hash=sha256:" in line, line


def skips(tree: ast.AST) -> Iterator[int]:
    """Yield the lines at which a test is skipped or expected to fail."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "xfail", "importorskip", "SkipTest"):
            yield node.lineno


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_is_left_out(path: Path) -> None:
    found = list(skips(ast.parse(path.read_text(encoding="utf-8"))))
    assert found == [] or str(path.relative_to(ROOT)) in SKIPPED


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "benchmarks").glob("bench_*.py")))
def test_every_benchmark_offers_its_rows(name: str) -> None:
    assert callable(importlib.import_module(f"benchmarks.{name}").benchmarks)
