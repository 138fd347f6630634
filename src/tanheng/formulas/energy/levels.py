"""Rules of GB 16780-2021 that decide: the level a consumption reaches, and when the altitude counts. On ``Decimal`` only."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal

from tanheng.formulas.errors import FormulaError

ALTITUDE_FROM = Decimal(1500)
"""Height in m above which the limit of level 3 is corrected; at 1500 m itself it is not."""


def level_reached(*, value: Decimal, limits: Sequence[Decimal]) -> int | None:
    """Return the best level whose limit a consumption keeps, 1 the most advanced, or None when it exceeds them all.

    Parameters
    ----------
    value : unit of the limits
        Energy, coal or electricity per tonne; a value equal to a limit keeps it.
    limits : unit of the value
        Of level 1, 2, 3 …, rising.

    Raises
    ------
    FormulaError
        When there is no limit, or they do not rise.

    Examples
    --------
    >>> level_reached(value=Decimal("106.76"), limits=[Decimal(100), Decimal(107), Decimal(117)])
    2
    """
    if not limits or any(low >= high for low, high in itertools.pairwise(limits)):
        raise FormulaError("formulas.levels", limits=", ".join(map(str, limits)) or "–")
    return next((level for level, limit in enumerate(limits, start=1) if value <= limit), None)


def altitude_counts(*, level: int, altitude: Decimal) -> bool:
    """Say whether the limit of a level is corrected for the altitude of the site, in m.

    Examples
    --------
    >>> altitude_counts(level=3, altitude=Decimal(1800)), altitude_counts(level=2, altitude=Decimal(1800))
    (True, False)
    """
    return level == 3 and altitude > ALTITUDE_FROM
