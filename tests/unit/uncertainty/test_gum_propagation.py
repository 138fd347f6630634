from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core.numbers import Number, larger
from tanheng.uncertainty import (
    SECOND_ORDER,
    Cause,
    Component,
    CovarianceError,
    Input,
    InputError,
    Kind,
    ModelError,
    Propagated,
    budget_table,
    propagate,
    statement,
    upgrade,
)


def total(**x: Number) -> Number:
    values = list(x.values())
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def gum(model: Callable[..., Number], inputs: dict[str, Input], **more: Any) -> Propagated:  # Any: passed on as it is
    result = propagate(model, inputs, **more)
    assert isinstance(result, Propagated)
    return result


def test_a_group_adds_linearly_over_inputs_and_does_not_average_out() -> None:
    # Twelve months of 100 t on one scale of 1 %: 12 t, not 12/√12 = 3.46 t.
    shared = {f"m{month}": Input.normal(100, 1.0, group="scale") for month in range(12)}
    alone = {f"m{month}": Input.normal(100, 1.0) for month in range(12)}
    assert gum(total, shared).u == pytest.approx(12.0, rel=1e-12)
    assert gum(total, alone).u == pytest.approx(math.sqrt(12), rel=1e-12)


def test_a_group_cancels_in_a_difference_and_doubles_with_the_opposite_sign() -> None:
    same = {"a": Input.normal(10, 0.3, group="g"), "b": Input.normal(4, 0.3, group="g")}
    assert gum(lambda *, a, b: a - b, same).u == pytest.approx(0, abs=1e-12)
    opposite = {**same, "b": Input.normal(4, 0.3, group="g", sign=-1)}
    assert gum(lambda *, a, b: a - b, opposite).u == pytest.approx(0.6, rel=1e-12)


def test_correlation_survives_sums_ratios_and_conversions() -> None:
    # a/b of one scale: the relative errors are the same error, so the ratio is exact (trap 3 of the domain reference).
    inputs = {
        name: Input.of(value, [Component.normal(relative=0.01, group="scale")]) for name, value in (("a", 10.0), ("b", 40.0))
    }
    assert gum(lambda *, a, b: (a * 1000) / (b * 1000), inputs).u == pytest.approx(0, abs=1e-15)


def test_random_and_systematic_parts_add_in_quadrature_and_stay_apart() -> None:
    parts = [Component.normal(u=3.0), Component.normal(u=4.0, kind="systematic")]
    result = gum(lambda *, x: x * 2, {"x": Input.of(10, parts)})
    assert result.parts == pytest.approx({"random": 6.0, "systematic": 8.0})
    assert result.u == pytest.approx(10.0)


def test_a_component_of_a_group_is_systematic_unless_it_says_otherwise() -> None:
    assert Component.normal(u=1, group="scale").kind is Kind.SYSTEMATIC
    assert Component.normal(u=1).kind is Kind.RANDOM
    assert Component.normal(u=1, kind="random", group="survey of 31 March").kind is Kind.RANDOM


def test_degrees_of_freedom_of_a_group_count_once() -> None:
    # Two members of one error with 4 degrees of freedom: still 4. Two independent ones of equal size: 8.
    shared = {"a": Input.normal(1, 0.1, 4, group="g"), "b": Input.normal(1, 0.1, 4, group="g")}
    apart = {"a": Input.normal(1, 0.1, 4), "b": Input.normal(1, 0.1, 4)}
    assert gum(total, shared).dof == pytest.approx(4)
    assert gum(total, apart).dof == pytest.approx(8)


def test_effective_degrees_of_freedom_are_truncated_before_the_t_factor() -> None:
    # JCGM 100, H.1: 16.75 → 16, t_99 = 2.92 (2.9046 for 16.75 not truncated).
    result = gum(total, {"a": Input.normal(1, 1.0, 16.75)})
    assert result.dof == pytest.approx(16.75)
    assert result.expanded(0.99).k == pytest.approx(2.9208, abs=5e-5)


def test_unequal_degrees_of_freedom_under_correlation_are_undefined_and_give_k_2() -> None:
    inputs = {"a": Input.normal(1, 0.1, 4), "b": Input.normal(1, 0.1, 9)}
    result = gum(total, inputs, correlations={("a", "b"): 0.5})
    assert math.isnan(result.dof)
    assert result.u == pytest.approx(math.sqrt(0.01 + 0.01 + 2 * 0.5 * 0.01))
    assert result.expanded().k == 2
    assert "k = 2" in result.expanded().text("en")
    assert "没有定义" in statement(result, language="zh")
    with pytest.raises(InputError, match=r"0\.99"):
        result.expanded(0.99)


def test_quantities_observed_together_keep_their_degrees_of_freedom() -> None:
    inputs = {"a": Input.normal(1, 0.1, 4), "b": Input.normal(1, 0.1, 4)}
    assert gum(total, inputs, correlations={("a", "b"): 0.5}).dof == pytest.approx(4)


def test_second_order_is_added_where_the_first_derivative_vanishes() -> None:
    # y = x² at x = 0: the distribution of u²·χ²₁ has the standard deviation √2·u².
    result = gum(lambda *, x: x * x, {"x": Input.normal(0, 0.3)})
    assert result.u == pytest.approx(math.sqrt(2) * 0.09, rel=1e-9)
    assert result.u_first_order == 0
    assert result.budget[0].input == SECOND_ORDER
    assert gum(lambda *, x: x * x, {"x": Input.normal(0, 0.3)}, order=1).u == 0


def test_second_order_of_a_product_at_zero_is_the_product_of_the_uncertainties() -> None:
    result = gum(lambda *, x, y: x * y, {"x": Input.normal(0, 0.3), "y": Input.normal(0, 0.5, group="g")})
    assert result.u == pytest.approx(0.15, rel=1e-9)
    assert result.parts == pytest.approx({"random": 0.0, "systematic": 0.15})


def test_second_order_is_found_among_hundreds_of_inputs() -> None:
    inputs = {f"x{i}": Input.normal(1, 0.01) for i in range(200)} | {"a": Input.normal(0, 0.3), "b": Input.normal(0, 0.5)}

    def model(*, a: Number, b: Number, **x: Number) -> Number:
        return total(**x) + a * b

    assert gum(model, inputs).u == pytest.approx(math.sqrt(200 * 0.01**2 + 0.15**2), rel=1e-9)


def test_an_input_the_model_does_not_use_changes_nothing() -> None:
    result = gum(lambda *, x, **_: x * 2, {"x": Input.normal(1, 0.1), "unused": Input.normal(0, 5)})
    assert result.u == pytest.approx(0.2)
    assert [row.input for row in result.budget] == ["x"]


def test_shares_of_a_budget_add_up_to_one_also_with_groups_and_cancelling_rows() -> None:
    inputs = {
        "a": Input.of(10, [Component.normal(u=0.3, group="g"), Component.normal(u=0.2)]),
        "b": Input.of(4, [Component.normal(u=0.1, group="g")]),
    }
    result = gum(lambda *, a, b: a - b, inputs)
    assert sum(row.share for row in result.budget) == pytest.approx(1)
    assert min(row.share for row in result.budget) < 0
    assert result.budget[0].input == "a"


def test_rows_of_one_error_are_one_in_the_ranking_of_errors() -> None:
    inputs = {
        f"m{month}": Input.of(100, [Component.normal(u=1.0, group="scale"), Component.normal(u=1.0)]) for month in range(12)
    }
    errors = gum(total, inputs).errors
    assert errors[0].name == "scale"
    assert len(errors[0].inputs) == 12
    assert errors[0].contribution == pytest.approx(12)
    assert errors[0].share == pytest.approx(144 / 156)
    assert sum(error.share for error in errors) == pytest.approx(1)


def test_a_budget_row_carries_what_the_reader_needs() -> None:
    component = Component.rectangular(
        relative=0.005, group="belt:calibration", cause=Cause.PERMISSIBLE_ERROR, source="class 0.5"
    )
    result = gum(lambda *, m, f: m * f, {"m": Input.of(1000, [component]), "f": Input.normal(0.52, 0.001, 9)})
    row = next(row for row in result.budget if row.input == "m")
    assert (row.value, row.type, row.distribution, row.group) == (1000, "B", "rectangular", "belt:calibration")
    assert row.u == pytest.approx(5 / math.sqrt(3))
    assert row.sensitivity == pytest.approx(0.52)
    assert row.contribution == pytest.approx(0.52 * 5 / math.sqrt(3))
    assert next(row for row in result.budget if row.input == "f").type == "A"
    table = budget_table(result, language="zh", rows=1)
    assert table[0][0] == "输入量"
    assert table[-1][0] == "其余 1 项"


def test_several_outputs_carry_their_covariance() -> None:
    inputs = {"a": Input.normal(2, 0.1), "b": Input.normal(3, 0.2)}
    results = propagate(lambda *, a, b: {"sum": a + b, "difference": a - b, "fixed": 7}, inputs)
    assert results.covariance("sum", "difference") == pytest.approx(0.01 - 0.04)
    assert results.correlation("sum", "sum") == pytest.approx(1)
    assert results["fixed"].u == 0
    assert results.correlation("sum", "fixed") == 0
    assert np.allclose(results.matrix(), np.array([[0.05, -0.03, 0], [-0.03, 0.05, 0], [0, 0, 0]]))


def test_correlated_inputs_reach_the_covariance_of_outputs() -> None:
    inputs = {"a": Input.normal(2, 0.1), "b": Input.normal(3, 0.2)}
    results = propagate(lambda *, a, b: {"a": a * 1, "b": b * 1}, inputs, {("a", "b"): 0.25})
    assert results.correlation("a", "b") == pytest.approx(0.25)
    assert results.matrix()[0, 1] == pytest.approx(0.25 * 0.1 * 0.2)


def test_a_model_may_return_an_input_itself() -> None:
    assert gum(lambda *, a: a, {"a": Input.normal(2, 0.1, 7)}).u == pytest.approx(0.1)


def test_a_decimal_of_the_accounting_kernel_is_taken_as_a_value() -> None:
    assert Input.of(Decimal("0.5306")).value == 0.5306


def test_a_kink_is_named_and_monte_carlo_called_official() -> None:
    result = gum(lambda *, x: larger(x, x * 0), {"x": Input.normal(0.01, 0.1)})
    assert result.kinks == ("larger",)
    assert "Monte Carlo" in statement(result)
    assert gum(lambda *, x: larger(x, x * 0), {"x": Input.normal(10, 0.1)}).kinks == ()


def test_a_laboratory_budget_without_sampling_is_incomplete_and_never_a_final_u() -> None:
    value = Input.of(21.0, [Component.normal(u=0.1, cause=Cause.REPEATABILITY)], nature="laboratory")
    result = gum(lambda *, coal, ncv: coal * ncv, {"coal": Input.normal(1000, 5), "ncv": value})
    assert not result.complete
    assert result.missing[0].input == "ncv"
    assert result.missing[0].causes == (Cause.SAMPLING, Cause.PREPARATION)
    assert "不完整" in statement(result, language="zh")
    assert "采样" in result.expanded().text("zh")
    assert "incomplete" in result.expanded().text("en")
    assert "U = " not in result.expanded().text("en")
    assert not result.expanded().final


def test_a_complete_laboratory_budget_is_printed_with_its_u() -> None:
    parts = [Component.normal(u=0.1, cause=cause) for cause in (Cause.SAMPLING, Cause.PREPARATION, Cause.REPEATABILITY)]
    result = gum(lambda *, ncv: ncv * 1, {"ncv": Input.of(21.0, parts, nature="laboratory")})
    assert result.complete
    assert statement(result, unit="GJ/t") == "21.00 GJ/t with U = 0.34 GJ/t (k = 1.96, p = 95 %), that is 1.6 %"


def test_a_default_factor_without_representativeness_is_incomplete_even_as_a_constant() -> None:
    result = gum(
        lambda *, m, factor: m * factor, {"m": Input.normal(10, 1), "factor": Input.of(0.02618, nature="default-factor")}
    )
    assert result.missing[0].causes == (Cause.REPRESENTATIVENESS,)


def test_an_output_that_does_not_use_the_incomplete_input_is_complete() -> None:
    inputs = {"m": Input.normal(10, 1), "ncv": Input.of(21, [Component.normal(u=1)], nature="laboratory")}
    results = propagate(lambda *, m, ncv: {"mass": m * 1, "heat": m * ncv}, inputs)
    assert results["mass"].complete
    assert not results["heat"].complete


def test_an_upgrade_says_what_it_buys() -> None:
    inputs = {"m": Input.normal(100, 3.0), "f": Input.normal(1, 0.04)}
    bought = upgrade(lambda *, m, f: m * f, inputs, {"f": Input.normal(1, 0.0)})[""]
    assert [bought.before, bought.after] == pytest.approx([5.0, 3.0])
    assert bought.gain == pytest.approx(0.4)
    with pytest.raises(InputError, match="coal"):
        upgrade(lambda *, m, f: m * f, inputs, {"coal": Input.of(1)})


@pytest.mark.parametrize(
    ("correlations", "named"),
    [
        ({("a", "x"): 0.5}, "x"),
        ({("a", "b"): 1.0}, "a"),
        ({("a", "b"): -1.0}, "b"),
        ({("a", "b"): math.nan}, "nan"),
        ({("a", "a"): 0.5}, "a"),
        ({("a", "b"): 0.5, ("b", "a"): 0.5}, "b"),
        ({("a", "fixed"): 0.5}, "fixed"),
        ({("a", "grouped"): 0.5}, "grouped"),
        ({("a", "mixed"): 0.5}, "mixed"),
        ({("a", "systematic"): 0.5}, "systematic"),
    ],
)
def test_an_invalid_correlation_is_refused_by_name(correlations: dict[tuple[str, str], float], named: str) -> None:
    inputs = {
        "a": Input.normal(1, 0.1),
        "b": Input.normal(1, 0.1),
        "fixed": Input.of(1),
        "grouped": Input.normal(1, 0.1, group="g"),
        "mixed": Input.of(1, [Component.normal(u=1), Component.rectangular(half_width=1)]),
        "systematic": Input.normal(1, 0.1, kind="systematic"),
    }
    with pytest.raises(CovarianceError, match=named):
        propagate(total, inputs, correlations)


def test_a_covariance_that_is_not_positive_definite_names_the_pair() -> None:
    inputs = {name: Input.normal(1, 0.1) for name in "abcd"}
    contradiction = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9, ("c", "d"): 0.1}
    with pytest.raises(CovarianceError) as refused:
        propagate(total, inputs, contradiction)
    assert refused.value.code == "uncertainty.covariance.not_positive"
    assert {refused.value.fields["a"], refused.value.fields["b"]} <= {"a", "b", "c"}


@pytest.mark.parametrize("change", [{"dof": 5.0}, {"kind": "random"}])
def test_members_of_a_group_that_describe_different_errors_are_refused(change: dict[str, Any]) -> None:  # Any: one field
    one = Component.normal(u=1, group="g")
    other = Component.normal(u=2, group="g", **change)
    with pytest.raises(InputError, match="g"):
        propagate(total, {"a": Input.of(1, [one]), "b": Input.of(1, [other])})


def test_a_group_with_two_shapes_or_twice_in_one_input_is_refused() -> None:
    normal, flat = Component.normal(u=1, group="g"), Component.rectangular(half_width=1, group="g")
    with pytest.raises(InputError, match="shape"):
        propagate(total, {"a": Input.of(1, [normal]), "b": Input.of(1, [flat])})
    with pytest.raises(InputError, match="twice"):
        Input.of(1, [normal, normal])


@pytest.mark.parametrize(
    "build",
    [
        lambda: Input.of(math.nan),
        lambda: Input.of(1, nature="guess"),
        Component.normal,
        lambda: Component.normal(u=1, relative=1),
        lambda: Component.normal(u=-1),
        lambda: Component.normal(u=math.inf),
        lambda: Component.normal(u=1, dof=0.5),
        lambda: Component.normal(u=1, dof=math.nan),
        lambda: Component.normal(u=1, kind="sometimes"),
        lambda: Component.normal(u=1, sign=2),
        lambda: Component.normal(u=1, group=""),
        lambda: Component.normal(u=1, evaluation="C"),
        lambda: Component.student_t(scale=1, dof=2, stated="deviation"),
        lambda: Component.student_t(scale=1, dof=5, stated="maybe"),
        lambda: Component.curvilinear_trapezoid(half_width=1, edge=2),
    ],
)
def test_an_impossible_input_is_refused(build: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        build()


def test_no_inputs_and_unknown_orders_are_refused() -> None:
    with pytest.raises(InputError):
        propagate(lambda: 1, {})
    with pytest.raises(InputError, match="order"):
        propagate(total, {"a": Input.normal(1, 1)}, order=3)


def test_a_model_without_a_finite_value_is_refused_by_the_name_of_the_output() -> None:
    with pytest.raises(ModelError, match="ratio"):
        propagate(lambda *, a: {"ratio": float("nan"), "a": a}, {"a": Input.normal(1, 1)})


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 2), st.sampled_from([None, "g", "h"])), min_size=1, max_size=8))
def test_a_linear_model_gives_the_sum_over_groups_exactly(rows: list[tuple[float, float, str | None]]) -> None:
    inputs = {f"x{i}": Input.normal(1, u, group=group) for i, (_, u, group) in enumerate(rows)}
    coefficients = [c for c, _, _ in rows]

    def model(**x: Number) -> Number:
        return total(**{name: value * c for (name, value), c in zip(x.items(), coefficients, strict=True)})

    by_source: dict[object, float] = {}
    for place, (c, u, group) in enumerate(rows):
        by_source[group or place] = by_source.get(group or place, 0.0) + c * u
    expected = math.sqrt(sum(part * part for part in by_source.values()))
    result = gum(model, inputs)
    assert result.u == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert math.hypot(*result.parts.values()) == pytest.approx(result.u, rel=1e-9, abs=1e-12)
