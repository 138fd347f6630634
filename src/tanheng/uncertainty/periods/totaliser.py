"""A totaliser between two readings, with resets and roll-over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tanheng.core.numbers import to_decimal
from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.errors import InputError
from tanheng.uncertainty.inputs import Input


@dataclass(frozen=True, slots=True)
class Reset:
    """A declared reset after reading number ``after``, counted from 0: from ``last`` the counter went on at ``first``."""

    after: int
    last: Decimal
    first: Decimal = Decimal(0)


def totalised(
    readings: Sequence[Decimal],
    *,
    resolution: Decimal,
    meter: Sequence[Component] = (),
    capacity: Decimal | None = None,
    resets: Sequence[Reset] = (),
) -> Input:
    """Return what passed between the first and the last reading.

    Parameters
    ----------
    readings : sequence of Decimal
        Counter readings in order of time, at least two.
    resolution : Decimal
        Step of the display; it enters the first and the last reading, and both sides of each reset.
    meter : sequence of Component
        Relative components of the meter itself.
    capacity : Decimal, optional
        Reading at which the counter goes over to zero. A fall is then a roll-over, if the amount it implies is less than
        half the capacity.
    resets : sequence of Reset
        Those entered in the log book, with their readings.

    Raises
    ------
    InputError
        For a fall that is neither declared nor a roll-over: the counter was reset, exchanged or tampered with.
    """
    if len(readings) < 2:
        raise InputError("uncertainty.observations.too_few", count=len(readings), least=2)
    step = to_decimal(resolution)
    if not step > 0:
        raise InputError("uncertainty.evaluate.positive", what="resolution", value=step)
    declared = {reset.after: reset for reset in resets}
    if len(declared) != len(resets) or not all(0 <= after < len(readings) - 1 for after in declared):
        raise InputError("uncertainty.totaliser.reset_place", places=", ".join(str(reset.after) for reset in resets))
    counts = [to_decimal(reading) for reading in readings]
    total = sum(
        (_passed(place, counts[place], counts[place + 1], declared.get(place), capacity) for place in range(len(counts) - 1)),
        Decimal(0),
    )
    ends = 2 * (1 + len(resets))
    display = [
        Component.rectangular(half_width=float(step) / 2, kind=Kind.RANDOM, cause=Cause.RESOLUTION, source=f"end {end + 1}")
        for end in range(ends)
    ]
    return Input.of(float(total), [*meter, *display])


def _passed(place: int, before: Decimal, after: Decimal, reset: Reset | None, capacity: Decimal | None) -> Decimal:
    if reset is not None:
        until, since = to_decimal(reset.last) - before, after - to_decimal(reset.first)
        if until < 0 or since < 0:
            raise InputError("uncertainty.totaliser.reset_reading", place=place + 1, last=reset.last, first=reset.first)
        return until + since
    if after >= before:
        return after - before
    if capacity is not None and before <= capacity and capacity - before + after < capacity / 2:
        return capacity - before + after
    raise InputError("uncertainty.totaliser.falls", place=place + 2, before=before, after=after)
