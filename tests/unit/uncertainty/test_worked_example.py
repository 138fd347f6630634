"""The page ``docs/explanation/uncertainty`` says what its example calculates, and shows what the example draws."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "docs" / "explanation"


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("uncertainty_example", FOLDER / "uncertainty_example.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def found(script: ModuleType) -> Any:  # Any: a class of the script, which has no import path
    return script.example()


@pytest.mark.parametrize(("page", "language"), [("uncertainty.md", "zh"), ("uncertainty.en.md", "en")])
def test_page_quotes_the_numbers_of_the_example(found: Any, page: str, language: str) -> None:
    text = (FOLDER / page).read_text("utf-8")
    quoted = {name: value for name, value in found.facts.items() if name != "accepted"}
    assert [name for name, value in quoted.items() if value not in text.replace("\n", " ")] == []
    assert found.finding[language] in text
    assert "{" not in text


@pytest.mark.parametrize(("page", "language"), [("uncertainty.md", "zh"), ("uncertainty.en.md", "en")])
def test_page_shows_the_head_of_the_budget(script: ModuleType, found: Any, page: str, language: str) -> None:
    assert "\n".join(script.budget_rows(found, language)) in (FOLDER / page).read_text("utf-8")


def test_claims_of_the_page_hold(found: Any) -> None:
    assert found.facts["accepted"] == "True"
    assert found.year.complete
    year, month = found.year, found.results["month_3"]
    assert year.parts["random"] / year.value < 0.4 * month.parts["random"] / month.value
    assert year.parts["systematic"] / year.value == pytest.approx(month.parts["systematic"] / month.value, rel=0.02)
    naive = sum(found.results[f"month_{number}"].u ** 2 for number in range(1, 13)) ** 0.5
    assert year.u > 3 * naive
    assert abs(found.results["stack"].value - year.value) < 2 * found.results["stack"].u


def test_figures_are_what_the_script_draws(script: ModuleType, found: Any) -> None:
    drawn = script.figures(found)
    assert len(drawn) == 8
    for file, drawing in drawn.items():
        assert (FOLDER / file).read_text("utf-8") == drawing, f"{file}: run docs/explanation/uncertainty_example.py"


def test_labels_of_the_figures_speak_the_language_of_the_page() -> None:
    for language, words in (("", "随机"), (".en", "random")):
        assert words in (FOLDER / f"uncertainty-month-and-year{language}.svg").read_text("utf-8")
