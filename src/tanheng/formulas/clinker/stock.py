"""Clinker output by the balance of what left, what came and what lies in stock."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="cn.clinker.output_by_stock",
    document="CETS-AG-02.01-V01-2024",
    clause="Appendix B",
    unit="t",
    title={"zh": "熟料产量（盘库法）", "en": "Clinker output by stock balance"},
    symbols={
        "used_in_cement": "U",
        "sold": "V",
        "moved_out": "W",
        "purchased": "P",
        "moved_in": "R",
        "opening_stock": "S₀",
        "closing_stock": "S₁",
        "opening_in_transit": "T₀",
        "closing_in_transit": "T₁",
    },
)
def clinker_output(
    *,
    used_in_cement: Number,
    sold: Number,
    moved_out: Number,
    purchased: Number,
    moved_in: Number,
    opening_stock: Number,
    closing_stock: Number,
    opening_in_transit: Number,
    closing_in_transit: Number,
) -> Number:
    """Clinker made at one site in one period.

    Parameters
    ----------
    used_in_cement : t
        Ground in the site's own mills.
    sold : t
        Sold to others.
    moved_out : t
        Sent to another site of the same legal person; no sale.
    purchased : t
        Bought from others, booked as received.
    moved_in : t
        Sent by another site of the same legal person, booked as received.
    opening_stock : t
    closing_stock : t
    opening_in_transit : t
        Booked as purchased or moved in, but not yet arrived and so not in the stock, at the start.
    closing_in_transit : t
        The same at the end.

    Notes
    -----
    Q = U + V + W − P − R + (S₁ + T₁) − (S₀ + T₀)

    Conservation of mass. The title of Appendix B (熟料盘库方法) is verified, its text is not: which method comes first, how
    often stock is taken and how a silo is measured are open.

    Examples
    --------
    >>> from decimal import Decimal
    >>> clinker_output(used_in_cement=Decimal(90000), sold=Decimal(40000), moved_out=Decimal(6000), purchased=Decimal(500),
    ...                moved_in=Decimal(0), opening_stock=Decimal(21000), closing_stock=Decimal(20500),
    ...                opening_in_transit=Decimal(0), closing_in_transit=Decimal(0))
    Decimal('135000')
    """
    left = used_in_cement + sold + moved_out
    came = purchased + moved_in
    closing = closing_stock + closing_in_transit
    opening = opening_stock + opening_in_transit
    return left - came + closing - opening


@formula(
    id="cn.clinker.in_transit",
    document="arithmetic",
    unit="t",
    check=CheckState.VERIFIED,
    title={"zh": "在途熟料", "en": "Clinker in transit"},
    symbols={"opening_in_transit": "T₀", "dispatched": "W", "received": "R"},
)
def clinker_in_transit(*, opening_in_transit: Number, dispatched: Number, received: Number) -> Number:
    """Clinker on the way between two sites at the end of a period.

    Parameters
    ----------
    opening_in_transit : t
    dispatched : t
        Weighed out at the sending site.
    received : t
        Weighed in at the receiving site.

    Notes
    -----
    T₁ = T₀ + W − R

    A result below zero says that a scale or a date is wrong.

    Examples
    --------
    >>> from decimal import Decimal
    >>> clinker_in_transit(opening_in_transit=Decimal(300), dispatched=Decimal(6000), received=Decimal(5800))
    Decimal('500')
    """
    return opening_in_transit + dispatched - received
