"""Valid minutes → hours → days → months, after HJ 75-2017 (state ``secondary``); the numbers are an argument.

A minute is valid when it holds at least one reading of valid quality; its value is their arithmetic mean. An hour is valid
with enough valid minutes; its value is the arithmetic mean of these minutes. An hour in which the source stood still for so
many minutes that enough valid ones were impossible is *stopped* and leaves the denominator; any other hour is *invalid*.
Means are exact fractions of counts: nothing is rounded before the end.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tanheng.core.aggregate.reading import VALID, Reading
from tanheng.core.batch import Quality
from tanheng.core.errors import CalculationError
from tanheng.core.period import Span

_MINUTE = 60_000
_HOUR = 60 * _MINUTE


@dataclass(frozen=True, slots=True)
class ValidityRule:
    """How many valid parts make a valid whole; HJ 75-2017 has 45 minutes, 20 hours, 25 days, 23 in February.

    Parameters
    ----------
    minutes : valid minutes of a valid hour, 1 to 60
    hours : valid hours of a valid day
    days : valid days of a valid month
    days_in_february : the same for February
    """

    minutes: int
    hours: int
    days: int
    days_in_february: int

    def __post_init__(self) -> None:
        fits = 1 <= self.minutes <= 60 and 1 <= self.hours <= 24 and 1 <= self.days <= 31 and 1 <= self.days_in_february <= 28
        if not fits:
            raise CalculationError("aggregate.validity.rule", rule=str(self))


class HourState(enum.StrEnum):
    """What an hour of a continuous measurement is worth."""

    VALID = "valid"
    INVALID = "invalid"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a channel.

    Parameters
    ----------
    start : ms, UTC
    state : HourState
    minutes : number of valid minutes
    stopped : number of minutes in which the source stood still and no reading was valid
    mean : mean of the valid minutes in counts, None unless the hour is valid
    """

    start: int
    state: HourState
    minutes: int
    stopped: int
    mean: Fraction | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a channel: hours by state, the mean and the sum of the valid ones in counts (None when there is none)."""

    span: Span
    valid: bool
    hours_valid: int
    hours_invalid: int
    hours_stopped: int
    mean: Fraction | None
    total: Fraction | None


@dataclass(frozen=True, slots=True)
class MonthValidity:
    """One month of a channel: whether it is valid, its valid days, and the mean of those days in counts."""

    valid: bool
    days_valid: int
    mean: Fraction | None


def hour_of_minutes(start: int, *, minutes: int, stopped: int, minute_means: Fraction, rule: ValidityRule) -> Hour:
    """Return the hour that begins at ``start`` from its number of valid and stopped minutes and the sum of minute means."""
    if minutes >= rule.minutes:
        return Hour(start, HourState.VALID, minutes, stopped, minute_means / minutes)
    state = HourState.STOPPED if stopped > 60 - rule.minutes else HourState.INVALID
    return Hour(start, state, minutes, stopped, None)


def hours_of_readings(readings: Iterable[Reading], hours: Sequence[Span], *, rule: ValidityRule) -> list[Hour]:
    """Return ``hours``, each with its state and mean.

    Parameters
    ----------
    readings : iterable of Reading
        In any order.
    hours : sequence of Span
        Of plant time, from :meth:`tanheng.core.period.PlantClock.hours`; an hour without readings is invalid.
    rule : ValidityRule
    """
    valid: dict[int, list[int]] = defaultdict(list)
    still: set[int] = set()
    for reading in readings:
        minute = reading.time - reading.time % _MINUTE
        if reading.quality in VALID:
            valid[minute].append(reading.value)
        elif reading.quality is Quality.STOPPED:
            still.add(minute)
    result = []
    for hour in hours:
        _whole_hour(hour)
        inside = range(hour.start, hour.end, _MINUTE)
        means = [Fraction(sum(valid[minute]), len(valid[minute])) for minute in inside if minute in valid]
        stopped = sum(minute in still and minute not in valid for minute in inside)
        summed = sum(means, Fraction(0))
        result.append(hour_of_minutes(hour.start, minutes=len(means), stopped=stopped, minute_means=summed, rule=rule))
    return result


def day_of_hours(hours: Sequence[Hour], span: Span, *, rule: ValidityRule) -> Day:
    """Return the day ``span`` from its hours; hours outside it are left alone."""
    inside = [hour for hour in hours if hour.start in span]
    means = [hour.mean for hour in inside if hour.mean is not None]
    summed = sum(means, Fraction(0)) if means else None
    return Day(
        span=span,
        valid=len(means) >= rule.hours,
        hours_valid=len(means),
        hours_invalid=sum(hour.state is HourState.INVALID for hour in inside),
        hours_stopped=sum(hour.state is HourState.STOPPED for hour in inside),
        mean=None if summed is None else summed / len(means),
        total=summed,
    )


def month_of_days(days: Sequence[Day], *, february: bool, rule: ValidityRule) -> MonthValidity:
    """Return the month of ``days``: the mean of its valid days, and whether there are enough of them."""
    means = [day.mean for day in days if day.valid and day.mean is not None]
    needed = rule.days_in_february if february else rule.days
    return MonthValidity(
        valid=len(means) >= needed,
        days_valid=len(means),
        mean=sum(means, Fraction(0)) / len(means) if means else None,
    )


def _whole_hour(hour: Span) -> None:
    if hour.end - hour.start != _HOUR or hour.start % _MINUTE:
        raise CalculationError("aggregate.validity.hour", start=hour.start, end=hour.end)
