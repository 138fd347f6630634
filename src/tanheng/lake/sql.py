"""The pieces of SQL that the questions of :mod:`tanheng.lake.query` are made of."""

# ruff: noqa: S608  # what is put into the SQL are integers of ours; see the docstring

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence

from tanheng.core.batch import Quality
from tanheng.core.period import Span
from tanheng.lake.segment import Segment


def codes(qualities: Iterable[Quality]) -> str:
    """Return qualities as a list of codes."""
    return ", ".join(str(int(quality)) for quality in sorted(qualities))


def channels_in(channels: Sequence[int]) -> str:
    """Return the condition that names channels; the range lets Parquet skip row groups."""
    numbers = sorted({int(channel) for channel in channels})
    condition = f"channel BETWEEN {numbers[0]} AND {numbers[-1]}"
    if len(numbers) == numbers[-1] - numbers[0] + 1:
        return condition
    return f"{condition} AND channel IN ({', '.join(map(str, numbers))})"


def source(segments: Sequence[Segment], span: Span, channels: Sequence[int], *, every_version: bool = False) -> str:
    """Return the SQL of the readings of ``channels`` in ``span``: the latest version of each, unless every one is asked for.

    Its parameters are those of :func:`file_parameters`.
    """
    where = " AND ".join([channels_in(channels), *_bounds(segments, span)])
    if all(segment.max_version == 0 for segment in segments):
        return f"SELECT channel, time, value, quality, version, entry FROM read_parquet($files) WHERE {where}"
    latest = (
        f"SELECT channel, time, max(version) AS newest FROM read_parquet($corrected) WHERE version > 0 AND {where} GROUP BY ALL"
    )
    versions = "" if every_version else "WHERE version = coalesce(newest, 0)"
    return f"""
        SELECT channel, time, value, quality, version, entry
        FROM (SELECT * FROM read_parquet($files) WHERE {where}) LEFT JOIN ({latest}) USING (channel, time) {versions}"""


def _bounds(segments: Sequence[Segment], span: Span) -> list[str]:
    """Return the conditions that keep instants in ``span``, without one that the catalogue says every reading meets."""
    found = []
    if any(segment.first < span.start for segment in segments):
        found.append(f"time >= {int(span.start)}")
    if any(segment.last >= span.end for segment in segments):
        found.append(f"time < {int(span.end)}")
    return found


def file_parameters(segments: Sequence[Segment], paths: Callable[[Sequence[Segment]], list[str]]) -> dict[str, object]:
    """Return the parameters of :func:`source`: ``$files`` and, when a segment holds corrections, ``$corrected``."""
    corrected = [segment for segment in segments if segment.max_version]
    parameters: dict[str, object] = {"files": paths(segments)}
    if corrected:
        parameters["corrected"] = paths(corrected)
    return parameters


def span_index(time: str, spans: Sequence[Span], *, closed_end: bool = False, gaps: bool = False) -> str:
    """Return the SQL of the number of the span that an instant belongs to, -1 before the first.

    Parameters
    ----------
    time : str
        SQL of the instant.
    spans : sequence of Span
        In order, not overlapping.
    closed_end : bool
        Whether a span owns its end and not its start (the steps of a totaliser); implies ``gaps``.
    gaps : bool
        Whether an instant between two spans, or after the last, belongs to none (-1) instead of the one before it.
    """
    shift = 1 if closed_end else 0
    starts = [span.start + shift for span in spans]
    width = spans[0].end - spans[0].start
    adjoining = all(b.start == a.end for a, b in itertools.pairwise(spans))
    if adjoining and all(span.end - span.start == width for span in spans):
        inner = f"({time} - {starts[0]}) // {width}"
        past = f"{time} >= {spans[-1].end + shift}"
        beyond = -1 if gaps or closed_end else len(spans) - 1
        return f"CASE WHEN {time} < {starts[0]} THEN -1 WHEN {past} THEN {beyond} ELSE {inner} END"
    edges: list[tuple[int, int]] = []
    for number, span in enumerate(spans):
        edges.append((starts[number], number))
        last = number + 1 == len(spans)
        if (gaps or closed_end) and (last or spans[number + 1].start > span.end):
            edges.append((span.end + shift, -1))
    return _branches(time, edges, -1)


def cut_at(time: str, instants: Iterable[int]) -> str:
    """Return the SQL that tells apart what lies between two ``instants`` that follow each other."""
    return _branches(time, [(instant, number) for number, instant in enumerate(sorted(set(instants)))], -1)


def _branches(time: str, edges: Sequence[tuple[int, int]], below: int) -> str:
    """Return nested CASEs, halved like a search: ``below`` under the first edge, then the number of the edge last passed."""
    if not edges:
        return str(below)
    middle = len(edges) // 2
    edge, number = edges[middle]
    under, over = _branches(time, edges[:middle], below), _branches(time, edges[middle + 1 :], number)
    return f"CASE WHEN {time} < {edge} THEN {under} ELSE {over} END"
