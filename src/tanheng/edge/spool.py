"""The disk buffer: one SQLite file in WAL mode with ``synchronous=FULL``.

::

    journal   readings that no batch holds yet, one row a scan
    envelope  sealed batches: waiting → sent (the platform's durable acknowledgement) | refused (with its reason)
    row       rows of polled tables and dropped files: key, hash, content
    total     totals by channel and period
    meta      small facts: last sequence, digest, registers, orders

What a method has returned from is on the disk. A batch leaves ``waiting`` only by an acknowledgement; acknowledged batches are
kept for a stated time (at least 62 days) and then removed oldest first. Unsent batches are never removed: when the file
reaches its size limit, new readings are refused and counted, and the gauge says so.
"""

from __future__ import annotations

import enum
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cbor2

from tanheng.core.batch import CHAIN_START, Quality
from tanheng.edge.errors import SpoolError
from tanheng.edge.reading import Reading, Row

PAGE_BYTES = 4096
_DAY_MS = 86_400_000
_BATCH_READINGS = 50_000
_BATCH_RAW_BYTES = 2 << 20
_SEAL_ROWS = 240
_ROWS_KEPT_MS = 1100 * _DAY_MS
"""Rows are known much longer than batches: a spreadsheet of last year that is saved again must not count again."""

_RESERVE_PAGES = 256
"""Pages beyond the limit that only acknowledgements and cleaning may use: without them a full buffer could never drain."""

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


class State(enum.IntEnum):
    """Where a sealed batch stands."""

    WAITING = 0
    SENT = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed batch as it lies in the buffer."""

    sequence: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Gauge:
    """How full the buffer is.

    Attributes
    ----------
    waiting, waiting_readings, waiting_bytes : int
        Batches not yet acknowledged.
    refused : int
        Batches the platform refused; they are kept.
    oldest : int or None
        Start of the oldest waiting batch, milliseconds UTC.
    last_sequence : int
    used_bytes, limit_bytes : int
    room_ms : int or None
        How long the room lasts at the rate of the last day without any acknowledgement; None before the first batch.
    """

    waiting: int
    waiting_readings: int
    waiting_bytes: int
    refused: int
    oldest: int | None
    last_sequence: int
    used_bytes: int
    limit_bytes: int
    room_ms: int | None


Build = Callable[[int, bytes, Sequence[Reading]], bytes]
"""Makes an envelope from sequence, digest of the one before, and readings."""

Then = Callable[[sqlite3.Connection, Sequence[Reading]], list[Reading]]
"""Works with the readings of a batch in its transaction."""


class Spool:
    """The buffer of one terminal. Not for two threads at once.

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
        if newest is not None and (not isinstance(newest[0], bytes) or _digest(newest[0]) != self._meta("digest")):
            raise SpoolError("edge.spool.damaged", path=str(self.path))
        self._room(reserve=False)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _room(self, *, reserve: bool) -> None:
        """Set the limit SQLite itself enforces."""
        self._db.execute(f"PRAGMA max_page_count = {self._limit_pages + (_RESERVE_PAGES if reserve else 0)}")

    @contextmanager
    def _transaction(self, doing: str, *, reserve: bool = False) -> Iterator[None]:
        """Run a block in one transaction; a fault of the disk becomes a ``SpoolError`` and nothing of the block stays."""
        try:
            if reserve:
                self._room(reserve=True)
            self._db.execute("BEGIN IMMEDIATE")
            try:
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
                self._room(reserve=False)

    # --- readings that no batch holds yet

    def append(self, readings: Sequence[Reading]) -> None:
        """Put readings into the journal; they are on the disk when this returns.

        Raises
        ------
        SpoolError
            When the disk or the buffer is full: none of them is in the journal.
        """
        if readings:
            with self._transaction("append"):
                self._journal(readings)

    def _journal(self, readings: Sequence[Reading]) -> None:
        self._db.execute("INSERT INTO journal (readings) VALUES (?)", (_pack(readings),))

    def unsealed(self) -> int:
        """Return how many journal rows wait for a batch."""
        return int(self._db.execute("SELECT count(*) FROM journal").fetchone()[0])

    # --- sealing

    def seal(self, build: Build, *, now: int, alive: bool = True, then: Then | None = None) -> list[int]:
        """Turn the journal into envelopes, in one transaction.

        Parameters
        ----------
        build : callable
            Makes the envelope of a batch; may be called again for the same batch after a fault.
        now : ms, UTC
        alive : bool
            Seal a batch without readings when there are none.
        then : callable, optional
            Called inside the transaction with the connection and the readings; returns events that are sealed with them.

        Returns
        -------
        list of int
            Sequences of the new envelopes.

        Raises
        ------
        SpoolError
            Nothing is sealed then, and the journal is whole.
        """
        with self._transaction("seal"):
            rows = self._db.execute("SELECT id, readings FROM journal ORDER BY id LIMIT ?", (_SEAL_ROWS,)).fetchall()
            readings = [reading for _, packed in rows for reading in _unpack(packed)]
            if not readings and not alive:
                return []
            if then is not None:
                readings += then(self._db, readings)
            sealed = [self._seal_one(build, part, now) for part in parts(readings) or [[]]]
            if rows:
                self._db.execute("DELETE FROM journal WHERE id <= ?", (rows[-1][0],))
            return sealed

    def _seal_one(self, build: Build, part: Sequence[Reading], now: int) -> int:
        sequence = self.last_sequence() + 1
        data = build(sequence, self._meta("digest") or CHAIN_START, part)
        start = min((reading.time for reading in part), default=now)
        self._db.execute(
            "INSERT INTO envelope (sequence, state, start, sealed, readings, size, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (sequence, State.WAITING, start, now, len(part), len(data), data),
        )
        self._set_meta("digest", _digest(data))
        self._set_meta("sequence", str(sequence).encode())
        return sequence

    def last_sequence(self) -> int:
        """Return the sequence of the last sealed batch; 0 before the first."""
        return int(self._meta("sequence") or 0)

    # --- rows of tables and files

    def take_rows(self, device: str, rows: Iterable[Row], *, changed: Callable[[Row, bytes], Reading]) -> tuple[int, int]:
        """Record rows: a new one gives its readings, a changed one gives an event, an equal one nothing.

        Parameters
        ----------
        device : str
        rows : iterable of Row
        changed : callable
            Makes the event of a row whose content is no longer the old one.

        Returns
        -------
        tuple of int
            How many were new and how many changed; rows, readings and events are on the disk together.
        """
        fresh = altered = 0
        with self._transaction("take rows"):
            for row in rows:
                found = self._db.execute(
                    "SELECT hash, content, deleted FROM row WHERE device = ? AND key = ?", (device, row.key)
                ).fetchone()
                hashed = _digest(row.content)
                if found is None:
                    self._journal(row.readings) if row.readings else None
                    fresh += 1
                elif found[0] != hashed or found[2]:
                    self._journal([changed(row, bytes(found[1]))])
                    altered += 1
                else:
                    continue
                self._db.execute(
                    "INSERT OR REPLACE INTO row (device, key, time, hash, content) VALUES (?, ?, ?, ?, ?)",
                    (device, row.key, row.time, hashed, row.content),
                )
        return fresh, altered

    def sweep_rows(self, device: str, *, since: int, until: int, keys: set[str], gone: Callable[[str, bytes], Reading]) -> int:
        """Record that rows between two times are no longer there; return how many. Each is told once."""
        with self._transaction("sweep rows"):
            known = self._db.execute(
                "SELECT key, content FROM row WHERE device = ? AND time >= ? AND time < ? AND deleted = 0 ORDER BY key",
                (device, since, until),
            ).fetchall()
            missing = [(key, bytes(content)) for key, content in known if key not in keys]
            for key, content in missing:
                self._journal([gone(key, content)])
                self._db.execute("UPDATE row SET deleted = 1 WHERE device = ? AND key = ?", (device, key))
        return len(missing)

    # --- what waits for the platform

    def newest_waiting(self, count: int) -> list[Stored]:
        """Return the newest waiting batches, in order of sequence."""
        found = self._db.execute(
            "SELECT sequence, bytes FROM envelope WHERE state = 0 ORDER BY sequence DESC LIMIT ?", (count,)
        ).fetchall()
        return [Stored(sequence, data) for sequence, data in reversed(found)]

    def oldest_waiting(self, *, limit_bytes: int) -> list[Stored]:
        """Return the oldest waiting batches up to a size, at least one if there is one, in order of sequence."""
        chosen: list[Stored] = []
        total = 0
        cursor = self._db.execute("SELECT sequence, size FROM envelope WHERE state = 0 ORDER BY sequence LIMIT 1000")
        for sequence, size in cursor.fetchall():
            total += size
            if chosen and total > limit_bytes:
                break
            data = self._db.execute("SELECT bytes FROM envelope WHERE sequence = ?", (sequence,)).fetchone()[0]
            chosen.append(Stored(sequence, data))
        return chosen

    def acknowledge(self, indices: dict[int, int], *, now: int) -> int:
        """Mark batches as durably stored by the platform, with their log index; return how many were waiting."""
        return self._answer([(State.SENT, index, now, None, sequence) for sequence, index in indices.items()])

    def refuse(self, reasons: dict[int, str], *, now: int) -> int:
        """Mark batches as refused by the platform; they are kept and shown."""
        return self._answer([(State.REFUSED, None, now, reason[:500], sequence) for sequence, reason in reasons.items()])

    def _answer(self, rows: list[tuple[State, int | None, int, str | None, int]]) -> int:
        before = self._db.total_changes
        with self._transaction("acknowledge", reserve=True):
            self._db.executemany(
                "UPDATE envelope SET state = ?, log_index = ?, answered = ?, reason = ? WHERE sequence = ? AND state <> 1", rows
            )
        return self._db.total_changes - before

    def resend(self, *, first: int, last: int) -> int:
        """Let kept batches wait again; return how many there were."""
        before = self._db.total_changes
        with self._transaction("resend", reserve=True):
            self._db.execute("UPDATE envelope SET state = 0 WHERE sequence BETWEEN ? AND ? AND state <> 0", (first, last))
        return self._db.total_changes - before

    def prune(self, *, before: int) -> int:
        """Remove acknowledged batches and totals older than ``before`` (ms, UTC); return how many batches."""
        with self._transaction("prune", reserve=True):
            gone = self._db.execute("DELETE FROM envelope WHERE state = 1 AND answered < ?", (before,)).rowcount
            self._db.execute("DELETE FROM total WHERE finish < ?", (before,))
            self._db.execute("DELETE FROM row WHERE time < ?", (before - _ROWS_KEPT_MS,))
        self._db.execute("PRAGMA incremental_vacuum(2000)").fetchall()
        return int(gone)

    def make_room(self) -> int:
        """Remove the oldest acknowledged batches when the buffer is nearly full; return how many."""
        used = int(self._db.execute("PRAGMA page_count").fetchone()[0]) - int(
            self._db.execute("PRAGMA freelist_count").fetchone()[0]
        )
        if used * 20 < self._limit_pages * 19:
            return 0
        with self._transaction("make room", reserve=True):
            oldest = "SELECT sequence FROM envelope WHERE state = 1 ORDER BY sequence LIMIT 64"
            return int(self._db.execute(f"DELETE FROM envelope WHERE sequence IN ({oldest})").rowcount)  # noqa: S608

    def _used_pages(self) -> int:
        count, free = (int(self._db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count"))
        return count - free

    def gauge(self) -> Gauge:
        """Return how full the buffer is."""
        waiting, readings, size, oldest = self._db.execute(
            "SELECT count(*), coalesce(sum(readings), 0), coalesce(sum(size), 0), min(start) FROM envelope WHERE state = 0"
        ).fetchone()
        refused = self._db.execute("SELECT count(*) FROM envelope WHERE state = 2").fetchone()[0]
        used = self._used_pages() * PAGE_BYTES
        limit = self._limit_pages * PAGE_BYTES
        return Gauge(
            waiting, readings, size, refused, oldest, self.last_sequence(), used, limit, self._room_ms(max(limit - used, 0))
        )

    def _room_ms(self, free: int) -> int | None:
        newest = self._db.execute("SELECT max(sealed) FROM envelope").fetchone()[0]
        if newest is None:
            return None
        size, first = self._db.execute(
            "SELECT coalesce(sum(size), 0), min(sealed) FROM envelope WHERE sealed > ?", (newest - _DAY_MS,)
        ).fetchone()
        span = newest - (first or newest)
        return None if size == 0 or span <= 0 else free * span // size

    # --- small facts

    def meta(self, key: str) -> bytes | None:
        """Return a small fact, or None."""
        return self._meta(key)

    def set_meta(self, key: str, value: bytes) -> None:
        """Keep a small fact; on the disk when this returns."""
        with self._transaction("set", reserve=True):
            self._set_meta(key, value)

    def change(self, facts: Mapping[str, bytes], readings: Sequence[Reading]) -> None:
        """Keep small facts and put readings into the journal, in one transaction."""
        with self._transaction("change"):
            for key, value in facts.items():
                self._set_meta(key, value)
            if readings:
                self._journal(readings)

    def _meta(self, key: str) -> bytes | None:
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else bytes(found[0])

    def _set_meta(self, key: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return the rows of a reading statement, for status pages."""
        return self._db.execute(sql, tuple(values)).fetchall()


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


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _pack(readings: Sequence[Reading]) -> bytes:
    """Return readings as one blob; a scan shares its time, so columns are short."""
    columns = list(zip(*readings, strict=True))
    return cbor2.dumps([list(columns[0]), list(columns[1]), list(columns[2]), bytes(columns[3]), list(columns[4])])


def _unpack(packed: bytes) -> Iterator[Reading]:
    channels, times, counts, qualities, raws = cbor2.loads(packed)
    for channel, time, count, quality, raw in zip(channels, times, counts, qualities, raws, strict=True):
        yield Reading(channel, time, count, Quality(quality), raw)
