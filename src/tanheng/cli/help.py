"""The help of a command in Chinese.

Commands declare their help in English, where their options stand. The Chinese of each sentence lies in
``core/messages/cli-help.yaml`` and is found by the English (``docs/decisions/0125-help-is-found-by-its-english.md``), only
when help is shown: a command that does its work reads no catalogue. An example is the same in both languages.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tanheng.core import messages

PREFIX = "cli.help."
"""Beginning of the codes of help."""

_EXAMPLE = re.compile(r"Examples?:(?= )")
_WORDS = (
    "ARGUMENTS_PANEL_TITLE",
    "OPTIONS_PANEL_TITLE",
    "COMMANDS_PANEL_TITLE",
    "REQUIRED_LONG_STRING",
    "DEFAULT_STRING",
)
"""Names of typer's own words."""


@functools.cache
def words() -> dict[str, str]:
    """Return the help of all commands: English → Chinese."""
    return {entry["en"]: entry["zh"] for code, entry in messages.catalogue().items() if code.startswith(PREFIX)}


def paragraphs(text: str | None) -> list[str]:
    """Return the sentences to translate, one a paragraph: of an example only its first word."""
    parts = [" ".join(part.split()) for part in (text or "").split("\n\n")]
    return [found[0] if (found := _EXAMPLE.match(part)) else part for part in parts if part]


def chinese(text: str | None) -> str:
    """Return help in Chinese; what the catalogue does not know stays as it is."""
    said = []
    for part in (text or "").split("\n\n"):
        plain = " ".join(part.split())
        found = _EXAMPLE.match(plain)
        said.append(words().get(found[0], found[0]) + plain[found.end() + 1 :] if found else words().get(plain, plain))
    return "\n\n".join(said)


def usage(line: str) -> str:
    """Return a usage line in Chinese: its first word with its colon is one column narrower, so what follows moves by one."""
    return line.replace("Usage: ", words()["Usage:"], 1).replace("\n ", "\n")


def in_chinese(command: Any) -> None:  # typer keeps the class of its commands to itself, as in all below
    """Let a built command, and all below it, show help in Chinese."""
    command.format_help = functools.partial(_format_help, command)
    command.get_usage = functools.partial(_get_usage, command)
    for below in getattr(command, "commands", {}).values():
        in_chinese(below)


def _get_usage(command: Any, ctx: Any) -> str:
    return usage(type(command).get_usage(command, ctx))


def _format_help(command: Any, ctx: Any, formatter: Any) -> None:
    for said in (command, *getattr(command, "commands", {}).values(), *command.get_params(ctx)):
        said.help = chinese(said.help)
    command.epilog = chinese(command.epilog)
    with _words_of_typer():
        type(command).format_help(command, ctx, formatter)


@contextmanager
def _words_of_typer() -> Iterator[None]:
    """Put typer's words and its way of breaking lines into Chinese while help is laid out; they are names of its module."""
    from typer import rich_utils

    from tanheng.cli.chinese_lines import ChineseLines

    before = {name: getattr(rich_utils, name) for name in (*_WORDS, "highlighter")}
    during = {name: chinese(before[name]) for name in _WORDS} | {"highlighter": ChineseLines()}
    try:
        for name, said in during.items():
            setattr(rich_utils, name, said)
        yield
    finally:
        for name, said in before.items():
            setattr(rich_utils, name, said)
