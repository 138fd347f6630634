from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from tanheng.uncertainty import ChartError
from tanheng.uncertainty.charts import Baseline, baseline, cusum, ewma, shewhart, westgard
from tanheng.uncertainty.en14181 import (
    STATES,
    calibration_function,
    k_v,
    qal3,
    sigma_0,
    surveillance_test,
    t_95,
    variability_test,
)

STANDARD = Baseline(0.0, 1.0)


def test_a_baseline_is_mean_and_scatter_of_its_reference() -> None:
    found = baseline([1.0, 3.0] * 10)
    assert found.centre == 2.0
    assert found.s == pytest.approx(math.sqrt(20 / 19))
    assert found.n == 20


def test_a_moving_range_is_not_inflated_by_a_slow_drift() -> None:
    rng = np.random.default_rng(3)
    drifting = [float(x) for x in rng.standard_normal(400) + np.linspace(0, 10, 400)]
    assert baseline(drifting, moving_range=True).s == pytest.approx(1.0, rel=0.1)
    assert baseline(drifting).s > 2.5


def test_a_shewhart_chart_tells_warnings_from_actions_and_finds_runs_and_trends() -> None:
    values = [0.5, 2.5, -3.5] + [0.3] * 9 + [1.0, 1.1, 1.2, 1.3, 1.4, 1.5]
    chart = shewhart(values, reference=STANDARD)
    assert (chart.warning, chart.action) == ((-2, 2), (-3, 3))
    assert chart.warnings == (1, 2)
    assert chart.actions == (2,)
    assert chart.runs[0] == 11
    assert chart.trends == (16, 17)  # six rising values: 0.3 to 1.4, and on to 1.5
    assert not chart.in_control


def test_a_quiet_process_is_in_control() -> None:
    assert shewhart([0.1, -0.2, 0.3, -0.1], reference=STANDARD).in_control


def test_a_lasting_shift_raises_the_cusum_and_its_beginning_is_found() -> None:
    # +1.5 s from place 5 on, k = 0.5: the sum grows by 1 each time and passes 5 at the sixth.
    result = cusum([0.0] * 5 + [1.5] * 8, reference=STANDARD)
    assert result.upper[10] == pytest.approx(6.0)
    assert result.alarms[0] == 10
    assert result.begins == 5
    assert cusum([-v for v in [0.0] * 5 + [1.5] * 8], reference=STANDARD).alarms[0] == 10
    assert cusum([0.0] * 10, reference=STANDARD).begins is None


def test_an_ewma_follows_its_recursion_and_widening_limits() -> None:
    # λ = 0.2: 0.2·1 = 0.2, 0.2·1 + 0.8·0.2 = 0.36; first limit 3·0.2, later towards 3·sqrt(0.2/1.8) = 1.
    chart = ewma([1.0] * 60, reference=STANDARD)
    assert chart.values[:2] == pytest.approx((0.2, 0.36))
    assert chart.upper[0] == pytest.approx(0.6)
    assert chart.upper[-1] == pytest.approx(1.0, abs=1e-6)
    assert chart.alarms == ()
    assert ewma([1.5] * 60, reference=STANDARD).alarms != ()


@pytest.mark.parametrize(
    ("values", "rule", "place"),
    [
        ([2.5], "1-2s", 0),
        ([3.1], "1-3s", 0),
        ([2.1, 2.2], "2-2s", 1),
        ([2.1, -2.1], "R-4s", 1),
        ([1.1, 1.2, 1.3, 1.1], "4-1s", 3),
        ([-0.1] * 10, "10-x", 9),
    ],
)
def test_each_westgard_rule_is_broken_where_it_says(values: list[float], rule: str, place: int) -> None:
    broken = westgard([values], references=[STANDARD])
    found = [item for item in broken if item.rule == rule]
    assert found[-1].place == place
    assert found[-1].rejects is (rule != "1-2s")


@pytest.mark.parametrize("values", [[1.9], [2.1, 1.9], [2.1, -1.9], [1.1, 1.2, 1.3, 0.9], [-0.1] * 9 + [0.1]])
def test_near_misses_break_no_rejecting_rule(values: list[float]) -> None:
    assert not any(item.rejects for item in westgard([values], references=[STANDARD]))


def test_two_levels_of_one_run_are_looked_at_across() -> None:
    broken = westgard([[12.1], [95.0]], references=[Baseline(10, 1), Baseline(100, 2)])
    assert "R-4s" in {item.rule for item in broken}


def test_qal3_alarms_at_the_sixth_constant_deviation_and_not_at_the_fifth() -> None:
    # Identity of the domain reference, section 4: 0.499 s a reading; 2.495 at the fifth, 2.994 > 2.85 at the sixth.
    result = qal3([1.0] * 6, s_ams=1.0)
    assert result.positive[4] == pytest.approx(2.495)
    assert result.positive[5] == pytest.approx(2.994)
    assert result.drift_alarms == (5,)
    assert result.precision_alarms == ()
    assert qal3([-0.5] * 6, s_ams=0.5).drift_alarms == (5,)


def test_qal3_stops_for_precision_before_any_drift_is_judged() -> None:
    # d alternates ±3 s: (6)²/2 = 18 a reading; the precision sum passes 6.90 at once, drift is not judged after.
    result = qal3([3.0, -3.0, 3.0, 3.0], s_ams=1.0)
    assert result.precision[1] == pytest.approx(18 - 1.85)
    assert result.precision_alarms[0] == 1
    assert result.drift_alarms == ()


PAIRS = 15


def test_variability_is_judged_by_sigma_0_and_k_v() -> None:
    differences = [1.0, -1.0] * 7 + [0.0]
    s_d = math.sqrt(14 / 14)
    limit = sigma_0(permitted=0.1, limit_value=20.0)
    assert limit == pytest.approx(2 / 1.96)
    passed = variability_test([10.0] * PAIRS, [10 + d for d in differences], sigma=limit)
    assert passed.s_d == pytest.approx(s_d)
    assert passed.limit == pytest.approx(limit * 0.9761, rel=5e-5)
    assert not passed.passed  # 1.0 > 0.996
    assert variability_test([10.0] * PAIRS, [10 + d for d in differences], sigma=limit * 1.01).passed


def test_annual_surveillance_also_judges_the_function() -> None:
    shifted = surveillance_test([10.0] * 5, [12.0, 12.1, 11.9, 12.0, 12.0], sigma=1.0)
    assert shifted.variability_passed
    assert not shifted.passed
    assert shifted.validity_limit == pytest.approx(t_95(5) * shifted.s_d / math.sqrt(5) + 1.0)
    assert shifted.limit == pytest.approx(1.5 * k_v(5))


def test_calibration_function_takes_the_form_of_its_range() -> None:
    readings = [float(x) for x in range(4, 19)]
    wide = calibration_function(readings, [2 * x - 1 for x in readings], wide=True)
    assert [wide.a, wide.b] == pytest.approx([-1, 2])
    # Narrow: ȳ/(x̄ − Z) with x̄ = 11, Z = 4, ȳ = 14.
    narrow = calibration_function(readings, [14.0] * 15, wide=False, zero_reading=4.0)
    assert narrow.b == pytest.approx(2.0)
    assert narrow.at(4.0) == pytest.approx(0.0)


def test_each_part_of_the_standard_carries_its_check_state() -> None:
    assert STATES["k_v"] == "verified"
    assert STATES["variability"] == "unverified"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: baseline([1.0] * 5),
        lambda: baseline([1.0] * 30),
        lambda: baseline([*range(30), math.nan]),
        lambda: Baseline(0, 0),
        lambda: shewhart([1.0, math.nan], reference=STANDARD),
        lambda: shewhart([1.0], reference=STANDARD, warning=3, action=2),
        lambda: cusum([1.0], reference=STANDARD, h=0),
        lambda: ewma([1.0], reference=STANDARD, weight=0),
        lambda: westgard([[1.0], [1.0, 2.0]], references=[STANDARD, STANDARD]),
        lambda: westgard([[1.0]], references=[]),
        lambda: qal3([1.0], s_ams=0),
        lambda: qal3([1.0, math.inf], s_ams=1),
        lambda: k_v(1),
        lambda: t_95(1),
        lambda: sigma_0(permitted=0, limit_value=1),
        lambda: variability_test([1.0] * 14, [1.0] * 14, sigma=1),
        lambda: variability_test([1.0] * 15, [1.0] * 14 + [math.nan], sigma=1),
        lambda: calibration_function([1.0] * 15, [1.0] * 15, wide=True),
        lambda: calibration_function([1.0] * 15, [1.0] * 15, wide=False, zero_reading=1.0),
    ],
)
def test_a_chart_without_a_basis_gives_no_verdict(wrong: Callable[[], object]) -> None:
    with pytest.raises(ChartError):
        wrong()
