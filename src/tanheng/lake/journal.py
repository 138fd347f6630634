"""The write-ahead journal port: what is acknowledged stands here first.

A record is opaque bytes with a key (terminal, sequence). Appending is durable and idempotent: a repeat of the same bytes gets
the index of the first time; other bytes under the same key are refused. Indices are dense, from 0. A record leaves only after
``drop``, when the lake holds its readings and a pack its bytes; its key and digest stay, so that a late repeat is still known.

The file compresses each record by itself with zstd and gives the bytes back after comparing them with their digest. Its pages
hold 8192 bytes, so that of the usual envelopes several share one: signed batches of 300 readings need 5.6 bytes a reading
instead of 13.7 in pages of 4096 with one envelope as received in each.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from tanheng.lake.errors import JournalError
from tanheng.lake.files import make_folder


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be kept: bytes under the key of their sender."""

    terminal: str
    sequence: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in the journal, with its index."""

    index: int
    record: Record


class Journal(Protocol):
    """Where acknowledged records of one plant stand until the lake holds them."""

    def append(self, records: Sequence[Record]) -> list[int]:
        """Store ``records`` in one durable step and return the index of each.

        Raises
        ------
        JournalError
            When other bytes stand under a key (nothing of this call is stored then), or the disk is full.
        """

    def known(self, terminal: str, sequence: int) -> tuple[int, bytes] | None:
        """Return index and SHA-256 of the record under a key, also of a dropped one, or None."""

    def after(self, index: int, *, limit: int) -> list[Entry]:
        """Return the records behind ``index`` that are still held, in order, at most ``limit``."""

    def drop(self, index: int) -> None:
        """Let go of the bytes of every record up to and including ``index``."""

    def length(self) -> int:
        """Return the number of records ever appended."""


class MemoryJournal:
    """A journal in memory, for tests."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, int], tuple[int, bytes]] = {}
        self._held: dict[int, Record] = {}

    def append(self, records: Sequence[Record]) -> list[int]:
        """Store ``records``; all or none."""
        keys, held, indices = dict(self._keys), {}, []
        for record in records:
            digest = hashlib.sha256(record.payload).digest()
            found = keys.setdefault((record.terminal, record.sequence), (len(keys), digest))
            _same_bytes(record, found[1], digest)
            if found[0] >= len(self._keys):
                held[found[0]] = record
            indices.append(found[0])
        self._keys = keys
        self._held.update(held)
        return indices

    def known(self, terminal: str, sequence: int) -> tuple[int, bytes] | None:
        """Return index and digest of a key."""
        return self._keys.get((terminal, sequence))

    def after(self, index: int, *, limit: int) -> list[Entry]:
        """Return the held records behind ``index``."""
        return [Entry(at, self._held[at]) for at in sorted(self._held) if at > index][:limit]

    def drop(self, index: int) -> None:
        """Let go of the bytes up to ``index``."""
        self._held = {at: record for at, record in self._held.items() if at > index}

    def length(self) -> int:
        """Return the number of records ever appended."""
        return len(self._keys)


_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
  position INTEGER PRIMARY KEY,
  terminal TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  digest BLOB NOT NULL,
  payload BLOB,
  size INTEGER NOT NULL DEFAULT 0,
  UNIQUE (terminal, sequence)
) STRICT
"""
_WITH_SIZE = "ALTER TABLE record ADD COLUMN size INTEGER NOT NULL DEFAULT 0"
_SMALL = 4096
_ZSTD, _ZSTD_SMALL = pa.Codec("zstd", compression_level=3), pa.Codec("zstd", compression_level=19)
_SETTINGS = ("page_size=8192", "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=500")


class FileJournal:
    """A journal in one SQLite file: WAL, ``synchronous=FULL``; one transaction a call.

    Parameters
    ----------
    path : Path
        Of the file; its folder is made when it is missing.
    """

    def __init__(self, path: Path) -> None:
        make_folder(path.parent)
        self._path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            raise JournalError("lake.journal.open", path=str(path), reason=str(error)) from error

    def _prepare(self) -> None:
        for setting in _SETTINGS:
            self._connection.execute(f"PRAGMA {setting}").fetchall()
        self._connection.execute(_SCHEMA)
        if "size" not in [column[1] for column in self._connection.execute("PRAGMA table_info(record)")]:
            self._connection.execute(_WITH_SIZE)  # a file from before records were compressed; those stay as they are

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def append(self, records: Sequence[Record]) -> list[int]:
        """Store ``records`` in one transaction."""
        with self._faults():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                indices = self._append(records)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise
        return indices

    def _append(self, records: Sequence[Record]) -> list[int]:
        following = self.length()
        indices = []
        for record in records:
            digest = hashlib.sha256(record.payload).digest()
            found = self.known(record.terminal, record.sequence)
            if found is not None:
                _same_bytes(record, found[1], digest)
                indices.append(found[0])
                continue
            row = (following, record.terminal, record.sequence, digest, *_compressed(record.payload))
            self._connection.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", row)
            indices.append(following)
            following += 1
        return indices

    def known(self, terminal: str, sequence: int) -> tuple[int, bytes] | None:
        """Return index and digest of a key."""
        question = "SELECT position, digest FROM record WHERE terminal = ? AND sequence = ?"
        with self._faults():
            row = self._connection.execute(question, (terminal, sequence)).fetchone()
        return None if row is None else (row[0], row[1])

    def after(self, index: int, *, limit: int) -> list[Entry]:
        """Return the held records behind ``index``."""
        question = (
            "SELECT position, terminal, sequence, digest, payload, size FROM record"
            " WHERE position > ? AND payload IS NOT NULL ORDER BY position LIMIT ?"
        )
        with self._faults(), closing(self._connection.execute(question, (index, limit))) as rows:
            return list(self._entries(rows))

    def _entries(self, rows: sqlite3.Cursor) -> Iterator[Entry]:
        for position, terminal, sequence, digest, stored, size in rows:
            payload = _as_received(stored, size)
            if payload is None or hashlib.sha256(payload).digest() != digest:
                raise JournalError("lake.journal.damaged", path=str(self._path), index=position)
            yield Entry(position, Record(terminal, sequence, payload))

    def drop(self, index: int) -> None:
        """Let go of the bytes up to ``index``; the file gets smaller by them."""
        change = "UPDATE record SET payload = NULL WHERE position <= ? AND payload IS NOT NULL"
        with self._faults():
            dropped = self._connection.execute(change, (index,)).rowcount
        if dropped:
            with contextlib.suppress(sqlite3.OperationalError):  # no room to shrink: the empty pages are used again
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def length(self) -> int:
        """Return the number of records ever appended."""
        with self._faults():
            row = self._connection.execute("SELECT coalesce(max(position) + 1, 0) FROM record").fetchone()
        return int(row[0])

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn what SQLite refuses into a fault of the journal."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _error(self, error: sqlite3.Error) -> JournalError:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            return JournalError("lake.journal.full", path=str(self._path))
        return JournalError("lake.journal.refused", path=str(self._path), reason=str(error))


def _compressed(payload: bytes) -> tuple[bytes, int]:
    """Return what is stored of a record and its size as received; 0 when it is stored as received."""
    codec = _ZSTD_SMALL if len(payload) <= _SMALL else _ZSTD  # 0.17 ms for the small ones; large ones would take 10
    small: bytes = codec.compress(payload, asbytes=True)
    return (small, len(payload)) if len(small) < len(payload) else (payload, 0)


def _as_received(stored: bytes, size: int) -> bytes | None:
    """Return a record as it was received, None when it cannot be told."""
    if not size:
        return stored
    try:
        found: Any = _ZSTD.decompress(stored, size, asbytes=True)  # Any: pyarrow has no types
    except (pa.ArrowException, OSError, MemoryError):
        return None
    return bytes(found)


def _same_bytes(record: Record, held: bytes, given: bytes) -> None:
    if held != given:
        raise JournalError(
            "lake.journal.differs",
            terminal=record.terminal,
            sequence=record.sequence,
            held=held.hex(),
            given=given.hex(),
        )
