"""Substitution of invalid hours of a mass emission; the table is an argument (HJ 75-2017, state ``secondary``).

Each run of invalid hours gets the largest value of the last valid hours before its reference instant: before the last
calibration when the instrument was out of control, before the failure otherwise. How many hours are looked at depends on the
capture rate and on the length of the run. Every filled hour carries the code of its row, so that what was measured and what
was substituted never mix. A run that no row covers, or whose history is too short, stays blank with a code that says so.
"""

from __future__ import annotations

import enum
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tanheng.core.aggregate.validity import Hour, HourState
from tanheng.core.errors import CalculationError

NO_ROW = "no-row"
"""Code of an hour that no row of the table covers."""
NO_HISTORY = "no-history"
"""Code of an hour before which there are too few valid hours."""
MEASURED = "measured"
"""Code of a valid hour."""
STOPPED = "stopped"
"""Code of an hour in which the source stood still."""


class Cause(enum.StrEnum):
    """Why an hour is invalid."""

    OUT_OF_CONTROL = "out-of-control"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SubstitutionRow:
    """One row of a substitution table.

    Parameters
    ----------
    code : str
        Code that a filled hour carries.
    cause : Cause
    rate_from, rate_below : capture rate, ``rate_from <= α < rate_below``; ``rate_below`` above 1 for no upper edge
    hours_above, hours_up_to : invalid hours of the run, ``hours_above < N <= hours_up_to``; None for no upper edge
    window : number of valid hours before the reference instant whose maximum is taken
    """

    code: str
    cause: Cause
    rate_from: Fraction
    rate_below: Fraction
    hours_above: int
    hours_up_to: int | None
    window: int

    def covers(self, *, cause: Cause, rate: Fraction, hours: int) -> bool:
        """Whether the row speaks of a run of ``hours`` invalid hours of ``cause`` at the capture rate ``rate``."""
        long_enough = self.hours_above < hours and (self.hours_up_to is None or hours <= self.hours_up_to)
        return self.cause is cause and long_enough and self.rate_from <= rate < self.rate_below


@dataclass(frozen=True, slots=True)
class Filled:
    """One hour after substitution: ``measured`` or ``substituted`` in counts, and the code that says how it came about."""

    start: int
    measured: Fraction | None
    substituted: Fraction | None
    code: str


def capture_rate(hours: Sequence[Hour]) -> Fraction | None:
    """Return α = (H − H_stop − H_invalid) / (H − H_stop), or None when the source never ran.

    Examples
    --------
    >>> hour = Hour(0, HourState.VALID, 60, 0, Fraction(1))
    >>> capture_rate([hour, Hour(3_600_000, HourState.INVALID, 10, 0, None)])
    Fraction(1, 2)
    """
    running = [hour for hour in hours if hour.state is not HourState.STOPPED]
    if not running:
        return None
    return Fraction(sum(hour.state is HourState.VALID for hour in running), len(running))


def substitute(
    hours: Sequence[Hour],
    *,
    table: Sequence[SubstitutionRow],
    rate: Fraction,
    causes: Mapping[int, Cause],
    calibrations: Sequence[int] = (),
    history: Sequence[Hour] = (),
) -> list[Filled]:
    """Return ``hours`` with the invalid ones filled after ``table``.

    Parameters
    ----------
    hours : sequence of Hour
        In order of time, without a gap.
    table : sequence of SubstitutionRow
    rate : Fraction
        Capture rate of the quarter, :func:`capture_rate`.
    causes : mapping
        Start of an invalid hour → cause; the cause of a run is that of its first hour, ``OTHER`` when it has none.
    calibrations : sequence of ms UTC
        Instants of calibrations, in order.
    history : sequence of Hour
        Hours before the first of ``hours``, in order of time.
    """
    known = [*history, *hours]
    if any(later.start <= earlier.start for earlier, later in itertools.pairwise(known)):
        raise CalculationError("aggregate.substitution.order")
    valid = [hour for hour in known if hour.state is HourState.VALID]
    filled: dict[int, Filled] = {}
    for run in _runs(hours):
        cause = causes.get(run[0].start, Cause.OTHER)
        value, code = _substitute(run, cause=cause, table=table, rate=rate, valid=valid, calibrations=calibrations)
        filled.update({hour.start: Filled(hour.start, None, value, code) for hour in run})
    return [filled.get(hour.start) or _kept(hour) for hour in hours]


def _kept(hour: Hour) -> Filled:
    return Filled(hour.start, hour.mean, None, MEASURED if hour.state is HourState.VALID else STOPPED)


def _runs(hours: Sequence[Hour]) -> Iterator[list[Hour]]:
    run: list[Hour] = []
    for hour in hours:
        if hour.state is HourState.INVALID:
            run.append(hour)
        elif hour.state is HourState.VALID and run:
            yield run
            run = []
    if run:
        yield run


def _substitute(
    run: Sequence[Hour],
    *,
    cause: Cause,
    table: Sequence[SubstitutionRow],
    rate: Fraction,
    valid: Sequence[Hour],
    calibrations: Sequence[int],
) -> tuple[Fraction | None, str]:
    row = next((row for row in table if row.covers(cause=cause, rate=rate, hours=len(run))), None)
    if row is None:
        return None, NO_ROW
    reference: int | None = run[0].start
    if cause is Cause.OUT_OF_CONTROL:
        earlier = bisect_right(calibrations, run[0].start)
        reference = calibrations[earlier - 1] if earlier else None
    if reference is None:
        return None, NO_HISTORY
    end = bisect_left(valid, reference, key=lambda hour: hour.start)
    means = [hour.mean for hour in valid[max(0, end - row.window) : end] if hour.mean is not None]
    return (max(means), row.code) if len(means) == row.window else (None, NO_HISTORY)
