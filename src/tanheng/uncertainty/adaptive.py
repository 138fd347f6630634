"""The adaptive run of JCGM 101:2008, 7.9: go on until the result no longer moves within the digits that are printed."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import ModelError
from tanheng.uncertainty.samples import coverage_interval
from tanheng.uncertainty.streams import BLOCK


def numerical_tolerance(u: float, digits: int) -> float:
    """Return δ = ½·10^l for u written as c·10^l with an integer c of ``digits`` digits (JCGM 101, 7.9.2).

    Examples
    --------
    >>> numerical_tolerance(0.0754, 1)
    0.005
    """
    if digits < 1:
        raise ModelError("uncertainty.monte_carlo.digits", digits=digits)
    if not u > 0:
        return 0.0
    exponent = math.floor(math.log10(u)) - (digits - 1)
    if round(u / 10.0**exponent) >= 10**digits:  # 0.0996 to two digits is 1.0e-1
        exponent += 1
    return 0.5 * 10.0**exponent


def adaptive_samples(
    samples: Callable[[int, int], dict[str, Array]], *, p: float, digits: int, largest: int
) -> dict[str, Array]:
    """Return samples in sequences of at least 10 000 trials until every output is stable.

    Parameters
    ----------
    samples : callable
        (first block, trials) → output → values.
    largest : int
        Trials that fit into memory; a run that has not settled by then is refused.

    Notes
    -----
    Stable: twice the standard deviation of the mean over the sequences is below δ for the mean, u and both ends of the
    symmetric interval. An output that does not vary is stable at once.
    """
    if not 0 < p < 1:
        raise ModelError("uncertainty.monte_carlo.interval", p=p, trials=0)
    sequence = BLOCK * math.ceil(max(10_000, math.ceil(100 / (1 - p))) / BLOCK)
    parts: list[dict[str, Array]] = []
    figures: dict[str, list[tuple[float, float, float, float]]] = {}
    while (len(parts) + 1) * sequence <= largest // 2:  # the parts and their union stand in memory together
        parts.append(samples(len(parts) * (sequence // BLOCK), sequence))
        for name, values in parts[-1].items():
            low, high = coverage_interval(np.sort(values), p, shortest=False)
            figures.setdefault(name, []).append((float(values.mean()), float(values.std(ddof=1)), low, high))
        if len(parts) >= 2 and all(_stable(rows, digits) for rows in figures.values()):
            return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    raise ModelError("uncertainty.monte_carlo.unsettled", trials=len(parts) * sequence, digits=digits)


def _stable(rows: list[tuple[float, float, float, float]], digits: int) -> bool:
    table = np.array(rows)
    u = float(np.sqrt((table[:, 1] ** 2).mean()))
    if u == 0:
        return True
    spread = table.std(axis=0, ddof=1) / math.sqrt(len(rows))
    return bool((2 * spread < numerical_tolerance(u, digits)).all())
