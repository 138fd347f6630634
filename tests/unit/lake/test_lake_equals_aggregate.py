"""The lake's SQL and ``core.aggregate`` are one rule: on random series with gaps, bad qualities, falls, exchanges, corrections
and several files, both give the same integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.core.aggregate import Exchange, Reading, ValidityRule, hours_of_readings, integral, total
from tanheng.core.batch import Quality
from tanheng.core.period import Month, PlantClock, Span
from tanheng.lake import Engine, PlantLake, Query, Register, Rows, open_plant

CLOCK = PlantClock()
START = CLOCK.month(Month(2026, 10)).start
MINUTE, HOUR = 60_000, 3_600_000
LENGTH = 40 * HOUR

# Half of the instants crowd into ten minutes, and half of the values stand near the edges of the rule for falls.
INSTANTS = st.one_of(st.integers(0, 40), st.integers(0, LENGTH // 15_000))
VALUES = st.one_of(st.sampled_from([0, 85_000, 89_999, 90_000, 90_001, 100_000, 124_999]), st.integers(0, 120_000))
READINGS = st.dictionaries(
    INSTANTS.map(lambda quarter: START + quarter * 15_000),
    st.tuples(VALUES, st.sampled_from(list(Quality) + 4 * [Quality.GOOD]), st.integers(0, 2)),
    min_size=1,
    max_size=60,
)
SPANS = st.lists(st.integers(0, LENGTH), min_size=2, max_size=9, unique=True).map(
    lambda edges: [Span(START + a, START + b) for a, b in zip(sorted(edges), sorted(edges)[1:], strict=False)]
)
EXCHANGES = st.lists(
    st.tuples(st.integers(0, LENGTH), st.one_of(st.none(), st.integers(0, 120_000)), st.integers(0, 500)),
    max_size=3,
    unique_by=lambda each: each[0],
)
UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def stored(folder: Path, engine: Engine, readings: dict[int, tuple[int, Quality, int]]) -> PlantLake:
    """A lake that got the readings in three parts, by the third number of each."""
    lake = open_plant(folder, "plant-1", engine=engine)
    for part in range(3):
        chosen = [(time, value, quality) for time, (value, quality, which) in readings.items() if which == part]
        count = len(chosen)
        rows = Rows(
            np.full(count, 3, np.int32),
            np.array([time for time, _, _ in chosen], np.int64),
            np.zeros(count, np.int16),
            np.array([value for _, value, _ in chosen], np.int64),
            np.array([quality for _, _, quality in chosen], np.uint8),
            np.full(count, part, np.int64),
        )
        lake.append(rows, now=START)
    return lake


def series(readings: dict[int, tuple[int, Quality, int]]) -> list[Reading]:
    return [Reading(time, value, quality) for time, (value, quality, _) in sorted(readings.items())]


@UNHURRIED
@given(READINGS, SPANS, EXCHANGES, st.one_of(st.none(), st.just(125_000)))
def test_totals(
    tmp_path: Path,
    engine: Engine,
    readings: dict[int, tuple[int, Quality, int]],
    spans: list[Span],
    exchanges: list[tuple[int, int | None, int]],
    modulus: int | None,
) -> None:
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    breaks = tuple(Exchange(START + time, final, initial) for time, final, initial in sorted(exchanges))
    query = Query(stored(folder, engine, readings))
    found = query.totals([Register(3, modulus, breaks)], spans)[3]
    assert found == [total(series(readings), span, modulus=modulus, exchanges=breaks) for span in spans]


@UNHURRIED
@given(READINGS, SPANS, st.sampled_from([MINUTE, 7 * MINUTE, 5 * HOUR]))
def test_integrals(
    tmp_path: Path, engine: Engine, readings: dict[int, tuple[int, Quality, int]], spans: list[Span], hold: int
) -> None:
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    found = Query(stored(folder, engine, readings)).integrals([3], spans, hold=hold)[3]
    assert found == [integral(series(readings), span, hold=hold) for span in spans]


@UNHURRIED
@given(READINGS, st.integers(1, 3))
def test_hours(tmp_path: Path, engine: Engine, readings: dict[int, tuple[int, Quality, int]], minutes: int) -> None:
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    rule = ValidityRule(minutes=minutes, hours=20, days=25, days_in_february=23)
    hours = list(CLOCK.hours(Span(START, START + LENGTH)))
    found = Query(stored(folder, engine, readings)).hours([3], hours, rule=rule)[3]
    assert found == hours_of_readings(series(readings), hours, rule=rule)


@UNHURRIED
@given(READINGS, SPANS, st.data())
def test_totals_after_corrections_and_sealing(
    tmp_path: Path, engine: Engine, readings: dict[int, tuple[int, Quality, int]], spans: list[Span], data: st.DataObject
) -> None:
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    lake = stored(folder, engine, readings)
    for time in data.draw(st.lists(st.sampled_from(sorted(readings)), max_size=4)):
        value = data.draw(st.integers(0, 120_000))
        lake.correct(channel=3, time=time, value=value, quality=Quality.MANUAL, entry=9, now=START)
        readings = {**readings, time: (value, Quality.MANUAL, 0)}
    expected = [total(series(readings), span) for span in spans]
    assert Query(lake).totals([Register(3)], spans)[3] == expected
    lake.seal(Month(2026, 10), now=START)
    assert Query(lake).totals([Register(3)], spans)[3] == expected


def test_every_fall_between_two_stands(tmp_path: Path, engine: Engine) -> None:
    stands = [0, 1, 85_000, 89_999, 90_000, 90_001, 100_000, 124_999]
    series_of_pairs = [value for first in stands for second in stands for value in (first, second)]
    readings = {START + index * MINUTE: (value, Quality.GOOD, 0) for index, value in enumerate(series_of_pairs)}
    spans = [Span(START + index * MINUTE, START + (index + 1) * MINUTE) for index in range(len(series_of_pairs) - 1)]
    query = Query(stored(tmp_path, engine, readings))
    for modulus in (None, 125_000):
        expected = [total(series(readings), span, modulus=modulus) for span in spans]
        assert query.totals([Register(3, modulus)], spans)[3] == expected
