"""Totals of a totaliser: differences of its stands, with resets, roll-overs and exchanges as events.

A declared :class:`Exchange` (meter replaced, register set by a person) cuts the series in two epochs: the old meter's final
stand closes the first, the new one's initial stand opens the second. Readings before its instant belong to the old meter.

A fall that nobody declared is judged by its size:

* with a modulus, a step over the top of less than a tenth of the modulus is a *roll-over* and counts as that step;
* a fall to less than nine tenths of the last stand is a *reset*: the register counts from zero, the new stand is the step,
  and what ran between the last stand and the reset is unknown;
* a smaller fall is a *backward* step (a register that jitters, a net meter): it counts as it is, negative, so that the total
  stays the difference of the stands.

Each of them is an event that the caller records; none is silent.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tanheng.core.aggregate.reading import COUNTED, Reading
from tanheng.core.errors import CalculationError
from tanheng.core.period import Span


class StepEvent(enum.StrEnum):
    """What happened between two stands, beside ordinary counting."""

    ROLL_OVER = "roll-over"
    RESET = "reset"
    BACKWARD = "backward"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A declared break of a register: exchange of the meter, or a stand set by a person.

    Parameters
    ----------
    time : ms, UTC
        Readings from here on belong to the new meter.
    final : count or None
        Last stand of the old meter; None when nobody read it, and what it ran after its last reading is unknown.
    initial : count
        First stand of the new meter.
    """

    time: int
    final: int | None
    initial: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a register counted between two stands; it belongs to the instant of the second.

    Parameters
    ----------
    since, time : ms, UTC
    count : count of 10^-decimals of the unit
    event : StepEvent or None
    """

    since: int
    time: int
    count: int
    event: StepEvent | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """The total of a span.

    Parameters
    ----------
    count : count, or None when no step ends in the span (blank is not zero)
    steps : number of steps
    events : the steps that carry an event
    longest : ms, the longest step; a gap in the readings shows here
    """

    count: int | None
    steps: int
    events: tuple[Step, ...]
    longest: int


@dataclass(slots=True)
class Totaliser:
    """The state of one register, fed reading by reading in order of time.

    Parameters
    ----------
    modulus : count or None
        The stand at which the register starts again from zero; None when unknown.
    exchanges : sequence of Exchange
        Declared breaks, in order of time.
    """

    modulus: int | None = None
    exchanges: Sequence[Exchange] = ()
    last: Reading | None = None
    _done: int = field(default=0)
    _opened: bool = field(default=False)

    def __post_init__(self) -> None:
        times = [exchange.time for exchange in self.exchanges]
        if any(later <= earlier for earlier, later in itertools.pairwise(times)):
            raise CalculationError("aggregate.totaliser.exchanges")
        if self.modulus is not None and self.modulus <= 0:
            raise CalculationError("aggregate.totaliser.modulus", value=self.modulus)

    def add(self, reading: Reading) -> list[Step]:
        """Take the next reading; return the steps it closes (none for the first stand, more than one at an exchange).

        A reading whose quality does not count changes nothing.

        Raises
        ------
        CalculationError
            When the reading is not later than the one before.
        """
        if reading.quality not in COUNTED:
            return []
        last = self.last
        if last is not None and (reading.time < last.time or (reading.time == last.time and not self._opened)):
            raise CalculationError("aggregate.order", time=reading.time, last=last.time)
        closed = [*self.until(reading.time), *self._close(reading)]
        self._opened = False
        return closed

    def until(self, time: int) -> list[Step]:
        """Apply the declared exchanges up to ``time`` and return the steps they close."""
        closed: list[Step] = []
        while self._done < len(self.exchanges) and self.exchanges[self._done].time <= time:
            exchange = self.exchanges[self._done]
            self._done += 1
            if self.last is not None and exchange.final is not None:
                closed += self._close(Reading(exchange.time, exchange.final), StepEvent.EXCHANGE)
            self.last, self._opened = Reading(exchange.time, exchange.initial), True
        return closed

    def _close(self, reading: Reading, event: StepEvent | None = None) -> list[Step]:
        before, self.last = self.last, reading
        if before is None:
            return []
        count, found = counted(before.value, reading.value, self.modulus)
        return [Step(before.time, reading.time, count, event or found)]


def counted(before: int, after: int, modulus: int | None = None) -> tuple[int, StepEvent | None]:
    """Return what a register counted from one stand to the next, and the event that explains a fall.

    Examples
    --------
    >>> counted(9_990, 15, modulus=10_000)
    (25, <StepEvent.ROLL_OVER: 'roll-over'>)
    >>> counted(5_000, 15, modulus=10_000)
    (15, <StepEvent.RESET: 'reset'>)
    >>> counted(5_000, 4_999)
    (-1, <StepEvent.BACKWARD: 'backward'>)
    """
    if after >= before:
        return after - before, None
    if modulus is not None and after >= 0 and (after + modulus - before) * 10 < modulus:
        return after + modulus - before, StepEvent.ROLL_OVER
    if after >= 0 and after * 10 < before * 9:
        return after, StepEvent.RESET
    return after - before, StepEvent.BACKWARD


def steps(readings: Iterable[Reading], *, modulus: int | None = None, exchanges: Sequence[Exchange] = ()) -> Iterator[Step]:
    """Yield the steps of a register from its readings in order of time."""
    register = Totaliser(modulus, exchanges)
    for reading in readings:
        yield from register.add(reading)
    if exchanges:
        yield from register.until(exchanges[-1].time)


def total(readings: Iterable[Reading], span: Span, *, modulus: int | None = None, exchanges: Sequence[Exchange] = ()) -> Total:
    """Return the total of ``span``.

    Parameters
    ----------
    readings : iterable of Reading
        In order of time, from the last stand at or before the start of the span on.
    span : Span
        Owns the steps that end after its start and not after its end.
    modulus, exchanges
        See :class:`Totaliser`.

    Examples
    --------
    >>> stands = [Reading(0, 100), Reading(60_000, 104), Reading(120_000, 109)]
    >>> total(stands, Span(0, 120_000)).count
    9
    """
    owned = [step for step in steps(readings, modulus=modulus, exchanges=exchanges) if span.start < step.time <= span.end]
    return Total(
        count=sum(step.count for step in owned) if owned else None,
        steps=len(owned),
        events=tuple(step for step in owned if step.event is not None),
        longest=max((step.time - step.since for step in owned), default=0),
    )
