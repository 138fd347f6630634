"""Totals the terminal keeps by itself: by channel for the hour, the shift and the production day, at least 62 days.

The rules are those of ``tanheng.core.aggregate``, fed reading by reading, so that a total here is digit for digit what the
platform computes from the same readings. Totals are made in the transaction that seals a batch: each reading counts once,
whatever happens. Two things only the platform can do: a rate's reading that arrives later than a newer one does not change
totals here, and readings edited afterwards are new versions there.
"""

from __future__ import annotations

import copy
import datetime
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import cbor2

from tanheng.core.aggregate import COUNTED, VALID, Integrator, Step, StepEvent, Totaliser, amount, averaged, integrated
from tanheng.core.aggregate import Reading as Value
from tanheng.core.batch import Quality
from tanheng.core.period import PlantClock, Span
from tanheng.edge.configuration import Channel, Configuration, Kind
from tanheng.edge.events import EventKind, event
from tanheng.edge.reading import EVENT_CHANNEL, Reading

PERIODS = ("hour", "shift", "day")

_EVENTS = {
    StepEvent.RESET: EventKind.REGISTER_RESET,
    StepEvent.ROLL_OVER: EventKind.REGISTER_ROLLED_OVER,
    StepEvent.BACKWARD: EventKind.REGISTER_BACKWARD,
    StepEvent.EXCHANGE: EventKind.METER_EXCHANGED,
}
_META = "registers"


@dataclass(frozen=True, slots=True)
class Total:
    """The total of one channel over one period.

    Attributes
    ----------
    channel : str
    span : Span
    value : Decimal or None
        In ``unit``; the mean of a gauge; None when nothing counted (blank is not zero).
    unit : str
        Unit of the value; a rate's ``t/h`` becomes ``t``.
    covered_ms : int
        How much of the period a rate's readings cover.
    readings : int
        Steps of a register, readings of a gauge, rows of an amount.
    """

    channel: str
    span: Span
    value: Decimal | None
    unit: str
    covered_ms: int
    readings: int


@dataclass(slots=True)
class _Part:
    """What one batch adds to one total."""

    count: int | None = None
    covered: int = 0
    readings: int = 0

    def add(self, count: int, covered: int = 0) -> None:
        self.count = count if self.count is None else self.count + count
        self.covered += covered
        self.readings += 1


_Key = tuple[str, int, int, str]


class Totals:
    """Keeps the totals of one configuration.

    Parameters
    ----------
    configuration : Configuration
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._clock = configuration.plant_clock
        self._channels = {channel.index: channel for channel in configuration.channels}
        self._registers: dict[str, Totaliser] = {}
        self._integrators: dict[str, Integrator] = {}
        self._touched: tuple[dict[str, Totaliser], dict[str, Integrator]] = ({}, {})

    def restore(self, stored: bytes | None) -> None:
        """Take up the state of registers and integrals as the last batch left it."""
        state: dict[str, list[int]] = cbor2.loads(stored) if stored else {}
        for channel in self._channels.values():
            last = state.get(channel.id)
            before = Value(last[0], last[1], Quality(last[2])) if last else None
            match channel.kind:
                case Kind.TOTALISER:
                    done = sum(1 for exchange in channel.exchanges if before is not None and exchange.time <= before.time)
                    self._registers[channel.id] = Totaliser(channel.modulus, channel.exchanges, before, done)
                case Kind.RATE:
                    self._integrators[channel.id] = Integrator(channel.stale_ms, before)
                case Kind.GAUGE | Kind.STATE | Kind.AMOUNT:
                    pass

    def take(self, db: sqlite3.Connection, readings: Sequence[Reading]) -> list[Reading]:
        """Add readings to the totals, in the caller's transaction; return the events of registers.

        ``keep`` makes the new state of registers the one that counts; call it when the transaction has been committed.
        """
        registers, integrators = dict(self._registers), dict(self._integrators)
        self._touched = (registers, integrators)
        fresh: set[str] = set()
        parts: dict[_Key, _Part] = defaultdict(_Part)
        events: list[Reading] = []
        for reading in readings:
            channel = self._channels.get(reading.channel)
            if channel is None or reading.channel == EVENT_CHANNEL:
                continue
            if channel.id not in fresh:
                fresh.add(channel.id)
                _copy(registers, channel.id)
                _copy(integrators, channel.id)
            self._one(channel, reading, registers, integrators, parts, events)
        self._write(db, parts, registers, integrators)
        return events

    def keep(self) -> None:
        """Make the state after the last ``take`` the state."""
        self._registers, self._integrators = self._touched

    def _one(
        self,
        channel: Channel,
        reading: Reading,
        registers: dict[str, Totaliser],
        integrators: dict[str, Integrator],
        parts: dict[_Key, _Part],
        events: list[Reading],
    ) -> None:
        match channel.kind:
            case Kind.TOTALISER:
                for step in _steps(registers[channel.id], reading):
                    for key in self._spans(channel, step.time - 1):
                        parts[key].add(step.count)
                    if step.event is not None:
                        events.append(_register_event(channel, step, reading))
            case Kind.RATE:
                self._integrate(channel, integrators[channel.id], reading, parts)
            case Kind.GAUGE:
                if reading.quality in VALID:
                    for key in self._spans(channel, reading.time):
                        parts[key].add(reading.value)
            case Kind.AMOUNT:
                if reading.quality in COUNTED:
                    for key in self._spans(channel, reading.time):
                        parts[key].add(reading.value)
            case Kind.STATE:
                pass

    def _integrate(self, channel: Channel, integrator: Integrator, reading: Reading, parts: dict[_Key, _Part]) -> None:
        last = integrator.last
        if last is not None and reading.time <= last.time:
            if last.time - reading.time < 3_600_000:
                return  # an older reading that came late; the platform sorts it in
            integrator.last = None  # the clock was set back: begin again
        stretch = integrator.add(Value(reading.time, reading.value, reading.quality))
        if stretch is None:
            return
        at = stretch.start
        while at < stretch.end:
            hour = self._clock.hour(at)
            periods = self._periods(at, hour)
            end = min(stretch.end, *(span.end for span in periods.values()))
            for name, span in periods.items():
                parts[(name, span.start, span.end, channel.id)].add(stretch.value * (end - at), end - at)
            at = end

    def _spans(self, channel: Channel, instant: int) -> Iterator[_Key]:
        for name, span in self._periods(instant, self._clock.hour(instant)).items():
            yield name, span.start, span.end, channel.id

    def _periods(self, instant: int, hour: Span) -> dict[str, Span]:
        day, shift = _shift_of(self._clock, instant)
        return {"hour": hour, "shift": shift, "day": day}

    def _write(
        self,
        db: sqlite3.Connection,
        parts: dict[_Key, _Part],
        registers: dict[str, Totaliser],
        integrators: dict[str, Integrator],
    ) -> None:
        for (period, start, finish, channel), part in parts.items():
            before = db.execute(
                "SELECT count, covered, readings FROM total WHERE period = ? AND start = ? AND channel = ?",
                (period, start, channel),
            ).fetchone()
            old = int(before[0]) if before and before[0] is not None else None
            count = part.count if old is None else old + (part.count or 0)
            covered, readings = (before[1], before[2]) if before else (0, 0)
            db.execute(
                "INSERT OR REPLACE INTO total (period, start, finish, channel, count, covered, readings)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    period,
                    start,
                    finish,
                    channel,
                    None if count is None else str(count),
                    covered + part.covered,
                    readings + part.readings,
                ),
            )
        lasts = {name: register.last for name, register in registers.items()}
        lasts |= {name: integrator.last for name, integrator in integrators.items()}
        state = {name: [last.time, last.value, int(last.quality)] for name, last in lasts.items() if last is not None}
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_META, cbor2.dumps(state)))

    def read(self, db_rows: Sequence[tuple[object, ...]]) -> list[Total]:
        """Return totals from rows of (channel, start, finish, count, covered, readings)."""
        by_id = {channel.id: channel for channel in self._channels.values()}
        found = []
        for identifier, start, finish, count, covered, readings in db_rows:
            channel = by_id.get(str(identifier))
            if channel is not None and isinstance(start, int) and isinstance(finish, int):
                found.append(_total(channel, Span(start, finish), count, int(str(covered)), int(str(readings))))
        return found


META_KEY = _META
SELECT = "SELECT channel, start, finish, count, covered, readings FROM total"


def _copy(states: dict[str, Totaliser] | dict[str, Integrator], name: str) -> None:
    if name in states:
        states[name] = copy.copy(states[name])  # type: ignore[assignment]  # the copy is of the same class


def _steps(register: Totaliser, reading: Reading) -> list[Step]:
    last = register.last
    if last is not None and reading.quality in COUNTED and reading.time <= last.time:
        # The clock was set back, or a stand came twice: the step belongs to the time that is claimed now.
        register.last = Value(reading.time - 1, last.value, last.quality)
    return register.add(Value(reading.time, reading.value, reading.quality))


def _register_event(channel: Channel, step: Step, reading: Reading) -> Reading:
    assert step.event is not None
    return event(
        _EVENTS[step.event], at=step.time, channel=channel.id, since=step.since, counted=step.count, stand=reading.value
    )


def _shift_of(clock: PlantClock, instant: int) -> tuple[Span, Span]:
    """Return the production day and the shift that hold an instant."""
    date = clock.local(instant).date()
    for day in (date, date - datetime.timedelta(days=1)):
        whole = clock.production_day(day)
        if instant in whole:
            shifts = (clock.shift(day, number) for number in range(len(clock.shifts.starts)))
            return whole, next(span for span in shifts if instant in span)
    raise AssertionError("every instant lies in a production day")


def _total(channel: Channel, span: Span, count: object, covered: int, readings: int) -> Total:
    decimals, unit = channel.scaling.decimals, channel.unit
    if count is None:
        return Total(channel.id, span, None, unit, covered, readings)
    whole = int(str(count))
    match channel.kind:
        case Kind.RATE:
            value = integrated(whole, decimals=decimals, per_ms=channel.per_ms)
            unit = unit.rpartition("/")[0] or unit
        case Kind.GAUGE:
            value = averaged(Fraction(whole, readings), decimals=decimals)
        case Kind.TOTALISER | Kind.STATE | Kind.AMOUNT:
            value = amount(whole, decimals=decimals)
    return Total(channel.id, span, value, unit, covered, readings)
