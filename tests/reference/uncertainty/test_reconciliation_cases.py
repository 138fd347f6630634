"""The published cases of ``reconciliation_cases.json``, and for each a fault its tolerance must notice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tanheng.uncertainty import Balance, Reconciled, covariance_of, reconcile, weighted_mean
from tanheng.uncertainty.reconciliation import sidak_limit

Case = dict[str, Any]
CASES: dict[str, Case] = {
    case["id"]: case for case in json.loads(Path(__file__).with_name("reconciliation_cases.json").read_text("utf-8"))["cases"]
}
CHECKS: dict[str, Callable[[Case, bool], None]] = {}
# VDI 2048: 1.96 σ; the quantile to more digits moves nothing in the printed ones.
K = 1.96


def check(case_id: str) -> Callable[[Callable[[Case, bool], None]], Callable[[Case, bool], None]]:
    def register(function: Callable[[Case, bool], None]) -> Callable[[Case, bool], None]:
        CHECKS[case_id] = function
        return function

    return register


def same(actual: float | None, expected: float, tolerance: float) -> None:
    assert actual is not None
    assert abs(actual - expected) <= tolerance, f"{actual} is not {expected} ± {tolerance}"


def six_digits(expected: float) -> float:
    """Half a unit of the sixth significant digit, as the program printed them."""
    return 0.5 * 10.0 ** (np.floor(np.log10(abs(expected))) - 5) * 1.01 if expected else 1e-12


def vdi_2048(case: Case, *, k: float, correlations: dict[tuple[str, str], float] | None = None) -> Reconciled:
    names = case["variables"]
    covariance = covariance_of(dict(zip(names, case["half_width_95"], strict=True)), k=k, correlations=correlations)
    return reconcile(
        dict(zip(names, case["measured"], strict=True)), covariance, np.array(case["constraints_F_x_eq_0"], dtype=float)
    )


def test_every_transcribed_case_has_a_check() -> None:
    assert set(CHECKS) == set(CASES)
    assert len(CASES) == 5


@pytest.mark.parametrize("case_id", sorted(CASES))
def test_published_reconciliation_is_reproduced(case_id: str) -> None:
    CHECKS[case_id](CASES[case_id], False)


@pytest.mark.parametrize("case_id", sorted(CASES))
def test_tolerance_of_a_reconciliation_notices_a_fault(case_id: str) -> None:
    with pytest.raises(AssertionError):
        CHECKS[case_id](CASES[case_id], True)


@check("VDI2048-OM-uncorrelated")
def uncorrelated_case(case: Case, fault: bool) -> None:
    result = vdi_2048(case, k=2.0 if fault else K)  # the fault: half-widths of 95 % divided by 2
    for place, name in enumerate(case["variables"]):
        same(result.values[name], case["expected_reconciled"][place], six_digits(case["expected_reconciled"][place]) * 10)
        same(K * result.u(name), case["expected_half_width_95"][place], six_digits(case["expected_half_width_95"][place]))
        quality = case["expected_local_quality"][place]
        same(result.measurement_test[name].vdi_2048 / K, quality, six_digits(quality))
        assert result.measurement_test[name].vdi_2048_passed
    same(result.global_test.J, case["global_J"]["computed"], 5e-9)
    same(result.global_test.limit, case["global_J"]["chi2_95_3dof"], 5e-6)
    assert result.global_test.passed
    assert result.suspects == ()
    # mD is in no balance: unchanged, and not tested.
    assert result.measurement_test["mD"].z is None
    assert result.adjustments["mD"] == 0
    assert not result.redundant["mD"]
    assert result.measurement_test["mV"].limit == sidak_limit(10)


@check("VDI2048-corrected-correlated")
def correlated_case(case: Case, fault: bool) -> None:
    names = case["variables"]
    pairs = {}
    for pair, r in case["correlation"].items():
        i, j = (int(place) for place in pair.split(","))
        pairs[names[i], names[j]] = r
    result = vdi_2048(case, k=K, correlations=None if fault else pairs)  # the fault: correlation lost
    for place, name in enumerate(names):
        same(result.values[name], case["expected_reconciled"][place], 6e-6)
        same(K * result.u(name), case["expected_half_width_95"][place], 6e-7)
    same(result.global_test.J, case["global_J"], 6e-9)


@check("dvrlib-two-meters")
def two_meters_case(case: Case, fault: bool) -> None:
    spread = np.sqrt(case["variance"]) if fault else np.array(case["variance"], dtype=float)  # the fault: u for u²
    result = reconcile(case["measured"], np.diag(spread), np.array(case["F"], dtype=float))
    for adjustment, expected in zip(result.adjustments.values(), case["expected_correction_v"], strict=True):
        same(adjustment, expected, 1e-12)


@check("binary-distillation-bilinear-gross-error")
def distillation_case(case: Case, fault: bool) -> None:
    sigma = dict(case["sigma"])
    if fault:
        sigma["F1"] *= 1.05
    balances = [Balance.parse(f"node {number}", text) for number, text in enumerate(case["constraints"], start=1)]
    result = reconcile(case["measured"], covariance_of(sigma, k=1), balances)
    for name, expected in case["computed_reconciled"].items():
        same(result.values[name], expected, 6e-5)
    same(result.global_test.J, case["J"], 6e-4)
    assert not result.global_test.passed
    # The gross error lies in the feed: 129 kg/h of imbalance, all of it there, and the rest agrees.
    assert result.suspects[0].streams == ("F1",)
    assert result.suspects[0].explains
    same(result.suspects[0].biases["F1"], 129, 1.0)
    for balance in balances:
        values = {name: float(value) for name, value in result.values.items() if value is not None}
        assert abs(balance.residual(values)) <= 1e-9 * balance.size(values)


@check("real-kiln-heat-balance")
def kiln_heat_case(case: Case, fault: bool) -> None:
    data, expected = case["data"], case["expected"]
    fuel = data["fuel_main_burner_kg_h"] + data["fuel_calciner_kg_h"]
    same(fuel, case["checks"]["fuel split sums"], 1e-9)
    same(data["kiln_feed_kg_h"] / data["clinker_kg_h"], case["checks"]["feed_to_clinker_ratio"], 5e-5)
    ambient = 0 if fault else data["ambient_C"]
    sensible = data["cp_feed"] * (data["feed_temp_C"] - ambient) * data["kiln_feed_kg_h"] / data["clinker_kg_h"]
    same(sensible, expected["Q2_feed_sensible"], 0.06)
    same(fuel * data["fuel_NCV_kcal_kg"] / data["clinker_kg_h"], expected["Q1_fuel_kcal_per_kg_ck"], 0.06)
    # As a balance: the fuel split reconciles with the total without being moved, and a lost burner would be found.
    streams = {"main": data["fuel_main_burner_kg_h"], "calciner": data["fuel_calciner_kg_h"], "total": data["fuel_kg_h"]}
    covariance = covariance_of({name: 0.01 * value for name, value in streams.items()}, k=1)
    closed = reconcile(streams, covariance, [Balance.parse("fuel", "main + calciner - total")])
    same(closed.global_test.J, 0, 1e-12)
    lost = reconcile({**streams, "main": 0.9 * streams["main"]}, covariance, [Balance.parse("fuel", "main + calciner - total")])
    assert not lost.global_test.passed


def test_ccqm_k30_weighted_mean_alone_would_fail_as_a_multi_source_rule() -> None:
    case = json.loads(Path(__file__).with_name("uncertainty_cases.json").read_text("utf-8"))["cases"]
    lead = next(item for item in case if item["id"] == "CCQM-K30-Pb-in-wine")["data"]
    result = weighted_mean(lead["value"], u=[U / k for U, k in zip(lead["U"], lead["k"], strict=True)])
    assert abs(result.value - 2.99) > 1.96 * result.u  # the agreed value lies outside what the small u claims
    assert result.birge > result.critical
