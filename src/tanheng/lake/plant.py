"""The lake of one plant: take rows in, correct them, fold days, seal months, sweep, audit."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tanheng.core.batch import Quality
from tanheng.core.identifiers import dotted
from tanheng.core.period import Month, PlantClock
from tanheng.lake.audit import audit
from tanheng.lake.catalogue import Catalogue, Change, State
from tanheng.lake.engine import Engine
from tanheng.lake.errors import LakeError, RowsError, SegmentError
from tanheng.lake.files import Files, disk_error
from tanheng.lake.rows import Rows, joined
from tanheng.lake.segment import Segment, array_of, read_stands, read_summary, rows_of_table, table_of, write_segment
from tanheng.lake.stands import Stands
from tanheng.lake.summary import Summary

FOLD = 16
"""So many segments of one day are folded into one, unless the lake is opened with another number."""
_FOOTERS = 24
"""Summaries and stands of so many sealed months are kept at hand: two years, about 70 MB."""
KEEP_RETIRED_MS = 3_600_000
"""A retired file stays for an hour, for queries that still read it."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A reading that came again with another value; the first one stays."""

    channel: int
    time: int
    version: int
    kept: int
    refused: int
    entry: int


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of rows: stored, there already, and there with another value."""

    stored: int
    duplicates: int
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class SealedMonth:
    """A sealed plant-month: the unit of storage, of work and of proof."""

    plant: str
    month: str
    path: str
    sha256: str
    rows: int
    size: int


class PlantLake:
    """The telemetry lake of one plant. One writer at a time; any number of readers.

    Parameters
    ----------
    plant : str
        Id of the plant.
    files : Files
        The lake's folder, shared by all plants.
    catalogue : Catalogue
        Of this plant.
    clock : PlantClock
        The plant's zone: days and months of its files are of plant time.
    engine : Engine
    fold : int
        So many segments of one day are folded into one.
    """

    def __init__(
        self, plant: str, *, files: Files, catalogue: Catalogue, clock: PlantClock, engine: Engine, fold: int = FOLD
    ) -> None:
        self.plant = dotted(plant, thing="plant")
        self.files = files
        self.catalogue = catalogue
        self.clock = clock
        self.engine = engine
        self._fold_at = fold
        self._summary = functools.lru_cache(maxsize=_FOOTERS)(functools.partial(read_summary, files))
        self._stands = functools.lru_cache(maxsize=_FOOTERS)(functools.partial(read_stands, files))

    def append(self, rows: Rows, *, now: int, settled: int | None = None) -> Appended:
        """Store rows durably, each (channel, time, version) once.

        Parameters
        ----------
        rows : Rows
            In any order.
        now : ms UTC
        settled : int, optional
            The journal index up to which everything is in these rows or was before; moves in the same step.

        Returns
        -------
        Appended
            A row that is there with the same value is a duplicate and dropped. One with another value is a conflict: the
            first to arrive stays, the other is kept beside the lake (``conflicts/``) and named.

        Raises
        ------
        RowsError
            When a row cannot be held; nothing is stored then.
        LakeError
            When the disk refuses; nothing is stored then.
        """
        state = self.catalogue.state()
        ordered = rows.check().sorted()
        stored, refused, conflicts, duplicates = [], [], [], 0
        for day, part in self._days(ordered):
            fresh, again = self._within_itself(part)
            fresh, there = self._against(fresh, state)
            for repeated, kept in (*again, *there):
                equal = (repeated.value == kept.value) & (repeated.quality == kept.quality)
                duplicates += int(equal.sum())
                refused.append((day, repeated.take(~equal)))
                conflicts += _named(repeated.take(~equal), kept.take(~equal))
            if len(fresh):
                stored.append((day, fresh))
        segments = [self._write("segments", day, part, state) for day, part in stored]
        for day, part in refused:
            if len(part):
                self._write("conflicts", day, part, state)
        if segments or settled is not None or duplicates or conflicts:
            change = Change(add=segments, settled=settled, duplicates=duplicates, conflicts=len(conflicts), now=now)
            state = self.catalogue.commit(change, expected=state)
            for day, _ in stored:
                state = self._fold(day, state, now=now)
        return Appended(sum(len(part) for _, part in stored), duplicates, tuple(conflicts))

    def correct(self, *, channel: int, time: int, value: int, quality: Quality, entry: int, now: int) -> int:
        """Put a corrected reading beside the one it corrects and return its version.

        Raises
        ------
        RowsError
            When there is no reading of that channel at that instant.
        """
        state = self.catalogue.state()
        question = "SELECT max(version) FROM read_parquet($files) WHERE channel = $channel AND time = $time"
        files = self.paths(state.overlapping(time, time + 1))
        found = self.engine.rows(question, {"files": files, "channel": channel, "time": time})[0][0] if files else None
        if found is None:
            raise RowsError("lake.rows.nothing_to_correct", channel=channel, time=time)
        version = int(found) + 1
        self.append(_one(channel, time, version, value, quality, entry), now=now)
        return version

    def seal(self, month: Month, *, now: int) -> SealedMonth:
        """Merge everything of a month into one file; what comes later waits in daily segments for the next sealing.

        Raises
        ------
        SegmentError
            When the month has no readings.
        """
        state = self.catalogue.state()
        span = self.clock.month(month)
        old = [segment for segment in state.overlapping(span.start, span.end) if segment.month in (None, str(month))]
        if not old:
            raise SegmentError("lake.month.empty", plant=self.plant, month=str(month))
        if len(old) > 1 or old[0].month is None:
            stem = f"sealed/plant={self.plant}/month={month}/{self.plant}-{month}-{state.revision + 1:08d}"
            new = write_segment(self.files, stem, self._merged(old), month=str(month), days=self.day_edges(month))
            change = Change(add=[new], remove=[segment.path for segment in old], now=now)
            self.catalogue.commit(change, expected=state)
        else:
            new = old[0]
        return SealedMonth(self.plant, str(month), new.path, new.sha256, new.rows, new.size)

    def day_edges(self, month: Month) -> list[int]:
        """Return the beginnings of the days of a month and the end of the last, in ms UTC."""
        return [*(self.clock.day(day).start for day in self.clock.days_of(month)), self.clock.month(month).end]

    def summary(self, segment: Segment) -> Summary | None:
        """Return the summary of a sealed month, None when it has none; read once, for a file never changes."""
        return self._summary(segment) if segment.month is not None else None

    def stands(self, segment: Segment) -> Stands | None:
        """Return the stands of a sealed month, None when it has none; read once, for a file never changes."""
        return self._stands(segment) if segment.month is not None else None

    def sweep(self, *, now: int) -> list[str]:
        """Remove the files retired more than an hour ago and return their paths.

        Raises
        ------
        LakeError
            When the disk refuses; the next sweep tries again.
        """
        state = self.catalogue.state()
        old = [entry.path for entry in state.retired if now - entry.since >= KEEP_RETIRED_MS]
        for path in old:
            self._remove(path)
        if old:
            self.catalogue.commit(Change(forget=old, now=now), expected=state)
        return old

    def tidy(self) -> list[str]:
        """Remove what a crash left behind: files that no catalogue ever named. For a writer that starts, before it writes."""
        state = self.catalogue.state()
        named = {segment.path for segment in state.segments} | {entry.path for entry in state.retired}
        folders = (f"segments/plant={self.plant}", f"sealed/plant={self.plant}")
        left = [path for folder in folders for path in self.files.paths(folder) if path not in named]
        for path in left:
            self._remove(path)
        return left

    def audit(self, *, since: int | None = None) -> list[LakeError]:
        """Re-read the segments (all, or those with readings at or after ``since``) and return everything that differs."""
        return list(audit(self.files, self.plant, self.catalogue.state(), since=since))

    def paths(self, segments: Sequence[Segment]) -> list[str]:
        """Return the places of segments on the disk, as DuckDB takes them."""
        return [str(self.files.root / segment.path) for segment in segments]

    def _remove(self, path: str) -> None:
        try:
            self.files.remove(path)
        except OSError as error:
            raise disk_error(path, error) from error

    def _days(self, rows: Rows) -> Iterator[tuple[datetime.date, Rows]]:
        """Yield the rows of each day of plant time, in order within a day."""
        left = rows.time
        while len(left):
            day = self.clock.local(int(left.min())).date()
            span = self.clock.day(day)
            inside = (rows.time >= span.start) & (rows.time < span.end)
            yield day, rows if inside.all() else rows.take(inside)
            left = left[left >= span.end]

    @staticmethod
    def _within_itself(rows: Rows) -> tuple[Rows, list[tuple[Rows, Rows]]]:
        """Return the first row of each key, and the repeats beside the row they repeat."""
        same = np.zeros(len(rows), bool)
        same[1:] = (
            (rows.channel[1:] == rows.channel[:-1])
            & (rows.time[1:] == rows.time[:-1])
            & (rows.version[1:] == rows.version[:-1])
        )
        if not same.any():
            return rows, []
        first = np.maximum.accumulate(np.where(same, 0, np.arange(len(rows))))
        return rows.take(~same), [(rows.take(same), rows.take(first[same]))]

    def _against(self, rows: Rows, state: State) -> tuple[Rows, list[tuple[Rows, Rows]]]:
        """Return the rows whose key is new to the lake, and the others beside what the lake holds."""
        if not len(rows):
            return rows, []
        segments = state.overlapping(int(rows.time.min()), int(rows.time.max()) + 1)
        if not segments:
            return rows, []
        given = table_of(rows).append_column("position", array_of(np.arange(len(rows), dtype=np.int64), pa.int64()))
        question = (
            "SELECT g.position, r.channel, r.time, r.version, r.value, r.quality, r.entry"
            " FROM read_parquet($files) r JOIN given g USING (channel, time, version)"
            " WHERE r.time BETWEEN $low AND $high ORDER BY 1"
        )
        bounds = {"low": int(rows.time.min()), "high": int(rows.time.max())}
        found = self.engine.matches(question, given, {"files": self.paths(segments), **bounds})
        if not found:
            return rows, []
        columns = list(zip(*found, strict=True))
        there = np.asarray(columns[0], np.int64)
        kept = Rows(*(np.asarray(column, old.dtype) for column, old in zip(columns[1:], rows.columns(), strict=True)))
        fresh: NDArray[np.bool_] = np.ones(len(rows), bool)
        fresh[there] = False
        return rows.take(fresh), [(rows.take(there), kept)]

    def _write(self, kind: str, day: datetime.date, rows: Rows, state: State) -> Segment:
        stem = f"{kind}/plant={self.plant}/day={day}/{state.revision + 1:08d}"
        return write_segment(self.files, stem, [rows], unique=kind == "segments")

    def _fold(self, day: datetime.date, state: State, *, now: int) -> State:
        folder = f"segments/plant={self.plant}/day={day}/"
        parts = [segment for segment in state.segments if segment.path.startswith(folder)]
        if len(parts) < self._fold_at:
            return state
        new = write_segment(self.files, f"{folder}{state.revision + 1:08d}", self._merged(parts))
        change = Change(add=[new], remove=[segment.path for segment in parts], now=now)
        return self.catalogue.commit(change, expected=state)

    def _merged(self, segments: Sequence[Segment]) -> Iterator[Rows]:
        question = "SELECT * FROM read_parquet($files, hive_partitioning = false) ORDER BY channel, time, version"
        for batch in self.engine.batches(question, {"files": self.paths(segments)}):
            yield rows_of_table(batch)


def _named(refused: Rows, kept: Rows) -> list[Conflict]:
    columns = (refused.channel, refused.time, refused.version, kept.value, refused.value, refused.entry)
    return [Conflict(*(int(value) for value in values)) for values in zip(*columns, strict=True)]


def _one(channel: int, time: int, version: int, value: int, quality: Quality, entry: int) -> Rows:
    return joined(
        [
            Rows(
                np.array([channel], np.int32),
                np.array([time], np.int64),
                np.array([version], np.int16),
                np.array([value], np.int64),
                np.array([quality], np.uint8),
                np.array([entry], np.int64),
            )
        ]
    )
