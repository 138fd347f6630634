"""The uncertainty of a whole inventory: the constructed two-line plant-year, with all that its folder states.

The peer of the Monte Carlo run is NumPy alone: the same number of draws and the same graph on the same arrays, without blocks,
groups, checks or results.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tanheng.accounting.account import account
from tanheng.accounting.evaluation import evaluate_inventory
from tanheng.accounting.folder import read_folder
from tanheng.accounting.stated import evidence
from tanheng.standards import load_pack

EXAMPLE = Path(__file__).parents[1] / "examples" / "hubei-5000tpd"
TRIALS = 100_000
BLOCK = 10_000


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of a piece of work."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def benchmarks() -> list[dict[str, object]]:
    """Return name, target, figure, unit, peer, peer_figure and ratio of each measurement."""
    year = read_folder(EXAMPLE)
    inventory = account(year.plant, year.ledger, load_pack())
    given = evidence(year.instruments, year.components)
    ready = evaluate_inventory(inventory, given, trials=0)
    names, sizes = list(ready.inputs), [max(item.u, 1e-12) for item in ready.inputs.values()]
    values = [item.value for item in ready.inputs.values()]

    def bare() -> None:
        chance = np.random.default_rng(1)
        for _ in range(TRIALS // BLOCK):
            draws = (chance.normal(value, size, BLOCK) for value, size in zip(values, sizes, strict=True))
            ready.model(**dict(zip(names, draws, strict=True)))

    bare_seconds = seconds(bare, 3)
    gum = seconds(lambda: evaluate_inventory(inventory, given, trials=0), 5)
    whole = seconds(lambda: evaluate_inventory(inventory, given, trials=TRIALS), 3)
    about = f"plant-year, {len(names)} uncertain inputs, {len(ready.figures)} figures"
    return [
        {
            "name": f"{about}, GUM",
            "target": "≤ 0.5 s",
            "figure": gum,
            "unit": "s",
            "peer": "–",
            "peer_figure": None,
            "ratio": None,
        },
        {
            "name": f"{about}, GUM and {TRIALS} trials",
            "target": "≤ 2 s",
            "figure": whole,
            "unit": "s",
            "peer": "NumPy, one normal draw an input",
            "peer_figure": bare_seconds,
            "ratio": whole / bare_seconds,
        },
    ]


if __name__ == "__main__":
    for row in benchmarks():
        print(f"{row['name']}: {row['figure']:.3f} s (target {row['target']}; {row['peer']} {row['peer_figure'] or '–'})")
