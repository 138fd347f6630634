"""Counts: exact from integers, decimals and binary floats; no float is stored."""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.errors import EdgeError
from tanheng.edge.scaling import Scaling


@pytest.mark.parametrize(
    ("raw", "options", "expected"),
    [
        (12345, {"decimals": 3, "factor": Fraction(1, 10)}, 1234500),
        (-1, {"decimals": 0}, -1),
        (Decimal("0.25"), {"decimals": 1}, 2),  # a tie goes to the even count
        (Decimal("0.35"), {"decimals": 1}, 4),
        (Decimal("-0.25"), {"decimals": 1}, -2),
        (4000, {"decimals": 1, "factor": Fraction(100, 16000), "offset": Fraction(-25)}, 0),  # 4 mA of 4–20 mA
        (20000, {"decimals": 1, "factor": Fraction(100, 16000), "offset": Fraction(-25)}, 1000),  # 20 mA
        (1234, {"decimals": 0, "meter_factor": Fraction(800, 5) * Fraction(10000, 100)}, 19_744_000),  # 1234·160·100 by hand
        (struct.unpack(">f", bytes.fromhex("41ac7ae1"))[0], {"decimals": 3}, 21560),  # 21.56 as a 32-bit float
    ],
)
def test_a_raw_number_becomes_the_count_made_by_hand(raw: Any, options: dict[str, Any], expected: int) -> None:
    assert Scaling(**options).count(raw) == expected


@settings(deadline=None)
@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=6),
    st.integers(0, 6),
    st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000),
)
def test_counts_equal_the_rounding_of_pythons_fractions(raw: Decimal, decimals: int, factor: Fraction) -> None:
    """``round`` of a ``Fraction`` is half to even, by the standard library."""
    assert Scaling(decimals=decimals, factor=factor).count(raw) == round(Fraction(raw) * factor * 10**decimals)


NOT_A_COUNT = [math.nan, math.inf, -math.inf, Decimal("NaN"), Decimal("Infinity"), 1 << 63, -(1 << 63) - 1, 1e300]


@pytest.mark.parametrize("raw", NOT_A_COUNT)
def test_what_is_no_finite_64_bit_count_is_refused(raw: Any) -> None:
    with pytest.raises(EdgeError):
        Scaling(decimals=0).count(raw)


@pytest.mark.parametrize(
    "options",
    [{"decimals": -1}, {"decimals": 10}, {"decimals": 0, "factor": Fraction(0)}, {"decimals": 0, "meter_factor": Fraction(0)}],
)
def test_scalings_without_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(EdgeError):
        Scaling(**options)


def test_the_declared_range_includes_its_ends() -> None:
    scaling = Scaling(decimals=0, low=Fraction(0), high=Fraction(100))
    assert [scaling.in_range(raw) for raw in (-1, 0, 50.5, 100, Decimal("100.01"))] == [False, True, True, True, False]
