"""The archive of a plant: packs of the records that left the journal, byte for byte.

A pack is one Parquet file of consecutive indices, ``envelopes/plant=P/000000000000-000000043199-<SHA-256>.parquet``::

    Column      Parquet type
    position    INT64        index in the plant, as the lake's column ``entry`` names it
    terminal    BYTE_ARRAY   UTF-8
    sequence    INT64
    payload     BYTE_ARRAY   the envelope as it was received

Envelopes of one terminal are alike, so zstd over many of them takes away most of what they repeat; signatures stay. The file
is read back and compared before it gets its name, and its name holds its whole digest: a pack needs no catalogue.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tanheng.lake.durable import HashingSink, write_durably
from tanheng.lake.errors import ArchiveError
from tanheng.lake.files import Files
from tanheng.lake.journal import Entry, Record

SCHEMA = pa.schema(
    [
        pa.field("position", pa.int64(), nullable=False),
        pa.field("terminal", pa.string(), nullable=False),
        pa.field("sequence", pa.int64(), nullable=False),
        pa.field("payload", pa.binary(), nullable=False),
    ]
)
_PORTION = 2000
_PAGE = 4 << 20
_NAME = re.compile(r"(\d{12})-(\d{12})-([0-9a-f]{64})\.parquet")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack by its name: path, first and last index, SHA-256."""

    path: str
    first: int
    last: int
    sha256: str


class Archive:
    """The packs of one plant. One writer at a time; any number of readers.

    Parameters
    ----------
    files : Files
    plant : str
    """

    def __init__(self, files: Files, plant: str) -> None:
        self._files = files
        self._folder = f"envelopes/plant={plant}"

    def packs(self) -> list[Pack]:
        """Return the packs in order.

        Raises
        ------
        ArchiveError
            When one is missing between two others, or two overlap.
        """
        found = []
        following = 0
        for path in self._files.paths(self._folder):
            match = _NAME.fullmatch(path.rpartition("/")[2])
            if match is None:
                continue
            pack = Pack(path, int(match[1]), int(match[2]), match[3])
            if pack.first != following:
                raise ArchiveError("lake.archive.gap", path=path, first=pack.first, wanted=following)
            found.append(pack)
            following = pack.last + 1
        return found

    @property
    def last(self) -> int:
        """Index of the last record in a pack, -1 for none."""
        packs = self.packs()
        return packs[-1].last if packs else -1

    def put(self, entries: Callable[[], Iterable[Entry]], *, first: int, last: int) -> Pack:
        """Write the records ``first`` to ``last`` as a pack; durable, and read back, on return.

        Parameters
        ----------
        entries : callable
            Gives the records, and the same once more for the comparison.

        Raises
        ------
        ArchiveError
            When the records are not those indices, or the file does not give them back byte for byte.
        LakeError
            When the disk is full or refuses.
        """
        if first != self.last + 1 or last < first:
            raise ArchiveError("lake.archive.gap", path=self._folder, first=first, wanted=self.last + 1)
        written = write_durably(
            self._files,
            f"{self._folder}/{first:012d}-{last:012d}",
            lambda sink: _write(sink, entries(), range(first, last + 1)),
            check=lambda path: _compare(self._file(path), entries(), path),
            digits=64,
        )
        return Pack(written.path, first, last, written.sha256)

    def entries(self, after: int = -1) -> Iterator[Entry]:
        """Yield the records behind an index, in order."""
        for pack in self.packs():
            if pack.last > after:
                yield from _read(self._file(pack.path), pack.path, skip=after + 1 - pack.first)

    def tidy(self) -> list[str]:
        """Remove what a crash left behind, and return its paths. For a writer that starts."""
        left = [path for path in self._files.paths(self._folder) if path.endswith(".part")]
        for path in left:
            self._files.remove(path)
        return left

    def audit(self) -> Iterator[ArchiveError]:
        """Yield every pack that is missing, or whose bytes have another digest than its name."""
        try:
            packs = self.packs()
        except ArchiveError as error:
            yield error
            return
        for pack in packs:
            try:
                with (self._files.root / pack.path).open("rb") as opened:
                    found = hashlib.file_digest(opened, "sha256").hexdigest()
            except OSError as error:
                yield ArchiveError("lake.archive.unreadable", path=pack.path, reason=error.strerror or str(error))
                continue
            if found != pack.sha256:
                yield ArchiveError("lake.archive.digest", path=pack.path, found=found)

    def _file(self, path: str) -> Any:  # Any: pyarrow has no types
        try:
            return pq.ParquetFile(self._files.root / path)
        except (pa.ArrowException, OSError) as error:
            raise ArchiveError("lake.archive.unreadable", path=path, reason=str(error)) from error


def _write(sink: HashingSink, entries: Iterable[Entry], indices: range) -> None:
    writer = pq.ParquetWriter(
        pa.PythonFile(sink, mode="w"),
        SCHEMA,
        compression="zstd",
        compression_level=3,
        use_dictionary=["terminal"],
        data_page_size=_PAGE,
        write_statistics=["position"],
    )
    following = indices.start
    held: list[Entry] = []
    try:
        for entry in entries:
            if entry.index != following:
                raise ArchiveError("lake.archive.gap", path="–", first=entry.index, wanted=following)
            following += 1
            held.append(entry)
            if len(held) == _PORTION:
                writer.write_table(_table(held))
                held = []
        if following != indices.stop:
            raise ArchiveError("lake.archive.gap", path="–", first=indices.stop, wanted=following)
        if held:
            writer.write_table(_table(held))
    finally:
        writer.close()


def _table(entries: list[Entry]) -> Any:  # Any: pyarrow has no types
    columns = (
        [entry.index for entry in entries],
        [entry.record.terminal for entry in entries],
        [entry.record.sequence for entry in entries],
        [entry.record.payload for entry in entries],
    )
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def _read(file: Any, path: str, *, skip: int = 0) -> Iterator[Entry]:  # Any: pyarrow has no types
    try:
        for number in range(file.num_row_groups):
            rows = file.metadata.row_group(number).num_rows
            if rows > skip:
                columns = (column.to_pylist()[max(skip, 0) :] for column in file.read_row_group(number).columns)
                for position, terminal, sequence, payload in zip(*columns, strict=True):
                    yield Entry(position, Record(terminal, sequence, payload))
            skip -= rows
    except (pa.ArrowException, OSError) as error:
        raise ArchiveError("lake.archive.unreadable", path=path, reason=str(error)) from error


def _compare(file: Any, entries: Iterable[Entry], path: str) -> None:  # Any: pyarrow has no types
    for found, wanted in itertools.zip_longest(_read(file, path), entries):
        if found != wanted:
            raise ArchiveError("lake.archive.differs", path=path, index=(wanted or found).index)
