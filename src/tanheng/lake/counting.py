"""Numbers of each channel and span that add up over days: sums, and minutes that are covered.

Sealed months give them from their summaries, but for the channels and days that late readings or corrections touch; those, and
what is not sealed, are read from the rows. A property test holds both ways equal.
"""

# ruff: noqa: S608  # what is put into the SQL are integers of ours

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tanheng.core.aggregate import COUNTED, VALID
from tanheng.core.batch import Quality
from tanheng.core.period import Span
from tanheng.lake.division import Whole, divided
from tanheng.lake.plant import PlantLake
from tanheng.lake.segment import Daily, Segment
from tanheng.lake.sql import codes, file_parameters, source, span_index
from tanheng.lake.summary import Summary

_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which readings a question is about.

    Parameters
    ----------
    channels : list of int
    spans : sequence of Span
        In order, not overlapping.
    cells : (days, pairs), optional
        Only these channels and numbers of days.
    """

    channels: list[int]
    spans: Sequence[Span]
    cells: tuple[list[Span], frozenset[tuple[int, int]]] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers that add up: what they are called in a summary, and how they are read from rows."""

    names: tuple[str, str]
    plain: Callable[[PlantLake, Sequence[Segment], Asked], list[tuple[Any, ...]]]


def added(
    lake: PlantLake, channels: Iterable[int], spans: Sequence[Span], pair: Pair, *, summaries: bool = True
) -> defaultdict[tuple[int, int], tuple[int, int]]:
    """Return the two numbers of each channel and span.

    Parameters
    ----------
    lake : PlantLake
    channels : iterable of int
    spans : sequence of Span
        In order, not overlapping.
    pair : Pair
        :data:`SUMS` or :data:`MINUTES`.
    summaries : bool
        Whether summaries may answer; without them every row is read.
    """
    found: defaultdict[tuple[int, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    asked = Asked(sorted(set(channels)), spans)
    segments = lake.catalogue.state().overlapping(spans[0].start, spans[-1].end)
    wholes, rest = divided(segments, spans, lake.summary if summaries else lambda _: None)
    answers: list[Iterable[tuple[Any, ...]]] = [pair.plain(lake, rest, asked)]
    for whole in wholes:
        touched = touched_cells(lake, whole, asked.channels)
        if touched:
            cells = Asked(asked.channels, spans, (whole.summary.days, touched))
            answers.append(pair.plain(lake, [whole.segment, *whole.beside], cells))
        answers.append(_of_summary(whole, frozenset(asked.channels), touched, pair.names))
    for channel, owner, one, other in itertools.chain.from_iterable(answers):
        if owner >= 0:
            before = found[channel, owner]
            found[channel, owner] = (before[0] + int(one), before[1] + int(other))
    return found


def touched_cells(lake: PlantLake, whole: Whole[Daily], channels: list[int]) -> frozenset[tuple[int, int]]:
    """Return the channels and days of a sealed month of which another segment holds a reading too."""
    if not whole.beside or not channels:
        return frozenset()
    table = source(whole.beside, whole.summary.span, channels, every_version=True)
    question = f"SELECT DISTINCT channel, {span_index('time', whole.summary.days)} FROM ({table})"
    return frozenset(lake.engine.rows(question, file_parameters(whole.beside, lake.paths)))


def _of_summary(
    whole: Whole[Summary], channels: frozenset[int], touched: frozenset[tuple[int, int]], names: tuple[str, str]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield channel, span and the two numbers of each cell of a summary that nothing else touches."""
    summary = whole.summary
    numbers = (getattr(summary, name) for name in names)
    for channel, day, one, other in zip(summary.channel, summary.day, *numbers, strict=True):
        if channel in channels and (channel, day) not in touched:
            yield channel, whole.owners[day], one, other


def _sums(lake: PlantLake, segments: Sequence[Segment], asked: Asked) -> list[tuple[Any, ...]]:
    if not segments or not asked.channels:
        return []
    table, parameters = chosen_rows(lake, segments, asked)
    question = f"""
        SELECT channel, {_owner(asked.spans)}, sum(value), count(*) FROM ({table})
        WHERE quality IN ({codes(COUNTED)}) GROUP BY 1, 2"""
    return lake.engine.rows(question, parameters)


def _minutes(lake: PlantLake, segments: Sequence[Segment], asked: Asked) -> list[tuple[Any, ...]]:
    """Count minutes with a value, and with a valid one.

    Files in which no channel has two readings in one minute, and which share no minute with another file, are counted row by
    row; in the others the minutes are told apart.
    """
    good, some = f"quality IN ({codes(VALID)})", f"quality <> {int(Quality.NO_DATA)}"
    found: list[tuple[Any, ...]] = []
    for chosen, each_row in _by_minutes(segments) if asked.cells is None else [(segments, False)]:
        if not chosen or not asked.channels:
            continue
        table, parameters = chosen_rows(lake, chosen, asked)
        if not each_row:
            table = f"""
                SELECT channel, time // {_MINUTE} * {_MINUTE} AS time, min(CASE WHEN {good} THEN 0 ELSE quality END) AS quality
                FROM ({table}) WHERE {some} GROUP BY 1, 2"""
        question = f"""
            SELECT channel, {_owner(asked.spans)}, count(*), count(*) FILTER ({good})
            FROM ({table}) WHERE {some} GROUP BY 1, 2"""
        found += lake.engine.rows(question, parameters)
    return found


SUMS = Pair(("summed", "counted"), _sums)
"""Sum and number of the readings whose quality enters a total."""
MINUTES = Pair(("minutes", "valid"), _minutes)
"""Minutes with a value, and with a valid one."""


def chosen_rows(lake: PlantLake, segments: Sequence[Segment], asked: Asked) -> tuple[str, dict[str, object]]:
    """Return the SQL of the readings asked for, and its parameters."""
    table = source(segments, Span(asked.spans[0].start, asked.spans[-1].end), asked.channels)
    parameters = file_parameters(segments, lake.paths)
    if asked.cells is None:
        return table, parameters
    days, pairs = asked.cells
    parameters["in_channel"], parameters["on_day"] = map(list, zip(*sorted(pairs), strict=True))
    chosen = "SELECT unnest($in_channel::INTEGER[]) AS channel, unnest($on_day::INTEGER[]) AS day"
    placed = f"SELECT *, ({span_index('time', days, gaps=True)})::INTEGER AS day FROM ({table})"
    return f"SELECT * FROM ({placed}) SEMI JOIN ({chosen}) USING (channel, day)", parameters


def _owner(spans: Sequence[Span]) -> str:
    gaps = any(later.start > earlier.end for earlier, later in itertools.pairwise(spans))
    return span_index("time", spans, gaps=gaps)


def _by_minutes(segments: Sequence[Segment]) -> list[tuple[Sequence[Segment], bool]]:
    """Return the segments that can be counted row by row, and those whose minutes must be told apart."""
    alone: list[Segment] = []
    together: list[Segment] = []
    reached = -1
    ordered = sorted(segments, key=lambda segment: segment.first)
    for position, segment in enumerate(ordered):
        following = ordered[position + 1].first // _MINUTE if position + 1 < len(ordered) else None
        last = segment.last // _MINUTE
        apart = segment.first // _MINUTE > reached and (following is None or last < following)
        (alone if apart and segment.one_a_minute and not segment.max_version else together).append(segment)
        reached = max(reached, last)
    return [(alone, True), (together, False)]
