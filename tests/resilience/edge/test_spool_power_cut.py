"""Power lost between two acknowledgements: unsynced sectors of the buffer's files are there or not, in any order.

With ``synchronous=FULL`` SQLite syncs at four places (https://www.sqlite.org/wal.html, and the comments of its ``wal.c``): the
write-ahead log before ``COMMIT`` returns; the log before a checkpoint writes into the database; the database before the log
is begun anew; the header of a log begun anew before its frames. Between two of these the disk may do in any order what it was
told. So a power cut leaves

* while a log is begun anew: the database whole, and the old header or the new one before the old frames;
* while a transaction is written: the database as it was, and any of the log's new sectors;
* while a checkpoint is written: the whole log, and any of the database's new sectors.

The files are copied after each call that has returned, and every state a cut can leave before the next return is made from two
such copies, sector by sector. Each must open with everything that was acknowledged, and the last call whole or not at all.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tanheng.core.batch import Quality
from tanheng.edge.packing import pack, unpack
from tanheng.edge.reading import Reading, Row
from tanheng.edge.spool import Spool

NOW = 1_790_000_000_000
SECTOR = 512
HEADER = 32  # bytes of the log before its first frame
CALLS = 50
CUTS = 3
"""States that are tried between two syncs."""


def build(sequence: int, previous: bytes, readings: Sequence[Reading]) -> bytes:
    return previous + sequence.to_bytes(4, "big") + pack(readings or [Reading(9, NOW, sequence, Quality.GOOD, b"")])


@dataclass(frozen=True)
class Copy:
    """What lies on the disk when a call has returned, and what a reader then finds."""

    database: bytes
    log: bytes
    picture: Any  # Any: nested tuples, only compared


def picture(spool: Spool) -> Any:
    """Everything that was ever acknowledged: readings in journal and batches, states of batches, rows, facts."""
    envelopes = spool.query("SELECT sequence, state, bytes FROM envelope ORDER BY sequence")
    journal = spool.query("SELECT readings FROM journal ORDER BY id")
    return (
        tuple((sequence, state, tuple(unpack(bytes(data)[36:]))) for sequence, state, data in envelopes),  # type: ignore[call-overload]
        tuple(reading for (packed,) in journal for reading in unpack(bytes(packed))),  # type: ignore[call-overload]
        tuple(spool.query("SELECT device, key, content, deleted FROM row ORDER BY device, key")),
        tuple(spool.query("SELECT key, value FROM meta ORDER BY key")),
    )


class History:
    """Calls at random, with a copy of the files after each."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.number = 0
        self.spool = Spool(folder / "spool.sqlite", limit_bytes=8 << 20)
        self.spool._db.execute("PRAGMA wal_autocheckpoint = 12")  # pages; so that there are many checkpoints
        self.copies = [self.copy()]
        for _ in range(CALLS):
            self.call()
            self.copies.append(self.copy())
        self.spool.close()

    def steps(self) -> list[tuple[Copy, Copy]]:
        """What lay on the disk before and after each call."""
        return list(itertools.pairwise(self.copies))

    def copy(self) -> Copy:
        path = self.spool.path
        log = path.with_name(path.name + "-wal")
        return Copy(path.read_bytes(), log.read_bytes() if log.exists() else b"", picture(self.spool))

    def call(self) -> None:
        calls: list[Callable[[], object]] = [
            self.append,
            self.append,
            self.append,
            self.seal,
            self.acknowledge,
            self.rows,
            self.fact,
        ]
        self.chance.choice(calls)()

    def append(self) -> None:
        count = self.chance.randrange(1, 60)
        raws = [self.chance.randbytes(self.chance.randrange(60)) for _ in range(count)]
        self.spool.append([Reading(at, NOW + self.number, self.number + at, Quality.GOOD, raw) for at, raw in enumerate(raws)])
        self.number += count

    def seal(self) -> None:
        self.spool.seal(build, now=NOW + self.number)

    def acknowledge(self) -> None:
        waiting = self.spool.oldest_waiting(limit_bytes=self.chance.randrange(1, 20_000))
        self.spool.acknowledge({batch.sequence: batch.sequence + 100 for batch in waiting}, now=NOW)

    def rows(self) -> None:
        found = [Row(f"T{self.chance.randrange(40):04d}", NOW, self.chance.randbytes(80), []) for _ in range(9)]
        self.spool.take_rows("scale", found, changed=lambda row, _: Reading(9, NOW, 1, Quality.GOOD, row.content))

    def fact(self) -> None:
        self.spool.set_meta(f"fact{self.chance.randrange(5)}", self.chance.randbytes(self.chance.randrange(1, 9000)))


def mixed(before: bytes, after: bytes, chance: random.Random) -> bytes:
    """Any of the sectors that differ, in a file of the old or the new length; what was never written there reads as zeros."""
    share = chance.choice([0.0, 0.1, 0.5, 0.9, 1.0])
    length = chance.choice([len(before), len(after)]) if len(after) > len(before) else len(before)
    found = bytearray(before.ljust(length, b"\0")[:length])
    for at in range(0, min(length, len(after)), SECTOR):
        if chance.random() < share:
            found[at : at + SECTOR] = after[at : at + SECTOR][: length - at]
    return bytes(found)


def opened(folder: Path, database: bytes, log: bytes) -> Any:
    """Start as after a cut: the two files, no shared memory; return the picture."""
    path = folder / "cut.sqlite"
    path.with_name("cut.sqlite-shm").unlink(missing_ok=True)
    path.write_bytes(database)
    path.with_name("cut.sqlite-wal").write_bytes(log)
    spool = Spool(path, limit_bytes=8 << 20)
    try:
        assert spool.query("PRAGMA integrity_check") == [("ok",)]
        return picture(spool)
    finally:
        spool.close()


def begun(before: Copy, after: Copy) -> bytes:
    """The log before its next frames: with the new header, when it is begun anew."""
    return after.log[:HEADER] + before.log[HEADER:]


@pytest.mark.parametrize("seed", range(3))
def test_a_power_cut_between_any_two_calls_loses_nothing_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # repeatable
    history = History(tmp_path, chance)
    checkpoints = restarts = 0
    for before, after in history.steps():
        log = begun(before, after)
        if log != before.log:
            restarts += 1
            assert opened(tmp_path, before.database, log) == before.picture
        for _ in range(CUTS):
            assert opened(tmp_path, before.database, mixed(log, after.log, chance)) in (before.picture, after.picture)
        if after.database != before.database:
            checkpoints += 1
            for _ in range(CUTS):
                assert opened(tmp_path, mixed(before.database, after.database, chance), after.log) == after.picture
    assert min(checkpoints, restarts) >= 4
    assert history.number > 300


def test_the_whole_of_a_call_is_there_when_it_has_returned(tmp_path: Path) -> None:
    history = History(tmp_path, random.Random(9))  # noqa: S311  # repeatable
    for copy in history.copies:
        assert opened(tmp_path, copy.database, copy.log) == copy.picture


def test_a_log_that_ends_in_zeros_or_rubbish_is_read_to_its_last_whole_call(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311  # repeatable
    history = History(tmp_path, chance)
    tried = 0
    for before, after in history.steps():
        if after.log == before.log or after.database != before.database:
            continue
        log = begun(before, after).ljust(len(after.log), b"\0")
        changed = [at for at in range(HEADER, len(log)) if log[at] != after.log[at]]
        cut, end = chance.choice(changed), changed[-1] + 1
        for tail in (bytes(end - cut), chance.randbytes(end - cut)):
            left = after.log[:cut] + tail + log[end:]
            whole = left == after.log  # what was written there may itself be zeros
            tried += not whole
            assert opened(tmp_path, before.database, left) == (after.picture if whole else before.picture)
    assert tried > 20


def test_a_disk_that_loses_what_it_said_was_synced_would_be_noticed(tmp_path: Path) -> None:
    """The control: without the last call's frames the picture is an older one, so the comparisons above can fail."""
    history = History(tmp_path, random.Random(9))  # noqa: S311  # repeatable
    pairs = [
        (before, after) for before, after in history.steps() if after.log != before.log and after.database == before.database
    ]
    lost = sum(opened(tmp_path, after.database, begun(before, after)) != after.picture for before, after in pairs)
    assert lost > 15


def test_the_file_is_opened_with_the_settings_that_promise_this(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.sqlite")
    assert spool.query("PRAGMA journal_mode") == [("wal",)]
    assert spool.query("PRAGMA synchronous") == [(2,)]  # FULL; https://www.sqlite.org/pragma.html#pragma_synchronous
    spool.close()
