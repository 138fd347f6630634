"""Allowance of one clinker production line, before it is floored to whole tonnes.

Source: the 2026 consultation draft of the allocation plan, whose cement method is unchanged from 2025.
"""

from __future__ import annotations

from tanheng.core.numbers import Number, clamp
from tanheng.core.states import CheckState
from tanheng.formulas.allocation import PLAN
from tanheng.formulas.declaration import formula


@formula(
    id="cn.allocation.intensity",
    document=PLAN,
    unit="tCO2/t",
    check=CheckState.VERIFIED,
    title={"zh": "熟料碳排放强度", "en": "Emission intensity of clinker"},
    symbols={"emissions": "E", "clinker": "Q"},
)
def intensity(*, emissions: Number, clinker: Number) -> Number:
    """Intensity of a line: its verified emissions per tonne of its verified clinker.

    Parameters
    ----------
    emissions : tCO2
    clinker : t
        Not zero.

    Notes
    -----
    I = E / Q

    Examples
    --------
    >>> from decimal import Decimal
    >>> intensity(emissions=Decimal(1462000), clinker=Decimal(1700000))
    Decimal('0.86')
    """
    return emissions / clinker


@formula(
    id="cn.allocation.deviation",
    document=PLAN,
    unit="1",
    check=CheckState.VERIFIED,
    title={"zh": "偏离度", "en": "Deviation from the balance value"},
    symbols={"balance_value": "BP", "intensity": "I"},
)
def deviation(*, balance_value: Number, intensity: Number) -> Number:
    """How far a line's intensity lies below the balance value of the sector; negative when it lies above.

    Parameters
    ----------
    balance_value : tCO2/t
        Of the sector (行业平衡值), published after verification; before that an assumption.
    intensity : tCO2/t

    Notes
    -----
    X = (BP − I) / BP

    Examples
    --------
    >>> from decimal import Decimal
    >>> deviation(balance_value=Decimal("0.8000"), intensity=Decimal("0.8600"))
    Decimal('-0.075')
    """
    return (balance_value - intensity) / balance_value


@formula(
    id="cn.allocation.coefficient",
    document=PLAN,
    unit="1",
    check=CheckState.VERIFIED,
    title={"zh": "碳排放强度系数", "en": "Coefficient of the emission intensity"},
    symbols={"deviation": "X", "slope": "s", "limit": "α_max"},
)
def coefficient(*, deviation: Number, slope: Number, limit: Number) -> Number:
    """Share of its emissions that a line is given above them, or below them when negative.

    Parameters
    ----------
    deviation : 1
    slope : 1
        0.15 in the plan.
    limit : 1
        0.03 in the plan.

    Notes
    -----
    α = s · X, held between −α_max and +α_max

    The plan prints three branches, with edges at X = ±20 %. They meet at the edges, 0.15 · 20 % = 3 %, so that the clamp
    is the same function; a plan whose branches did not meet would need another formula.

    Examples
    --------
    >>> from decimal import Decimal
    >>> coefficient(deviation=Decimal("-0.075"), slope=Decimal("0.15"), limit=Decimal("0.03"))
    Decimal('-0.01125')
    >>> coefficient(deviation=Decimal("0.25"), slope=Decimal("0.15"), limit=Decimal("0.03"))
    Decimal('0.03')
    """
    return clamp(deviation * slope, -limit, limit)


@formula(
    id="cn.allocation.allowance",
    document=PLAN,
    unit="tCO2",
    check=CheckState.VERIFIED,
    title={"zh": "核定配额（取整前）", "en": "Allowance before the floor"},
    symbols={"emissions": "E", "coefficient": "α"},
)
def allowance(*, emissions: Number, coefficient: Number) -> Number:
    """Tonnes that one line is given for the year, before they are floored to whole ones.

    Parameters
    ----------
    emissions : tCO2
        Verified, of the year.
    coefficient : 1
        Zero for the lines that the plan exempts.

    Notes
    -----
    A = E · (1 + α)

    Examples
    --------
    >>> from decimal import Decimal
    >>> allowance(emissions=Decimal(1462000), coefficient=Decimal("-0.01125"))
    Decimal('1445552.50000')
    """
    return emissions * (1 + coefficient)


@formula(
    id="cn.allocation.carbide_slag_substitution",
    document=PLAN,
    unit="1",
    check=CheckState.VERIFIED,
    title={"zh": "电石渣替代率", "en": "Carbide-slag substitution rate"},
    symbols={"carbide_slag": "M", "deduction_coefficient": "K", "clinker": "Q", "clinker_factor": "EF"},
)
def carbide_slag_substitution(
    *, carbide_slag: Number, deduction_coefficient: Number, clinker: Number, clinker_factor: Number
) -> Number:
    """Share of a line's carbonate emissions that carbide slag (电石渣) saves; above a threshold the line is exempt.

    Parameters
    ----------
    carbide_slag : t
        Fed to the kiln in the year.
    deduction_coefficient : tCO2/t
        Of carbide slag, Appendix C of CETS-AG-02.01.
    clinker : t
        Not zero.
    clinker_factor : tCO2/t
        Of the clinker, Appendix C of CETS-AG-02.01.

    Notes
    -----
    R = M · K / (Q · EF)

    Examples
    --------
    >>> from decimal import Decimal
    >>> carbide_slag_substitution(carbide_slag=Decimal(107000), deduction_coefficient=Decimal("0.480"),
    ...                           clinker=Decimal(600000), clinker_factor=Decimal("0.535"))
    Decimal('0.16')
    """
    return carbide_slag * deduction_coefficient / (clinker * clinker_factor)
