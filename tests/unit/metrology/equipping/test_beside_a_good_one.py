"""An instrument whose confirmation is overdue beside one that counts is listed and no gap; and the drawing agrees."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.metrology.equipping import Rules, beside, count_point, drawn, gaps, rates, rules
from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result
from tanheng.metrology.instruments.chains import holdings
from tanheng.metrology.instruments.model import Chain, Installation, Instrument, Register, Spell, UseState
from tanheng.metrology.network.drawing import Standing
from tanheng.metrology.network.model import Level, Method, Point, Role
from tanheng.standards import load_pack

Makers = Any  # the class of makers in conftest.py, which a test module cannot import
BEGUN = datetime.date(2024, 1, 1)
OVER = datetime.date(2026, 1, 1)
SOON = datetime.date(2026, 7, 15)


def two(make: Makers, *, state: UseState = UseState.IN_SERVICE, **bad: Any) -> Register:
    """Return a good instrument and another one at one point."""
    register: Register = make.register(
        instruments=[make.instrument("GOOD"), make.instrument("BAD", state=state)],
        certificates=[make.certificate("GOOD"), make.certificate("BAD", **bad)],
    )
    there = tuple(Installation(instrument=code, point="P", start=datetime.date(2024, 1, 1)) for code in ("GOOD", "BAD"))
    return replace(register, installations=there)


def test_an_overdue_instrument_beside_a_good_one_is_listed_and_no_gap(make: Makers, held: Rules) -> None:
    register = two(make, valid_to=OVER)
    counted = rates(make.network(make.point("P")), register, held, on=make.today)
    assert (counted.points["P"].is_equipped, gaps(counted, register)) == (True, ())
    (found,) = beside(counted)
    assert (found.item, found.points, found.good, found.outcome.value) == ("BAD", ("P",), ("GOOD",), "non_conformity")
    assert [(reason.why.value, reason.item) for reason in found.reasons] == [("overdue", "BAD")]


@pytest.mark.parametrize(
    ("bad", "why", "outcome"),
    [
        ({"confirmed": False}, "unconfirmed", "warning"),
        ({"result": Result.UNQUALIFIED}, "failed", "non_conformity"),
        ({"issued_on": datetime.date(2026, 12, 1)}, "never", "non_conformity"),
    ],
)
def test_whatever_breaks_traceability_is_listed(make: Makers, held: Rules, bad: dict[str, Any], why: str, outcome: str) -> None:
    (found,) = beside(rates(make.network(make.point("P")), two(make, **bad), held, on=make.today))
    assert ([reason.why.value for reason in found.reasons], found.outcome.value) == ([why], outcome)


def test_the_worst_of_its_reasons_says_what_using_it_may_cause(make: Makers, held: Rules) -> None:
    register = make.register(
        instruments=[make.instrument(code) for code in ("GOOD", "S", "T")],
        chains=[make.chain("C", {"S": "sensor", "T": "converter"}, "sensor")],
        certificates=[make.certificate("GOOD"), make.certificate("S", confirmed=False), make.certificate("T", valid_to=OVER)],
    )
    there = tuple(Installation(instrument=code, point="P", start=BEGUN) for code in ("GOOD", "C"))
    (found,) = beside(rates(make.network(make.point("P")), replace(register, installations=there), held, on=make.today))
    assert [(reason.why.value, reason.outcome.value) for reason in found.reasons] == [
        ("unconfirmed", "warning"),
        ("overdue", "non_conformity"),
    ]
    assert found.outcome.value == "non_conformity"


# What is not used may be overdue; what is only too coarse is traced; on its last day a certificate still holds.
@pytest.mark.parametrize(
    "bad",
    [
        {"valid_to": OVER, "state": UseState.SEALED_UP},
        {"valid_to": OVER, "state": UseState.SCRAPPED},
        {"accuracy_class": "2.0"},
        {"valid_to": datetime.date(2026, 6, 30)},
    ],
)
def test_what_is_not_used_or_is_traced_is_not_listed(make: Makers, held: Rules, bad: dict[str, Any]) -> None:
    assert beside(rates(make.network(make.point("P")), two(make, **bad), held, on=make.today)) == ()


def test_at_a_point_that_is_a_gap_nothing_is_listed_twice(make: Makers, held: Rules) -> None:
    register = make.register(
        instruments=[make.instrument("BAD")], at={"P": "BAD"}, certificates=[make.certificate("BAD", valid_to=OVER)]
    )
    assert beside(rates(make.network(make.point("P")), register, held, on=make.today)) == ()


def test_one_that_stands_at_two_points_is_listed_once(make: Makers, held: Rules) -> None:
    register = two(make, valid_to=OVER)
    more = tuple(Installation(instrument=code, point="Q", start=datetime.date(2024, 1, 1)) for code in ("GOOD", "BAD"))
    register = replace(register, installations=(*register.installations, *more))
    (found,) = beside(rates(make.network(make.point("P"), make.point("Q")), register, held, on=make.today))
    assert found.points == ("P", "Q")


def shown(make: Makers, held: Rules, register: Register) -> tuple[str, str]:
    kept = holdings(register)
    found = drawn(count_point(make.point("P"), kept, held, make.today), kept, make.today)
    return found.standing.value, found.tag


def one(make: Makers, *, state: UseState = UseState.IN_SERVICE, kind: str = "belt_scale", **given: Any) -> Register:
    register: Register = make.register(
        instruments=[make.instrument("I", state=state, kind=kind, portable=given.pop("portable", False))],
        at={"P": "I"},
        certificates=[make.certificate("I", **given)],
    )
    return register


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("valid", "")),
        ({"valid_to": SOON}, ("due_soon", "tag.due_soon")),
        ({"valid_to": OVER}, ("invalid", "tag.overdue")),
        ({"confirmed": False}, ("invalid", "tag.unconfirmed")),
        ({"result": Result.UNQUALIFIED}, ("invalid", "tag.failed")),
        ({"issued_on": datetime.date(2026, 12, 1)}, ("invalid", "tag.never")),
        ({"state": UseState.REPAIR}, ("short", "tag.not_in_service")),
        ({"state": UseState.REPAIR, "valid_to": OVER}, ("invalid", "tag.overdue")),
        ({"state": UseState.SCRAPPED}, ("missing", "tag.missing")),
        ({"portable": True}, ("missing", "tag.missing")),
        ({"accuracy_class": "2.0"}, ("short", "tag.class")),
        ({"kind": "other"}, ("short", "tag.kind")),
    ],
)
def test_a_point_is_drawn_as_it_is_counted(make: Makers, held: Rules, given: dict[str, Any], expected: tuple[str, str]) -> None:
    assert shown(make, held, one(make, **given)) == expected


def test_a_point_without_anything_is_drawn_missing(make: Makers, held: Rules) -> None:
    assert shown(make, held, make.register()) == ("missing", "tag.missing")


def test_a_chain_that_lacks_a_part_is_not_drawn_as_equipped(make: Makers, held: Rules) -> None:
    # CH-PV-2 of the Hubei example: a Pitot tube whose transmitter was never entered.
    register = make.register(
        instruments=[make.instrument("PV")],
        chains=[make.chain("C", {"PV": "sensor"}, "sensor", "converter")],
        at={"P": "C"},
        certificates=[make.certificate("PV"), make.certificate("C")],
    )
    assert shown(make, held, register) == ("short", "tag.chain_part")


# One that does not count says nothing of when the point is due.
@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ({"valid_to": OVER}, ("valid", "tag.beside")),
        ({}, ("valid", "")),
        ({"valid_to": SOON}, ("due_soon", "tag.due_soon")),
        ({"valid_to": SOON, "accuracy_class": "2.0"}, ("valid", "")),
    ],
)
def test_the_drawing_remarks_what_stands_beside(
    make: Makers, held: Rules, bad: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert shown(make, held, two(make, **bad)) == expected


HELD: Rules = rules(load_pack())
DAYS = st.dates(datetime.date(2025, 1, 1), datetime.date(2026, 12, 31))
CODES = ("I0", "I1", "I2")


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Return three instruments and a chain of two of them, all at one point or not, with certificates of any kind."""
    instruments = tuple(
        Instrument(
            code=code,
            title=words(code),
            kind=draw(st.sampled_from(["belt_scale", "other", "batch_scale"])),
            portable=draw(st.booleans()),
            states=(Spell(start=datetime.date(2024, 1, 1), state=draw(st.sampled_from(UseState))),),
        )
        for code in CODES
    )
    chain = Chain(
        code="C",
        title=words("C"),
        members=("I0", "I1"),
        needed=draw(st.sampled_from([(), ("sensor",), ("sensor", "totaliser")])),
        roles={"I0": "sensor", "I1": "speed_sensor"},
        measures=draw(st.sampled_from([(), ("belt_scale",)])),
    )
    certificates = tuple(
        Certificate(
            instrument=code,
            number=code,
            kind=CertificateKind.VERIFICATION,
            issuer="institute",
            issued_on=draw(DAYS),
            valid_to=draw(st.none() | DAYS),
            result=draw(st.sampled_from([Result.QUALIFIED, Result.UNQUALIFIED])),
            accuracy_class=draw(st.sampled_from(["0.2", "0.5", "2.0", "Ⅲ", ""])),
            confirmed_on=draw(st.none() | DAYS),
            fit=draw(st.sampled_from([True, True, False])),
        )
        for code in (*CODES, "C")
        if draw(st.booleans())
    )
    there = tuple(
        Installation(instrument=code, point="P", start=datetime.date(2024, 1, 1))
        for code in (*CODES, "C")
        if draw(st.booleans())
    )
    return Register(instruments=instruments, chains=(chain,), installations=there, certificates=certificates)


@settings(deadline=None)
@given(registers(), DAYS, st.sampled_from(["solid_fuel_fired", "alternative_fuel", "stock", ""]))
def test_drawing_and_rate_never_differ(register: Register, on: datetime.date, parameter: str) -> None:
    point = Point(
        code="P",
        title=words("P"),
        place="",
        stream="s",
        parameter=parameter,
        method=Method.CALCULATED,
        role=Role.ACTIVITY,
        level=Level.SYSTEM,
    )
    kept = holdings(register)
    counted = count_point(point, kept, HELD, on)
    standing = drawn(counted, kept, on).standing
    assert (standing in (Standing.VALID, Standing.DUE_SOON)) is counted.is_equipped
    assert (standing is Standing.MISSING) is (not counted.is_equipped and not counted.is_installed)


def test_only_what_breaks_traceability_is_told_and_in_order_of_codes(make: Makers, held: Rules) -> None:
    codes = ("GOOD-2", "GOOD-1", "BAD-2", "BAD-1")
    bad: dict[str, Any] = {"valid_to": OVER, "accuracy_class": "2.0"}
    register = make.register(
        instruments=[make.instrument(code) for code in codes],
        certificates=[make.certificate(code, **(bad if code.startswith("BAD") else {})) for code in codes],
    )
    there = tuple(Installation(instrument=code, point="P", start=BEGUN) for code in codes)
    found = beside(rates(make.network(make.point("P")), replace(register, installations=there), held, on=make.today))
    assert [(one.item, one.good) for one in found] == [(code, ("GOOD-1", "GOOD-2")) for code in ("BAD-1", "BAD-2")]
    assert [[reason.why.value for reason in one.reasons] for one in found] == [["overdue"], ["overdue"]]  # and not the class


def test_what_does_not_count_is_neither_remarked_nor_shared(make: Makers, held: Rules) -> None:
    # BAD comes before GOOD, meters R too, and states no class: nothing of that is said of a point that counts.
    register = two(make, valid_to=OVER, accuracy_class="")
    more = (("GOOD", "Q"), ("BAD", "R"))
    there = tuple(Installation(instrument=code, point=point, start=BEGUN) for code, point in more)
    register = replace(register, installations=(*register.installations, *there))
    points = [make.point(code) for code in ("P", "Q", "R")]
    counted = rates(make.network(*points), register, held, on=make.today).points
    assert [(note.remark.value, note.item, note.others) for note in counted["P"].notes] == [("shared", "GOOD", ("Q",))]
    assert counted["P"].shared_with == ("Q",)
    assert [note.remark.value for note in counted["R"].notes] == ["class_not_stated"]  # where it is a gap, it is said
