"""Data reconciliation: measured streams brought to agree with balances, and which meter would have to be wrong."""

from __future__ import annotations

from tanheng.uncertainty.reconciliation.balance import Balance, covariance_of
from tanheng.uncertainty.reconciliation.clinker_line import STREAMS, Stream, clinker_line
from tanheng.uncertainty.reconciliation.reconciled import Reconciled
from tanheng.uncertainty.reconciliation.solve import reconcile
from tanheng.uncertainty.reconciliation.verdicts import BiasTest, GlobalTest, MeasurementTest, NodalTest, sidak_limit
from tanheng.uncertainty.reconciliation.wording import Suspect, sentence

__all__ = [
    "STREAMS",
    "Balance",
    "BiasTest",
    "GlobalTest",
    "MeasurementTest",
    "NodalTest",
    "Reconciled",
    "Stream",
    "Suspect",
    "clinker_line",
    "covariance_of",
    "reconcile",
    "sentence",
    "sidak_limit",
]
