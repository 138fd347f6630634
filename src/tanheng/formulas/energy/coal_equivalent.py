"""Coal equivalent (标准煤) of fuels, electricity and heat."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="energy.coal_equivalent",
    document="GB/T 2589",
    unit="tce",
    title={"zh": "折标准煤量", "en": "Coal equivalent"},
    symbols={"quantity": "e", "factor": "p"},
)
def coal_equivalent(*, quantity: Number, factor: Number) -> Number:
    """Coal equivalent of a fuel, of electricity or of heat.

    Parameters
    ----------
    quantity : t | MWh | GJ
    factor : kgce/kg | kgce/kWh | kgce/MJ

    Notes
    -----
    E = e · p

    One kgce/kg is one tce/t, one kgce/kWh one tce/MWh, one kgce/MJ one tce/GJ.

    Examples
    --------
    >>> from decimal import Decimal
    >>> coal_equivalent(quantity=Decimal("223440.7"), factor=Decimal("0.7143"))
    Decimal('159603.69201')
    """
    return quantity * factor


@formula(
    id="energy.coal_equivalent_of_gas",
    document="GB/T 2589",
    unit="tce",
    title={"zh": "气体燃料折标准煤量", "en": "Coal equivalent of a gas"},
    symbols={"volume": "V", "factor": "p"},
)
def coal_equivalent_of_gas(*, volume: Number, factor: Number) -> Number:
    """Coal equivalent of a gas.

    Parameters
    ----------
    volume : 10^4Nm3
    factor : kgce/Nm3

    Notes
    -----
    E = 10 · V · p

    Examples
    --------
    >>> from decimal import Decimal
    >>> coal_equivalent_of_gas(volume=Decimal(3), factor=Decimal("1.3300"))
    Decimal('39.9000')
    """
    return volume * factor * 10


@formula(
    id="energy.coal_equivalent_from_heat",
    document="GB/T 2589",
    unit="tce",
    title={"zh": "按低位发热量折标准煤量", "en": "Coal equivalent by calorific value"},
    symbols={"quantity": "m", "net_calorific_value": "Q_net", "standard_coal": "Q_BM"},
)
def coal_equivalent_from_heat(*, quantity: Number, net_calorific_value: Number, standard_coal: Number) -> Number:
    """Coal equivalent of a fuel by its own calorific value.

    Parameters
    ----------
    quantity : t | 10^4Nm3
    net_calorific_value : GJ/t | GJ/10^4Nm3
        At the moisture of the quantity.
    standard_coal : GJ/tce
        Heat of one tonne of coal equivalent, 29.3076 by 7000 kcal/kg.

    Notes
    -----
    E = m · Q_net / Q_BM

    Examples
    --------
    >>> from decimal import Decimal
    >>> round(coal_equivalent_from_heat(quantity=Decimal(17000), net_calorific_value=Decimal("23.076"),
    ...                                 standard_coal=Decimal("29.3076")), 6)
    Decimal('13385.333497')
    """
    return quantity * net_calorific_value / standard_coal


@formula(
    id="energy.heat",
    document="arithmetic",
    unit="GJ",
    check=CheckState.VERIFIED,
    title={"zh": "热量", "en": "Heat"},
    symbols={"quantity": "m", "net_calorific_value": "Q_net"},
)
def heat(*, quantity: Number, net_calorific_value: Number) -> Number:
    """Heat of a fuel.

    Parameters
    ----------
    quantity : t | 10^4Nm3
    net_calorific_value : GJ/t | GJ/10^4Nm3
        At the moisture of the quantity.

    Notes
    -----
    H = m · Q_net

    Examples
    --------
    >>> from decimal import Decimal
    >>> heat(quantity=Decimal(17000), net_calorific_value=Decimal("23.076"))
    Decimal('392292.000')
    """
    return quantity * net_calorific_value
