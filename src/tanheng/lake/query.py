"""Questions to a plant's lake, answered in integers by SQL.

Time comes in as UTC bounds of :mod:`tanheng.core.period`; SQL never truncates a date. Of a corrected reading the latest version
counts. The rules are those of :mod:`tanheng.core.aggregate`, and a property test holds both equal. Numbers in the SQL text are
integers of ours, put there by ``int``; paths travel as parameters.
"""

# ruff: noqa: S608  # what is put into the SQL are integers of ours; see the docstring

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from tanheng.core.aggregate import COUNTED, VALID, Hour, Integral, Reading, Step, StepEvent, Total, ValidityRule
from tanheng.core.aggregate.validity import hour_of_minutes
from tanheng.core.batch import Quality
from tanheng.core.period import Span
from tanheng.lake.answers import Completeness, Point, Register, Stored
from tanheng.lake.counting import MINUTES, SUMS, added
from tanheng.lake.errors import QueryError
from tanheng.lake.plant import PlantLake
from tanheng.lake.sql import codes, exchange_epoch, exchange_rows, file_parameters, source, span_index

_HOUR = 3_600_000
_MINUTE = 60_000
LOOKBACK_MS = 62 * 24 * _HOUR
"""How far a last stand is looked for: a plant that stood still for a winter stop still has one."""


class Query:
    """Questions to the lake of one plant; each sees the catalogue as it stands when it is asked.

    Parameters
    ----------
    lake : PlantLake
    """

    def __init__(self, lake: PlantLake) -> None:
        self._lake = lake

    def readings(self, channel: int, span: Span, *, versions: bool = False) -> list[Stored]:
        """Return the readings of a channel in order of time, the latest version of each, or all ``versions``."""
        table, parameters = self._source(span, [channel], every_version=versions)
        if table is None:
            return []
        question = f"SELECT channel, time, value, quality, version, entry FROM ({table}) ORDER BY time, version"
        rows = self._lake.engine.rows(question, parameters)
        return [Stored(row[0], Reading(row[1], row[2], Quality(row[3])), row[4], row[5]) for row in rows]

    def points(self, channels: Sequence[int], span: Span, *, points: int) -> dict[int, list[Point]]:
        """Return at most ``points`` stretches of equal length per channel, for a chart; one without readings is absent."""
        if not 1 <= points <= 100_000:
            raise QueryError("lake.query.points", value=points)
        width = max(1, -(-(span.end - span.start) // points))
        return self.stretches(channels, span, width=width)

    def stretches(self, channels: Sequence[int], span: Span, *, width: int) -> dict[int, list[Point]]:
        """Return what each channel did in stretches of ``width`` ms from the start of the span on.

        Hours of plant time are stretches of 3 600 000 ms from the beginning of one.
        """
        table, parameters = self._source(span, channels)
        found: dict[int, list[Point]] = {channel: [] for channel in channels}
        if table is None:
            return found
        question = f"""
            SELECT channel, (time - {span.start}) // {int(width)} AS at, min(good), max(good), arg_min(good, time),
                   arg_max(good, time), coalesce(sum(good), 0), count(good), count(*) - count(good)
            FROM (SELECT channel, time, CASE WHEN quality IN ({codes(COUNTED)}) THEN value END AS good FROM ({table}))
            GROUP BY 1, 2 ORDER BY 1, 2"""
        for channel, at, *values in self._lake.engine.rows(question, parameters):
            found[channel].append(Point(span.start + at * width, *values))
        return found

    def last(
        self, channels: Iterable[int], *, at: int, lookback: int = LOOKBACK_MS, counted: bool = False
    ) -> dict[int, Reading]:
        """Return the last reading of each channel at or before ``at``, looked for at most ``lookback`` ms back.

        Parameters
        ----------
        counted : bool
            Whether only readings count whose quality enters a total.
        """
        found: dict[int, Reading] = {}
        wanted = set(channels)
        end = at + 1
        for reach in sorted({min(reach, lookback) for reach in (2 * _HOUR, 26 * _HOUR, 8 * 24 * _HOUR, lookback)}):
            missing = sorted(wanted - found.keys())
            if not missing:
                break
            found.update(self._last(missing, Span(at + 1 - reach, end), counted=counted))
            end = at + 1 - reach
        return found

    def _last(self, channels: Sequence[int], span: Span, *, counted: bool) -> dict[int, Reading]:
        table, parameters = self._source(span, channels)
        if table is None:
            return {}
        filtered = f"WHERE quality IN ({codes(COUNTED)})" if counted else ""
        question = (
            f"SELECT channel, max(time), arg_max(value, time), arg_max(quality, time) FROM ({table}) {filtered} GROUP BY 1"
        )
        rows = self._lake.engine.rows(question, parameters)
        return {channel: Reading(time, value, Quality(quality)) for channel, time, value, quality in rows}

    def totals(
        self, registers: Sequence[Register], spans: Sequence[Span], *, lookback: int = LOOKBACK_MS
    ) -> dict[int, list[Total]]:
        """Return the total of each register in each of ``spans`` by the difference of its stands.

        Parameters
        ----------
        registers : sequence of Register
        spans : sequence of Span
            In order, not overlapping.
        lookback : ms
            How far before the first span the stand is looked for that the first step begins with.
        """
        _ordered(spans)
        by_channel = {register.channel: register for register in registers}
        whole = Span(spans[0].start, spans[-1].end)
        before = self.last(by_channel, at=whole.start, lookback=lookback, counted=True)
        steps, parameters = self._steps(by_channel, whole, before)
        empty = Total(None, 0, (), 0)
        found = {channel: [empty] * len(spans) for channel in by_channel}
        if not steps:
            return found
        owner = span_index("time", spans, closed_end=True)
        events = "step <> after - before OR after < before OR exchanged"
        question = f"""
            SELECT channel, {owner} AS owner, sum(step), count(*), count(*) FILTER ({events}), max(time - since)
            FROM ({steps}) WHERE step IS NOT NULL GROUP BY 1, 2 HAVING owner >= 0"""
        rows = self._lake.engine.rows(question, parameters)
        marked = self._events(steps, owner, events, parameters) if any(row[4] for row in rows) else {}
        for channel, index, count, number, _, longest in rows:
            found[channel][index] = Total(int(count), number, tuple(marked.get((channel, index), ())), longest)
        return found

    def _steps(
        self, registers: Mapping[int, Register], whole: Span, before: Mapping[int, Reading]
    ) -> tuple[str | None, dict[str, object]]:
        """Return the SQL that gives the steps of registers in a span: channel, since, time, before, after, step, exchanged."""
        table, parameters = self._source(Span(whole.start + 1, whole.end + 1), list(registers))
        parts = []
        epoch = exchange_epoch({channel: register.exchanges for channel, register in registers.items()})
        if table is not None:
            counted = f"quality IN ({codes(COUNTED)})"
            parts.append(f"SELECT channel, time, value, {epoch} AS epoch, 1 AS rank FROM ({table}) WHERE {counted}")
        for channel, stand in before.items():
            held = f"SELECT {channel} AS channel, {stand.time} AS time, {stand.value} AS value"
            parts.append(
                f"SELECT channel, time::BIGINT AS time, value::BIGINT AS value, {epoch} AS epoch, 1 AS rank FROM ({held})"
            )
        for channel, register in registers.items():
            earliest = before[channel].time if channel in before else None
            parts += exchange_rows(channel, register.exchanges, after=earliest, until=whole.end)
        if not parts:
            return None, {}
        moduli = {channel: register.modulus for channel, register in registers.items() if register.modulus is not None}
        modulus = "CASE channel " + " ".join(f"WHEN {c} THEN {m}" for c, m in moduli.items()) + " END" if moduli else "NULL"
        broken = any(register.exchanges for register in registers.values())
        series = "channel, epoch ORDER BY time, rank" if broken else "channel ORDER BY time"
        question = f"""
            SELECT channel, since, time, before, after, rank <> 1 AS exchanged,
                   CASE WHEN after >= before THEN after - before
                        WHEN {modulus} IS NOT NULL AND after >= 0
                             AND (after::HUGEINT + {modulus} - before) * 10 < {modulus} THEN after + {modulus} - before
                        WHEN after >= 0 AND after::HUGEINT * 10 < before::HUGEINT * 9 THEN after
                        ELSE after - before END AS step
            FROM (SELECT channel, time, value AS after, rank,
                         lag(value) OVER register AS before, lag(time) OVER register AS since
                  FROM ({" UNION ALL ".join(parts)})
                  WINDOW register AS (PARTITION BY {series}))"""
        return question, parameters

    def _events(self, steps: str, owner: str, events: str, parameters: dict[str, object]) -> dict[tuple[int, int], list[Step]]:
        question = f"""
            SELECT channel, {owner} AS owner, since, time, step, before, after, exchanged
            FROM ({steps}) WHERE step IS NOT NULL AND ({events}) AND {owner} >= 0 ORDER BY channel, time"""
        found: dict[tuple[int, int], list[Step]] = defaultdict(list)
        for channel, index, since, time, step, before, after, exchanged in self._lake.engine.rows(question, parameters):
            event = _event(int(step), before, after, exchanged=exchanged)
            found[channel, index].append(Step(since, time, int(step), event))
        return found

    def integrals(self, channels: Sequence[int], spans: Sequence[Span], *, hold: int) -> dict[int, list[Integral]]:
        """Return the integral of each rate over each of ``spans``; a reading stands until the next one, at most ``hold`` ms."""
        _ordered(spans)
        if hold <= 0:
            raise QueryError("lake.query.hold", value=hold)
        found = {channel: [Integral(None, 0)] * len(spans) for channel in channels}
        table, parameters = self._source(Span(spans[0].start - hold, spans[-1].end), channels)
        if table is None:
            return found
        bounds = ", ".join(f"({index}, {span.start}, {span.end})" for index, span in enumerate(spans))
        question = f"""
            WITH stretch AS (
              SELECT * FROM (
                SELECT channel, value, quality, time AS first,
                       least(lead(time) OVER (PARTITION BY channel ORDER BY time), time + {hold}) AS past
                FROM ({table}))
              WHERE quality IN ({codes(COUNTED)}) AND past > {spans[0].start}),
            placed AS (
              SELECT channel, value, first, past,
                     greatest({span_index("first", spans)}, 0) AS low, {span_index("past - 1", spans)} AS high FROM stretch),
            part AS (
              SELECT channel, value, first, past, low AS owner FROM placed WHERE low = high
              UNION ALL
              SELECT channel, value, first, past, unnest(generate_series(low, high)) AS owner FROM placed WHERE low < high)
            SELECT channel, owner, sum(value::HUGEINT * (least(past, till) - greatest(first, since))),
                   sum(least(past, till) - greatest(first, since))
            FROM part JOIN (VALUES {bounds}) span(number, since, till) ON owner = number
            WHERE greatest(first, since) < least(past, till) GROUP BY 1, 2"""
        for channel, index, count_ms, covered in self._lake.engine.rows(question, parameters):
            found[channel][index] = Integral(int(count_ms), int(covered))
        return found

    def sums(self, channels: Sequence[int], spans: Sequence[Span]) -> dict[int, list[tuple[int, int]]]:
        """Return sum and number of the counting readings of each channel in each span, for channels that report amounts."""
        _ordered(spans)
        counts = added(self._lake, channels, spans, SUMS)
        return {channel: [counts[channel, index] for index in range(len(spans))] for channel in channels}

    def completeness(self, channels: Sequence[int], days: Sequence[Span]) -> dict[int, list[Completeness]]:
        """Return how many minutes of each day each channel covers."""
        _ordered(days)
        counts = added(self._lake, channels, days, MINUTES)
        lengths = [(day.end - day.start) // _MINUTE for day in days]
        found = {}
        for channel in channels:
            cells = [counts[channel, index] for index in range(len(days))]
            pairs = zip(cells, lengths, strict=True)
            found[channel] = [Completeness(minutes, valid, length - minutes) for (minutes, valid), length in pairs]
        return found

    def hours(self, channels: Sequence[int], hours: Sequence[Span], *, rule: ValidityRule) -> dict[int, list[Hour]]:
        """Return each hour of each channel with its state and exact mean, by the rule of valid minutes.

        Days and months follow from these with :func:`tanheng.core.aggregate.day_of_hours` and ``month_of_days``, and filled
        gaps with ``substitute``.
        """
        _ordered(hours)
        if any(hour.end - hour.start != _HOUR or hour.start % _MINUTE for hour in hours):
            raise QueryError("lake.query.hours")
        table, parameters = self._source(Span(hours[0].start, hours[-1].end), channels)
        counts: dict[tuple[int, int], tuple[int, int, Fraction]] = {}
        if table is not None:
            counts = self._hour_counts(table, parameters, hours)
        nothing = (0, 0, Fraction(0))
        found: dict[int, list[Hour]] = {}
        for channel in channels:
            row = []
            for index, hour in enumerate(hours):
                minutes, stopped, summed = counts.get((channel, index), nothing)
                row.append(hour_of_minutes(hour.start, minutes=minutes, stopped=stopped, minute_means=summed, rule=rule))
            found[channel] = row
        return found

    def _hour_counts(
        self, table: str, parameters: dict[str, object], hours: Sequence[Span]
    ) -> dict[tuple[int, int], tuple[int, int, Fraction]]:
        question = f"""
            SELECT channel, {span_index("minute", hours, gaps=True)} AS owner, number, count(*), sum(summed),
                   count(*) FILTER (number = 0 AND still)
            FROM (SELECT channel, time // {_MINUTE} * {_MINUTE} AS minute,
                         count(*) FILTER (quality IN ({codes(VALID)})) AS number,
                         sum(value) FILTER (quality IN ({codes(VALID)})) AS summed,
                         bool_or(quality = {int(Quality.STOPPED)}) AS still
                  FROM ({table}) GROUP BY 1, 2)
            GROUP BY 1, 2, 3 HAVING owner >= 0"""
        counts: dict[tuple[int, int], tuple[int, int, Fraction]] = {}
        for channel, index, number, minutes, summed, stopped in self._lake.engine.rows(question, parameters):
            before = counts.get((channel, index), (0, 0, Fraction(0)))
            means = Fraction(int(summed), number) if number else Fraction(0)
            counts[channel, index] = (before[0] + (minutes if number else 0), before[1] + stopped, before[2] + means)
        return counts

    def _source(
        self, span: Span, channels: Sequence[int], *, every_version: bool = False
    ) -> tuple[str | None, dict[str, object]]:
        segments = self._lake.catalogue.state().overlapping(span.start, span.end)
        if not segments or not channels:
            return None, {}
        return source(segments, span, channels, every_version=every_version), file_parameters(segments, self._lake.paths)


def _event(step: int, before: int, after: int, *, exchanged: bool) -> StepEvent | None:
    if exchanged:
        return StepEvent.EXCHANGE
    if step == after - before:
        return StepEvent.BACKWARD
    return StepEvent.RESET if step == after else StepEvent.ROLL_OVER


def _ordered(spans: Sequence[Span]) -> None:
    proper = bool(spans) and all(span.start < span.end for span in spans)
    if not proper or any(later.start < earlier.end for earlier, later in itertools.pairwise(spans)):
        raise QueryError("lake.query.spans")
