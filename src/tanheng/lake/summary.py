"""The summary of a sealed month: what the readings of each channel amount to on each day of plant time.

It stands in the footer of the month's own Parquet file, under the key ``tanheng.summary``, so that the file's SHA-256 covers it
and no crash can part the two. Everything in it follows from the rows: the audit works it out again and compares. The value is
base64 of zlib of JSON::

    {"v": 1, "edges": [ms UTC, …], "channel": […], "day": […], "minutes": […], "valid": […], "counted": […], "summed": […]}

``edges`` are the beginnings of the days and the end of the last. The other lists are of equal length, one place for each
channel and day that has a reading, in order: number of the channel, of the day from 0, minutes with a value, minutes with a
valid one, readings whose quality enters a total, and their sum. Of a corrected reading the latest version in the file counts.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tanheng.core.aggregate import COUNTED, VALID
from tanheng.core.batch import Quality
from tanheng.core.period import Span
from tanheng.lake.cells import Cells, changes
from tanheng.lake.rows import LARGEST

KEY = b"tanheng.summary"
VERSION = 1
_MINUTE = 60_000
_LARGEST_JSON = 64 << 20
_LISTS = ("channel", "day", "minutes", "valid", "counted", "summed")


def _table(qualities: Iterable[Quality]) -> NDArray[np.bool_]:
    table = np.zeros(256, bool)
    table[[int(quality) for quality in qualities]] = True
    return table


COUNTS = _table(COUNTED)
"""By code of quality: whether a reading enters a total."""
_VALID = _table(VALID)
_SOME = ~_table([Quality.NO_DATA])


@dataclass(frozen=True, slots=True)
class Summary:
    """What the readings of one file amount to per channel and day.

    Parameters
    ----------
    edges : ms UTC
        Beginnings of the days, and the end of the last.
    channel, day, minutes, valid, counted, summed
        Of equal length, one place for each channel and day with a reading, in order; see the top of this file.
    """

    edges: tuple[int, ...]
    channel: tuple[int, ...]
    day: tuple[int, ...]
    minutes: tuple[int, ...]
    valid: tuple[int, ...]
    counted: tuple[int, ...]
    summed: tuple[int, ...]

    @property
    def span(self) -> Span:
        """All the days together."""
        return Span(self.edges[0], self.edges[-1])

    @property
    def days(self) -> list[Span]:
        """The days."""
        return [Span(start, end) for start, end in zip(self.edges, self.edges[1:], strict=False)]

    def encode(self) -> bytes:
        """Return the summary as it stands in a footer."""
        document = {"v": VERSION, "edges": self.edges, **{name: getattr(self, name) for name in _LISTS}}
        return base64.b64encode(zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 9))

    @classmethod
    def decode(cls, data: bytes) -> Summary | None:
        """Return the summary in a footer, None when it is of a later version.

        Raises
        ------
        ValueError, KeyError, TypeError, zlib.error
            When it cannot be read; who reads the file names it.
        """
        machine = zlib.decompressobj()
        document = json.loads(machine.decompress(base64.b64decode(data, validate=True), _LARGEST_JSON))
        if document["v"] != VERSION:
            return None
        lists = [tuple(map(int, document[name])) for name in ("edges", *_LISTS)]
        if len({len(each) for each in lists[1:]}) != 1 or len(lists[0]) < 2 or list(lists[0]) != sorted(set(lists[0])):
            raise ValueError("lists of unequal length, or days out of order")
        return cls(*lists)


@dataclass(slots=True)
class Summariser:
    """Works out a summary from cells that come in order."""

    edges: Sequence[int]
    _lists: tuple[list[int], ...] = field(default_factory=lambda: tuple([] for _ in _LISTS))
    _inside: bool = True

    def add(self, cells: Cells) -> None:
        """Take the next cells."""
        rows, day, starts = cells.rows, cells.day, cells.starts
        self._inside &= bool(day.min() >= 0 and day.max() < len(self.edges) - 1)
        instants = changes(rows.channel, rows.time // _MINUTE)
        first_minutes = np.searchsorted(instants, starts)
        counts = COUNTS[rows.quality]
        columns: tuple[NDArray[np.generic], ...] = (
            rows.channel[starts],
            day[starts],
            _number(np.logical_or.reduceat(_SOME[rows.quality], instants), first_minutes),
            _number(np.logical_or.reduceat(_VALID[rows.quality], instants), first_minutes),
            _number(counts, starts),
            _sums(np.where(counts, rows.value, 0), starts),
        )
        for gathered, column in zip(self._lists, columns, strict=True):
            gathered.extend(column.tolist())

    def summary(self) -> Summary | None:
        """Return the summary of all cells taken, None when a reading lies outside the days."""
        return Summary(tuple(self.edges), *map(tuple, self._lists)) if self._inside else None


def _number(marked: NDArray[np.bool_], starts: NDArray[np.intp]) -> NDArray[np.int64]:
    return np.add.reduceat(marked.astype(np.int64), starts)


def _sums(values: NDArray[np.int64], starts: NDArray[np.intp]) -> NDArray[np.generic]:
    """Return exact sums; in Python's integers where 64 bits might not do."""
    largest = max(abs(int(values.min())), abs(int(values.max())))
    wide = values.astype(object) if largest * len(values) >= LARGEST else values
    summed: NDArray[np.generic] = np.add.reduceat(wide, starts)
    return summed
