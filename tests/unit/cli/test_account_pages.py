"""The pages about accounting say what is so: options, Python, and a rule book that can be read."""

from __future__ import annotations

import doctest
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from tanheng.accounting import rulebook
from tanheng.accounting.loops import _LOOPS
from tanheng.cli import root
from tanheng.cli.account import command
from tanheng.standards import _yaml

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "reference"
ACCOUNT = [DOCS / "account.md", DOCS / "account.en.md"]
RULE_BOOK = [DOCS / "rule-book.md", DOCS / "rule-book.en.md"]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def options() -> set[str]:
    app = typer.Typer(add_completion=False)
    app.command()(command)
    return {name for parameter in typer.main.get_command(app).params for name in parameter.opts if name.startswith("--")}


@pytest.fixture
def accounted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Path]:
    """A folder with the inventory of the Commission's example, entered."""
    with pytest.raises(SystemExit) as ended:
        root.run(["account", str(ROOT / "examples" / "european-commission-cement"), "--out", str(tmp_path / "out")])
    assert ended.value.code == 0
    capsys.readouterr()
    before = Path.cwd()
    os.chdir(tmp_path / "out")
    yield tmp_path / "out"
    os.chdir(before)


@pytest.mark.parametrize("page", ACCOUNT, ids=lambda page: page.name)
def test_every_option_is_explained_and_no_other(page: Path) -> None:
    explained = set(re.findall(r"`(--[a-z]+)", page.read_text(encoding="utf-8")))
    assert explained == options() - {"--help"}


@pytest.mark.parametrize("page", ACCOUNT, ids=lambda page: page.name)
def test_python_answers_as_printed(page: Path, accounted: Path) -> None:
    outcome = doctest.testfile(str(page), module_relative=False)
    assert (outcome.attempted, outcome.failed) == (12, 0)


@pytest.mark.parametrize("page", RULE_BOOK, ids=lambda page: page.name)
def test_the_rule_book_of_the_page_can_be_read(page: Path) -> None:
    (snippet,) = blocks(page, "yaml")
    book = rulebook.parse(_yaml.read(snippet.encode(), file=page.name), digest="x")
    assert [step.figure for step in book.steps] == ["line.{line}.clinker_output"]


@pytest.mark.parametrize("page", RULE_BOOK, ids=lambda page: page.name)
def test_every_key_loop_and_condition_is_explained(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for word in (*rulebook._STEP_KEYS, *_LOOPS, "declared", "absent", "sampled", "basis", "place", "choice", "binding"):
        assert f"`{word}`" in text, word
    for word in rulebook._BOOK_KEYS:
        assert re.search(rf"^{word}:", text, re.MULTILINE), word


@pytest.mark.parametrize("pages", [ACCOUNT, RULE_BOOK], ids=["account", "rule-book"])
def test_both_languages_show_the_same_code(pages: list[Path]) -> None:
    def bare(page: Path) -> list[str]:
        found = [snippet for language in ("console", "json", "yaml", "python") for snippet in blocks(page, language)]
        return [re.sub(r"#.*", "", snippet) for snippet in found]

    assert bare(pages[0]) == bare(pages[1])
