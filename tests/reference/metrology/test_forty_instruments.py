"""A plant of 40 instruments counted by hand (``forty_instruments.yaml``) against the engine: rows, reasons, cures, outcomes."""

from __future__ import annotations

import datetime
import functools
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tanheng.accounting.source_streams import Grade
from tanheng.metrology.equipping import Gap, Rates, gaps, rates, rules
from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result
from tanheng.metrology.instruments.model import Chain, Installation, Instrument, Register, Spell, UseState
from tanheng.metrology.network.model import Level, Method, Network, Point, Role, SourceStream
from tanheng.standards import load_pack

# A hand-written case file: its shape is this test's own, so its content is open.
CASE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "forty_instruments.yaml").read_text(encoding="utf-8"))
ON: datetime.date = CASE["day"]
START, ISSUED, LAST = datetime.date(2024, 1, 1), datetime.date(2025, 7, 1), datetime.date(2027, 6, 30)
LEVELS = {"entry": Level.ENTRY, "system": Level.SYSTEM, "equipment": Level.EQUIPMENT}
MEASURED = (Role.STACK, Role.FUGITIVE)


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def network() -> Network:
    streams = tuple(
        SourceStream(code=code, title=words(code), kind=kind, grade=Grade(grade) if grade else None)
        for code, (kind, grade) in CASE["streams"].items()
    )
    points = tuple(
        Point(
            code=code,
            title=words(code),
            place="",
            stream=stream,
            parameter=parameter,
            method=Method.MEASURED if Role(role) in MEASURED else Method.CALCULATED,
            role=Role(role),
            level=LEVELS[level],
            energy=energy,
        )
        for code, (stream, parameter, role, level, energy, _, _) in CASE["points"].items()
    )
    return Network(nodes=(), edges=(), points=points, streams=streams)


def certificate(item: str, given: dict[str, Any]) -> Certificate:
    is_failed, is_confirmed = given.get("result") == "failed", given.get("confirmed", True)
    return Certificate(
        instrument=item,
        number=f"J-{item}",
        kind=CertificateKind.RESULT_NOTICE if is_failed else CertificateKind.VERIFICATION,
        issuer="metrology institute",
        issued_on=ISSUED,
        valid_to=given.get("valid_to", LAST),
        result=Result.UNQUALIFIED if is_failed else Result.QUALIFIED,
        accuracy_class=given.get("class", ""),
        confirmed_on=ISSUED if is_confirmed else None,
        fit=given.get("fit", True) if is_confirmed else None,
    )


def register() -> Register:
    given: dict[str, dict[str, Any]] = CASE["instruments"]
    return Register(
        instruments=tuple(
            Instrument(
                code=code,
                title=words(code),
                kind=one["kind"],
                portable=one.get("portable", False),
                states=(Spell(start=START, state=UseState(one.get("state", "in_service"))),),
            )
            for code, one in given.items()
        ),
        chains=tuple(
            Chain(
                code=code, title=words(code), members=tuple(one["members"]), needed=tuple(one["needed"]), roles=one["members"]
            )
            for code, one in CASE["chains"].items()
        ),
        installations=tuple(
            Installation(instrument=item, point=code, start=START) for code, (*_, item, _) in CASE["points"].items() if item
        ),
        certificates=(
            *(certificate(code, one) for code, one in given.items() if one.get("certificate") != "none"),
            *(certificate(code, {}) for code, one in CASE["chains"].items() if one.get("certified")),
        ),
    )


EMISSIONS = {code: Decimal(tonnes) for code, tonnes in CASE["emissions"].items()}


@functools.cache
def counted(*, edition: str = "2006", key_unit: bool = True, rule_set: str = "jjf2309") -> Rates:
    requirements = rules(load_pack(), rule_set=rule_set, edition=edition, key_unit=key_unit)
    return rates(network(), register(), requirements, on=ON, emissions=EMISSIONS)


@functools.cache
def found() -> dict[str, Gap]:
    return {gap.point.code: gap for gap in gaps(counted(), register(), emissions=EMISSIONS)}


def test_the_plant_has_forty_instruments_and_all_stand_somewhere() -> None:
    assert len(CASE["instruments"]) == 40
    standing = {item for *_, item, _ in CASE["points"].values()}
    members = {member for chain in CASE["chains"].values() for member in chain["members"]}
    assert standing | members >= set(CASE["instruments"])


@pytest.mark.parametrize("key", CASE["expected"])
def test_a_row_has_the_rate_counted_by_hand(key: str) -> None:
    part, whole, shown, meets, outcome, *companions = CASE["expected"][key]
    row = counted().every[key]
    assert (row.equipped.part, row.equipped.whole) == (part, whole)
    assert (str(row.equipped.percent) if whole else "") == shown
    assert row.meets is meets
    assert (row.outcome or "") == outcome
    assert [row.fit.part, row.fit.whole, row.within.part, row.within.whole] == companions


def test_no_row_is_left_out_of_the_count_by_hand() -> None:
    assert list(counted().every) == list(CASE["expected"]) or set(counted().every) == set(CASE["expected"])


@pytest.mark.parametrize("code", sorted(set(CASE["points"]) - set(CASE["outside"])))
def test_a_point_has_every_reason_found_by_hand(code: str) -> None:
    *_, reasons = CASE["points"][code]
    assert [reason.why.value for reason in counted().points[code].reasons] == reasons


def test_points_that_no_row_needs_are_told() -> None:
    assert list(counted().outside) == CASE["outside"]


def test_shared_meters_count_at_each_point_and_are_noted() -> None:
    shared = {code: list(count.shared_with) for code, count in counted().points.items() if count.shared_with}
    assert shared == CASE["shared"]


def test_every_gap_has_the_cheapest_cure() -> None:
    assert {code: [cure.value for cure in gap.way.cures] for code, gap in found().items()} == CASE["cures"]


def test_a_gap_causes_what_its_rules_and_its_certificate_allow() -> None:
    assert {code: str(gap.outcome or "") for code, gap in found().items()} == CASE["outcomes"]


def test_the_worst_gap_with_the_most_tonnes_comes_first() -> None:
    # Non-conformities first, the tonnes of their stream falling, then the cheaper cure: raw 700 000 t before coal 300 000 t.
    first = [code for code, gap in found().items() if gap.outcome == "non_conformity"]
    assert first == ["FM03", "MS05", "AM05", "AM09", "AM03", "FM06", "FM04", "FM05", "FD01", "IN02"]
    assert list(found())[: len(first)] == first


def test_who_is_no_key_emitter_reaches_the_rate_of_de_minimis_factors() -> None:
    row = counted(key_unit=False).rows["factor_de_minimis"]
    assert (str(row.required and row.required.percent), row.meets) == ("60", True)  # 66.6 of 60


def test_the_edition_without_tables_counts_and_requires_nothing() -> None:
    row = counted(edition="2025").energy["electricity.equipment"]
    assert (row.equipped.part, row.equipped.whole) == (1, 3)
    assert (row.required, row.meets, row.outcome) == (None, None, None)


def test_a_fugitive_emission_of_unknown_size_is_to_be_metered() -> None:
    row = rates(network(), register(), rules(load_pack()), on=ON).rows["measured_fugitive"]
    assert (row.equipped.part, row.equipped.whole) == (0, 1)


def test_a_month_later_what_was_due_soon_is_overdue() -> None:
    later = rates(network(), register(), rules(load_pack()), on=datetime.date(2026, 7, 31), emissions=EMISSIONS)
    assert [reason.why.value for reason in later.points["MS03"].reasons] == ["overdue"]
    assert later.rows["measured_stack"].equipped.part == 2
