"""Splitting what two lines share (a coal mill, a clinker silo) by a declared key, with the remainder in sight."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.numbers import Number, total
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="split.share",
    document="arithmetic",
    unit="U",
    check=CheckState.VERIFIED,
    title={"zh": "分摊量", "en": "Share of a common amount"},
    symbols={"shared": "S", "key": "k", "keys": "kᵢ"},
)
def share(*, shared: Number, key: Number, keys: Sequence[Number]) -> Number:
    """Part of a common amount that falls to one line by its key.

    Parameters
    ----------
    shared : U
        The common amount, from the scale or the stock balance of both lines.
    key : V
        The line's own key, such as its kiln-side scale.
    keys : V numbers
        The keys of all lines, this one among them; they do not sum to zero.

    Raises
    ------
    NumberError
        When there is no key.

    Notes
    -----
    s = S · k / Σ kᵢ

    The shares add up to the common amount, so an error of the key moves one line up and another down: the lines'
    emissions are correlated.

    Examples
    --------
    >>> from decimal import Decimal
    >>> share(shared=Decimal(33660), key=Decimal(17000), keys=[Decimal(17000), Decimal(17000)])
    Decimal('16830')
    """
    return shared * key / total(keys)


@formula(
    id="split.remainder",
    document="arithmetic",
    unit="U",
    check=CheckState.VERIFIED,
    title={"zh": "分摊余量", "en": "Remainder of a split"},
    symbols={"shared": "S", "parts": "sᵢ"},
)
def remainder(*, shared: Number, parts: Sequence[Number]) -> Number:
    """Remainder of a common amount that no line's own reading explains.

    Parameters
    ----------
    shared : U
        The common amount.
    parts : U numbers
        What the lines' own scales say.

    Raises
    ------
    NumberError
        When there is no part.

    Notes
    -----
    R = S − Σ sᵢ

    Shown, never spread in silence: it is the disagreement of the scales and the change of the bins between them.

    Examples
    --------
    >>> from decimal import Decimal
    >>> remainder(shared=Decimal(33660), parts=[Decimal(17000), Decimal(17000)])
    Decimal('-340')
    """
    return shared - total(parts)
