"""A batch of readings: what a terminal seals, a platform ingests and the lake stores.

A reading is an integer count of 10^-decimals of its channel's unit; a float never enters. The readings of a batch stand in
columns, each a byte string::

    column  = format ‖ form ‖ data
    format  = "B" "H" "I"       unsigned integers of 1, 2, 4 bytes
              "b" "h" "i" "q"   signed integers of 1, 2, 4, 8 bytes
    form    = "="               data holds the integers, little-endian, one a reading
              "*"               data holds the first integers, repeated until the column is full: a whole number of times
              "z"               data holds the integers compressed with zlib (RFC 1950)

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

A writer takes the narrowest format that holds a column, repetition where there is any, and zlib when that halves the column:
noise would cost more time than its signature and save little. A reader takes any listed format and form: its digest is over
the bytes it received. The keys stand in the order of deterministic CBOR (RFC 8949 §4.2.1), which ``encode``
keeps, so that ``tanheng.trust.envelope`` only has to write them down. The whole format: ``docs/reference/envelope.md``.
"""

from __future__ import annotations

import enum
import itertools
import math
import sys
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from tanheng.core.errors import TrustError

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

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
_WIDTHS = {"B": 1, "H": 2, "I": 4, "b": 1, "h": 2, "i": 4, "q": 8}
_PLAIN, _REPEATED, _COMPRESSED = b"=*z"
_HEADS = {f"{code}{chr(form)}".encode(): (code, width, form) for code, width in _WIDTHS.items() for form in b"=*z"}
_INT64 = 1 << 63


class BatchError(TrustError):
    """A batch of readings that breaks the schema of this module."""


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

Integers: TypeAlias = "Sequence[int] | NDArray[Any]"  # any integer type; a float type is refused


class Column(Sequence[int]):
    """Integers packed little-endian; immutable, equal when the values are.

    ``array()`` is a NumPy view without a copy; ``tolist()`` needs the standard library alone.
    """

    __slots__ = ("data", "format")

    def __init__(self, format: str, data: bytes) -> None:  # noqa: A002  # the word struct, array and memoryview use
        width = _WIDTHS.get(format)
        if width is None:
            raise BatchError("batch.column.format", column="—", found=format, known=" ".join(_WIDTHS))
        if len(data) % width:
            raise BatchError("batch.column.length", column="—", expected=f"n × {width}", found=len(data))
        self.format = format
        self.data = data

    @classmethod
    def of(cls, values: Integers, *, name: str, signed: bool = False) -> Column:
        """Return ``values`` in the narrowest format that holds them.

        Parameters
        ----------
        values : sequence or array of integers
            Any sequence of ``int``, an ``array.array``, a NumPy array of an integer type, or a column.
        name : str
            Name of the column in an error.
        signed : bool
            Whether the column may hold negative numbers.

        Raises
        ------
        BatchError
            When a value is no integer, beyond 64 bits, or negative in an unsigned column.
        """
        if isinstance(values, Column) and values.format.islower() == signed:
            return values
        if not isinstance(values, Sequence) and hasattr(values, "dtype"):
            return cls._of_array(values, name=name, signed=signed)
        try:
            wide = array("q", values)
        except (TypeError, OverflowError) as error:
            raise BatchError("batch.column.integer", column=name, found=str(error)) from error
        if not wide:
            return cls("b" if signed else "B", b"")
        code = _narrowest(min(wide), max(wide), name=name, signed=signed)
        narrow = wide if code == "q" else array(code, wide)
        if sys.byteorder == "big":
            narrow.byteswap()
        return cls(code, narrow.tobytes())

    @classmethod
    def _of_array(cls, values: NDArray[Any], *, name: str, signed: bool) -> Column:
        if values.dtype.kind not in "iu" or values.ndim != 1:
            raise BatchError("batch.column.integer", column=name, found=f"{values.ndim} × {values.dtype}")
        if not len(values):
            return cls("b" if signed else "B", b"")
        code = _narrowest(int(values.min()), int(values.max()), name=name, signed=signed)
        return cls(code, values.astype(f"<{code}").tobytes())

    def view(self) -> Sequence[int]:
        """Return the integers without a copy, on a little-endian machine as a ``memoryview``."""
        if sys.byteorder == "little":
            return memoryview(self.data).cast(self.format)  # type: ignore[call-overload, no-any-return]  # format is one of ours
        swapped = array(self.format, self.data)
        swapped.byteswap()
        return swapped

    def tolist(self) -> list[int]:
        """Return the integers as a list."""
        return list(self.view())

    def array(self) -> NDArray[numpy.integer[Any]]:
        """Return the integers as a read-only NumPy array over the same bytes."""
        import numpy

        return numpy.frombuffer(self.data, dtype=f"<{self.format}")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        import numpy

        return numpy.array(self.array(), dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return len(self.data) // _WIDTHS[self.format]

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> list[int]: ...

    def __getitem__(self, index: int | slice) -> int | list[int]:
        found = self.view()[index]
        return found if isinstance(found, int) else list(found)

    def __iter__(self) -> Iterator[int]:
        return iter(self.view())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Column):
            return NotImplemented
        if self.format == other.format:
            return self.data == other.data
        return self.tolist() == other.tolist()

    def __hash__(self) -> int:
        return hash(tuple(self.view()))

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self.tolist()[:6])) + (", …" if len(self) > 6 else "")
        return f"Column({self.format!r}, {len(self)}: [{shown}])"


class RawColumn(Sequence[bytes]):
    """What the device sent for each reading: the bytes one behind another, and how many belong to each."""

    __slots__ = ("_edges", "data", "lengths")

    def __init__(self, lengths: Column, data: bytes) -> None:
        if lengths.format not in "BHI":
            raise BatchError("batch.column.range", column="raw_length", formats="B H I", found=lengths.format)
        self._edges = [0, *itertools.accumulate(lengths)]
        if self._edges[-1] != len(data):
            raise BatchError("batch.column.length", column="raw", expected=self._edges[-1], found=len(data))
        self.lengths = lengths
        self.data = data

    @classmethod
    def of(cls, values: Sequence[bytes]) -> RawColumn:
        """Return the byte strings of ``values`` as a column."""
        if isinstance(values, RawColumn):
            return values
        for value in values:
            if not isinstance(value, bytes):
                raise BatchError("batch.raw.bytes", found=type(value).__name__)
        return cls(Column.of([len(value) for value in values], name="raw_length"), b"".join(values))

    def __len__(self) -> int:
        return len(self._edges) - 1

    @overload
    def __getitem__(self, index: int) -> bytes: ...

    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...

    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        return self.data[self._edges[at] : self._edges[at + 1]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RawColumn):
            return NotImplemented
        return self.lengths == other.lengths and self.data == other.data

    def __hash__(self) -> int:
        return hash((self.lengths, self.data))


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
            raise BatchError("batch.count.range", found=_shown(count), largest=MAX_READINGS)
        source = members["clock_source"]
        if not isinstance(source, str) or source not in _SOURCES:
            raise BatchError("batch.clock.source", found=_shown(source), known=", ".join(_SOURCES))
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


def pack(column: Column) -> bytes:
    """Return a column as its byte string, in the form that is cheapest to open among those that are short."""
    data, head = column.data, column.format.encode()
    period = _period(data, _WIDTHS[column.format])
    if period < len(data):
        return head + b"*" + data[:period]
    small = zlib.compress(data)
    if 2 * len(small) < len(data):
        return head + b"z" + small
    return head + b"=" + data


def unpack(data: object, *, name: str, count: int) -> Column:
    """Return the column of ``count`` integers that a byte string holds.

    Never inflates more than ``count`` integers need, whatever the compressed data claims.

    Raises
    ------
    BatchError
        When format or form is unknown, the compressed data is damaged, or the length is not that of ``count``.
    """
    if type(data) is not bytes:
        raise BatchError("batch.column.type", column=name, found=_shown(data))
    head = _HEADS.get(data[:2])
    if head is None:
        raise BatchError("batch.column.format", column=name, found=_shown(data[:2]), known=" ".join(_WIDTHS))
    code, width, form = head
    size = count * width
    if form == _PLAIN:
        plain = data[2:]
    elif form == _COMPRESSED:
        plain = _inflate(data, size, name)
    else:
        plain = _repeat(data, size, width, name)
    if len(plain) != size:
        raise BatchError("batch.column.length", column=name, expected=size, found=len(plain))
    return Column(code, plain)


def _period(data: bytes, width: int) -> int:
    """Return the length of the shortest run of whole integers whose repetition is ``data``."""
    if not data:
        return 0
    shift = (data + data).find(data, 1)
    return shift * width // math.gcd(shift, width)


def _repeat(data: bytes, size: int, width: int, name: str) -> bytes:
    period = len(data) - 2
    if not period or period % width or size % period:
        raise BatchError("batch.column.repetition", column=name, period=period, expected=size)
    return data[2:] * (size // period)


def _inflate(data: bytes, size: int, name: str) -> bytes:
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(data[2:], size + 1)  # one byte more shows data that is too long
    except zlib.error as error:
        raise BatchError("batch.column.compression", column=name, reason=str(error)) from error
    if len(plain) <= size and (not machine.eof or machine.unused_data):
        raise BatchError("batch.column.compression", column=name, reason="incomplete, or followed by other bytes")
    return plain


def _narrowest(smallest: int, largest: int, *, name: str, signed: bool) -> str:
    if not signed and smallest < 0:
        raise BatchError("batch.column.negative", column=name, found=smallest)
    if largest >= _INT64:
        raise BatchError("batch.column.integer", column=name, found=largest)
    bits = max(largest.bit_length(), (-1 - smallest).bit_length() if smallest < 0 else 0) + signed
    index = 0 if bits <= 8 else 1 if bits <= 16 else 2 if bits <= 32 else 3
    if not signed and index == 3:
        raise BatchError("batch.column.range", column=name, formats="B H I", found=largest)
    return ("bhiq" if signed else "BHI")[index]


def _check_keys(members: Mapping[str, Any]) -> None:
    version = members.get("v")
    if type(version) is not int or version != VERSION:
        raise BatchError("batch.version.unknown", found=_shown(version), known=VERSION)
    if members.keys() in _ALLOWED:
        return
    wanted = _ALLOWED["raw" in members or "raw_length" in members]
    if missing := wanted - members.keys():
        raise BatchError("batch.key.missing", keys=", ".join(sorted(missing)))
    raise BatchError("batch.key.unknown", keys=", ".join(sorted(_shown(key) for key in members.keys() - wanted)))


def _check_header(batch: Batch) -> None:
    terminal, sequence, start, offset = batch.terminal, batch.sequence, batch.start_ms, batch.clock_offset_ms
    if type(terminal) is not str or not 1 <= len(terminal) <= 64 or not terminal.isprintable():
        raise BatchError("batch.terminal.form", found=_shown(terminal))
    if type(sequence) is not int or not 1 <= sequence < _INT64:
        raise BatchError("batch.sequence.range", found=_shown(sequence))
    if type(start) is not int or not -_INT64 <= start < _INT64 - (1 << 32):
        raise BatchError("batch.start.range", found=_shown(start))
    if offset is not None and (type(offset) is not int or not -_INT64 <= offset < _INT64):
        raise BatchError("batch.clock.offset", found=_shown(offset))
    if type(batch.clock_source) is not ClockSource:
        raise BatchError("batch.clock.source", found=_shown(batch.clock_source), known=", ".join(_SOURCES))
    if type(batch.configuration) is not bytes or len(batch.configuration) != 32:
        raise BatchError("batch.digest.length", name="configuration", found=_shown(batch.configuration))
    if type(batch.previous) is not bytes or len(batch.previous) != 32:
        raise BatchError("batch.digest.length", name="previous", found=_shown(batch.previous))
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
        if len(column.data) != count * _WIDTHS[column.format]:
            raise BatchError("batch.column.count", column=name, expected=count, found=len(column))
    if batch.raw is not None and len(batch.raw) != count:
        raise BatchError("batch.column.count", column="raw", expected=count, found=len(batch.raw))
    if Quality.NO_DATA in batch.quality.data:
        _check_no_data(batch)


def _check_no_data(batch: Batch) -> None:
    for at, (quality, value) in enumerate(zip(batch.quality, batch.value, strict=True)):
        if quality == Quality.NO_DATA and value != 0:
            raise BatchError("batch.value.no_data", at=at, found=value)


def _shown(value: object) -> str:
    """Return ``value`` short enough for a message, whatever came in."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
