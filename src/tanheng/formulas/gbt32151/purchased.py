"""Emissions of purchased electricity and heat; what is exported is deducted."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.formulas.declaration import formula


@formula(
    id="cn.gbt32151.electricity",
    document="GB/T 32151.8-2015",
    unit="tCO2",
    title={"zh": "净购入电力排放量", "en": "Emissions of net purchased electricity"},
    symbols={"purchased": "AD_in", "exported": "AD_out", "grid_factor": "EF"},
)
def electricity(*, purchased: Number, exported: Number, grid_factor: Number) -> Number:
    """CO₂ of the electricity that an enterprise buys, less that of what it exports.

    Parameters
    ----------
    purchased : MWh
    exported : MWh
    grid_factor : tCO2/MWh

    Notes
    -----
    E = (AD_in − AD_out) · EF

    That exports are deducted is verified; the notation is not.

    Examples
    --------
    >>> from decimal import Decimal
    >>> electricity(purchased=Decimal(90000), exported=Decimal(2000), grid_factor=Decimal("0.5306"))
    Decimal('46692.8000')
    """
    return (purchased - exported) * grid_factor


@formula(
    id="cn.gbt32151.heat",
    document="GB/T 32151.8-2015",
    unit="tCO2",
    title={"zh": "净购入热力排放量", "en": "Emissions of net purchased heat"},
    symbols={"purchased": "AD_in", "exported": "AD_out", "heat_factor": "EF"},
)
def heat(*, purchased: Number, exported: Number, heat_factor: Number) -> Number:
    """CO₂ of the heat that an enterprise buys, less that of what it exports.

    Parameters
    ----------
    purchased : GJ
    exported : GJ
    heat_factor : tCO2/GJ

    Notes
    -----
    E = (AD_in − AD_out) · EF

    Examples
    --------
    >>> from decimal import Decimal
    >>> heat(purchased=Decimal(5000), exported=Decimal(0), heat_factor=Decimal("0.11"))
    Decimal('550.00')
    """
    return (purchased - exported) * heat_factor
