"""A month of a CO₂ CEMS in the lake: valid minutes to hours, days and month, and the failed hours substituted and shown apart.

The plant is simulated; the truth of the hours in which the analyser gave nothing is known, so the substitute can be judged.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tanheng.core.aggregate import (
    Cause,
    Filled,
    Hour,
    HourState,
    SubstitutionRow,
    ValidityRule,
    averaged,
    capture_rate,
    day_of_hours,
    month_of_days,
    substitute,
)
from tanheng.core.period import Month, Span
from tanheng.lake import PlantLake, Query, Rows
from tanheng.simulator import PlantRun, generate, load
from tanheng.simulator.scenario import Fault

# HJ 75-2017 as it is quoted, state secondary; the product reads these numbers from the rule pack.
RULE = ValidityRule(minutes=45, hours=20, days=25, days_in_february=23)
ANY = Fraction(2)
TABLE = [
    SubstitutionRow("max-180", Cause.OTHER, Fraction(90, 100), ANY, 0, 24, 180),
    SubstitutionRow("max-720", Cause.OTHER, Fraction(90, 100), ANY, 24, None, 720),
]
MONTH = Month(2026, 10)
NAME = "line.1.stack.co2_mass"
HOUR = 3_600_000


@pytest.fixture(scope="module")
def run() -> PlantRun:
    """October with the analyser dead for ten hours of the 20th, and 20 minutes of the 25th."""
    scenario = load("two-lines")
    start = scenario.span.start
    dead = [(19 * 24 + 3, 10 * 60), (24 * 24 + 7, 20)]
    faults = tuple(
        Fault("dead", Span(start + hour * HOUR, start + hour * HOUR + minutes * 60_000), device="cems-1")
        for hour, minutes in dead
    )
    channels = tuple(replace(channel, systematic=0.0) for channel in scenario.channels if channel.id == NAME)
    return generate(replace(scenario, channels=channels, faults=faults), seed=4)


@pytest.fixture
def hours(lake: PlantLake, run: PlantRun) -> list[Hour]:
    shown = run.shown[NAME]
    count = len(shown.time)
    zeros = np.zeros(count, np.int64)
    rows = Rows(zeros.astype(np.int32), shown.time, zeros.astype(np.int16), shown.value, shown.quality, zeros)
    lake.append(rows, now=run.scenario.span.end)
    lake.seal(MONTH, now=run.scenario.span.end)
    spans = list(run.scenario.clock.hours(run.scenario.clock.month(MONTH)))
    return Query(lake).hours([0], spans, rule=RULE)[0]


def test_ten_dead_hours_and_one_short_failure_are_invalid(hours: list[Hour]) -> None:
    invalid = [index for index, hour in enumerate(hours) if hour.state is HourState.INVALID]
    assert invalid == [*range(19 * 24 + 3, 19 * 24 + 13), 24 * 24 + 7]
    assert capture_rate(hours) == Fraction(744 - 11, 744)


def test_valid_hours_are_the_truth_to_the_last_digit(hours: list[Hour], run: PlantRun) -> None:
    truth = np.diff(run.ran("line.1.co2_mass", decimals=2))
    for index in (0, 100, 700):
        minutes = truth[60 * index : 60 * (index + 1)].tolist()
        assert hours[index].mean == Fraction(sum(minutes), 60)


def test_a_day_with_ten_dead_hours_is_not_valid_and_the_month_is(hours: list[Hour], run: PlantRun) -> None:
    clock = run.scenario.clock
    days = [day_of_hours(hours, clock.day(day), rule=RULE) for day in clock.days_of(MONTH)]
    assert [index + 1 for index, day in enumerate(days) if not day.valid] == [20]
    month = month_of_days(days, february=False, rule=RULE)
    assert (month.valid, month.days_valid) == (True, 30)


def test_failed_hours_are_substituted_by_the_largest_of_180_and_shown_apart(hours: list[Hour], run: PlantRun) -> None:
    rate = capture_rate(hours)
    assert rate is not None
    filled: list[Filled] = substitute(hours, table=TABLE, rate=rate, causes={})
    codes = [each.code for each in filled]
    assert (codes.count("max-180"), codes.count("measured")) == (11, 744 - 11)
    assert all((each.measured is None) != (each.substituted is None) for each in filled)
    first = 19 * 24 + 3
    largest = max(hour.mean for hour in hours[first - 180 : first] if hour.mean is not None)
    assert filled[first].substituted == largest
    truth = run.hours("line.1.co2_mass", decimals=2).tolist()
    substituted = sum(60 * each.substituted for each in filled if each.substituted is not None)
    missing = sum(kilograms for each, kilograms in zip(filled, truth, strict=True) if each.substituted is not None)
    assert 1 < float(substituted / missing) < 1.15  # a maximum is never less; the line wanders by a few per cent
    assert averaged(largest, decimals=2) > 2600  # kg a minute of a 5000 t/d line
