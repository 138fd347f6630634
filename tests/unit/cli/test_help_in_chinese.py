"""The help of every command in Chinese: each sentence has its Chinese, none is left over, and it fits the terminal."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from typer import rich_utils

from tanheng.cli import help as helping
from tanheng.cli import root
from tanheng.cli.chinese_lines import breaks
from tanheng.core import messages

OF_TYPER = {
    "Usage:",
    "Show this message and exit.",
    rich_utils.ARGUMENTS_PANEL_TITLE,
    rich_utils.OPTIONS_PANEL_TITLE,
    rich_utils.COMMANDS_PANEL_TITLE,
    rich_utils.REQUIRED_LONG_STRING,
    rich_utils.DEFAULT_STRING,
}


def built(name: str) -> Any:
    """Return a command as typer builds it."""
    found = importlib.import_module(root.COMMANDS[name][0]).command
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    app = typer.Typer(add_completion=False)
    app.command()(found)
    return typer.main.get_command(app)


def tree(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Yield a command and all below it with what is typed to call each."""
    yield name, command
    for word, below in getattr(command, "commands", {}).items():
        yield from tree(f"{name} {word}", below)


COMMANDS = {path: command for name in root.COMMANDS for path, command in tree(name, built(name))}


def said(command: Any, *, hidden: bool = True) -> list[str]:
    """Return each sentence that a command declares; of options that are not shown only when they are asked for."""
    texts = [command.help, command.epilog, *(param.help for param in command.params if hidden or not param.hidden)]
    return [sentence for text in texts for sentence in helping.paragraphs(text)]


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        root.run(words)
    assert ended.value.code in (0, 2)
    return capsys.readouterr().out


def is_chinese(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


@pytest.mark.parametrize("path", COMMANDS)
def test_everything_a_command_declares_has_its_chinese(path: str) -> None:
    command = COMMANDS[path]
    assert [sentence for sentence in said(command) if sentence not in helping.words()] == []
    assert command.help
    assert [param.name for param in command.params if not param.help and not param.hidden] == []


def test_no_chinese_is_left_of_what_nobody_declares() -> None:
    declared = {sentence for command in COMMANDS.values() for sentence in said(command)}
    assert set(helping.words()) - declared == OF_TYPER


def test_no_sentence_stands_twice() -> None:
    english = [entry["en"] for code, entry in messages.catalogue().items() if code.startswith(helping.PREFIX)]
    assert len(english) == len(helping.words())


def test_what_stands_for_chinese_is_chinese() -> None:
    assert [zh for zh in helping.words().values() if not is_chinese(zh)] == []


@pytest.mark.parametrize("path", COMMANDS)
def test_help_keeps_names_values_and_examples(path: str) -> None:
    """What is typed is the same in both languages: options, metavars, commands, examples."""
    for english in said(COMMANDS[path]):
        words = [word.strip("().,;:") for word in english.split()]
        typed = [word for word in words if word.startswith(("--", "TANHENG_", "<data>")) or word.endswith((".csv", ".json"))]
        assert [word for word in typed if word not in helping.words()[english]] == []
    assert helping.chinese("Example: tanheng demo --lang en") == "示例：tanheng demo --lang en"


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("path", COMMANDS)
def test_help_is_shown_in_chinese_and_fits_the_terminal(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    printed = shown(capsys, *path.split(), "--help")
    bare = "".join(printed.replace("│", "").split())
    assert f"用法：tanheng{path.replace(' ', '')}" in bare
    assert "示例：tanheng" in bare
    for english in said(COMMANDS[path], hidden=False):
        assert "".join(helping.words()[english].split()) in bare or english.startswith("Example")
    assert {cell_len(line) for line in printed.splitlines() if line.startswith(("│", "╭", "╰"))} == {80}
    for left in ("Usage", "Options", "Show this", "required", "default:", "Example"):
        assert left not in printed


@pytest.mark.usefixtures("chinese")
def test_a_group_without_a_command_shows_its_help_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert "工厂终端：登记、检查设备、运行、查看状态。" in shown(capsys, "edge")


def test_english_follows_in_the_same_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "选项" in shown(capsys, "demo", "--help")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    printed = shown(capsys, "demo", "--help")
    assert "Show this message and exit." in printed
    assert not is_chinese(printed)


def test_the_list_of_commands_is_in_the_language_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    printed = shown(capsys, "--help")
    assert "  verify       离线验证证据包。" in printed
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert "  verify       Verify an evidence bundle offline." in shown(capsys, "--help")


def test_each_command_has_its_line_in_both_languages() -> None:
    for module, zh, en in root.COMMANDS.values():
        assert module.startswith("tanheng.cli.")
        assert is_chinese(zh)
        assert zh.endswith("。")
        assert en.isascii()
        assert en.endswith(".")


@pytest.mark.parametrize("lang", ["zh_CN.UTF-8", "en_US.UTF-8"])
def test_the_list_of_commands_imports_neither_a_command_nor_a_catalogue(lang: str) -> None:
    code = (
        "import sys\ntry:\n from tanheng.cli.root import run; run(['--help'])\nfinally:\n print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env={"LC_ALL": lang}
    )
    loaded = set(done.stderr.split())
    assert "tanheng.cli.root" in loaded
    assert {name for name in loaded if name.startswith("tanheng.cli.")} == {"tanheng.cli.root"}
    assert loaded & {"yaml", "typer", "click", "rich", "pydantic", "django", "duckdb"} == set()


# -- lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("密钥文件的文件夹。", 80, ["密钥文件的文件夹。"]),
        ("密钥文件的文件夹。", 10, ["密钥文件的", "文件夹。"]),
        ("密钥文件的文件夹。", 16, ["密钥文件的文件", "夹。"]),  # no line begins with a full stop
        ("写入（见下）", 6, ["写入", "（见", "下）"]),  # none ends with an opening bracket
        ("写入 backup.json 指定的文件夹", 12, ["写入 ", "backup.json ", "指定的文件夹"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("", 3, [""]),
    ],
)
def test_chinese_is_broken_between_characters_and_not_before_a_mark(text: str, width: int, lines: list[str]) -> None:
    places = [0, *breaks(text, width=width), len(text)]
    assert [text[start:end] for start, end in pairwise(places)] == lines


@given(st.text(alphabet="密钥，。（）「ab- ", max_size=60), st.integers(2, 30))
def test_no_line_is_wider_than_asked(text: str, width: int) -> None:
    places = [0, *breaks(text, width=width), len(text)]
    lines = [text[start:end] for start, end in pairwise(places)]
    assert "".join(lines) == text
    assert all(cell_len(line.rstrip()) <= width for line in lines)
