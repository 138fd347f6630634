"""The balance value at which a set of lines is given as many allowances as it emits, by bisection.

An algorithm on ``Decimal``, no formula. For what-if only: the national value is solved by the ministry over all lines.

``f(BP) = Σ Eᵢ · αᵢ(BP)`` does not fall when BP rises, so a sign change between the lowest and the highest intensity can be
halved. Where every line sits on its limit, ``f`` can be zero over a stretch; the solver returns a point of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tanheng.core.numbers import calculating
from tanheng.formulas.allocation.line import coefficient, deviation, intensity
from tanheng.formulas.errors import FormulaError


def surplus(*, lines: Sequence[tuple[Decimal, Decimal]], balance_value: Decimal, slope: Decimal, limit: Decimal) -> Decimal:
    """Return what all lines together are given above their emissions at one balance value, before floors.

    Parameters
    ----------
    lines : (tCO2, t) pairs
        Emissions and clinker of each line, both above zero.
    balance_value : tCO2/t
    slope, limit : 1
        As in ``cn.allocation.coefficient``.
    """
    found = Decimal(0)
    with calculating():
        for emissions, clinker in lines:
            reached = intensity(emissions=emissions, clinker=clinker)
            off = deviation(balance_value=balance_value, intensity=reached)
            found += emissions * coefficient(deviation=off, slope=slope, limit=limit)
    return found


def balance_value(
    *, lines: Sequence[tuple[Decimal, Decimal]], slope: Decimal, limit: Decimal, tolerance: Decimal = Decimal("1E-12")
) -> Decimal:
    """Return the balance value at which the lines' surpluses and deficits cancel.

    Parameters
    ----------
    lines : (tCO2, t) pairs
        Emissions and clinker of each line, both above zero.
    slope, limit : 1
        As in ``cn.allocation.coefficient``, above zero.
    tolerance : tCO2/t
        Width of the bracket at which bisection ends; it ends before when the bracket holds no further number of 50 digits.

    Raises
    ------
    FormulaError
        When there is no line, or a line without emissions or clinker.

    Examples
    --------
    >>> lines = [(Decimal("1.36"), Decimal("1.7")), (Decimal("1.462"), Decimal("1.7"))]
    >>> round(balance_value(lines=lines, slope=Decimal("0.15"), limit=Decimal("0.03")), 6)
    Decimal('0.831084')
    """
    _check(lines, slope, limit, tolerance)
    with calculating():
        intensities = [emissions / clinker for emissions, clinker in lines]
        low, high = min(intensities), max(intensities)
        while high - low > tolerance:
            middle = (low + high) / 2
            if middle in (low, high):  # neighbours: at 50 digits nothing lies between them
                break
            found = surplus(lines=lines, balance_value=middle, slope=slope, limit=limit)
            if found == 0:
                return middle
            low, high = (middle, high) if found < 0 else (low, middle)
        return (low + high) / 2


def _check(lines: Sequence[tuple[Decimal, Decimal]], slope: Decimal, limit: Decimal, tolerance: Decimal) -> None:
    if not lines:
        raise FormulaError("formulas.balance.no_line")
    for number, (emissions, clinker) in enumerate(lines, start=1):
        if emissions <= 0 or clinker <= 0:
            raise FormulaError("formulas.balance.line", number=number, emissions=emissions, clinker=clinker)
    if min(slope, limit, tolerance) <= 0:
        raise FormulaError("formulas.balance.constant", slope=slope, limit=limit, tolerance=tolerance)
