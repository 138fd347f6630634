"""Interval analysis: from past calibrations to the next, never later than the law allows.

A line through the errors found at past calibrations is carried forward. The interval ends where the error with its
uncertainty reaches the permissible error: |e(t)| + k·u(e(t)) = MPE. A weighing belt that drifts fast comes back early; one
that stands still may wait for the whole legal cycle and no longer.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.uncertainty.coverage import coverage_factor
from tanheng.uncertainty.errors import ChartError
from tanheng.uncertainty.line import Line, fit_line

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One past calibration: the error found (as found, before adjustment) and its standard uncertainty.

    Errors are counted from the last adjustment: give the change since then when the instrument was adjusted between.
    """

    day: datetime.date
    error: float
    u: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed next calibration.

    Attributes
    ----------
    next : date
        Not later than ``legal``.
    legal : date
        End of the legal cycle, or of the shorter one the plant has set.
    reached : date or None
        Day on which the permissible error is reached; None when not within the legal cycle.
    drift_per_year, u_drift : float
    significant : bool
        The drift differs from zero (95 %).
    """

    next: datetime.date
    legal: datetime.date
    reached: datetime.date | None
    drift_per_year: float
    u_drift: float
    significant: bool


def next_calibration(
    history: Sequence[Calibrated], *, permissible_error: float, legal_months: int, p: float = 0.95
) -> Proposal:
    """Propose the day of the next calibration.

    Parameters
    ----------
    history : sequence of Calibrated
        At least three, in order of time.
    permissible_error : float
        ±, in the unit of the errors, greater than 0.
    legal_months : int
        Longest interval allowed, counted from the last calibration.

    Raises
    ------
    ChartError
        For fewer than three calibrations, days out of order, or limits that are not positive.
    """
    if len(history) < 3:
        raise ChartError("uncertainty.chart.too_few", count=len(history), least=3)
    if not permissible_error > 0 or legal_months < 1:
        raise ChartError("uncertainty.interval.limits", permissible_error=permissible_error, legal_months=legal_months)
    days = [item.day for item in history]
    if any(later <= earlier for earlier, later in itertools.pairwise(days)):
        raise ChartError("uncertainty.interval.order")
    last = days[-1]
    legal = add_months(last, legal_months)
    line = _drift(history, last)
    k = coverage_factor(p, line.dof)
    reached = None
    for ahead in range((legal - last).days + 1):
        error, u = line.at(ahead / _DAYS_A_YEAR)
        if abs(error) + k * u >= permissible_error:
            reached = last + datetime.timedelta(days=ahead)
            break
    significant = abs(line.slope) > k * line.u_slope
    return Proposal(reached or legal, legal, reached, line.slope, line.u_slope, significant)


def _drift(history: Sequence[Calibrated], last: datetime.date) -> Line:
    """Return the line of the errors over the years before the last calibration, the wider of the two uncertainties."""
    years = [(item.day - last).days / _DAYS_A_YEAR for item in history]
    errors = [item.error for item in history]
    weighted = fit_line(years, errors, u_y=[item.u for item in history])
    if weighted.consistent():
        return weighted
    # The scatter is larger than the certificates say: widen by the Birge ratio, with the degrees of freedom of the scatter.
    wider = math.sqrt(weighted.reduced_chi2)
    return Line(
        weighted.intercept,
        weighted.slope,
        weighted.u_intercept * wider,
        weighted.u_slope * wider,
        weighted.covariance * wider**2,
        weighted.chi2,
        weighted.n,
        weighted.n - 2,
        None,
    )


def add_months(day: datetime.date, months: int) -> datetime.date:
    """Return the same day ``months`` later, or the last of its month where there is none (31 January + 1 → 28 February)."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
