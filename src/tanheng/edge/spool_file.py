"""The file of the disk buffer: SQLite in WAL mode with ``synchronous=FULL``, its tables, transactions and limit.

::

    journal   readings that no batch holds yet, one row a scan
    envelope  sealed batches: waiting → sent (the platform's durable acknowledgement) | refused (with its reason)
    row       rows of polled tables and dropped files: key, hash, content
    total     totals by channel and period
    meta      small facts: last sequence, digest, registers, orders

What a transaction has committed is on the disk: SQLite syncs the write-ahead log before ``COMMIT`` returns, and a log with a
torn end is read up to its last whole transaction (https://www.sqlite.org/wal.html). The size limit is SQLite's own; beyond it
only sealing, acknowledgements and cleaning may use a reserve, without which a full buffer could never drain.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tanheng.edge.errors import SpoolError

PAGE_BYTES = 4096
CLEANING_PAGES = 256
"""Pages beyond the limit that only acknowledgements and cleaning may use."""

SEALING_PAGES = 128
"""Pages beyond the limit that sealing may use: what it puts in place of the journal's rows may take a little more than they."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, readings BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS envelope (
    sequence INTEGER PRIMARY KEY, state INTEGER NOT NULL, start INTEGER NOT NULL, sealed INTEGER NOT NULL,
    readings INTEGER NOT NULL, size INTEGER NOT NULL, log_index INTEGER, answered INTEGER, reason TEXT, bytes BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS envelope_state ON envelope (state, sequence);
CREATE TABLE IF NOT EXISTS row (
    device TEXT NOT NULL, key TEXT NOT NULL, time INTEGER NOT NULL, hash BLOB NOT NULL, content BLOB NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (device, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS row_time ON row (device, time);
CREATE TABLE IF NOT EXISTS total (
    channel TEXT NOT NULL, period TEXT NOT NULL, start INTEGER NOT NULL, finish INTEGER NOT NULL, count TEXT,
    covered INTEGER NOT NULL, readings INTEGER NOT NULL, PRIMARY KEY (period, start, channel)) WITHOUT ROWID;
"""


class SpoolFile:
    """The file of one terminal's buffer. Not for two threads at once.

    Parameters
    ----------
    path : Path
        The SQLite file; made when absent.
    limit_bytes : int
        Largest size of the file.

    Raises
    ------
    SpoolError
        When the file cannot be opened or is damaged.
    """

    def __init__(self, path: Path, *, limit_bytes: int = 8 << 30) -> None:
        self.path = path
        self._limit_pages = max(limit_bytes // PAGE_BYTES, 64)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._prepare()
        except sqlite3.Error as error:
            raise SpoolError("edge.spool.open", path=str(path), reason=str(error)) from error

    def _prepare(self) -> None:
        self._db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA cache_size = -4000")
        self._db.execute("PRAGMA journal_size_limit = 8388608")
        self._db.execute("PRAGMA busy_timeout = 5000")
        self._db.executescript(_SCHEMA)
        newest = self._db.execute("SELECT bytes FROM envelope ORDER BY sequence DESC LIMIT 1").fetchone()
        if newest is not None and (not isinstance(newest[0], bytes) or digest_of(newest[0]) != self._meta("digest")):
            raise SpoolError("edge.spool.damaged", path=str(self.path))
        self._room(0)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _room(self, reserve: int) -> None:
        """Set the limit SQLite itself enforces, so many pages beyond the configured one."""
        self._db.execute(f"PRAGMA max_page_count = {self._limit_pages + reserve}")

    @contextmanager
    def _transaction(self, doing: str, *, reserve: int = 0) -> Iterator[None]:
        """Run a block in one transaction, with so many pages of the reserve.

        A fault of the disk becomes a ``SpoolError`` and nothing of the block stays.
        """
        try:
            if reserve:
                self._room(reserve)
            self._db.execute("BEGIN IMMEDIATE")
            try:
                if not reserve and self._used_pages() >= self._limit_pages:
                    # The file may be larger than the limit by what the reserve gave, and SQLite would use that up.
                    raise sqlite3.OperationalError("database or disk is full")
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise SpoolError("edge.spool.write", doing=doing, path=str(self.path), reason=str(error)) from error
        finally:
            if reserve:
                self._room(0)

    def _used_pages(self) -> int:
        count, free = (int(self._db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count"))
        return count - free

    def meta(self, key: str) -> bytes | None:
        """Return a small fact, or None."""
        return self._meta(key)

    def _meta(self, key: str) -> bytes | None:
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else bytes(found[0])

    def _set_meta(self, key: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return the rows of a reading statement, for status pages."""
        return self._db.execute(sql, tuple(values)).fetchall()


def digest_of(data: bytes) -> bytes:
    """Return the SHA-256 of an envelope or row."""
    return hashlib.sha256(data).digest()
