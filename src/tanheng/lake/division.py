"""Which segments a question may answer from their footers, and which it has to read.

A sealed month that carries a summary (or stands, as the question needs) is *whole* for a question when each of its days lies in
one span of the question or in none. Late readings and corrections of that month stand *beside* it, in segments of their own,
until it is sealed again: the channels and days they touch are read from the rows, all others are taken from the footer.
Everything else is the *rest*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from tanheng.core.period import Span
from tanheng.lake.segment import Daily, Segment


@dataclass(frozen=True, slots=True)
class Whole(Generic[Daily]):
    """A sealed month that its footer answers for.

    Parameters
    ----------
    segment : Segment
    summary : Summary or Stands
    owners : list of int
        Number of the span that each day lies in, -1 for none.
    beside : list of Segment
        Segments with other readings of the same days.
    """

    segment: Segment
    summary: Daily
    owners: list[int]
    beside: list[Segment]


def divided(
    segments: Sequence[Segment], spans: Sequence[Span], summary_of: Callable[[Segment], Daily | None]
) -> tuple[list[Whole[Daily]], list[Segment]]:
    """Return the segments that are whole for ``spans``, each with what stands beside it, and the rest.

    No day of one whole segment is a day of another, and no reading of the rest lies in a day of one.
    """
    wholes: list[Whole[Daily]] = []
    others: list[Segment] = []
    for segment in segments:
        summary = summary_of(segment)
        owners = None if summary is None else _owners(summary.edges, spans)
        if summary is None or owners is None or any(_meet(summary.span, whole.summary.span) for whole in wholes):
            others.append(segment)
        else:
            wholes.append(Whole(segment, summary, owners, []))
    rest = []
    for segment in others:
        met = [whole for whole in wholes if _meet(whole.summary.span, Span(segment.first, segment.last + 1))]
        if met and segment.first in met[0].summary.span and segment.last in met[0].summary.span:
            met[0].beside.append(segment)
        elif met:
            return [], list(segments)  # a file across two months, as after a change of the plant's zone
        else:
            rest.append(segment)
    return wholes, rest


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _owners(days: Sequence[int], spans: Sequence[Span]) -> list[int] | None:
    """Return the number of the span that each day lies in, or None when a span begins or ends within a day."""
    edges = np.array(days, np.int64)
    starts = np.array([span.start for span in spans], np.int64)
    ends = np.array([span.end for span in spans], np.int64)
    if _cut(edges, starts) or _cut(edges, ends):
        return None
    owner = np.searchsorted(starts, edges[:-1], side="right") - 1
    inside = (owner >= 0) & (edges[:-1] < ends[owner])
    found: list[int] = np.where(inside, owner, -1).tolist()
    return found


def _cut(edges: np.ndarray[tuple[int], np.dtype[np.int64]], instants: np.ndarray[tuple[int], np.dtype[np.int64]]) -> bool:
    """Return whether an instant lies within a day instead of on an edge."""
    within = instants[(instants > edges[0]) & (instants < edges[-1])]
    return not bool(np.isin(within, edges).all())
