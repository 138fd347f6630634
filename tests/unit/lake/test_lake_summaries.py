"""Sealed months answer from their summaries what reading every row answers, whatever came late, twice or corrected."""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.core.aggregate import COUNTED, VALID
from tanheng.core.batch import Quality
from tanheng.core.period import Month, PlantClock, Span
from tanheng.lake import DiskFiles, Engine, FileCatalogue, PlantLake, Query, Rows, SegmentError, open_plant
from tanheng.lake.counting import MINUTES, SUMS, added
from tanheng.lake.division import divided
from tanheng.lake.footer import Footer
from tanheng.lake.segment import LEAST_ROWS, MOST_ROWS, read_rows, read_summary, row_groups
from tanheng.lake.summary import Summary

CLOCK = PlantClock()
MONTHS = [Month(2026, 9), Month(2026, 10)]
EDGE = CLOCK.month(MONTHS[1]).start
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
CHANNELS = [1, 2, 5]
Key = tuple[int, int]
Held = dict[Key, tuple[int, Quality]]
Step = Held | Month | tuple[int, int, Quality]

# Instants of four days on both sides of the turn of a month; many share a minute, and many a day.
INSTANTS = st.one_of(st.integers(-8, 8), st.integers(-48 * 60 * 4, 48 * 60 * 4 - 1)).map(
    lambda quarter: EDGE + quarter * 15_000
)
QUALITIES = st.sampled_from([*Quality, Quality.GOOD, Quality.GOOD, Quality.GOOD])
READINGS = st.dictionaries(
    st.tuples(st.sampled_from(CHANNELS), INSTANTS), st.tuples(st.integers(-(1 << 62), 1 << 62), QUALITIES), max_size=30
)
STEPS = st.lists(
    st.one_of(
        READINGS,
        st.sampled_from(MONTHS),
        st.tuples(st.integers(0, 1000), st.integers(-9, 9), QUALITIES),
    ),
    min_size=1,
    max_size=7,
)
SPANS = st.one_of(
    st.just([CLOCK.month(month) for month in MONTHS]),
    st.just([Span(EDGE + day * DAY, EDGE + (day + 1) * DAY) for day in range(-2, 2)]),
    st.just([Span(EDGE - DAY, EDGE + DAY), Span(EDGE + DAY, EDGE + 5 * DAY)]),
    st.lists(st.integers(-40, 40), min_size=2, max_size=5, unique=True).map(
        lambda hours: [
            Span(EDGE + first * HOUR, EDGE + last * HOUR) for first, last in zip(sorted(hours), sorted(hours)[1:], strict=False)
        ][::2]
    ),
)
UNHURRIED = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


def summarised(parts: Iterable[Rows], edges: Sequence[int]) -> Summary | None:
    footer = Footer(edges)
    for part in parts:
        footer.take(part)
    return footer.finished()[0]


def rows_of(readings: Held) -> Rows:
    """Rows in the order of the dictionary, which is no order."""
    count = len(readings)
    return Rows(
        np.array([channel for channel, _ in readings], np.int32),
        np.array([time for _, time in readings], np.int64),
        np.zeros(count, np.int16),
        np.array([value for value, _ in readings.values()], np.int64),
        np.array([quality for _, quality in readings.values()], np.uint8),
        np.zeros(count, np.int64),
    )


def does(lake: PlantLake, held: Held, step: Step) -> None:
    """Do one step to the lake and to the dictionary: readings, of which the first stays; sealing; a correction."""
    match step:
        case dict():
            lake.append(rows_of(step), now=EDGE)
            for key, reading in step.items():
                held.setdefault(key, reading)
        case Month():
            span = CLOCK.month(step)
            if any(time in span for _, time in held):
                lake.seal(step, now=EDGE)
        case (number, value, quality):
            if held:
                key = sorted(held)[number % len(held)]
                lake.correct(channel=key[0], time=key[1], value=value, quality=quality, entry=1, now=EDGE)
                held[key] = (value, quality)


def expected_sums(held: Held, span: Span, channel: int) -> tuple[int, int]:
    counted = [v for (c, time), (v, quality) in held.items() if c == channel and time in span and quality in COUNTED]
    return sum(counted), len(counted)


def expected_minutes(held: Held, span: Span, channel: int) -> tuple[int, int]:
    chosen = [(time // MINUTE, quality) for (c, time), (_, quality) in held.items() if c == channel and time in span]
    some = {minute for minute, quality in chosen if quality is not Quality.NO_DATA}
    return len(some), len({minute for minute, quality in chosen if quality in VALID})


@UNHURRIED
@given(STEPS, SPANS)
def test_summaries_and_rows_give_the_same_numbers(tmp_path: Path, engine: Engine, steps: list[Step], spans: list[Span]) -> None:
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    files = DiskFiles(folder)
    lake = PlantLake("p", files=files, catalogue=FileCatalogue(files, "c.json"), clock=CLOCK, engine=engine, fold=3)
    held: Held = {}
    for step in steps:
        does(lake, held, step)
    for pair, expected in ((SUMS, expected_sums), (MINUTES, expected_minutes)):
        wanted = {(channel, index): expected(held, span, channel) for channel in CHANNELS for index, span in enumerate(spans)}
        for summaries in (True, False):
            found = added(lake, CHANNELS, spans, pair, summaries=summaries)
            assert {key: found[key] for key in wanted} == wanted, (pair.names, summaries)
    assert lake.audit() == []


@pytest.fixture
def sealed(lake: PlantLake) -> PlantLake:
    """September with one reading an hour of two channels on the last two days, sealed."""
    readings = {(channel, EDGE - hour * HOUR): (10, Quality.GOOD) for channel in (1, 2) for hour in range(1, 49)}
    lake.append(rows_of(readings), now=EDGE)
    lake.seal(MONTHS[0], now=EDGE)
    return lake


def test_a_sealed_month_answers_without_its_rows(sealed: PlantLake, engine: Engine) -> None:
    asked: Counter[str] = Counter()

    class Counting(Engine):
        def rows(self, question: str, parameters: object = None) -> list[tuple[object, ...]]:
            asked["questions"] += 1
            return engine.rows(question, parameters)  # type: ignore[arg-type]  # the same parameters

    sealed.engine = Counting(memory_mib=64, threads=1)
    days = [Span(EDGE - 2 * DAY, EDGE - DAY), Span(EDGE - DAY, EDGE)]
    assert [day.minutes for day in Query(sealed).completeness([1], days)[1]] == [24, 24]
    assert Query(sealed).sums([2], [CLOCK.month(MONTHS[0])])[2] == [(480, 48)]
    assert not asked
    Query(sealed).sums([2], [Span(EDGE - HOUR, EDGE)])  # an hour is no day: now the rows are read
    assert asked["questions"] == 1


def test_only_the_days_that_late_readings_touch_are_read_from_the_rows(sealed: PlantLake) -> None:
    sealed.append(rows_of({(1, EDGE - 1): (7, Quality.GOOD)}), now=EDGE)
    state = sealed.catalogue.state()
    spans = [CLOCK.month(MONTHS[0])]
    wholes, rest = divided(state.segments, spans, sealed.summary)
    assert ([whole.segment.month for whole in wholes], [len(whole.beside) for whole in wholes], rest) == (["2026-09"], [1], [])
    assert Query(sealed).sums([1, 2], spans) == {1: [(487, 49)], 2: [(480, 48)]}


def test_a_file_across_two_months_makes_every_row_be_read(sealed: PlantLake) -> None:
    """As after a change of the plant's zone."""
    state = sealed.catalogue.state()
    across = replace(state.segments[0], path="segments/x", month=None, first=EDGE - HOUR, last=EDGE + HOUR)
    segments = [*state.segments, across]
    assert divided(segments, [CLOCK.month(MONTHS[0])], sealed.summary) == ([], segments)


def test_a_month_sealed_without_a_summary_is_read_from_its_rows(sealed: PlantLake) -> None:
    segments = list(sealed.catalogue.state().segments)
    assert divided(segments, [CLOCK.month(MONTHS[0])], lambda _: None) == ([], segments)


def test_the_footer_holds_what_this_page_says(sealed: PlantLake) -> None:
    """Read with pyarrow and the standard library alone; 2026-09-29 and 30 are the days 28 and 29 of September."""
    segment = sealed.catalogue.state().segments[0]
    data = pq.read_metadata(sealed.files.root / segment.path).metadata[b"tanheng.summary"]
    text = zlib.decompress(base64.b64decode(data)).decode()
    assert '"channel":[1,1,2,2],"day":[28,29,28,29],"minutes":[24,24,24,24],"valid":[24,24,24,24]' in text
    assert '"counted":[24,24,24,24],"summed":[240,240,240,240]' in text


@pytest.mark.parametrize(
    "damage",
    [
        b"no base64",
        base64.b64encode(b"no zlib"),
        base64.b64encode(zlib.compress(b"{}")),
        base64.b64encode(zlib.compress(b'{"v": 1, "edges": [1]}')),
        Summary((0, MINUTE), (1,), (0,), (1,), (1,), (1,), ()).encode(),
        Summary((MINUTE, 0), (), (), (), (), (), ()).encode(),
    ],
)
def test_a_summary_that_cannot_be_read_is_named(sealed: PlantLake, damage: bytes) -> None:
    segment = sealed.catalogue.state().segments[0]
    path = sealed.files.root / segment.path
    table = pq.read_table(path)
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({b"tanheng.summary": damage})
    with pytest.raises(SegmentError, match=r"2026-09.*cannot be read"):
        read_summary(sealed.files, segment)


def test_a_summary_of_a_later_version_is_left_alone() -> None:
    later = base64.b64encode(zlib.compress(b'{"v": 2}'))
    assert Summary.decode(later) is None


def test_rows_outside_the_days_have_no_summary(sealed: PlantLake) -> None:
    rows = read_rows(sealed.files, sealed.catalogue.state().segments[0])
    assert summarised([rows], [EDGE, EDGE + DAY]) is None
    assert summarised([rows], [EDGE - 2 * DAY, EDGE - HOUR]) is None


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_a_summary_does_not_depend_on_how_the_rows_come(cuts: list[int]) -> None:
    time = EDGE + np.arange(0, 60 * 15_000, 15_000, dtype=np.int64)
    readings = {(1, int(instant)): (3, Quality.GOOD) for instant in time}
    rows = rows_of(readings)
    parts = [rows.take(slice(a, b)) for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), None], strict=True)]
    assert summarised(parts, [EDGE, EDGE + DAY]) == Summary((EDGE, EDGE + DAY), (1,), (0,), (15,), (15,), (60,), (180,))


def channel_rows(*lengths: int) -> Rows:
    channel = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    time = EDGE + np.arange(len(channel), dtype=np.int64)
    zeros = np.zeros(len(channel), np.int64)
    return Rows(channel, time, zeros.astype(np.int16), zeros, zeros.astype(np.uint8), zeros)


@pytest.mark.parametrize("piece", [1000, 450_000])
def test_a_row_group_ends_where_a_channel_ends(piece: int) -> None:
    rows = channel_rows(44_640, 44_640, 10, 10, 1440, 300_000, 5)
    parts = [rows.take(slice(at, at + piece)) for at in range(0, len(rows), piece)]
    assert [len(group) for group in row_groups(parts)] == [
        44_640,
        44_640,
        MOST_ROWS,
        MOST_ROWS,
        300_000 + 1460 - 2 * MOST_ROWS,
        5,
    ]


@given(st.lists(st.sampled_from([1, 500, 9000, 40_000, 140_000]), min_size=1, max_size=6), st.integers(20_000, 200_000))
@settings(deadline=None, max_examples=40)
def test_row_groups_lose_nothing_and_keep_their_limits(lengths: list[int], piece: int) -> None:
    rows = channel_rows(*lengths)
    groups = list(row_groups(rows.take(slice(at, at + piece)) for at in range(0, len(rows), piece)))
    assert np.concatenate([group.time for group in groups]).tolist() == rows.time.tolist()
    assert all(LEAST_ROWS <= len(group) <= MOST_ROWS for group in groups[:-1])


def test_a_lake_opened_anew_reads_the_same_summary(sealed: PlantLake, engine: Engine) -> None:
    segment = sealed.catalogue.state().segments[0]
    again = open_plant(sealed.files.root, "plant-1", engine=engine)
    assert again.summary(segment) == sealed.summary(segment)
    assert again.summary(segment) is not None
