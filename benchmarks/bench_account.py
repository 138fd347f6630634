"""Accounting one plant-year in full trace, a fleet of plants as arrays, and the start of the command line.

The fleet runs through the very graph of one plant's account, with an array of a thousand plants at every entry. Beside it stand
the same sums written out by hand in NumPy and in pandas: what a person would write who wants the totals and no trace.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from tanheng.accounting.account import account
from tanheng.accounting.entries import Cell, Entry, Ledger
from tanheng.accounting.folder import read_folder
from tanheng.accounting.graph import Absence, Value, run
from tanheng.accounting.inventory import Inventory, official
from tanheng.accounting.plant import Basis, Clinker, Line, Place, Plant, Stream, StreamKind
from tanheng.accounting.vocabulary import clinker_kinds, known_items, rulebook_ids
from tanheng.core.numbers import to_array
from tanheng.core.states import Origin
from tanheng.standards import load_pack

Row = dict[str, object]
Array = np.ndarray[Any, np.dtype[np.float64]]

PLANTS = 1000
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
EXAMPLE = Path(__file__).parents[1] / "examples" / "hubei-5000tpd"

WORDS = {"zh": "x", "en": "x"}
ENTRIES = {  # quantity: monthly value, unit
    "line.1.fuel.coal.consumption": ("17000.00", "t"),
    "line.1.fuel.coal.net_calorific_value": ("23.076", "GJ/t"),
    "line.1.fuel.diesel.consumption": ("15.00", "t"),
    "line.1.clinker.portland.output": ("135000", "t"),
    "line.1.material.carbide_slag.consumption": ("2000", "t"),
    "line.1.material.steel_slag.consumption": ("1500", "t"),
    "line.1.electricity.consumed": ("7500", "MWh"),
    "enterprise.electricity.purchased": ("9000", "MWh"),
}


def row(name: str, target: str, figure: float, unit: str, peer: str, peer_figure: float | None) -> Row:
    """Return one line of the table."""
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


def in_turn(*works: Callable[[], object], rounds: int = 9) -> list[float]:
    """Return the shortest time of each piece of work (ms), run in turn so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, kept in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            kept.append((time.perf_counter() - start) * 1000)
    return [min(kept) for kept in times]


def one_line() -> Inventory:
    """Return the account of a small plant: one line, two fuels, one clinker, two materials, electricity."""
    fuels = [
        Stream(name, StreamKind.FUEL, item, "line.1", Place.KILN, WORDS, "cement_kiln")
        for name, item in (("coal", "bituminous_coal"), ("diesel", "diesel"))
    ]
    materials = [
        Stream(name, StreamKind.MATERIAL, name, "line.1", Place.MILL, WORDS) for name in ("carbide_slag", "steel_slag")
    ]
    line = Line("1", WORDS, Decimal(5000), "4.8×72", (Clinker("portland", "portland", WORDS),))
    plant = Plant("fleet", WORDS, "", "hubei", 2025, MONTHS, (line,), (*fuels, *materials), "cn.cets")
    return account(plant, Ledger.of(_entry(name, month) for name in ENTRIES for month in MONTHS), load_pack())


def _entry(quantity: str, period: str) -> Entry:
    value, unit = ENTRIES[quantity]
    basis = Basis.AS_RECEIVED if quantity.endswith("calorific_value") else None
    place = Place.MILL if ".material." in quantity else Place.KILN if ".fuel." in quantity else None
    return Entry(quantity, period, Decimal(value), unit, Origin.MEASURED, Cell("bench"), basis, place)


def fleet(inventory: Inventory, plants: int = PLANTS) -> dict[str, Value]:
    """Return the leaves of the graph with an array of plants at every entry, each a little different."""
    chance = np.random.default_rng(2025)
    leaves: dict[str, Value] = {}
    for key, value in inventory.leaves.items():
        if isinstance(value, Absence):
            leaves[key] = value
        elif key in inventory.inputs:
            leaves[key] = float(value) * chance.uniform(0.9, 1.1, plants)
        else:
            leaves[key] = to_array(value)
    return leaves


def by_numpy(inputs: Mapping[str, Array], factor: Mapping[str, float]) -> Array:
    """Return direct emissions with purchased electricity of every plant: the sums by hand, months in rows."""
    coal = inputs["line.1.fuel.coal.consumption"] * inputs["line.1.fuel.coal.net_calorific_value"]
    combustion = coal * factor["coal"] + inputs["line.1.fuel.diesel.consumption"] * factor["diesel"]
    process = (
        inputs["line.1.clinker.portland.output"] * factor["clinker"]
        - inputs["line.1.material.carbide_slag.consumption"] * factor["carbide_slag"]
        - inputs["line.1.material.steel_slag.consumption"] * factor["steel_slag"]
    )
    energy = inputs["enterprise.electricity.purchased"] * factor["grid"]
    return np.asarray((combustion + process + energy).sum(axis=0))


def by_pandas(table: Any, factor: Mapping[str, float]) -> Any:  # pandas ships no types
    """Return the same from a long table with a row a plant and month."""
    coal = table["line.1.fuel.coal.consumption"] * table["line.1.fuel.coal.net_calorific_value"] * factor["coal"]
    emission = (
        coal
        + table["line.1.fuel.diesel.consumption"] * factor["diesel"]
        + table["line.1.clinker.portland.output"] * factor["clinker"]
        - table["line.1.material.carbide_slag.consumption"] * factor["carbide_slag"]
        - table["line.1.material.steel_slag.consumption"] * factor["steel_slag"]
        + table["enterprise.electricity.purchased"] * factor["grid"]
    )
    return emission.groupby(table["plant"]).sum()


def factors(inventory: Inventory) -> dict[str, float]:
    """Return what the hand-written sums multiply by, out of the parameters the account used."""
    value = {str(parameter.id): float(parameter.value) for parameter in inventory.parameters.values()}
    percent = 44 / 12 / 100
    return {
        "coal": value["cn.cets.fuel.bituminous_coal.carbon_content"] * value["cn.cets.oxidation.solid.cement_kiln"] * percent,
        "diesel": value["cn.cets.fuel.diesel.net_calorific_value"]
        * value["cn.cets.fuel.diesel.carbon_content"]
        * value["cn.cets.oxidation.liquid.any"]
        * percent,
        "clinker": value["cn.cets.clinker.portland.process_factor"],
        "carbide_slag": value["cn.cets.deduction.carbide_slag.coefficient"],
        "steel_slag": value["cn.cets.deduction.steel_slag.coefficient"],
        "grid": value["cn.grid.national_average_factor"],
    }


def fleet_rows() -> list[Row]:
    """Return a thousand plants through the graph, beside NumPy and pandas."""
    import pandas as pd

    inventory = one_line()
    leaves, factor = fleet(inventory), factors(inventory)
    shape = official(inventory.nodes, inventory.leaves)
    inputs = {name: np.array([leaves[f"{name}@{month}"] for month in MONTHS]) for name in ENTRIES}
    table = pd.DataFrame({name: values.ravel() for name, values in inputs.items()})
    table["plant"] = np.tile(np.arange(PLANTS), len(MONTHS))

    def graph() -> dict[str, Value]:
        return run(inventory.nodes, leaves, shape=shape)

    expected = by_numpy(inputs, factor)
    found = graph()["enterprise.energy_included"]
    if not np.allclose(found, expected, rtol=1e-12) or not np.allclose(by_pandas(table, factor), expected, rtol=1e-12):
        raise AssertionError("the three do not give the same totals")
    ours, numpy_time, pandas_time = in_turn(graph, lambda: by_numpy(inputs, factor), lambda: by_pandas(table, factor))
    what = f"{PLANTS} plants × 12 months, all {len(inventory.nodes)} figures"
    return [
        row(what, "≤ 100 ms", ours, "ms", "NumPy, one total by hand", numpy_time),
        row("the same", "≤ 100 ms", ours, "ms", "pandas, one total by hand", pandas_time),
    ]


def plant_rows() -> list[Row]:
    """Return one plant-year in full trace."""
    pack = load_pack()
    year = read_folder(
        EXAMPLE,
        known_items=lambda own: known_items(pack, own),
        known_clinkers=clinker_kinds(pack),
        known_rulebooks=rulebook_ids(pack),
    )
    inventory = one_line()
    inputs = {name: np.array([float(_entry(name, month).value or 0) for month in MONTHS])[:, None] for name in ENTRIES}
    factor = factors(inventory)
    two_lines, one, peer = in_turn(
        lambda: account(year.plant, year.ledger, pack), one_line, lambda: by_numpy(inputs, factor), rounds=15
    )
    figures = len(account(year.plant, year.ledger, pack).figures)
    return [
        row(f"plant-year, two lines, full trace, {figures} figures", "≤ 50 ms", two_lines, "ms", "–", None),
        row("plant-year, one line, full trace", "≤ 50 ms", one, "ms", "NumPy, one total, no trace", peer),
    ]


# VmHWM belongs to the process; the maximum of getrusage is carried over from the process that started it.
_PEAK = """
import re
from pathlib import Path
from benchmarks.bench_account import fleet, one_line, run
inventory = one_line()
{work}
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def _peak(work: str) -> float:
    root = Path(__file__).parents[1]
    answer = subprocess.run(
        [sys.executable, "-c", _PEAK.format(work=work)], check=True, capture_output=True, text=True, cwd=root
    )
    return int(answer.stdout) / 1024


def memory_rows() -> list[Row]:
    """Return the peak memory of a whole process, imports included."""
    peak, imports = _peak("run(inventory.nodes, fleet(inventory))"), _peak("")
    return [row(f"peak memory, {PLANTS} plants × 12 months", "< 300 MB", peak, "MB", "imports and one plant", imports)]


def start_rows() -> list[Row]:
    """Return the start of the command line beside that of Python itself."""

    def command(*words: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)

    ours, python = in_turn(command("-m", "tanheng", "--help"), command("-c", ""), rounds=7)
    return [row("tanheng --help", "≤ 400 ms", ours, "ms", "python -c ''", python)]


def benchmarks() -> list[Row]:
    """Return name, target, figure, unit, peer, peer_figure and ratio of each measurement."""
    return [*plant_rows(), *fleet_rows(), *memory_rows(), *start_rows()]
