"""Source-stream classes: the limits of two documents, two readings of their "or", and the streams of an inventory."""

from __future__ import annotations

import datetime
import functools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.accounting.errors import SourceStreamError
from tanheng.accounting.plant import Basis, Clinker, Line, Place, Stream, StreamKind
from tanheng.accounting.source_streams import Classification, Grade, Reading, SourceStream, classify, rule_set, streams_of
from tanheng.core.states import CheckState
from tanheng.standards import RulePack, UnknownIdError, ValueMissingError, load_pack

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any

WORDS = {"zh": "x", "en": "x"}
JJF, DB50 = "cn.jjf2309.source_stream", "cn.db50t.source_stream"


@functools.cache
def shipped() -> RulePack:
    return load_pack()


def classes(*emissions: str, reading: Reading = Reading.STRICTEST, rules: str = JJF) -> Classification:
    streams = [SourceStream(f"s{number}", WORDS, Decimal(value)) for number, value in enumerate(emissions)]
    return classify(streams, rule_set(shipped(), rules), reading=reading)


def grade_of(found: Classification, name: str) -> Grade:
    return next(item.grade for item in found.streams if item.stream.id == name)


# instruments §2: 6000 t in a plant of 2.6 Mt is major by tonnes and 0.2 % of the total
def test_the_example_of_the_rules_is_major_by_the_stricter_reading_and_de_minimis_by_the_other() -> None:
    (item,) = (item for item in classes("6000", "2594000").streams if item.stream.id == "s0")
    assert (item.by_tonnes, item.by_share) == (Grade.MAJOR, Grade.DE_MINIMIS)
    assert (item.grade, item.other, item.differs) == (Grade.MAJOR, Grade.DE_MINIMIS, True)
    assert grade_of(classes("6000", "2594000", reading=Reading.EU_STYLE), "s0") is Grade.DE_MINIMIS


@pytest.mark.parametrize(
    ("emission", "rules", "grade"),
    [  # by hand in a total near 1 Mt, where tonnes are the stricter limit
        ("5000", JJF, Grade.MAJOR),
        ("4999.99", JJF, Grade.MINOR),
        ("1000", JJF, Grade.MINOR),
        ("999.99", JJF, Grade.DE_MINIMIS),
        ("999.99", DB50, Grade.DE_MINIMIS),
    ],
)
def test_major_begins_at_its_limit_and_de_minimis_ends_below_its_own(emission: str, rules: str, grade: Grade) -> None:
    assert grade_of(classes(emission, "1000000", rules=rules), "s0") is grade


@pytest.mark.parametrize(
    ("share", "rules", "grade"),
    [  # by hand in a total of 5000 t, where shares are the stricter limit
        ("500", JJF, Grade.MAJOR),
        ("499.99", JJF, Grade.MINOR),
        ("100", JJF, Grade.MINOR),
        ("99.99", JJF, Grade.DE_MINIMIS),
        ("99.99", DB50, Grade.MINOR),
        ("50", DB50, Grade.MINOR),
        ("49.99", DB50, Grade.DE_MINIMIS),
    ],
)
def test_shares_of_a_small_plant_follow_the_rule_set(share: str, rules: str, grade: Grade) -> None:
    assert grade_of(classes(share, str(5000 - Decimal(share)), rules=rules), "s0") is grade


def test_de_minimis_streams_together_stay_under_the_cap_smallest_first() -> None:
    # by hand: 2 % of 2 000 000 t is 40 000 t; 4000 + 7000 + 8000 = 19 000 t fit under 20 000 t, 9000 t more does not
    found = classes("9000", "8000", "7000", "4000", "1972000", reading=Reading.EU_STYLE)
    assert {item.stream.id: item.grade for item in found.streams} == {
        "s4": Grade.MAJOR,
        "s0": Grade.MINOR,
        "s1": Grade.DE_MINIMIS,
        "s2": Grade.DE_MINIMIS,
        "s3": Grade.DE_MINIMIS,
    }


def test_streams_come_largest_first_with_the_rule_set_and_reading_named() -> None:
    found = classes("5", "7", "6")
    assert [item.stream.id for item in found.streams] == ["s1", "s2", "s0"]
    assert (found.rules.id, found.reading, found.total) == (JJF, Reading.STRICTEST, Decimal(18))


def test_a_plant_that_emits_nothing_has_only_de_minimis_streams() -> None:
    assert [item.grade for item in classes("0", "0").streams] == [Grade.DE_MINIMIS] * 2


def test_a_stream_below_zero_is_refused() -> None:
    with pytest.raises(SourceStreamError, match="below zero"):
        classes("-1", "5")


@given(st.lists(st.decimals(0, "3e6", places=2), min_size=1, max_size=12), st.sampled_from(Reading))
def test_a_larger_stream_is_never_in_a_laxer_class(emissions: list[Decimal], reading: Reading) -> None:
    ranks = [item.grade.rank for item in classes(*map(str, emissions), reading=reading).streams]
    assert ranks == sorted(ranks)


@given(st.lists(st.decimals(0, "3e6", places=2), min_size=1, max_size=12))
def test_the_other_reading_is_what_the_other_reading_says(emissions: list[Decimal]) -> None:
    first, second = (classes(*map(str, emissions), reading=reading) for reading in Reading)
    assert [item.other for item in first.streams] == [item.grade for item in second.streams]
    assert all(item.grade.rank <= item.other.rank for item in first.streams)


def test_limits_are_dated_and_their_state_is_told(pack: RulePack) -> None:
    assert rule_set(pack, JJF, on=datetime.date(2026, 1, 1)).check is CheckState.VERIFIED
    with pytest.raises(ValueMissingError):
        rule_set(pack, JJF, on=datetime.date(2020, 1, 1))
    with pytest.raises(UnknownIdError):
        rule_set(pack, "cn.no.such_table")


# -- of an inventory --------------------------------------------------------------------------------------------------------


def test_a_fuel_is_a_stream_and_so_is_the_process_of_a_line(plant_year: Desk) -> None:
    found = plant_year.account().source_streams
    amounts = {item.stream.id: item.stream.emission for item in found.streams}
    assert amounts == {
        "line.1.fuel.coal": 12 * Decimal("37280.842552800"),  # T1
        "line.1.fuel.diesel": 12 * Decimal("46.43864456"),  # T3
        "line.1.process": 12 * Decimal("70942.5"),  # T4
    }
    assert [item.grade for item in found.streams] == [Grade.MAJOR, Grade.MAJOR, Grade.DE_MINIMIS]


def test_a_fuel_metered_once_for_two_lines_is_one_stream(desk: Desk) -> None:
    clinkers = (Clinker("portland", "portland", WORDS),)
    desk.lines = tuple(Line(name, WORDS, Decimal(5000), "4.8×72", clinkers) for name in "12")
    desk.streams = (Stream("coal", StreamKind.FUEL, "bituminous_coal", "site", Place.MILL, WORDS, "cement_kiln", ("1", "2")),)
    desk.write("site.fuel.coal.consumption", "34000", "t", place=Place.MILL)
    desk.write("site.fuel.coal.net_calorific_value", "23.076", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.MILL)
    for name in "12":
        desk.write(f"line.{name}.fuel.coal.key", "17000", "t", place=Place.KILN)
        desk.write(f"line.{name}.clinker.portland.output", "135000", "t")
        desk.write(f"line.{name}.electricity.consumed", "7500", "MWh")
    desk.write("enterprise.electricity.purchased", "15000", "MWh")
    inventory = desk.account()
    found = streams_of(inventory.plant, inventory.figures)
    assert found is not None
    (coal,) = (item for item in found if item.id == "site.fuel.coal")
    assert coal.emission == 24 * Decimal("37280.842552800")  # T1 on each line


def test_an_alternative_fuel_counts_with_its_fossil_part(plant_year: Desk) -> None:
    cloth = Stream("cloth", StreamKind.ALTERNATIVE_FUEL, "cloth", "line.1", Place.KILN, WORDS)
    plant_year.streams = (*plant_year.streams, cloth)
    for item, value, unit in (
        ("consumption", "2000", "t"),
        ("emission_factor", "0.09", "tCO2/GJ"),
        ("fossil_share", "40", "%"),
    ):
        plant_year.write(f"line.1.alternative_fuel.cloth.{item}", value, unit, place=Place.KILN if unit == "t" else None)
    plant_year.write(
        "line.1.alternative_fuel.cloth.net_calorific_value", "12.5", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN
    )
    found = plant_year.account().source_streams
    (item,) = (item for item in found.streams if item.stream.id == "line.1.alternative_fuel.cloth")
    assert item.stream.emission == 12 * 900  # 2000 · 12.5 · 0.09 · 0.4


def test_a_blank_stream_leaves_no_classes(plant_year: Desk) -> None:
    plant_year.entries = [e for e in plant_year.entries if e.id != "line.1.fuel.coal.consumption@2025-05"]
    plant_year.write("line.1.fuel.coal.consumption", [None], "t", place=Place.KILN, periods=["2025-05"])
    assert plant_year.account().source_streams is None


def test_a_blank_process_leaves_no_classes(plant_year: Desk) -> None:
    plant_year.entries = [e for e in plant_year.entries if e.id != "line.1.clinker.portland.output@2025-05"]
    plant_year.write("line.1.clinker.portland.output", [None], "t", periods=["2025-05"])
    assert plant_year.account().source_streams is None
