"""Quantities over a period: weighings, deliveries and stock, totalisers, stack hours, weighted averages."""

from __future__ import annotations

from tanheng.uncertainty.periods.averages import Analysed, weighted_average
from tanheng.uncertainty.periods.stack import Hours, hourly_sum
from tanheng.uncertainty.periods.stock import consumption, survey
from tanheng.uncertainty.periods.totaliser import Reset, totalised
from tanheng.uncertainty.periods.weighings import weighings

__all__ = ["Analysed", "Hours", "Reset", "consumption", "hourly_sum", "survey", "totalised", "weighings", "weighted_average"]
