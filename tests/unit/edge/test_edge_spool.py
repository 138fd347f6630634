"""The disk buffer: what a method returned from is there; nothing unsent is ever removed."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.batch import CHAIN_START, Quality
from tanheng.core.errors import EdgeError
from tanheng.edge.packing import pack, parts, unpack
from tanheng.edge.reading import Reading, Row
from tanheng.edge.spool import Spool

NOW = 1_790_000_000_000
DAY = 86_400_000


def reading(value: int, *, time: int = NOW, channel: int = 0, raw: bytes = b"") -> Reading:
    return Reading(channel, time, value, Quality.GOOD, raw)


def build(sequence: int, previous: bytes, readings: Sequence[Reading]) -> bytes:
    return repr((sequence, previous, [tuple(one) for one in readings])).encode()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool.sqlite")


def test_the_journal_becomes_a_batch_and_is_empty(spool: Spool) -> None:
    spool.append([reading(1), reading(2)])
    spool.append([reading(3)])
    assert spool.seal(build, now=NOW) == [1]
    assert spool.unsealed() == 0
    assert spool.newest_waiting(1)[0].data == build(1, CHAIN_START, [reading(1), reading(2), reading(3)])


def test_each_batch_names_the_one_before_also_after_a_restart(spool: Spool, tmp_path: Path) -> None:
    spool.seal(build, now=NOW)
    first = spool.newest_waiting(1)[0].data
    spool.close()
    again = Spool(tmp_path / "spool.sqlite")
    again.seal(build, now=NOW)
    assert again.newest_waiting(1)[0].data == build(2, hashlib.sha256(first).digest(), [])


def test_a_fault_while_sealing_leaves_the_journal_whole(spool: Spool) -> None:
    spool.append([reading(1)])

    def fail(sequence: int, previous: bytes, readings: Sequence[Reading]) -> bytes:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        spool.seal(fail, now=NOW)
    assert (spool.unsealed(), spool.last_sequence()) == (1, 0)
    assert spool.seal(build, now=NOW) == [1]


def test_facts_and_readings_of_a_change_stand_together_or_not_at_all(spool: Spool) -> None:
    spool.change({"a": b"1", "b": b"2"}, [reading(7)])
    assert (spool.meta("a"), spool.meta("b"), spool.unsealed()) == (b"1", b"2", 1)
    with pytest.raises(IndexError):
        spool.change({"a": b"3"}, [(1, 2)])  # type: ignore[list-item]  # no reading, so packing fails behind the first fact
    assert (spool.meta("a"), spool.unsealed()) == (b"1", 1)


def test_only_an_acknowledgement_ends_waiting(spool: Spool) -> None:
    for _ in range(3):
        spool.seal(build, now=NOW)
    spool.acknowledge({2: 41}, now=NOW)
    assert [batch.sequence for batch in spool.oldest_waiting(limit_bytes=1 << 20)] == [1, 3]
    assert spool.query("SELECT log_index FROM envelope WHERE sequence = 2") == [(41,)]


def test_sent_batches_are_kept_for_62_days_and_unsent_ones_for_ever(spool: Spool) -> None:
    for _ in range(3):
        spool.seal(build, now=NOW)
    spool.acknowledge({1: 0}, now=NOW - 63 * DAY)
    spool.acknowledge({2: 1}, now=NOW - 61 * DAY)
    assert spool.prune(before=NOW - 62 * DAY) == 1
    assert [row[0] for row in spool.query("SELECT sequence FROM envelope ORDER BY sequence")] == [2, 3]


def test_a_range_is_sent_again_on_request(spool: Spool) -> None:
    for _ in range(5):
        spool.seal(build, now=NOW)
    spool.acknowledge({1: 0, 2: 1, 3: 2, 4: 3, 5: 4}, now=NOW)
    assert spool.resend(first=2, last=4) == 3
    assert [batch.sequence for batch in spool.oldest_waiting(limit_bytes=1 << 20)] == [2, 3, 4]


def test_a_refused_batch_is_kept_and_can_be_acknowledged_later(spool: Spool) -> None:
    spool.seal(build, now=NOW)
    spool.refuse({1: "trust.envelope.gap: …"}, now=NOW)
    assert spool.gauge().refused == 1
    spool.acknowledge({1: 7}, now=NOW)
    assert spool.gauge().refused == 0


def test_an_acknowledged_batch_is_not_refused_by_a_late_answer(spool: Spool) -> None:
    spool.seal(build, now=NOW)
    spool.acknowledge({1: 7}, now=NOW)
    assert spool.refuse({1: "late"}, now=NOW) == 0


def test_the_gauge_says_how_long_the_room_lasts(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", limit_bytes=10 << 20)
    for minute in range(120):
        spool.append([reading(at, time=NOW + minute * 60_000, raw=b"x" * 100) for at in range(20)])
        spool.seal(build, now=NOW + minute * 60_000)
    gauge = spool.gauge()
    size = sum(len(batch.data) for batch in spool.oldest_waiting(limit_bytes=1 << 30))
    assert (gauge.waiting, gauge.waiting_readings, gauge.waiting_bytes) == (120, 2400, size)
    assert gauge.oldest == NOW
    free = gauge.limit_bytes - gauge.used_bytes
    assert gauge.room_ms is not None
    assert abs(gauge.room_ms - free / size * 119 * 60_000) < 60_000


def test_a_full_buffer_refuses_new_readings_keeps_the_unsent_and_drains_when_answers_come(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", limit_bytes=1 << 20)
    count = 0
    fault = None
    while fault is None:
        try:
            spool.append([reading(at, raw=b"y" * 1000) for at in range(20)])
            spool.seal(build, now=NOW + count)
            count += 1
        except EdgeError as error:
            fault = error.code
    assert (fault, count > 10) == ("edge.spool.write", True)
    assert spool.gauge().waiting == spool.last_sequence() == count
    assert spool.make_room() == 0  # nothing is acknowledged, so nothing may go
    assert spool.acknowledge({sequence: sequence for sequence in range(1, count + 1)}, now=NOW) == count
    while spool.make_room():
        pass
    spool.append([reading(1)])


@pytest.mark.parametrize(("size", "raw"), [(300, b""), (20, b"y" * 1000)])
def test_a_buffer_that_its_own_journal_fills_is_sealed_all_the_same(tmp_path: Path, size: int, raw: bytes) -> None:
    """Long batches, little disk: no batch is there that could be acknowledged and removed, so sealing must make do."""
    spool = Spool(tmp_path / "s.sqlite", limit_bytes=1 << 18)
    count = 0
    with contextlib.suppress(EdgeError):
        while True:
            spool.append([reading(count + at, raw=raw) for at in range(size)])
            count += size
    limit = spool.gauge().limit_bytes
    values = []

    def packed(sequence: int, previous: bytes, readings: Sequence[Reading]) -> bytes:
        return pack(readings)

    while spool.unsealed():
        assert spool.seal(packed, now=NOW)
        assert spool.gauge().used_bytes <= limit + (512 << 10)  # what sealing may use beyond the limit
    for (data,) in spool.query("SELECT bytes FROM envelope ORDER BY sequence"):
        values += [one.value for one in unpack(bytes(data))]  # type: ignore[call-overload]  # a blob
    assert values == list(range(count))


def test_what_sealing_may_use_beyond_the_limit_is_nothing_for_new_readings(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.sqlite", limit_bytes=1 << 18)
    for _ in range(500):
        try:
            spool.append([reading(at, raw=b"y" * 100) for at in range(20)])
        except EdgeError:
            spool.seal(build, now=NOW) if spool.unsealed() else None
    gauge = spool.gauge()
    assert gauge.used_bytes <= gauge.limit_bytes + (512 << 10)
    with pytest.raises(EdgeError):
        spool.append([reading(1)])
    with pytest.raises(EdgeError):
        spool.seal(build, now=NOW)  # without readings: a sign of life is not worth the reserve
    assert spool.acknowledge({sequence: sequence for sequence in range(1, gauge.last_sequence + 1)}, now=NOW) == gauge.waiting
    while spool.make_room():
        pass
    spool.append([reading(1)])


def test_a_row_counts_once_a_change_is_told_once_and_a_return_as_a_change(spool: Spool) -> None:
    def changed(row: Row, before: bytes) -> Reading:
        return reading(99, raw=before + b">" + row.content)

    def gone(key: str, before: bytes) -> Reading:
        return reading(98, raw=before)

    row = Row("T1", NOW, b"30", [reading(30)])
    assert spool.take_rows("scale", [row, row], changed=changed) == (1, 0)
    assert spool.take_rows("scale", [row._replace(content=b"31")], changed=changed) == (0, 1)
    assert spool.take_rows("scale", [row._replace(content=b"31")], changed=changed) == (0, 0)
    assert spool.sweep_rows("scale", since=NOW - DAY, until=NOW + 1, keys=set(), gone=gone) == 1
    assert spool.sweep_rows("scale", since=NOW - DAY, until=NOW + 1, keys=set(), gone=gone) == 0
    assert spool.take_rows("scale", [row._replace(content=b"31")], changed=changed) == (0, 1)
    assert spool.take_rows("other", [row], changed=changed) == (1, 0)


def test_a_row_outside_the_window_is_not_taken_for_deleted(spool: Spool) -> None:
    old = Row("T1", NOW - 46 * DAY, b"30", [])
    spool.take_rows("scale", [old], changed=lambda *_: reading(0))
    assert spool.sweep_rows("scale", since=NOW - 45 * DAY, until=NOW, keys=set(), gone=lambda *_: reading(0)) == 0


def test_a_file_that_is_no_spool_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    damage = b"not a database at all" * 300
    path.write_bytes(damage)
    with pytest.raises(EdgeError):
        Spool(path)
    assert path.read_bytes() == damage


def test_a_newest_batch_that_was_altered_is_noticed_at_the_start(spool: Spool, tmp_path: Path) -> None:
    spool.seal(build, now=NOW)
    spool.close()
    connection = sqlite3.connect(tmp_path / "spool.sqlite")
    with connection:
        connection.execute("UPDATE envelope SET bytes = ?", (b"other",))
    connection.close()
    with pytest.raises(EdgeError) as caught:
        Spool(tmp_path / "spool.sqlite")
    assert caught.value.code == "edge.spool.damaged"


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(NOW, NOW + 3 * DAY), st.integers(0, 3000)), max_size=60))
def test_parts_hold_every_reading_once_and_each_fits_a_batch(rows: list[tuple[int, int]]) -> None:
    readings = [reading(at, time=time, raw=b"z" * size * 100) for at, (time, size) in enumerate(rows)]
    cut = parts(readings)
    assert sorted(one.value for part in cut for one in part) == list(range(len(rows)))
    for part in cut:
        times = [one.time for one in part]
        assert max(times) - min(times) <= DAY
        assert sum(len(one.raw) for one in part[:-1]) <= 2 << 20
        assert [one.value for one in part] == sorted(one.value for one in part)


def test_each_commit_reaches_the_disk_before_it_returns(spool: Spool) -> None:
    """A power cut cannot be played here; what SQLite promises against it hangs on these two settings."""
    assert spool.query("PRAGMA synchronous") == [(2,)]  # FULL
    assert spool.query("PRAGMA journal_mode") == [("wal",)]
