"""What every test shares: the order of a run, its limits, examples that hang on no clock, and seconds per folder at the end."""

from __future__ import annotations

import faulthandler
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from hypothesis import HealthCheck, settings

_SECONDS: dict[str, float] = defaultdict(float)
_LONGEST_FIRST = ("e2e", "resilience", "integration", "contract", "reference")
"""Folders of files that may take a minute; the many small files after them leave no worker alone at the end."""

_CLEAN_UP = 600.0
"""s; the limits of pyproject.toml end with a failure, and what a failed test left behind may wait for ever."""

# The same examples in each run, however busy the machine; `--hypothesis-profile=explore` looks for others.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("explore"), derandomize=True)
settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _LONGEST_FIRST.index(kind) if (kind := _kind(item)) in _LONGEST_FIRST else len(_LONGEST_FIRST))


def _kind(item: pytest.Item) -> str:
    return item.nodeid.removeprefix("tests/").partition("/")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """End the process, with its stacks, where the clean-up of a test does not end: the run names the test and goes on."""
    faulthandler.dump_traceback_later(_CLEAN_UP, exit=True, file=item.config.stash[fault_handler_stderr_fd_key])
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    folder = "/".join(Path(report.nodeid.partition("::")[0]).parts[:3][:-1]) or "."
    _SECONDS[folder] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("seconds per folder")
    for folder, seconds in sorted(_SECONDS.items(), key=lambda item: -item[1]):
        terminalreporter.write_line(f"{seconds:9.1f}  {folder}")
