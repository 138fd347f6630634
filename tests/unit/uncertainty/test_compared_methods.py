from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.uncertainty import (
    Cause,
    ComparisonError,
    Component,
    CovarianceError,
    Input,
    InputError,
    Requirement,
    Verdict,
    applicable,
    compare,
    compare_independent,
    judge,
    normalised_error,
    propagate,
    rounded,
    weighted_mean,
)


def two_methods(*, clinker: Number, factor: Number, stack: Number) -> dict[str, Number]:
    return {"balance": clinker * factor, "cems": stack * 1}


def inputs(stack: float) -> dict[str, Input]:
    return {
        "clinker": Input.of(1000, [Component.normal(relative=0.01, group="belt")]),
        "factor": Input.normal(0.8, 0.004),
        "stack": Input.of(stack, [Component.normal(relative=0.03)]),
    }


def test_independent_methods_are_judged_by_the_root_of_squares() -> None:
    results = propagate(two_methods, inputs(850))
    judged = compare(results, "cems", "balance")
    assert judged.difference == pytest.approx(50)
    u = math.sqrt(8**2 + 4**2 + 25.5**2)
    assert judged.E * 1.959963985 * u == pytest.approx(50)
    assert judged.agree
    assert judged.shared == ()


def test_methods_that_share_a_meter_are_judged_with_its_covariance() -> None:
    def model(*, coal: Number, a: Number, b: Number) -> dict[str, Number]:
        return {"one": coal * a, "other": coal * b}

    shared = {
        "coal": Input.of(100, [Component.normal(relative=0.05, group="belt")]),
        "a": Input.normal(2.0, 0.01),
        "b": Input.normal(2.05, 0.01),
    }
    judged = compare(propagate(model, shared), "one", "other")
    # The belt's 5 % acts on the difference of 5 only: sqrt(1² + 1² + 0.25²), not sqrt(10² + 10.25² + …).
    assert judged.u_difference == pytest.approx(math.sqrt(1 + 1 + 0.0625))
    assert judged.shared == ("belt",)
    assert not judged.agree


def test_the_naive_form_is_refused_when_a_group_is_shared() -> None:
    a = propagate(lambda *, x: x * 2, {"x": Input.normal(1, 0.1, group="belt")})
    b = propagate(lambda *, x: x * 3, {"x": Input.normal(1, 0.1, group="belt")})
    with pytest.raises(ComparisonError, match="belt"):
        compare_independent(a, b)


def test_separate_results_without_shared_groups_are_compared() -> None:
    a = propagate(lambda *, x: x * 1, {"x": Input.normal(10, 0.3)})
    b = propagate(lambda *, x: x * 1, {"x": Input.normal(11, 0.4, group="g")})
    assert pytest.approx(1) == compare_independent(a, b).E * 1.959963985 * 0.5


def test_few_degrees_of_freedom_widen_the_limit() -> None:
    a = propagate(lambda *, x: x * 1, {"x": Input.normal(10, 0.3, 3)})
    b = propagate(lambda *, x: x * 1, {"x": Input.normal(11, 0.4)})
    assert compare_independent(a, b).k == pytest.approx(3.182446305)


def test_the_same_figure_twice_agrees_and_a_difference_without_uncertainty_does_not() -> None:
    same = {"x": Input.normal(10, 0.3, group="g")}
    results = propagate(lambda *, x: {"a": x * 1, "b": x * 1, "c": x * 1 + 1}, same)
    assert compare(results, "a", "b").E == 0
    assert math.isinf(compare(results, "a", "c").E)
    with pytest.raises(ComparisonError, match="d"):
        compare(results, "a", "d")


def test_en_needs_an_uncertainty() -> None:
    assert normalised_error(10, 9, U=0.6, U_reference=0.8) == pytest.approx(1.0)
    with pytest.raises(ComparisonError):
        normalised_error(10, 9, U=0, U_reference=0)


def test_weighted_mean_of_sources_that_share_an_error_uses_their_covariance() -> None:
    # Two sources with a fully shared part 0.5 and own parts 0.1: the mean keeps the shared part.
    covariance = np.array([[0.26, 0.25], [0.25, 0.26]])
    result = weighted_mean([1.0, 1.1], covariance=covariance)
    assert result.value == pytest.approx(1.05)
    assert result.u == pytest.approx(math.sqrt(0.25 + 0.005))
    assert result.consistent
    assert result.u_reported == result.u


@pytest.mark.parametrize(
    ("values", "more"),
    [([1.0], {"u": [0.1]}), ([1.0, 2.0], {}), ([1.0, 2.0], {"u": [0.1]}), ([1.0, math.nan], {"u": [0.1, 0.1]})],
)
def test_a_mean_without_enough_sources_is_refused(values: list[float], more: dict[str, list[float]]) -> None:
    with pytest.raises(ComparisonError):
        weighted_mean(values, u=more.get("u"))


def test_sources_with_an_impossible_covariance_are_refused_by_pair() -> None:
    with pytest.raises(CovarianceError, match="“1” and “2”"):
        weighted_mean([1, 2], covariance=np.array([[1.0, 1.5], [1.5, 1.0]]))


TIER = Requirement(
    "fuel.activity.tier-3", 0.025, 0.95, "Regulation (EU) 2018/2066, annex II", CheckState.VERIFIED, datetime.date(2021, 1, 1)
)


@pytest.mark.parametrize(("u", "verdict"), [(12.0, Verdict.MET), (13.0, Verdict.NOT_MET)])
def test_a_required_uncertainty_is_met_or_not(u: float, verdict: Verdict) -> None:
    # 1.95996·12/1000 = 2.352 %, 1.95996·13/1000 = 2.548 %.
    judged = judge(propagate(lambda *, x: x * 1, {"x": Input.normal(1000, u)}), TIER)
    assert judged.verdict is verdict
    assert judged.relative == pytest.approx(1.959963985 * u / 1000)


@pytest.mark.parametrize(("u", "verdict"), [(1.0, Verdict.INCOMPLETE), (20.0, Verdict.NOT_MET)])
def test_an_incomplete_budget_can_miss_a_requirement_and_never_meet_it(u: float, verdict: Verdict) -> None:
    value = Input.of(1000, [Component.normal(u=u, cause=Cause.REPEATABILITY)], nature="laboratory")
    assert judge(propagate(lambda *, x: x * 1, {"x": value}), TIER).verdict is verdict


def test_a_requirement_holds_on_its_days() -> None:
    dated = Requirement("r", 0.1, 0.95, "s", CheckState.UNVERIFIED, datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    assert applicable([TIER, dated], day=datetime.date(2025, 6, 1)) == (TIER,)
    assert applicable([TIER, dated], day=datetime.date(2026, 12, 31)) == (TIER, dated)


@pytest.mark.parametrize(("largest", "p"), [(0.0, 0.95), (0.1, 1.0)])
def test_a_requirement_without_meaning_is_refused(largest: float, p: float) -> None:
    with pytest.raises(InputError):
        Requirement("r", largest, p, "s", CheckState.UNVERIFIED)
    with pytest.raises(InputError):
        Requirement("r", 0.1, 0.95, "s", CheckState.UNVERIFIED, datetime.date(2026, 2, 1), datetime.date(2026, 1, 1))


@pytest.mark.parametrize(
    ("value", "u", "printed"),
    [
        (70942.5123, 841.37, ("70940", "840")),
        (0.52, 0.00996, ("0.520", "0.010")),
        (1.0, 0.0, ("1", "0")),
        (-5.678, 0.1234, ("-5.68", "0.12")),
        (123456.0, 99.7, ("123460", "100")),
    ],
)
def test_a_result_is_rounded_once_to_two_digits_of_u(value: float, u: float, printed: tuple[str, str]) -> None:
    assert rounded(value, u) == printed
