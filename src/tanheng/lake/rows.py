"""Rows of the lake: readings of one plant in columns, as NumPy arrays of integers.

A row is unique by (channel, time, version). Version 0 is what the terminal sent; a correction has the next version and the
old one stays. ``entry`` is the plant's index of the envelope or correction that brought the row: the way back to a signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from tanheng.core.batch import Batch, Quality
from tanheng.lake.errors import RowsError

FIRST_TIME = 946_684_800_000
"""2000-01-01 UTC: no reading of a plant is older."""
LAST_TIME = 4_102_444_800_000
"""2100-01-01 UTC: a clock that says more is broken."""
LARGEST = 1 << 62
"""Counts stay below this, so that a difference of two fits 64 bits."""

EVENT_CHANNEL = 0xFFFF
"""Index in a batch under which a terminal tells its own events; they stay in the envelope and are no readings of the plant."""

COLUMNS: dict[str, type[np.generic]] = {
    "channel": np.int32,
    "time": np.int64,
    "version": np.int16,
    "value": np.int64,
    "quality": np.uint8,
    "entry": np.int64,
}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Readings of one plant in columns of equal length.

    Parameters
    ----------
    channel : int32
        Number of the channel in the plant.
    time : int64, ms UTC
    version : int16
    value : int64, counts of 10^-decimals of the channel's unit
    quality : uint8, code of ``Quality``
    entry : int64
        The plant's index of what brought the row.
    """

    channel: NDArray[np.int32]
    time: NDArray[np.int64]
    version: NDArray[np.int16]
    value: NDArray[np.int64]
    quality: NDArray[np.uint8]
    entry: NDArray[np.int64]

    def __post_init__(self) -> None:
        if len({len(column) for column in self.columns()}) != 1:
            raise RowsError("lake.rows.length", lengths=", ".join(str(len(column)) for column in self.columns()))
        for name, column in zip(COLUMNS, self.columns(), strict=True):
            if column.dtype != COLUMNS[name]:
                raise RowsError("lake.rows.type", column=name, found=str(column.dtype), wanted=np.dtype(COLUMNS[name]).name)

    def columns(self) -> tuple[NDArray[np.generic], ...]:
        """Return the columns in the order of :data:`COLUMNS`."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def __len__(self) -> int:
        return len(self.time)

    def take(self, index: NDArray[np.generic] | slice) -> Rows:
        """Return the rows that ``index`` (positions, a mask or a slice) names."""
        return Rows(*(column[index] for column in self.columns()))  # type: ignore[arg-type]  # the types stay those of the columns

    def check(self) -> Rows:
        """Return the rows themselves when the lake can hold them.

        Raises
        ------
        RowsError
            When an instant lies outside 2000 to 2100, a count is beyond 62 bits, a channel or version is negative, or a
            quality is unknown.
        """
        if not len(self):
            return self
        _within("time", self.time, FIRST_TIME, LAST_TIME - 1)
        _within("value", self.value, -LARGEST, LARGEST)
        _within("channel", self.channel, 0, (1 << 31) - 1)
        _within("version", self.version, 0, (1 << 15) - 1)
        _within("quality", self.quality, 0, max(Quality))
        return self

    def brought_by(self, entry: int) -> Rows:
        """Return the rows with another ``entry``."""
        return replace(self, entry=np.full(len(self), entry, np.int64))

    def sorted(self) -> Rows:
        """Return the rows in the order of a segment: channel, time, version, entry.

        Rows without corrections that came in order of entry, which is how they nearly always come, are sorted by one key.
        """
        if not len(self):
            return self
        first, length = int(self.time.min()), int(np.ptp(self.time)) + 1
        plain = not self.version.any() and bool((self.entry[1:] >= self.entry[:-1]).all())
        if plain and (int(self.channel.max()) + 1) * length < LARGEST:
            return self.take(np.argsort(self.channel * np.int64(length) + (self.time - first), kind="stable"))
        return self.take(np.lexsort((self.entry, self.version, self.time, self.channel)))


def _within(name: str, column: NDArray[np.generic], smallest: int, largest: int) -> None:
    low, high = int(column.min()), int(column.max())
    if low < smallest or high > largest:
        found = low if low < smallest else high
        raise RowsError("lake.rows.range", column=name, found=found, smallest=smallest, largest=largest)


def empty() -> Rows:
    """Return no rows."""
    return Rows(*(np.empty(0, kind) for kind in COLUMNS.values()))


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of all ``parts``, one behind another."""
    if not parts:
        return empty()
    return Rows(*(np.concatenate(columns) for columns in zip(*(part.columns() for part in parts), strict=True)))


def rows_of_batch(batch: Batch, channels: Sequence[int], *, entry: int) -> Rows:
    """Return the readings of a verified batch as rows; the terminal's own events are left out.

    Parameters
    ----------
    batch : Batch
    channels : sequence of int
        The plant's number of each channel of the configuration that the batch names.
    entry : int
        The plant's index of the envelope.

    Raises
    ------
    RowsError
        When the batch names a channel that the configuration does not have, or holds what the lake cannot.
    """
    index = batch.channel.array()
    readings = index != EVENT_CHANNEL
    inside = index[readings]
    if len(inside) and int(inside.max()) >= len(channels):
        raise RowsError("lake.rows.channel", terminal=batch.terminal, found=int(inside.max()), known=len(channels))
    count = len(inside)
    return Rows(
        channel=np.asarray(channels, np.int32)[inside] if count else np.empty(0, np.int32),
        time=batch.offset_ms.array()[readings].astype(np.int64) + batch.start_ms,
        version=np.zeros(count, np.int16),
        value=batch.value.array()[readings].astype(np.int64),
        quality=batch.quality.array()[readings].astype(np.uint8),
        entry=np.full(count, entry, np.int64),
    ).check()
