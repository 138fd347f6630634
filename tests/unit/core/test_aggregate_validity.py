"""Valid minutes → hours → days → months, and substitution.

The numbers 45, 20, 25 and 23, and the windows of 180, 720 and 2160 hours are those that HJ 75-2017 is quoted with (state
``secondary``); the expected means are worked by hand.
"""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest

from tanheng.core.aggregate import (
    Cause,
    Day,
    Hour,
    HourState,
    Reading,
    SubstitutionRow,
    ValidityRule,
    capture_rate,
    day_of_hours,
    hours_of_readings,
    month_of_days,
    substitute,
)
from tanheng.core.batch import Quality
from tanheng.core.errors import CalculationError
from tanheng.core.period import PlantClock, Span

MINUTE, HOUR = 60_000, 3_600_000
RULE = ValidityRule(minutes=45, hours=20, days=25, days_in_february=23)


def hour_with(good: int, bad: int = 0, bad_quality: Quality = Quality.FAULT) -> Hour:
    readings = [Reading(minute * MINUTE, 10 * minute) for minute in range(good)]
    readings += [Reading((good + minute) * MINUTE, 999, bad_quality) for minute in range(bad)]
    return hours_of_readings(readings, [Span(0, HOUR)], rule=RULE)[0]


def test_forty_five_minutes_make_a_valid_hour_and_its_mean_is_theirs() -> None:
    assert hour_with(45, 15) == Hour(0, HourState.VALID, 45, 0, Fraction(10 * 44, 2))


def test_forty_four_minutes_do_not() -> None:
    assert hour_with(44, 16) == Hour(0, HourState.INVALID, 44, 0, None)


def test_an_hour_without_readings_is_invalid() -> None:
    assert hour_with(0).state is HourState.INVALID


def test_a_stop_that_leaves_too_little_time_makes_the_hour_a_stopped_one() -> None:
    assert hour_with(44, 16, Quality.STOPPED).state is HourState.STOPPED


def test_a_short_stop_with_a_fault_behind_it_stays_invalid() -> None:
    assert hour_with(30, 15, Quality.STOPPED).state is HourState.INVALID


def test_seconds_are_averaged_to_minutes_before_the_hour_is() -> None:
    # minute 0 has two readings (mean 15), the other 44 have one of 60: (15 + 44·60) / 45
    readings = [Reading(0, 10), Reading(30_000, 20)] + [Reading(minute * MINUTE, 60) for minute in range(1, 45)]
    hour = hours_of_readings(readings, [Span(0, HOUR)], rule=RULE)[0]
    assert hour.mean == Fraction(15 + 44 * 60, 45)


def test_an_hour_that_does_not_begin_on_a_minute_is_refused() -> None:
    with pytest.raises(CalculationError, match="begins on a minute"):
        hours_of_readings([], [Span(1, HOUR + 1)], rule=RULE)


def valid_hours(count: int, start: int = 0, mean: int = 100) -> list[Hour]:
    return [Hour(start + index * HOUR, HourState.VALID, 60, 0, Fraction(mean)) for index in range(count)]


def invalid_hours(count: int, start: int) -> list[Hour]:
    return [Hour(start + index * HOUR, HourState.INVALID, 0, 0, None) for index in range(count)]


def test_twenty_valid_hours_make_a_valid_day() -> None:
    hours = valid_hours(19) + invalid_hours(4, 19 * HOUR) + [Hour(23 * HOUR, HourState.VALID, 50, 0, Fraction(200))]
    day = day_of_hours(hours, Span(0, 24 * HOUR), rule=RULE)
    assert (day.valid, day.hours_valid, day.hours_invalid) == (True, 20, 4)
    assert (day.mean, day.total) == (Fraction(19 * 100 + 200, 20), Fraction(2100))


def test_nineteen_valid_hours_do_not() -> None:
    assert not day_of_hours(valid_hours(19), Span(0, 24 * HOUR), rule=RULE).valid


def test_a_day_without_valid_hours_is_blank() -> None:
    assert day_of_hours(invalid_hours(24, 0), Span(0, 24 * HOUR), rule=RULE).total is None


def days(valid: int) -> list[Day]:
    return [Day(Span(0, 1), index < valid, 24, 0, 0, Fraction(index), Fraction(24 * index)) for index in range(28)]


@pytest.mark.parametrize(
    ("valid", "february", "whole"), [(25, False, True), (24, False, False), (23, True, True), (22, True, False)]
)
def test_a_month_is_valid_with_enough_valid_days(valid: int, february: bool, whole: bool) -> None:
    month = month_of_days(days(valid), february=february, rule=RULE)
    assert (month.valid, month.days_valid) == (whole, valid)
    assert month.mean == Fraction(valid - 1, 2)


@pytest.mark.parametrize("fault", [{"minutes": 0}, {"minutes": 61}, {"hours": 25}, {"days": 32}, {"days_in_february": 29}])
def test_a_rule_that_cannot_be_met_is_refused(fault: dict[str, int]) -> None:
    with pytest.raises(CalculationError, match="validity rule"):
        ValidityRule(**{"minutes": 45, "hours": 20, "days": 25, "days_in_february": 23, **fault})


def test_the_hours_of_a_plant_half_an_hour_off_are_its_own() -> None:
    clock = PlantClock("Asia/Kolkata")
    day = clock.day(datetime.date(2026, 10, 1))
    readings = [Reading(day.start + minute * MINUTE, 7) for minute in range(60)]
    hours = hours_of_readings(readings, list(clock.hours(day)), rule=RULE)
    assert [hour.state for hour in hours].count(HourState.VALID) == 1


ANY = Fraction(2)
TABLE = [
    SubstitutionRow("max-180", Cause.OTHER, Fraction(90, 100), ANY, 0, 24, 180),
    SubstitutionRow("max-720", Cause.OTHER, Fraction(90, 100), ANY, 24, None, 720),
    SubstitutionRow("max-2160", Cause.OTHER, Fraction(75, 100), Fraction(90, 100), 0, None, 2160),
    SubstitutionRow("control-max-180", Cause.OUT_OF_CONTROL, Fraction(90, 100), ANY, 0, 24, 180),
]


def test_a_short_failure_takes_the_largest_of_the_last_180_valid_hours() -> None:
    before = [*valid_hours(1, 0, 900), *valid_hours(179, HOUR, 100), *valid_hours(1, 180 * HOUR, 150)]
    filled = substitute([*before, *invalid_hours(24, 181 * HOUR)], table=TABLE, rate=Fraction(95, 100), causes={})
    # the hour of 900 is the 181st back and out of reach
    assert {(hour.substituted, hour.code) for hour in filled[181:]} == {(Fraction(150), "max-180")}
    assert filled[0].measured == 900


def test_a_failure_of_25_hours_looks_back_720() -> None:
    before = [*valid_hours(1, 0, 900), *valid_hours(719, HOUR, 100)]
    filled = substitute([*before, *invalid_hours(25, 720 * HOUR)], table=TABLE, rate=Fraction(9, 10), causes={})
    assert {(hour.substituted, hour.code) for hour in filled[720:]} == {(Fraction(900), "max-720")}


def test_out_of_control_looks_back_from_the_last_calibration() -> None:
    before = [*valid_hours(180, 0, 100), *valid_hours(5, 180 * HOUR, 500)]
    bad = invalid_hours(2, 185 * HOUR)
    causes = {bad[0].start: Cause.OUT_OF_CONTROL}
    filled = substitute([*before, *bad], table=TABLE, rate=Fraction(1), causes=causes, calibrations=[180 * HOUR])
    assert (filled[-1].substituted, filled[-1].code) == (Fraction(100), "control-max-180")


def test_a_rate_below_75_percent_stays_blank() -> None:
    hours = [*valid_hours(200), *invalid_hours(1, 200 * HOUR)]
    filled = substitute(hours, table=TABLE, rate=Fraction(74, 100), causes={})
    assert (filled[-1].substituted, filled[-1].code) == (None, "no-row")


def test_too_short_a_history_stays_blank() -> None:
    filled = substitute([*valid_hours(179), *invalid_hours(1, 179 * HOUR)], table=TABLE, rate=Fraction(1), causes={})
    assert (filled[-1].substituted, filled[-1].code) == (None, "no-history")


def test_out_of_control_without_a_calibration_stays_blank() -> None:
    bad = invalid_hours(1, 200 * HOUR)
    causes = {bad[0].start: Cause.OUT_OF_CONTROL}
    filled = substitute([*valid_hours(200), *bad], table=TABLE, rate=Fraction(1), causes=causes)
    assert filled[-1].code == "no-history"


def test_a_history_before_the_period_counts() -> None:
    filled = substitute(invalid_hours(1, 180 * HOUR), table=TABLE, rate=Fraction(1), causes={}, history=valid_hours(180, 0, 33))
    assert filled[0].substituted == 33


def test_hours_out_of_order_are_refused() -> None:
    with pytest.raises(CalculationError, match="Hours come in order"):
        substitute([*valid_hours(2), *valid_hours(1)], table=TABLE, rate=Fraction(1), causes={})


def test_a_stopped_hour_leaves_the_denominator_of_the_capture_rate() -> None:
    hours = [*valid_hours(3), *invalid_hours(1, 3 * HOUR), Hour(4 * HOUR, HourState.STOPPED, 0, 60, None)]
    assert capture_rate(hours) == Fraction(3, 4)


def test_a_source_that_never_ran_has_no_capture_rate() -> None:
    assert capture_rate([Hour(0, HourState.STOPPED, 0, 60, None)]) is None
