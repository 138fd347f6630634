"""Local totals: digit for digit those of ``core.aggregate`` over the same readings, each reading counted once."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.core.aggregate import Reading as Value
from tanheng.core.aggregate import amount, integral, integrated, total
from tanheng.core.batch import Quality
from tanheng.core.errors import TanhengError
from tanheng.core.period import Span
from tanheng.edge.change import changes
from tanheng.edge.configuration import Configuration, parse
from tanheng.edge.provisional import emissions, factor_set
from tanheng.edge.reading import Reading
from tanheng.edge.spool import Spool
from tanheng.edge.totals import META_KEY, SELECT, Total, Totals

# 2026-10-01 00:00 in Shanghai = 2026-09-30 16:00 UTC (date -u -d '2026-10-01T00:00+08:00' +%s).
DAY = 1_790_784_000_000
HOUR = 3_600_000
MINUTE = 60_000


def configuration(**changes: Any) -> Configuration:
    base = {"device": "d", "unit": "t", "decimals": 2}
    content = {
        "terminal": "t-1",
        "devices": [{"id": "d", "driver": "host"}],
        "channels": [
            {**base, "id": "belt.total", "kind": "totaliser", "modulus": "1000000"},
            {**base, "id": "belt.rate", "kind": "rate", "unit": "t/h", "stale_s": 180},
            {**base, "id": "kiln.co2", "kind": "gauge", "unit": "%"},
            {**base, "id": "truck", "kind": "amount"},
        ],
        **changes,
    }
    return parse(json.dumps(content))


def reading(channel: int, time: int, value: int, quality: Quality = Quality.GOOD) -> Reading:
    return Reading(channel, time, value, quality, b"")


class Kept:
    """Totals over a real spool, sealed in batches."""

    def __init__(self, path: Path, made: Configuration | None = None) -> None:
        self.spool = Spool(path)
        self.totals = Totals(made or configuration())
        self.totals.restore(self.spool.meta(META_KEY))

    def take(self, readings: Sequence[Reading]) -> list[dict[str, Any]]:
        events: list[Reading] = []

        def then(db: Any, found: Sequence[Reading]) -> list[Reading]:
            events.extend(self.totals.take(db, found))
            return []

        self.spool.append(readings)
        while self.spool.unsealed():
            self.spool.seal(lambda *_: b"e", now=DAY, then=then)
            self.totals.keep()
        return [cbor2.loads(event.raw) for event in events]

    def read(self, period: str) -> list[Total]:
        return self.totals.read(self.spool.query(f"{SELECT} WHERE period = ? ORDER BY start, channel", (period,)))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "s.sqlite")


def test_an_hour_of_each_kind_by_hand(kept: Kept) -> None:
    kept.take([reading(0, DAY, 10_000), reading(0, DAY + 30 * MINUTE, 10_550), reading(0, DAY + HOUR, 11_000)])
    kept.take([reading(1, DAY + minute * MINUTE, 6_000) for minute in range(0, 61, 2)])
    kept.take([reading(2, DAY + minute * MINUTE, 2_200 + minute % 2) for minute in range(60)])
    kept.take([reading(3, DAY + 5, 3_125), reading(3, DAY + 6, 2_875)])
    found = {total.channel: (total.value, total.unit) for total in kept.read("hour") if total.span == Span(DAY, DAY + HOUR)}
    assert found == {
        "belt.total": (Decimal("10.00"), "t"),  # 110.00 − 100.00
        "belt.rate": (Decimal("60.00"), "t"),  # 60 t/h for one hour
        "kiln.co2": (Decimal("22.005"), "%"),  # half of the minutes 22.00, half 22.01
        "truck": (Decimal("60.00"), "t"),  # 31.25 + 28.75
    }


def test_shifts_and_production_days_are_those_of_the_plant(kept: Kept) -> None:
    kept.take([reading(0, DAY + hour * HOUR, hour * 100) for hour in range(25)])
    assert [total.value for total in kept.read("shift")] == [Decimal("8.00")] * 3
    assert [(total.span.start, total.value) for total in kept.read("day")] == [(DAY, Decimal("24.00"))]


def test_a_production_day_may_begin_in_the_morning(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "s.sqlite", configuration(shifts=["07:30", "15:30", "23:30"]))
    kept.take([reading(3, DAY + 7 * HOUR, 100), reading(3, DAY + 8 * HOUR, 200)])
    assert [(total.span.start, total.value) for total in kept.read("day")] == [
        (DAY - 24 * HOUR + 15 * HOUR // 2, Decimal("1.00")),
        (DAY + 15 * HOUR // 2, Decimal("2.00")),
    ]


ROWS = st.tuples(st.integers(1, 400), st.integers(-20, 3000), st.sampled_from([0, 0, 0, 0, 1, 6, 9]))


@given(rows=st.lists(ROWS, min_size=2, max_size=80), cuts=st.lists(st.integers(1, 79), max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_totals_equal_the_aggregation_rules_however_batches_and_restarts_fall(
    rows: list[tuple[int, int, int]], cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("totals") / "s.sqlite"
    made = configuration()
    time, stand = DAY, 50_000_000
    readings: list[Reading] = []
    for seconds, step, quality in rows:
        time, stand = time + seconds * 1000, (stand + step) % 100_000_000
        readings.append(reading(0, time, stand, Quality(quality)))
        readings.append(reading(1, time, max(step, 0), Quality(quality)))
    edges = sorted({0, len(readings), *(min(2 * cut, len(readings)) for cut in cuts)})
    for start, end in itertools.pairwise(edges):
        kept = Kept(path, made)
        kept.take(readings[start:end])
        kept.spool.close()
    kept = Kept(path, made)
    values = {at: [Value(one.time, one.value, one.quality) for one in readings if one.channel == at] for at in (0, 1)}
    for period in ("hour", "shift", "day"):
        for one in kept.read(period):
            if one.channel == "belt.total":
                expected = total(values[0], one.span, modulus=100_000_000)
                assert expected.count is not None
                assert (one.value, one.readings) == (amount(expected.count, decimals=2), expected.steps)
            else:
                # The stretch after the last reading is still open; it is counted when its end is known.
                closed = Span(one.span.start, min(one.span.end, values[1][-1].time))
                found = integral(values[1], closed, hold=180_000)
                assert one.covered_ms == found.covered
                assert one.value == integrated(found.count_ms or 0, decimals=2)
    kept.spool.close()


def test_resets_roll_overs_and_backward_steps_are_events(kept: Kept) -> None:
    stands = [99_999_000, 500, 700, 690, 100_000, 50]
    events = kept.take([reading(0, DAY + at * MINUTE, stand) for at, stand in enumerate(stands)])
    assert [(event["kind"], event["counted"]) for event in events] == [
        ("register-rolled-over", 1500),
        ("register-backward", -10),
        ("register-reset", 50),
    ]


def test_an_exchange_of_the_meter_is_an_event_and_not_a_step(tmp_path: Path) -> None:
    exchange = [{"at": "2026-10-01T00:10:00+08:00", "final": "500", "initial": "3", "reason": "换表"}]
    channel = {"id": "x", "device": "d", "unit": "kWh", "kind": "totaliser", "decimals": 0, "exchanges": exchange}
    kept = Kept(tmp_path / "s.sqlite", configuration(channels=[channel]))
    events = kept.take([reading(0, DAY, 490), reading(0, DAY + 20 * MINUTE, 10)])
    assert [(event["kind"], event["counted"]) for event in events] == [("meter-exchanged", 10)]
    assert [total.value for total in kept.read("day")] == [Decimal(17)]  # 490 → 500 and 3 → 10


def test_a_clock_set_back_loses_no_step(kept: Kept) -> None:
    kept.take([reading(0, DAY + 10 * MINUTE, 100), reading(0, DAY + 11 * MINUTE, 200), reading(0, DAY + 5 * MINUTE, 300)])
    assert [total.value for total in kept.read("day")] == [Decimal("2.00")]


def test_a_batch_that_was_not_committed_counts_nothing(kept: Kept) -> None:
    kept.take([reading(0, DAY, 0), reading(0, DAY + MINUTE, 100)])
    kept.spool.append([reading(0, DAY + 2 * MINUTE, 300)])

    def fail(*_: Any) -> bytes:
        raise RuntimeError("power cut")

    for _ in range(3):
        with pytest.raises(RuntimeError):
            kept.spool.seal(fail, now=DAY, then=kept.totals.take)
    kept.take([])
    kept.spool.seal(lambda *_: b"e", now=DAY, then=kept.totals.take)
    kept.totals.keep()
    assert [total.value for total in kept.read("day")] == [Decimal("3.00")]


STREAM: dict[str, Any] = {
    "id": "line1.coal",
    "formula": "cn.cets.combustion",
    "arguments": {
        "consumption": {"channel": "belt.total", "unit": "t"},
        "net_calorific_value": "23.076",
        "carbon_content": "0.02618",
        "oxidation": "0.99",
    },
}
FACTORS: dict[str, Any] = {
    "version": 3,
    "valid_from": "2026-10-01T00:00:00+08:00",
    "streams": [STREAM],
}


def test_provisional_co2_is_the_formula_of_the_platform(kept: Kept) -> None:
    # 17 000 t: the worked value of the formula's own documentation, 37 280.8425528 tCO2, recomputed by hand with bc.
    span = Span(DAY, DAY + 24 * HOUR)
    one = Total("belt.total", span, Decimal("17000.00"), "t", 0, 1)
    (found,) = emissions(factor_set(FACTORS), [one], span)
    assert (found.value, found.unit) == (Decimal("37280.8425528"), "tCO2")


def test_a_stream_without_its_total_is_blank_and_not_zero() -> None:
    span = Span(DAY, DAY + HOUR)
    for totals in ([], [Total("belt.total", span, None, "t", 0, 0)], [Total("belt.total", span, Decimal(1), "GJ", 0, 0)]):
        assert [one.value for one in emissions(factor_set(FACTORS), totals, span)] == [None]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {**FACTORS, "valid_from": "2026-10-01T00:00:00"},
        {**FACTORS, "valid_from": "soon"},
        {**FACTORS, "version": "three"},
        {**FACTORS, "streams": [{**STREAM, "formula": "cn.cets.combust"}]},
        {**FACTORS, "streams": [{**STREAM, "arguments": {"consumption": "1"}}]},
        {**FACTORS, "streams": [{"id": "x", "formula": "cn.cets.combustion", "arguments": {"consumption": 0.99}}]},
        {**FACTORS, "streams": [{"id": "x", "formula": "cn.cets.combustion", "arguments": {"consumption": "NaN"}}]},
    ],
)
def test_a_wrong_factor_set_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(TanhengError):
        factor_set(content)


def meter(ct: str, **more: Any) -> Configuration:
    channel = {"id": "p", "device": "d", "unit": "kWh", "kind": "totaliser", "decimals": 0, "meter_factor": {"ct": ct}, **more}
    return configuration(channels=[channel], reason="互感器更换，检定证书 2026-118")


def test_a_changed_meter_factor_is_an_event_with_before_after_and_reason_and_moves_no_total(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "s.sqlite", meter("400/5"))
    kept.take([reading(0, DAY, 5000 * 80), reading(0, DAY + HOUR, 5010 * 80)])
    before, after = meter("400/5"), meter("600/5")
    events, registers = changes(before, after, kept.spool.meta(META_KEY), now=DAY + HOUR)
    told = cbor2.loads(events[1].raw)
    assert (told["kind"], told["before"]["ct"], told["after"]["ct"]) == ("meter-factor-changed", "80", "120")
    assert (told["reason"], told["final"], told["initial"]) == ("互感器更换，检定证书 2026-118", 5010 * 80, 5010 * 120)
    kept.spool.set_meta(META_KEY, registers)
    kept.spool.close()
    later = Kept(tmp_path / "s.sqlite", after)
    assert later.take([reading(0, DAY + 2 * HOUR, 5015 * 120)]) == []
    assert [total.value for total in later.read("hour")] == [Decimal(800), Decimal(600)]  # 10 · 80, then 5 · 120


def test_a_change_of_decimals_moves_no_total(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "s.sqlite", meter("5/5"))
    kept.take([reading(0, DAY, 100)])
    _, registers = changes(meter("5/5"), meter("5/5", decimals=2), kept.spool.meta(META_KEY), now=DAY)
    assert cbor2.loads(registers) == {"p": [DAY, 10_000, 0]}
