"""Coverage: from a standard uncertainty and its degrees of freedom to k and U.

JCGM 100:2008, G.4 and G.6.4: the effective degrees of freedom are truncated to a whole number before the t factor is
taken. Degrees of freedom that are undefined (correlated inputs of unequal finite degrees of freedom) allow k = 2 only.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from tanheng.core import messages
from tanheng.uncertainty.component import CAUSE_WORDS, Cause
from tanheng.uncertainty.errors import InputError

# k = 2 covers at most this probability of a normal distribution; more cannot be claimed for it.
_P_OF_TWO = 0.9545


@functools.lru_cache(maxsize=256)
def coverage_factor(p: float, dof: float) -> float:
    """Return k for coverage probability ``p`` and ``dof`` degrees of freedom, truncated to a whole number.

    Parameters
    ----------
    p : float
        0 to 1, both excluded.
    dof : float
        At least 1; infinite for a normal distribution; NaN where undefined: k = 2, for ``p`` up to 0.9545.

    Raises
    ------
    InputError
        For a ``p`` outside its range, or above what k = 2 covers when the degrees of freedom are undefined.

    Examples
    --------
    >>> round(coverage_factor(0.99, 16.75), 2)
    2.92
    """
    import scipy.special as special

    if not 0 < p < 1:
        raise InputError("uncertainty.coverage.p", p=p)
    if math.isnan(dof):
        if p > _P_OF_TWO:
            raise InputError("uncertainty.coverage.dof_undefined", p=p)
        return 2.0
    upper = (1 + p) / 2
    if math.isinf(dof):
        return float(special.ndtri(upper))
    return float(special.stdtrit(max(1, math.floor(dof)), upper))


@dataclass(frozen=True, slots=True)
class Missing:
    """Components that an input of a budget should have and has not."""

    input: str
    causes: tuple[Cause, ...]

    def text(self, language: str = "en") -> str:
        """Return the input with the causes that are missing."""
        joint = "、" if language == "zh" else ", "
        return f"{self.input}: {joint.join(CAUSE_WORDS[cause][language] for cause in self.causes)}"


@dataclass(frozen=True, slots=True)
class Expanded:
    """An expanded uncertainty with what it rests on.

    Attributes
    ----------
    k, U : float
    p : float
        Coverage probability.
    dof : float
        NaN where undefined; then ``k`` is 2 by convention.
    missing : tuple of Missing
        Not empty: the budget is incomplete, and ``U`` is a lower bound, no final uncertainty.
    """

    k: float
    U: float
    p: float
    dof: float
    missing: tuple[Missing, ...] = ()

    @property
    def final(self) -> bool:
        """Say whether the budget is complete."""
        return not self.missing

    def text(self, language: str = "en") -> str:
        """Return ``U = … (k = …)``, or why there is no final U."""
        fields: dict[str, object] = {"U": f"{self.U:.3g}", "k": f"{self.k:.2f}", "p": f"{100 * self.p:g}"}
        if self.missing:
            fields["missing"] = "; ".join(item.text(language) for item in self.missing)
            return messages.render("uncertainty.expanded.incomplete", language, fields)
        if math.isnan(self.dof):
            return messages.render("uncertainty.expanded.dof_undefined", language, fields)
        fields["dof"] = "∞" if math.isinf(self.dof) else str(math.floor(self.dof))
        return messages.render("uncertainty.expanded.final", language, fields)
