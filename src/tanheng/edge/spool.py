"""The disk buffer of a terminal: a journal of readings, sealed batches behind it, rows of tables, totals and small facts.

What a method has returned from is on the disk. When the file reaches its size limit, new readings are refused and counted,
and the gauge says so. The file itself stands in ``spool_file``, what waits for the platform in ``outbox``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

from tanheng.core.batch import CHAIN_START
from tanheng.edge.outbox import Outbox, State
from tanheng.edge.packing import pack, parts, unpack
from tanheng.edge.reading import Reading, Row
from tanheng.edge.spool_file import CLEANING_PAGES, SEALING_PAGES, digest_of

_SEAL_ROWS = 240

Build = Callable[[int, bytes, Sequence[Reading]], bytes]
"""Makes an envelope from sequence, digest of the one before, and readings."""

Then = Callable[[sqlite3.Connection, Sequence[Reading]], list[Reading]]
"""Works with the readings of a batch in its transaction."""


class Spool(Outbox):
    """The buffer of one terminal. Not for two threads at once; parameters as for ``SpoolFile``."""

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
        self._db.execute("INSERT INTO journal (readings) VALUES (?)", (pack(readings),))

    def unsealed(self) -> int:
        """Return how many journal rows wait for a batch."""
        return int(self._db.execute("SELECT count(*) FROM journal").fetchone()[0])

    # --- sealing

    def seal(self, build: Build, *, now: int, alive: bool = True, then: Then | None = None) -> list[int]:
        """Turn the journal into envelopes, in one transaction; one call takes a part of a long journal.

        What the journal's rows took is free for the envelopes first, so a buffer that is full of the journal can be sealed.

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
        with self._transaction("seal", reserve=SEALING_PAGES if self.unsealed() else 0):
            rows = self._db.execute("SELECT id, readings FROM journal ORDER BY id LIMIT ?", (_SEAL_ROWS,)).fetchall()
            readings = [reading for _, packed in rows for reading in unpack(packed)]
            if not readings and not alive:
                return []
            if rows:
                self._db.execute("DELETE FROM journal WHERE id <= ?", (rows[-1][0],))
            if then is not None:
                readings += then(self._db, readings)
            return [self._seal_one(build, part, now) for part in parts(readings) or [[]]]

    def _seal_one(self, build: Build, part: Sequence[Reading], now: int) -> int:
        sequence = self.last_sequence() + 1
        data = build(sequence, self._meta("digest") or CHAIN_START, part)
        start = min((reading.time for reading in part), default=now)
        self._db.execute(
            "INSERT INTO envelope (sequence, state, start, sealed, readings, size, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (sequence, State.WAITING, start, now, len(part), len(data), data),
        )
        self._set_meta("digest", digest_of(data))
        self._set_meta("sequence", str(sequence).encode())
        return sequence

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
                hashed = digest_of(row.content)
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

    # --- small facts

    def set_meta(self, key: str, value: bytes) -> None:
        """Keep a small fact; on the disk when this returns."""
        with self._transaction("set", reserve=CLEANING_PAGES):
            self._set_meta(key, value)

    def change(self, facts: Mapping[str, bytes], readings: Sequence[Reading]) -> None:
        """Keep small facts and put readings into the journal, in one transaction."""
        with self._transaction("change"):
            for key, value in facts.items():
                self._set_meta(key, value)
            if readings:
                self._journal(readings)
