"""Allowances on their way to a company's account: pre-allocation, true-up, final issue and total.

Source: the formulas and the issuance sheets of the 2026 consultation draft.
"""

from __future__ import annotations

from tanheng.core.numbers import Number, chosen
from tanheng.core.states import CheckState
from tanheng.formulas.allocation import PLAN
from tanheng.formulas.declaration import formula


@formula(
    id="cn.allocation.pre_allocation",
    document=PLAN,
    unit="tCO2",
    check=CheckState.VERIFIED,
    title={"zh": "预分配配额（取整前）", "en": "Pre-allocation before the floor"},
    symbols={"previous_emissions": "E_prev", "ratio": "p"},
)
def pre_allocation(*, previous_emissions: Number, ratio: Number) -> Number:
    """Pre-allocation of a line, before it is floored to whole tonnes.

    Parameters
    ----------
    previous_emissions : tCO2
        Verified emissions of the year before.
    ratio : 1
        At most 0.50 in the draft for 2026.

    Notes
    -----
    P = p · E_prev

    Examples
    --------
    >>> from decimal import Decimal
    >>> pre_allocation(previous_emissions=Decimal(1360000), ratio=Decimal("0.50"))
    Decimal('680000.00')
    """
    return previous_emissions * ratio


@formula(
    id="cn.allocation.pre_issued",
    document=PLAN,
    clause="Table 1-5",
    unit="tCO2",
    check=CheckState.VERIFIED,
    title={"zh": "预分配实发配额", "en": "Pre-allocation issued"},
    symbols={"pre_allocation": "P", "adjustment": "R₁"},
)
def pre_issued(*, pre_allocation: Number, adjustment: Number) -> Number:
    """Pre-allocation that is issued, after what is held back (核减).

    Parameters
    ----------
    pre_allocation : tCO2
    adjustment : tCO2
        Held back at this issue, at most the pre-allocation.

    Notes
    -----
    P_issued = P − R₁

    Examples
    --------
    >>> from decimal import Decimal
    >>> pre_issued(pre_allocation=Decimal(680000), adjustment=Decimal(5000))
    Decimal('675000')
    """
    return pre_allocation - adjustment


@formula(
    id="cn.allocation.true_up",
    document=PLAN,
    clause="Table 2-5",
    unit="tCO2",
    check=CheckState.VERIFIED,
    title={"zh": "多退少补配额", "en": "True-up"},
    symbols={"allowance": "A", "pre_allocation": "P"},
)
def true_up(*, allowance: Number, pre_allocation: Number) -> Number:
    """True-up at determination: still due, or to be returned when negative.

    Parameters
    ----------
    allowance : tCO2
        Determined, whole tonnes.
    pre_allocation : tCO2

    Notes
    -----
    T = A − P

    Examples
    --------
    >>> from decimal import Decimal
    >>> true_up(allowance=Decimal(1325823), pre_allocation=Decimal(680000))
    Decimal('645823')
    """
    return allowance - pre_allocation


@formula(
    id="cn.allocation.final_issued",
    document=PLAN,
    clause="Table 2-5",
    unit="tCO2",
    check=CheckState.VERIFIED,
    title={"zh": "核定实发配额", "en": "Final issue"},
    symbols={"true_up": "T", "remaining_adjustment": "R₂"},
)
def final_issued(*, true_up: Number, remaining_adjustment: Number) -> Number:
    """Tonnes issued at determination, after what is still to be held back.

    Parameters
    ----------
    true_up : tCO2
    remaining_adjustment : tCO2
        Left over from earlier issues, not negative.

    Notes
    -----
    F = T − R₂, and 0 where 0 ≤ T ≤ R₂

    Examples
    --------
    >>> from decimal import Decimal
    >>> final_issued(true_up=Decimal(645823), remaining_adjustment=Decimal(823))
    Decimal('645000')
    >>> final_issued(true_up=Decimal(500), remaining_adjustment=Decimal(823))
    Decimal('0')
    >>> final_issued(true_up=Decimal(-500), remaining_adjustment=Decimal(823))
    Decimal('-1323')
    """
    rest = true_up - remaining_adjustment
    nothing = true_up - true_up
    return chosen(rest, rest, chosen(-true_up, rest, nothing))


@formula(
    id="cn.allocation.total_issued",
    document=PLAN,
    clause="Table 2-5",
    unit="tCO2",
    check=CheckState.VERIFIED,
    title={"zh": "配额发放合计", "en": "Total issued"},
    symbols={"pre_issued": "P_issued", "final_issued": "F", "returned": "B"},
)
def total_issued(*, pre_issued: Number, final_issued: Number, returned: Number) -> Number:
    """Total issued for the year.

    Parameters
    ----------
    pre_issued : tCO2
    final_issued : tCO2
    returned : tCO2
        Given back to the company; zero when there is none.

    Notes
    -----
    S = P_issued + F + B

    Examples
    --------
    >>> from decimal import Decimal
    >>> total_issued(pre_issued=Decimal(675000), final_issued=Decimal(645000), returned=Decimal(0))
    Decimal('1320000')
    """
    return pre_issued + final_issued + returned
