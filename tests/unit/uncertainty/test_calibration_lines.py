from __future__ import annotations

import datetime
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tanheng.uncertainty import Calibrated, ChartError, InputError, fit_line, next_calibration
from tanheng.uncertainty.interval_analysis import add_months


def test_an_exact_line_is_found_exactly_whatever_the_axes() -> None:
    x = [1.0, 2.0, 3.0, 5.0]
    y = [2 * v - 1 for v in x]
    for line in (fit_line(x, y), fit_line(x, y, u_y=0.1), fit_line(x, y, u_x=0.2, u_y=0.1)):
        assert line.slope == pytest.approx(2)
        assert line.intercept == pytest.approx(-1)
        assert line.chi2 == pytest.approx(0, abs=1e-18)


def test_errors_in_x_vanishing_give_the_weighted_line() -> None:
    x, y = [1.0, 2.0, 3.0, 4.0], [1.1, 1.9, 3.2, 3.9]
    both, weighted = fit_line(x, y, u_x=1e-9, u_y=[0.1, 0.2, 0.1, 0.2]), fit_line(x, y, u_y=[0.1, 0.2, 0.1, 0.2])
    assert both.slope == pytest.approx(weighted.slope)
    assert both.u_slope == pytest.approx(weighted.u_slope)


@given(st.integers(0, 10**6))
def test_exchanging_the_axes_inverts_the_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 10, 8) + rng.normal(0, 0.1, 8)
    y = 1 + 1.5 * x + rng.normal(0, 0.1, 8)
    forward = fit_line(x.tolist(), y.tolist(), u_x=0.1, u_y=0.15)
    back = fit_line(y.tolist(), x.tolist(), u_x=0.15, u_y=0.1)
    assume(abs(forward.slope) > 0.5)
    assert back.slope == pytest.approx(1 / forward.slope, rel=1e-9)
    assert back.chi2 == pytest.approx(forward.chi2, rel=1e-9)


def test_an_inverse_prediction_goes_back_through_the_line() -> None:
    line = fit_line([1, 2, 3, 4, 5], [2.1, 3.9, 6.1, 8.0, 9.9])
    y, _ = line.at(3.3)
    x, u = line.inverse(y, readings=4)
    assert x == pytest.approx(3.3)
    assert u > (line.s or 0) / 2 / line.slope


def test_credible_uncertainties_are_told_from_optimistic_ones() -> None:
    x, y = list(range(10)), [2 * v + (0.3 if v % 2 else -0.3) for v in range(10)]
    assert fit_line(x, y, u_y=0.3).consistent()
    assert not fit_line(x, y, u_y=0.05).consistent()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: fit_line([1, 2], [1, 2]),
        lambda: fit_line([1, 2, 3], [1, 2]),
        lambda: fit_line([1, 2, math.nan], [1, 2, 3]),
        lambda: fit_line([1, 1, 1], [1, 2, 3]),
        lambda: fit_line([1, 2, 3], [1, 2, 3], u_x=0.1),
        lambda: fit_line([1, 2, 3], [1, 2, 3], u_y=0),
        lambda: fit_line([1, 2, 3], [1, 2, 3], u_y=[0.1, 0.1]),
        lambda: fit_line([1, 2, 3, 4], [1.0, 1.1, 0.9, 1.0]).inverse(1.0),
        lambda: fit_line([1, 2, 3], [1, 2, 3], u_y=0.1).inverse(1.0),
        lambda: fit_line([1, 2, 3], [1.1, 2, 3]).inverse(1.0, readings=0),
    ],
)
def test_a_line_that_cannot_be_fitted_or_inverted_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        wrong()


def history(*errors: float, u: float = 0.05) -> list[Calibrated]:
    return [Calibrated(datetime.date(2020 + year, 3, 1), error, u) for year, error in enumerate(errors)]


def test_a_fast_drift_brings_the_next_calibration_forward() -> None:
    # +0.2 a year, at 0.6 now, permissible 0.75: reached within nine months, less with the uncertainty.
    proposal = next_calibration(history(0.0, 0.2, 0.4, 0.6), permissible_error=0.75, legal_months=12)
    assert proposal.significant
    assert proposal.drift_per_year == pytest.approx(0.2, rel=1e-3)
    assert proposal.reached is not None
    assert proposal.next == proposal.reached < datetime.date(2023, 12, 1)


def test_a_steady_instrument_waits_for_the_legal_cycle_and_no_longer() -> None:
    proposal = next_calibration(history(0.0, 0.01, 0.0, 0.01), permissible_error=10.0, legal_months=12)
    assert proposal.next == proposal.legal == datetime.date(2024, 3, 1)
    assert proposal.reached is None
    assert not proposal.significant


def test_an_instrument_beyond_its_limit_is_due_at_once() -> None:
    proposal = next_calibration(history(0.0, 0.5, 1.0), permissible_error=0.5, legal_months=12)
    assert proposal.next == datetime.date(2022, 3, 1)


def test_scatter_beyond_the_certificates_shortens_the_interval() -> None:
    quiet = next_calibration(history(0.0, 0.1, 0.2, 0.3, 0.4), permissible_error=0.9, legal_months=36)
    noisy = next_calibration(history(0.15, -0.1, 0.4, 0.1, 0.55), permissible_error=0.9, legal_months=36)
    assert noisy.u_drift > quiet.u_drift
    assert noisy.next < quiet.next


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=8), st.integers(1, 96))
def test_no_proposal_is_later_than_the_law_allows(errors: list[float], months: int) -> None:
    proposal = next_calibration(history(*errors), permissible_error=2.0, legal_months=months)
    last = datetime.date(2020 + len(errors) - 1, 3, 1)
    assert last <= proposal.next <= add_months(last, months)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (datetime.date(2026, 1, 31), 1, datetime.date(2026, 2, 28)),
        (datetime.date(2024, 1, 31), 1, datetime.date(2024, 2, 29)),
        (datetime.date(2025, 11, 30), 3, datetime.date(2026, 2, 28)),
        (datetime.date(2025, 12, 1), 12, datetime.date(2026, 12, 1)),
    ],
)
def test_months_are_added_to_the_day_or_the_end_of_the_month(day: datetime.date, months: int, expected: datetime.date) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: next_calibration(history(0.0, 0.1), permissible_error=1, legal_months=12),
        lambda: next_calibration(history(0.0, 0.1, 0.2), permissible_error=0, legal_months=12),
        lambda: next_calibration(history(0.0, 0.1, 0.2), permissible_error=1, legal_months=0),
        lambda: next_calibration([*history(0.0, 0.1), *history(0.0)], permissible_error=1, legal_months=12),
    ],
)
def test_an_interval_without_a_history_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ChartError):
        wrong()
