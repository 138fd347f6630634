"""The integral of a rate: each reading stands until the next one, at most for a declared time.

A reading whose quality does not count ends the stretch before it and opens none: the time it covers is a gap, not a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tanheng.core.aggregate.reading import COUNTED, Reading
from tanheng.core.errors import CalculationError
from tanheng.core.period import Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, ``start <= t < end`` in ms UTC, over which a rate has one value (count)."""

    start: int
    end: int
    value: int

    def within(self, span: Span) -> Stretch | None:
        """Return the part of the stretch that lies in ``span``, or None."""
        start, end = max(self.start, span.start), min(self.end, span.end)
        return Stretch(start, end, self.value) if start < end else None


@dataclass(frozen=True, slots=True)
class Integral:
    """The integral of a rate over a span.

    Parameters
    ----------
    count_ms : counts · ms, or None when nothing is covered (blank is not zero)
    covered : ms of the span that readings cover
    """

    count_ms: int | None
    covered: int


@dataclass(slots=True)
class Integrator:
    """The state of one rate, fed reading by reading in order of time.

    Parameters
    ----------
    hold : ms
        How long a reading stands when no other follows.
    """

    hold: int
    last: Reading | None = None

    def __post_init__(self) -> None:
        if self.hold <= 0:
            raise CalculationError("aggregate.integral.hold", value=self.hold)

    def add(self, reading: Reading) -> Stretch | None:
        """Take the next reading; return the stretch that it ends, if the one before counts.

        Raises
        ------
        CalculationError
            When the reading is not later than the one before.
        """
        before = self.last
        if before is not None and reading.time <= before.time:
            raise CalculationError("aggregate.order", time=reading.time, last=before.time)
        self.last = reading
        return self._stretch(before, reading.time)

    def open(self, until: int) -> Stretch | None:
        """Return the stretch of the last reading up to ``until``, without ending it."""
        return self._stretch(self.last, until)

    def _stretch(self, reading: Reading | None, until: int) -> Stretch | None:
        if reading is None or reading.quality not in COUNTED:
            return None
        end = min(until, reading.time + self.hold)
        return Stretch(reading.time, end, reading.value) if reading.time < end else None


def stretches(readings: Iterable[Reading], *, hold: int) -> Iterator[Stretch]:
    """Yield the stretches of a rate from its readings in order of time; the last one stands for ``hold``."""
    rate = Integrator(hold)
    for reading in readings:
        stretch = rate.add(reading)
        if stretch is not None:
            yield stretch
    if rate.last is not None:
        stretch = rate.open(rate.last.time + hold)
        if stretch is not None:
            yield stretch


def integral(readings: Iterable[Reading], span: Span, *, hold: int) -> Integral:
    """Return the integral of a rate over ``span``.

    Parameters
    ----------
    readings : iterable of Reading
        In order of time, from ``hold`` before the start of the span on.
    span : Span
    hold : ms
        How long a reading stands when no other follows; twice the scan interval is usual.

    Examples
    --------
    >>> rates = [Reading(0, 120), Reading(60_000, 180)]
    >>> integral(rates, Span(0, 120_000), hold=60_000)
    Integral(count_ms=18000000, covered=120000)
    """
    inside = [part for stretch in stretches(readings, hold=hold) if (part := stretch.within(span)) is not None]
    covered = sum(part.end - part.start for part in inside)
    return Integral(sum(part.value * (part.end - part.start) for part in inside) if inside else None, covered)
