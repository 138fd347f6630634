"""The result of a reconciliation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.reconciliation.balance import Balance
from tanheng.uncertainty.reconciliation.verdicts import BiasTest, GlobalTest, MeasurementTest, NodalTest
from tanheng.uncertainty.reconciliation.wording import Suspect, sentence


@dataclass(frozen=True)
class Reconciled:
    """Streams that satisfy the balances, with the tests of how far they had to be moved.

    Attributes
    ----------
    values : Mapping of stream to float or None
        None for an unmeasured stream the balances do not determine.
    covariance : array
        Of the reconciled values, in the order of ``values``; rows of undetermined streams are NaN.
    adjustments : Mapping of stream to float
        Reconciled less measured value, for the measured streams.
    global_test, measurement_test, nodal_test, glr
        See :mod:`tanheng.uncertainty.reconciliation.verdicts`. ``nodal_test`` is by balance, the others by stream.
    suspects : tuple of Suspect
        Empty when the global test passes; else sets of meters, the likeliest first. The data cannot tell the members of a
        set apart.
    observable : Mapping of stream to bool
        For the unmeasured streams.
    redundant : Mapping of stream to bool
        For the measured streams: whether the balances could replace the meter.
    iterations : int
    """

    values: Mapping[str, float | None]
    covariance: Array = field(repr=False)
    adjustments: Mapping[str, float] = field(repr=False)
    global_test: GlobalTest
    measurement_test: Mapping[str, MeasurementTest] = field(repr=False)
    nodal_test: Mapping[str, NodalTest] = field(repr=False)
    glr: Mapping[str, BiasTest] = field(repr=False)
    suspects: tuple[Suspect, ...]
    observable: Mapping[str, bool]
    redundant: Mapping[str, bool] = field(repr=False)
    balances: tuple[Balance, ...] = field(repr=False)
    iterations: int = 1

    def u(self, stream: str) -> float:
        """Return the standard uncertainty of a reconciled stream; NaN when the balances do not determine it."""
        place = list(self.values).index(stream)
        variance = float(self.covariance[place, place])
        return max(variance, 0.0) ** 0.5 if variance == variance else variance

    def finding(self, language: str = "en", *, titles: Mapping[str, Mapping[str, str]] | None = None) -> str:
        """Return the sentence that says whether the balances close, and what would have to be wrong if not.

        Parameters
        ----------
        titles : Mapping of stream or balance to {"zh": …, "en": …, "unit": …}, optional
            Words for people; left out, the names stand as they are.
        """
        return sentence(self.global_test, self.suspects, language, titles or {})
