"""Allocation: the method of each year, exemptions with their reasons, sums of a company, and the balance value as an input."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.accounting import allocation
from tanheng.accounting.allocation import Circumstance, LineYear, Method, Plan, Treatment, allocate, plan_of
from tanheng.accounting.errors import AllocationError
from tanheng.accounting.plant import Clinker, Line, Place
from tanheng.core.states import CheckState
from tanheng.standards import RulePack, ValueMissingError, load_pack

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any

B = Decimal("0.8000")  # invented for the tests
WORDS = {"zh": "x", "en": "x"}


@pytest.fixture(scope="session")
def plan_2025(pack: RulePack) -> Plan:
    return plan_of(pack, 2025)


def line(emissions: str, clinker: str = "1700000", *, slag: str = "0", facts: tuple[Circumstance, ...] = ()) -> LineYear:
    return LineYear("1", Decimal(emissions), Decimal(clinker), Decimal(slag), frozenset(facts))


def test_2024_gives_what_was_emitted_and_needs_no_balance_value(pack: RulePack) -> None:
    plan = plan_of(pack, 2024)
    found = allocate([line("1462000.25")], plan, balance_value=None)
    assert plan.method is Method.VERIFIED_EMISSIONS
    assert found.allowance == found.obligation == Decimal("1462000.25")
    assert found.surplus == 0


def test_the_constants_of_2025_are_unverified_and_those_of_2026_a_draft(pack: RulePack) -> None:
    assert plan_of(pack, 2025).check is CheckState.UNVERIFIED
    assert plan_of(pack, 2026).check is CheckState.VERIFIED
    assert plan_of(pack, 2026).draft


def test_the_draft_of_2026_was_not_known_before_it_was_published(pack: RulePack) -> None:
    with pytest.raises(ValueMissingError):
        plan_of(pack, 2026, known=datetime.date(2026, 1, 31))


def test_a_year_without_rules_is_refused(pack: RulePack) -> None:
    with pytest.raises(ValueMissingError):
        plan_of(pack, 2031)


@pytest.mark.parametrize(
    ("year", "circumstance", "treatment"),
    [  # management rules B.2: in the plan of 2025 shut-down and new lines are outside, in the draft of 2026 they equal
        (2025, Circumstance.WHITE_CLINKER, Treatment.EQUAL_TO_EMISSIONS),
        (2025, Circumstance.GYPSUM_ACID_BY_PRODUCT, Treatment.EQUAL_TO_EMISSIONS),
        (2025, Circumstance.SHUT_DOWN, Treatment.NOT_ALLOCATED),
        (2025, Circumstance.NEW_LINE, Treatment.NOT_ALLOCATED),
        (2026, Circumstance.SHUT_DOWN, Treatment.EQUAL_TO_EMISSIONS),
        (2026, Circumstance.NEW_LINE, Treatment.EQUAL_TO_EMISSIONS),
    ],
)
def test_a_line_is_exempt_by_the_plan_of_its_year(
    pack: RulePack, year: int, circumstance: Circumstance, treatment: Treatment
) -> None:
    (found,) = allocate([line("1462000", facts=(circumstance,))], plan_of(pack, year), balance_value=None).lines
    assert found.treatment is treatment
    assert [reason.circumstance for reason in found.reasons] == [circumstance]
    assert found.allowance == (None if treatment is Treatment.NOT_ALLOCATED else Decimal(1462000))


@pytest.mark.parametrize(
    ("year", "rate", "exempt"),
    [(2025, "0.15", False), (2025, "0.1501", True), (2026, "0.30", False), (2026, "0.3001", True), (2026, "0.16", False)],
)
def test_carbide_slag_exempts_above_the_threshold_of_the_year(pack: RulePack, year: int, rate: str, exempt: bool) -> None:
    (found,) = allocate([line("1462000", slag=rate)], plan_of(pack, year), balance_value=B).lines
    assert (found.treatment is Treatment.EQUAL_TO_EMISSIONS) is exempt
    if exempt:
        assert found.reasons[0].value == Decimal(rate)
        assert found.reasons[0].threshold == {2025: Decimal("0.15"), 2026: Decimal("0.30")}[year]


def test_a_company_below_26_000_t_is_exempt_in_2026_and_not_in_2025(pack: RulePack) -> None:
    small = [line("25999", "30000")]
    assert allocate(small, plan_of(pack, 2026), balance_value=None).lines[0].treatment is Treatment.EQUAL_TO_EMISSIONS
    assert allocate(small, plan_of(pack, 2025), balance_value=B).lines[0].treatment is Treatment.BY_INTENSITY
    at_the_edge = allocate([line("26000", "30000")], plan_of(pack, 2026), balance_value=B)
    assert at_the_edge.lines[0].treatment is Treatment.BY_INTENSITY


def test_the_size_of_a_company_is_that_of_all_its_lines(pack: RulePack) -> None:
    lines = [line("20000", "25000"), line("20000", "25000")]
    assert {one.treatment for one in allocate(lines, plan_of(pack, 2026), balance_value=B).lines} == {Treatment.BY_INTENSITY}


def test_a_company_is_the_sum_of_its_lines_each_floored(pack: RulePack) -> None:
    found = allocate([line("1462001"), line("1320001"), line("500", facts=(Circumstance.NEW_LINE,))], plan_of(pack, 2025),
                     balance_value=B)  # fmt: skip
    # by hand: I = 0.860000588…, X = −0.075000735…, A = 1445553.3… ; I = 0.776471176…, X = 0.029411029…, A = 1325824.3…
    assert [one.allowance for one in found.lines] == [1445553, 1325824, None]
    assert [found.allowance, found.obligation, found.surplus] == [2771377, 2782002, -10625]
    assert found.lines[2].surplus is None


def test_every_reason_is_named_and_standing_outside_comes_first(pack: RulePack) -> None:
    facts = (Circumstance.WHITE_CLINKER, Circumstance.SHUT_DOWN)
    (found,) = allocate([line("1462000", slag="0.2", facts=facts)], plan_of(pack, 2025), balance_value=None).lines
    assert [reason.circumstance for reason in found.reasons] == ["white_clinker", "carbide_slag", "shut_down"]
    assert found.treatment is Treatment.NOT_ALLOCATED


@pytest.mark.parametrize("value", [None, Decimal(0), Decimal("-0.8")])
def test_there_is_no_default_balance_value(pack: RulePack, value: Decimal | None) -> None:
    with pytest.raises(AllocationError, match="balance value"):
        allocate([line("1462000")], plan_of(pack, 2025), balance_value=value)


def test_a_line_without_clinker_needs_a_circumstance(pack: RulePack) -> None:
    with pytest.raises(AllocationError, match="no clinker"):
        allocate([line("120", "0")], plan_of(pack, 2025), balance_value=B)
    (found,) = allocate([line("120", "0", facts=(Circumstance.SHUT_DOWN,))], plan_of(pack, 2026), balance_value=B).lines
    assert found.allowance == 120
    assert found.intensity is None


def test_scenarios_stand_beside_each_other(pack: RulePack) -> None:
    found = allocation.scenarios([line("1360000")], plan_of(pack, 2025), balance_values={"low": Decimal("0.78"), "mid": B})
    assert found["mid"].surplus == 0
    assert found["low"].surplus < 0
    assert found["low"].balance_value == Decimal("0.78")


@given(
    emissions=st.decimals("1", "9e6", places=2),
    clinker=st.decimals("1", "9e6", places=2),
    balance_value=st.decimals("0.1", "2", places=4),
)
def test_no_line_wins_or_loses_more_than_three_percent_and_a_tonne(
    plan_2025: Plan, emissions: Decimal, clinker: Decimal, balance_value: Decimal
) -> None:
    (found,) = allocate([LineYear("1", emissions, clinker)], plan_2025, balance_value=balance_value).lines
    assert found.surplus is not None
    assert abs(found.surplus) < emissions * Decimal("0.03") + 1  # the bound of management rules B.2, because of the floor


def test_pre_allocation_is_floored_and_held_to_the_limit_of_the_year(pack: RulePack) -> None:
    plan = plan_of(pack, 2026)
    assert allocation.pre_allocation(plan, previous_emissions=Decimal(1360001), ratio=Decimal("0.50")) == 680000
    for year, ratio in ((2026, "0.51"), (2026, "-0.1"), (2024, "0.5")):
        with pytest.raises(AllocationError, match="ratio"):
            allocation.pre_allocation(plan_of(pack, year), previous_emissions=Decimal(1), ratio=Decimal(ratio))


def test_a_plan_whose_branches_do_not_meet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters/limit.yaml").write_text(
        "extends: cn.ets.allocation.limit\nunit: '%'\nvalues:\n  - describes: {from: 2025-01-01, to: 2025-12-31}\n"
        "    known_since: 2026-01-05\n    value: 5\n    source: {document: ets-allocation-plan-2024-2025, place: annex}\n"
        "    check: secondary\n    reason: {zh: 试验, en: trial}\n",
        encoding="utf-8",
    )
    with pytest.raises(AllocationError, match="do not meet"):
        plan_of(load_pack((tmp_path,)), 2025)


# -- from an inventory ------------------------------------------------------------------------------------------------------


def test_the_line_of_an_inventory_brings_its_emissions_clinker_and_carbide_slag(plant_year: Desk) -> None:
    (found,) = allocation.lines_of(plant_year.account(), plant_year.pack)
    assert found.emissions == 12 * Decimal("108269.781197360000")  # T5
    assert found.clinker == 12 * 135000
    # by hand: 2000 · 0.480 / (135000 · 0.535), every month the same
    assert round(found.carbide_slag_substitution, 12) == Decimal("0.013291796469")
    result = allocate([found], plan_of(plant_year.pack, 2025), balance_value=B)
    assert result.lines[0].treatment is Treatment.BY_INTENSITY
    assert result.lines[0].allowance == int(found.emissions * (1 + Decimal("0.15") * (B - found.emissions / found.clinker) / B))


def test_a_line_that_makes_only_white_clinker_is_found(plant_year: Desk) -> None:
    clinkers = (Clinker("portland", "portland", WORDS), Clinker("white", "white_portland", WORDS))
    plant_year.lines = (Line("1", WORDS, Decimal(5000), "4.8×72", clinkers),)
    plant_year.entries = [entry for entry in plant_year.entries if entry.quantity != "line.1.clinker.portland.output"]
    plant_year.write("line.1.clinker.portland.output", "0", "t")
    plant_year.write("line.1.clinker.white.output", "135000", "t")
    (found,) = allocation.lines_of(plant_year.account(), plant_year.pack)
    assert found.circumstances == {Circumstance.WHITE_CLINKER}


def test_circumstances_an_inventory_cannot_know_are_told(plant_year: Desk) -> None:
    inventory = plant_year.account()
    (found,) = allocation.lines_of(inventory, plant_year.pack, circumstances={"1": [Circumstance.NEW_LINE]})
    assert found.circumstances == {Circumstance.NEW_LINE}
    with pytest.raises(AllocationError, match="no line “9”"):
        allocation.lines_of(inventory, plant_year.pack, circumstances={"9": [Circumstance.NEW_LINE]})


def test_a_blank_month_allows_no_allocation(plant_year: Desk) -> None:
    plant_year.entries = [e for e in plant_year.entries if e.id != "line.1.fuel.coal.consumption@2025-05"]
    plant_year.write("line.1.fuel.coal.consumption", [None], "t", place=Place.KILN, periods=["2025-05"])
    with pytest.raises(AllocationError, match="blank"):
        allocation.lines_of(plant_year.account(), plant_year.pack)


def test_an_inventory_by_another_rule_book_is_no_compliance_quantity(gbt_year: Desk) -> None:
    with pytest.raises(AllocationError, match=r"cn\.gbt32151"):
        allocation.lines_of(gbt_year.account(), gbt_year.pack)


def test_a_plan_without_sources_claims_nothing_doubtful() -> None:
    assert Plan(2024, Method.VERIFIED_EMISSIONS).check is CheckState.VERIFIED
