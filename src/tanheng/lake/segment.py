"""A segment: one immutable Parquet file of one plant, sorted by channel, time and version.

Column      Parquet type   encoding
channel     INT32          DELTA_BINARY_PACKED
time        INT64          DELTA_BINARY_PACKED, milliseconds UTC
version     INT32 (int16)  dictionary
value       INT64          DELTA_BINARY_PACKED, counts of 10^-decimals of the channel's unit
quality     INT32 (uint8)  dictionary
entry       INT64          DELTA_BINARY_PACKED, the plant's index of the envelope

All pages are compressed with zstd. Two kinds: ``segments/plant=P/day=2026-10-01/…`` holds what arrived for one day of plant
time; ``sealed/plant=P/month=2026-10/…`` one whole month, whose SHA-256 goes into the plant's log and whose footer holds its
summary (:mod:`tanheng.lake.summary`) and its stands (:mod:`tanheng.lake.stands`). Anything that reads Parquet reads both kinds
as they stand.

A row group ends where a channel ends, so that the statistics of the footer find a channel without reading its neighbours.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tanheng.lake.durable import HashingSink, write_durably
from tanheng.lake.errors import SegmentError
from tanheng.lake.files import Files
from tanheng.lake.footer import Footer
from tanheng.lake.rows import Rows, empty, joined
from tanheng.lake.stands import KEY as STANDS
from tanheng.lake.stands import Stands
from tanheng.lake.summary import KEY as SUMMARY
from tanheng.lake.summary import Summary

Daily = TypeVar("Daily", Summary, Stands)

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
LEAST_ROWS, MOST_ROWS = 32_768, 131_072
"""A row group ends with the first channel that ends behind so many rows, and at the latest after so many."""

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


@dataclass(slots=True)
class Facts:
    """Facts of the rows of one file, gathered part by part; the parts come in the order of the file.

    ``first``, ``last``, ``rows``, ``max_version`` and ``one_a_minute`` are those of :class:`Segment`.
    """

    unique: bool = True
    first: int = 0
    last: int = 0
    rows: int = 0
    max_version: int = 0
    one_a_minute: bool = True
    seam: tuple[int, int, int, int] | None = None

    def take(self, part: Rows) -> None:
        """Take the next rows.

        Raises
        ------
        SegmentError
            When they are out of order, or not unique.
        """
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
    return pa.table([array_of(column, field.type) for column, field in zip(rows.columns(), SCHEMA, strict=True)], schema=SCHEMA)


def array_of(column: NDArray[np.generic], kind: Any) -> Any:  # Any: pyarrow has no types
    """Return a column as an Arrow array over the same memory; ``pyarrow.array`` would import pandas, where it is installed."""
    return pa.Array.from_buffers(kind, len(column), [None, pa.py_buffer(np.ascontiguousarray(column))])


def rows_of_table(table: Any) -> Rows:  # Any: pyarrow has no types
    """Return an Arrow table or record batch of :data:`SCHEMA` as rows."""
    return Rows(*(np.ascontiguousarray(table.column(name).to_numpy(zero_copy_only=False)) for name in SCHEMA.names))


def write_segment(
    files: Files,
    stem: str,
    parts: Iterable[Rows],
    *,
    month: str | None = None,
    days: Sequence[int] = (),
    unique: bool = True,
) -> Segment:
    """Write ``parts`` as one durable file and return what the catalogue is to know of it.

    Without ``unique`` a key may stand several times, as among refused readings. With ``days``, the beginnings of days and the
    end of the last in ms UTC, the footer holds their summary and stands.

    The file appears as :func:`tanheng.lake.durable.write_durably` says; nothing points at it until the catalogue does.

    Raises
    ------
    SegmentError
        When the rows are not in order or not unique.
    LakeError
        When the disk is full or refuses.
    """
    facts = Facts(unique)
    written = write_durably(files, stem, lambda sink: _write(sink, parts, facts, Footer(days) if days else None))
    return Segment(
        path=written.path,
        first=facts.first,
        last=facts.last,
        rows=facts.rows,
        size=written.size,
        sha256=written.sha256,
        max_version=facts.max_version,
        one_a_minute=facts.one_a_minute,
        month=month,
    )


def _write(sink: HashingSink, parts: Iterable[Rows], facts: Facts, footer: Footer | None) -> None:
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
        for group in row_groups(parts):
            facts.take(group)
            if footer is not None:
                footer.take(group)
            writer.write_table(table_of(group), row_group_size=MOST_ROWS)
        if footer is not None:
            writer.add_key_value_metadata(footer.entries())
    finally:
        writer.close()


def row_groups(parts: Iterable[Rows]) -> Iterator[Rows]:
    """Yield the rows of ``parts`` cut into row groups: where a channel ends, unless that is too early or too late."""
    held = empty()
    for part in parts:
        held = joined([held, part]) if len(held) else part
        start = 0
        for end in _cuts(held.channel):
            yield held.take(slice(start, end))
            start = end
        held = held.take(slice(start, None))
    if len(held):
        yield held


def _cuts(channel: NDArray[np.int32]) -> Iterator[int]:
    """Yield where the row groups end that are certain, whatever follows."""
    ends = np.flatnonzero(channel[1:] != channel[:-1]) + 1
    start = 0
    while len(channel) - start > LEAST_ROWS:
        at = int(np.searchsorted(ends, start + LEAST_ROWS))
        end = int(ends[at]) if at < len(ends) else len(channel) + 1
        if end > start + MOST_ROWS:
            end = start + MOST_ROWS
        if end > len(channel):
            return
        yield end
        start = end


def read_rows(files: Files, segment: Segment) -> Rows:
    """Return all rows of a segment after comparing its bytes with the catalogue's digest.

    Raises
    ------
    SegmentError
        When the file is missing, differs from its digest or cannot be read.
    """
    return joined(list(read_parts(files, segment)))


def read_parts(files: Files, segment: Segment) -> Iterator[Rows]:
    """Yield the rows of a segment, a row group at a time, after comparing its bytes with the catalogue's digest.

    The file is open for as long, and is never in memory as a whole.

    Raises
    ------
    SegmentError
        As :func:`read_rows`.
    """
    try:
        with (files.root / segment.path).open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
            if found != segment.sha256:
                raise SegmentError("lake.segment.digest", path=segment.path, found=found, wanted=segment.sha256)
            file = pq.ParquetFile(opened)
            for number in range(file.num_row_groups):
                yield rows_of_table(file.read_row_group(number))
    except FileNotFoundError as error:
        raise SegmentError("lake.segment.missing", path=segment.path) from error
    except (pa.ArrowException, OSError, KeyError) as error:
        raise SegmentError("lake.segment.unreadable", path=segment.path, reason=str(error)) from error


def read_summary(files: Files, segment: Segment) -> Summary | None:
    """Return the summary in the footer of a segment, None when it has none.

    Raises
    ------
    SegmentError
        When the file is missing, or its footer cannot be read.
    """
    return _of_footer(files, segment, SUMMARY, Summary.decode)


def read_stands(files: Files, segment: Segment) -> Stands | None:
    """Return the stands in the footer of a segment, None when it has none.

    Raises
    ------
    SegmentError
        As :func:`read_summary`.
    """
    return _of_footer(files, segment, STANDS, Stands.decode)


def _of_footer(files: Files, segment: Segment, key: bytes, decode: Callable[[bytes], Daily | None]) -> Daily | None:
    try:
        data = pq.read_metadata(files.root / segment.path).metadata
        return decode(data[key]) if data and key in data else None
    except FileNotFoundError as error:
        raise SegmentError("lake.segment.missing", path=segment.path) from error
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise SegmentError("lake.segment.unreadable", path=segment.path, reason=str(error)) from error
