"""Loading the rule pack and asking it, beside PyYAML alone on the same files in the same run.

Run: ``python benchmarks/bench_standards.py``. Loading does more than PyYAML (it proves ids, documents, units, digits, dates);
the comparison says what that costs.
"""

from __future__ import annotations

import datetime
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from tanheng.standards import check_pack, loader

ROUNDS = 7
ON = datetime.date(2025, 6, 30)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of a piece of work in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def load() -> object:
    loader._shipped_files.cache_clear()
    loader._shipped_pack.cache_clear()
    return loader.load_pack()


def plain_yaml(kind: type) -> Callable[[], object]:
    paths = sorted(Path(loader.SHIPPED).rglob("*.yaml"))
    return lambda: [yaml.load(path.read_bytes(), Loader=kind) for path in paths]  # noqa: S506  # the two safe loaders below


def benchmarks() -> list[dict[str, object]]:
    """Return name, target, figure, unit, peer, peer_figure and ratio of each measurement."""
    pack = loader.load_pack()
    values = sum(len(parameter.values) for parameter in pack.parameters.values())
    numbers = [identifier for identifier in pack.ids("cn.cets") if not pack.parameter(identifier).choices]
    fast, slow = milliseconds(plain_yaml(yaml.CSafeLoader)), milliseconds(plain_yaml(yaml.SafeLoader))
    rows: list[tuple[str, float, str, float | None]] = [
        (f"load the shipped pack, {values} values", milliseconds(load), "PyYAML CSafeLoader alone", fast),
        ("load and check every schema", milliseconds(check_pack), "PyYAML SafeLoader alone", slow),
        (f"{len(numbers)} answers", milliseconds(lambda: [pack.value(identifier, on=ON) for identifier in numbers]), "–", None),
    ]
    return [
        {
            "name": name,
            "target": "beside",
            "figure": figure,
            "unit": "ms",
            "peer": peer,
            "peer_figure": other,
            "ratio": figure / other if other else None,
        }
        for name, figure, peer, other in rows
    ]


if __name__ == "__main__":
    for item in benchmarks():
        print(f"{item['name']!s:<40} {item['figure']:9.2f} ms   {item['peer']} {item['peer_figure'] or '–'}")
