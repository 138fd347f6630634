"""Coal, electricity and energy per tonne of clinker, as GB 16780-2021 names them.

The text of the standard has not been read: what the indicators count, in particular how waste-heat power is credited, is
recalled. The credit is an argument, so that the rule book decides.
"""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.formulas.declaration import formula


@formula(
    id="cn.gb16780.clinker_coal",
    document="GB 16780-2021",
    unit="kgce/t",
    title={"zh": "熟料综合煤耗", "en": "Comprehensive coal consumption of clinker"},
    symbols={"coal": "E_c", "credit": "E_h", "clinker": "P"},
)
def clinker_coal(*, coal: Number, credit: Number, clinker: Number) -> Number:
    """Fuel per tonne of clinker.

    Parameters
    ----------
    coal : tce
        Fuel burnt for clinker.
    credit : tce
        Deducted for waste heat made use of outside the kiln; zero where the rule book deducts none.
    clinker : t
        Not zero.

    Notes
    -----
    e_cl = (E_c − E_h) · 1000 / P

    Examples
    --------
    >>> from decimal import Decimal
    >>> clinker_coal(coal=Decimal(13950), credit=Decimal(450), clinker=Decimal(135000))
    Decimal('100')
    """
    return (coal - credit) * 1000 / clinker


@formula(
    id="cn.gb16780.clinker_electricity",
    document="GB 16780-2021",
    unit="kWh/t",
    title={"zh": "熟料综合电耗", "en": "Comprehensive electricity consumption of clinker"},
    symbols={"electricity": "W", "clinker": "P"},
)
def clinker_electricity(*, electricity: Number, clinker: Number) -> Number:
    """Electricity per tonne of clinker.

    Parameters
    ----------
    electricity : MWh
        Used for clinker, from all origins.
    clinker : t
        Not zero.

    Notes
    -----
    Q_cl = W · 1000 / P

    Examples
    --------
    >>> from decimal import Decimal
    >>> clinker_electricity(electricity=Decimal(7425), clinker=Decimal(135000))
    Decimal('55')
    """
    return electricity * 1000 / clinker


@formula(
    id="cn.gb16780.clinker_energy",
    document="GB 16780-2021",
    unit="kgce/t",
    title={"zh": "熟料综合能耗", "en": "Comprehensive energy consumption of clinker"},
    symbols={"clinker_coal": "e_cl", "clinker_electricity": "Q_cl", "factor": "p"},
)
def clinker_energy(*, clinker_coal: Number, clinker_electricity: Number, factor: Number) -> Number:
    """Fuel and electricity per tonne of clinker, in coal equivalent.

    Parameters
    ----------
    clinker_coal : kgce/t
    clinker_electricity : kWh/t
    factor : kgce/kWh
        Coal equivalent of electricity.

    Notes
    -----
    E_cl = e_cl + p · Q_cl

    Examples
    --------
    >>> from decimal import Decimal
    >>> clinker_energy(clinker_coal=Decimal(100), clinker_electricity=Decimal(55), factor=Decimal("0.1229"))
    Decimal('106.7595')
    """
    return clinker_coal + clinker_electricity * factor


@formula(
    id="cn.gb16780.cement_energy",
    document="GB 16780-2021",
    unit="kgce/t",
    title={"zh": "水泥综合能耗", "en": "Comprehensive energy consumption of cement"},
    symbols={
        "clinker_energy": "E_cl",
        "clinker_ratio": "g",
        "preparation_electricity": "Q_m",
        "factor": "p",
        "drying": "e_h",
    },
)
def cement_energy(
    *, clinker_energy: Number, clinker_ratio: Number, preparation_electricity: Number, factor: Number, drying: Number
) -> Number:
    """Energy per tonne of cement: its clinker, its preparation and the drying of its other components.

    Parameters
    ----------
    clinker_energy : kgce/t
    clinker_ratio : 1
        Clinker per cement, 0 to 1.
    preparation_electricity : kWh/t
        Of the cement preparation stage.
    factor : kgce/kWh
        Coal equivalent of electricity.
    drying : kgce/t
        Fuel for drying, per tonne of cement; zero when there is none.

    Notes
    -----
    E_c = E_cl · g + p · Q_m + e_h

    Examples
    --------
    >>> from decimal import Decimal
    >>> cement_energy(clinker_energy=Decimal(107), clinker_ratio=Decimal("0.75"), preparation_electricity=Decimal(29),
    ...               factor=Decimal("0.1229"), drying=Decimal(0))
    Decimal('83.8141')
    """
    return clinker_energy * clinker_ratio + preparation_electricity * factor + drying
