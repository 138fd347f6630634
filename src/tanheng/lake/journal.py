"""The write-ahead journal port: what is acknowledged stands here first.

A record is opaque bytes with a key (terminal, sequence). Appending is durable and idempotent: a repeat of the same bytes gets
the index of the first time; other bytes under the same key are refused. Indices are dense, from 0. A record leaves only after
``drop``, when the lake holds its readings and a pack its bytes; its key and digest stay, so that a late repeat is still known.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tanheng.lake.errors import JournalError


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
  UNIQUE (terminal, sequence)
) STRICT
"""


class FileJournal:
    """A journal in one SQLite file: WAL, ``synchronous=FULL``; one transaction a call.

    Parameters
    ----------
    path : Path
        Of the file; its folder is made when it is missing.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise JournalError("lake.journal.open", path=str(path), reason=str(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def append(self, records: Sequence[Record]) -> list[int]:
        """Store ``records`` in one transaction."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                indices = self._append(records)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._error(error) from error
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
            row = (following, record.terminal, record.sequence, digest, record.payload)
            self._connection.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", row)
            indices.append(following)
            following += 1
        return indices

    def known(self, terminal: str, sequence: int) -> tuple[int, bytes] | None:
        """Return index and digest of a key."""
        question = "SELECT position, digest FROM record WHERE terminal = ? AND sequence = ?"
        row = self._connection.execute(question, (terminal, sequence)).fetchone()
        return None if row is None else (row[0], row[1])

    def after(self, index: int, *, limit: int) -> list[Entry]:
        """Return the held records behind ``index``."""
        question = (
            "SELECT position, terminal, sequence, payload FROM record"
            " WHERE position > ? AND payload IS NOT NULL ORDER BY position LIMIT ?"
        )
        with closing(self._connection.execute(question, (index, limit))) as rows:
            return list(self._entries(rows))

    def _entries(self, rows: sqlite3.Cursor) -> Iterator[Entry]:
        for position, terminal, sequence, payload in rows:
            yield Entry(position, Record(terminal, sequence, payload))

    def drop(self, index: int) -> None:
        """Let go of the bytes up to ``index``; the file gets smaller by them."""
        change = "UPDATE record SET payload = NULL WHERE position <= ? AND payload IS NOT NULL"
        try:
            dropped = self._connection.execute(change, (index,)).rowcount
        except sqlite3.Error as error:
            raise self._error(error) from error
        if dropped:
            with contextlib.suppress(sqlite3.OperationalError):  # no room to shrink: the empty pages are used again
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def length(self) -> int:
        """Return the number of records ever appended."""
        row = self._connection.execute("SELECT coalesce(max(position) + 1, 0) FROM record").fetchone()
        return int(row[0])

    def _error(self, error: sqlite3.Error) -> JournalError:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            return JournalError("lake.journal.full", path=str(self._path))
        return JournalError("lake.journal.refused", path=str(self._path), reason=str(error))


def _same_bytes(record: Record, held: bytes, given: bytes) -> None:
    if held != given:
        raise JournalError(
            "lake.journal.differs",
            terminal=record.terminal,
            sequence=record.sequence,
            held=held.hex(),
            given=given.hex(),
        )
