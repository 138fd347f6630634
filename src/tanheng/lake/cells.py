"""The cells of a month: what a channel read on one day of plant time. Rows come part by part, cells go out whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tanheng.lake.rows import Rows, empty, joined


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One or more whole cells: their rows, of a corrected reading only the latest version.

    Parameters
    ----------
    rows : Rows
        In the order of a segment.
    day : int64
        Number of the day of each row, from 0; below 0 or behind the last one for a row outside the days.
    starts : positions
        Of the first row of each cell.
    """

    rows: Rows
    day: NDArray[np.int64]
    starts: NDArray[np.intp]


@dataclass(slots=True)
class Cutter:
    """Cuts rows that come part by part, in the order of a segment, into whole cells.

    Parameters
    ----------
    edges : sequence of ms UTC
        Whole minutes; beginnings of the days and the end of the last.
    """

    edges: Sequence[int]
    _held: Rows = field(default_factory=empty)

    def take(self, part: Rows) -> Iterator[Cells]:
        """Take the next rows and yield the cells they finish; the last one is held until what follows is known."""
        rows = joined([self._held, part]) if len(self._held) else part
        starts = changes(rows.channel, self._day(rows))
        if len(starts):
            self._held = rows.take(slice(int(starts[-1]), None))
            yield from self._whole(rows.take(slice(0, int(starts[-1]))))

    def last(self) -> Iterator[Cells]:
        """Yield the cell that is still held."""
        held, self._held = self._held, empty()
        yield from self._whole(held)

    def _day(self, rows: Rows) -> NDArray[np.int64]:
        return np.searchsorted(np.asarray(self.edges, np.int64), rows.time, side="right") - 1

    def _whole(self, rows: Rows) -> Iterator[Cells]:
        if not len(rows):
            return
        latest = np.ones(len(rows), bool)
        latest[:-1] = (rows.channel[1:] != rows.channel[:-1]) | (rows.time[1:] != rows.time[:-1])
        rows = rows if latest.all() else rows.take(latest)
        day = self._day(rows)
        yield Cells(rows, day, changes(rows.channel, day))


def changes(*columns: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return the places where one of the columns changes, with the first."""
    new = np.zeros(len(columns[0]), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)
