"""The solver of the balance value: what it returns balances, and lines it cannot judge are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.formulas import FormulaError
from tanheng.formulas.allocation.balance_value import balance_value, surplus

PLAN = {"slope": Decimal("0.15"), "limit": Decimal("0.03")}
clinkers = st.decimals(200_000, 3_000_000, places=0)
intensities = st.decimals(Decimal("0.5"), Decimal("1.1"), places=4)
plants = st.lists(st.tuples(clinkers, intensities), min_size=1, max_size=8).map(
    lambda rows: [(clinker * intensity, clinker) for clinker, intensity in rows]
)


@settings(max_examples=50, deadline=None)
@given(plants)
def test_at_the_balance_value_surplus_and_deficit_cancel(lines: list[tuple[Decimal, Decimal]]) -> None:
    solved = balance_value(lines=lines, **PLAN)
    total = sum(emissions for emissions, _ in lines)
    # bracket 1E-12 t/t; the slope of the surplus is at most 0.15 · ΣE · I / BP², below 2 · ΣE
    assert abs(surplus(lines=lines, balance_value=solved, **PLAN)) <= 2 * Decimal("1E-12") * total


@settings(max_examples=25, deadline=None)
@given(plants, intensities, intensities)
def test_a_higher_balance_value_never_gives_less(lines: list[tuple[Decimal, Decimal]], a: Decimal, b: Decimal) -> None:
    low, high = sorted((a, b))
    assert surplus(lines=lines, balance_value=low, **PLAN) <= surplus(lines=lines, balance_value=high, **PLAN)


@settings(max_examples=25, deadline=None)
@given(plants, intensities)
def test_no_line_gains_or_loses_more_than_three_percent(lines: list[tuple[Decimal, Decimal]], at: Decimal) -> None:
    for line in lines:
        assert abs(surplus(lines=[line], balance_value=at, **PLAN)) <= Decimal("0.03") * line[0]


def test_equal_lines_balance_at_their_own_intensity() -> None:
    assert balance_value(lines=[(Decimal(8), Decimal(10))] * 3, **PLAN) == Decimal("0.8")


def test_symmetric_lines_are_met_exactly_at_a_midpoint() -> None:
    # 0.4 and 1.2 sit on the limits all around 0.8: equal emissions cancel at the first midpoint
    lines = [(Decimal(10), Decimal(25)), (Decimal(12), Decimal(10)), (Decimal(2), Decimal(5))]
    assert balance_value(lines=lines, **PLAN) == Decimal("0.8")


def test_intensities_whose_last_digit_exceeds_the_tolerance_end_at_that_digit() -> None:
    # the example of the docstring, times 1E45: at 50 digits neighbours lie 1E-5 apart, so no bracket is 1E-12 wide
    scale = Decimal("1E45")
    lines = [(Decimal("1.36") * scale, Decimal("1.7")), (Decimal("1.462") * scale, Decimal("1.7"))]
    assert round(balance_value(lines=lines, **PLAN) / scale, 6) == Decimal("0.831084")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "formulas.balance.no_line"),
        ([(Decimal(0), Decimal(10))], "formulas.balance.line"),
        ([(Decimal(8), Decimal(10)), (Decimal(1), Decimal(0))], "formulas.balance.line"),
        ([(Decimal(-8), Decimal(10))], "formulas.balance.line"),
    ],
)
def test_lines_without_emissions_or_clinker_are_refused(lines: list[tuple[Decimal, Decimal]], code: str) -> None:
    with pytest.raises(FormulaError) as raised:
        balance_value(lines=lines, **PLAN)
    assert raised.value.code == code


@pytest.mark.parametrize("name", ["slope", "limit", "tolerance"])
def test_constants_at_or_below_zero_are_refused(name: str) -> None:
    constants = {**PLAN, "tolerance": Decimal("1E-6"), name: Decimal(0)}
    with pytest.raises(FormulaError) as raised:
        balance_value(lines=[(Decimal(8), Decimal(10))], **constants)
    assert raised.value.code == "formulas.balance.constant"
