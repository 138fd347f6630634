"""Totals of a totaliser. Expected values are worked by hand from the stands in each test."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core.aggregate import Exchange, Reading, StepEvent, Totaliser, steps, total
from tanheng.core.batch import Quality
from tanheng.core.errors import CalculationError
from tanheng.core.period import Span

MINUTE = 60_000


def stands(*values: int) -> list[Reading]:
    return [Reading(minute * MINUTE, value) for minute, value in enumerate(values)]


def test_a_total_is_the_difference_of_the_stands_at_both_ends() -> None:
    assert total(stands(100, 104, 109, 120), Span(MINUTE, 3 * MINUTE)).count == 120 - 104


def test_a_span_without_a_step_is_blank_and_not_zero() -> None:
    found = total(stands(100, 104), Span(10 * MINUTE, 20 * MINUTE))
    assert (found.count, found.steps) == (None, 0)


def test_a_register_that_stands_still_counts_zero() -> None:
    assert total(stands(100, 100, 100), Span(0, 2 * MINUTE)).count == 0


def test_a_step_over_a_gap_belongs_to_the_span_in_which_it_ends_and_the_gap_shows() -> None:
    readings = [Reading(0, 100), Reading(90 * MINUTE, 190)]
    first, second = total(readings, Span(0, 60 * MINUTE)), total(readings, Span(60 * MINUTE, 120 * MINUTE))
    assert (first.count, second.count, second.longest) == (None, 90, 90 * MINUTE)


def test_a_stand_that_does_not_count_is_passed_over() -> None:
    readings = [Reading(0, 100), Reading(MINUTE, 0, Quality.NO_DATA), Reading(2 * MINUTE, 107)]
    assert total(readings, Span(0, 2 * MINUTE)).count == 7


def test_a_stand_read_by_a_person_counts() -> None:
    readings = [Reading(0, 100, Quality.MANUAL), Reading(MINUTE, 130, Quality.MANUAL)]
    assert total(readings, Span(0, MINUTE)).count == 30


def test_a_roll_over_counts_over_the_top() -> None:
    found = total(stands(999_990, 5), Span(0, MINUTE), modulus=1_000_000)
    assert found.count == 10 + 5
    assert [step.event for step in found.events] == [StepEvent.ROLL_OVER]


def test_a_fall_far_below_the_modulus_is_a_reset_and_counts_from_zero() -> None:
    found = total(stands(400_000, 12), Span(0, MINUTE), modulus=1_000_000)
    assert found.count == 12
    assert [step.event for step in found.events] == [StepEvent.RESET]


def test_a_jitter_backwards_does_not_count_as_a_reset() -> None:
    found = total(stands(1000, 999, 1003), Span(0, 2 * MINUTE))
    assert found.count == 3
    assert [step.event for step in found.events] == [StepEvent.BACKWARD]


def test_a_fall_to_nine_tenths_is_backward_and_one_below_it_a_reset() -> None:
    assert [step.event for step in steps(stands(1000, 900))] == [StepEvent.BACKWARD]
    assert [step.event for step in steps(stands(1000, 899))] == [StepEvent.RESET]


def test_an_exchange_adds_what_the_old_meter_ran_to_what_the_new_one_ran() -> None:
    exchange = Exchange(time=90_000, final=112, initial=50)
    found = total(stands(100, 110, 53), Span(0, 2 * MINUTE), exchanges=[exchange])
    assert found.count == 10 + (112 - 110) + (53 - 50)
    assert [step.event for step in found.events] == [StepEvent.EXCHANGE]


def test_an_exchange_nobody_read_leaves_out_only_what_ran_unread() -> None:
    exchange = Exchange(time=90_000, final=None, initial=0)
    assert total(stands(100, 110, 3), Span(0, 2 * MINUTE), exchanges=[exchange]).count == 10 + 3


def test_a_reading_at_the_instant_of_an_exchange_is_the_new_meters() -> None:
    exchange = Exchange(time=MINUTE, final=104, initial=0)
    assert total(stands(100, 2, 7), Span(0, 2 * MINUTE), exchanges=[exchange]).count == 4 + 2 + 5


def test_an_exchange_after_the_last_reading_still_closes_the_old_meter() -> None:
    exchange = Exchange(time=90_000, final=115, initial=0)
    assert total(stands(100, 110), Span(0, 2 * MINUTE), exchanges=[exchange]).count == 15


def test_readings_out_of_order_are_refused_with_both_instants() -> None:
    register = Totaliser()
    register.add(Reading(MINUTE, 5))
    with pytest.raises(CalculationError, match="60000 ms is not later than 60000 ms"):
        register.add(Reading(MINUTE, 6))


@pytest.mark.parametrize("modulus", [0, -1])
def test_a_modulus_of_nothing_is_refused(modulus: int) -> None:
    with pytest.raises(CalculationError, match="modulus"):
        Totaliser(modulus=modulus)


def test_two_exchanges_at_one_instant_are_refused() -> None:
    with pytest.raises(CalculationError, match="Exchanges come in order"):
        Totaliser(exchanges=[Exchange(5, 1, 0), Exchange(5, 2, 0)])


@given(
    st.lists(st.tuples(st.integers(1, 10 * MINUTE), st.integers(0, 10**12)), min_size=2, max_size=40),
    st.lists(st.integers(0, 400 * MINUTE), min_size=1, max_size=6),
)
def test_adjoining_spans_add_up_to_their_whole(gaps: list[tuple[int, int]], cuts: list[int]) -> None:
    readings, time = [], 0
    for gap, value in gaps:
        time += gap
        readings.append(Reading(time, value))
    edges = [0, *sorted(cuts), 400 * MINUTE]
    parts = [total(readings, Span(start, end)).count or 0 for start, end in itertools.pairwise(edges)]
    assert sum(parts) == (total(readings, Span(0, 400 * MINUTE)).count or 0)


@given(st.lists(st.integers(0, 9_999), min_size=1, max_size=30), st.integers(0, 9_999))
def test_a_register_that_rolls_over_counts_all_that_ran(increments: list[int], start: int) -> None:
    modulus, ran, readings = 100_000, start, [Reading(0, start)]
    for minute, increment in enumerate(increments, start=1):
        ran += increment
        readings.append(Reading(minute * MINUTE, ran % modulus))
    assert total(readings, Span(0, 30 * MINUTE), modulus=modulus).count == sum(increments)
