"""Combustion of fossil fuels, of alternative fuels by their fossil share, and of the carbon in the raw meal."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.formulas.declaration import formula


@formula(
    id="cn.gbt32151.combustion",
    document="GB/T 32151.8-2015",
    unit="tCO2",
    title={"zh": "化石燃料燃烧排放量", "en": "Emissions of fossil fuel combustion"},
    symbols={"consumption": "FC", "net_calorific_value": "NCV", "carbon_content": "CC", "oxidation": "OF"},
)
def fuel_combustion(*, consumption: Number, net_calorific_value: Number, carbon_content: Number, oxidation: Number) -> Number:
    """CO₂ from one fossil fuel burnt anywhere in the enterprise.

    Parameters
    ----------
    consumption : t | 10^4Nm3
        Fuel burnt, at the moisture of the calorific value.
    net_calorific_value : GJ/t | GJ/10^4Nm3
    carbon_content : tC/GJ
        Carbon per unit of heat.
    oxidation : 1
        Oxidation rate, 0 to 1.

    Notes
    -----
    E = FC · NCV · CC · OF · 44/12

    Examples
    --------
    >>> from decimal import Decimal
    >>> fuel_combustion(consumption=Decimal("15.00"), net_calorific_value=Decimal("42.652"),
    ...                 carbon_content=Decimal("0.02020"), oxidation=Decimal("0.98"))
    Decimal('46.438644560000')
    """
    return consumption * net_calorific_value * carbon_content * oxidation * 44 / 12


@formula(
    id="cn.gbt32151.alternative_fuel",
    document="GB/T 32151.8-2015",
    unit="tCO2",
    title={"zh": "替代燃料中非生物质碳燃烧排放量", "en": "Emissions of the fossil carbon of alternative fuels"},
    symbols={"consumption": "Q", "heat_value": "HV", "emission_factor": "EF", "fossil_share": "α"},
)
def alternative_fuel(*, consumption: Number, heat_value: Number, emission_factor: Number, fossil_share: Number) -> Number:
    """CO₂ from the fossil part of one alternative fuel or waste.

    Parameters
    ----------
    consumption : t
        Burnt, at the moisture of the heating value.
    heat_value : GJ/t
    emission_factor : tCO2/GJ
        Of the whole carbon, fossil and biogenic.
    fossil_share : 1
        Non-biomass part of the carbon, 0 to 1.

    Notes
    -----
    E = Q · HV · EF · α

    Examples
    --------
    >>> from decimal import Decimal
    >>> alternative_fuel(consumption=Decimal(2000), heat_value=Decimal("12.5"), emission_factor=Decimal("0.09"),
    ...                  fossil_share=Decimal("0.4"))
    Decimal('900.0000')
    """
    return consumption * heat_value * emission_factor * fossil_share


@formula(
    id="cn.gbt32151.alternative_fuel_biogenic",
    document="GB/T 32151.8-2015",
    unit="tCO2",
    title={"zh": "替代燃料中生物质碳燃烧的 CO₂（单列）", "en": "Biogenic CO₂ of alternative fuels, shown apart"},
    symbols={"consumption": "Q", "heat_value": "HV", "emission_factor": "EF", "fossil_share": "α"},
)
def alternative_fuel_biogenic(
    *, consumption: Number, heat_value: Number, emission_factor: Number, fossil_share: Number
) -> Number:
    """CO₂ from the biomass part of one alternative fuel or waste; shown apart, in no total.

    Parameters
    ----------
    consumption : t
    heat_value : GJ/t
    emission_factor : tCO2/GJ
        Of the whole carbon, fossil and biogenic.
    fossil_share : 1
        Non-biomass part of the carbon, 0 to 1.

    Notes
    -----
    E = Q · HV · EF · (1 − α)

    Examples
    --------
    >>> from decimal import Decimal
    >>> alternative_fuel_biogenic(consumption=Decimal(2000), heat_value=Decimal("12.5"), emission_factor=Decimal("0.09"),
    ...                           fossil_share=Decimal("0.4"))
    Decimal('1350.0000')
    """
    return consumption * heat_value * emission_factor * (1 - fossil_share)


@formula(
    id="cn.gbt32151.non_fuel_carbon",
    document="GB/T 32151.8-2015",
    unit="tCO2",
    title={"zh": "生料中非燃料碳煅烧排放量", "en": "Emissions of the non-fuel carbon of the raw meal"},
    symbols={"raw_meal": "Q_rm", "carbon": "FR₀"},
)
def non_fuel_carbon(*, raw_meal: Number, carbon: Number) -> Number:
    """CO₂ from carbon that steel slag, gangue or high-carbon fly ash bring into the raw meal.

    Parameters
    ----------
    raw_meal : t
    carbon : 1
        Mass fraction of non-fuel carbon in the raw meal, 0 to 1. The usual default is recalled and not shipped.

    Notes
    -----
    E = Q_rm · FR₀ · 44/12

    Examples
    --------
    >>> from decimal import Decimal
    >>> non_fuel_carbon(raw_meal=Decimal(207000), carbon=Decimal("0.001"))
    Decimal('759.000')
    """
    return raw_meal * carbon * 44 / 12
