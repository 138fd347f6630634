"""Emissions of one source stream by the calculation method: combustion with a biomass part, and process."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="eu.combustion",
    document="(EU) 2025/2547",
    unit="tCO2",
    check=CheckState.SECONDARY,
    title={"zh": "燃烧排放量（化石部分）", "en": "Combustion emissions, fossil part"},
    symbols={
        "activity": "AD",
        "net_calorific_value": "NCV",
        "emission_factor": "EF",
        "oxidation": "OF",
        "biomass_fraction": "BF",
    },
)
def combustion(
    *, activity: Number, net_calorific_value: Number, emission_factor: Number, oxidation: Number, biomass_fraction: Number
) -> Number:
    """CO₂ from the fossil part of one fuel.

    Parameters
    ----------
    activity : t | 10^4Nm3
    net_calorific_value : GJ/t | GJ/10^4Nm3
    emission_factor : tCO2/TJ
        Preliminary: of the whole carbon.
    oxidation : 1
        0 to 1; 1 unless a lower one is justified.
    biomass_fraction : 1
        Part of the carbon that is biomass rated zero, 0 to 1.

    Notes
    -----
    E = AD · NCV · EF · OF · (1 − BF)

    Examples
    --------
    >>> from decimal import Decimal
    >>> combustion(activity=Decimal(25000), net_calorific_value=Decimal(20), emission_factor=Decimal(83),
    ...            oxidation=Decimal(1), biomass_fraction=Decimal("0.15"))
    Decimal('35275.00')
    """
    return activity * net_calorific_value * emission_factor * oxidation * (1 - biomass_fraction) / 1000


@formula(
    id="eu.combustion_biomass",
    document="(EU) 2025/2547",
    unit="tCO2",
    check=CheckState.SECONDARY,
    title={"zh": "燃烧排放量（生物质部分，单列）", "en": "Combustion emissions, biomass part, shown apart"},
    symbols={
        "activity": "AD",
        "net_calorific_value": "NCV",
        "emission_factor": "EF",
        "oxidation": "OF",
        "biomass_fraction": "BF",
    },
)
def combustion_biomass(
    *, activity: Number, net_calorific_value: Number, emission_factor: Number, oxidation: Number, biomass_fraction: Number
) -> Number:
    """CO₂ from the biomass part of one fuel; a memo item, in no total.

    Parameters
    ----------
    activity : t | 10^4Nm3
    net_calorific_value : GJ/t | GJ/10^4Nm3
    emission_factor : tCO2/TJ
    oxidation : 1
    biomass_fraction : 1

    Notes
    -----
    E_bio = AD · NCV · EF · OF · BF

    Examples
    --------
    >>> from decimal import Decimal
    >>> combustion_biomass(activity=Decimal(25000), net_calorific_value=Decimal(20), emission_factor=Decimal(83),
    ...                    oxidation=Decimal(1), biomass_fraction=Decimal("0.15"))
    Decimal('6225.00')
    """
    return activity * net_calorific_value * emission_factor * oxidation * biomass_fraction / 1000


@formula(
    id="eu.process",
    document="(EU) 2025/2547",
    unit="tCO2",
    check=CheckState.SECONDARY,
    title={"zh": "过程排放量", "en": "Process emissions"},
    symbols={"activity": "AD", "emission_factor": "EF", "conversion": "CF"},
)
def process(*, activity: Number, emission_factor: Number, conversion: Number) -> Number:
    """CO₂ from carbonates, by raw meal (method A) or by clinker (method B).

    Parameters
    ----------
    activity : t
        Raw meal or clinker, as the emission factor says.
    emission_factor : tCO2/t
    conversion : 1
        Conversion factor, 0 to 1; 1 when everything decomposes.

    Notes
    -----
    E = AD · EF · CF

    Examples
    --------
    >>> from decimal import Decimal
    >>> process(activity=Decimal(1255000), emission_factor=Decimal("0.525"), conversion=Decimal(1))
    Decimal('658875.000')
    """
    return activity * emission_factor * conversion
