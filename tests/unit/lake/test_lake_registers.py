"""Totals over months: from the stands in the footers and from every row, both as ``core.aggregate`` counts them."""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.core.aggregate import COUNTED, Exchange, Reading, StepEvent, total
from tanheng.core.batch import Quality
from tanheng.core.errors import CalculationError
from tanheng.core.period import Month, PlantClock, Span
from tanheng.lake import DiskFiles, Engine, FileCatalogue, PlantLake, Query, Register, Rows, SegmentError
from tanheng.lake.latest import latest
from tanheng.lake.registers import totals
from tanheng.lake.segment import read_stands
from tanheng.lake.stands import MOST_FALLS, Stands

CLOCK = PlantClock()
MONTHS = [Month(2026, 9), Month(2026, 10), Month(2026, 11)]
SPANS_OF_MONTHS = [CLOCK.month(month) for month in MONTHS]
EDGES = [SPANS_OF_MONTHS[0].start, *(span.end for span in SPANS_OF_MONTHS)]
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
DAYS = [span.start for month in MONTHS for span in map(CLOCK.day, CLOCK.days_of(month))]
MODULUS = 125_000
Held = dict[tuple[int, int], tuple[int, Quality]]
Step = Held | Month | tuple[int, int, Quality]

# Instants crowd on both sides of a turn of a month, and often fall on the edge of a day; values stand near the rule for falls.
NEAR = st.one_of(st.integers(-6, 6), st.integers(-4 * 96, 4 * 96), st.integers(-8, 8).map(lambda halves: halves * 48))
INSTANTS = st.tuples(st.sampled_from(EDGES), NEAR).map(lambda pair: pair[0] + pair[1] * 15 * MINUTE)
VALUES = st.one_of(st.sampled_from([0, 85_000, 89_999, 90_000, 90_001, 100_000, 124_999]), st.integers(-5, 124_999))
QUALITIES = st.sampled_from([*Quality, *3 * [Quality.GOOD]])
READINGS = st.dictionaries(st.tuples(st.sampled_from([1, 2]), INSTANTS), st.tuples(VALUES, QUALITIES), max_size=40)
STEPS = st.lists(
    st.one_of(READINGS, st.sampled_from(MONTHS), st.tuples(st.integers(0, 1000), VALUES, QUALITIES)), min_size=1, max_size=8
)
BEFORE_A_DAY = st.sampled_from(DAYS).map(lambda start: start - 1)
LAST = st.sampled_from([MONTHS, MONTHS, MONTHS[:2], []])
"""Sealed in the end: everything, the older months, or nothing."""
EXCHANGES = st.lists(
    st.tuples(INSTANTS, st.one_of(st.none(), VALUES), st.integers(0, 500)), max_size=3, unique_by=lambda each: each[0]
).map(lambda found: tuple(Exchange(*each) for each in sorted(found)))


def without_gaps(cuts: list[int]) -> list[Span]:
    return [Span(start, end) for start, end in zip(sorted(cuts), sorted(cuts)[1:], strict=False)]


SPANS = st.one_of(
    st.just(SPANS_OF_MONTHS),
    st.just([Span(SPANS_OF_MONTHS[0].start, SPANS_OF_MONTHS[2].end)]),
    st.just(SPANS_OF_MONTHS[1:2]),
    st.just([Span(EDGES[1] + day * DAY, EDGES[1] + (day + 1) * DAY) for day in range(-3, 3)]),
    st.just([Span(EDGES[1] - DAY, EDGES[1]), Span(EDGES[2] - DAY, EDGES[2] + DAY)]),
    st.lists(INSTANTS, min_size=2, max_size=6, unique=True).map(without_gaps),
    st.lists(INSTANTS, min_size=4, max_size=6, unique=True).map(lambda cuts: without_gaps(cuts)[::2]),
)
UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows_of(readings: Held) -> Rows:
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
            lake.append(rows_of(step), now=0)
            for key, reading in step.items():
                held.setdefault(key, reading)
        case Month():
            if any(time in CLOCK.month(step) for _, time in held):
                lake.seal(step, now=0)
        case (number, value, quality):
            if held:
                key = sorted(held)[number % len(held)]
                lake.correct(channel=key[0], time=key[1], value=value, quality=quality, entry=1, now=0)
                held[key] = (value, quality)


def series(held: Held, channel: int) -> list[Reading]:
    return [Reading(time, value, quality) for (c, time), (value, quality) in sorted(held.items()) if c == channel]


def fresh(folder: Path, engine: Engine) -> PlantLake:
    files = DiskFiles(folder / f"{len(list(folder.iterdir()))}")
    return PlantLake("p", files=files, catalogue=FileCatalogue(files, "c.json"), clock=CLOCK, engine=engine, fold=3)


@UNHURRIED
@given(STEPS, LAST, SPANS, EXCHANGES, st.one_of(st.none(), st.just(MODULUS)))
def test_stands_and_rows_give_the_totals_of_every_reading(
    tmp_path: Path,
    engine: Engine,
    steps: list[Step],
    last: list[Month],
    spans: list[Span],
    exchanges: tuple[Exchange, ...],
    modulus: int | None,
) -> None:
    lake, held = fresh(tmp_path, engine), Held()
    for step in (*steps, *last):
        does(lake, held, step)
    registers = [Register(1, modulus, exchanges), Register(2)]
    wanted = {
        1: [total(series(held, 1), span, modulus=modulus, exchanges=exchanges) for span in spans],
        2: [total(series(held, 2), span) for span in spans],
    }
    for stands in (True, False):
        assert totals(lake, registers, spans, lookback=200 * DAY, stands=stands) == wanted, stands
    assert lake.audit() == []


@UNHURRIED
@given(
    STEPS,
    LAST,
    st.one_of(INSTANTS, st.sampled_from(DAYS).map(lambda at: at - 1)),
    st.sampled_from([HOUR, 3 * DAY, 40 * DAY]),
    st.booleans(),
)
def test_stands_and_rows_give_the_last_reading(
    tmp_path: Path, engine: Engine, steps: list[Step], last: list[Month], at: int, lookback: int, counted: bool
) -> None:
    lake, held = fresh(tmp_path, engine), Held()
    for step in (*steps, *last):
        does(lake, held, step)
    wanted = {}
    for channel in (1, 2):
        chosen = [each for each in series(held, channel) if at - lookback < each.time <= at]
        chosen = [each for each in chosen if each.quality in COUNTED or not counted]
        if chosen:
            wanted[channel] = chosen[-1]
    for stands in (True, False):
        found = latest(lake, lake.catalogue.state(), [1, 2], at=at, lookback=lookback, counted=counted, stands=stands)
        assert found == wanted, stands


@pytest.fixture
def sealed(lake: PlantLake) -> PlantLake:
    """September and October of a register that counts 10 an hour, sealed; the last stand of September is 7200 − 10."""
    times = range(EDGES[0], EDGES[2], HOUR)
    lake.append(rows_of({(1, time): (10 * hour, Quality.GOOD) for hour, time in enumerate(times)}), now=0)
    for month in MONTHS[:2]:
        lake.seal(month, now=0)
    return lake


class Counting(Engine):
    """An engine that counts the questions it is asked, and hands them on."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(memory_mib=64, threads=1)
        self.asked: Counter[str] = Counter()
        self._other = engine

    def rows(self, question: str, parameters: object = None) -> list[tuple[object, ...]]:
        self.asked["questions"] += 1
        return self._other.rows(question, parameters)  # type: ignore[arg-type]  # the same parameters


def test_sealed_months_answer_without_their_rows(sealed: PlantLake, engine: Engine) -> None:
    """30 · 24 hours of September, of which the first has no stand before it; 31 · 24 of October but for the last step."""
    counting = Counting(engine)
    sealed.engine = counting
    found = Query(sealed).totals([Register(1)], SPANS_OF_MONTHS[:2])[1]
    assert [(each.count, each.steps) for each in found] == [(7200, 720), (7430, 743)]
    assert Query(sealed).last([1], at=EDGES[2] - 1) == {1: Reading(EDGES[2] - HOUR, 14_630, Quality.GOOD)}
    assert not counting.asked
    Query(sealed).totals([Register(1)], [Span(EDGES[1] + HOUR, EDGES[1] + DAY)])  # an hour is no day: the rows are read
    assert counting.asked


def test_a_roll_over_at_the_turn_of_the_month_belongs_to_the_month_that_ends(lake: PlantLake) -> None:
    """The stand at midnight closes September: 999 990 → 5 is a step of 15."""
    lake.append(rows_of({(1, EDGES[1] - HOUR): (999_990, Quality.GOOD), (1, EDGES[1]): (5, Quality.GOOD)}), now=0)
    for month in MONTHS[:2]:
        lake.seal(month, now=0)
    found = Query(lake).totals([Register(1, 1_000_000)], SPANS_OF_MONTHS[:2])[1]
    assert [(each.count, each.steps) for each in found] == [(15, 1), (None, 0)]
    assert found[0].events[0].event is StepEvent.ROLL_OVER


def test_an_exchange_within_a_sealed_day_breaks_that_day(sealed: PlantLake) -> None:
    """Between 120 at noon and 130 at one the old meter ends at 125 and the new one begins at 100: 5 + 30 instead of 10."""
    exchange = Exchange(EDGES[0] + 12 * HOUR + 30 * MINUTE, 125, 100)
    found = Query(sealed).totals([Register(1, None, (exchange,))], SPANS_OF_MONTHS[:2])[1]
    assert [(each.count, each.steps) for each in found] == [(7225, 721), (7430, 743)]
    assert [(each.count, each.event) for each in found[0].events] == [(5, StepEvent.EXCHANGE)]


def test_a_day_with_more_falls_than_it_lists_is_read_from_the_rows(lake: PlantLake, engine: Engine) -> None:
    """Up 3, down 1, and so on: every second step is a backward one."""
    stands = [1000 + 3 * ((n + 1) // 2) - n // 2 for n in range(2 * MOST_FALLS + 3)]
    readings = {(1, EDGES[0] + n * HOUR // 2): (stand, Quality.GOOD) for n, stand in enumerate(stands)}
    lake.append(rows_of(readings), now=0)
    lake.seal(MONTHS[0], now=0)
    stored = lake.stands(lake.catalogue.state().segments[0])
    assert stored is not None
    assert stored.cells["falls"].tolist() == [-1]
    assert len(stored.falls["time"]) == 0
    counting = Counting(engine)
    lake.engine = counting
    found = Query(lake).totals([Register(1)], SPANS_OF_MONTHS[:1])[1][0]
    assert (found.count, found.steps, len(found.events)) == (stands[-1] - stands[0], len(stands) - 1, MOST_FALLS + 1)
    assert counting.asked


def test_counts_at_the_limits_of_the_lake_come_out_of_the_footer_as_they_went_in(lake: PlantLake) -> None:
    largest = 1 << 62
    values = [(largest, Quality.GOOD), (-largest, Quality.GOOD), (largest, Quality.UNCERTAIN)]
    lake.append(rows_of({(1, EDGES[0] + n * HOUR): each for n, each in enumerate(values)}), now=0)
    lake.seal(MONTHS[0], now=0)
    assert Query(lake).last([1], at=EDGES[1] - 1, counted=True) == {1: Reading(EDGES[0] + HOUR, -largest)}
    assert Query(lake).last([1], at=EDGES[1] - 1) == {1: Reading(EDGES[0] + 2 * HOUR, largest, Quality.UNCERTAIN)}
    assert Query(lake).totals([Register(1)], SPANS_OF_MONTHS[:1])[1][0].count == -2 * largest


def test_exchanges_out_of_order_and_a_modulus_of_nothing_are_refused(sealed: PlantLake) -> None:
    turned = (Exchange(EDGES[1], None, 0), Exchange(EDGES[0], None, 0))
    for register in (Register(1, None, turned), Register(1, 0)):
        with pytest.raises(CalculationError):
            Query(sealed).totals([register], SPANS_OF_MONTHS)


def test_the_footer_holds_what_its_page_says(sealed: PlantLake) -> None:
    """Read with pyarrow and the standard library alone: September's first day, hours 0 to 23, stands 0 to 230."""
    segment = sealed.catalogue.state().segments[0]
    data = pq.read_metadata(sealed.files.root / segment.path).metadata[b"tanheng.stands"]
    line, _, body = zlib.decompress(base64.b64decode(data)).partition(b"\n")
    head = json.loads(line)
    assert (head["v"], head["cells"], head["falls"], len(body)) == (1, 30, 0, 30 * 13 * 8)
    columns = [int.from_bytes(body[at * 240 : at * 240 + 8], "little", signed=True) for at in range(13)]
    assert columns == [1, 0, 24, EDGES[0], 0, EDGES[0] + 23 * HOUR, 230, 0, HOUR, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "damage",
    [
        b"no base64",
        base64.b64encode(b"no zlib"),
        base64.b64encode(zlib.compress(b"{}\n")),
        base64.b64encode(zlib.compress(b'{"v": 1, "edges": [0, 1], "cells": 1, "falls": 0}\n' + bytes(103))),
        base64.b64encode(zlib.compress(b'{"v": 1, "edges": [0, 1], "cells": 0, "falls": 1}\n' + bytes(32))),
        base64.b64encode(zlib.compress(b'{"v": 1, "edges": [1, 0], "cells": 0, "falls": 0}\n')),
        base64.b64encode(zlib.compress(b'{"v": 1, "edges": [0, 1], "cells": -1, "falls": 3}\n')),
    ],
)
def test_stands_that_cannot_be_read_are_named(sealed: PlantLake, damage: bytes) -> None:
    segment = sealed.catalogue.state().segments[0]
    path = sealed.files.root / segment.path
    table = pq.read_table(path)
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({b"tanheng.stands": damage})
    with pytest.raises(SegmentError, match=r"2026-09.*cannot be read"):
        read_stands(sealed.files, segment)


def test_stands_of_a_later_version_are_left_alone() -> None:
    assert Stands.decode(base64.b64encode(zlib.compress(b'{"v": 2}\n'))) is None
