"""Specific embedded emissions of a good: own direct, own indirect, and what its precursors bring."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="eu.embedded_direct",
    document="(EU) 2025/2547",
    unit="tCO2/t",
    check=CheckState.SECONDARY,
    title={"zh": "单位产品直接隐含排放", "en": "Specific direct embedded emissions"},
    symbols={"attributed": "E_attr", "activity_level": "AL", "precursors": "(mᵢ, SEEᵢ)"},
)
def embedded_direct(*, attributed: Number, activity_level: Number, precursors: Sequence[tuple[Number, Number]]) -> Number:
    """Direct emissions per tonne of the good, with those of its precursors.

    Parameters
    ----------
    attributed : tCO2
        Direct emissions attributed to the production process.
    activity_level : t
        Good produced; not zero.
    precursors : (t, tCO2/t) pairs
        Each precursor consumed, with its own specific direct emissions; may be empty.

    Notes
    -----
    SEE_dir = (E_attr + Σ mᵢ · SEEᵢ) / AL

    Examples
    --------
    >>> from decimal import Decimal
    >>> embedded_direct(attributed=Decimal(5), activity_level=Decimal(1000), precursors=[(Decimal(750), Decimal("0.84"))])
    Decimal('0.635')
    """
    carried = attributed
    for mass, embedded in precursors:
        carried = carried + mass * embedded
    return carried / activity_level


@formula(
    id="eu.embedded_indirect",
    document="(EU) 2025/2547",
    unit="tCO2/t",
    check=CheckState.SECONDARY,
    title={"zh": "单位产品间接隐含排放", "en": "Specific indirect embedded emissions"},
    symbols={"electricity": "E_el", "factor": "EF_el", "activity_level": "AL", "precursors": "(mᵢ, SEEᵢ)"},
)
def embedded_indirect(
    *, electricity: Number, factor: Number, activity_level: Number, precursors: Sequence[tuple[Number, Number]]
) -> Number:
    """Emissions of the electricity consumed per tonne of the good, with those of its precursors.

    Parameters
    ----------
    electricity : MWh
        Consumed in the production process.
    factor : tCO2/MWh
    activity_level : t
        Good produced; not zero.
    precursors : (t, tCO2/t) pairs
        Each precursor consumed, with its own specific indirect emissions; may be empty.

    Notes
    -----
    SEE_ind = (E_el · EF_el + Σ mᵢ · SEEᵢ) / AL

    Examples
    --------
    >>> from decimal import Decimal
    >>> embedded_indirect(electricity=Decimal(150), factor=Decimal("0.5"), activity_level=Decimal(1000), precursors=[])
    Decimal('0.075')
    """
    carried = electricity * factor
    for mass, embedded in precursors:
        carried = carried + mass * embedded
    return carried / activity_level


@formula(
    id="eu.embedded_total",
    document="(EU) 2025/2547",
    unit="tCO2/t",
    check=CheckState.SECONDARY,
    title={"zh": "单位产品隐含排放", "en": "Specific embedded emissions"},
    symbols={"direct": "SEE_dir", "indirect": "SEE_ind"},
)
def embedded_total(*, direct: Number, indirect: Number) -> Number:
    """Direct and indirect embedded emissions per tonne of the good; for cement goods both count.

    Parameters
    ----------
    direct : tCO2/t
    indirect : tCO2/t

    Notes
    -----
    SEE = SEE_dir + SEE_ind

    Examples
    --------
    >>> from decimal import Decimal
    >>> embedded_total(direct=Decimal("0.635"), indirect=Decimal("0.060"))
    Decimal('0.695')
    """
    return direct + indirect
