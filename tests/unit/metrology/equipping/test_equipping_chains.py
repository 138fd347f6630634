"""Chains that are not whole: parts nobody knows, parts that are gone, and what their certificates may still say."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tanheng.metrology.equipping import PointCount, Rules, rates
from tanheng.metrology.instruments.certificate import Certificate
from tanheng.metrology.instruments.chains import holdings, trace_of_chain
from tanheng.metrology.instruments.model import Instrument, Register, UseState

Makers = Any  # the class of makers in conftest.py, which a test module cannot import
OVER = datetime.date(2026, 1, 1)


def plant(
    make: Makers,
    roles: Mapping[str, str],
    *needed: str,
    instruments: Sequence[Instrument] = (),
    certificates: Sequence[Certificate] = (),
    at: Mapping[str, str] | None = None,
) -> Register:
    register: Register = make.register(
        instruments=instruments, chains=[make.chain("C", roles, *needed)], at=at or {"P": "C"}, certificates=certificates
    )
    return register


def count(make: Makers, held: Rules, register: Register, point: str = "P") -> PointCount:
    network = make.network(make.point("P"), make.point("Q"))
    return rates(network, register, held, on=make.today).points[point]


def whys(counted: PointCount) -> list[tuple[str, str, str]]:
    return [(reason.why.value, reason.item, reason.has) for reason in counted.reasons]


def test_a_chain_without_parts_has_no_certificate(make: Makers, held: Rules) -> None:
    register = plant(make, {})
    assert whys(count(make, held, register)) == [("never", "C", "")]
    assert trace_of_chain(register.chains[0], holdings(register), make.today).value == "never"


def test_a_chain_of_strangers_does_not_count(make: Makers, held: Rules) -> None:
    assert whys(count(make, held, plant(make, {"X": "sensor"}))) == [("chain_part", "C", "sensor"), ("never", "C", "")]


# A part that is named stands for something, whether or not such chains must have it (decision 0085).
@pytest.mark.parametrize("gone", [None, UseState.SCRAPPED])
def test_a_part_that_is_named_and_gone_is_missing_though_no_rule_asks_for_it(
    make: Makers, held: Rules, gone: UseState | None
) -> None:
    parts = [make.instrument("S"), *([make.instrument("T", state=gone)] if gone else [])]
    register = plant(
        make,
        {"S": "sensor", "T": "temperature"},
        "sensor",
        instruments=parts,
        certificates=[make.certificate("S"), make.certificate("T")],
    )
    assert whys(count(make, held, register)) == [("chain_part", "C", "temperature")]


def test_a_scrapped_part_is_not_judged_by_its_certificate(make: Makers, held: Rules) -> None:
    register = plant(
        make,
        {"S": "sensor", "T": "converter"},
        "sensor",
        "converter",
        instruments=[make.instrument("S"), make.instrument("T", state=UseState.SCRAPPED)],
        certificates=[make.certificate("S"), make.certificate("T", valid_to=OVER)],
    )
    assert whys(count(make, held, register)) == [("chain_part", "C", "converter")]


def test_a_portable_part_makes_no_fixed_chain(make: Makers, held: Rules) -> None:
    register = plant(
        make,
        {"S": "sensor", "T": "converter"},
        instruments=[make.instrument("S"), make.instrument("T", portable=True)],
        certificates=[make.certificate("S"), make.certificate("T")],
    )
    assert whys(count(make, held, register)) == [("portable", "T", "")]


# The system's certificate has run out, the parts have their own in force: then these state the class (needed is 0.5).
@pytest.mark.parametrize(("system", "part", "expected"), [("0.5", "2.0", [("class", "C", "2.0")]), ("2.0", "0.5", [])])
def test_the_class_of_a_chain_is_stated_by_the_certificates_that_make_it_count(
    make: Makers, held: Rules, system: str, part: str, expected: list[tuple[str, str, str]]
) -> None:
    register = plant(
        make,
        {"S": "sensor"},
        "sensor",
        instruments=[make.instrument("S")],
        certificates=[
            make.certificate("S", accuracy_class=part),
            make.certificate("C", accuracy_class=system, valid_to=OVER),
        ],
    )
    assert whys(count(make, held, register)) == expected


# Shared meters are noted in the statistics (DB15/T 3880 4.3.4), also where a part of a chain serves a second point.
@pytest.mark.parametrize(("point", "other"), [("P", "Q"), ("Q", "P")])
def test_a_part_that_meters_another_point_too_is_noted_as_shared(make: Makers, held: Rules, point: str, other: str) -> None:
    register = plant(
        make,
        {"S": "sensor", "T": "converter"},
        instruments=[make.instrument("S"), make.instrument("T")],
        certificates=[make.certificate("S"), make.certificate("T")],
        at={"P": "C", "Q": "S"},
    )
    counted = count(make, held, register, point)
    assert counted.shared_with == (other,)
    assert [note.remark.value for note in counted.notes] == ["shared"]
