"""Cures of gaps: the cheapest way, spares that are moved, prices of the plant, and changes that do not fit."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tanheng.metrology.equipping import (
    CertificateArrives,
    Change,
    ClassChanged,
    Cure,
    Gap,
    InstrumentBought,
    Rules,
    StateChanged,
    changed,
    form_1_8_1,
    gaps,
    rates,
    what_if,
)
from tanheng.metrology.equipping.reasons import Note, Remark
from tanheng.metrology.errors import EquippingError
from tanheng.metrology.instruments.model import Installation, Register, UseState
from tanheng.metrology.instruments.trace import standing
from tanheng.metrology.network.model import Level, Network, Role

Makers = Any  # the class of makers in conftest.py, which a test module cannot import


def found(network: Network, register: Register, held: Rules, on: datetime.date, **more: Any) -> list[Gap]:
    return list(gaps(rates(network, register, held, on=on), register, **more))


def cures(gap: Gap) -> list[str]:
    return [cure.value for cure in gap.way.cures]


def test_a_spare_of_the_right_kind_and_class_is_moved_before_one_is_bought(make: Makers, held: Rules) -> None:
    register = make.register(instruments=[make.instrument("S")], certificates=[make.certificate("S")])
    (gap,) = found(make.network(make.point("P")), register, held, make.today)
    assert (cures(gap), gap.way.item) == (["move"], "S")


def test_one_spare_closes_one_gap_only(make: Makers, held: Rules) -> None:
    register = make.register(instruments=[make.instrument("S")], certificates=[make.certificate("S")])
    ways = [cures(gap) for gap in found(make.network(make.point("P"), make.point("Q")), register, held, make.today)]
    assert sorted(ways) == [["buy"], ["move"]]


@pytest.mark.parametrize(
    ("kind", "accuracy_class", "state", "traced"),
    [
        ("truck_scale", "0.5", UseState.IN_SERVICE, True),  # of no kind that the parameter names
        ("belt_scale", "1.0", UseState.IN_SERVICE, True),  # 0.5 is required
        ("belt_scale", "Ⅲ", UseState.IN_SERVICE, True),  # not comparable: not guessed
        ("belt_scale", "0.5", UseState.SCRAPPED, True),
        ("belt_scale", "0.5", UseState.REPAIR, True),
        ("belt_scale", "0.5", UseState.IN_SERVICE, False),
    ],
)
def test_what_does_not_serve_is_no_spare(  # one fact after the other is wrong
    make: Makers, held: Rules, kind: str, accuracy_class: str, state: UseState, traced: bool
) -> None:
    register = make.register(
        instruments=[make.instrument("S", kind=kind, state=state)],
        certificates=[make.certificate("S", accuracy_class=accuracy_class)] if traced else [],
    )
    (gap,) = found(make.network(make.point("P")), register, held, make.today)
    assert cures(gap) == ["buy"]


def test_prices_decide_only_when_every_way_has_one(make: Makers, held: Rules) -> None:
    overdue = make.certificate("I", valid_to=datetime.date(2026, 1, 1))
    register = make.register(instruments=[make.instrument("I")], at={"P": "I"}, certificates=[overdue])
    network = make.network(make.point("P"))
    (without,) = found(network, register, held, make.today, prices={Cure.BUY: Decimal(10)})
    (priced,) = found(network, register, held, make.today, prices={Cure.BUY: Decimal(10), Cure.CALIBRATE: Decimal(500)})
    assert (cures(without), without.way.price) == (["calibrate"], None)
    assert (cures(priced), priced.way.price) == (["buy"], Decimal(10))


def test_a_new_certificate_makes_the_old_confirmation_needless(make: Makers, held: Rules) -> None:
    plant = make.register(
        instruments=[make.instrument("S"), make.instrument("T")],
        chains=[make.chain("C", {"S": "sensor", "T": "transmitter"}, "sensor", "transmitter")],
        at={"P": "C"},
        certificates=[make.certificate("S", confirmed=False)],
    )
    (gap,) = found(make.network(make.point("P")), plant, held, make.today)
    assert [reason.why.value for reason in gap.reasons] == ["unconfirmed", "never"]
    assert cures(gap) == ["calibrate"]


def test_the_tonnes_at_stake_are_those_of_the_stream(make: Makers, held: Rules) -> None:
    network = make.network(make.point("P"))
    (gap,) = found(network, make.register(), held, make.today, emissions={"coal": Decimal(12345)})
    (unknown,) = found(network, make.register(), held, make.today)
    assert (gap.emission, unknown.emission) == (Decimal(12345), None)


# What if: the difference and nothing kept.
def test_a_certificate_that_arrives_raises_the_rate(make: Makers, held: Rules) -> None:
    network = make.network(make.point("P"), make.point("Q"))
    register = make.register(instruments=[make.instrument("I")], at={"P": "I"})
    difference = what_if(network, register, held, [CertificateArrives(make.certificate("I"))], on=make.today)
    ((before, after),) = difference.rows
    assert (str(before.equipped.percent), str(after.equipped.percent)) == ("0.0", "50.0")
    assert (difference.gained, difference.lost) == (("P",), ())
    assert register.certificates == ()


def test_an_instrument_bought_closes_its_gap(make: Makers, held: Rules) -> None:
    bought = InstrumentBought(
        make.instrument("N"), Installation(instrument="N", point="P", start=make.today), make.certificate("N")
    )
    difference = what_if(make.network(make.point("P")), make.register(), held, [bought], on=make.today)
    assert difference.gained == ("P",)


def test_another_class_and_the_scrap_heap_take_points_away(make: Makers, held: Rules) -> None:
    network = make.network(make.point("P"), make.point("Q"))
    register = make.register(
        instruments=[make.instrument("I"), make.instrument("J")],
        at={"P": "I", "Q": "J"},
        certificates=[make.certificate("I"), make.certificate("J")],
    )
    changes: list[Change] = [ClassChanged("I", "1.0", make.today), StateChanged("J", UseState.SCRAPPED, make.today)]
    difference = what_if(network, register, held, changes, on=make.today)
    assert difference.lost == ("P", "Q")
    assert [reason.why.value for reason in difference.after.points["P"].reasons] == ["class"]


def test_a_state_of_the_day_takes_the_place_of_the_one_planned(make: Makers, held: Rules) -> None:
    register = make.register(instruments=[make.instrument("I", start=datetime.date(2026, 6, 30), state=UseState.SCRAPPED)])
    (instrument,) = changed(register, [StateChanged("I", UseState.IN_SERVICE, make.today)]).instruments
    assert [spell.state for spell in instrument.states] == [UseState.IN_SERVICE]


@pytest.mark.parametrize("what", ["taken", "no_certificate", "no_instrument"])
def test_a_change_that_does_not_fit_is_refused_by_name(make: Makers, what: str) -> None:
    register = make.register(instruments=[make.instrument("I")])
    place = Installation(instrument="I", point="P", start=make.today)
    change = {
        "taken": InstrumentBought(make.instrument("I"), place, make.certificate("I")),
        "no_certificate": ClassChanged("I", "0.5", make.today),
        "no_instrument": StateChanged("X", UseState.SCRAPPED, make.today),
    }[what]
    with pytest.raises(EquippingError, match=r"“[IX]”"):
        changed(register, [change])  # type: ignore[list-item]  # one of the union


# Form 1-8-1: 应配 2, 实配 1, 配备率 0.0 (overdue), 完好率 100.0, 检定率 0.0.
def test_the_annual_form_has_a_line_for_each_energy_and_level(make: Makers, held: Rules) -> None:
    network = make.network(
        make.point("P", energy="coal", level=Level.ENTRY),
        make.point("Q", energy="coal", level=Level.ENTRY),
        make.point("R", energy="coal", level=Level.ENTRY, role=Role.FACTOR),
    )
    overdue = make.certificate("I", valid_to=datetime.date(2026, 1, 1))
    register = make.register(instruments=[make.instrument("I")], at={"P": "I"}, certificates=[overdue])
    (line,) = form_1_8_1(rates(network, register, held, on=make.today))
    assert (line.energy["zh"], line.level) == ("煤炭、焦炭", Level.ENTRY)
    assert (line.needed, line.installed, line.counted) == (2, 1, 0)
    assert [str(rate) for rate in (line.equipped, line.fit, line.within)] == ["0.0", "100.0", "0.0"]


def test_the_network_shows_what_stands_at_its_points_on_a_day(make: Makers) -> None:
    network = make.network(make.point("P"), make.point("Q"))
    register = make.register(at={"P": "I"})
    closed = replace(register, installations=tuple(replace(one, end=make.today) for one in register.installations))
    assert [point.instruments for point in standing(network, register, make.today).points] == [("I",), ()]
    assert [point.instruments for point in standing(network, closed, make.today).points] == [(), ()]
    day_before = make.today - datetime.timedelta(1)
    assert standing(network, closed, day_before).points[0].instruments == ("I",)


@pytest.mark.parametrize("remark", list(Remark))
def test_every_remark_reads_well_in_both_languages(remark: Remark) -> None:
    note = Note(remark=remark, item="I-1", others=("P", "Q"), needs="0.5", has="Ⅲ")
    assert note.text("zh") != note.text("en")
    assert "I-1" in note.text("en")
