"""The stands of a sealed month: between which stands a register counted on each day of plant time, and where it fell.

They stand in the footer of the month's own Parquet file, under the key ``tanheng.stands``, beside the summary and like it: the
file's SHA-256 covers them, they follow from the rows, and the audit works them out again. The value is base64 of zlib of one
line of JSON and, behind its line end, two tables column by column, each number as eight bytes, little-endian, signed::

    {"v": 1, "edges": [ms UTC, …], "cells": number, "falls": number}

``edges`` are the beginnings of the days and the end of the last. A cell is a channel's day with at least one reading, in order
of channel and day; of a corrected reading the latest version in the file holds. *Counting* readings are those whose quality
enters a total. The columns of the cells:

================================  ==============================================================================
channel, day                      number of the channel, and of the day from 0
counted                           number of counting readings
first_time, first                 instant (ms UTC) and count of the first of them, 0 when there is none
last_time, last, last_quality     of the last of them, with the code of its quality
longest                           ms, the longest time between two of them that follow each other
falls                             how often a count is below the one before, -1 for more than :data:`MOST_FALLS`
latest_time, latest               by how much the last reading of any quality is beyond these two (modulo 2⁶⁴)
latest_quality                    code of its quality
================================  ==============================================================================

The falls themselves follow, in the order of the cells that list them: ``since``, ``time`` (ms UTC), ``before``, ``after``.
A channel that is no register falls all day; its totals are asked of the rows.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tanheng.core.period import Span
from tanheng.lake.cells import Cells
from tanheng.lake.rows import Rows
from tanheng.lake.summary import COUNTS

KEY = b"tanheng.stands"
VERSION = 1
MOST_FALLS = 16
"""A cell with more falls does not list them."""
_NUMBER = np.dtype("<i8")
_CELL = (
    *("channel", "day", "counted", "first_time", "first", "last_time", "last", "last_quality"),
    *("longest", "falls", "latest_time", "latest", "latest_quality"),
)
_FALL = ("since", "time", "before", "after")
_LARGEST = 256 << 20
Table = dict[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Stands:
    """What the registers of one file stood at per channel and day.

    Parameters
    ----------
    edges : ms UTC
        Beginnings of the days, and the end of the last.
    cells, falls : dict of int64 arrays
        Columns of equal length; see the top of this file.
    """

    edges: tuple[int, ...]
    cells: Table
    falls: Table

    @property
    def span(self) -> Span:
        """All the days together."""
        return Span(self.edges[0], self.edges[-1])

    @property
    def days(self) -> list[Span]:
        """The days."""
        return [Span(start, end) for start, end in zip(self.edges, self.edges[1:], strict=False)]

    def same(self, other: Stands) -> bool:
        """Return whether two are equal."""
        pairs = [
            (mine[name], its[name]) for mine, its in ((self.cells, other.cells), (self.falls, other.falls)) for name in mine
        ]
        return self.edges == other.edges and all(np.array_equal(one, two) for one, two in pairs)

    def encode(self) -> bytes:
        """Return the stands as they stand in a footer."""
        head = {"v": VERSION, "edges": self.edges, "cells": len(self.cells["day"]), "falls": len(self.falls["time"])}
        columns = [*self.cells.values(), *self.falls.values()]
        data = b"".join(np.ascontiguousarray(column, _NUMBER).tobytes() for column in columns)
        return base64.b64encode(zlib.compress(json.dumps(head, separators=(",", ":")).encode() + b"\n" + data, 6))

    @classmethod
    def decode(cls, data: bytes) -> Stands | None:
        """Return the stands in a footer, None when they are of a later version.

        Raises
        ------
        ValueError, KeyError, TypeError, zlib.error
            When they cannot be read; who reads the file names it.
        """
        line, _, body = zlib.decompressobj().decompress(base64.b64decode(data, validate=True), _LARGEST).partition(b"\n")
        head = json.loads(line)
        if head["v"] != VERSION:
            return None
        edges = tuple(map(int, head["edges"]))
        cells, falls = int(head["cells"]), int(head["falls"])
        if len(body) != _NUMBER.itemsize * (len(_CELL) * cells + len(_FALL) * falls) or min(cells, falls) < 0:
            raise ValueError("tables of another length")
        numbers = np.frombuffer(body, _NUMBER).astype(np.int64, copy=False)
        border = len(_CELL) * cells
        found = cls(edges, _columns(_CELL, numbers[:border]), _columns(_FALL, numbers[border:]))
        if len(edges) < 2 or list(edges) != sorted(set(edges)) or int(np.maximum(found.cells["falls"], 0).sum()) != falls:
            raise ValueError("days out of order, or falls that no cell has")
        return found


def _columns(names: Sequence[str], numbers: NDArray[np.int64]) -> Table:
    return dict(zip(names, numbers.reshape(len(names), -1), strict=True))


@dataclass(slots=True)
class Standing:
    """Works out stands from cells that come in order."""

    edges: Sequence[int]
    _cells: list[Table] = field(default_factory=list)
    _falls: list[Table] = field(default_factory=list)
    _inside: bool = True

    def add(self, cells: Cells) -> None:
        """Take the next cells."""
        self._inside &= bool(cells.day.min() >= 0 and cells.day.max() < len(self.edges) - 1)
        found, falls = _table(cells)
        self._cells.append(found)
        self._falls.append(falls)

    def stands(self) -> Stands | None:
        """Return the stands of all cells taken, None when a reading lies outside the days."""
        return Stands(tuple(self.edges), _joined(_CELL, self._cells), _joined(_FALL, self._falls)) if self._inside else None


def _joined(names: Sequence[str], tables: Sequence[Table]) -> Table:
    nothing = [np.empty(0, np.int64)]
    return {name: np.concatenate(nothing + [table[name] for table in tables]) for name in names}


def _table(cells: Cells) -> tuple[Table, Table]:
    """Return the columns of some cells, and of their falls."""
    rows, starts = cells.rows, cells.starts
    number = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(rows))))
    counts = COUNTS[rows.quality]
    cell, counting = number[counts], rows.take(counts)
    counted = np.bincount(cell, minlength=len(starts))
    some = counted > 0
    first = (np.cumsum(counted) - counted)[some]
    last = first + counted[some] - 1
    inner = np.zeros(len(cell), bool)
    inner[1:] = cell[1:] == cell[:-1]
    longest, dropped = np.zeros((2, len(starts)), np.int64)
    fell = np.zeros(len(cell), bool)
    if some.any():
        since = np.concatenate([counting.time[:1], counting.time[:-1]])
        longest[some] = np.maximum.reduceat(np.where(inner, counting.time - since, 0), first)
        fell[1:] = inner[1:] & (counting.value[1:] < counting.value[:-1])
        dropped[some] = np.add.reduceat(fell.astype(np.int64), first)
    listed = dropped <= MOST_FALLS
    at = np.flatnonzero(fell & listed[cell])
    ends = np.append(starts[1:], len(rows)) - 1
    last_time, last_value = _spread(some, counting.time[last]), _spread(some, counting.value[last])
    columns = (
        rows.channel[starts],
        cells.day[starts],
        counted,
        _spread(some, counting.time[first]),
        _spread(some, counting.value[first]),
        last_time,
        last_value,
        _spread(some, counting.quality[last]),
        longest,
        np.where(listed, dropped, -1),
        rows.time[ends] - last_time,
        rows.value[ends] - last_value,
        rows.quality[ends],
    )
    found = {name: np.asarray(column, np.int64) for name, column in zip(_CELL, columns, strict=True)}
    return found, _falls(counting, at)


def _falls(rows: Rows, at: NDArray[np.intp]) -> Table:
    return dict(zip(_FALL, (rows.time[at - 1], rows.time[at], rows.value[at - 1], rows.value[at]), strict=True))


def _spread(some: NDArray[np.bool_], values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return ``values`` in the places that are ``some``, and 0 in the others."""
    found = np.zeros(len(some), np.int64)
    found[some] = values
    return found
