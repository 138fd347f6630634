"""Every code that the source raises has a message, and every message is raised: read from the syntax trees.

Codes stand in the source as they are. Where a code is put together, its beginning is declared in :data:`PUT_TOGETHER`, and a
message that begins so counts as used. That both languages are there with the same fields is proved beside ``core.messages``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tanheng.core import messages

SOURCE = Path(__file__).parents[2] / "src" / "tanheng"
CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_-]+)+")

PUT_TOGETHER = {
    "accounting.notice.",  # what is allowed in a plant-year and hardly meant
    "cli.absence.",  # words of an Absence
    "cli.help.",  # found by its English
    "cli.column.",  # heads of the tables
    "cli.serve.",  # what tanheng serve says when it runs
    "cli.step.",  # steps of the progress bar, and of a start
    "evidence.told.",  # what tanheng verify tells of a bundle
    "metrology.drawing.",  # labels of the drawings
    "folder.",  # faults of an input folder, raised without their area
    "reports.",  # labels of reports.words.Words and of the template
    "simulator.scenario.",  # faults of a scenario
}
"""Beginnings of codes that are completed at run time."""

RAISING = re.compile(r"\w*(Error|Refused|Fault|Finding|Warning|Unknown|Missing)|render|fault|refuse|refused|finding")
"""Names of what takes a code as its first argument."""


@cache
def modules() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of something that takes a code, with where it stands."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if RAISING.fullmatch(name):
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", node


def areas() -> set[str]:
    return {code.partition(".")[0] for code in messages.catalogue()}


def literals() -> set[str]:
    """Return every text in the source that could be a code."""
    return {
        node.value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def test_every_code_that_is_raised_has_a_message() -> None:
    known = messages.catalogue()
    without = {
        f"{place} {node.args[0].value}"
        for place, node in calls()
        if isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and CODE.fullmatch(node.args[0].value)
        and node.args[0].value.partition(".")[0] in areas()
        and node.args[0].value not in known
    }
    assert without == set()


def test_every_message_is_used() -> None:
    used = literals()
    unused = {code for code in messages.catalogue() if code not in used and not code.startswith(tuple(PUT_TOGETHER))}
    assert unused == set()


def test_codes_are_put_together_only_where_it_is_declared() -> None:
    beginnings = {
        first.value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and isinstance(first := node.values[0], ast.Constant)
        and isinstance(first.value, str)
        and re.fullmatch(r"[a-z0-9_]+\.([a-z0-9_.]*)", first.value)
        and any(code.startswith(first.value) for code in messages.catalogue())
    }
    assert beginnings <= PUT_TOGETHER | {first for first in beginnings if first.startswith(tuple(PUT_TOGETHER))}
    assert beginnings >= {"cli.absence.", "cli.step.", "reports."}


def test_no_code_stands_in_two_files() -> None:
    seen: dict[str, str] = {}
    for path in sorted((SOURCE / "core" / "messages").glob("*.yaml")):
        for code in re.findall(r"^([a-z0-9_.-]+):", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert code not in seen, f"{code} in {seen.get(code)} and {path.name}"
            seen[code] = path.name
    assert set(seen) == set(messages.catalogue())


@pytest.mark.parametrize("label", sorted(code for code in messages.catalogue() if code.startswith("reports.")))
def test_every_label_of_a_report_is_printed_somewhere(label: str) -> None:
    name = label.removeprefix("reports.")
    folder = SOURCE / "reports"
    texts = "\n".join(path.read_text(encoding="utf-8") for path in [*folder.glob("*.py"), *folder.glob("templates/*.typ")])
    family = re.escape(name.partition(".")[0])
    assert re.search(
        rf'["\']{re.escape(name)}["\']|label\.{re.escape(name)}\b|"{re.escape(label)}"|"{family}\.\{{|\(f"{family}\.', texts
    )
