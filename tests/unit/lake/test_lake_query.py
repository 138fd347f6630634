"""Questions to the lake. The rules are those of ``core.aggregate``; what follows from them is compared with hand work here,
and with ``core.aggregate`` itself on random series in ``test_lake_equals_aggregate``."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from tanheng.core.aggregate import Exchange, HourState, Integral, StepEvent, ValidityRule
from tanheng.core.batch import Quality
from tanheng.core.period import Month, PlantClock, Span
from tanheng.lake import Completeness, Engine, PlantLake, Query, QueryError, Register, Rows

CLOCK = PlantClock()
OCTOBER = CLOCK.month(Month(2026, 10))
START = OCTOBER.start
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
RULE = ValidityRule(minutes=45, hours=20, days=25, days_in_february=23)


def fill(lake: PlantLake, channel: int, readings: list[tuple[int, int]], quality: Quality = Quality.GOOD) -> None:
    """Store (ms after the start of October, value)."""
    count = len(readings)
    rows = Rows(
        np.full(count, channel, np.int32),
        np.array([START + time for time, _ in readings], np.int64),
        np.zeros(count, np.int16),
        np.array([value for _, value in readings], np.int64),
        np.full(count, quality, np.uint8),
        np.zeros(count, np.int64),
    )
    lake.append(rows, now=OCTOBER.end)


def hours(count: int) -> list[Span]:
    return [Span(START + index * HOUR, START + (index + 1) * HOUR) for index in range(count)]


def test_a_chart_gets_smallest_largest_first_last_and_mean_of_each_stretch(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(minute * MINUTE, (minute * 7) % 60) for minute in range(120)])
    points = query.points([1], Span(START, START + 2 * HOUR), points=2)[1]
    assert [(point.start - START, point.smallest, point.largest) for point in points] == [(0, 0, 59), (HOUR, 0, 59)]
    assert (points[0].first, points[0].last) == (0, (59 * 7) % 60)
    assert (points[0].summed, points[0].readings) == (sum(range(60)), 60)  # 7 is prime to 60: each value once


def test_a_chart_has_no_point_where_nothing_was_read(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(0, 1), (5 * HOUR, 2)])
    assert [point.start - START for point in query.stretches([1], Span(START, START + DAY), width=HOUR)[1]] == [0, 5 * HOUR]


def test_a_reading_that_does_not_count_shows_as_another(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(0, 999)], Quality.FAULT)
    point = query.stretches([1], Span(START, START + HOUR), width=HOUR)[1][0]
    assert (point.largest, point.readings, point.others) == (None, 0, 1)


@pytest.mark.parametrize("points", [0, 100_001])
def test_a_chart_of_too_few_or_too_many_points_is_refused(query: Query, points: int) -> None:
    with pytest.raises(QueryError, match="points are not between"):
        query.points([1], OCTOBER, points=points)


def test_the_last_value_is_found_however_long_ago_it_came(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(0, 5), (MINUTE, 6)])
    fill(lake, 2, [(20 * DAY, 9)])
    found = query.last([1, 2, 3], at=START + 21 * DAY)
    assert {channel: (reading.time - START, reading.value) for channel, reading in found.items()} == {
        1: (MINUTE, 6),
        2: (20 * DAY, 9),
    }


def test_the_last_value_is_not_looked_for_beyond_the_lookback(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(0, 5)])
    assert query.last([1], at=START + 10 * DAY, lookback=9 * DAY) == {}
    assert query.last([1], at=START + 10 * DAY, lookback=11 * DAY)[1].value == 5


def test_a_total_begins_with_the_stand_before_the_span(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(-40 * DAY, 100), (HOUR, 160), (3 * HOUR, 175)])
    totals = query.totals([Register(1)], hours(3))[1]
    assert [total.count for total in totals] == [60, None, 15]
    assert totals[0].longest == 40 * DAY + HOUR


def test_totals_of_a_register_that_rolled_over_was_reset_and_exchanged(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(0, 99_990), (HOUR, 15), (2 * HOUR, 5_000), (3 * HOUR, 20), (4 * HOUR, 7)])
    exchange = Exchange(time=START + 3 * HOUR + 1, final=22, initial=0)
    totals = query.totals([Register(1, modulus=100_000, exchanges=(exchange,))], hours(4))[1]
    assert [total.count for total in totals] == [25, 4985, 20, 2 + 7]
    assert [[step.event for step in total.events] for total in totals] == [
        [StepEvent.ROLL_OVER],
        [],
        [StepEvent.RESET],
        [StepEvent.EXCHANGE],
    ]


def test_a_month_of_a_register_in_a_zone_half_an_hour_off(lake: PlantLake, query: Query) -> None:
    kolkata = PlantClock("Asia/Kolkata")
    month = kolkata.month(Month(2026, 10))
    fill(lake, 1, [(month.start - START, 10), (month.end - START, 40), (month.end - START + 1, 90)])
    assert query.totals([Register(1)], [month])[1][0].count == 30


def test_a_total_of_nothing_is_blank(query: Query) -> None:
    assert query.totals([Register(1)], hours(1))[1][0].count is None


def test_the_integral_of_a_rate_is_split_where_a_span_ends(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(-10 * MINUTE, 6), (50 * MINUTE, 60)])
    found = query.integrals([1], hours(2), hold=30 * MINUTE)[1]
    assert found == [Integral(6 * 20 * MINUTE + 60 * 10 * MINUTE, 30 * MINUTE), Integral(60 * 20 * MINUTE, 20 * MINUTE)]


def test_a_reading_that_stands_for_hours_reaches_over_many_spans(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(30 * MINUTE, 2)])
    found = query.integrals([1], hours(4), hold=3 * HOUR)[1]
    assert [part.covered for part in found] == [30 * MINUTE, HOUR, HOUR, 30 * MINUTE]


def test_sums_and_numbers_of_a_channel_that_reports_amounts(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(0, 5), (MINUTE, 6), (HOUR, 7), (3 * HOUR, 8)])
    apart = [Span(START, START + HOUR), Span(START + 2 * HOUR, START + 4 * HOUR)]
    assert query.sums([1], apart)[1] == [(11, 2), (8, 1)]


def test_completeness_counts_minutes_with_a_value_and_valid_ones(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(minute * MINUTE, 1) for minute in range(1000)])
    fill(lake, 1, [(minute * MINUTE, 1) for minute in range(1000, 1100)], Quality.MAINTENANCE)
    fill(lake, 1, [(minute * MINUTE, 0) for minute in range(1100, 1200)], Quality.NO_DATA)
    days = [CLOCK.day(datetime.date(2026, 10, 1)), CLOCK.day(datetime.date(2026, 10, 2))]
    assert query.completeness([1, 2], days) == {
        1: [Completeness(1100, 1000, 340), Completeness(0, 0, 1440)],
        2: [Completeness(0, 0, 1440), Completeness(0, 0, 1440)],
    }


def test_completeness_counts_a_minute_once_however_often_it_was_read(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(second * 1000, 1) for second in range(0, 3600, 10)])
    fill(lake, 1, [(second * 1000 + 5, 1) for second in range(0, 7200, 10)])
    day = CLOCK.day(datetime.date(2026, 10, 1))
    assert query.completeness([1], [day])[1][0].minutes == 120


def test_completeness_is_the_same_before_and_after_sealing_and_correcting(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(minute * MINUTE, 1) for minute in range(600)])
    lake.correct(channel=1, time=START, value=2, quality=Quality.MANUAL, entry=1, now=OCTOBER.end)
    day = CLOCK.day(datetime.date(2026, 10, 1))
    before = query.completeness([1], [day])
    lake.seal(Month(2026, 10), now=OCTOBER.end)
    assert query.completeness([1], [day]) == before == {1: [Completeness(600, 599, 840)]}


def test_valid_minutes_make_valid_hours(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(minute * MINUTE, minute) for minute in range(45)])
    fill(lake, 1, [(HOUR + minute * MINUTE, 5) for minute in range(44)])
    fill(lake, 1, [(2 * HOUR + minute * MINUTE, 0) for minute in range(60)], Quality.STOPPED)
    found = query.hours([1], hours(4), rule=RULE)[1]
    assert [hour.state for hour in found] == [HourState.VALID, HourState.INVALID, HourState.STOPPED, HourState.INVALID]
    assert found[0].mean == 22


def test_no_channels_have_no_answers(lake: PlantLake, query: Query) -> None:
    fill(lake, 1, [(0, 5)])
    assert not query.completeness([], hours(1))
    assert not query.totals([], hours(1))
    assert not query.sums([], hours(1))
    assert not query.last([], at=START)


def test_hours_that_are_no_hours_are_refused(query: Query) -> None:
    with pytest.raises(QueryError, match="whole hours"):
        query.hours([1], [Span(START, START + MINUTE)], rule=RULE)


@pytest.mark.parametrize("spans", [[], [Span(5, 5)], [Span(0, 10), Span(9, 20)], [Span(10, 20), Span(0, 5)]])
def test_spans_that_are_empty_overlap_or_run_backwards_are_refused(query: Query, spans: list[Span]) -> None:
    with pytest.raises(QueryError, match="Spans are not empty"):
        query.totals([Register(1)], spans)


def test_a_reading_that_stands_for_no_time_is_refused(query: Query) -> None:
    with pytest.raises(QueryError, match="holding time"):
        query.integrals([1], hours(1), hold=0)


@pytest.mark.parametrize(("memory", "threads"), [(1, 1), (256, 0)])
def test_an_engine_without_memory_or_threads_is_refused(memory: int, threads: int) -> None:
    with pytest.raises(QueryError, match="cannot run with"):
        Engine(memory_mib=memory, threads=threads)
