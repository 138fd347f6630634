"""The reference page says what the register says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tanheng.formulas import registry
from tanheng.formulas.page import render

PAGES = {"zh": "formulas.md", "en": "formulas.en.md"}
DOCS = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("language", PAGES)
def test_the_page_is_current(language: str) -> None:
    page = DOCS / PAGES[language]
    assert page.read_text(encoding="utf-8") == render(language), f"run: python -m tanheng.formulas.page {language} > {page}"


@pytest.mark.parametrize("language", PAGES)
def test_every_formula_is_on_the_page_once(language: str) -> None:
    text = render(language)
    assert [text.count(f"### `{formula.id}`\n") for formula in registry.all()] == [1] * len(registry.all())


@pytest.mark.parametrize("formula", registry.all(), ids=lambda formula: formula.id)
def test_a_formula_has_a_title_in_both_languages_and_a_symbol_for_each_argument(formula: registry.Formula) -> None:
    assert set(formula.title) == {"zh", "en"}
    assert formula.title["zh"] != formula.title["en"]
    assert set(formula.symbols) == set(formula.arguments)


@pytest.mark.parametrize("formula", registry.all(), ids=lambda formula: formula.id)
def test_the_symbols_of_a_formula_stand_in_its_equation(formula: registry.Formula) -> None:
    for symbol in formula.symbols.values():
        assert all(part in formula.equation for part in symbol.strip("()").split(", "))


def test_the_page_is_written_by_its_module() -> None:
    done = subprocess.run([sys.executable, "-m", "tanheng.formulas.page", "en"], capture_output=True, check=True, timeout=60)
    assert done.stdout.decode() == render("en")
