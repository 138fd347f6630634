"""The last reading of each channel at or before an instant.

Where only sealed months are within reach, and the instant does not cut one of their days, their stands tell it. Otherwise the
rows are asked, in windows that reach further and further back: most channels have a reading in the first.
"""

# ruff: noqa: S608  # what is put into the SQL are integers of ours

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from tanheng.core.aggregate import COUNTED, Reading
from tanheng.core.batch import Quality
from tanheng.core.period import Span
from tanheng.lake.catalogue import State
from tanheng.lake.plant import PlantLake
from tanheng.lake.segment import Segment
from tanheng.lake.sql import codes, file_parameters, source
from tanheng.lake.stands import Stands

_HOUR = 3_600_000
LOOKBACK_MS = 62 * 24 * _HOUR
"""How far a last stand is looked for: a plant that stood still for a winter stop still has one."""
_WINDOWS = (2 * _HOUR, 26 * _HOUR, 8 * 24 * _HOUR)


def latest(
    lake: PlantLake,
    state: State,
    channels: Iterable[int],
    *,
    at: int,
    lookback: int = LOOKBACK_MS,
    counted: bool = False,
    stands: bool = True,
) -> dict[int, Reading]:
    """Return the last reading of each channel at or before ``at``, looked for at most ``lookback`` ms back.

    Parameters
    ----------
    lake : PlantLake
    state : State
        Of its catalogue.
    channels : iterable of int
    at : ms UTC
    lookback : ms
    counted : bool
        Whether only readings count whose quality enters a total.
    stands : bool
        Whether stands may answer; without them every row is read.
    """
    wanted, end = set(channels), at + 1
    reach = Span(end - lookback, end)
    found = _of_footers(lake, state.overlapping(reach.start, end), wanted, reach, counted=counted) if stands else None
    return found if found is not None else _of_rows(lake, state, wanted, reach, counted=counted)


def _of_footers(
    lake: PlantLake, segments: list[Segment], wanted: set[int], reach: Span, *, counted: bool
) -> dict[int, Reading] | None:
    """Return the last readings by stands, newest month first; None when it takes rows to tell."""
    ordered = sorted(segments, key=lambda segment: segment.first)
    if any(later.first <= earlier.last for earlier, later in itertools.pairwise(ordered)):
        return None
    found: dict[int, Reading] = {}
    for segment in reversed(ordered):
        missing = wanted - found.keys()
        if not missing:
            break
        stands = lake.stands(segment)
        if stands is None or (reach.end < stands.edges[-1] and reach.end not in stands.edges):
            return None
        found.update(_of_stands(stands, missing, until=reach.end, counted=counted))
    return {channel: reading for channel, reading in found.items() if reading.time >= reach.start}


def _of_stands(stands: Stands, channels: set[int], *, until: int, counted: bool) -> dict[int, Reading]:
    """Return the last reading of channels on the days that end at ``until`` or before."""
    cells = stands.cells
    chosen = np.isin(cells["channel"], sorted(channels)) & (np.asarray(stands.edges[1:])[cells["day"]] <= until)
    if counted:
        chosen &= cells["counted"] > 0
    at = np.flatnonzero(chosen)
    number = cells["channel"][at]
    at = at[np.append(number[1:] != number[:-1], True)] if len(at) else at
    time, value, quality = cells["last_time"][at], cells["last"][at], cells["last_quality"][at]
    if not counted:
        time, value, quality = time + cells["latest_time"][at], value + cells["latest"][at], cells["latest_quality"][at]
    found = zip(cells["channel"][at].tolist(), time.tolist(), value.tolist(), quality.tolist(), strict=True)
    return {channel: Reading(instant, count, Quality(code)) for channel, instant, count, code in found}


def _of_rows(lake: PlantLake, state: State, wanted: set[int], reach: Span, *, counted: bool) -> dict[int, Reading]:
    found: dict[int, Reading] = {}
    end, longest = reach.end, reach.end - reach.start
    for window in sorted({min(window, longest) for window in (*_WINDOWS, longest)}):
        missing = sorted(wanted - found.keys())
        if not missing:
            break
        span = Span(reach.end - window, end)
        found.update(_in_window(lake, state.overlapping(span.start, span.end), missing, span, counted=counted))
        end = span.start
    return found


def _in_window(
    lake: PlantLake, segments: Sequence[Segment], channels: Sequence[int], span: Span, *, counted: bool
) -> dict[int, Reading]:
    if not segments:
        return {}
    filtered = f"WHERE quality IN ({codes(COUNTED)})" if counted else ""
    question = f"""
        SELECT channel, max(time), arg_max(value, time), arg_max(quality, time)
        FROM ({source(segments, span, channels)}) {filtered} GROUP BY 1"""
    rows = lake.engine.rows(question, file_parameters(segments, lake.paths))
    return {channel: Reading(time, value, Quality(quality)) for channel, time, value, quality in rows}
