"""Allowances by the rules of 2025 and of the 2026 draft: the vectors, whole line by whole line."""

from __future__ import annotations

import functools
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tanheng.accounting.allocation import LineAllowance, LineYear, Plan, allocate, plan_of
from tanheng.standards import load_pack

FILE = json.loads((Path(__file__).parent / "ets_allocation.json").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = FILE["cases"]  # JSON of the case file: text in every field


@functools.cache
def plan(year: int) -> Plan:
    return plan_of(load_pack(), year)


def determined(case: dict[str, Any], year: int) -> LineAllowance:
    lines = [LineYear("1", Decimal(case["emissions"]), Decimal(case["clinker"]))]
    return allocate(lines, plan(year), balance_value=Decimal(FILE["balance_value"])).lines[0]


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_intensity_deviation_and_coefficient_are_those_of_the_vector(case: dict[str, Any], year: int) -> None:
    found = determined(case, year)
    assert found.intensity is not None
    assert found.deviation is not None
    assert found.coefficient is not None
    assert abs(found.intensity - Decimal(case["intensity"])) <= Decimal("5e-6")  # printed to five digits
    assert abs(found.deviation - Decimal(case["deviation"])) <= Decimal("5e-7")  # printed to six
    assert abs(found.coefficient - Decimal(case["coefficient"])) <= Decimal("5e-8")  # printed to seven


@pytest.mark.parametrize("case", [case for case in CASES if "allowance" in case], ids=lambda case: str(case["id"]))
def test_the_allowance_is_the_whole_tonnes_of_the_vector(case: dict[str, Any]) -> None:
    found = determined(case, 2026)
    assert found.allowance == Decimal(case["allowance"])
    assert found.surplus == Decimal(case["allowance"]) - Decimal(case["emissions"])
