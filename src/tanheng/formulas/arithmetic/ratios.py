"""Ratio, product and weighted mean, for intensities, shares and monthly averages of laboratory values."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.numbers import Number, total
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="arithmetic.ratio",
    document="arithmetic",
    unit="U/V",
    check=CheckState.VERIFIED,
    title={"zh": "比值", "en": "Ratio"},
    symbols={"numerator": "a", "denominator": "b"},
)
def ratio(*, numerator: Number, denominator: Number) -> Number:
    """One value per unit of another, such as emissions per tonne of clinker.

    Parameters
    ----------
    numerator : U
    denominator : V
        Not zero. A month without clinker has no intensity: the rule book says "not applicable" and does not call.

    Notes
    -----
    r = a / b

    Examples
    --------
    >>> from decimal import Decimal
    >>> ratio(numerator=Decimal("108000"), denominator=Decimal("135000"))
    Decimal('0.8')
    """
    return numerator / denominator


@formula(
    id="arithmetic.weighted_mean",
    document="arithmetic",
    unit="U",
    check=CheckState.VERIFIED,
    title={"zh": "加权平均值", "en": "Weighted mean"},
    symbols={"pairs": "(wᵢ, xᵢ)"},
)
def weighted_mean(*, pairs: Sequence[tuple[Number, Number]]) -> Number:
    """Mean of values weighted by the amounts they stand for, such as the calorific value of a month over its batches.

    Parameters
    ----------
    pairs : (V, U) pairs
        Each the weight and its value. The weights do not sum to zero.

    Raises
    ------
    NumberError
        When there is no pair.

    Notes
    -----
    x̄ = Σ wᵢ · xᵢ / Σ wᵢ

    Examples
    --------
    >>> from decimal import Decimal
    >>> weighted_mean(pairs=[(Decimal(300), Decimal("23.0")), (Decimal(100), Decimal("22.0"))])
    Decimal('22.75')
    """
    return total([weight * value for weight, value in pairs]) / total([weight for weight, _ in pairs])
