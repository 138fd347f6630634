from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.numbers import Number
from tanheng.uncertainty import (
    Component,
    CovarianceError,
    Input,
    InputError,
    ModelError,
    MonteCarlo,
    monte_carlo,
    propagate,
    validate,
)
from tanheng.uncertainty.adaptive import numerical_tolerance
from tanheng.uncertainty.functions import sqrt
from tanheng.uncertainty.streams import BLOCK


def product(*, mass: Number, factor: Number) -> Number:
    return mass * factor


INPUTS = {"mass": Input.normal(1000, 10), "factor": Input.rectangular(0.52, 0.01)}


def one(model: Callable[..., Number], inputs: dict[str, Input], **more: Any) -> MonteCarlo:  # Any: passed on as it is
    result = monte_carlo(model, inputs, **more)
    assert isinstance(result, MonteCarlo)
    return result


def test_same_seed_gives_the_same_bytes_whatever_the_number_of_threads() -> None:
    runs = [one(product, INPUTS, trials=100_001, seed=7, threads=threads).samples.tobytes() for threads in (1, 2, 5)]
    assert runs[0] == runs[1] == runs[2]
    assert one(product, INPUTS, trials=100_001, seed=8).samples.tobytes() != runs[0]


def test_first_trials_of_a_longer_run_are_those_of_a_shorter_one() -> None:
    short, long = one(product, INPUTS, trials=BLOCK + 10, seed=7), one(product, INPUTS, trials=3 * BLOCK, seed=7)
    assert np.array_equal(short.samples, long.samples[: BLOCK + 10])


def test_known_draws_of_a_seed_stay_what_they_are() -> None:
    # A stored report names seed, trials and library; these bytes may not change with our code.
    result = one(lambda *, x: x * 1, {"x": Input.normal(0, 1)}, trials=3, seed=1)
    assert result.library == f"numpy {np.__version__}"
    # The recipe of docs/decisions/0020 by hand: numpy Philox, key (seed, blake2b-64 of the source), counter (0, 0, 0, block).
    name = int.from_bytes(hashlib.blake2b(b"x#", digest_size=8).digest(), "big")
    philox = np.random.Philox(key=np.array([1, name], dtype=np.uint64), counter=np.zeros(4, dtype=np.uint64))
    assert result.samples.tolist() == np.random.Generator(philox).standard_normal(3).tolist()
    assert result.samples.tolist() == pytest.approx([-0.6975920147153682, -0.29278629057749656, 0.15759531097601753], abs=1e-12)


def test_two_runs_that_differ_in_one_input_share_all_other_draws() -> None:
    same = one(lambda *, mass, **_: mass * 1, {**INPUTS, "factor": Input.normal(1, 0.5)}, trials=1000, seed=3)
    assert np.array_equal(same.samples, one(lambda *, mass, **_: mass * 1, INPUTS, trials=1000, seed=3).samples)


def test_a_group_is_one_draw_for_all_its_members() -> None:
    inputs = {
        "a": Input.normal(10, 0.3, group="g"),
        "b": Input.normal(4, 0.3, group="g"),
        "c": Input.normal(0, 0.6, group="g", sign=-1),
    }
    difference = one(lambda *, a, b, **_: a - b, inputs, trials=20_000, seed=1)
    assert np.allclose(difference.samples, 6)
    cancelled = one(lambda *, a, b, c: a + b + c, inputs, trials=20_000, seed=1)
    assert np.allclose(cancelled.samples, 14)


@pytest.mark.parametrize(
    ("shape", "u"),
    [
        (Component.normal(u=1.0), 1.0),
        (Component.rectangular(half_width=1.0), 1 / math.sqrt(3)),
        (Component.triangular(half_width=1.0), 1 / math.sqrt(6)),
        (Component.arcsine(half_width=1.0), 1 / math.sqrt(2)),
        (Component.curvilinear_trapezoid(half_width=1.0, edge=0.5), math.sqrt(1 / 3 + 0.25 / 9)),  # JCGM 101, 6.4.3.3
        (Component.student_t(scale=1.0, dof=6), math.sqrt(6 / 4)),
        (Component.student_t(scale=1.0, dof=6, stated="deviation"), 1.0),
        (Component.student_t(scale=1.0, dof=math.inf), 1.0),
    ],
)
def test_each_shape_has_its_standard_deviation_and_stays_in_its_bounds(shape: Component, u: float) -> None:
    result = one(lambda *, x: x * 1, {"x": Input.of(5.0, [shape])}, trials=400_000, seed=11)
    assert result.u == pytest.approx(u, rel=0.01)
    assert result.mean == pytest.approx(5.0, abs=0.01)
    if math.isfinite(shape.law.half_width()):
        assert np.abs(result.samples - 5).max() <= 1.5 + 1e-12


def test_components_of_one_input_add_in_quadrature() -> None:
    parts = [Component.normal(u=3.0), Component.normal(u=4.0, dof=5), Component.rectangular(half_width=12 * math.sqrt(3))]
    assert one(lambda *, x: x * 1, {"x": Input.of(0, parts)}, trials=400_000, seed=2).u == pytest.approx(13.0, rel=0.005)


def test_correlated_inputs_reach_their_correlation_whatever_their_shapes() -> None:
    inputs = {
        "a": Input.normal(0, 1),
        "b": Input.rectangular(0, 1),
        "c": Input.arcsine(0, 1),
        "d": Input.student_t(0, 1, 5),
        "e": Input.triangular(0, 1),
    }
    wanted = {("a", "b"): 0.7, ("b", "c"): -0.4, ("c", "d"): 0.3, ("d", "e"): 0.5}
    results = monte_carlo(
        lambda **x: {name: value * 1 for name, value in x.items()}, inputs, trials=400_000, seed=5, correlations=wanted
    )
    for (a, b), r in wanted.items():
        assert results.correlation(a, b) == pytest.approx(r, abs=0.01)
    assert np.abs(results["b"].samples).max() <= 1 + 1e-12


def test_correlations_no_distribution_can_have_are_refused_by_pair() -> None:
    inputs = {"a": Input.arcsine(0, 1), "b": Input.student_t(0, 1, 2.5)}
    with pytest.raises(CovarianceError, match="“a” and “b”"):
        monte_carlo(lambda *, a, b: a + b, inputs, trials=10, seed=1, correlations={("a", "b"): 0.999})


def test_linear_model_agrees_with_the_gum_and_is_validated() -> None:
    inputs = {f"x{i}": Input.normal(i, 1 + i / 10, group="g" if i % 2 else None) for i in range(6)}

    def model(**x: Number) -> Number:
        return x["x0"] + x["x1"] * 2 - x["x2"] + x["x3"] + x["x4"] * 3 - x["x5"]

    first, drawn = propagate(model, inputs), one(model, inputs, trials=400_000, seed=1)
    assert drawn.u == pytest.approx(first.u, rel=0.005)
    assert validate(first, drawn, digits=1).accepted


def test_a_run_that_breaks_names_the_datum() -> None:
    inputs = {"moisture": Input.normal(0.1, 0.05), "mass": Input.normal(10, 0.1)}
    with pytest.raises(ModelError, match="moisture") as broken:
        monte_carlo(lambda *, moisture, mass: mass * sqrt(moisture), inputs, trials=10_000, seed=1)
    assert broken.value.code == "uncertainty.monte_carlo.datum"
    assert float(str(broken.value.fields["drawn"])) < 0
    assert "moisture" in broken.value.text("zh")


def test_a_run_broken_by_several_inputs_together_lists_them() -> None:
    def model(*, a: Number, b: Number) -> Number:
        return sqrt(1 - a * a - b * b) + sqrt(a * 0 - 1)

    with pytest.raises(ModelError) as broken:
        monte_carlo(model, {"a": Input.normal(0, 1), "b": Input.normal(0, 1)}, trials=100, seed=1)
    assert broken.value.code == "uncertainty.monte_carlo.not_finite"


def test_symmetric_and_shortest_intervals_differ_for_skewed_results() -> None:
    result = one(lambda *, x: x * x, {"x": Input.normal(0, 1)}, trials=400_000, seed=1)
    # χ² with one degree of freedom: quantiles 0.00098 and 5.024; shortest [0, 3.841].
    assert result.interval() == pytest.approx((0.00098, 5.024), abs=0.05)
    assert result.interval(kind="shortest") == pytest.approx((0, 3.841), abs=0.04)


def test_interval_takes_the_ranks_of_jcgm_101() -> None:
    # 7.7.2 with M = 100 and p = 0.95: q = 95, r = 3 (½(100 − 95) rounded), [y(3), y(98)].
    ranks = MonteCarlo("", np.arange(1, 101, dtype=float), 1)
    assert ranks.interval(0.95) == (3, 98)
    assert ranks.interval(0.95, "shortest") == (1, 96)


@pytest.mark.parametrize("p", [0, 1, -0.1, 0.999])
def test_an_interval_that_the_trials_cannot_give_is_refused(p: float) -> None:
    with pytest.raises(InputError):
        MonteCarlo("", np.arange(100, dtype=float), 1).interval(p)


def test_an_unknown_kind_of_interval_is_refused() -> None:
    with pytest.raises(InputError, match="widest"):
        MonteCarlo("", np.arange(100, dtype=float), 1).interval(0.95, "widest")


def test_adaptive_run_stops_when_the_digits_are_stable() -> None:
    result = one(product, INPUTS, trials="adaptive", seed=4, digits=2)
    assert result.trials % BLOCK == 0
    assert 2 * BLOCK < result.trials < 4_000_000
    exact = math.hypot(1000 * 0.01 / math.sqrt(3), 0.52 * 10)
    assert abs(result.u - exact) < 3 * numerical_tolerance(exact, 2)
    assert one(product, INPUTS, trials="adaptive", seed=4, digits=2, threads=3).samples.tobytes() == result.samples.tobytes()


def test_adaptive_run_that_does_not_settle_is_refused_with_its_trials() -> None:
    with pytest.raises(ModelError, match="fewer digits"):
        monte_carlo(lambda *, x: 1 / x, {"x": Input.normal(0, 1)}, trials="adaptive", seed=1, digits=6)


@pytest.mark.parametrize(
    ("u", "digits", "delta"), [(0.0754, 1, 0.005), (0.0754, 2, 0.0005), (35.8, 2, 0.5), (0.0996, 2, 0.005), (1.0, 1, 0.5)]
)
def test_numerical_tolerance_is_half_a_unit_of_the_last_digit(u: float, digits: int, delta: float) -> None:
    # JCGM 101, 7.9.2; 0.0996 to two digits is 0.10 = 10·10⁻².
    assert numerical_tolerance(u, digits) == pytest.approx(delta)


def test_samples_are_read_only_and_outputs_can_be_chosen() -> None:
    def several(*, mass: Number, factor: Number) -> dict[str, Number]:
        return {"a": mass * factor, "b": mass + factor, "c": 1.0}

    results = monte_carlo(several, INPUTS, trials=100, seed=1, keep=["b", "c"])
    assert list(results) == ["b", "c"]
    assert results["c"].u == 0
    assert results.correlation("b", "c") == 0
    assert results.matrix().shape == (2, 2)
    with pytest.raises(ValueError, match="read-only"):
        results["b"].samples[0] = 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1},
        {"seed": 2**64},
        {"seed": 1.5},
        {"seed": True},
        {"trials": 1},
        {"trials": "many"},
        {"trials": 10.0},
        {"threads": 0},
        {"keep": ["nothing"]},
        {"keep": []},
        {"trials": 10**9},
        {"trials": "adaptive", "digits": 0},
        {"trials": "adaptive", "p": 1.0},
    ],
)
def test_a_run_that_cannot_be_done_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ModelError):
        monte_carlo(lambda *, x: {"y": x * 1}, {"x": Input.normal(0, 1)}, **{"trials": 100, "seed": 1, **wrong})


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(2, 3 * BLOCK), st.integers(1, 4))
def test_any_seed_and_length_repeats(seed: int, trials: int, threads: int) -> None:
    first = one(product, INPUTS, trials=trials, seed=seed)
    assert first.samples.tobytes() == one(product, INPUTS, trials=trials, seed=seed, threads=threads).samples.tobytes()
    assert first.trials == trials
