from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.uncertainty import Balance, BalanceError, CovarianceError, clinker_line, covariance_of, reconcile
from tanheng.uncertainty.reconciliation import STREAMS, sidak_limit
from tanheng.uncertainty.reconciliation.clinker_line import clinker_line_titles

NODE_1 = Balance.parse("node 1", "a - b - c")
NODE_2 = Balance.parse("node 2", "c - d")


def test_adjustments_share_a_residual_by_variance() -> None:
    # Two meters 0 and 3, variances 1 and 4: +0.6 and −2.4 (also case dvrlib-two-meters).
    result = reconcile([0.0, 3.0], np.diag([1.0, 4.0]), np.array([[1.0, -1.0]]))
    assert list(result.adjustments.values()) == pytest.approx([0.6, -2.4])
    assert result.u("x1") == pytest.approx(math.sqrt(0.8))


def test_a_meter_in_no_balance_stays_and_has_no_test() -> None:
    result = reconcile({"a": 10.0, "b": 6.0, "c": 5.0, "x": 3.0}, np.eye(4), [NODE_1])
    assert result.values["x"] == 3.0
    assert result.u("x") == 1.0
    assert result.measurement_test["x"].z is None
    assert result.measurement_test["x"].passed
    assert "x" not in result.glr
    assert not result.redundant["x"]


def test_an_unmeasured_stream_is_found_from_the_balances_with_its_uncertainty() -> None:
    # b = a − c, c from c and d: c = (4.2 + 4.0)/2, u² = ½; b = 10 − 4.1, u² = 1 + ½.
    result = reconcile({"a": 10.0, "b": None, "c": 4.2, "d": 4.0}, np.eye(4), [NODE_1, NODE_2])
    assert result.values["b"] == pytest.approx(5.9)
    assert result.u("b") == pytest.approx(math.sqrt(1.5))
    assert result.observable == {"b": True}
    assert result.global_test.dof == 1
    assert result.redundant == {"a": False, "c": True, "d": True}
    assert result.nodal_test["node 1"].residual is None


def test_an_unobservable_stream_stays_open_and_says_so() -> None:
    balances = [NODE_1, NODE_2, Balance.parse("node 3", "b - e - f")]
    measured = {"a": 10.0, "b": 6.0, "c": 4.2, "d": 4.0, "e": None, "f": None}
    result = reconcile(measured, np.eye(6), balances)
    assert result.values["e"] is None
    assert result.observable == {"e": False, "f": False}
    assert math.isnan(result.u("e"))
    assert result.values["a"] is not None
    assert result.global_test.dof == 2


@pytest.mark.parametrize("unit", [1e-150, 1e-90, 1.0, 1e90, 1e150])
def test_meters_that_cannot_be_told_apart_are_named_in_any_unit(unit: float) -> None:
    # 10 and 20, u = 1 each: J = 10²/2; the balance alone does not say which of them errs
    result = reconcile({"a": 10 * unit, "b": 20 * unit}, np.diag([unit**2, unit**2]), [Balance.parse("node", "a - b")])
    (suspect,) = result.suspects
    assert suspect.streams == ("a", "b")
    assert pytest.approx(50) == result.global_test.J


def test_the_covariance_of_unmeasured_streams_is_ignored() -> None:
    covariance = np.diag([1.0, math.nan, 1.0, 1.0])
    assert reconcile({"a": 10.0, "b": None, "c": 4.2, "d": 4.0}, covariance, [NODE_1, NODE_2]).values["b"] == pytest.approx(5.9)


def test_an_exact_stream_is_not_moved() -> None:
    result = reconcile({"a": 10.0, "b": 6.5, "c": 4.0}, np.diag([0.0, 1.0, 1.0]), [NODE_1])
    assert result.values["a"] == 10.0
    assert result.adjustments["b"] == pytest.approx(-0.25)


def test_a_biased_meter_is_found_with_its_bias_and_what_remains() -> None:
    truth = {"a": 100.0, "b": 60.0, "c": 40.0, "d": 40.0, "e": 100.0}
    balances = [NODE_1, NODE_2, Balance.parse("feed", "e - a")]
    result = reconcile({**truth, "c": 46.0}, np.eye(5), balances)
    assert not result.global_test.passed
    assert result.suspects[0].streams == ("c",)
    assert result.suspects[0].biases["c"] == pytest.approx(6.0)
    assert result.glr["c"].remaining == pytest.approx(0, abs=1e-9)
    assert result.suspects[0].explains
    assert max(result.glr, key=lambda name: result.glr[name].T) == "c"
    assert "c reads too high by 6 (15 %)" in result.finding()
    assert "c偏高 6（15 %）" in result.finding("zh")


def test_freeing_a_meter_lowers_j_by_its_t() -> None:
    measured = {"a": 104.0, "b": 60.0, "c": 40.0, "d": 41.0}
    full = reconcile(measured, np.eye(4), [NODE_1, NODE_2])
    freed = reconcile({**measured, "a": None}, np.eye(4), [NODE_1, NODE_2])
    assert pytest.approx(full.glr["a"].remaining) == freed.global_test.J


def test_dropping_a_balance_lowers_j_as_the_nodal_test_says() -> None:
    measured = {"a": 104.0, "b": 60.0, "c": 40.0, "d": 41.0}
    full = reconcile(measured, np.eye(4), [NODE_1, NODE_2])
    assert pytest.approx(full.nodal_test["node 1"].remaining) == reconcile(measured, np.eye(4), [NODE_2]).global_test.J
    assert full.nodal_test["node 1"].residual == pytest.approx(4.0)
    assert full.nodal_test["node 1"].z == pytest.approx(4 / math.sqrt(3))


def test_meters_of_one_balance_are_all_named_with_the_loss_that_explains_as_much() -> None:
    result = reconcile({"a": 120.0, "b": 60.0, "c": 40.0}, np.eye(3), [NODE_1])
    assert len({round(test.T, 9) for test in result.glr.values()}) == 1
    (suspects,) = result.suspects
    assert set(suspects.streams) == {"a", "b", "c"}
    assert suspects.losses == {"node 1": pytest.approx(20.0)}
    text = result.finding()
    assert "cannot tell which" in text
    for words in ("a reads too high", "b reads too low", "c reads too low", "leave the node 1 unmetered"):
        assert words in text


def test_a_single_error_that_explains_nothing_is_not_called_the_reason() -> None:
    balances = [Balance.parse("one", "a - b"), Balance.parse("two", "c - d")]
    result = reconcile({"a": 20.0, "b": 10.0, "c": 20.0, "d": 10.0}, np.eye(4), balances)
    assert not any(suspect.explains for suspect in result.suspects)
    assert "no single error explains it" in result.finding()


def test_balances_that_close_say_so() -> None:
    result = reconcile({"a": 100.2, "b": 60.0, "c": 40.0}, np.eye(3), [NODE_1])
    assert result.suspects == ()
    assert "闭合" in result.finding("zh")
    assert "close within" in result.finding()


def test_family_wise_limit_follows_sidak() -> None:
    # Domain reference 6.1: m = 10, α = 5 %: 2.7996.
    assert sidak_limit(10) == pytest.approx(2.7996, abs=5e-5)
    assert sidak_limit(1) == pytest.approx(1.959963985)


def test_covariance_is_built_from_half_widths_of_95_percent() -> None:
    matrix = covariance_of({"a": 1.96, "b": 3.92}, k=1.96, correlations={("a", "b"): 0.5})
    assert np.allclose(matrix, np.array([[1, 1], [1, 4]]))


def test_a_balance_is_read_from_text() -> None:
    balance = Balance.parse("carbon", "-0.4*F1*x1 + F2 - 3 - F2")
    assert balance.terms == {("F1", "x1"): -0.4, ("F2",): 0.0}
    assert balance.constant == -3
    assert balance.slopes({"F1": 2, "x1": 5, "F2": 7}) == {"F1": -2.0, "x1": -0.8, "F2": 0.0}


@pytest.mark.parametrize("text", ["", "3", "a +", "a b", "a * ", "a - * b", "2x", "a / b"])
def test_a_text_that_is_no_sum_of_products_is_refused(text: str) -> None:
    with pytest.raises(BalanceError):
        Balance.parse("wrong", text)


def test_dependent_balances_are_refused_by_name() -> None:
    twice = Balance.parse("node 1 again", "2*a - 2*b - 2*c")
    with pytest.raises(BalanceError) as refused:
        reconcile({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}, np.eye(4), [NODE_1, NODE_2, twice])
    assert refused.value.fields["names"] == "node 1, node 1 again"


@pytest.mark.parametrize(
    ("measured", "covariance", "balances", "code"),
    [
        ({"a": 1.0, "b": 1.0}, np.eye(2), [], "uncertainty.balance.none"),
        ({"a": 1.0, "b": 1.0}, np.eye(2), [NODE_1], "uncertainty.balance.unknown"),
        ({"a": 1.0, "b": 1.0, "c": math.nan}, np.eye(3), [NODE_1], "uncertainty.balance.value"),
        ({"a": 1.0, "b": 1.0, "c": None}, np.eye(3), [NODE_1], "uncertainty.balance.nothing_left"),
        ({"a": 1.0, "b": 1.0, "c": 1.0}, np.eye(3), [NODE_1, NODE_1], "uncertainty.balance.twice"),
        ({"a": 1.0, "b": 1.0, "c": 1.0}, np.zeros((3, 3)), [NODE_1], "uncertainty.balance.dependent"),
        ({"a": 1.0, "b": 1.0, "c": 1.0}, np.array([[0, 1, 0], [1, 1, 0], [0, 0, 1.0]]), [NODE_1], "uncertainty.balance.exact"),
        ([1.0, 1.0], np.eye(2), np.ones((1, 3)), "uncertainty.balance.matrix"),
    ],
)
def test_a_reconciliation_that_cannot_be_done_is_refused(
    measured: object, covariance: object, balances: object, code: str
) -> None:
    with pytest.raises(BalanceError) as refused:
        reconcile(measured, covariance, balances)  # type: ignore[arg-type]  # three kinds of arguments in one table
    assert refused.value.code == code


def test_a_covariance_no_meters_can_have_is_refused_by_pair() -> None:
    wrong = np.array([[1, 2, 0], [2, 1, 0], [0, 0, 1.0]])
    with pytest.raises(CovarianceError, match="“a” and “b”"):
        reconcile({"a": 1.0, "b": 1.0, "c": 1.0}, wrong, [NODE_1])
    with pytest.raises(CovarianceError):
        reconcile({"a": 1.0, "b": 1.0, "c": 1.0}, np.eye(2), [NODE_1])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.booleans())
def test_reconciled_streams_close_their_balances_and_are_never_less_certain(seed: int, rows: int, hide: bool) -> None:
    rng = np.random.default_rng(seed)
    count = rows + 3
    truth = rng.uniform(1, 100, count)
    matrix = rng.normal(size=(rows, count))
    root = rng.normal(size=(count, count)) * 0.3 + np.eye(count)
    covariance = root @ root.T
    names = [f"s{place}" for place in range(count)]
    balances = [
        Balance.linear(f"n{row}", dict(zip(names, matrix[row].tolist(), strict=True)), -float(matrix[row] @ truth))
        for row in range(rows)
    ]
    observed: dict[str, float | None] = dict(zip(names, (truth + root @ rng.normal(size=count)).tolist(), strict=True))
    if hide and rows > 1:
        observed["s0"] = None
    result = reconcile(observed, covariance, balances)
    values = {name: value for name, value in result.values.items() if value is not None}
    assert len(values) == count
    for balance in balances:
        assert abs(balance.residual(values)) <= 1e-8 * balance.size(values)
    for place, name in enumerate(names):
        if observed[name] is not None:
            assert result.u(name) <= math.sqrt(covariance[place, place]) * (1 + 1e-9)
    again = reconcile(values, covariance, balances)
    assert pytest.approx(0, abs=1e-8) == again.global_test.J


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_bilinear_balances_close_to_rounding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    flow, part = rng.uniform(50, 100, 2), rng.uniform(0.1, 0.9, 2)
    total, mean = flow.sum(), float(flow @ part) / flow.sum()
    truth = {"F": total, "F1": flow[0], "F2": flow[1], "x": mean, "x1": part[0], "x2": part[1]}
    spread = {name: 0.02 * float(value) for name, value in truth.items()}
    observed = {name: float(value) + spread[name] * float(rng.normal()) for name, value in truth.items()}
    balances = [Balance.parse("mass", "F - F1 - F2"), Balance.parse("part", "F*x - F1*x1 - F2*x2")]
    result = reconcile(observed, covariance_of(spread, k=1), balances)
    values = {name: float(value) for name, value in result.values.items() if value is not None}
    for balance in balances:
        assert abs(balance.residual(values)) <= 1e-9 * balance.size(values)


@pytest.mark.parametrize("start", [None, {"x": 0.9}])
def test_an_unmeasured_composition_is_found_from_bilinear_balances(start: dict[str, float] | None) -> None:
    # 100·x = 60·0.4 + 40·0.7: x = 0.52, by hand.
    measured = {"F": 100.0, "F1": 60.0, "F2": 40.0, "x": None, "x1": 0.4, "x2": 0.7}
    covariance = covariance_of({"F": 1, "F1": 0.6, "F2": 0.4, "x": 0, "x1": 0.004, "x2": 0.007}, k=1)
    balances = [Balance.parse("mass", "F - F1 - F2"), Balance.parse("part", "F*x - F1*x1 - F2*x2")]
    result = reconcile(measured, covariance, balances, start=start)
    assert result.values["x"] == pytest.approx(0.52)
    assert result.global_test.dof == 1
    assert 0 < result.u("x") < 0.01


# One month of a 5000 t/d line, made by hand so that every balance closes; dry masses.
MONTH: dict[str, float] = {
    "kiln_feed": 250_000.0,
    "dust_return": 0.08,
    "loss_on_ignition": 0.36,
    "clinker": 151_300.0,
    "bypass_dust": 0.0,
    "kiln_dust": 0.0,
    "clinker_to_mills": 120_000.0,
    "clinker_sold": 30_000.0,
    "clinker_stock_begin": 40_000.0,
    "clinker_stock_end": 41_300.0,
    "coal_received": 21_000.0,
    "coal": 20_500.0,
    "coal_stock_begin": 9_000.0,
    "coal_stock_end": 9_500.0,
    "coal_ash": 0.2,
    "coal_ncv": 23.0,
    "coal_factor": 0.095,
    "oxidation": 0.98,
    "process_factor": 0.525,
    "organic_co2": 800.0,
    "co2_calculated": 151_300 * 0.525 + 20_500 * 23 * 0.095 * 0.98 + 800,
    "stack_share": 1.0,
    "co2_measured": 151_300 * 0.525 + 20_500 * 23 * 0.095 * 0.98 + 800,
}
RELATIVE = {"stack_share": 0.0, "oxidation": 0.005, "co2_measured": 0.03, "coal_stock_begin": 0.05, "coal_stock_end": 0.05}


def line_covariance(month: dict[str, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return covariance_of({name: abs(value) * RELATIVE.get(name, 0.01) for name, value in month.items()}, k=1)


def test_the_balances_of_a_clinker_line_close_on_a_closed_month() -> None:
    # 250000·0.92·0.64 + 20500·0.2 = 151300, by hand.
    result = reconcile(MONTH, line_covariance(MONTH), clinker_line())
    assert pytest.approx(0, abs=1e-9) == result.global_test.J
    assert result.global_test.dof == 5
    assert {stream.name for stream in STREAMS} == set(MONTH)


def test_a_shunted_belt_is_named_among_what_cannot_be_told_apart() -> None:
    # Ten percent of the coal past the belt scale: received and stocks say 20500, the belt 18450.
    month = {**MONTH, "coal": 0.9 * MONTH["coal"]}
    covariance = line_covariance(MONTH)
    result = reconcile(month, covariance, clinker_line())
    assert not result.global_test.passed
    assert any("coal" in suspect.streams for suspect in result.suspects if suspect.explains)
    text = result.finding("zh", titles=clinker_line_titles())
    assert "入窑煤偏低" in text


def test_an_unmeasured_kiln_dust_is_found_from_the_line() -> None:
    month: dict[str, float | None] = {**MONTH, "kiln_dust": None}
    result = reconcile(month, line_covariance(MONTH), clinker_line())
    assert result.values["kiln_dust"] == pytest.approx(0, abs=1e-3)
    assert result.observable == {"kiln_dust": True}


def test_lines_stand_side_by_side_and_balances_can_be_chosen() -> None:
    chosen = clinker_line(line="line.2", only=["coal_stock"])
    assert [balance.name for balance in chosen] == ["line.2.coal_stock"]
    assert "line.2.coal" in chosen[0].streams
    assert clinker_line_titles("line.2")["line.2.coal"]["zh"] == "入窑煤"
    with pytest.raises(BalanceError, match="heat"):
        clinker_line(only=["heat"])
