"""Readings on their way through the journal: packed as one blob a scan, and cut into the parts that one batch each can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cbor2

from tanheng.core.batch import Quality
from tanheng.edge.reading import Reading

_DAY_MS = 86_400_000
_BATCH_READINGS = 50_000
_BATCH_RAW_BYTES = 2 << 20


def parts(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Return readings in parts that one batch each can hold: within one day of UTC, bounded in number and raw bytes.

    The order within a part is that of arrival, so a clock that jumped back leaves its trace.
    """
    days: dict[int, list[Reading]] = {}
    for reading in readings:
        days.setdefault(reading.time // _DAY_MS, []).append(reading)
    cut: list[list[Reading]] = []
    for day in days.values():
        size, begun = 0, 0
        for at, reading in enumerate(day):
            size += len(reading.raw)
            if at - begun >= _BATCH_READINGS or size > _BATCH_RAW_BYTES:
                cut.append(day[begun:at])
                size, begun = len(reading.raw), at
        cut.append(day[begun:])
    return cut


def pack(readings: Sequence[Reading]) -> bytes:
    """Return readings as one blob; a scan shares its time, so columns are short."""
    columns = list(zip(*readings, strict=True))
    return cbor2.dumps([list(columns[0]), list(columns[1]), list(columns[2]), bytes(columns[3]), list(columns[4])])


def unpack(packed: bytes) -> Iterator[Reading]:
    """Return what ``pack`` was given."""
    channels, times, counts, qualities, raws = cbor2.loads(packed)
    for channel, time, count, quality, raw in zip(channels, times, counts, qualities, raws, strict=True):
        yield Reading(channel, time, count, Quality(quality), raw)
