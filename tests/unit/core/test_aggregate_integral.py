"""The integral of a rate, and the border from counts to ``Decimal``. Expected values are worked by hand."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core.aggregate import Integrator, Reading, amount, averaged, integral, integrated
from tanheng.core.batch import Quality
from tanheng.core.errors import CalculationError, NumberError
from tanheng.core.period import Span

MINUTE = 60_000
HOUR = 60 * MINUTE


def test_a_constant_rate_over_an_hour_is_the_rate_times_the_hour() -> None:
    readings = [Reading(minute * MINUTE, 2085) for minute in range(60)]
    found = integral(readings, Span(0, HOUR), hold=MINUTE)
    assert found.covered == HOUR
    assert integrated(found.count_ms or 0, decimals=1) == Decimal("208.5")


def test_a_reading_stands_no_longer_than_it_may() -> None:
    found = integral([Reading(0, 60)], Span(0, HOUR), hold=2 * MINUTE)
    assert (found.count_ms, found.covered) == (60 * 2 * MINUTE, 2 * MINUTE)


def test_a_reading_before_the_span_reaches_into_it() -> None:
    found = integral([Reading(-30_000, 10)], Span(0, HOUR), hold=MINUTE)
    assert (found.count_ms, found.covered) == (10 * 30_000, 30_000)


def test_a_bad_reading_leaves_a_gap_and_no_zero() -> None:
    readings = [Reading(0, 10), Reading(MINUTE, 0, Quality.FAULT), Reading(2 * MINUTE, 10)]
    found = integral(readings, Span(0, 3 * MINUTE), hold=5 * MINUTE)
    assert (found.count_ms, found.covered) == (10 * 2 * MINUTE, 2 * MINUTE)


def test_a_plant_at_rest_covers_its_time_with_zero() -> None:
    found = integral([Reading(0, 0, Quality.STOPPED)], Span(0, MINUTE), hold=MINUTE)
    assert (found.count_ms, found.covered) == (0, MINUTE)


def test_nothing_covered_is_blank() -> None:
    assert integral([], Span(0, HOUR), hold=MINUTE).count_ms is None


def test_readings_out_of_order_are_refused_by_the_integrator() -> None:
    rate = Integrator(MINUTE)
    rate.add(Reading(5, 1))
    with pytest.raises(CalculationError, match="in order of time"):
        rate.add(Reading(4, 1))


def test_a_holding_time_of_nothing_is_refused() -> None:
    with pytest.raises(CalculationError, match="holding time"):
        Integrator(0)


@given(
    st.lists(st.tuples(st.integers(1, 5 * MINUTE), st.integers(-(10**9), 10**9)), min_size=1, max_size=30),
    st.lists(st.integers(0, 150 * MINUTE), max_size=5),
)
def test_adjoining_spans_of_an_integral_add_up(gaps: list[tuple[int, int]], cuts: list[int]) -> None:
    readings, time = [], 0
    for gap, value in gaps:
        time += gap
        readings.append(Reading(time, value))
    edges = [0, *sorted(cuts), 200 * MINUTE]
    parts = [integral(readings, Span(a, b), hold=2 * MINUTE) for a, b in itertools.pairwise(edges)]
    whole = integral(readings, Span(0, 200 * MINUTE), hold=2 * MINUTE)
    assert sum(part.count_ms or 0 for part in parts) == (whole.count_ms or 0)
    assert sum(part.covered for part in parts) == whole.covered


def test_an_amount_keeps_every_digit() -> None:
    assert amount(10**17 + 1, decimals=6) == Decimal("100000000000.000001")


def test_a_rate_in_cubic_metres_a_second_is_divided_by_seconds() -> None:
    assert integrated(116_188 * HOUR, decimals=3, per_ms=1000) == Decimal("418276.8")


def test_a_mean_is_divided_once_at_the_end() -> None:
    assert averaged(Fraction(1, 3), decimals=0) == Decimal("0." + 50 * "3")


@pytest.mark.parametrize("decimals", [-1, 19])
def test_decimals_beyond_a_count_are_refused(decimals: int) -> None:
    with pytest.raises(NumberError, match="decimals"):
        amount(1, decimals=decimals)


def test_a_unit_of_time_of_nothing_is_refused() -> None:
    with pytest.raises(NumberError, match="unit of time"):
        integrated(1, decimals=0, per_ms=0)
