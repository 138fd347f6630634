"""A batch of readings: what a terminal seals, a platform ingests and the lake stores.

A reading is an integer count of 10^-decimals of its channel's unit; a float never enters. The readings of a batch stand in
columns, each a byte string of packed integers (``tanheng.core.columns``)::

    key            column of                     formats     meaning
    channel        index into the configuration  B H         0 … 65 535
    offset         milliseconds after ``start``  B H I       0 … 4 294 967 295
    value          counts                        b h i q
    quality        code of ``Quality``           B
    raw_length     bytes a reading               B H I       optional, with ``raw``
    raw            the bytes one behind another  B           what the device sent: register words, float bits, text

    key            type           meaning
    v              1              version of this schema
    terminal       text, 1–64     id of the terminal
    sequence       integer ≥ 1    number of the batch; one more than the batch before it
    start          integer        start of the batch, milliseconds UTC
    count          integer        number of readings, 0 … 100 000; a batch without readings says "I am alive"
    configuration  32 bytes       SHA-256 of the configuration in force
    previous       32 bytes       SHA-256 of the envelope before it; zeros when a chain begins
    clock_source   text           ``ntp``, ``ptp``, ``gnss``, ``platform``, ``manual``, ``free``, ``simulated``
    clock_offset   integer, null  terminal's clock minus the source, milliseconds; null when nobody knows

The digest of a batch is over the bytes received. The keys stand in the order of deterministic CBOR (RFC 8949 §4.2.1), so that
``tanheng.trust.envelope`` only has to write them down. The whole format: ``docs/reference/envelope.md``.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tanheng.core.columns import WIDTHS, BatchError, Column, Integers, RawColumn, pack, shown, unpack

__all__ = [
    "CHAIN_START",
    "KEYS",
    "KEYS_WITHOUT_RAW",
    "MAX_READINGS",
    "Batch",
    "BatchError",
    "ClockSource",
    "Column",
    "Quality",
    "RawColumn",
    "pack",
    "unpack",
]

VERSION = 1
MAX_READINGS = 100_000
MAX_RAW_BYTES = 4 << 20
CHAIN_START = bytes(32)

KEYS = (
    "v",
    "raw",
    "count",
    "start",
    "value",
    "offset",
    "channel",
    "quality",
    "previous",
    "sequence",
    "terminal",
    "raw_length",
    "clock_offset",
    "clock_source",
    "configuration",
)
KEYS_WITHOUT_RAW = tuple(key for key in KEYS if not key.startswith("raw"))
_ALLOWED = (frozenset(KEYS_WITHOUT_RAW), frozenset(KEYS))
_INT64 = 1 << 63


class Quality(enum.IntEnum):
    """How good a reading is, judged by the terminal; the letters are the data flags of HJ 212.

    A reading whose quality is ``NO_DATA`` has no value: its count is 0 and stands for nothing.
    """

    GOOD = 0  # N
    UNCERTAIN = 1  # a value the terminal doubts: frozen, jumping, outside the plausible
    OUT_OF_RANGE = 2  # T: beyond the declared range of the instrument
    MAINTENANCE = 3  # M
    CALIBRATION = 4  # C
    FAULT = 5  # D: the device reports a fault of its own
    STOPPED = 6  # F: the unit measured is out of operation
    MANUAL = 7  # S: set by hand at the device
    STALE = 8  # the last value again: no fresh one came in time
    NO_DATA = 9  # B: no answer, or one that could not be read

    @property
    def has_value(self) -> bool:
        """Whether the count beside this code is a value at all."""
        return self is not Quality.NO_DATA


class ClockSource(enum.StrEnum):
    """What the terminal's clock was last compared with."""

    NTP = "ntp"
    PTP = "ptp"
    GNSS = "gnss"
    PLATFORM = "platform"
    MANUAL = "manual"
    FREE = "free"
    SIMULATED = "simulated"


_SOURCES = {source.value: source for source in ClockSource}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The readings of one stretch of time of one terminal, as it seals them.

    Parameters
    ----------
    terminal : str
        Id of the terminal, 1 to 64 characters.
    sequence : int
        Number of the batch, from 1, without gaps.
    start_ms : int
        Start of the batch, milliseconds UTC by the terminal's clock.
    configuration : bytes
        SHA-256 of the configuration in force, 32 bytes.
    previous : bytes
        SHA-256 of the envelope before this one, 32 bytes; ``CHAIN_START`` for the first of a chain.
    clock_source : ClockSource
        What the clock was last compared with.
    clock_offset_ms : int or None
        Terminal's clock minus the source, milliseconds; None when unknown.
    channel, offset_ms, value, quality : Column
        One integer a reading. ``offset_ms`` counts from ``start_ms``. ``Batch.of`` packs sequences and arrays.
    raw : RawColumn, optional
        What the device sent for each reading.

    Raises
    ------
    BatchError
        Names the first field that breaks the schema, its value and the rule.

    Examples
    --------
    >>> batch = Batch.of(terminal="t-1", sequence=1, start_ms=1_790_000_000_000, configuration=bytes(32), previous=CHAIN_START,
    ...                  clock_source=ClockSource.NTP, clock_offset_ms=-3,
    ...                  channel=[0, 1], offset_ms=[250, 250], value=[21540, -12], quality=[0, 0])
    >>> batch.value
    Column('h', 2: [21540, -12])
    >>> Batch.decode(batch.encode_columns()) == batch
    True
    """

    terminal: str
    sequence: int
    start_ms: int
    configuration: bytes
    previous: bytes
    clock_source: ClockSource
    clock_offset_ms: int | None
    channel: Column
    offset_ms: Column
    value: Column
    quality: Column
    raw: RawColumn | None = field(default=None)

    def __post_init__(self) -> None:
        _check_header(self)
        _check_columns(self)

    @classmethod
    def of(
        cls,
        *,
        terminal: str,
        sequence: int,
        start_ms: int,
        configuration: bytes,
        previous: bytes,
        clock_source: ClockSource,
        clock_offset_ms: int | None,
        channel: Integers,
        offset_ms: Integers,
        value: Integers,
        quality: Integers,
        raw: Sequence[bytes] | None = None,
    ) -> Batch:
        """Return the batch of sequences or arrays of integers, packed into columns; parameters as those of the class."""
        return cls(
            terminal=terminal,
            sequence=sequence,
            start_ms=start_ms,
            configuration=configuration,
            previous=previous,
            clock_source=clock_source,
            clock_offset_ms=clock_offset_ms,
            channel=Column.of(channel, name="channel"),
            offset_ms=Column.of(offset_ms, name="offset"),
            value=Column.of(value, name="value", signed=True),
            quality=Column.of(quality, name="quality"),
            raw=None if raw is None else RawColumn.of(raw),
        )

    def __len__(self) -> int:
        return len(self.value)

    def encode_columns(self) -> dict[str, object]:
        """Return the map that is sealed: keys in the order of deterministic CBOR, columns as byte strings."""
        members: dict[str, object] = {
            "v": VERSION,
            "count": len(self),
            "start": self.start_ms,
            "value": pack(self.value),
            "offset": pack(self.offset_ms),
            "channel": pack(self.channel),
            "quality": pack(self.quality),
            "previous": self.previous,
            "sequence": self.sequence,
            "terminal": self.terminal,
            "clock_offset": self.clock_offset_ms,
            "clock_source": self.clock_source.value,
            "configuration": self.configuration,
        }
        if self.raw is not None:
            members["raw"] = pack(Column("B", self.raw.data))
            members["raw_length"] = pack(self.raw.lengths)
        return {key: members[key] for key in KEYS if key in members}

    @classmethod
    def decode(cls, members: Mapping[str, Any]) -> Batch:
        """Return the batch of a map that ``encode_columns`` made, checked in full.

        Raises
        ------
        BatchError
            Names the fault: version, keys, type, format, length, range, compression.
        """
        _check_keys(members)
        count = members["count"]
        if type(count) is not int or not 0 <= count <= MAX_READINGS:
            raise BatchError("batch.count.range", found=shown(count), largest=MAX_READINGS)
        source = members["clock_source"]
        if not isinstance(source, str) or source not in _SOURCES:
            raise BatchError("batch.clock.source", found=shown(source), known=", ".join(_SOURCES))
        raw = None
        if "raw" in members:
            lengths = unpack(members["raw_length"], name="raw_length", count=count)
            total = sum(lengths)
            if not 0 <= total <= MAX_RAW_BYTES:
                raise BatchError("batch.raw.size", found=total, largest=MAX_RAW_BYTES)
            raw = RawColumn(lengths, unpack(members["raw"], name="raw", count=total).data)
        return cls(
            terminal=members["terminal"],
            sequence=members["sequence"],
            start_ms=members["start"],
            configuration=members["configuration"],
            previous=members["previous"],
            clock_source=_SOURCES[source],
            clock_offset_ms=members["clock_offset"],
            channel=unpack(members["channel"], name="channel", count=count),
            offset_ms=unpack(members["offset"], name="offset", count=count),
            value=unpack(members["value"], name="value", count=count),
            quality=unpack(members["quality"], name="quality", count=count),
            raw=raw,
        )


def _check_keys(members: Mapping[str, Any]) -> None:
    version = members.get("v")
    if type(version) is not int or version != VERSION:
        raise BatchError("batch.version.unknown", found=shown(version), known=VERSION)
    if members.keys() in _ALLOWED:
        return
    wanted = _ALLOWED["raw" in members or "raw_length" in members]
    if missing := wanted - members.keys():
        raise BatchError("batch.key.missing", keys=", ".join(sorted(missing)))
    raise BatchError("batch.key.unknown", keys=", ".join(sorted(shown(key) for key in members.keys() - wanted)))


def _check_header(batch: Batch) -> None:
    terminal, sequence, start, offset = batch.terminal, batch.sequence, batch.start_ms, batch.clock_offset_ms
    if type(terminal) is not str or not 1 <= len(terminal) <= 64 or not terminal.isprintable():
        raise BatchError("batch.terminal.form", found=shown(terminal))
    if type(sequence) is not int or not 1 <= sequence < _INT64:
        raise BatchError("batch.sequence.range", found=shown(sequence))
    if type(start) is not int or not -_INT64 <= start < _INT64 - (1 << 32):
        raise BatchError("batch.start.range", found=shown(start))
    if offset is not None and (type(offset) is not int or not -_INT64 <= offset < _INT64):
        raise BatchError("batch.clock.offset", found=shown(offset))
    if type(batch.clock_source) is not ClockSource:
        raise BatchError("batch.clock.source", found=shown(batch.clock_source), known=", ".join(_SOURCES))
    if type(batch.configuration) is not bytes or len(batch.configuration) != 32:
        raise BatchError("batch.digest.length", name="configuration", found=shown(batch.configuration))
    if type(batch.previous) is not bytes or len(batch.previous) != 32:
        raise BatchError("batch.digest.length", name="previous", found=shown(batch.previous))
    if sequence == 1 and batch.previous != CHAIN_START:
        raise BatchError("batch.previous.first", found=batch.previous.hex())


def _check_columns(batch: Batch) -> None:
    count = len(batch.value)
    if count > MAX_READINGS:
        raise BatchError("batch.count.range", found=count, largest=MAX_READINGS)
    for name, column, formats in (
        ("channel", batch.channel, "BH"),
        ("offset", batch.offset_ms, "BHI"),
        ("value", batch.value, "bhiq"),
        ("quality", batch.quality, "B"),
    ):
        if column.format not in formats:
            raise BatchError("batch.column.range", column=name, formats=" ".join(formats), found=column.format)
        if len(column.data) != count * WIDTHS[column.format]:
            raise BatchError("batch.column.count", column=name, expected=count, found=len(column))
    if batch.raw is not None and len(batch.raw) != count:
        raise BatchError("batch.column.count", column="raw", expected=count, found=len(batch.raw))
    if Quality.NO_DATA in batch.quality.data:
        _check_no_data(batch)


def _check_no_data(batch: Batch) -> None:
    for at, (quality, value) in enumerate(zip(batch.quality, batch.value, strict=True)):
        if quality == Quality.NO_DATA and value != 0:
            raise BatchError("batch.value.no_data", at=at, found=value)
