"""Aggregation rules on integers: totaliser difference, integral of a rate, valid minutes to hours, days and months.

The terminal runs these rules in Python, the lake in SQL; one property test holds both equal. A reading is an integer count
of 10^-decimals of its unit. Everything here is integers and exact fractions of integers; a count becomes a ``Decimal`` once,
at the end, in :mod:`tanheng.core.aggregate.amount`, the only place where it does.

Boundaries. A span is half-open, ``start <= t < end``. A totaliser is read like a meter: the stand at an instant is the last
one read at or before it, so a span owns the steps with ``start < t <= end`` and two adjoining spans add up exactly. A rate
stands from its reading to the next one, so a span owns its part of that stretch.
"""

from __future__ import annotations

from tanheng.core.aggregate.amount import amount, averaged, integrated
from tanheng.core.aggregate.integral import Integral, Integrator, Stretch, integral, stretches
from tanheng.core.aggregate.reading import COUNTED, VALID, Reading
from tanheng.core.aggregate.substitution import Cause, Filled, SubstitutionRow, capture_rate, substitute
from tanheng.core.aggregate.totaliser import Exchange, Step, StepEvent, Total, Totaliser, steps, total
from tanheng.core.aggregate.validity import (
    Day,
    Hour,
    HourState,
    MonthValidity,
    ValidityRule,
    day_of_hours,
    hour_of_minutes,
    hours_of_readings,
    month_of_days,
)

__all__ = [
    "COUNTED",
    "VALID",
    "Cause",
    "Day",
    "Exchange",
    "Filled",
    "Hour",
    "HourState",
    "Integral",
    "Integrator",
    "MonthValidity",
    "Reading",
    "Step",
    "StepEvent",
    "Stretch",
    "SubstitutionRow",
    "Total",
    "Totaliser",
    "ValidityRule",
    "amount",
    "averaged",
    "capture_rate",
    "day_of_hours",
    "hour_of_minutes",
    "hours_of_readings",
    "integral",
    "integrated",
    "month_of_days",
    "steps",
    "stretches",
    "substitute",
    "total",
]
