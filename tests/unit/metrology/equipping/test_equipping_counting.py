"""Single rules of counting: classes, chains, shares, and what may cause what."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.source_streams import Grade
from tanheng.core.states import CheckState, Severity
from tanheng.metrology.equipping import CertificateArrives, PointCount, Rules, Share, rates, rules, what_if
from tanheng.metrology.equipping.reasons import RULE_OF, Reason, Why
from tanheng.metrology.errors import EquippingError
from tanheng.metrology.instruments.accuracy import is_better, is_class
from tanheng.metrology.instruments.certificate import Result
from tanheng.metrology.instruments.chains import holdings, trace_of_chain, worst_class
from tanheng.metrology.instruments.model import Register, UseState
from tanheng.metrology.network.model import Level, Network, Role
from tanheng.metrology.requirement import OUTCOME_OF, Outcome
from tanheng.standards import load_pack

Makers = Any  # the class of makers in conftest.py, which a test module cannot import


def only(network: Network, register: Register, held: Rules, on: datetime.date) -> PointCount:
    (count,) = rates(network, register, held, on=on).points.values()
    return count


def whys(count: PointCount) -> list[str]:
    return [reason.why.value for reason in count.reasons]


def remarks(count: PointCount) -> list[str]:
    return [note.remark.value for note in count.notes]


# Domain text: 2999 of 3000 = 99.966… % is shown as 99.9 and does not reach 100 %; 8 of 10 is 80.0.
@pytest.mark.parametrize(
    ("part", "whole", "shown", "reaches"), [(2999, 3000, "99.9", False), (8, 10, "80.0", False), (3000, 3000, "100.0", True)]
)
def test_a_rate_is_never_rounded_up(part: int, whole: int, shown: str, reaches: bool) -> None:
    share = Share(part, whole)
    assert str(share.percent) == shown
    assert share.reaches(Decimal(100)) is reaches


def test_the_worked_example_of_the_domain_text(make: Makers, held: Rules) -> None:
    # Needed 10, installed 9, one of them overdue: effective 8, R = 80.0 %, fails.
    points = [make.point(f"P{number}") for number in range(10)]
    register = make.register(
        instruments=[make.instrument(f"I{number}") for number in range(9)],
        at={f"P{number}": f"I{number}" for number in range(9)},
        certificates=[
            make.certificate(f"I{number}", valid_to=datetime.date(2026, 6, 29) if number == 0 else None) for number in range(9)
        ],
    )
    row = rates(make.network(*points), register, held, on=make.today).rows["activity_major"]
    assert (str(row.equipped.percent), row.meets) == ("80.0", False)
    assert (row.within.part, row.within.whole) == (8, 9)


# Smaller is better; an S meter is better than the same class without S; the two kinds of classes are not compared.
@pytest.mark.parametrize(
    ("stated", "needs", "expected"),
    [
        ("0.5", "0.5", []),
        ("0.5级", "0.5", []),
        ("0.2", "0.5", []),
        ("0.5S", "0.5", []),
        ("0.5", "0.5S", ["own_class"]),
        ("1.0", "0.5", ["own_class"]),
        ("Ⅲ", "Ⅲ", []),
        ("Ⅱ", "Ⅲ", []),
        ("Ⅳ", "Ⅲ", ["own_class"]),
    ],
)
def test_a_class_must_be_the_one_required_or_better(
    make: Makers, held: Rules, stated: str, needs: str, expected: list[str]
) -> None:
    network = make.network(make.point("P", parameter="", required_class=needs))
    register = make.register(
        instruments=[make.instrument("I")], at={"P": "I"}, certificates=[make.certificate("I", accuracy_class=stated)]
    )
    assert whys(only(network, register, held, make.today)) == expected


@pytest.mark.parametrize(
    ("stated", "remark"), [("Ⅲ", "class_not_comparable"), ("", "class_not_stated"), ("±1%", "class_not_comparable")]
)
def test_what_cannot_be_compared_is_said_and_not_guessed(make: Makers, held: Rules, stated: str, remark: str) -> None:
    network = make.network(make.point("P"))
    register = make.register(
        instruments=[make.instrument("I")], at={"P": "I"}, certificates=[make.certificate("I", accuracy_class=stated)]
    )
    count = only(network, register, held, make.today)
    assert count.is_equipped
    assert remarks(count) == [remark]


@pytest.mark.parametrize(
    ("level", "accuracy_class", "expected"),
    [(Level.ENTRY, "0.5", ["class"]), (Level.ENTRY, "0.5S", []), (Level.SYSTEM, "1.0", []), (Level.SYSTEM, "2.0", ["class"])],
)
def test_an_electricity_meter_at_the_entry_needs_a_better_class(
    make: Makers, held: Rules, level: Level, accuracy_class: str, expected: list[str]
) -> None:
    network = make.network(make.point("P", parameter="electricity", role=Role.PURCHASED, level=level))
    register = make.register(
        instruments=[make.instrument("I", kind="electricity_meter")],
        at={"P": "I"},
        certificates=[make.certificate("I", accuracy_class=accuracy_class)],
    )
    assert whys(only(network, register, held, make.today)) == expected


# 法人边界 is where the unit of energy use begins: what is metered there is metered at its entry (GB 17167, Table B.4).
@pytest.mark.parametrize(
    ("level", "row"),
    [
        (Level.ENTITY, "electricity.entry"),
        (Level.ENTRY, "electricity.entry"),
        (Level.SYSTEM, "electricity.system"),
        (Level.EQUIPMENT, "electricity.equipment"),
    ],
)
@pytest.mark.parametrize("role", [Role.PURCHASED, Role.INTERNAL])
def test_an_energy_is_needed_at_its_level(make: Makers, held: Rules, role: Role, level: Level, row: str) -> None:
    point = make.point("P", parameter="electricity", role=role, level=level, energy="electricity")
    result = rates(make.network(point), make.register(), held, on=make.today)
    assert list(result.energy) == [row]
    assert result.outside == ()


# The domain text: 90/80 and no rate for equipment; the energy-audit application shows 100/80/60: a conflict.
def test_a_doubt_about_a_requirement_goes_with_it(held: Rules) -> None:
    required = held.energy_rates["recovered_energy", Level.ENTRY]
    assert required.percent == Decimal(90)
    assert required.basis.note is not None
    assert "100/80/60" in required.basis.note["zh"]
    assert "100/80/60" in required.basis.note["en"]
    assert ("recovered_energy", Level.EQUIPMENT) not in held.energy_rates
    other = held.energy_rates["electricity", Level.ENTRY].basis.note
    assert other is None or "100/80/60" not in other["zh"]


@pytest.mark.parametrize("text", ["ⅡⅢ", "ⅢⅣ", "Ⅰ、Ⅱ", "0.5/1.0", "±0.5 %FS", "A级", ""])
def test_what_is_not_one_class_is_none(text: str) -> None:
    assert not is_class(text)
    assert is_better(text, "Ⅲ") is None
    assert is_better(text, "0.5") is None


def test_a_certificate_of_a_stranger_is_no_change(make: Makers, held: Rules) -> None:
    arrives = CertificateArrives(make.certificate("X"))
    with pytest.raises(EquippingError, match="X"):
        what_if(make.network(make.point("P")), make.register(), held, [arrives], on=make.today)


def test_all_reasons_are_told_at_once(make: Makers, held: Rules) -> None:
    network = make.network(make.point("P"))
    register = make.register(
        instruments=[make.instrument("I", state=UseState.SEALED_UP)],
        at={"P": "I"},
        certificates=[make.certificate("I", valid_to=datetime.date(2026, 1, 1), accuracy_class="2.0")],
    )
    assert whys(only(network, register, held, make.today)) == ["not_in_service", "overdue", "class"]


@pytest.mark.parametrize(
    ("changed", "expected"), [({"portable": True}, ["portable"]), ({"state": UseState.SCRAPPED}, ["scrapped"])]
)
def test_the_certificate_of_what_is_not_there_is_no_matter(
    make: Makers, held: Rules, changed: dict[str, Any], expected: list[str]
) -> None:
    overdue = make.certificate("I", valid_to=datetime.date(2026, 1, 1), accuracy_class="2.0")
    register = make.register(instruments=[make.instrument("I", **changed)], at={"P": "I"}, certificates=[overdue])
    assert whys(only(make.network(make.point("P")), register, held, make.today)) == expected


def test_one_good_instrument_is_enough_beside_a_bad_one(make: Makers, held: Rules) -> None:
    network = make.network(make.point("P"))
    register = make.register(
        instruments=[make.instrument("I"), make.instrument("J")], at={"P": "I"}, certificates=[make.certificate("J")]
    )
    beside = make.register(at={"P": "J"}).installations
    both = Register(
        instruments=register.instruments,
        chains=(),
        installations=(*register.installations, *beside),
        certificates=register.certificates,
    )
    assert whys(only(network, register, held, make.today)) == ["never"]
    assert only(network, both, held, make.today).is_equipped


def chain_plant(make: Makers, traced: Sequence[str], **more: object) -> Register:
    plant: Register = make.register(
        instruments=[make.instrument("S"), make.instrument("T", **more)],
        chains=[make.chain("C", {"S": "sensor", "T": "transmitter"}, "sensor", "transmitter")],
        at={"P": "C"},
        certificates=[make.certificate(code) for code in traced],
    )
    return plant


@pytest.mark.parametrize(
    ("traced", "expected"),
    [(["S", "T"], []), (["S"], ["never"]), (["C"], []), ([], ["never", "never"]), (["C", "S"], [])],
)
def test_a_chain_is_as_good_as_its_worst_part_unless_certified_as_a_system(
    make: Makers, held: Rules, traced: list[str], expected: list[str]
) -> None:
    count = only(make.network(make.point("P")), chain_plant(make, traced), held, make.today)
    assert whys(count) == expected


def test_a_chain_that_failed_as_a_system_stops_whatever_its_parts_say(make: Makers, held: Rules) -> None:
    good = chain_plant(make, ["S", "T"])
    failed = make.certificate("C", result=Result.UNQUALIFIED)
    register = Register(
        instruments=good.instruments,
        chains=good.chains,
        installations=good.installations,
        certificates=(*good.certificates, failed),
    )
    assert whys(only(make.network(make.point("P")), register, held, make.today)) == ["failed"]


def test_the_part_of_a_chain_that_is_scrapped_is_missing(make: Makers, held: Rules) -> None:
    count = only(make.network(make.point("P")), chain_plant(make, ["S", "T"], state=UseState.SCRAPPED), held, make.today)
    assert whys(count) == ["chain_part"]
    assert "transmitter" in count.reasons[0].text("en")


def test_a_part_beside_its_chain_is_not_counted_in_its_place(make: Makers, held: Rules) -> None:
    plant = make.register(
        instruments=[make.instrument("S")],
        chains=[make.chain("C", {"S": "sensor"}, "sensor", "transmitter")],
        at={"P": "C"},
        certificates=[make.certificate("S")],
    )
    beside = make.register(at={"P": "S"}).installations
    register = Register(
        instruments=plant.instruments,
        chains=plant.chains,
        installations=(*plant.installations, *beside),
        certificates=plant.certificates,
    )
    assert whys(only(make.network(make.point("P")), register, held, make.today)) == ["chain_part"]


def test_the_state_of_a_chain_is_that_of_its_worst_part(make: Makers) -> None:
    register = chain_plant(make, ["S"])
    assert trace_of_chain(register.chains[0], holdings(register), make.today).value == "never"
    whole = chain_plant(make, ["S", "T"])
    assert trace_of_chain(whole.chains[0], holdings(whole), make.today).value == "valid"


@pytest.mark.parametrize(
    ("classes", "worst"), [(["0.2S", "0.5S", "0.5"], "0.5"), (["Ⅲ", "Ⅱ"], "Ⅲ"), (["0.5"], "0.5"), (["0.5", "Ⅲ"], None)]
)
def test_the_worst_class_of_a_chain(classes: list[str], worst: str | None) -> None:
    assert worst_class(classes) == worst


def test_a_stream_without_class_is_counted_as_a_major_one_and_that_is_said(make: Makers, held: Rules) -> None:
    result = rates(make.network(make.point("P"), grade=None), make.register(), held, on=make.today)
    assert result.rows["activity_major"].equipped == Share(0, 1)
    assert [note.remark.value for note in result.notes["P"]] == ["stream_not_classed"]


# Product rule: unverified warns, secondary gives an observation, verified a non-conformity.
def test_the_one_table_of_what_a_state_may_cause() -> None:
    assert {check.value: outcome.value for check, outcome in OUTCOME_OF.items()} == {
        "verified": "non_conformity",
        "secondary": "observation",
        "unverified": "warning",
    }
    assert [outcome.severity for outcome in Outcome] == [Severity.ERROR, Severity.NOTICE, Severity.WARNING]


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_rests_on_a_rule_and_reads_well_in_both_languages(held: Rules, why: Why) -> None:
    reason = Reason(why=why, basis=held.counting[RULE_OF[why]], item="I-1", has="2.0", needs="0.5")
    assert reason.text("zh") != reason.text("en")
    always = why.value in ("overdue", "failed", "never")
    assert reason.outcome is (Outcome.NON_CONFORMITY if always else OUTCOME_OF[reason.basis.check])


def test_a_confirmed_requirement_may_cause_what_a_verified_one_may(held: Rules) -> None:
    basis = held.counting["accuracy"]
    assert basis.strength is CheckState.UNVERIFIED
    assert replace(basis, confirmed=True).strength is CheckState.VERIFIED


# Table A.1, class table and threshold as shipped; provenance comes with each.
def test_a_requirement_says_where_it_comes_from(held: Rules) -> None:
    required = held.rows["factor_de_minimis"]
    assert (required.percent, required.basis.document, required.basis.check.value) == (
        Decimal(100),
        "jjf-2309-2025",
        "verified",
    )
    basis = held.classes["solid_fuel_fired", "belt_scale", "general"]
    assert (basis.printed["zh"], basis.document, basis.check.value) == ("0.5", "db50t-carbon-metering-2-draft", "unverified")


def test_each_rule_set_brings_its_threshold() -> None:
    assert rules(load_pack(), rule_set="jjf2309").fugitive_share == Decimal("0.02")
    draft = rules(load_pack(), rule_set="db50t")
    assert (draft.fugitive_tonnes, draft.fugitive_share) == (Decimal(1000), Decimal("0.01"))


@pytest.mark.parametrize(("given", "says"), [({"rule_set": "zsm"}, "zsm"), ({"edition": "2016"}, "2016")])
def test_an_unknown_rule_set_or_edition_is_refused_by_name(given: dict[str, str], says: str) -> None:
    with pytest.raises(EquippingError, match=says):
        rules(load_pack(), **given)  # type: ignore[arg-type]  # one text argument at a time


# 2 % of 100 000 t is 2000 t, 1 % of 200 000 t as well; 1000 t is the draft's own limit; all are "at or above".
@pytest.mark.parametrize(
    ("rule_set", "tonnes", "total", "needed"),
    [
        ("jjf2309", 2000, 100_000, 1),
        ("jjf2309", 1999, 100_000, 0),
        ("jjf2309", 1000, 100_000, 0),
        ("db50t", 1000, 200_000, 1),
        ("db50t", 999, 200_000, 0),
        ("db50t", 500, 50_000, 1),
        ("db50t", 499, 50_000, 0),
    ],
)
def test_a_fugitive_emission_is_metered_from_its_threshold_on(
    make: Makers, rule_set: str, tonnes: int, total: int, needed: int
) -> None:
    network = make.network(make.point("P", role=Role.FUGITIVE), grade=Grade.MINOR)
    emissions = {"coal": Decimal(tonnes), "rest": Decimal(total - tonnes)}
    result = rates(network, make.register(), rules(load_pack(), rule_set=rule_set), on=make.today, emissions=emissions)
    assert result.rows["measured_fugitive"].equipped.whole == needed
