"""A test that hangs says what it waits for: none waits without a limit for the end of a process or thread, or for an event."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
STARTED = frozenset({"run", "call", "check_call", "check_output"})
"""What :mod:`subprocess` offers to start a program and wait for its end."""


def waits(source: str) -> Iterator[str]:
    """Yield each call that may wait for ever, as it is written, with its line."""
    tree = ast.parse(source)
    inside = {id(call) for node in ast.walk(tree) if _limits(node) for call in ast.walk(node)}
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and not _limited(call)
            and id(call) not in inside
        ):
            started = call.func.attr in STARTED and ast.unparse(call.func.value) == "subprocess"
            waited = call.func.attr in ("wait", "join") and not call.args
            if started or waited or call.func.attr == "communicate":
                yield f"{call.lineno}: {ast.unparse(call.func)}"


def _limited(call: ast.Call) -> bool:
    return any(keyword.arg in ("timeout", None) for keyword in call.keywords)


def _limits(node: ast.AST) -> bool:
    """Say whether what stands inside a node has the limit of asyncio."""
    if isinstance(node, ast.AsyncWith):
        return any(ast.unparse(item.context_expr).startswith("asyncio.timeout(") for item in node.items)
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.wait_for"


@pytest.mark.parametrize("file", sorted(TESTS.rglob("*.py")), ids=lambda file: str(file.relative_to(TESTS)))
def test_nothing_is_waited_for_without_a_limit(file: Path) -> None:
    assert list(waits(file.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("subprocess.run(['true'], check=True)", ["1: subprocess.run"]),
        ("subprocess.run(['true'], check=True, timeout=9)", []),
        ("process.communicate('input')", ["1: process.communicate"]),
        ("process.communicate(timeout=9)", []),
        ("process.wait()", ["1: process.wait"]),
        ("process.wait(9)", []),
        ("thread.join()", ["1: thread.join"]),
        ("await asyncio.wait_for(process.wait(), 9)", []),
        ("async with asyncio.timeout(9):\n    await event.wait()", []),
        ("async with asyncio.TaskGroup():\n    await event.wait()", ["2: event.wait"]),
        ("', '.join(words)", []),
        ("runner.run()", []),
    ],
)
def test_a_wait_without_a_limit_is_found(source: str, found: list[str]) -> None:
    assert list(waits(source)) == found
