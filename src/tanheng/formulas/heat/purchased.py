"""Net purchased heat and its emissions."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="heat.net_purchased",
    document="arithmetic",
    unit="GJ",
    check=CheckState.VERIFIED,
    title={"zh": "净购入热力", "en": "Net purchased heat"},
    symbols={"purchased": "AD_in", "exported": "AD_out"},
)
def net_purchased(*, purchased: Number, exported: Number) -> Number:
    """Heat bought less heat sold.

    Parameters
    ----------
    purchased : GJ
    exported : GJ

    Notes
    -----
    AD_net = AD_in − AD_out

    Examples
    --------
    >>> from decimal import Decimal
    >>> net_purchased(purchased=Decimal(5000), exported=Decimal(1200))
    Decimal('3800')
    """
    return purchased - exported


@formula(
    id="heat.emissions",
    document="CETS-AG-02.01-V01-2024",
    unit="tCO2",
    title={"zh": "热力排放量", "en": "Emissions of heat"},
    symbols={"heat": "AD", "factor": "EF"},
)
def emissions(*, heat: Number, factor: Number) -> Number:
    """CO₂ of heat. Shown apart: it never enters the compliance total of the national ETS.

    Parameters
    ----------
    heat : GJ
    factor : tCO2/GJ

    Notes
    -----
    E = AD · EF

    Examples
    --------
    >>> from decimal import Decimal
    >>> emissions(heat=Decimal(3800), factor=Decimal("0.11"))
    Decimal('418.00')
    """
    return heat * factor
