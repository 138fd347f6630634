"""The page about the equipping rate says what is so: Python answers as printed, in both languages the same."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import tanheng.metrology.equipping

DOCS = Path(__file__).parents[4] / "docs" / "reference"
PAGES = [DOCS / "equipping-rate.md", DOCS / "equipping-rate.en.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_answers_as_printed(page: Path) -> None:
    outcome = doctest.testfile(str(page), module_relative=False)
    assert (outcome.attempted, outcome.failed) == (5, 0)


def test_the_example_of_the_package_runs() -> None:
    outcome = doctest.testmod(tanheng.metrology.equipping)
    assert (outcome.attempted, outcome.failed) == (3, 0)


def test_both_languages_show_the_same_snippets() -> None:
    snippets = [re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL) for page in PAGES]
    assert snippets[0] == snippets[1]
