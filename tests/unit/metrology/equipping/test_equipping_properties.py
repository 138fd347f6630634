"""What must hold for every plant: certificates help, portable ones never matter, order never matters, history is a recount."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.accounting.source_streams import Grade
from tanheng.core.period import Month
from tanheng.metrology.equipping import (
    CertificateArrives,
    Change,
    Rates,
    Rules,
    StateChanged,
    changed,
    ends_of_months,
    gaps,
    history,
    rates,
    rules,
    what_if,
)
from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result
from tanheng.metrology.instruments.model import Chain, Installation, Instrument, Register, Spell, UseState
from tanheng.metrology.network.model import Level, Method, Network, Point, Role, SourceStream
from tanheng.standards import load_pack

T = TypeVar("T")
HELD: Rules = rules(load_pack())
FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2026, 12, 31)
CODES = [f"I{number}" for number in range(6)]
ITEMS = [*CODES, "C0"]
POINTS = [f"P{number}" for number in range(5)]
days = st.dates(FIRST, LAST)
UNHURRIED = settings(deadline=None)  # how long an example takes says nothing about the rules
classes = st.sampled_from(["0.2", "0.5", "1.0", "2.0", "Ⅲ", ""])


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


@st.composite
def certificates(draw: st.DrawFn) -> Certificate:
    issued = draw(days)
    confirmed = draw(st.none() | st.integers(0, 40))
    return Certificate(
        instrument=draw(st.sampled_from(ITEMS)),
        number=draw(st.sampled_from("abcd")),
        kind=draw(st.sampled_from([CertificateKind.VERIFICATION, CertificateKind.CALIBRATION])),
        issuer="institute",
        issued_on=issued,
        valid_to=draw(st.none() | st.integers(1, 700).map(lambda after: issued + datetime.timedelta(after))),
        result=draw(st.sampled_from([Result.QUALIFIED, Result.QUALIFIED, Result.UNQUALIFIED])),
        accuracy_class=draw(classes),
        confirmed_on=None if confirmed is None else issued + datetime.timedelta(confirmed),
        fit=None if confirmed is None else draw(st.sampled_from([True, True, True, False])),
    )


@st.composite
def instruments(draw: st.DrawFn, code: str) -> Instrument:
    starts = sorted(draw(st.lists(days, min_size=1, max_size=3, unique=True)))
    states = tuple(Spell(start=start, state=draw(st.sampled_from(list(UseState)))) for start in starts)
    return Instrument(
        code=code,
        title=words(code),
        kind=draw(st.sampled_from(["belt_scale", "rotor_scale"])),
        portable=draw(st.booleans()) and draw(st.booleans()),
        states=states,
    )


@st.composite
def installations(draw: st.DrawFn) -> Installation:
    start = draw(days)
    return Installation(
        instrument=draw(st.sampled_from(ITEMS)),
        point=draw(st.sampled_from(POINTS)),
        start=start,
        end=draw(st.none() | st.integers(1, 500).map(lambda after: start + datetime.timedelta(after))),
    )


@st.composite
def registers(draw: st.DrawFn) -> Register:
    chain = Chain(
        code="C0",
        title=words("C0"),
        members=("I0", "I1"),
        needed=("sensor", "converter"),
        roles={"I0": "sensor", "I1": "converter"},
    )
    return Register(
        instruments=tuple(draw(instruments(code)) for code in CODES),
        chains=(chain,),
        installations=tuple(draw(st.lists(installations(), max_size=10))),
        certificates=tuple(draw(st.lists(certificates(), max_size=12))),
    )


@st.composite
def networks(draw: st.DrawFn) -> Network:
    points = tuple(
        Point(
            code=code,
            title=words(code),
            place="",
            stream=draw(st.sampled_from(["s", "t"])),
            parameter=draw(st.sampled_from(["solid_fuel_fired", "raw_meal", ""])),
            method=Method.CALCULATED,
            role=draw(st.sampled_from([Role.ACTIVITY, Role.FACTOR, Role.PURCHASED, Role.STACK, Role.INTERNAL])),
            level=draw(st.sampled_from([Level.ENTRY, Level.SYSTEM, Level.EQUIPMENT])),
            energy=draw(st.sampled_from(["", "coal", "electricity"])),
            required_class=draw(st.sampled_from(["", "0.5", "Ⅲ"])),
        )
        for code in POINTS
    )
    streams = (
        SourceStream(code="s", title=words("s"), kind="combustion", grade=draw(st.sampled_from([None, *Grade]))),
        SourceStream(code="t", title=words("t"), kind="process", grade=Grade.DE_MINIMIS),
    )
    return Network(nodes=(), edges=(), points=points, streams=streams)


def parts(result: Rates) -> dict[str, tuple[int, int]]:
    return {key: (row.equipped.part, row.equipped.whole) for key, row in result.every.items()}


def good(item: str, on: datetime.date) -> Certificate:
    """The best certificate there can be: of the day, of the best class of its kind, confirmed."""
    return Certificate(
        instrument=item,
        number="zz",
        kind=CertificateKind.VERIFICATION,
        issuer="institute",
        issued_on=on,
        valid_to=None,
        result=Result.QUALIFIED,
        accuracy_class="",
        confirmed_on=on,
        fit=True,
    )


@UNHURRIED
@given(networks(), registers(), days, st.sampled_from(ITEMS))
def test_a_valid_certificate_never_lowers_a_rate(network: Network, register: Register, on: datetime.date, item: str) -> None:
    before = parts(rates(network, register, HELD, on=on))
    after = parts(rates(network, CertificateArrives(good(item, on)).applied(register), HELD, on=on))
    assert all(after[key][0] >= part for key, (part, _) in before.items())


@UNHURRIED
@given(networks(), registers(), days, st.sampled_from(POINTS))
def test_portable_instruments_never_matter(network: Network, register: Register, on: datetime.date, point: str) -> None:
    hand = Instrument(
        code="H", title=words("H"), kind="belt_scale", portable=True, states=(Spell(start=FIRST, state=UseState.IN_SERVICE),)
    )
    more = replace(
        register,
        instruments=(*register.instruments, hand),
        installations=(*register.installations, Installation(instrument="H", point=point, start=FIRST)),
        certificates=(*register.certificates, good("H", FIRST)),
    )
    one, other = rates(network, register, HELD, on=on), rates(network, more, HELD, on=on)
    assert [(row.equipped, row.fit, row.within) for row in one.every.values()] == [
        (row.equipped, row.fit, row.within) for row in other.every.values()
    ]


def shuffled(chance: random.Random, things: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(chance.sample(things, len(things)))


@UNHURRIED
@given(networks(), registers(), days, st.integers(0, 2**32))
def test_order_never_matters(network: Network, register: Register, on: datetime.date, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret

    turned = Register(
        instruments=shuffled(chance, register.instruments),
        chains=shuffled(chance, register.chains),
        installations=shuffled(chance, register.installations),
        certificates=register.certificates,  # two of one number and day have no order but their own
    )
    other = replace(network, points=shuffled(chance, network.points))
    one, two = rates(network, register, HELD, on=on), rates(other, turned, HELD, on=on)
    assert one == two
    assert gaps(one, register) == gaps(two, turned)


@UNHURRIED
@given(networks(), registers(), days)
def test_a_rate_lies_between_nothing_and_everything(network: Network, register: Register, on: datetime.date) -> None:
    for row in rates(network, register, HELD, on=on).every.values():
        for share in (row.equipped, row.fit, row.within):
            assert 0 <= share.part <= share.whole
            assert share.percent is None or 0 <= share.percent <= 100
        assert row.fit.whole <= row.equipped.whole
        assert (row.outcome is None) == (row.meets is not False)


@UNHURRIED
@given(networks(), registers(), days, st.sampled_from(CODES))
def test_scrapping_never_raises_a_rate(network: Network, register: Register, on: datetime.date, item: str) -> None:
    before = parts(rates(network, register, HELD, on=on))
    after = parts(rates(network, changed(register, [StateChanged(item, UseState.SCRAPPED, on)]), HELD, on=on))
    assert all(after[key][0] <= part for key, (part, _) in before.items())


def turns(register: Register) -> set[datetime.date]:
    """Every day on which something begins, ends or runs out, with the days before and after it."""
    found = {spell.start for one in register.instruments for spell in one.states}
    found |= {day for one in register.installations for day in (one.start, one.end) if day is not None}
    found |= {
        day for one in register.certificates for day in (one.issued_on, one.confirmed_on, one.valid_to) if day is not None
    }
    return {day + datetime.timedelta(after) for day in found for after in (-1, 0, 1)}


@settings(UNHURRIED, max_examples=100)
@given(networks(), registers())
def test_history_is_a_recount_of_each_day(network: Network, register: Register) -> None:
    asked = sorted({*turns(register), *ends_of_months(Month(2024, 1), Month(2026, 12))[::6]})
    for moment in history(network, register, HELD, asked):
        recount = rates(network, register, HELD, on=moment.on)
        assert dict(moment.shares) == {key: row.equipped for key, row in recount.every.items() if row.equipped.whole}


@UNHURRIED
@given(networks(), registers(), days, st.sampled_from(CODES), st.sampled_from(list(UseState)))
def test_what_if_is_a_recount(network: Network, register: Register, on: datetime.date, item: str, state: UseState) -> None:
    changes: list[Change] = [StateChanged(item, state, on), CertificateArrives(good(item, on))]
    difference = what_if(network, register, HELD, changes, on=on)
    recount = rates(network, changed(register, changes), HELD, on=on)
    assert difference.after == recount
    now = {code for code, count in recount.points.items() if count.is_equipped}
    was = {code for code, count in difference.before.points.items() if count.is_equipped}
    assert (set(difference.gained), set(difference.lost)) == (now - was, was - now)


@UNHURRIED
@given(networks(), registers(), days)
def test_a_point_is_either_equipped_or_a_gap_with_a_cure(network: Network, register: Register, on: datetime.date) -> None:
    result = rates(network, register, HELD, on=on)
    found = {gap.point.code: gap for gap in gaps(result, register, emissions={"s": Decimal(10)})}
    assert set(found) == {code for code, count in result.points.items() if not count.is_equipped}
    assert all(gap.reasons and gap.way.cures for gap in found.values())
