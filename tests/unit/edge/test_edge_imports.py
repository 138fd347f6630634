"""The terminal stands alone: importing all of it brings no platform, no lake and none of their databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import tanheng.edge

FORBIDDEN = (
    "django",
    "duckdb",
    "psycopg",
    "pyarrow",
    "tanheng.accounting",
    "tanheng.checks",
    "tanheng.evidence",
    "tanheng.lake",
    "tanheng.platform",
    "tanheng.standards",
    "tanheng.uncertainty",
)
_CODE = """
import importlib, pkgutil, sys
import tanheng.edge
for module in pkgutil.walk_packages(tanheng.edge.__path__, "tanheng.edge."):
    importlib.import_module(module.name)
print("\\n".join(sorted(sys.modules)))
"""


def test_the_terminal_imports_no_platform_no_lake_and_no_database_server() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", _CODE], capture_output=True, text=True, check=True, timeout=120
    ).stdout.split()
    assert "tanheng.edge.terminal" in loaded
    assert [name for name in loaded if name.startswith(FORBIDDEN)] == []


def test_a_driver_library_is_imported_only_when_a_configuration_names_it() -> None:
    code = "import sys, tanheng.edge.terminal\nprint('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    ).stdout.split()
    heavy = {"asyncua", "pymodbus", "aiomqtt", "sqlalchemy", "python_calamine"}
    assert heavy.isdisjoint(loaded)


def test_nothing_waits_in_a_way_that_can_swallow_a_cancellation() -> None:
    """``asyncio.wait_for`` of Python 3.11 can (https://github.com/python/cpython/issues/86296); ``asyncio.timeout`` not."""
    sources = Path(tanheng.edge.__file__).parents[1]
    found = [
        path
        for name in ("edge", "simulator")
        for path in (sources / name).rglob("*.py")
        if "wait_for(" in path.read_text("utf-8")
    ]
    assert found == []
