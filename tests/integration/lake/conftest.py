"""A lake in a temporary folder, and one engine for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tanheng.lake import Engine, PlantLake, Query, open_plant


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine(memory_mib=256, threads=1) as opened:
        yield opened


@pytest.fixture
def lake(tmp_path: Path, engine: Engine) -> PlantLake:
    return open_plant(tmp_path / "lake", "plant-1", engine=engine)


@pytest.fixture
def query(lake: PlantLake) -> Query:
    return Query(lake)
