"""Questions to a plant's lake, answered in integers by SQL.

Time comes in as UTC bounds of :mod:`tanheng.core.period`; SQL never truncates a date. Of a corrected reading the latest version
counts. The rules are those of :mod:`tanheng.core.aggregate`, and a property test holds both equal. Numbers in the SQL text are
integers of ours, put there by ``int``; paths travel as parameters.
"""

# ruff: noqa: S608  # what is put into the SQL are integers of ours; see the docstring

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction

from tanheng.core.aggregate import COUNTED, VALID, Hour, Integral, Reading, Total, ValidityRule
from tanheng.core.aggregate.validity import hour_of_minutes
from tanheng.core.batch import Quality
from tanheng.core.period import Span
from tanheng.lake.answers import Completeness, Point, Register, Stored
from tanheng.lake.counting import MINUTES, SUMS, added
from tanheng.lake.errors import QueryError
from tanheng.lake.latest import LOOKBACK_MS, latest
from tanheng.lake.plant import PlantLake
from tanheng.lake.registers import totals
from tanheng.lake.sql import codes, file_parameters, source, span_index

_HOUR = 3_600_000
_MINUTE = 60_000


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
        return latest(self._lake, self._lake.catalogue.state(), channels, at=at, lookback=lookback, counted=counted)

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
        return totals(self._lake, registers, spans, lookback=lookback)

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


def _ordered(spans: Sequence[Span]) -> None:
    proper = bool(spans) and all(span.start < span.end for span in spans)
    if not proper or any(later.start < earlier.end for earlier, later in itertools.pairwise(spans)):
        raise QueryError("lake.query.spans")
