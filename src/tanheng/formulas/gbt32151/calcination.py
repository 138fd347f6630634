"""CO₂ from carbonates, calculated back from the CaO and MgO of the clinker, dusts included."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.formulas.declaration import formula


@formula(
    id="cn.gbt32151.calcination_factor",
    document="GB/T 32151.8-2015",
    unit="tCO2/t",
    title={"zh": "熟料碳酸盐分解排放因子", "en": "Calcination factor of the clinker"},
    symbols={
        "calcium_oxide": "FR₁",
        "calcium_oxide_not_from_carbonate": "FR₁₀",
        "magnesium_oxide": "FR₂",
        "magnesium_oxide_not_from_carbonate": "FR₂₀",
    },
)
def calcination_factor(
    *,
    calcium_oxide: Number,
    calcium_oxide_not_from_carbonate: Number,
    magnesium_oxide: Number,
    magnesium_oxide_not_from_carbonate: Number,
) -> Number:
    """CO₂ from carbonates per tonne of clinker.

    Parameters
    ----------
    calcium_oxide : 1
        Mass fraction of CaO in the clinker.
    calcium_oxide_not_from_carbonate : 1
        Part of it that came as slag, ash or lime, as mass fraction of the clinker.
    magnesium_oxide : 1
        Mass fraction of MgO in the clinker.
    magnesium_oxide_not_from_carbonate : 1
        Part of it that came from no carbonate.

    Notes
    -----
    EF = (FR₁ − FR₁₀) · 44/56 + (FR₂ − FR₂₀) · 44/40

    Examples
    --------
    >>> from decimal import Decimal
    >>> factor = calcination_factor(calcium_oxide=Decimal("0.655"), calcium_oxide_not_from_carbonate=Decimal(0),
    ...                             magnesium_oxide=Decimal("0.020"), magnesium_oxide_not_from_carbonate=Decimal(0))
    >>> round(factor, 10)
    Decimal('0.5366428571')
    """
    calcium = calcium_oxide - calcium_oxide_not_from_carbonate
    magnesium = magnesium_oxide - magnesium_oxide_not_from_carbonate
    return calcium * 44 / 56 + magnesium * 44 / 40


@formula(
    id="cn.gbt32151.calcination",
    document="GB/T 32151.8-2015",
    unit="tCO2",
    title={"zh": "碳酸盐分解排放量", "en": "Emissions of carbonate decomposition"},
    symbols={"clinker": "Q₁", "kiln_head_dust": "Q₂", "bypass_dust": "Q₃", "factor": "EF"},
)
def calcination(*, clinker: Number, kiln_head_dust: Number, bypass_dust: Number, factor: Number) -> Number:
    """CO₂ from the carbonates of the raw meal, calculated back from the clinker and the dusts that left the kiln.

    Parameters
    ----------
    clinker : t
    kiln_head_dust : t
        Dust of the kiln-head stack (窑头粉尘).
    bypass_dust : t
        Dust of the bypass (旁路放风粉尘), counted as fully calcined.
    factor : tCO2/t
        CO₂ from carbonates per tonne of clinker, by ``cn.gbt32151.calcination_factor``.

    Notes
    -----
    E = (Q₁ + Q₂ + Q₃) · EF

    Whether the dusts stayed in the standard when it replaced the NDRC guideline is not known; without them both are zero.

    Examples
    --------
    >>> from decimal import Decimal
    >>> calcination(clinker=Decimal(135000), kiln_head_dust=Decimal(20), bypass_dust=Decimal(0), factor=Decimal("0.5366"))
    Decimal('72451.7320')
    """
    return (clinker + kiln_head_dust + bypass_dust) * factor
