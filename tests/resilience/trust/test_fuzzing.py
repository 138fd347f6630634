"""Parsers of trust meet arbitrary bytes: an error of our tree, or a value; never anything else, and never much memory."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HERE = Path(__file__).parent


def load_parsers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trust_fuzz_parsers", HERE / "parsers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PARSERS = load_parsers()
NAMES = sorted(PARSERS.PARSERS)


@pytest.mark.parametrize("name", NAMES)
def test_the_good_example_of_each_parser_is_taken(name: str) -> None:
    assert PARSERS.feed(name, PARSERS.PARSERS[name][1]) is (name != "time stamp")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_are_refused_by_an_error_of_ours(name: str, data: bytes) -> None:
    PARSERS.feed(name, data)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_a_damaged_example_is_taken_or_refused_by_an_error_of_ours(name: str, data: st.DataObject) -> None:
    good = PARSERS.PARSERS[name][1]
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 12)))
    PARSERS.feed(name, good[:start] + data.draw(st.binary(max_size=12)) + good[end:])


def fuzz(seconds: int) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        str(HERE / "fuzz_with_atheris.py"),
        f"-max_total_time={seconds}",
        "-rss_limit_mb=1024",
        "-max_len=8192",
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds + 120, check=False)


def test_twenty_seconds_of_guided_fuzzing_find_nothing() -> None:
    result = fuzz(20)
    assert result.returncode == 0, result.stderr[-3000:]


@pytest.mark.long
def test_ten_minutes_of_guided_fuzzing_find_nothing() -> None:
    result = fuzz(600)
    assert result.returncode == 0, result.stderr[-3000:]
