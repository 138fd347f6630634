"""Sampling, preparation and test methods: what a laboratory value owes to everything before and in the laboratory.

The limits of a test method are distances between two results that 95 of 100 pairs stay within: r = 2.8 s_r, R = 2.8 s_R, with
2.8 = 1.96·√2 (ISO 5725-6).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.uncertainty.component import Cause, Component, Kind
from tanheng.uncertainty.errors import InputError

_LIMIT_FACTOR = 1.959963984540054 * math.sqrt(2)


def repeatability_limit(r: float, *, determinations: int = 1, source: str = "") -> Component:
    """Return the random component of a mean of determinations, from the repeatability limit r of the method."""
    if determinations < 1 or not r >= 0:
        raise InputError("uncertainty.evaluate.positive", what="determinations", value=determinations)
    return Component.normal(
        u=r / _LIMIT_FACTOR / math.sqrt(determinations),
        kind=Kind.RANDOM,
        cause=Cause.REPEATABILITY,
        source=source or f"r = {r:g}",
    )


def reproducibility_limit(R: float, *, laboratory: str | None = None, source: str = "") -> Component:  # noqa: N803  # ISO's symbol
    """Return the component of the difference between laboratories, from the reproducibility limit R of the method.

    It is systematic, and a group, for a plant that always uses the same laboratory.

    Parameters
    ----------
    laboratory : str, optional
        Its name: then the group ``"<laboratory>:method"``. Left out: every result comes from another laboratory.
    """
    if not R >= 0:
        raise InputError("uncertainty.evaluate.positive", what="R", value=R)
    return Component.normal(
        u=R / _LIMIT_FACTOR,
        kind=Kind.SYSTEMATIC if laboratory else Kind.RANDOM,
        group=f"{laboratory}:method" if laboratory else None,
        cause=Cause.REPRODUCIBILITY,
        source=source or f"R = {R:g}",
    )


def sampling(s: float, *, increments: int = 1, dof: float = math.inf, source: str = "") -> Component:
    """Return the component of taking the sample: scatter ``s`` of one increment, over the number of increments."""
    return _over(s, increments, dof, Cause.SAMPLING, source)


def preparation(s: float, *, portions: int = 1, dof: float = math.inf, source: str = "") -> Component:
    """Return the component of dividing and grinding the sample: scatter ``s`` of one prepared portion."""
    return _over(s, portions, dof, Cause.PREPARATION, source)


def _over(s: float, count: int, dof: float, cause: Cause, source: str) -> Component:
    if count < 1 or not s >= 0:
        raise InputError("uncertainty.evaluate.positive", what=cause.value, value=s)
    return Component.normal(u=s / math.sqrt(count), dof=dof, kind=Kind.RANDOM, cause=cause, source=source)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Standard deviation of one result, from pairs of results that should be equal; ``dof`` is the number of pairs."""

    s: float
    dof: int


def duplicates(pairs: Sequence[tuple[float, float]]) -> Duplicates:
    """Return s = sqrt(Σ d² / 2n) of duplicate samples, duplicate preparations or duplicate determinations.

    Raises
    ------
    InputError
        Without pairs, or when a value is no finite number.

    Examples
    --------
    >>> found = duplicates([(21.0, 21.4), (20.8, 20.6)])
    >>> round(found.s, 4), found.dof
    (0.2236, 2)
    """
    if not pairs:
        raise InputError("uncertainty.observations.too_few", count=0, least=1)
    for place, (one, other) in enumerate(pairs, start=1):
        if not (math.isfinite(one) and math.isfinite(other)):
            raise InputError("uncertainty.observations.not_finite", place=place, value=f"{one}, {other}")
    square = math.fsum((one - other) ** 2 for one, other in pairs)
    return Duplicates(math.sqrt(square / (2 * len(pairs))), len(pairs))
