"""CO₂ from fossil fuels burnt in clinker production, by the heat route and by the measured-carbon route."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.formulas.declaration import formula


@formula(
    id="cn.cets.combustion",
    document="CETS-AG-02.01-V01-2024",
    unit="tCO2",
    title={"zh": "化石燃料燃烧排放量", "en": "Emissions of fossil fuel combustion"},
    symbols={"consumption": "FC", "net_calorific_value": "NCV", "carbon_content": "CC", "oxidation": "OF"},
)
def fuel_combustion(*, consumption: Number, net_calorific_value: Number, carbon_content: Number, oxidation: Number) -> Number:
    """CO₂ from one fossil fuel on one line in one month, from its heat.

    Parameters
    ----------
    consumption : t | 10^4Nm3
        Fuel burnt, at the place and moisture of the calorific value.
    net_calorific_value : GJ/t | GJ/10^4Nm3
        As received.
    carbon_content : tC/GJ
        Carbon per unit of heat.
    oxidation : 1
        Oxidation rate, 0 to 1; by combustion device for solid fuels.

    Notes
    -----
    E = FC · NCV · CC · OF · 44/12

    Examples
    --------
    >>> from decimal import Decimal
    >>> fuel_combustion(consumption=Decimal("17000.00"), net_calorific_value=Decimal("23.076"),
    ...                 carbon_content=Decimal("0.02618"), oxidation=Decimal("0.99"))
    Decimal('37280.842552800000')
    """
    return consumption * net_calorific_value * carbon_content * oxidation * 44 / 12


@formula(
    id="cn.cets.combustion_measured_carbon",
    document="CETS-AG-02.01-V01-2024",
    unit="tCO2",
    title={"zh": "化石燃料燃烧排放量（实测元素碳）", "en": "Emissions of fossil fuel combustion, carbon measured"},
    symbols={"consumption": "FC", "carbon": "C_ar", "oxidation": "OF"},
)
def fuel_combustion_from_carbon(*, consumption: Number, carbon: Number, oxidation: Number) -> Number:
    """CO₂ from one fossil fuel on one line in one month, from its measured carbon.

    Parameters
    ----------
    consumption : t | t | 10^4Nm3
        Fuel burnt, at the place and moisture of the carbon.
    carbon : 1 | tC/t | tC/10^4Nm3
        Mass fraction of elemental carbon as received, or tonnes of carbon per amount of fuel.
    oxidation : 1
        Oxidation rate, 0 to 1.

    Notes
    -----
    E = FC · C_ar · OF · 44/12

    Whether the guideline lets a measured carbon replace NCV · CC is not known; the rule book says which route counts.

    Examples
    --------
    >>> from decimal import Decimal
    >>> fuel_combustion_from_carbon(consumption=Decimal(17000), carbon=Decimal("0.6041"), oxidation=Decimal("0.99"))
    Decimal('37279.011000')
    """
    return consumption * carbon * oxidation * 44 / 12
