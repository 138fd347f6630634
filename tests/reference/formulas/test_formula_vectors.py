"""Reference vectors: every formula against numbers that came from outside, case by case."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any  # JSON as it was written

import pytest

from tanheng.core.numbers import calculating, to_decimal, total
from tanheng.core.rounding import Mode, round_to
from tanheng.formulas import registry
from tanheng.formulas.allocation import balance_value as solver
from tanheng.formulas.energy.levels import level_reached

HERE = Path(__file__).parent
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.json"))}
PLAN = {"slope": Decimal("0.15"), "limit": Decimal("0.03")}


def cases() -> Iterator[Any]:
    for name, content in FILES.items():
        for case in content["cases"]:
            yield pytest.param(case, id=f"{name}: {case['id']}")


def numbers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {role: numbers(item) for role, item in value.items()}
    if isinstance(value, list):
        return [tuple(map(to_decimal, item)) if isinstance(item, list) else to_decimal(item) for item in value]
    return to_decimal(value)


@pytest.mark.parametrize("case", list(cases()))
def test_a_formula_gives_the_number_from_outside(case: dict[str, Any]) -> None:
    with calculating():
        result = registry.get(case["formula"]).evaluate(numbers(case["arguments"]))
        assert abs(result - Decimal(case["expected"])) <= Decimal(case["tolerance"]), result


def test_every_formula_has_a_number_from_outside() -> None:
    covered = {case["formula"] for content in FILES.values() for case in content["cases"]}
    assert covered == {formula.id for formula in registry.all()}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_vectors_says_where_they_come_from(name: str) -> None:
    assert {"title", "origin", "licence", "check", "cases"} <= set(FILES[name])
    assert all(case["tolerance"] == "0" or case.get("note") for case in FILES[name]["cases"]), "a tolerance needs a reason"


def whole_tonnes(emissions: Decimal, clinker: Decimal, balance_value: Decimal) -> Decimal:
    """Return the allowance as the plan gives it: formulas, then the floor."""
    intensity = registry.get("cn.allocation.intensity").function(emissions=emissions, clinker=clinker)
    deviation = registry.get("cn.allocation.deviation").function(balance_value=balance_value, intensity=intensity)
    coefficient = registry.get("cn.allocation.coefficient").function(deviation=deviation, **PLAN)
    allowance = registry.get("cn.allocation.allowance").function(emissions=emissions, coefficient=coefficient)
    return round_to(allowance, 0, Mode.FLOOR)


@pytest.mark.parametrize("row", FILES["allocation"]["floors"], ids=lambda row: row["emissions"])
def test_a_line_is_given_the_whole_tonnes_of_the_table(row: dict[str, str]) -> None:
    with calculating():
        emissions = Decimal(row["emissions"])
        given = whole_tonnes(emissions, Decimal(row["clinker"]), Decimal(row["coefficient_from_balance_value"]))
    assert given == Decimal(row["allowance"])
    assert given - emissions == Decimal(row["difference"])


def test_the_balance_value_is_solved_and_is_not_the_mean() -> None:
    vector = FILES["allocation"]["balance_value"]
    lines = [(Decimal(emissions), Decimal(clinker)) for emissions, clinker in vector["lines"]]
    solved = solver.balance_value(lines=lines, **PLAN)
    assert abs(solved - Decimal(vector["expected"])) <= Decimal(vector["tolerance"])
    mean = total([emissions for emissions, _ in lines]) / total([clinker for _, clinker in lines])
    assert round_to(mean, 6) == Decimal(vector["mean"])
    # the bracket is 1E-12 t/t wide and the surplus rises by about 1E6 t per t/t
    assert abs(solver.surplus(lines=lines, balance_value=solved, **PLAN)) < Decimal("1E-5")


@pytest.mark.parametrize("row", FILES["gb16780"]["levels"], ids=lambda row: row["indicator"])
def test_a_consumption_reaches_the_level_of_the_table(row: dict[str, Any]) -> None:
    limits = [Decimal(limit) for limit in row["limits"]]
    assert [level_reached(value=Decimal(value), limits=limits) for value, _ in row["reached"]] == [
        level for _, level in row["reached"]
    ]
