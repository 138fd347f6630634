"""Sum and difference, for totals of lines and months and for the gap between two routes to one figure."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.numbers import Number, total
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="arithmetic.sum",
    document="arithmetic",
    unit="U",
    check=CheckState.VERIFIED,
    title={"zh": "合计", "en": "Total"},
    symbols={"values": "xᵢ"},
)
def sum_of(*, values: Sequence[Number]) -> Number:
    """Sum of one or more values.

    Parameters
    ----------
    values : U numbers
        In the order of their ids, so that arrays add alike on every run. None at all is an error: blank is not zero.

    Raises
    ------
    NumberError
        When there is nothing to add.

    Notes
    -----
    S = Σ xᵢ

    Examples
    --------
    >>> from decimal import Decimal
    >>> sum_of(values=[Decimal("37280.842552800"), Decimal("46.43864456"), Decimal("70942.5")])
    Decimal('108269.781197360')
    """
    return total(values)


@formula(
    id="arithmetic.difference",
    document="arithmetic",
    unit="U",
    check=CheckState.VERIFIED,
    title={"zh": "差值", "en": "Difference"},
    symbols={"minuend": "a", "subtrahend": "b"},
)
def difference(*, minuend: Number, subtrahend: Number) -> Number:
    """First value less the second, such as the kiln-feed side less the clinker side.

    Parameters
    ----------
    minuend : U
    subtrahend : U

    Notes
    -----
    d = a − b

    Examples
    --------
    >>> from decimal import Decimal
    >>> difference(minuend=Decimal("71010"), subtrahend=Decimal("70942.5"))
    Decimal('67.5')
    """
    return minuend - subtrahend
