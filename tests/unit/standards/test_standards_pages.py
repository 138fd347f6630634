"""The pages about the rule pack say what is so: snippets fit their schemas, commands run, Python answers as printed."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tanheng.cli.standards import command
from tanheng.standards import Layer, _yaml
from tanheng.standards._files import Kind, RawFile
from tanheng.standards._schema import faults

DOCS = Path(__file__).parents[3] / "docs" / "reference"
PAGES = [DOCS / "rule-pack.md", DOCS / "rule-pack.en.md"]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def kind(content: dict[str, object]) -> Kind:
    if "confirmations" in content:
        return Kind.CONFIRMATION
    return Kind.TABLE if "rows" in content else Kind.PARAMETER


def commands() -> list[list[str]]:
    lines = "".join(blocks(PAGES[0], "console")).splitlines()
    words = [shlex.split(line.removeprefix("$ ")) for line in lines]
    return [word[2:] for word in words if word[1] == "standards" and "overlays/my-plant" not in word]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_yaml_snippet_fits_its_schema(page: Path) -> None:
    snippets = blocks(page, "yaml")
    assert len(snippets) == 4
    for snippet in snippets:
        content = _yaml.read(snippet.encode(), file=page.name)
        file = RawFile(page.name, kind(content), Layer.OVERLAY, content)
        assert [fault.text() for fault in faults(file)] == []


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_command_runs(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_answers_as_printed(page: Path) -> None:
    outcome = doctest.testfile(str(page), module_relative=False)
    assert (outcome.attempted, outcome.failed) == (7, 0)


def test_both_languages_show_the_same_snippets() -> None:
    def bare(page: Path) -> list[str]:
        return [re.sub(r"\s*#.*", "", block) for kind in ("yaml", "python", "console") for block in blocks(page, kind)]

    assert bare(PAGES[0]) == bare(PAGES[1])
