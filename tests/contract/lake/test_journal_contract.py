"""What every write-ahead journal keeps, whatever it is made of."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.lake import Entry, FileJournal, Journal, JournalError, MemoryJournal, Record

Opener = Callable[[], Journal]
CHANCE = random.Random(7)  # noqa: S311  # bytes that do not get smaller


@pytest.fixture(params=["memory", "file"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Gives the same journal, opened anew where that means something."""
    if request.param == "file":
        return lambda: FileJournal(tmp_path / "journal" / "plant-1.sqlite")
    kept = MemoryJournal()
    return lambda: kept


def record(sequence: int, payload: bytes = b"x", terminal: str = "t-1") -> Record:
    return Record(terminal, sequence, payload)


def test_records_get_dense_indices_and_are_there_for_the_next_who_opens(reopen: Opener) -> None:
    assert reopen().append([record(1), record(2, b"y")]) == [0, 1]
    assert reopen().append([record(1, terminal="t-2")]) == [2]
    assert reopen().after(-1, limit=10) == [Entry(0, record(1)), Entry(1, record(2, b"y")), Entry(2, record(1, terminal="t-2"))]


def test_a_repeat_gets_the_index_of_the_first_time(reopen: Opener) -> None:
    journal = reopen()
    journal.append([record(1), record(2)])
    assert reopen().append([record(3), record(1), record(3)]) == [2, 0, 2]
    assert reopen().length() == 3


def test_other_bytes_under_a_key_are_refused_and_nothing_of_the_call_is_stored(reopen: Opener) -> None:
    journal = reopen()
    journal.append([record(1)])
    with pytest.raises(JournalError, match="Batch 1 of terminal t-1 is there with other content"):
        reopen().append([record(2), record(1, b"other")])
    assert reopen().length() == 1
    assert reopen().known("t-1", 2) is None


def test_two_contents_of_one_key_in_one_call_are_refused(reopen: Opener) -> None:
    with pytest.raises(JournalError):
        reopen().append([record(1), record(1, b"other")])
    assert reopen().length() == 0


def test_a_dropped_record_is_still_known(reopen: Opener) -> None:
    journal = reopen()
    journal.append([record(1), record(2)])
    journal.drop(0)
    assert [entry.index for entry in reopen().after(-1, limit=10)] == [1]
    assert reopen().known("t-1", 1) == (0, hashlib.sha256(b"x").digest())
    assert reopen().append([record(1)]) == [0]
    assert reopen().after(-1, limit=10) == [Entry(1, record(2))]


def test_the_file_gets_smaller_by_what_is_dropped(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "plant-1.sqlite")
    for first in range(0, 1000, 100):
        journal.append([record(number, CHANCE.randbytes(1500)) for number in range(first, first + 100)])
    journal.drop(989)
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert size < 300_000  # of 1.5 MB: ten records, and the keys of all
    assert [entry.index for entry in journal.after(-1, limit=20)] == list(range(990, 1000))
    journal.close()


def test_records_are_given_out_in_portions(reopen: Opener) -> None:
    journal = reopen()
    journal.append([record(number) for number in range(1, 8)])
    assert [entry.index for entry in journal.after(2, limit=3)] == [3, 4, 5]
    assert journal.after(6, limit=3) == []


def test_nothing_appended_is_nothing_stored(reopen: Opener) -> None:
    assert reopen().append([]) == []
    assert reopen().length() == 0


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 5)), max_size=6), max_size=6))
def test_the_file_and_the_memory_give_the_same_indices(tmp_path: Path, calls: list[list[tuple[str, int]]]) -> None:
    memory, file = MemoryJournal(), FileJournal(tmp_path / f"{len(list(tmp_path.iterdir()))}.sqlite")
    for call in calls:
        records = [record(sequence, f"{terminal}{sequence}".encode(), terminal) for terminal, sequence in call]
        assert memory.append(records) == file.append(records)
    assert memory.after(-1, limit=100) == file.after(-1, limit=100)
    file.close()


def test_a_file_that_is_no_journal_is_refused_and_named(tmp_path: Path) -> None:
    path = tmp_path / "plant-1.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(JournalError, match=r"plant-1\.sqlite cannot be opened"):
        FileJournal(path)


def test_a_full_disk_stores_nothing_and_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "plant-1.sqlite")
    journal.append([record(1)])
    pages = sqlite3.connect(tmp_path / "plant-1.sqlite").execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")  # the database may not grow: SQLite's own full disk
    large = record(3, CHANCE.randbytes(100_000))
    with pytest.raises(JournalError, match="The disk is full"):
        journal.append([record(2), large])
    assert journal.length() == 1
    journal._connection.execute("PRAGMA max_page_count = 1000000")
    assert journal.append([record(2), large]) == [1, 2]
    journal.close()


def test_records_come_back_as_they_were_received_whether_they_got_smaller_or_not(reopen: Opener) -> None:
    payloads = [b"", b"x", bytes(3000), CHANCE.randbytes(3000), b"\x28\xb5\x2f\xfd" + bytes(40)]  # the last looks like zstd
    reopen().append([record(number, payload) for number, payload in enumerate(payloads)])
    assert [entry.record.payload for entry in reopen().after(-1, limit=9)] == payloads


def test_envelopes_that_are_alike_need_less_than_they_have_bytes(tmp_path: Path) -> None:
    """A thousand of 2100 bytes, of which a third repeats; an envelope as received in each page would be 4 MB."""
    journal = FileJournal(tmp_path / "plant-1.sqlite")
    journal.append([record(number, CHANCE.randbytes(1400) + bytes(700)) for number in range(1000)])
    journal.close()
    assert (tmp_path / "plant-1.sqlite").stat().st_size < 1000 * 1800


def test_a_journal_from_before_records_were_compressed_is_read_and_goes_on(tmp_path: Path) -> None:
    """The table as it was, with one record and a dropped one."""
    path = tmp_path / "plant-1.sqlite"
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(
            "CREATE TABLE record (position INTEGER PRIMARY KEY, terminal TEXT NOT NULL, sequence INTEGER NOT NULL,"
            " digest BLOB NOT NULL, payload BLOB, UNIQUE (terminal, sequence)) STRICT"
        )
        for position, payload in ((0, None), (1, b"as received")):
            digest = hashlib.sha256(payload or b"gone").digest()
            old.execute("INSERT INTO record VALUES (?, 't-1', ?, ?, ?)", (position, position, digest, payload))
    for _ in range(2):
        with closing(FileJournal(path)) as journal:
            assert journal.append([record(1, b"as received"), record(2, bytes(500))]) == [1, 2]
            assert journal.after(-1, limit=9) == [Entry(1, record(1, b"as received")), Entry(2, record(2, bytes(500)))]


@pytest.mark.parametrize("damage", ["payload = zeroblob(20)", "payload = substr(payload, 1, 9)", "size = 0", "size = 1 << 40"])
def test_a_record_that_the_disk_changed_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "plant-1.sqlite"
    with closing(FileJournal(path)) as journal:
        journal.append([record(1), record(2, bytes(5000))])
    with closing(sqlite3.connect(path)) as disk, disk:
        disk.execute(f"UPDATE record SET {damage} WHERE position = 1")  # noqa: S608  # from the list above
    with closing(FileJournal(path)) as journal:
        assert journal.after(-1, limit=1) == [Entry(0, record(1))]
        with pytest.raises(JournalError, match=r"Record 1 in the journal .*plant-1\.sqlite differs from its digest"):
            journal.after(0, limit=9)


def test_a_journal_that_cannot_be_read_says_so_in_our_words(tmp_path: Path) -> None:
    path = tmp_path / "plant-1.sqlite"
    with closing(FileJournal(path)) as journal:
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("DROP TABLE record")
        for question in (lambda: journal.known("t-1", 1), lambda: journal.after(-1, limit=1), journal.length):
            with pytest.raises(JournalError, match="refused"):
                question()
