"""Measured work of ``tanheng.uncertainty``, each beside a peer in the same run.

Run alone: ``python benchmarks/bench_uncertainty.py``. Times are the best of several runs, which is what the machine can do
when nothing else disturbs it. Peers do the same task with the same number of trials or the same balances.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tanheng.core.numbers import Number
from tanheng.uncertainty import Balance, Component, Input, monte_carlo, propagate, reconcile

Row = dict[str, object]
TRIALS = 1_000_000
NAMES = [f"x{number}" for number in range(30)]


def best(work: Callable[[], object], runs: int = 5) -> float:
    """Return the shortest time of several runs, after one to warm up (s)."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def best_of_two(ours: Callable[[], object], peer: Callable[[], object], runs: int = 5) -> tuple[float, float]:
    """Return the shortest times of two pieces of work run in turn, so that both meet the same machine."""
    ours()
    peer()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for work, kept in zip((ours, peer), times, strict=True):
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return min(times[0]), min(times[1])


def thirty(**x: Number) -> Number:
    """Ten source streams, each mass × heat × factor, added up."""
    total = x["x0"] * x["x1"] * x["x2"]
    for first in range(3, 30, 3):
        total = total + x[f"x{first}"] * x[f"x{first + 1}"] * x[f"x{first + 2}"]
    return total


def row(name: str, target: str, figure: float, unit: str, peer: str, peer_figure: float | None) -> Row:
    ratio = figure / peer_figure if peer_figure else None
    return {
        "name": name,
        "target": target,
        "figure": figure,
        "unit": unit,
        "peer": peer,
        "peer_figure": peer_figure,
        "ratio": ratio,
    }


def monte_carlo_rows() -> list[Row]:
    inputs = {name: Input.normal(1 + number / 10, 0.01) for number, name in enumerate(NAMES)}

    def by_hand() -> tuple[float, float]:
        generator = np.random.default_rng(1)
        result = thirty(**{name: generator.normal(1 + number / 10, 0.01, TRIALS) for number, name in enumerate(NAMES)})
        return float(result.mean()), float(result.std(ddof=1))

    def ours() -> tuple[float, float]:
        result = monte_carlo(thirty, inputs, trials=TRIALS, seed=1)
        return result.mean, result.u

    single, peer = best_of_two(ours, by_hand)
    rows = [row("30 inputs, 1e6 trials, 1 thread", "≤ 1.2 × NumPy", single, "s", "NumPy by hand", peer)]
    two = best(lambda: monte_carlo(thirty, inputs, trials=TRIALS, seed=1, threads=2), runs=3)
    rows.append(row("the same, 2 threads", "same bytes", two, "s", "1 thread", single))
    rows.append(row("the same, OpenTURNS", "beside", single, "s", "OpenTURNS", _openturns()))
    return rows


def _openturns() -> float:
    import openturns

    openturns.RandomGenerator.SetSeed(1)
    joint = openturns.JointDistribution([openturns.Normal(1 + number / 10, 0.01) for number in range(30)])

    def work() -> float:
        sample = np.asarray(joint.getSample(TRIALS))
        result = thirty(**{name: sample[:, number] for number, name in enumerate(NAMES)})
        return float(result.std(ddof=1))

    return best(work, runs=2)


def linear_rows() -> list[Row]:
    """GUM propagation of the same model beside GTC used directly, and beside ``uncertainties``."""
    import GTC
    import uncertainties

    inputs = {name: Input.normal(1 + number / 10, 0.01, 20) for number, name in enumerate(NAMES)}

    def ours() -> tuple[float, float]:
        result = propagate(thirty, inputs)
        return result.u, result.dof

    def gtc() -> tuple[float, float]:
        result = thirty(**{name: GTC.ureal(1 + number / 10, 0.01, 20) for number, name in enumerate(NAMES)})
        return float(result.u), float(result.df)

    def linear() -> float:
        result = thirty(**{name: uncertainties.ufloat(1 + number / 10, 0.01) for number, name in enumerate(NAMES)})
        return float(result.std_dev)

    if not math.isclose(ours()[0], gtc()[0], rel_tol=1e-12) or not math.isclose(ours()[0], linear(), rel_tol=1e-9):
        raise AssertionError("the peers do not give the same uncertainty")
    own, peer = best_of_two(ours, gtc, runs=20)
    own_too, other = best_of_two(ours, linear, runs=20)
    return [
        row("GUM of 30 inputs, with groups and sensitivities", "beside", 1000 * own, "ms", "GTC alone", 1000 * peer),
        row("the same", "beside", 1000 * own_too, "ms", "uncertainties (no dof)", 1000 * other),
    ]


def plant_year() -> tuple[Callable[..., dict[str, Number]], dict[str, Input]]:
    """Twelve months of about forty inputs each, with meters and laboratories that stay the same."""
    inputs: dict[str, Input] = {}
    for month in range(12):
        for number in range(40):
            inputs[f"m{month}_{number}"] = Input.of(
                100.0 + number,
                [
                    Component.normal(relative=0.01, dof=30),
                    Component.rectangular(relative=0.005, group=f"scale {number % 7}"),
                    Component.normal(relative=0.003, group=f"laboratory {number % 5}"),
                ],
            )

    def model(**x: Number) -> dict[str, Number]:
        figures: dict[str, Number] = {}
        months = []
        for month in range(12):
            streams = []
            for first in range(0, 40, 4):
                mass, heat, factor, divisor = (x[f"m{month}_{first + step}"] for step in range(4))
                streams.append(mass * heat * factor / divisor * 44 / 12)
                figures[f"month.{month}.stream.{first}"] = streams[-1]
            figures[f"month.{month}"] = months_total = _sum(streams)
            months.append(months_total)
        figures["year"] = _sum(months)
        return figures

    return model, inputs


def _sum(values: list[Any]) -> Number:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def inventory_rows() -> list[Row]:
    model, inputs = plant_year()

    def with_budgets() -> int:
        return sum(len(result.budget) + len(result.parts) for result in propagate(model, inputs).values())

    return [
        row("plant-year, 480 inputs, 133 figures, GUM with budgets", "≤ 0.5 s", best(with_budgets), "s", "–", None),
        row(
            "plant-year by 1e5 trials, all figures kept",
            "≤ 2 s",
            best(lambda: monte_carlo(model, inputs, trials=100_000, seed=1), runs=3),
            "s",
            "–",
            None,
        ),
    ]


def reconciliation_rows() -> list[Row]:
    generator = np.random.default_rng(1)
    streams, rows = 200, 100
    matrix = np.zeros((rows, streams))
    for number in range(rows):
        matrix[number, generator.choice(streams, 5, replace=False)] = generator.choice([-1.0, 1.0], 5)
    truth = generator.uniform(10, 100, streams)
    u = 0.01 * truth
    measured = truth + u * generator.standard_normal(streams)
    constants = matrix @ truth
    names = [f"s{number}" for number in range(streams)]
    balances = [
        Balance.linear(f"b{number}", dict(zip(names, matrix[number].tolist(), strict=True)), -float(constants[number]))
        for number in range(rows)
    ]
    given = dict(zip(names, measured.tolist(), strict=True))
    covariance = np.diag(u * u)

    def by_hand() -> np.ndarray[Any, np.dtype[np.float64]]:
        # The smallest adjustment in units of u that closes the balances: least squares of minimum norm, no tests.
        scaled, *_ = np.linalg.lstsq(matrix * u, constants - matrix @ measured, rcond=None)
        return np.asarray(measured + u * scaled)

    ours = np.array([float(value or 0.0) for value in reconcile(given, covariance, balances).values.values()])
    if not np.allclose(ours, by_hand(), rtol=1e-9):
        raise AssertionError("the peer does not give the same reconciled streams")
    own, peer = best_of_two(lambda: reconcile(given, covariance, balances), by_hand, runs=30)
    return [row("200 streams, 100 balances, with all tests", "≤ 50 ms", 1000 * own, "ms", "numpy lstsq, no tests", 1000 * peer)]


# VmHWM belongs to the process; the maximum of getrusage is carried over from the process that started it.
_PEAK = """
import json, re, sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from bench_uncertainty import NAMES, plant_year, thirty
from tanheng.uncertainty import Input, monte_carlo, propagate
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
propagate(thirty, {{name: Input.normal(1.0, 0.01) for name in NAMES}})
start = peak()
if {which!r} == "thirty":
    monte_carlo(thirty, {{name: Input.normal(1.0, 0.01) for name in NAMES}}, trials=10**6, seed=1, threads=2)
else:
    model, inputs = plant_year()
    monte_carlo(model, inputs, trials=10**5, seed=1, threads=2)
print(json.dumps([start, peak()]))
"""


def memory_rows() -> list[Row]:
    """Peak memory of whole processes, imports included."""
    found = []
    for which, name in (("thirty", "peak memory, 30 inputs, 1e6 trials"), ("year", "peak memory, plant-year, 1e5 trials")):
        script = _PEAK.format(folder=str(__file__).rsplit("/", 1)[0], which=which)
        answer = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
        before, peak = json.loads(answer)
        found.append(row(name, "≤ 300 MB", peak, "MB", "imports alone", before))
    return found


def benchmarks() -> list[Row]:
    """Return name, target, figure, unit, peer, peer_figure and ratio of each measurement."""
    return [*monte_carlo_rows(), *linear_rows(), *inventory_rows(), *reconciliation_rows(), *memory_rows()]


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value if value is not None else "–")


if __name__ == "__main__":
    print(f"{'what':54} {'target':14} {'figure':>12} {'peer':24} {'peer figure':>12} {'ratio':>7}")
    for item in benchmarks():
        figure, peer_figure = (f"{_cell(item[key])} {item['unit']}" for key in ("figure", "peer_figure"))
        what = f"{item['name']!s:54} {item['target']!s:14} {figure:>12}"
        print(f"{what} {item['peer']!s:24} {peer_figure:>12} {_cell(item['ratio']):>7}")
