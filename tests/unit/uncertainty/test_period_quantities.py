from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core.numbers import Number
from tanheng.uncertainty import Cause, Component, Input, InputError, propagate
from tanheng.uncertainty.periods import (
    Analysed,
    Reset,
    consumption,
    hourly_sum,
    survey,
    totalised,
    weighings,
    weighted_average,
)


@pytest.mark.parametrize(("count", "relative"), [(100, 0.0050990), (10**6, 0.0050000)])
def test_many_weighings_approach_the_error_of_the_scale(count: int, relative: float) -> None:
    # Identity of the domain reference, section 3: N = 100, u_r = 1 %, u_s = 0.5 % → 0.50990 %; N → ∞ → 0.5 %.
    total = weighings([25.0] * count, scale="truck", u_random=0.01, u_common=0.005)
    assert total.u / total.value == pytest.approx(relative, abs=6e-8)


def test_unequal_loads_add_their_squares() -> None:
    total = weighings([10, 20, 30], scale="s", u_random=0.01, u_common=0.002)
    assert total.value == 60
    assert total.u == pytest.approx(math.sqrt(0.01**2 * (100 + 400 + 900) + 0.002**2 * 3600))


def test_scale_interval_enters_each_weighing_twice_when_tared() -> None:
    total = weighings([30.0] * 50, scale="s", u_common=0.0, interval=0.02)
    assert total.u == pytest.approx(math.sqrt(100) * 0.01 / math.sqrt(3))


def test_consumption_is_deliveries_less_exports_less_stock_growth() -> None:
    assert consumption(purchased=Decimal(1000), exported=Decimal(50), stock_begin=Decimal(300), stock_end=Decimal(280)) == 970


def stock_change(**x: Number) -> Number:
    return consumption(purchased=x["p"], exported=x["e"], stock_begin=x["begin"], stock_end=x["end"])


def test_independent_terms_of_a_consumption_add_in_squares() -> None:
    # U(Q) = sqrt(U(P)² + U(E)² + U(Sb)² + U(Se)²), by hand.
    inputs = {
        "p": Input.normal(1000, 6),
        "e": Input.normal(100, 2),
        "begin": Input.normal(300, 3),
        "end": Input.normal(200, 4),
    }
    assert propagate(stock_change, inputs).u == pytest.approx(math.sqrt(36 + 4 + 9 + 16))


def test_what_both_stock_surveys_share_cancels_in_the_change() -> None:
    # Density 5 % on 1000 and on 800 m³ of 1 t/m³: 0.05·200 on the change, not 0.05·sqrt(1000² + 800²).
    def stocks(second: str) -> dict[str, Input]:
        return {
            "p": Input.of(5000),
            "e": Input.of(0),
            "begin": survey(1000, 1.0, method="laser", u_volume=0.0, u_density=0.05),
            "end": survey(800, 1.0, method=second, u_volume=0.0, u_density=0.05),
        }

    assert propagate(stock_change, stocks("laser")).u == pytest.approx(10)
    assert propagate(stock_change, stocks("drone")).u == pytest.approx(0.05 * math.hypot(1000, 800))


def test_the_survey_between_two_months_is_one_survey() -> None:
    march = survey(500, 1.0, method="m", u_volume=0.04, u_density=0, survey_id="2026-03-31")

    def quarter(*, s: Number, same: Number) -> dict[str, Number]:
        return {"march": 100 - s, "april": 100 + same, "both": 200 - s + same}

    results = propagate(quarter, {"s": march, "same": march})
    assert results["march"].u == pytest.approx(20)
    assert results["both"].u == pytest.approx(0, abs=1e-9)


def test_monthly_stock_matters_more_than_annual() -> None:
    stock = {"begin": Input.normal(3000, 150), "end": Input.normal(2500, 125), "e": Input.of(0)}
    month = propagate(stock_change, {"p": Input.normal(10_000, 50), **stock})
    year = propagate(stock_change, {"p": Input.normal(120_000, 600), **stock})
    assert month.relative > 3 * year.relative


READINGS = [Decimal("100.0"), Decimal("150.0"), Decimal("170.0")]


def test_a_totaliser_is_the_difference_of_its_ends() -> None:
    total = totalised(READINGS, resolution=Decimal("0.1"))
    assert total.value == 70.0
    assert total.u == pytest.approx(math.sqrt(2) * 0.05 / math.sqrt(3))


def test_a_declared_reset_is_bridged_and_adds_two_readings() -> None:
    readings = [Decimal(100), Decimal(150), Decimal(20)]
    total = totalised(readings, resolution=Decimal(1), resets=[Reset(after=1, last=Decimal(160), first=Decimal(5))])
    assert total.value == 50 + 10 + 15
    assert total.u == pytest.approx(math.sqrt(4) * 0.5 / math.sqrt(3))


def test_a_roll_over_is_recognised_below_half_the_capacity() -> None:
    readings = [Decimal(999_990), Decimal(30)]
    assert totalised(readings, resolution=Decimal(1), capacity=Decimal(1_000_000)).value == 40


def test_the_meter_enters_with_the_amount() -> None:
    meter = [Component.normal(relative=0.01, group="meter")]
    assert totalised(READINGS, resolution=Decimal("0.001"), meter=meter).u == pytest.approx(0.7, rel=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: totalised([Decimal(1)], resolution=Decimal(1)),
        lambda: totalised([Decimal(150), Decimal(20)], resolution=Decimal(1)),
        lambda: totalised([Decimal(600), Decimal(500)], resolution=Decimal(1), capacity=Decimal(1000)),
        lambda: totalised(READINGS, resolution=Decimal(0)),
        lambda: totalised(READINGS, resolution=Decimal(1), resets=[Reset(after=2, last=Decimal(1))]),
        lambda: totalised(READINGS, resolution=Decimal(1), resets=[Reset(after=0, last=Decimal(90))]),
        lambda: weighings([], scale="s", u_common=0.1),
        lambda: weighings([1, -1], scale="s", u_common=0.1),
        lambda: hourly_sum([], stack="k", u_random=0.1, systematic={}),
        lambda: hourly_sum([1, math.nan], stack="k", u_random=0.1, systematic={}),
        lambda: weighted_average([], components=[]),
        lambda: weighted_average([Analysed(1, 0)], components=[]),
    ],
)
def test_a_period_that_cannot_be_added_up_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        wrong()


def test_an_undeclared_fall_names_the_reading() -> None:
    with pytest.raises(InputError, match="Reading 3 falls from 150 to 20"):
        totalised([Decimal(100), Decimal(150), Decimal(20)], resolution=Decimal(1))


SYSTEMATIC = {"concentration": 0.01, "flow": 0.02, "moisture": 0.005}


def test_a_year_of_stack_hours_keeps_its_systematic_parts() -> None:
    # Identity of the domain reference, section 5: 2.2919 %; with √n applied to everything 0.059 %, the classic error.
    year = hourly_sum([100.0] * 8760, stack="kiln", u_random=0.05, systematic=SYSTEMATIC)
    assert year.relative == pytest.approx(0.022919, abs=6e-7)
    classic = math.sqrt(0.05**2 + sum(u * u for u in SYSTEMATIC.values())) / math.sqrt(8760)
    assert classic == pytest.approx(0.00059, abs=6e-6)
    assert year.relative > 30 * classic


def test_autocorrelated_hours_count_for_fewer() -> None:
    # ρ_k = 0.9^k to lag 60: n_eff ≈ n·0.1/1.9.
    rho = [0.9**k for k in range(1, 61)]
    year = hourly_sum([100.0] * 8760, stack="kiln", u_random=0.05, systematic={}, rho=rho)
    assert year.n_effective == pytest.approx(8760 / 19, rel=0.01)
    assert year.relative == pytest.approx(0.05 / math.sqrt(year.n_effective))


def test_two_stacks_adjusted_with_one_bottle_share_its_error() -> None:
    def stack(name: str) -> Input:
        groups = {"concentration": "bottle 4711"}
        return hourly_sum([50.0] * 100, stack=name, u_random=0, systematic={"concentration": 0.01}, groups=groups).input

    result = propagate(lambda *, a, b: a + b, {"a": stack("a"), "b": stack("b")})
    assert result.u == pytest.approx(0.01 * 10_000)
    assert result.groups == {"bottle 4711"}


LABORATORY = [
    Component.normal(u=0.3, cause=Cause.SAMPLING),
    Component.normal(u=0.2, cause=Cause.PREPARATION),
    Component.normal(u=0.1, group="plant:method", cause=Cause.REPRODUCIBILITY),
]


def test_a_weighted_average_averages_random_and_keeps_systematic_components() -> None:
    average = weighted_average([Analysed(20 + n % 3, 100) for n in range(25)], components=LABORATORY)
    result = propagate(lambda *, ncv: ncv * 1, {"ncv": average})
    assert result.parts["random"] == pytest.approx(math.hypot(0.3, 0.2) / 5)
    assert result.parts["systematic"] == pytest.approx(0.1)
    assert result.complete


def test_uncertain_weights_matter_as_far_as_values_differ() -> None:
    # Two lots of 10 and 20 at equal masses ±2 %: |v − v̄| = 5, w = ½: sqrt(2)·5·½·0.02.
    average = weighted_average([Analysed(10, 100, 0.02), Analysed(20, 100, 0.02)], components=[])
    assert average.value == 15
    assert average.u == pytest.approx(math.sqrt(2) * 5 * 0.5 * 0.02)
    assert weighted_average([Analysed(10, 100, 0.02), Analysed(10, 50, 0.02)], components=[]).u == 0


def test_an_average_without_sampling_stays_incomplete() -> None:
    average = weighted_average([Analysed(20, 100)], components=[Component.normal(u=0.1)])
    assert average.missing == (Cause.SAMPLING, Cause.PREPARATION)
    assert weighted_average([Analysed(20, 100)], components=[], laboratory=False).missing == ()


@given(st.lists(st.tuples(st.floats(1, 100), st.floats(0.1, 1000)), min_size=1, max_size=12))
def test_an_average_lies_between_its_values_and_is_no_less_certain_than_one(rows: list[tuple[float, float]]) -> None:
    average = weighted_average([Analysed(v, m) for v, m in rows], components=[Component.normal(u=0.5)])
    values = [v for v, _ in rows]
    assert min(values) - 1e-9 <= average.value <= max(values) + 1e-9
    assert 0.5 / math.sqrt(len(rows)) - 1e-12 <= average.u <= 0.5 + 1e-12
