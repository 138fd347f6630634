from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core.states import CheckState
from tanheng.uncertainty import Cause, Component, Input, InputError, Kind, propagate
from tanheng.uncertainty.evaluate import (
    accuracy_class,
    autocorrelations,
    belt_scale,
    calorimeter,
    certificate,
    drift,
    duplicates,
    effective_number,
    electricity_meter,
    flow_meter,
    gas_analyser,
    observed,
    observed_together,
    permissible_error,
    pooled,
    preparation,
    repeatability_limit,
    reproducibility_limit,
    resolution,
    sampling,
    scale_permissible_error,
    truck_scale,
    xrf,
)


def test_repeated_observations_give_s_over_root_n() -> None:
    # JCGM 100, H.2: V 4.999 (0.0032), I 19.661 (0.0095).
    v = observed([5.007, 4.994, 5.005, 4.990, 4.999])
    assert (round(v.mean, 3), round(v.u, 4), v.dof, v.n) == (4.999, 0.0032, 4, 5)
    assert v.component().evaluation == "A"
    assert v.input().u == v.u


def test_autocorrelated_observations_carry_less() -> None:
    # An AR(1) series with ρ = 0.8: n_eff → n·(1 − ρ)/(1 + ρ) = n/9.
    rng = np.random.default_rng(1)
    series = [0.0]
    for noise in rng.standard_normal(4999):
        series.append(0.8 * series[-1] + noise)
    plain, honest = observed(series), observed(series, autocorrelated=True)
    assert honest.n_effective == pytest.approx(5000 / 9, rel=0.25)
    assert honest.u == pytest.approx(3 * plain.u, rel=0.15)
    assert honest.dof == pytest.approx(honest.n_effective - 1)


def test_white_noise_keeps_nearly_all_its_observations() -> None:
    series = np.random.default_rng(2).standard_normal(2000).tolist()
    assert observed(series, autocorrelated=True).n_effective == pytest.approx(2000, rel=0.15)


def test_a_constant_series_has_no_autocorrelation() -> None:
    assert autocorrelations([3.0] * 20) == ()
    assert observed([3.0] * 20, autocorrelated=True).u == 0


def test_effective_number_follows_its_formula() -> None:
    # By hand: n = 4, ρ1 = 0.5 → 4/(1 + 2·0.75·0.5) = 4/1.75.
    assert effective_number(4, [0.5]) == pytest.approx(4 / 1.75)
    assert effective_number(8760, []) == 8760


@given(st.integers(2, 500), st.floats(-0.4, 0.9))
def test_positive_autocorrelation_lowers_and_negative_raises_the_effective_number(n: int, rho: float) -> None:
    effective = effective_number(n, [rho])
    assert effective <= n + 1e-9 if rho >= 0 else effective >= n - 1e-9


def test_pooled_scatter_weighs_by_degrees_of_freedom() -> None:
    # Variances 2 (1 dof) and 8 (1 dof): mean 5.
    assert list(pooled([[1, 3], [10, 14]])) == pytest.approx([math.sqrt(5), 2])


def test_series_observed_together_share_correlation_and_dof() -> None:
    inputs, r = observed_together({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3], "fixed": [1, 1, 1, 1]})
    assert r == {("a", "b"): pytest.approx(0.6)}
    assert propagate(lambda **x: x["a"] + x["b"], inputs, r).dof == pytest.approx(3)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: observed([1.0]),
        lambda: observed([1.0, math.nan]),
        lambda: observed([0.1 * n for n in range(40)], autocorrelated=True),
        lambda: effective_number(3, [0.1, 0.1, 0.1]),
        lambda: effective_number(10, [1.5]),
        lambda: effective_number(10, [-0.9, -0.9]),
        lambda: observed_together({"a": [1, 2], "b": [1, 2, 3]}),
        lambda: observed_together({"a": [1, 2, 3], "b": [2, 4, 6]}),
        lambda: observed([1.0, 2.0, 1.5], autocorrelated=True),
        lambda: pooled([]),
        lambda: duplicates([]),
        lambda: duplicates([(1.0, math.inf)]),
        lambda: certificate(U=1.0),
        lambda: certificate(U=1.0, k=2, p=0.95),
        lambda: certificate(U=1.0, k=0),
        lambda: certificate(U=1.0, relative=0.1, k=2),
        lambda: accuracy_class(0),
        lambda: resolution(0),
        lambda: drift(per_year=0.1, years=-1),
        lambda: scale_permissible_error(300_000, e=20),
        lambda: scale_permissible_error(-1, e=20),
        lambda: truck_scale(instrument="s", gross=10, tare=20, e=0.02),
        lambda: flow_meter(instrument="f", class_percent=1, pressure=0),
        lambda: gas_analyser(instrument="g", error_relative=0.01, full_scale=0),
        lambda: repeatability_limit(1, determinations=0),
        lambda: reproducibility_limit(-1),
        lambda: sampling(1, increments=0),
        lambda: xrf(instrument="x", s=1, determinations=0, calibration_u=1),
    ],
)
def test_an_evaluation_without_a_basis_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        wrong()


@pytest.mark.parametrize(
    ("component", "u"),
    [
        (permissible_error(half_width=0.6), 0.6 / math.sqrt(3)),
        (accuracy_class(0.5, full_scale=200), 1 / math.sqrt(3)),
        (accuracy_class(0.5), 0.005 / math.sqrt(3)),  # of a value of 1
        (resolution(0.02), 0.01 / math.sqrt(3)),
        (drift(per_year=0.3, years=2), 0.6 / math.sqrt(3)),
        (drift(relative_per_year=-0.3, years=1), 0.3 / math.sqrt(3)),
        (certificate(U=0.5, k=2), 0.25),
        (certificate(U=0.5, p=0.95), 0.5 / 1.959963985),  # student-t-coverage of the reference cases
        (certificate(U=0.5, p=0.95, dof=10), 0.5 / 2.228138852),
        (repeatability_limit(0.120, determinations=2), 0.120 / 2.77180765 / math.sqrt(2)),  # 2.7718 = 1.95996·√2
        (reproducibility_limit(0.28), 0.28 / 2.77180765),
        (sampling(0.6, increments=9), 0.2),
        (preparation(0.3), 0.3),
    ],
)
def test_a_component_has_the_standard_uncertainty_of_its_formula(component: Component, u: float) -> None:
    assert component.at(1.0) == pytest.approx(u, rel=1e-8)


def test_duplicates_give_the_scatter_of_one_result() -> None:
    # d = 0.4 and 0.2: sqrt((0.16 + 0.04)/4).
    found = duplicates([(21.0, 21.4), (20.8, 20.6)])
    assert found.s == pytest.approx(math.sqrt(0.05))
    assert found.dof == 2


@pytest.mark.parametrize(
    ("load", "in_service", "limit"),
    [(0, False, 10), (10_000, False, 10), (10_001, False, 20), (40_000, False, 20), (40_001, False, 30), (45_000, True, 60)],
)
def test_permissible_error_of_a_truck_scale_follows_its_steps(load: float, in_service: bool, limit: float) -> None:
    # Class III, e = 20 kg: 0.5 e to 500 e, 1.0 e to 2000 e, 1.5 e to 10 000 e; in service double (JJG 539, secondary).
    assert scale_permissible_error(load, e=20, in_service=in_service) == limit


def test_trucks_share_the_scale_and_not_the_rounding() -> None:
    trucks = {f"t{n}": Input.of(30, truck_scale(instrument="ts1", gross=45, tare=15, e=0.02)) for n in range(100)}
    result = propagate(lambda **x: sum(x.values()), trucks)
    # ±60 kg on 45 t, 30/45 of it on the net: 40 kg/√3 each, all the same; rounding 10 kg/√3, twice a truck.
    assert result.parts["systematic"] == pytest.approx(100 * 0.040 / math.sqrt(3))
    assert result.parts["random"] == pytest.approx(math.sqrt(200) * 0.010 / math.sqrt(3))
    assert trucks["t0"].components[0].state is CheckState.SECONDARY


def test_each_instrument_names_its_errors_so_that_they_stay() -> None:
    parts = [
        *belt_scale(instrument="b", class_percent=0.5, s_relative=0.002, zero_relative=0.001),
        *electricity_meter(instrument="e", class_percent=0.5, ct_percent=0.2, pt_percent=0.2, phase_relative=0.001),
        *flow_meter(instrument="f", class_percent=2, temperature_u=1, temperature=313.15, pressure_u=0.5),
        *gas_analyser(
            instrument="g",
            error_relative=0.02,
            full_scale=30,
            zero_drift=0.01,
            span_drift=0.01,
            interference=0.01,
            reference_gas_relative=0.01,
            reference_gas="bottle 4711",
        ),
        *calorimeter(instrument="c", repeatability=0.12, heat_capacity_relative=0.001, benzoic_acid_relative=0.0002),
        *xrf(instrument="x", s=0.1, calibration_u=0.1, drift_half_width=0.05),
    ]
    systematic = [part for part in parts if part.kind is Kind.SYSTEMATIC]
    assert all(part.group for part in systematic)
    assert len({part.group for part in systematic}) == len(systematic)
    assert "bottle 4711" in {part.group for part in systematic}
    assert [part.cause for part in parts if part.kind is Kind.RANDOM] == [Cause.REPEATABILITY] * 3


def test_a_laboratory_error_of_the_method_is_shared_by_its_results() -> None:
    shared = reproducibility_limit(0.28, laboratory="plant")
    assert (shared.group, shared.kind) == ("plant:method", Kind.SYSTEMATIC)
    assert reproducibility_limit(0.28).group is None
