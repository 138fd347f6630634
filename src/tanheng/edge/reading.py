"""What moves inside the terminal: a sample from a driver, a reading for the journal, a row of a table or file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tanheng.core.batch import Quality
from tanheng.edge.scaling import Raw

EVENT_CHANNEL = 0xFFFF
"""Index of the channel that carries the terminal's own events; no configured channel may take it."""


class Sample(NamedTuple):
    """What a driver read for one channel.

    ``value`` is the raw number, or None when there is none; ``raw`` what the device sent; ``quality`` what the device or its
    protocol says about it.
    """

    channel: int
    value: Raw | None
    raw: bytes
    quality: Quality = Quality.GOOD


class Reading(NamedTuple):
    """One reading, as it is sealed: channel index, milliseconds UTC, count, quality, what the device sent."""

    channel: int
    time: int
    value: int
    quality: Quality
    raw: bytes


class Row(NamedTuple):
    """A row of a polled table or dropped file.

    ``key`` names it for ever (ticket number), ``content`` is its canonical JSON, ``readings`` are what it says when it is new.
    """

    key: str
    time: int
    content: bytes
    readings: Sequence[Reading]
