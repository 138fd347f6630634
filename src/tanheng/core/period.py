"""Periods of plant time: hour, shift, production day, month.

An instant is an integer of milliseconds in UTC. A period is named by its beginning and runs in the plant's zone (default
Asia/Shanghai): the month 2026-10 is 2026-10-01 00:00 up to, not including, 2026-11-01 00:00 plant time.
"""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tanheng.core.errors import PeriodError

DEFAULT_ZONE = "Asia/Shanghai"

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the time zone called ``name``."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise PeriodError("core.period.zone", value=name) from None


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month of plant time, of the years 1 to 9999.

    Raises
    ------
    PeriodError
        There is no such month.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (datetime.MINYEAR <= self.year <= datetime.MAXYEAR and 1 <= self.month <= 12):
            raise PeriodError("core.period.month", value=str(self))

    @classmethod
    def parse(cls, text: str) -> Month:
        """Return the month written as ``2026-10``.

        Raises
        ------
        PeriodError
            It is written otherwise, or its end cannot be told: the last year is 9998.
        """
        match = _MONTH.fullmatch(text)
        if match is None:
            raise PeriodError("core.period.month", value=text)
        if not datetime.MINYEAR <= int(match[1]) < datetime.MAXYEAR:
            raise PeriodError("core.period.year", value=text)
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_day(self) -> datetime.date:
        """The first day of the month."""
        return datetime.date(self.year, self.month, 1)

    @property
    def last_day(self) -> datetime.date:
        """The last day of the month."""
        return self.next().first_day - datetime.timedelta(days=1)

    def next(self) -> Month:
        """Return the month after this one."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)


def months_of(year: int) -> list[Month]:
    """Return the twelve months of a year."""
    return [Month(year, number) for number in range(1, 13)]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of time, ``start <= t < end``, in milliseconds UTC."""

    start: int
    end: int

    def __contains__(self, instant: object) -> bool:
        return isinstance(instant, int) and self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Shifts:
    """The starting times of a plant's shifts, in plant time; the first starts the production day."""

    starts: tuple[datetime.time, ...] = (datetime.time(0), datetime.time(8), datetime.time(16))

    def __post_init__(self) -> None:
        if not self.starts:
            raise PeriodError("core.period.shift", reason="no shift")
        if len(set(self.starts)) != len(self.starts):
            raise PeriodError("core.period.shift", reason="two shifts start at the same time")
        turn = self.starts.index(min(self.starts))
        if list(self.starts[turn:] + self.starts[:turn]) != sorted(self.starts):
            raise PeriodError("core.period.shift", reason="the starting times are not in order")


class PlantClock:
    """Turns periods of plant time into spans of UTC milliseconds and back.

    Parameters
    ----------
    zone_name : str
        Name of the plant's zone.
    shifts : Shifts
        Starting times of the shifts. A shift that starts before the first one belongs to the next calendar date, but to
        the production day of the first.
    """

    def __init__(self, zone_name: str = DEFAULT_ZONE, shifts: Shifts | None = None) -> None:
        self.zone = zone(zone_name)
        self.shifts = shifts or Shifts()

    def instant(self, day: datetime.date, time: datetime.time = datetime.time(0)) -> int:
        """Return the instant at which plant time reads ``day`` and ``time``."""
        local = datetime.datetime.combine(day, time, tzinfo=self.zone)
        return round(local.timestamp() * 1000)

    def local(self, instant: int) -> datetime.datetime:
        """Return the plant time of an instant."""
        return datetime.datetime.fromtimestamp(instant / 1000, tz=self.zone)

    def month(self, month: Month) -> Span:
        """Return the span of a month."""
        return Span(self.instant(month.first_day), self.instant(month.next().first_day))

    def day(self, day: datetime.date) -> Span:
        """Return the span of a calendar day; 23 or 25 hours where a zone changes its offset."""
        return Span(self.instant(day), self.instant(day + datetime.timedelta(days=1)))

    def production_day(self, day: datetime.date) -> Span:
        """Return the span of the production day that begins on ``day`` with the first shift."""
        start = self.shifts.starts[0]
        return Span(self.instant(day, start), self.instant(day + datetime.timedelta(days=1), start))

    def shift(self, day: datetime.date, number: int) -> Span:
        """Return the span of shift ``number`` (from 0) of the production day that begins on ``day``."""
        edges = [self._shift_start(day, index) for index in range(len(self.shifts.starts))]
        edges.append(self.production_day(day).end)
        return Span(edges[number], edges[number + 1])

    def _shift_start(self, day: datetime.date, index: int) -> int:
        start = self.shifts.starts[index]
        later = datetime.timedelta(days=1) if start < self.shifts.starts[0] else datetime.timedelta(0)
        return self.instant(day + later, start)

    def hour(self, instant: int) -> Span:
        """Return the plant-time hour that holds ``instant``; right also in zones off by half an hour."""
        local = self.local(instant)
        past = local.minute * 60_000 + local.second * 1000 + instant % 1000
        return Span(instant - past, instant - past + 3_600_000)

    def hours(self, span: Span) -> Iterator[Span]:
        """Yield the hours of a span that begins on an hour."""
        start = span.start
        while start < span.end:
            yield Span(start, start + 3_600_000)
            start += 3_600_000

    def month_of(self, instant: int) -> Month:
        """Return the month that holds ``instant``."""
        local = self.local(instant)
        return Month(local.year, local.month)

    def days_of(self, month: Month) -> Sequence[datetime.date]:
        """Return the calendar days of a month."""
        count = month.last_day.day
        return [month.first_day + datetime.timedelta(days=offset) for offset in range(count)]


def parse_day(text: str) -> datetime.date:
    """Return the date written as ``2026-10-31``."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise PeriodError("core.period.day", value=text) from None
