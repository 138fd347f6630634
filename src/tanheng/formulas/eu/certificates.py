"""Certificates for an import: embedded emissions less the adjustment for free allocation, less the carbon price paid."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="eu.gross_emissions",
    document="(EU) 2023/956",
    unit="tCO2",
    check=CheckState.SECONDARY,
    title={"zh": "隐含排放总量", "en": "Gross embedded emissions"},
    symbols={"mass": "m", "specific_embedded": "SEE"},
)
def gross_emissions(*, mass: Number, specific_embedded: Number) -> Number:
    """Embedded emissions of an import.

    Parameters
    ----------
    mass : t
    specific_embedded : tCO2/t

    Notes
    -----
    G = m · SEE

    Examples
    --------
    >>> from decimal import Decimal
    >>> gross_emissions(mass=Decimal(100), specific_embedded=Decimal("1.408"))
    Decimal('140.800')
    """
    return mass * specific_embedded


@formula(
    id="eu.free_allocation_default",
    document="(EU) 2025/2620",
    unit="tCO2/t",
    check=CheckState.SECONDARY,
    title={"zh": "免费配额调整（默认值）", "en": "Free-allocation adjustment, default data"},
    symbols={"cbam_factor": "F", "cross_sectoral": "CSCF", "benchmark": "BM_B"},
)
def free_allocation_default(*, cbam_factor: Number, cross_sectoral: Number, benchmark: Number) -> Number:
    """Free-allocation adjustment per tonne of a good declared with default values.

    Parameters
    ----------
    cbam_factor : 1
        Of the year.
    cross_sectoral : 1
        Cross-sectoral correction factor; 1 until it is published.
    benchmark : tCO2/t
        Column B.

    Notes
    -----
    SEFA = F · CSCF · BM_B

    Examples
    --------
    >>> from decimal import Decimal
    >>> free_allocation_default(cbam_factor=Decimal("0.975"), cross_sectoral=Decimal(1), benchmark=Decimal("0.666"))
    Decimal('0.649350')
    """
    return cbam_factor * cross_sectoral * benchmark


@formula(
    id="eu.free_allocation_actual",
    document="(EU) 2025/2620",
    unit="tCO2/t",
    check=CheckState.SECONDARY,
    title={"zh": "免费配额调整（实际值）", "en": "Free-allocation adjustment, actual data"},
    symbols={
        "cbam_factor": "F",
        "cross_sectoral": "CSCF",
        "benchmark": "BM_A",
        "precursors": "(mᵢ, BMᵢ)",
    },
)
def free_allocation_actual(
    *, cbam_factor: Number, cross_sectoral: Number, benchmark: Number, precursors: Sequence[tuple[Number, Number]]
) -> Number:
    """Free-allocation adjustment per tonne of a good declared with actual data.

    Parameters
    ----------
    cbam_factor : 1
        Of the year.
    cross_sectoral : 1
        Cross-sectoral correction factor; 1 until it is published.
    benchmark : tCO2/t
        Column A, of the good's own step; zero for Portland cement, whose benchmark comes with the clinker.
    precursors : (t/t, tCO2/t) pairs
        Each precursor per tonne of the good, with its base benchmark; may be empty.

    Notes
    -----
    SEFA = F · CSCF · (BM_A + Σ mᵢ · BMᵢ)

    Examples
    --------
    >>> from decimal import Decimal
    >>> free_allocation_actual(cbam_factor=Decimal("0.975"), cross_sectoral=Decimal(1), benchmark=Decimal("0.000"),
    ...                        precursors=[(Decimal("0.75"), Decimal("0.666"))])
    Decimal('0.48701250')
    """
    base = benchmark
    for mass, carried in precursors:
        base = base + mass * carried
    return cbam_factor * cross_sectoral * base


@formula(
    id="eu.certificates",
    document="(EU) 2023/956",
    unit="tCO2",
    check=CheckState.SECONDARY,
    title={"zh": "应缴证书量", "en": "Certificates due"},
    symbols={"mass": "m", "specific_embedded": "SEE", "free_allocation": "SEFA", "deduction": "D"},
)
def certificates(*, mass: Number, specific_embedded: Number, free_allocation: Number, deduction: Number) -> Number:
    """Certificates due for an import, one a tonne, before rounding.

    Parameters
    ----------
    mass : t
    specific_embedded : tCO2/t
    free_allocation : tCO2/t
        Adjustment per tonne, by one of the two formulas above.
    deduction : tCO2
        For a carbon price effectively paid, with evidence; never assumed from a price notice.

    Notes
    -----
    N = m · (SEE − SEFA) − D

    Examples
    --------
    >>> from decimal import Decimal
    >>> certificates(mass=Decimal(100), specific_embedded=Decimal("1.408"), free_allocation=Decimal("0.649350"),
    ...              deduction=Decimal(0))
    Decimal('75.865000')
    """
    return mass * (specific_embedded - free_allocation) - deduction
