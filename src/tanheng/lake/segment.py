"""A segment: one immutable Parquet file of one plant, sorted by channel, time and version.

Column      Parquet type   encoding
channel     INT32          DELTA_BINARY_PACKED
time        INT64          DELTA_BINARY_PACKED, milliseconds UTC
version     INT32 (int16)  dictionary
value       INT64          DELTA_BINARY_PACKED, counts of 10^-decimals of the channel's unit
quality     INT32 (uint8)  dictionary
entry       INT64          DELTA_BINARY_PACKED, the plant's index of the envelope

All pages are compressed with zstd. Two kinds: ``segments/plant=P/day=2026-10-01/…`` holds what arrived for one day of plant
time; ``sealed/plant=P/month=2026-10/…`` one whole month, whose SHA-256 goes into the plant's log. Anything that reads Parquet
reads both as they stand.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tanheng.lake.errors import SegmentError
from tanheng.lake.files import Files, Sink, disk_error
from tanheng.lake.rows import Rows

SCHEMA = pa.schema(
    [
        pa.field("channel", pa.int32(), nullable=False),
        pa.field("time", pa.int64(), nullable=False),
        pa.field("version", pa.int16(), nullable=False),
        pa.field("value", pa.int64(), nullable=False),
        pa.field("quality", pa.uint8(), nullable=False),
        pa.field("entry", pa.int64(), nullable=False),
    ]
)
ROW_GROUP = 45_000
"""Rows of a row group: about one channel-month of minutes, so that one channel is read alone."""

_PIECE = 1 << 20
_DELTA = dict.fromkeys(("channel", "time", "value", "entry"), "DELTA_BINARY_PACKED")


@dataclass(frozen=True, slots=True)
class Segment:
    """What the catalogue knows of one file.

    Parameters
    ----------
    path : str
        Relative to the lake's root.
    first, last : ms UTC
        Earliest and latest instant in it.
    rows, size : int
        Readings and bytes.
    sha256 : str
        Of the file, hexadecimal.
    max_version : int
        0 when no row is a correction.
    one_a_minute : bool
        Whether no channel has two rows in one minute, so that rows can be counted instead of minutes.
    month : str or None
        Month of a sealed plant-month, such as ``2026-10``; None for a daily segment.
    """

    path: str
    first: int
    last: int
    rows: int
    size: int
    sha256: str
    max_version: int
    one_a_minute: bool
    month: str | None = None

    def to_json(self) -> dict[str, Any]:  # Any: JSON
        """Return the segment as a JSON object."""
        return asdict(self)


class _Hashing:
    """Counts and hashes what goes to a sink and hands it on in large pieces; in the shape of a file that pyarrow writes to."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._held = bytearray()
        self.digest = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:  # Any: pyarrow hands over bytes or a buffer
        before = len(self._held)
        self._held += data
        written = len(self._held) - before
        self.size += written
        if len(self._held) >= _PIECE:
            self.hand_on()
        return written

    def hand_on(self) -> None:
        """Hand on what is held."""
        self.digest.update(self._held)
        self._sink.write(bytes(self._held))
        self._held.clear()

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        return

    def close(self) -> None:
        self.closed = True


@dataclass(slots=True)
class _Facts:
    """Facts of the rows of one file, gathered part by part; the parts come in the order of the file."""

    unique: bool = True
    first: int = 0
    last: int = 0
    rows: int = 0
    max_version: int = 0
    one_a_minute: bool = True
    seam: tuple[int, int, int, int] | None = None

    def take(self, part: Rows) -> None:
        if not len(part):
            return
        self._check_order(part)
        low, high = int(part.time.min()), int(part.time.max())
        self.first, self.last = (min(self.first, low), max(self.last, high)) if self.rows else (low, high)
        self.rows += len(part)
        self.max_version = max(self.max_version, int(part.version.max()))
        minute = part.time // 60_000
        repeated = (minute[1:] == minute[:-1]) & (part.channel[1:] == part.channel[:-1])
        self.one_a_minute &= not bool(repeated.any())
        self.seam = (int(part.channel[-1]), int(part.time[-1]), int(part.version[-1]), int(minute[-1]))

    def _check_order(self, part: Rows) -> None:
        same = part.channel[1:] == part.channel[:-1]
        later = (part.time[1:] > part.time[:-1]) | ((part.time[1:] == part.time[:-1]) & (part.version[1:] > part.version[:-1]))
        if not self.unique:
            later |= (part.time[1:] == part.time[:-1]) & (part.version[1:] == part.version[:-1])
        if not bool(((part.channel[1:] > part.channel[:-1]) | (same & later)).all()):
            raise SegmentError("lake.segment.order")
        if self.seam is not None:
            first = (int(part.channel[0]), int(part.time[0]), int(part.version[0]))
            if first <= self.seam[:3]:
                raise SegmentError("lake.segment.order")
            self.one_a_minute &= (first[0], first[1] // 60_000) != (self.seam[0], self.seam[3])


def table_of(rows: Rows) -> Any:  # Any: pyarrow has no types
    """Return rows as an Arrow table of :data:`SCHEMA`."""
    return pa.table([pa.array(column) for column in rows.columns()], schema=SCHEMA)


def rows_of_table(table: Any) -> Rows:  # Any: pyarrow has no types
    """Return an Arrow table or record batch of :data:`SCHEMA` as rows."""
    return Rows(*(np.ascontiguousarray(table.column(name).to_numpy(zero_copy_only=False)) for name in SCHEMA.names))


def write_segment(files: Files, stem: str, parts: Iterable[Rows], *, month: str | None = None, unique: bool = True) -> Segment:
    """Write ``parts`` as one durable file and return what the catalogue is to know of it.

    Without ``unique`` a key may stand several times, as among refused readings.

    The file is called ``stem``, a hyphen, the first twelve digits of its SHA-256 and ``.parquet``. It appears under that name
    only when it is whole and on the disk; nothing points at it until the catalogue does.

    Raises
    ------
    SegmentError
        When the rows are not in order or not unique.
    LakeError
        When the disk is full or refuses.
    """
    temporary = f"{stem}-{secrets.token_hex(4)}.part"  # a name of its own, should two writers meet
    facts = _Facts(unique)
    try:
        sink = files.create(temporary)
        try:
            hashing = _Hashing(sink)
            _write(hashing, parts, facts)
            hashing.hand_on()
            sink.sync()
        finally:
            sink.close()
        path = f"{stem}-{hashing.digest.hexdigest()[:12]}.parquet"
        files.rename(temporary, path)
        files.sync_folder(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            files.remove(temporary)
        raise disk_error(stem, error) from error
    return Segment(
        path=path,
        first=facts.first,
        last=facts.last,
        rows=facts.rows,
        size=hashing.size,
        sha256=hashing.digest.hexdigest(),
        max_version=facts.max_version,
        one_a_minute=facts.one_a_minute,
        month=month,
    )


def _write(sink: _Hashing, parts: Iterable[Rows], facts: _Facts) -> None:
    writer = pq.ParquetWriter(
        pa.PythonFile(sink, mode="w"),
        SCHEMA,
        compression="zstd",
        compression_level=3,
        use_dictionary=["version", "quality"],
        column_encoding=_DELTA,
        data_page_version="2.0",
        write_statistics=True,
    )
    try:
        for part in parts:
            facts.take(part)
            if len(part):
                writer.write_table(table_of(part), row_group_size=ROW_GROUP)
    finally:
        writer.close()


def read_rows(files: Files, segment: Segment) -> Rows:
    """Return all rows of a segment after comparing its bytes with the catalogue's digest.

    Raises
    ------
    SegmentError
        When the file is missing, differs from its digest or cannot be read.
    """
    data = files.read(segment.path)
    if data is None:
        raise SegmentError("lake.segment.missing", path=segment.path)
    found = hashlib.sha256(data).hexdigest()
    if found != segment.sha256:
        raise SegmentError("lake.segment.digest", path=segment.path, found=found, wanted=segment.sha256)
    try:
        return rows_of_table(pq.read_table(pa.BufferReader(data), schema=SCHEMA))
    except pa.ArrowException as error:
        raise SegmentError("lake.segment.unreadable", path=segment.path, reason=str(error)) from error
