"""The archive gives back, byte for byte, what left the journal, and says when it cannot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import polars
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.lake import Archive, ArchiveError, DiskFiles, Entry, Pack, Record

UNHURRIED = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
RECORDS = st.lists(
    st.builds(Record, st.text(min_size=1, max_size=5), st.integers(1, 1 << 62), st.binary(max_size=200)), min_size=1, max_size=8
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(DiskFiles(tmp_path), "plant-1")


def some(first: int, count: int) -> list[Entry]:
    return [Entry(index, Record("t-1", index + 1, b"envelope %d" % index)) for index in range(first, first + count)]


def put(archive: Archive, entries: list[Entry]) -> Pack:
    return archive.put(lambda: entries, first=entries[0].index, last=entries[-1].index)


@UNHURRIED
@given(st.lists(RECORDS, max_size=4))
def test_every_byte_comes_back_in_order(tmp_path: Path, packs: list[list[Record]]) -> None:
    archive = Archive(DiskFiles(tmp_path / f"{len(list(tmp_path.iterdir()))}"), "plant-1")
    written: list[Entry] = []
    for records in packs:
        entries = [Entry(len(written) + at, record) for at, record in enumerate(records)]
        put(archive, entries)
        written += entries
    assert list(archive.entries()) == written
    assert list(archive.entries(len(written) // 2)) == written[len(written) // 2 + 1 :]
    assert archive.last == len(written) - 1
    assert list(archive.audit()) == []


def test_a_pack_of_many_row_groups_is_read_from_the_middle(archive: Archive) -> None:
    entries = some(0, 5001)
    put(archive, entries)
    assert list(archive.entries(3999)) == entries[4000:]
    assert list(archive.entries(4999)) == entries[5000:]


def test_the_name_holds_the_indices_and_the_whole_digest(archive: Archive, tmp_path: Path) -> None:
    pack = put(archive, some(0, 3))
    digest = hashlib.sha256((tmp_path / pack.path).read_bytes()).hexdigest()
    assert pack.path == f"envelopes/plant=plant-1/000000000000-000000000002-{digest}.parquet"


def test_polars_reads_a_pack_as_it_stands(archive: Archive, tmp_path: Path) -> None:
    frame = polars.read_parquet(tmp_path / put(archive, some(0, 3)).path, hive_partitioning=False)
    assert frame.row(2) == (2, "t-1", 3, b"envelope 2")


@pytest.mark.parametrize(("first", "last"), [(1, 2), (0, -1), (3, 4)])
def test_a_pack_that_does_not_follow_is_refused(archive: Archive, first: int, last: int) -> None:
    with pytest.raises(ArchiveError, match="due is 0"):
        archive.put(lambda: some(first, 2), first=first, last=last)
    assert archive.packs() == []


@pytest.mark.parametrize("entries", [some(0, 2), some(0, 4), some(1, 3), [some(0, 1)[0], some(2, 1)[0]]])
def test_records_that_are_not_the_indices_make_no_pack(archive: Archive, tmp_path: Path, entries: list[Entry]) -> None:
    with pytest.raises(ArchiveError):
        archive.put(lambda: entries, first=0, last=2)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_gives_other_bytes_back_gets_no_name(archive: Archive, tmp_path: Path) -> None:
    def turns() -> Iterator[list[Entry]]:
        yield some(0, 3)
        yield [*some(0, 2), Entry(2, Record("t-1", 3, b"another"))]

    given_ = turns()
    with pytest.raises(ArchiveError, match="gives record 2 back otherwise"):
        archive.put(lambda: next(given_), first=0, last=2)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_every_flipped_byte_of_a_pack_is_found(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / put(archive, some(0, 3)).path
    data = path.read_bytes()
    for at in range(0, len(data), 5):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert [finding.code for finding in archive.audit()] == ["lake.archive.digest"]


def test_a_pack_that_is_gone_is_found(archive: Archive, tmp_path: Path) -> None:
    first, second = put(archive, some(0, 3)), put(archive, some(3, 3))
    (tmp_path / first.path).unlink()
    findings = list(archive.audit())
    assert [(finding.code, finding.fields["path"]) for finding in findings] == [("lake.archive.gap", second.path)]


def test_a_pack_that_cannot_be_read_is_named(archive: Archive, tmp_path: Path) -> None:
    pack = put(archive, some(0, 3))
    (tmp_path / pack.path).write_bytes(b"no parquet")
    with pytest.raises(ArchiveError, match="cannot be read"):
        list(archive.entries())


def test_tidying_removes_what_a_crash_left_and_nothing_else(archive: Archive, tmp_path: Path) -> None:
    pack = put(archive, some(0, 3))
    left = tmp_path / "envelopes/plant=plant-1/000000000003-000000000004-ab12.part"
    left.write_bytes(b"half")
    assert archive.tidy() == [str(left.relative_to(tmp_path))]
    assert [each.path for each in archive.packs()] == [pack.path]
