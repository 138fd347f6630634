"""The outbox: sealed batches on their way to the platform.

A batch leaves ``waiting`` only by an acknowledgement; acknowledged ones are kept for a stated time (at least 62 days) and then
removed oldest first. Unsent batches are never removed.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tanheng.edge.spool_file import CLEANING_PAGES, PAGE_BYTES, SpoolFile

_DAY_MS = 86_400_000
_ROWS_KEPT_MS = 1100 * _DAY_MS
"""Rows are known much longer than batches: a spreadsheet of last year that is saved again must not count again."""


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


class Outbox(SpoolFile):
    """Envelopes that wait, are acknowledged or refused, and how full the buffer is."""

    def last_sequence(self) -> int:
        """Return the sequence of the last sealed batch; 0 before the first."""
        return int(self._meta("sequence") or 0)

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
        with self._transaction("acknowledge", reserve=CLEANING_PAGES):
            self._db.executemany(
                "UPDATE envelope SET state = ?, log_index = ?, answered = ?, reason = ? WHERE sequence = ? AND state <> 1", rows
            )
        return self._db.total_changes - before

    def resend(self, *, first: int, last: int) -> int:
        """Let kept batches wait again; return how many there were."""
        before = self._db.total_changes
        with self._transaction("resend", reserve=CLEANING_PAGES):
            self._db.execute("UPDATE envelope SET state = 0 WHERE sequence BETWEEN ? AND ? AND state <> 0", (first, last))
        return self._db.total_changes - before

    def prune(self, *, before: int) -> int:
        """Remove acknowledged batches and totals older than ``before`` (ms, UTC); return how many batches."""
        with self._transaction("prune", reserve=CLEANING_PAGES):
            gone = self._db.execute("DELETE FROM envelope WHERE state = 1 AND answered < ?", (before,)).rowcount
            self._db.execute("DELETE FROM total WHERE finish < ?", (before,))
            self._db.execute("DELETE FROM row WHERE time < ?", (before - _ROWS_KEPT_MS,))
        self._db.execute("PRAGMA incremental_vacuum(2000)").fetchall()
        return int(gone)

    def make_room(self) -> int:
        """Remove the oldest acknowledged batches when the buffer is nearly full; return how many."""
        if self._used_pages() * 20 < self._limit_pages * 19:
            return 0
        with self._transaction("make room", reserve=CLEANING_PAGES):
            oldest = "SELECT sequence FROM envelope WHERE state = 1 ORDER BY sequence LIMIT 64"
            return int(self._db.execute(f"DELETE FROM envelope WHERE sequence IN ({oldest})").rowcount)  # noqa: S608

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
