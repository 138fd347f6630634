"""Mass flow of CO₂ at the stack: concentration times flow, both dry or both wet."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="cems.co2_mass_dry",
    document="HJ 75-2017",
    clause="calculation annex, equations (20) and (33)",
    unit="tCO2/h",
    check=CheckState.SECONDARY,
    title={"zh": "CO₂ 小时排放量（干基）", "en": "Hourly mass of CO₂, dry by dry"},
    symbols={"dry_concentration": "C_dry", "standard_dry_flow": "Q_sn"},
)
def co2_mass_dry(*, dry_concentration: Number, standard_dry_flow: Number) -> Number:
    """CO₂ emitted in one hour, from dry concentration and dry flow.

    Parameters
    ----------
    dry_concentration : 1
        Volume fraction of CO₂ in the dry gas, 0 to 1.
    standard_dry_flow : Nm3/h
        At standard state.

    Notes
    -----
    G = C_dry · 44 / 22.4 · Q_sn / 1000

    Examples
    --------
    >>> from decimal import Decimal
    >>> round(co2_mass_dry(dry_concentration=Decimal("0.22"), standard_dry_flow=Decimal("418277.894")), 5)
    Decimal('180.75580')
    """
    return dry_concentration * standard_dry_flow * 44 / 22400


@formula(
    id="cems.co2_mass_wet",
    document="HJ 75-2017",
    clause="calculation annex, equations (20) and (33)",
    unit="tCO2/h",
    check=CheckState.SECONDARY,
    title={"zh": "CO₂ 小时排放量（湿基）", "en": "Hourly mass of CO₂, wet by wet"},
    symbols={"wet_concentration": "C_wet", "standard_wet_flow": "Q_sw"},
)
def co2_mass_wet(*, wet_concentration: Number, standard_wet_flow: Number) -> Number:
    """CO₂ emitted in one hour, from wet concentration and wet flow.

    Parameters
    ----------
    wet_concentration : 1
        Volume fraction of CO₂ in the wet gas, 0 to 1.
    standard_wet_flow : Nm3/h
        At standard state.

    Notes
    -----
    G = C_wet · 44 / 22.4 · Q_sw / 1000

    The moisture cancels: the mass is that of dry by dry.

    Examples
    --------
    >>> from decimal import Decimal
    >>> round(co2_mass_wet(wet_concentration=Decimal("0.2024"), standard_wet_flow=Decimal("454649.885")), 5)
    Decimal('180.75580')
    """
    return wet_concentration * standard_wet_flow * 44 / 22400


@formula(
    id="cems.hourly_mass",
    document="HJ 75-2017",
    clause="calculation annex, equation (33)",
    unit="kgCO2/h",
    check=CheckState.SECONDARY,
    title={"zh": "CO₂ 小时排放量（质量浓度）", "en": "Hourly mass of CO₂ from the mass concentration"},
    symbols={"dry_mass_concentration": "C_m", "standard_dry_flow": "Q_sn"},
)
def hourly_mass(*, dry_mass_concentration: Number, standard_dry_flow: Number) -> Number:
    """CO₂ emitted in one hour, from the mass concentration in the dry gas.

    Parameters
    ----------
    dry_mass_concentration : mg/m3
        At standard state.
    standard_dry_flow : Nm3/h

    Notes
    -----
    G = C_m · Q_sn · 10⁻⁶

    Examples
    --------
    >>> from decimal import Decimal
    >>> hourly_mass(dry_mass_concentration=Decimal(432000), standard_dry_flow=Decimal(418000))
    Decimal('180576')
    """
    return dry_mass_concentration * standard_dry_flow / 1000000
