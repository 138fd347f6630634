"""Rounding at the reporting edge."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core.rounding import Mode, round_to

values = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=9)


# GB/T 8170 rounds an exact half to the even digit (四舍六入五成双); commercial rounding takes it away from zero.
@pytest.mark.parametrize(
    ("value", "even", "up", "floor"),
    [
        ("0.125", "0.12", "0.13", "0.12"),
        ("0.135", "0.14", "0.14", "0.13"),
        ("-0.125", "-0.12", "-0.13", "-0.13"),
        ("2.4999", "2.50", "2.50", "2.49"),
        ("7", "7.00", "7.00", "7.00"),
    ],
)
def test_the_three_modes_differ_on_the_half_and_below_zero(value: str, even: str, up: str, floor: str) -> None:
    assert str(round_to(Decimal(value), 2)) == even
    assert str(round_to(Decimal(value), 2, Mode.HALF_UP)) == up
    assert str(round_to(Decimal(value), 2, Mode.FLOOR)) == floor


def test_the_floor_to_whole_tonnes_is_that_of_the_allocation_plan() -> None:
    # management.md B.2, E = 1 462 000: A = floor(1 445 552.5)
    assert round_to(Decimal("1445552.500"), 0, Mode.FLOOR) == 1445552


@given(values, st.integers(0, 9), st.sampled_from(list(Mode)))
def test_rounding_twice_changes_nothing(value: Decimal, decimals: int, mode: Mode) -> None:
    once = round_to(value, decimals, mode)
    assert round_to(once, decimals, mode) == once
    assert once.as_tuple().exponent == -decimals


@given(values, st.integers(0, 9))
def test_rounding_moves_by_half_a_digit_at_most(value: Decimal, decimals: int) -> None:
    digit = Decimal(1).scaleb(-decimals)
    assert abs(round_to(value, decimals) - value) <= digit / 2
    assert 0 <= value - round_to(value, decimals, Mode.FLOOR) < digit
