"""The faults this package tells apart.

::

    UncertaintyError (core)
    ├── InputError         an input, component or set of observations that cannot be evaluated
    ├── CovarianceError    correlations or a covariance that no set of quantities can have
    ├── ModelError         a model that gives no number, or a run that does not settle
    ├── ComparisonError    two results that must not be compared in the way asked for
    ├── BalanceError       balances that contradict or repeat each other, or name no stream
    └── ChartError         a control chart or interval analysis without the data it stands on
"""

from __future__ import annotations

from tanheng.core.errors import UncertaintyError


class InputError(UncertaintyError):
    """An input, a component or a set of observations cannot be evaluated."""


class CovarianceError(UncertaintyError):
    """Correlations or a covariance that no set of quantities can have."""


class ModelError(UncertaintyError):
    """A model gives no number, or its Monte Carlo run does not settle."""


class ComparisonError(UncertaintyError):
    """Two results must not be compared in the way asked for."""


class BalanceError(UncertaintyError):
    """Balances contradict or repeat each other, or name an unknown stream."""


class ChartError(UncertaintyError):
    """A control chart or an interval analysis lacks the data it stands on."""
