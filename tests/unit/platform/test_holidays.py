"""Working days by the State Council's notices of 12 November 2024 and 4 November 2025, as Xinhua gave them in full."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.platform.notice import holidays

D = datetime.date


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (D(2025, 1, 26), True),  # Sunday worked for the Spring Festival
        (D(2025, 1, 28), False),  # eve of the Spring Festival
        (D(2025, 10, 8), False),  # last day of the National Day holiday
        (D(2025, 10, 11), True),  # Saturday worked for it
        (D(2026, 2, 23), False),
        (D(2026, 2, 28), True),
        (D(2026, 9, 20), True),
        (D(2026, 10, 31), False),  # a Saturday
        (D(2026, 11, 2), True),
        (D(2031, 10, 1), True),  # no calendar of that year is known: a Wednesday counts as worked
    ],
)
def test_a_day_is_worked_as_the_notice_says(day: datetime.date, worked: bool) -> None:
    assert holidays.is_working_day(day) is worked


def test_seven_working_days_run_over_the_national_day() -> None:
    # counted by hand: 29 and 30 September, 8 October closed, 9, 10, 11 (worked Saturday), 13, 14 October
    assert holidays.add_working_days(D(2025, 9, 28), 7) == D(2025, 10, 14)


@given(st.dates(D(2024, 1, 1), D(2027, 12, 31)), st.integers(0, 60))
def test_working_days_after_a_day_are_as_many_as_asked_for(day: datetime.date, count: int) -> None:
    end = holidays.add_working_days(day, count)
    between = (day + datetime.timedelta(days=n) for n in range(1, (end - day).days + 1))
    assert sum(holidays.is_working_day(one) for one in between) == count


@given(st.dates(D(2024, 1, 1), D(2027, 12, 31)))
def test_the_next_working_day_is_worked_and_not_earlier(day: datetime.date) -> None:
    found = holidays.next_working_day(day)
    assert found >= day
    assert holidays.is_working_day(found)
