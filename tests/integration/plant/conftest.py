"""An engine for the whole run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tanheng.lake import Engine


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine(memory_mib=256, threads=1) as opened:
        yield opened
