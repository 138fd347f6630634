"""An audit finds every flipped byte, every lie of the catalogue, and a summary that does not follow from the rows."""

from __future__ import annotations

import hashlib
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tanheng.core.batch import Quality
from tanheng.core.period import Month, PlantClock
from tanheng.lake import Archive, DiskFiles, Entry, PlantLake, Record, Rows, State
from tanheng.lake.audit import audit
from tanheng.lake.segment import Segment, table_of, write_segment
from tanheng.lake.stands import KEY as STANDS
from tanheng.lake.summary import KEY, Summary

CLOCK = PlantClock()
OCTOBER = CLOCK.month(Month(2026, 10))


def hours(*, value: int = 10, first: int = 0, count: int = 30) -> Rows:
    time = OCTOBER.start + 3_600_000 * np.arange(first, first + count, dtype=np.int64)
    zeros = np.zeros(count, np.int64)
    return Rows(zeros.astype(np.int32), time, zeros.astype(np.int16), zeros + value, zeros.astype(np.uint8), zeros)


@pytest.fixture
def filled(lake: PlantLake) -> PlantLake:
    """October sealed, a correction beside it, and a refused reading."""
    lake.append(hours(), now=OCTOBER.end)
    lake.seal(Month(2026, 10), now=OCTOBER.end)
    lake.correct(channel=0, time=OCTOBER.start, value=11, quality=Quality.MANUAL, entry=1, now=OCTOBER.end)
    lake.append(hours(value=99, count=1), now=OCTOBER.end)
    return lake


def codes(files: DiskFiles, state: State) -> list[str]:
    return [finding.code for finding in audit(files, "plant-1", state)]


def test_nothing_is_found_in_a_lake_that_is_whole(filled: PlantLake) -> None:
    assert (len(filled.catalogue.state().segments), len(filled.files.paths("conflicts"))) == (2, 1)
    assert filled.audit() == []


def test_every_flipped_byte_of_every_file_is_found_and_its_file_named(filled: PlantLake) -> None:
    state = filled.catalogue.state()
    refused = filled.files.paths("conflicts")
    for name in [*(segment.path for segment in state.segments), *refused]:
        path = filled.files.root / name
        data = path.read_bytes()
        for at in range(0, len(data), 7):
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
            findings = filled.audit()
            assert [(finding.code, finding.fields["path"]) for finding in findings] == [("lake.segment.digest", name)]
        path.write_bytes(data)
    assert filled.audit() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("rows", 29), ("first", OCTOBER.start + 1), ("last", OCTOBER.end), ("max_version", 1), ("one_a_minute", False)],
)
def test_a_catalogue_that_says_otherwise_than_the_file_is_found(filled: PlantLake, name: str, value: int) -> None:
    state = filled.catalogue.state()
    month = next(segment for segment in state.segments if segment.month)
    lie = replace(state, segments=(Segment(**{**month.to_json(), name: value}),))
    findings = list(audit(filled.files, "plant-1", lie))
    assert [finding.code for finding in findings] == ["lake.segment.fact"]
    assert findings[0].fields["name"] == name


def test_a_file_out_of_order_is_found_though_its_digest_fits(lake: PlantLake) -> None:
    segment = write_segment(lake.files, "segments/plant=plant-1/day=2026-10-01/a", [hours()])
    path = lake.files.root / segment.path
    backwards = hours().take(np.arange(29, -1, -1))
    pq.write_table(table_of(backwards), path)
    assert codes(DiskFiles(lake.files.root), State(segments=(resealed(path, segment),))) == ["lake.segment.disorder"]


def test_a_summary_that_does_not_follow_from_the_rows_is_found(filled: PlantLake) -> None:
    month = next(segment for segment in filled.catalogue.state().segments if segment.month)
    path = filled.files.root / month.path
    table, summary = pq.read_table(path), filled.summary(month)
    assert summary is not None
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table)
        lie: Summary = replace(summary, summed=(summary.summed[0] + 1, *summary.summed[1:]))
        writer.add_key_value_metadata({KEY: lie.encode()})
    assert codes(DiskFiles(filled.files.root), State(segments=(resealed(path, month),))) == ["lake.segment.summary"]


@pytest.mark.parametrize("with_summary", [True, False])
def test_stands_that_do_not_follow_from_the_rows_are_found(filled: PlantLake, *, with_summary: bool) -> None:
    month = next(segment for segment in filled.catalogue.state().segments if segment.month)
    path = filled.files.root / month.path
    table, summary, stands = pq.read_table(path), filled.summary(month), filled.stands(month)
    assert summary is not None
    assert stands is not None
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table)
        lie = replace(stands, cells={**stands.cells, "last": stands.cells["last"] + 1})
        writer.add_key_value_metadata({STANDS: lie.encode(), **({KEY: summary.encode()} if with_summary else {})})
    assert codes(DiskFiles(filled.files.root), State(segments=(resealed(path, month),))) == ["lake.segment.summary"]


def test_a_large_file_is_never_in_memory_as_a_whole(lake: PlantLake) -> None:
    """A million counts that nothing makes smaller need 7.9 MB; a row group of them in memory 1.3 MB."""
    count, channels = 1_000_000, 25
    values = np.random.default_rng(1).integers(-(1 << 61), 1 << 61, count)
    zeros = np.zeros(count, np.int64)
    channel, time = np.repeat(np.arange(channels, dtype=np.int32), count // channels), OCTOBER.start + np.arange(count)
    rows = Rows(channel, time, zeros.astype(np.int16), values, zeros.astype(np.uint8), zeros)
    segment = write_segment(lake.files, "segments/plant=plant-1/day=2026-10-01/1", [rows])
    assert segment.size > 7_900_000
    tracemalloc.start()
    try:
        assert codes(DiskFiles(lake.files.root), State(segments=(segment,))) == []
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
    finally:
        tracemalloc.stop()


def test_a_pack_of_envelopes_in_which_a_byte_was_flipped_is_found(filled: PlantLake) -> None:
    entries = [Entry(index, Record("t-1", index + 1, b"envelope")) for index in range(3)]
    pack = Archive(filled.files, "plant-1").put(lambda: entries, first=0, last=2)
    assert filled.audit() == []
    path = filled.files.root / pack.path
    data = path.read_bytes()
    path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    assert [(finding.code, finding.fields["path"]) for finding in filled.audit()] == [("lake.archive.digest", pack.path)]


def resealed(path: Path, segment: Segment) -> Segment:
    """The segment as a catalogue would name the file that stands there now."""
    return replace(segment, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
