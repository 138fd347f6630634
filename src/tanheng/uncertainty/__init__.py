"""Measurement uncertainty: evaluation, propagation, Monte Carlo, reconciliation, control charts.

Pure calculation: no clock, no file, no chance but a seed. The parts:

* :class:`Input`, :class:`Component`: a value with the components of its uncertainty; :mod:`.evaluate` and
  :mod:`.periods` build them;
* :func:`propagate` (GUM, on GTC) and :func:`monte_carlo` (JCGM 101), :func:`validate` compares them;
* :func:`statement`, :func:`budget_table`, :func:`judge`: printing, and required uncertainties;
* :func:`compare`, :func:`weighted_mean`: methods and sources side by side;
* :func:`reconcile` with :class:`Balance` and :func:`clinker_line`;
* :mod:`.charts`, :mod:`.en14181`, :func:`next_calibration`, :func:`fit_line`.
"""

from __future__ import annotations

from tanheng.uncertainty.budget import SECOND_ORDER, BudgetRow, ErrorShare
from tanheng.uncertainty.comparison import (
    Comparison,
    WeightedMean,
    birge_critical,
    compare,
    compare_independent,
    normalised_error,
    plain_mean,
    weighted_mean,
)
from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.coverage import Expanded, Missing, coverage_factor
from tanheng.uncertainty.distribution import Shape, Stated
from tanheng.uncertainty.errors import BalanceError, ChartError, ComparisonError, CovarianceError, InputError, ModelError
from tanheng.uncertainty.gum import Propagated, PropagatedMapping, propagate
from tanheng.uncertainty.inputs import Input, Nature
from tanheng.uncertainty.interval_analysis import Calibrated, Proposal, next_calibration
from tanheng.uncertainty.line import Line, fit_line
from tanheng.uncertainty.monte_carlo import monte_carlo
from tanheng.uncertainty.reconciliation import Balance, Reconciled, clinker_line, covariance_of, reconcile
from tanheng.uncertainty.requirement import Judged, Requirement, Verdict, applicable, judge
from tanheng.uncertainty.samples import MonteCarlo, MonteCarloMapping
from tanheng.uncertainty.statement import budget_table, rounded, statement
from tanheng.uncertainty.upgrade import Upgrade, upgrade
from tanheng.uncertainty.validation import Validation, validate

__all__ = [
    "SECOND_ORDER",
    "Balance",
    "BalanceError",
    "BudgetRow",
    "Calibrated",
    "Cause",
    "ChartError",
    "Comparison",
    "ComparisonError",
    "Component",
    "CovarianceError",
    "ErrorShare",
    "Expanded",
    "Input",
    "InputError",
    "Judged",
    "Kind",
    "Line",
    "Missing",
    "ModelError",
    "MonteCarlo",
    "MonteCarloMapping",
    "Nature",
    "Propagated",
    "PropagatedMapping",
    "Proposal",
    "Reconciled",
    "Requirement",
    "Shape",
    "Stated",
    "Upgrade",
    "Validation",
    "Verdict",
    "WeightedMean",
    "applicable",
    "birge_critical",
    "budget_table",
    "clinker_line",
    "compare",
    "compare_independent",
    "covariance_of",
    "coverage_factor",
    "fit_line",
    "judge",
    "monte_carlo",
    "next_calibration",
    "normalised_error",
    "plain_mean",
    "propagate",
    "reconcile",
    "rounded",
    "statement",
    "upgrade",
    "validate",
    "weighted_mean",
]
