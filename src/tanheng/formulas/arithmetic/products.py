"""Sum of products, for what several streams carry together: the heat of all fuels, the mass of an element in all feeds."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.numbers import Number, total
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="arithmetic.heat_of_fuels",
    document="arithmetic",
    unit="GJ",
    check=CheckState.VERIFIED,
    title={"zh": "燃料热量合计", "en": "Heat of all fuels"},
    symbols={"pairs": "(FCᵢ, NCVᵢ)"},
)
def heat_of_fuels(*, pairs: Sequence[tuple[Number, Number]]) -> Number:
    """Heat that several fuels bring together.

    Parameters
    ----------
    pairs : (t, GJ/t) pairs
        Each the fuel's consumption and its net calorific value, at one place and moisture.

    Raises
    ------
    NumberError
        When there is no fuel.

    Notes
    -----
    H = Σ FCᵢ · NCVᵢ

    Examples
    --------
    >>> from decimal import Decimal
    >>> heat_of_fuels(pairs=[(Decimal(17000), Decimal("23.0")), (Decimal(15), Decimal("42.652"))])
    Decimal('391639.780')
    """
    return total([consumption * net_calorific_value for consumption, net_calorific_value in pairs])
