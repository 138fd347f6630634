"""The schema of a batch: what comes back, how small it is, and every way it is refused."""

from __future__ import annotations

import pickle
import struct
import zlib
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core.batch import (
    CHAIN_START,
    MAX_READINGS,
    Batch,
    BatchError,
    ClockSource,
    Column,
    Quality,
    RawColumn,
    pack,
    unpack,
)


def batch(**changes: Any) -> Batch:
    members: dict[str, Any] = {
        "terminal": "terminal-1",
        "sequence": 2,
        "start_ms": 1_790_000_000_000,
        "configuration": bytes(range(32)),
        "previous": bytes(reversed(range(32))),
        "clock_source": ClockSource.NTP,
        "clock_offset_ms": -3,
        "channel": [0, 1, 2],
        "offset_ms": [250, 250, 251],
        "value": [21540, -12, 40_000],
        "quality": [0, 0, 1],
    }
    return Batch.of(**members | changes)


READING = st.tuples(
    st.integers(0, 65_535),
    st.integers(0, (1 << 32) - 1),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.integers(0, 8),
    st.binary(max_size=9),
)


@given(st.lists(READING, max_size=40), st.booleans())
def test_a_batch_comes_back_from_its_columns(readings: list[tuple[int, int, int, int, bytes]], with_raw: bool) -> None:
    columns = list(zip(*readings, strict=True)) or [(), (), (), (), ()]
    original = batch(
        channel=columns[0], offset_ms=columns[1], value=columns[2], quality=columns[3], raw=columns[4] if with_raw else None
    )
    assert Batch.decode(original.encode_columns()) == original
    assert list(original.value) == list(columns[2])
    assert original.raw is None or list(original.raw) == list(columns[4])


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), min_size=1, max_size=60))
def test_a_column_is_as_wide_as_its_widest_value(values: list[int]) -> None:
    column = Column.of(values, name="value", signed=True)
    fits = [
        code
        for code, bits in (("b", 8), ("h", 16), ("i", 32), ("q", 64))
        if all(-(1 << bits - 1) <= v < 1 << bits - 1 for v in values)
    ]
    assert column.format == fits[0]
    assert column.data == struct.pack(f"<{len(values)}{fits[0]}", *values)  # struct is the outside program here


def test_the_bytes_of_a_column_are_those_the_format_names() -> None:
    # By hand: 21540 = 0x5424, −12 = 0xFFF4, little-endian, two bytes each.
    assert pack(Column.of([21540, -12], name="value", signed=True)) == b"h=\x24\x54\xf4\xff"
    assert pack(Column.of([7, 7, 7], name="quality")) == b"B*\x07"
    assert pack(Column.of([0, 300, 0, 300], name="channel")) == b"H*\x00\x00\x2c\x01"
    assert pack(Column.of([0, 0, 300, 300], name="channel")) == b"H#\x00\x00\x2c\x01"
    assert pack(Column.of([0, 0, 0, 300], name="channel")) == b"H=\x00\x00\x00\x00\x00\x00\x2c\x01"


def test_numpy_reads_a_column_without_copying() -> None:
    column = batch().value
    assert column.array().tolist() == [21540, -12, 40_000]
    assert not column.array().flags.writeable
    assert numpy.asarray(column).sum() == 61_528


@given(st.lists(st.integers(0, 70_000), min_size=1, max_size=6), st.integers(1, 9), st.integers(1, 4))
def test_a_column_comes_back_from_every_form(values: list[int], times: int, rounds: int) -> None:
    spread = [value for value in values for _ in range(times)] * rounds
    column = Column.of(spread, name="offset")
    assert unpack(pack(column), name="offset", count=len(spread)).tolist() == spread


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"])
def test_arrays_of_every_integer_type_are_packed(dtype: str) -> None:
    assert Column.of(numpy.array([1, 2, 100], dtype=dtype), name="value", signed=True) == Column("b", b"\x01\x02\x64")


def test_a_batch_without_readings_is_a_sign_of_life() -> None:
    empty = batch(channel=[], offset_ms=[], value=[], quality=[])
    assert len(Batch.decode(empty.encode_columns())) == 0


def test_a_batch_crosses_a_process_border() -> None:
    assert pickle.loads(pickle.dumps(batch(raw=[b"a", b"", b"bc"]))) == batch(raw=[b"a", b"", b"bc"])  # noqa: S301


def test_equal_columns_have_equal_hashes_whatever_their_width() -> None:
    wide, narrow = Column("i", struct.pack("<2i", 1, 2)), Column("b", b"\x01\x02")
    assert wide == narrow
    assert hash(wide) == hash(narrow)
    assert wide[1] == 2
    assert wide[:1] == [1]


def test_no_data_is_told_from_zero_by_its_quality() -> None:
    assert not Quality.NO_DATA.has_value
    assert Quality.STALE.has_value
    with pytest.raises(BatchError, match="Reading 1 is marked as no data"):
        batch(value=[1, 2, 3], quality=[0, 9, 0])
    assert len(batch(value=[1, 0, 3], quality=[0, 9, 0])) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"terminal": ""}, "1 to 64 printable"),
        ({"terminal": "t" * 65}, "1 to 64 printable"),
        ({"terminal": "a\nb"}, "1 to 64 printable"),
        ({"terminal": 5}, "1 to 64 printable"),
        ({"sequence": 0}, "at least 1"),
        ({"sequence": True}, "at least 1"),
        ({"sequence": 1 << 63}, "at least 1"),
        ({"start_ms": 1.5}, "milliseconds UTC"),
        ({"start_ms": 1 << 63}, "milliseconds UTC"),
        ({"configuration": b"short"}, "configuration of the batch must be"),
        ({"previous": bytes(33)}, "previous of the batch must be"),
        ({"sequence": 1}, "Nothing goes before batch 1"),
        ({"clock_source": "ntp"}, "clock source"),
        ({"clock_offset_ms": 0.5}, "no integer of milliseconds"),
        ({"channel": [0, 1]}, "Column channel must have 3 readings and has 2"),
        ({"quality": [0, 0, 0, 0]}, "Column quality must have 3 readings and has 4"),
        ({"raw": [b""]}, "Column raw must have 3 readings and has 1"),
        ({"raw": ["a", "b", "c"]}, "takes byte strings, not str"),
        ({"channel": [0, 1, 65_536]}, "Column channel are too large|values of column channel are too large"),
        ({"channel": [0, -1, 2]}, "Column channel takes no negative number, found -1"),
        ({"offset_ms": [0, 0, 1 << 32]}, "values of column offset are too large"),
        ({"quality": [0, 0, 256]}, "values of column quality are too large"),
        ({"value": [1, 2, 1.0]}, "integers of at most 64 bits"),
        ({"value": [1, 2, 1 << 63]}, "integers of at most 64 bits"),
        ({"value": numpy.array([1.0, 2.0, 3.0])}, "integers of at most 64 bits"),
        ({"value": numpy.array([1, 2, 1 << 63], dtype="uint64")}, "integers of at most 64 bits"),
    ],
)
def test_a_batch_that_breaks_the_schema_is_not_made(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BatchError, match=message):
        batch(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"v": 2}, "schema version 2"),
        ({"v": True}, "schema version True"),
        ({"count": None}, "number of readings None"),
        ({"count": -1}, "number of readings -1"),
        ({"count": MAX_READINGS + 1}, "number of readings 100001"),
        ({"count": 4}, "must have"),
        ({"clock_source": "sundial"}, "clock source 'sundial' is unknown"),
        ({"clock_source": []}, "clock source"),
        ({"value": b""}, "unknown format"),
        ({"value": b"x=123"}, "unknown format"),
        ({"value": b"h?123456"}, "unknown format"),
        ({"value": None}, "must be a byte string"),
        ({"value": b"h=12345"}, "must have 6 bytes and has 5"),
        ({"value": b"h=1234567"}, "must have 6 bytes and has 7"),
        ({"value": b"H=123456"}, "values of column value are too large"),
        ({"channel": b"I=" + bytes(12)}, "values of column channel are too large"),
        ({"quality": b"H=" + bytes(6)}, "values of column quality are too large"),
        ({"quality": b"B*"}, "repeats 0 bytes"),
        ({"quality": b"B*12"}, "repeats 2 bytes"),
        ({"value": b"h*123"}, "repeats 3 bytes"),
        ({"value": b"h#"}, "repeats 0 bytes"),
        ({"value": b"h#1234"}, "repeats 4 bytes"),
        ({"value": b"hz" + zlib.compress(bytes(6))[:-1]}, "damaged"),
        ({"value": b"hz" + zlib.compress(bytes(6)) + b"!"}, "damaged"),
        ({"value": b"hz" + b"no zlib"}, "damaged"),
        ({"value": b"hz" + zlib.compress(bytes(7))}, "must have 6 bytes and has 7"),
        ({"value": b"hz" + zlib.compress(bytes(5))}, "must have 6 bytes and has 5"),
        ({"raw": b"B=ab", "raw_length": b"B=\x01\x01\x01"}, "must have 3 bytes and has 2"),
        ({"raw": b"B=", "raw_length": b"I*\xff\xff\xff\x7f"}, "above the limit"),
        ({"raw": b"B=", "raw_length": b"b*\x00"}, "values of column raw_length are too large"),
        ({"raw": b"B="}, "lacks these keys: raw_length"),
        ({"more": 1}, "unknown keys: 'more'"),
        ({7: 1}, "unknown keys: 7"),
    ],
)
def test_a_map_that_is_no_batch_is_refused(changes: dict[Any, Any], message: str) -> None:
    with pytest.raises(BatchError, match=message):
        Batch.decode(batch().encode_columns() | changes)


def test_missing_keys_are_named() -> None:
    members = batch().encode_columns()
    del members["start"], members["value"]
    with pytest.raises(BatchError, match="start, value"):
        Batch.decode(members)


def test_a_compression_bomb_inflates_to_no_more_than_the_count_allows() -> None:
    bomb = b"qz" + zlib.compress(bytes(1 << 26))  # 64 MiB of zeros in 64 KiB
    with pytest.raises(BatchError, match="must have 24 bytes and has 25"):
        unpack(bomb, name="value", count=3)


def test_the_first_batch_of_a_chain_has_nothing_before_it() -> None:
    assert batch(sequence=1, previous=CHAIN_START).previous == bytes(32)


def test_a_raw_column_is_cut_where_its_lengths_say() -> None:
    raw = RawColumn.of([b"ab", b"", b"c"])
    assert raw[0] == b"ab"
    assert raw[-1] == b"c"
    assert raw[1:] == [b"", b"c"]
    with pytest.raises(BatchError, match="must have 3 bytes and has 2"):
        RawColumn(Column.of([1, 2], name="raw_length"), b"ab")


def test_a_column_is_shown_short() -> None:
    assert repr(Column.of(range(9), name="channel")) == "Column('B', 9: [0, 1, 2, 3, 4, 5, …])"


@pytest.mark.parametrize(("code", "data"), [("Q", b""), ("", b""), ("h", b"abc")])
def test_a_column_of_no_format_or_broken_length_is_not_made(code: str, data: bytes) -> None:
    with pytest.raises(BatchError):
        Column(code, data)


def test_a_column_equals_columns_alone() -> None:
    assert Column("b", b"\x01") != [1]
    assert RawColumn.of([b"a"]) != [b"a"]
    assert hash(RawColumn.of([b"a"])) == hash(RawColumn.of([b"a"]))
    assert RawColumn.of(RawColumn.of([b"a"])) == RawColumn.of([b"a"])


def test_an_empty_array_is_an_empty_column() -> None:
    assert len(Column.of(numpy.array([], dtype="int32"), name="value", signed=True)) == 0
    with pytest.raises(BatchError, match="2 × int64"):
        Column.of(numpy.zeros((2, 2), dtype="int64"), name="value", signed=True)
