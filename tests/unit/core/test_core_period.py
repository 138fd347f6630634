"""Periods of plant time, in zones with and without summer time."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core.errors import PeriodError
from tanheng.core.period import Month, PlantClock, Shifts, Span, months_of, parse_day, zone

HOUR = 3_600_000
OCTOBER_31 = datetime.date(2026, 10, 31)
months = st.builds(Month, st.integers(1990, 2100), st.integers(1, 12))


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """Return an instant in milliseconds UTC."""
    return round(datetime.datetime(year, month, day, hour, minute, tzinfo=datetime.UTC).timestamp() * 1000)


def at(hour: int) -> datetime.time:
    return datetime.time(hour)


def test_a_month_is_written_and_read_alike() -> None:
    assert str(Month.parse("2026-10")) == "2026-10"
    assert Month.parse("2024-02").last_day == datetime.date(2024, 2, 29)
    assert Month(2026, 12).next() == Month(2027, 1)
    assert Month(2026, 9) < Month(2026, 10)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "26-10", "2026/10", "2026-10-01", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(PeriodError) as raised:
        Month.parse(text)
    assert raised.value.code == "core.period.month"


def test_a_year_has_twelve_months_in_order() -> None:
    assert [str(month) for month in months_of(2026)][::11] == ["2026-01", "2026-12"]
    assert len(months_of(2026)) == 12


@given(months)
def test_months_join_without_gap_or_overlap(month: Month) -> None:
    clock = PlantClock()
    assert clock.month(month).end == clock.month(month.next()).start
    assert clock.days_of(month)[0] == month.first_day
    assert clock.days_of(month)[-1] == month.last_day


def test_a_month_of_shanghai_begins_at_sixteen_hours_utc_of_the_day_before() -> None:
    span = PlantClock().month(Month(2026, 10))
    assert span == Span(utc(2026, 9, 30, 16), utc(2026, 10, 31, 16))


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(0, HOUR)
    assert 0 in span
    assert HOUR - 1 in span
    assert HOUR not in span
    assert "0" not in span


@pytest.mark.parametrize(("name", "hours"), [("Asia/Shanghai", 24), ("America/New_York", 25)])
def test_a_day_may_have_twenty_five_hours(name: str, hours: int) -> None:
    day = datetime.date(2026, 11, 1)  # New York leaves summer time
    span = PlantClock(name).day(day)
    assert span.end - span.start == hours * HOUR
    assert len(list(PlantClock(name).hours(span))) == hours


def test_the_hour_of_a_zone_off_by_three_quarters_begins_on_its_own_hour() -> None:
    clock = PlantClock("Asia/Kathmandu")  # UTC+05:45
    span = clock.hour(utc(2026, 10, 31, 0, 30) + 17)
    assert span == Span(utc(2026, 10, 31, 0, 15), utc(2026, 10, 31, 1, 15))
    assert clock.local(span.start).minute == 0


def test_three_shifts_make_a_production_day() -> None:
    clock = PlantClock()
    spans = [clock.shift(OCTOBER_31, number) for number in range(3)]
    assert spans[0].start == clock.production_day(OCTOBER_31).start == utc(2026, 10, 30, 16)
    assert [span.end - span.start for span in spans] == [8 * HOUR] * 3
    assert spans[2].end == clock.production_day(OCTOBER_31).end


def test_a_night_shift_belongs_to_the_production_day_of_the_first_shift() -> None:
    clock = PlantClock(shifts=Shifts((at(8), at(16), at(0))))
    night = clock.shift(OCTOBER_31, 2)
    assert clock.local(night.start) == datetime.datetime(2026, 11, 1, 0, tzinfo=zone("Asia/Shanghai"))
    assert night.end == clock.production_day(OCTOBER_31).end


@pytest.mark.parametrize("starts", [(), (at(8), at(8)), (at(8), at(0), at(16)), (at(16), at(8), at(20))])
def test_shifts_out_of_order_twice_or_missing_are_refused(starts: tuple[datetime.time, ...]) -> None:
    with pytest.raises(PeriodError) as raised:
        Shifts(starts)
    assert raised.value.code == "core.period.shift"


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Asia/Wuhan", "", "../etc/passwd"):
        with pytest.raises(PeriodError) as raised:
            PlantClock(name)
        assert raised.value.code == "core.period.zone"


@given(st.integers(utc(1995, 1, 1), utc(2090, 1, 1)))
def test_an_instant_lies_in_its_own_hour_and_month(instant: int) -> None:
    clock = PlantClock()
    assert instant in clock.hour(instant)
    assert instant in clock.month(clock.month_of(instant))


def test_a_day_is_read_in_one_form_only() -> None:
    assert parse_day("2026-10-31") == OCTOBER_31
    for text in ("2026-02-30", "31.10.2026", "", "2026-10"):
        with pytest.raises(PeriodError) as raised:
            parse_day(text)
        assert raised.value.code == "core.period.day"


@pytest.mark.parametrize("text", ["0000-01", "0000-12", "9999-01", "9999-12"])
def test_a_month_whose_days_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(PeriodError) as refused:
        Month.parse(text)
    assert refused.value.code == "core.period.year"
    assert text in str(refused.value)


def test_the_first_and_the_last_month_have_all_their_days() -> None:
    assert Month.parse("0001-01").first_day == datetime.date(1, 1, 1)
    assert Month.parse("9998-12").last_day == datetime.date(9998, 12, 31)
    with pytest.raises(PeriodError):
        Month(9999, 12).next()
