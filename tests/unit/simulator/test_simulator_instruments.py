"""What instruments show of the truth: exactly it when they are ideal, and each scripted fault as it is scripted."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pytest

from tanheng.core.aggregate import Reading, total
from tanheng.core.batch import Quality
from tanheng.core.period import Span
from tanheng.simulator import PlantRun, Scenario, generate, load
from tanheng.simulator.instruments import Shown, show
from tanheng.simulator.papers import changed
from tanheng.simulator.scenario import Channel, Fault

MINUTE, HOUR = 60_000, 3_600_000


@pytest.fixture(scope="module")
def day() -> PlantRun:
    """One ideal day of one line."""
    scenario = load("small-plant")
    ideal = tuple(replace(channel, systematic=0.0, random=0.0) for channel in scenario.channels)
    whole = Span(scenario.span.start, scenario.span.start + 24 * HOUR)
    return generate(replace(scenario, span=whole, channels=ideal, faults=(), stops=()), seed=5)


COAL = Channel("coal", "meters", "line.1.coal_kiln", "totaliser", "t", 3, modulus=10**9, initial=999_950_000)
RATE = Channel("rate", "meters", "line.1.coal_kiln", "rate", "t/h", 2)


def shown(day: PlantRun, channel: Channel, *faults: Fault, **scenario: object) -> Shown:
    changed_scenario: Scenario = replace(day.scenario, faults=faults, **scenario)  # type: ignore[arg-type]  # fields by name
    return show(changed_scenario, day.minutes, seed=5, channels=[channel])[channel.id]


def hours(day: PlantRun, first: int, past: int) -> Span:
    return Span(day.scenario.span.start + first * HOUR, day.scenario.span.start + past * HOUR)


def test_an_ideal_register_shows_the_truth_to_the_last_digit_over_its_roll_over(day: PlantRun) -> None:
    seen = shown(day, COAL)
    readings = [Reading(time, value) for time, value in zip(seen.time.tolist(), seen.value.tolist(), strict=True)]
    found = total(readings, day.scenario.span, modulus=COAL.modulus)
    assert found.count == int(day.ran("line.1.coal_kiln")[-1])
    assert [event.event for event in found.events] == ["roll-over"]


def test_ideal_amounts_add_up_to_the_truth(day: PlantRun) -> None:
    seen = shown(day, replace(RATE, kind="amount", decimals=3))
    assert int(seen.value.sum()) == int(day.ran("line.1.coal_kiln")[-1])
    assert len(seen.value) == 1440


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    scenario = load("small-plant")
    one, same, other = generate(scenario, seed=3), generate(scenario, seed=3), generate(scenario, seed=4)
    name = "line.1.coal_kiln.total"
    assert one.shown[name].value.tolist() == same.shown[name].value.tolist()
    assert one.shown[name].value.tolist() != other.shown[name].value.tolist()
    assert one.tickets == same.tickets
    assert one.results == same.results


def test_channels_of_one_group_share_their_systematic_error(day: PlantRun) -> None:
    pair = [replace(RATE, id=name, systematic=0.05, group="scale", decimals=6) for name in ("a", "b")]
    seen = show(day.scenario, day.minutes, seed=5, channels=pair)
    assert seen["a"].value.tolist() == seen["b"].value.tolist()
    assert seen["a"].value[0] != np.rint(day.minutes["line.1.coal_kiln"][0] * 10**6)


def test_a_stuck_value_stays_and_comes_back(day: PlantRun) -> None:
    seen, true = shown(day, RATE, Fault("stuck", hours(day, 2, 3), "rate")), shown(day, RATE)
    assert set(seen.value[120:180].tolist()) == {int(true.value[120])}
    assert seen.value[180:].tolist() == true.value[180:].tolist()


def test_a_stuck_register_loses_what_runs_meanwhile(day: PlantRun) -> None:
    seen, true = shown(day, COAL, Fault("stuck", hours(day, 2, 3), "coal")), shown(day, COAL)
    assert len(set(seen.value[120:180].tolist())) == 1
    lost = int(true.value[179] - true.value[120]) % 10**9
    assert (int(true.value[-1]) - int(seen.value[-1])) % 10**9 == lost


def test_a_reset_starts_the_register_from_zero(day: PlantRun) -> None:
    seen = shown(day, replace(COAL, initial=0, modulus=None), Fault("reset", hours(day, 5, 6), "coal"))
    ran = day.ran("line.1.coal_kiln")
    assert int(seen.value[300]) == int(ran[300] - ran[299])
    assert int(seen.value[-1]) == int(ran[-1] - ran[299])


def test_a_spike_is_one_minute_high(day: PlantRun) -> None:
    one = Span(hours(day, 2, 3).start, hours(day, 2, 3).start + MINUTE)
    seen, true = shown(day, RATE, Fault("spike", one, "rate", size=4)), shown(day, RATE)
    assert np.flatnonzero(seen.value != true.value).tolist() == [120]
    assert int(seen.value[120]) == 5 * int(true.value[120])


@pytest.mark.parametrize(
    ("kind", "size", "expected"),
    [("scaled-down", 0.25, 0.75), ("parameter", 0.5, 1.5), ("ct-change", 0.5, 0.5), ("drift", 0.2, 1.2)],
)
def test_a_changed_factor_scales_what_is_sensed(day: PlantRun, kind: str, size: float, expected: float) -> None:
    fine = replace(RATE, decimals=9)
    seen, true = shown(day, fine, Fault(kind, hours(day, 4, 8), "rate", size=size)), shown(day, fine)
    assert int(seen.value[479]) == pytest.approx(expected * int(true.value[479]), rel=1e-7)
    assert seen.value[:240].tolist() == true.value[:240].tolist()
    assert seen.value[480:].tolist() == true.value[480:].tolist()


def test_a_drift_grows_slowly(day: PlantRun) -> None:
    fine = replace(RATE, decimals=9)
    seen, true = shown(day, fine, Fault("drift", hours(day, 0, 10), "rate", size=0.1)), shown(day, fine)
    assert seen.value[299] / true.value[299] == pytest.approx(1.05)


def test_a_belt_scale_with_a_zero_drift_counts_while_the_belt_stands(day: PlantRun) -> None:
    standing = {**day.minutes, "line.1.coal_kiln": np.where(np.arange(1440) < 720, 20.0, 0.0)}
    fault = Fault("zero-drift", hours(day, 0, 24), "coal", size=0.4)
    seen = show(replace(day.scenario, faults=(fault,)), standing, seed=5, channels=[replace(COAL, initial=0)])["coal"]
    assert int(seen.value[720]) == 240_000  # 20 t/h for 12 h; the drift shows only at rest
    assert int(seen.value[-1]) == 240_000 + 4_800  # 0.4 t/h for 12 h


def test_a_dead_device_gives_no_data(day: PlantRun) -> None:
    seen = shown(day, RATE, Fault("dead", hours(day, 1, 2), device="meters"))
    assert np.flatnonzero(seen.quality == Quality.NO_DATA).tolist() == list(range(60, 120))
    assert seen.value[60:120].max() == 0


def test_a_ticket_is_edited_and_another_deleted(month: PlantRun) -> None:
    scenario = month.scenario
    before = {
        ticket.number: ticket
        for ticket in changed(
            scenario, month.tickets, until=scenario.clock.instant(datetime.date(2026, 10, 7), datetime.time(21))
        )
    }
    after = {ticket.number: ticket for ticket in changed(scenario, month.tickets, until=scenario.span.end)}
    assert after[45].net_kg == before[45].net_kg - 3200
    assert after[45].changed_at is not None
    assert 60 in before
    assert 60 not in after
    assert len(after) == len(month.tickets) - 1


def test_the_table_of_the_truck_scale_fills_with_time(month: PlantRun) -> None:
    until = month.tickets[9].time
    assert [ticket.number for ticket in changed(month.scenario, month.tickets, until=until)] == list(range(1, 11))


def test_laboratory_results_come_late_and_scatter_as_declared(month: PlantRun) -> None:
    carbon = [result for result in month.results if result.quantity == "coal.carbon"]
    assert len(carbon) == 31
    assert {result.reported - result.sampled for result in carbon} == {20 * HOUR}
    scatter = np.std([result.value / result.true for result in carbon])
    assert 0.002 < scatter < 0.007  # declared 0.004; 31 samples
