"""Uncertainty of a whole inventory: the graph of the account is the model."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.entries import Cell
from tanheng.accounting.evaluation import Evidence, evaluate_inventory, requirements
from tanheng.accounting.folder import Instrument, StatedComponent
from tanheng.accounting.stated import evidence
from tanheng.core.errors import CalculationError
from tanheng.core.states import CheckState
from tanheng.uncertainty import Cause, Component, Requirement, Verdict

Desk = Any  # conftest's

COAL = "line.1.fuel.coal.consumption"
CLINKER = "line.1.clinker.portland.output"
CELL = Cell("instruments.csv", row=3, column="A")


def _scale(relative: float, *, group: str | None = "scale") -> Evidence:
    return Evidence((Component.normal(relative=relative, group=group, cause=Cause.CALIBRATION),))


def test_one_scale_is_one_error_in_all_months(plant_year: Desk) -> None:
    # by hand: every month carries the same 1 % of the same coal, so the year has 1 % too, not 1 %/√12
    evaluation = evaluate_inventory(plant_year.account(), {COAL: _scale(0.01)}, figures=["line.1.fuel.coal.emission"], trials=0)
    result = evaluation.figures["line.1.fuel.coal.emission"].gum
    assert result.u / result.value == pytest.approx(0.01, rel=1e-12)
    assert result.parts["random"] == 0


def test_errors_drawn_anew_each_month_shrink_over_the_year(plant_year: Desk) -> None:
    # by hand: twelve equal months with independent 1 % give 1 %/√12
    evaluation = evaluate_inventory(
        plant_year.account(), {COAL: _scale(0.01, group=None)}, figures=["line.1.fuel.coal.emission"], trials=0
    )
    result = evaluation.figures["line.1.fuel.coal.emission"].gum
    assert result.u / result.value == pytest.approx(0.01 / math.sqrt(12), rel=1e-12)
    assert result.parts["systematic"] == 0


def test_clinker_moves_emission_and_intensity_as_the_formula_says(plant_year: Desk) -> None:
    # by hand: E = Q·EF − D + F; dE = EF·dQ, and for the intensity I = EF + (F − D)/Q, dI = −(F − D)/Q · dQ/Q
    inventory = plant_year.account()
    found = evaluate_inventory(
        inventory, {CLINKER: _scale(0.01)}, figures=["line.1.total", "line.1.intensity"], trials=0
    ).figures
    process_of_clinker = 12 * 135_000 * 0.535
    assert found["line.1.total"].gum.u == pytest.approx(0.01 * process_of_clinker, rel=1e-12)
    rest = 12 * (37_327.28119736 - 2000 * 0.480 - 1500 * 0.215) / (12 * 135_000)
    assert found["line.1.intensity"].gum.u == pytest.approx(0.01 * rest, rel=1e-9)


def test_monte_carlo_and_gum_agree_on_a_year_of_sums_and_products(plant_year: Desk) -> None:
    given = {COAL: _scale(0.008), CLINKER: _scale(0.01, group="clinker")}
    found = evaluate_inventory(plant_year.account(), given, figures=["ets.direct"], trials=40_000).figures["ets.direct"]
    assert found.run is not None
    assert found.validation is not None
    # 40 000 trials give u to 1/√(2·40 000) = 0.35 %; three times that
    assert found.run.u == pytest.approx(found.gum.u, rel=0.011)
    assert found.validation.accepted
    assert not found.differs


def test_the_same_seed_gives_the_same_draws_whatever_the_threads(plant_year: Desk) -> None:
    inventory, given = plant_year.account(), {COAL: _scale(0.01)}
    runs = [
        evaluate_inventory(inventory, given, figures=["ets.direct"], trials=30_000, threads=threads).figures["ets.direct"].run
        for threads in (1, 2)
    ]
    assert runs[0] is not None
    assert runs[1] is not None
    assert runs[0].samples.tobytes() == runs[1].samples.tobytes()


def test_months_of_a_quantity_are_one_row_of_the_ranking(plant_year: Desk) -> None:
    given = {COAL: _scale(0.008), CLINKER: _scale(0.01, group="clinker")}
    ranking = evaluate_inventory(plant_year.account(), given, figures=["ets.direct"], trials=0).figures["ets.direct"].ranking
    assert [item.subject for item in ranking] == [CLINKER, COAL]
    assert sum(item.share for item in ranking) == pytest.approx(1.0, abs=1e-12)


def test_what_has_no_evidence_is_named_and_the_evaluation_is_not_complete(plant_year: Desk) -> None:
    inventory = plant_year.account()
    evaluation = evaluate_inventory(inventory, {COAL: _scale(0.01)}, figures=["line.1.combustion"], trials=0)
    assert "cn.cets.fuel.bituminous_coal.carbon_content" in evaluation.without_evidence
    assert CLINKER not in evaluation.without_evidence  # combustion does not rest on it
    assert not evaluation.complete


def test_a_laboratory_value_without_sampling_is_incomplete(plant_year: Desk) -> None:
    given = {"line.1.fuel.coal.net_calorific_value": Evidence((Component.normal(u=0.06),), "laboratory")}
    result = evaluate_inventory(plant_year.account(), given, figures=["line.1.combustion"], trials=0).figures[
        "line.1.combustion"
    ]
    assert not result.gum.complete


def test_an_upgrade_says_what_a_better_scale_buys(plant_year: Desk) -> None:
    evaluation = evaluate_inventory(plant_year.account(), {COAL: _scale(0.01)}, figures=["line.1.fuel.coal.emission"], trials=0)
    bought = evaluation.upgrade(COAL, _scale(0.0025))["line.1.fuel.coal.emission"]
    assert bought.gain == pytest.approx(0.75, rel=1e-9)
    with pytest.raises(CalculationError, match=r"line\.9"):
        evaluation.upgrade("line.9.fuel.coal.consumption", _scale(0.01))


def test_a_blank_figure_is_refused(plant_year: Desk) -> None:
    plant_year.entries = [entry for entry in plant_year.entries if entry.id != f"{CLINKER}@2025-05"]
    plant_year.write(CLINKER, [None], "t", periods=["2025-05"])
    with pytest.raises(CalculationError, match=r"ets\.direct"):
        evaluate_inventory(plant_year.account(), {COAL: _scale(0.01)}, figures=["ets.direct"], trials=0)


def test_a_stopped_month_takes_no_part_and_breaks_nothing(plant_year: Desk) -> None:
    stopped = [CLINKER, "line.1.material.carbide_slag.consumption", "line.1.material.steel_slag.consumption"]
    changed = {f"{quantity}@2025-02" for quantity in stopped}
    plant_year.entries = [entry for entry in plant_year.entries if entry.id not in changed]
    for quantity in stopped:
        place = next((entry.place for entry in plant_year.entries if entry.quantity == quantity), None)
        plant_year.write(quantity, ["0"], "t", place=place, periods=["2025-02"])
    found = evaluate_inventory(plant_year.account(), {CLINKER: _scale(0.01)}, figures=["line.1.process"], trials=2000).figures
    assert found["line.1.process"].gum.u == pytest.approx(0.01 * 11 * 135_000 * 0.535, rel=1e-12)


def _instrument(**given: Any) -> Instrument:
    return Instrument(id="BS-103", quantity=COAL, cell=CELL, **given)


def test_an_instrument_gives_its_calibration_and_its_permissible_error() -> None:
    # by hand: U = 0.30 %, k = 2 → 0.15 %; MPE ±0.5 % rectangular → 0.5/√3 %
    made = evidence(
        [_instrument(permissible_error=Decimal("0.5"), expanded_uncertainty=Decimal("0.30"), coverage_factor=Decimal(2))], []
    )[COAL]
    sizes = {component.cause: component.at(100.0) for component in made.components}
    assert sizes[Cause.CALIBRATION] == pytest.approx(0.15)
    assert sizes[Cause.PERMISSIBLE_ERROR] == pytest.approx(0.5 / math.sqrt(3))
    assert {component.group for component in made.components} == {"BS-103.calibration", "BS-103.error"}


def test_an_error_in_the_unit_that_was_written_is_brought_to_the_unit_of_the_calculation() -> None:
    calorimeter = Instrument(
        id="CAL-02",
        quantity="line.1.fuel.coal.net_calorific_value",
        cell=CELL,
        expanded_uncertainty=Decimal(120),
        coverage_factor=Decimal(2),
        unit="kJ/kg",
    )
    (component,) = evidence([calorimeter], [])["line.1.fuel.coal.net_calorific_value"].components
    assert component.at(24.0) == pytest.approx(0.06)  # GJ/t


@pytest.mark.parametrize(
    ("shape", "stated", "k", "expected"),
    [
        ("normal", "u", None, 1.2),
        ("normal", "expanded", "2", 0.6),
        ("rectangular", "half-width", None, 1.2 / math.sqrt(3)),
        ("triangular", "half-width", None, 1.2 / math.sqrt(6)),
        ("arcsine", "half-width", None, 1.2 / math.sqrt(2)),
        ("rectangular", "u", None, 1.2),
    ],
)
def test_a_stated_component_has_the_size_its_words_give_it(shape: str, stated: str, k: str | None, expected: float) -> None:
    row = StatedComponent(
        subject="cn.cets.oxidation.solid.cement_kiln",
        cell=CELL,
        cause="representativeness",
        shape=shape,
        size=Decimal("1.2"),
        stated=stated,
        unit="%",
        kind="systematic",
        k=None if k is None else Decimal(k),
    )
    found = evidence([], [row])["cn.cets.oxidation.solid.cement_kiln"]
    assert found.components[0].at(100.0) == pytest.approx(expected)
    assert found.nature == "default-factor"


LIMIT = Requirement("limit", largest=0.025, p=0.95, source="constructed", state=CheckState.VERIFIED)


@pytest.mark.parametrize(("relative", "verdict"), [(0.012, Verdict.MET), (0.013, Verdict.NOT_MET)])
def test_a_required_uncertainty_is_met_up_to_its_limit(plant_year: Desk, relative: float, verdict: Verdict) -> None:
    # by hand: k = 1.96, so 1.2 % gives U = 2.35 % and 1.3 % gives 2.55 %
    evaluation = evaluate_inventory(
        plant_year.account(), {COAL: _scale(relative)}, required={COAL: LIMIT}, figures=[], trials=0
    )
    judged = evaluation.figures[COAL].judged
    assert judged is not None
    assert judged.verdict is verdict


def test_a_total_with_values_without_evidence_never_meets_a_requirement(plant_year: Desk) -> None:
    evaluation = evaluate_inventory(
        plant_year.account(), {COAL: _scale(0.001)}, required={"ets.direct": LIMIT}, figures=[], trials=0
    )
    judged = evaluation.figures["ets.direct"].judged
    assert judged is not None
    assert judged.verdict is Verdict.INCOMPLETE


def test_requirements_come_dated_from_the_rule_pack(plant_year: Desk) -> None:
    plant_year.required_uncertainty = {"ets.direct": "eu.mrr.required_uncertainty.fall_back_c.largest"}
    found = requirements(plant_year.account(), plant_year.pack)["ets.direct"]
    assert (found.largest, found.p, found.state) == (0.025, 0.95, CheckState.VERIFIED)
