"""Working days: weekends, and the official calendar of holidays and of the weekend days worked for them.

A calendar is data, one file a year in ``calendars/``. For a year that has none, weekends alone count and the answer says so.
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass
from importlib import resources

import yaml

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays and worked weekend days of one year."""

    holidays: frozenset[datetime.date]
    worked: frozenset[datetime.date]


@functools.cache
def calendar(year: int) -> Calendar | None:
    """Return the official calendar of a year, or None while it is not known."""
    file = resources.files(__package__) / "calendars" / f"cn-{year}.yaml"
    if not file.is_file():
        return None
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    holidays = {
        span["from"] + ONE_DAY * offset for span in data["holidays"] for offset in range((span["to"] - span["from"]).days + 1)
    }
    return Calendar(frozenset(holidays), frozenset(data["worked"]))


def is_working_day(day: datetime.date) -> bool:
    """Tell whether ``day`` is worked."""
    known = calendar(day.year)
    if known is not None and day in known.worked:
        return True
    return day.weekday() < 5 and (known is None or day not in known.holidays)


def add_working_days(day: datetime.date, count: int) -> datetime.date:
    """Return the ``count``-th working day after ``day``; the day itself does not count."""
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day)
    return day


def next_working_day(day: datetime.date) -> datetime.date:
    """Return ``day`` when it is worked, else the first working day after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day
