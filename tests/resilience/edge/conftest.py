"""The receiver and the terminal of the integration tests, for the tests that break them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

_PATH = Path(__file__).parents[2] / "integration" / "edge" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("tanheng_tests_edge_rig", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
rigs = importlib.util.module_from_spec(_SPEC)
sys.modules["tanheng_tests_edge_rig"] = rigs
_SPEC.loader.exec_module(rigs)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Any]:
    made = rigs.Rig(tmp_path)
    try:
        yield made
        await made.stop()
    finally:
        made.receiver.stop()


@pytest.fixture
def wait() -> Any:
    return rigs._until
