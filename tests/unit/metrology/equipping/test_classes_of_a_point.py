"""Which class is asked of what stands at a point: by what it measures, by a kind nobody named, and by the parts of a chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tanheng.metrology.equipping import KindNamed, PointCount, Rules, gaps, rates, what_if
from tanheng.metrology.instruments.accuracy import together
from tanheng.metrology.instruments.model import Register
from tanheng.metrology.network.model import Level, Role

Makers = Any  # the class of makers in conftest.py, which a test module cannot import


def count(make: Makers, held: Rules, register: Register, **point: Any) -> PointCount:
    return rates(make.network(make.point("P", **point)), register, held, on=make.today).points["P"]


def said(counted: PointCount) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Return reasons and notes: why, has, needs."""
    reasons = [(one.why.value, one.has, one.needs) for one in counted.reasons]
    return reasons, [(one.remark.value, one.has, one.needs) for one in counted.notes]


def alone(make: Makers, kind: str, stated: str) -> Register:
    register: Register = make.register(
        instruments=[make.instrument("I", kind=kind)],
        at={"P": "I"},
        certificates=[make.certificate("I", accuracy_class=stated)],
    )
    return register


# Class table (cn.metering.parameter_class): coal fired: belt scale 0.5, rotor scale 1.0. Of `other` nobody can tell which row
# is its own, whatever its certificate states.
@pytest.mark.parametrize("stated", ["0.2", "0.5", ""])
def test_an_instrument_nobody_named_does_not_count_where_a_class_is_asked(make: Makers, held: Rules, stated: str) -> None:
    counted = count(make, held, alone(make, "other", stated))
    assert not counted.is_equipped
    assert said(counted)[0] == [("kind", "other", "0.5 / 1.0")]


def test_an_instrument_nobody_named_counts_where_no_class_is_asked(make: Makers, held: Rules) -> None:
    assert count(make, held, alone(make, "other", "0.5"), parameter="stock").is_equipped


def test_naming_the_kind_is_the_cheapest_cure_and_helps(make: Makers, held: Rules) -> None:
    network, register = make.network(make.point("P")), alone(make, "other", "0.5")
    (gap,) = gaps(rates(network, register, held, on=make.today), register)
    assert ([cure.value for cure in gap.way.cures], gap.way.item) == (["name"], "I")
    assert what_if(network, register, held, [KindNamed("I", "belt_scale")], on=make.today).gained == ("P",)


# A kind without a row of its own is held to the strictest class it can be compared with, 0.5. The table is no full list of what
# may measure: table A.2 itself names the truck scale for liquid fuel, whose classes are those of flow meters.
@pytest.mark.parametrize(
    ("stated", "reasons", "notes"),
    [
        ("0.5", [], [("kind_not_named", "batch_scale", "0.5 / 1.0")]),
        ("1.0", [("class", "1.0", "0.5")], []),
        ("", [], [("class_not_stated", "", "0.5 / 1.0")]),
        ("Ⅲ", [], [("class_not_comparable", "Ⅲ", "0.5 / 1.0")]),
    ],
)
def test_a_kind_without_a_row_is_judged_by_the_strictest_class(
    make: Makers, held: Rules, stated: str, reasons: list[Any], notes: list[Any]
) -> None:
    assert said(count(make, held, alone(make, "batch_scale", stated))) == (reasons, notes)


# Alternative fuel: belt scale 1.0, truck scale Ⅲ. A batch scale is compared with the row that fits its class.
@pytest.mark.parametrize(("stated", "equipped"), [("Ⅲ", True), ("Ⅳ", False), ("1.0", True), ("2.0", False)])
def test_rows_of_two_kinds_of_classes_are_compared_with_their_own(
    make: Makers, held: Rules, stated: str, equipped: bool
) -> None:
    counted = count(make, held, alone(make, "batch_scale", stated), parameter="alternative_fuel")
    assert counted.is_equipped is equipped


def weigher(make: Makers, measures: Sequence[str], classes: Sequence[str], *, system: str | None = None) -> Register:
    """Return a belt-weighing chain of load cells, speed sensor and integrator, the cells of a kind nobody named."""
    kinds = ("other", "other", "belt_scale") if not measures else ("other", "other", "other")
    codes = ("cell", "speed", "sum")
    roles = {"cell": "sensor", "speed": "speed_sensor", "sum": "totaliser"}
    chain = replace(make.chain("C", roles, *roles.values()), measures=tuple(measures))
    own = [make.certificate(code, accuracy_class=stated) for code, stated in zip(codes, classes, strict=True)]
    register: Register = make.register(
        instruments=[make.instrument(code, kind=kind) for code, kind in zip(codes, kinds, strict=True)],
        chains=[chain],
        at={"P": "C"},
        certificates=[*own, *([make.certificate("C", accuracy_class=system)] if system is not None else [])],
    )
    return register


# By hand: the chain measures as a belt scale, so 0.5 is asked of it, though its first member is a load cell (`other`).
# Worst part: 0.2, 0.2, 0.5 → 0.5 meets; 0.2, 0.2, 1.0 → 1.0 misses. As a system 0.5 meets whatever the parts say.
@pytest.mark.parametrize(
    ("classes", "system", "reasons"),
    [
        (("0.2", "0.2", "0.5"), None, []),
        (("0.2", "0.2", "1.0"), None, [("class", "1.0", "0.5")]),
        (("0.2", "0.2", "1.0"), "0.5", []),
        (("0.1", "0.1", "0.1"), "1.0", [("class", "1.0", "0.5")]),
    ],
)
def test_a_chain_must_have_the_class_of_what_it_measures(
    make: Makers, held: Rules, classes: tuple[str, ...], system: str | None, reasons: list[Any]
) -> None:
    assert said(count(make, held, weigher(make, ["belt_scale"], classes, system=system)))[0] == reasons


def test_the_order_of_the_parts_does_not_matter(make: Makers, held: Rules) -> None:
    register = weigher(make, [], ("0.2", "0.2", "1.0"))  # the integrator is the belt scale, and the last member
    turned = replace(register.chains[0], members=tuple(reversed(register.chains[0].members)))
    expected = said(count(make, held, register))
    assert expected[0] == [("class", "1.0", "0.5")]
    assert said(count(make, held, replace(register, chains=(turned,)))) == expected


# √(0.2² + 0.2² + 0.5²) = √0.33 = 0.5745: by its worst part the chain meets 0.5, all parts together come to more.
def test_a_chain_whose_parts_together_miss_the_class_is_remarked(make: Makers, held: Rules) -> None:
    reasons, notes = said(count(make, held, weigher(make, ["belt_scale"], ("0.2", "0.2", "0.5"))))
    assert (reasons, notes) == ([], [("not_as_system", "0.574", "0.5")])


# √(3 · 0.2²) = 0.346; certified as a system; a part without a class; a worst part that fails by itself.
@pytest.mark.parametrize(
    ("classes", "system"),
    [(("0.2", "0.2", "0.2"), None), (("0.2", "0.2", "0.5"), "0.5"), (("0.2", "", "0.5"), None), (("0.2", "0.2", "1.0"), None)],
)
def test_nothing_is_remarked_where_there_is_nothing_to_remark(
    make: Makers, held: Rules, classes: tuple[str, ...], system: str | None
) -> None:
    notes = said(count(make, held, weigher(make, ["belt_scale"], classes, system=system)))[1]
    assert not [note for note in notes if note[0] == "not_as_system"]


def test_parts_are_not_compared_with_a_class_of_another_kind(make: Makers, held: Rules) -> None:
    # Clinker sold: truck and rail scales Ⅲ; the parts of a belt scale state numbers.
    register = weigher(make, ["belt_scale"], ("0.2", "0.2", "0.5"))
    assert said(count(make, held, register, parameter="clinker_sold")) == ([], [("class_not_comparable", "0.2, 0.2, 0.5", "Ⅲ")])


# The row of electricity is the meter's: its transformers do not add to its class (0.5S, 0.2, 0.2 would come to 0.574).
def test_a_meter_behind_transformers_is_judged_by_its_parts_alone(make: Makers, held: Rules) -> None:
    roles = {"M": "meter", "T": "current_transformer", "V": "voltage_transformer"}
    chain = replace(make.chain("C", roles, *roles.values()), measures=("electricity_meter",))
    register = make.register(
        instruments=[
            make.instrument("M", kind="electricity_meter"),
            make.instrument("T", kind="instrument_transformer"),
            make.instrument("V", kind="instrument_transformer"),
        ],
        chains=[chain],
        at={"P": "C"},
        certificates=[make.certificate(code, accuracy_class=one) for code, one in (("M", "0.5S"), ("T", "0.2"), ("V", "0.2"))],
    )
    asked = {"parameter": "electricity", "role": Role.PURCHASED, "level": Level.ENTRY}
    assert said(count(make, held, register, **asked)) == ([], [])


# Gas: every kind of flow meter 2.0; a chain that may be any of them is asked for the strictest, one with a turbine for its own.
# Heat: heat meter 3, steam flow 2.5: a compensated flow of unnamed parts must meet 2.5, the stricter of the two.
@pytest.mark.parametrize(
    ("parameter", "stated", "equipped"), [("heat", "3", False), ("heat", "2.5", True), ("gas_fuel", "2.0", True)]
)
def test_a_chain_that_may_be_of_several_kinds_meets_the_strictest(
    make: Makers, held: Rules, parameter: str, stated: str, equipped: bool
) -> None:
    chain = replace(make.chain("C", {"S": "sensor"}, "sensor"), measures=("turbine_flow", "steam_flow", "heat_meter"))
    register = make.register(
        instruments=[make.instrument("S", kind="other")],
        chains=[chain],
        at={"P": "C"},
        certificates=[make.certificate("S", accuracy_class=stated)],
    )
    assert count(make, held, register, parameter=parameter).is_equipped is equipped


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (["0.3", "0.4"], "0.500"),
        (["0.5S"], "0.500"),
        (["1", "1", "1", "1"], "2.000"),
        (["0.5", "Ⅲ"], None),
        (["0.5", ""], None),
        ([], None),
    ],
)
def test_parts_together_are_the_root_of_the_sum_of_squares(classes: list[str], expected: str | None) -> None:
    assert together(classes) == (Decimal(expected) if expected is not None else None)  # 3, 4, 5
