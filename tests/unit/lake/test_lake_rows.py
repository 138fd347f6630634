"""What the lake takes in, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.lake import Rows, RowsError, rows_of_batch
from tanheng.lake.rows import FIRST_TIME, LARGEST, LAST_TIME, empty, joined

NOON = 1_790_000_000_000


def batch(channel: list[int], value: list[int]) -> Batch:
    return Batch.of(
        terminal="t-1",
        sequence=1,
        start_ms=NOON,
        configuration=bytes(32),
        previous=CHAIN_START,
        clock_source=ClockSource.NTP,
        clock_offset_ms=0,
        channel=channel,
        offset_ms=[250 * index for index in range(len(channel))],
        value=value,
        quality=[0] * len(channel),
    )


def rows(**changed: object) -> Rows:
    columns: dict[str, object] = {
        "channel": np.array([1], np.int32),
        "time": np.array([NOON], np.int64),
        "version": np.array([0], np.int16),
        "value": np.array([5], np.int64),
        "quality": np.array([0], np.uint8),
        "entry": np.array([0], np.int64),
    }
    return Rows(**{**columns, **changed})  # type: ignore[arg-type]  # wrong types are what some tests are about


def test_a_batch_becomes_rows_with_the_plants_channel_numbers_and_its_entry() -> None:
    found = rows_of_batch(batch([1, 0], [7, -3]), [40, 41], entry=9)
    assert found.channel.tolist() == [41, 40]
    assert found.time.tolist() == [NOON, NOON + 250]
    assert found.value.tolist() == [7, -3]
    assert found.entry.tolist() == [9, 9]


def test_a_batch_without_readings_becomes_no_rows() -> None:
    assert len(rows_of_batch(batch([], []), [], entry=0)) == 0


def test_the_terminals_own_events_are_no_readings_of_the_plant() -> None:
    found = rows_of_batch(batch([0xFFFF, 0, 0xFFFF], [3, 7, 4]), [40], entry=0)
    assert (found.channel.tolist(), found.value.tolist()) == ([40], [7])


def test_a_batch_that_names_a_channel_beyond_its_configuration_is_refused() -> None:
    with pytest.raises(RowsError, match="channel index 2, its configuration has 2 channels"):
        rows_of_batch(batch([2], [7]), [40, 41], entry=0)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("time", np.array([FIRST_TIME - 1], np.int64)),
        ("time", np.array([LAST_TIME], np.int64)),
        ("value", np.array([LARGEST + 1], np.int64)),
        ("value", np.array([-LARGEST - 1], np.int64)),
        ("channel", np.array([-1], np.int32)),
        ("version", np.array([-1], np.int16)),
        ("quality", np.array([10], np.uint8)),
    ],
)
def test_what_the_lake_cannot_hold_is_refused_with_column_and_value(column: str, value: object) -> None:
    with pytest.raises(RowsError, match=f"The column “{column}” holds"):
        rows(**{column: value}).check()


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(RowsError, match="differ in length"):
        rows(value=np.array([1, 2], np.int64))


def test_a_column_of_another_type_is_refused() -> None:
    with pytest.raises(RowsError, match="float64, it must be int64"):
        rows(value=np.array([1.0]))


def test_rows_are_joined_and_sorted_by_channel_time_and_version() -> None:
    many = joined([rows(channel=np.array([2], np.int32)), rows(version=np.array([1], np.int16)), rows()])
    ordered = many.sorted()
    assert list(zip(ordered.channel.tolist(), ordered.version.tolist(), strict=True)) == [(1, 0), (1, 1), (2, 0)]
    assert len(joined([])) == len(empty()) == 0
