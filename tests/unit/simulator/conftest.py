"""One generated month, shared: it is read and never changed."""

from __future__ import annotations

import pytest

from tanheng.simulator import PlantRun, generate, load


@pytest.fixture(scope="session")
def month() -> PlantRun:
    return generate(load("two-lines"), seed=1)
