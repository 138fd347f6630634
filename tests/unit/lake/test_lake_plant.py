"""Taking readings in, correcting, folding, sealing, sweeping, auditing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars
import pyarrow.parquet as pq
import pytest

from tanheng.core.batch import Quality
from tanheng.core.errors import IdentifierError
from tanheng.core.period import Month, PlantClock, Span
from tanheng.lake import Engine, LakeError, PlantLake, Query, Rows, RowsError, SegmentError, open_plant
from tanheng.lake.plant import FOLD, KEEP_RETIRED_MS
from tanheng.lake.segment import read_rows, write_segment

CLOCK = PlantClock()
OCTOBER = CLOCK.month(Month(2026, 10))
MINUTE = 60_000
NOW = OCTOBER.end


def some(*readings: tuple[int, int, int], entry: int = 0, version: int = 0, quality: Quality = Quality.GOOD) -> Rows:
    """Rows of (channel, minute of October, value)."""
    count = len(readings)
    return Rows(
        np.array([reading[0] for reading in readings], np.int32),
        np.array([OCTOBER.start + reading[1] * MINUTE for reading in readings], np.int64),
        np.full(count, version, np.int16),
        np.array([reading[2] for reading in readings], np.int64),
        np.full(count, quality, np.uint8),
        np.full(count, entry, np.int64),
    )


def values(query: Query, channel: int = 1) -> list[int]:
    return [stored.reading.value for stored in query.readings(channel, OCTOBER)]


def test_what_is_appended_is_there_in_order_of_time(lake: PlantLake, query: Query) -> None:
    lake.append(some((1, 5, 50), (2, 0, 7), (1, 0, 10)), now=NOW)
    lake.append(some((1, 2, 20), entry=1), now=NOW)
    assert [(stored.reading.value, stored.entry) for stored in query.readings(1, OCTOBER)] == [(10, 0), (20, 1), (50, 0)]


def test_a_reading_that_comes_twice_is_stored_once(lake: PlantLake, query: Query) -> None:
    lake.append(some((1, 0, 10), (1, 1, 11)), now=NOW)
    again = lake.append(some((1, 0, 10), (1, 2, 12), (1, 2, 12), entry=1), now=NOW)
    assert (again.stored, again.duplicates, again.conflicts) == (1, 2, ())
    assert values(query) == [10, 11, 12]


def test_a_reading_that_comes_again_with_another_value_does_not_replace_the_first(lake: PlantLake, query: Query) -> None:
    lake.append(some((1, 0, 10)), now=NOW)
    again = lake.append(some((1, 0, 99), entry=4), now=NOW)
    conflict = again.conflicts[0]
    assert (conflict.kept, conflict.refused, conflict.entry) == (10, 99, 4)
    assert values(query) == [10]
    kept_beside = list((lake.files.root / "conflicts/plant=plant-1").rglob("*.parquet"))
    assert pq.read_table(kept_beside[0])["value"].to_pylist() == [99]
    assert lake.catalogue.state().conflicts == 1


def test_three_values_for_one_instant_in_one_delivery_leave_the_first(lake: PlantLake, query: Query) -> None:
    found = lake.append(some((1, 0, 10), (1, 0, 11), (1, 0, 12), (1, 0, 11)), now=NOW)
    assert [(conflict.kept, conflict.refused) for conflict in found.conflicts] == [(10, 11), (10, 12), (10, 11)]
    assert values(query) == [10]


def test_another_quality_is_a_conflict_too(lake: PlantLake) -> None:
    lake.append(some((1, 0, 10)), now=NOW)
    assert len(lake.append(some((1, 0, 10), quality=Quality.FAULT), now=NOW).conflicts) == 1


def test_a_correction_counts_and_the_old_reading_stays(lake: PlantLake, query: Query) -> None:
    lake.append(some((1, 0, 10), (1, 1, 11)), now=NOW)
    at = OCTOBER.start + MINUTE
    assert lake.correct(channel=1, time=at, value=21, quality=Quality.MANUAL, entry=7, now=NOW) == 1
    assert lake.correct(channel=1, time=at, value=22, quality=Quality.MANUAL, entry=8, now=NOW) == 2
    assert values(query) == [10, 22]
    history = query.readings(1, Span(at, at + 1), versions=True)
    assert [(stored.version, stored.reading.value, stored.entry) for stored in history] == [(0, 11, 0), (1, 21, 7), (2, 22, 8)]


def test_a_correction_of_nothing_is_refused(lake: PlantLake) -> None:
    lake.append(some((1, 0, 10)), now=NOW)
    for channel, time in ((2, OCTOBER.start), (1, OCTOBER.start + 1), (1, OCTOBER.end)):
        with pytest.raises(RowsError, match="to correct"):
            lake.correct(channel=channel, time=time, value=1, quality=Quality.MANUAL, entry=0, now=NOW)


def test_rows_the_lake_cannot_hold_leave_it_as_it_was(lake: PlantLake) -> None:
    wrong = some((1, 0, 10), (1, 1, 1 << 62))
    wrong.value[1] += 1
    with pytest.raises(RowsError):
        lake.append(wrong, now=NOW, settled=5)
    assert (lake.catalogue.state().settled, lake.catalogue.state().segments) == (-1, ())


def test_a_plants_day_is_its_own(lake: PlantLake) -> None:
    lake.append(some((1, -1, 1), (1, 0, 2)), now=NOW)
    folders = sorted(Path(segment.path).parent.name for segment in lake.catalogue.state().segments)
    assert folders == ["day=2026-09-30", "day=2026-10-01"]  # 16:00 UTC on the 30th is midnight in Shanghai


def test_many_small_segments_of_a_day_are_folded_into_one(lake: PlantLake, query: Query) -> None:
    for minute in range(FOLD + 1):
        lake.append(some((1, minute, minute)), now=NOW)
    assert len(lake.catalogue.state().segments) == 2
    assert values(query) == list(range(FOLD + 1))


def test_a_sealed_month_is_one_file_with_its_digest(lake: PlantLake, query: Query) -> None:
    for day in range(3):
        lake.append(some(*((channel, day * 1440 + minute, minute) for channel in (1, 2) for minute in range(10))), now=NOW)
    lake.append(some((1, -5, 77)), now=NOW)
    sealed = lake.seal(Month(2026, 10), now=NOW)
    assert sealed.path.startswith("sealed/plant=plant-1/month=2026-10/")
    assert hashlib.sha256((lake.files.root / sealed.path).read_bytes()).hexdigest() == sealed.sha256
    assert (sealed.rows, len(lake.catalogue.state().segments)) == (60, 2)  # September's reading stays where it was
    assert values(query) == 3 * list(range(10))


def test_sealing_again_without_news_gives_the_same_month(lake: PlantLake) -> None:
    lake.append(some((1, 0, 1)), now=NOW)
    assert lake.seal(Month(2026, 10), now=NOW) == lake.seal(Month(2026, 10), now=NOW + 1)


def test_what_comes_after_sealing_counts_and_joins_the_next_sealing(lake: PlantLake, query: Query) -> None:
    lake.append(some((1, 0, 1)), now=NOW)
    first = lake.seal(Month(2026, 10), now=NOW)
    assert lake.append(some((1, 0, 1), (1, 3, 4)), now=NOW).duplicates == 1
    assert values(query) == [1, 4]
    second = lake.seal(Month(2026, 10), now=NOW)
    assert (second.rows, second.sha256 != first.sha256) == (2, True)


def test_a_month_without_readings_cannot_be_sealed(lake: PlantLake) -> None:
    with pytest.raises(SegmentError, match="no readings in 2026-10"):
        lake.seal(Month(2026, 10), now=NOW)


def test_a_retired_file_stays_an_hour_for_those_who_read_it(lake: PlantLake) -> None:
    lake.append(some((1, 0, 1)), now=NOW)
    old = lake.catalogue.state().segments[0].path
    lake.seal(Month(2026, 10), now=NOW)
    assert lake.sweep(now=NOW + KEEP_RETIRED_MS - 1) == []
    assert (lake.files.root / old).exists()
    assert lake.sweep(now=NOW + KEEP_RETIRED_MS) == [old]
    assert not (lake.files.root / old).exists()
    assert lake.catalogue.state().retired == ()


def test_tidying_removes_what_no_catalogue_names_and_nothing_else(lake: PlantLake, query: Query) -> None:
    lake.append(some((1, 0, 1)), now=NOW)
    stray = write_segment(lake.files, "segments/plant=plant-1/day=2026-10-01/lost", [some((1, 9, 9))])
    assert lake.tidy() == [stray.path]
    assert values(query) == [1]


def test_an_audit_names_the_file_in_which_one_bit_was_flipped(lake: PlantLake) -> None:
    lake.append(some((1, 0, 1)), now=NOW)
    lake.append(some((1, 2000, 1)), now=NOW)
    assert lake.audit() == []
    path = lake.files.root / lake.catalogue.state().segments[1].path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    findings = lake.audit()
    assert [finding.fields["path"] for finding in findings] == [lake.catalogue.state().segments[1].path]
    assert lake.audit(since=OCTOBER.end) == []


def test_an_audit_names_a_file_that_is_gone(lake: PlantLake) -> None:
    lake.append(some((1, 0, 1)), now=NOW)
    (lake.files.root / lake.catalogue.state().segments[0].path).unlink()
    assert [finding.code for finding in lake.audit()] == ["lake.segment.missing"]


def test_rows_out_of_order_never_become_a_segment(lake: PlantLake) -> None:
    for wrong in ([some((1, 1, 1), (1, 0, 1))], [some((1, 0, 1), (1, 0, 1))], [some((2, 0, 1)), some((1, 0, 1))]):
        with pytest.raises(SegmentError, match="in the order of channel, time and version"):
            write_segment(lake.files, "segments/x", wrong)


def test_a_segment_comes_back_as_it_was_written(lake: PlantLake) -> None:
    rows = some((1, 0, -5), (1, 1, 1 << 62), (7, 0, 3))
    back = read_rows(lake.files, write_segment(lake.files, "segments/x", [rows]))
    for left, right in zip(rows.columns(), back.columns(), strict=True):
        assert left.tolist() == right.tolist()


def test_polars_reads_the_files_as_they_stand(lake: PlantLake) -> None:
    lake.append(some(*((channel, minute, channel * minute) for channel in (1, 2) for minute in range(100))), now=NOW)
    lake.seal(Month(2026, 10), now=NOW)
    frame = polars.scan_parquet(str(lake.files.root / "sealed/**/*.parquet"), hive_partitioning=True)
    totals = frame.group_by("plant", "month", "channel").agg(polars.col("value").sum()).sort("channel").collect()
    assert totals.rows() == [("plant-1", "2026-10", 1, 4950), ("plant-1", "2026-10", 2, 9900)]


def test_a_plant_has_an_id_and_no_path(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(IdentifierError):
        open_plant(tmp_path, "../elsewhere", engine=engine)


def test_a_folder_that_cannot_be_written_is_named(lake: PlantLake) -> None:
    (lake.files.root / "segments").write_text("in the way")
    with pytest.raises(LakeError, match="The disk refused segments/plant=plant-1"):
        lake.append(some((1, 0, 1)), now=NOW)
