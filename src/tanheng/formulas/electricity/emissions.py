"""Emissions of electricity used, one origin at a time and all together."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.numbers import Number, total
from tanheng.formulas.declaration import formula


@formula(
    id="electricity.emissions",
    document="CETS-AG-02.01-V01-2024",
    unit="tCO2",
    title={"zh": "电力排放量", "en": "Emissions of electricity"},
    symbols={"electricity": "AD", "factor": "EF"},
)
def emissions(*, electricity: Number, factor: Number) -> Number:
    """CO₂ of the electricity of one origin. Shown apart: it never enters the compliance total of the national ETS.

    Parameters
    ----------
    electricity : MWh
    factor : tCO2/MWh
        Of the grid for grid electricity; of the origin for others.

    Notes
    -----
    E = AD · EF

    Examples
    --------
    >>> from decimal import Decimal
    >>> emissions(electricity=Decimal(80000), factor=Decimal("0.5306"))
    Decimal('42448.0000')
    """
    return electricity * factor


@formula(
    id="electricity.emissions_by_origin",
    document="CETS-AG-02.01-V01-2024",
    unit="tCO2",
    title={"zh": "分来源电力排放量", "en": "Emissions of electricity by origin"},
    symbols={"origins": "(ADᵢ, EFᵢ)"},
)
def emissions_by_origin(*, origins: Sequence[tuple[Number, Number]]) -> Number:
    """CO₂ of electricity from several origins, each with its factor.

    Parameters
    ----------
    origins : (MWh, tCO2/MWh) pairs
        Grid, own waste heat and solar, green power traded; the rule book says which factors are zero.

    Raises
    ------
    NumberError
        When there is no origin.

    Notes
    -----
    E = Σ ADᵢ · EFᵢ

    Examples
    --------
    >>> from decimal import Decimal
    >>> emissions_by_origin(origins=[(Decimal(80000), Decimal("0.5306")), (Decimal(46000), Decimal(0))])
    Decimal('42448.0000')
    """
    return total([electricity * factor for electricity, factor in origins])
