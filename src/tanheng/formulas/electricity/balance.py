"""Electricity bought, made on site, sold, and used; the part of it that clinker production uses.

The parts by origin are the grid, own waste-heat and solar power, and green power traded; they add up to what is used.
"""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="electricity.net_purchased",
    document="arithmetic",
    unit="MWh",
    check=CheckState.VERIFIED,
    title={"zh": "净购入电量", "en": "Net purchased electricity"},
    symbols={"purchased": "AD_in", "exported": "AD_out"},
)
def net_purchased(*, purchased: Number, exported: Number) -> Number:
    """Electricity bought less electricity sold.

    Parameters
    ----------
    purchased : MWh
        From the grid and by direct line, green power included.
    exported : MWh
        To the grid and to others on the site. More than purchased makes the result negative.

    Notes
    -----
    AD_net = AD_in − AD_out

    Examples
    --------
    >>> from decimal import Decimal
    >>> net_purchased(purchased=Decimal(90000), exported=Decimal(2000))
    Decimal('88000')
    """
    return purchased - exported


@formula(
    id="electricity.consumed",
    document="arithmetic",
    unit="MWh",
    check=CheckState.VERIFIED,
    title={"zh": "总用电量", "en": "Electricity used"},
    symbols={"net_purchased": "AD_net", "own_generation": "Gᵢ"},
)
def consumed(*, net_purchased: Number, own_generation: Sequence[Number]) -> Number:
    """Electricity used, from all origins.

    Parameters
    ----------
    net_purchased : MWh
    own_generation : MWh numbers
        Net of the generators' own use: waste heat, solar, wind, standby diesel. None at all leaves the net purchase.

    Notes
    -----
    AD = AD_net + Σ Gᵢ

    Examples
    --------
    >>> from decimal import Decimal
    >>> consumed(net_purchased=Decimal(88000), own_generation=[Decimal(46000), Decimal(3000)])
    Decimal('137000')
    """
    used = net_purchased
    for generated in own_generation:
        used = used + generated
    return used


@formula(
    id="electricity.grid_part",
    document="arithmetic",
    unit="MWh",
    check=CheckState.VERIFIED,
    title={"zh": "网购电量（不含绿电交易）", "en": "Grid electricity without traded green power"},
    symbols={"net_purchased": "AD_net", "green_traded": "AD_green"},
)
def grid_part(*, net_purchased: Number, green_traded: Number) -> Number:
    """Net purchased electricity that no traded green power covers.

    Parameters
    ----------
    net_purchased : MWh
    green_traded : MWh
        Non-fossil power bought under a contract, with its certificates.

    Notes
    -----
    AD_grid = AD_net − AD_green

    Whether traded green power counts as zero is for the rule book to say.

    Examples
    --------
    >>> from decimal import Decimal
    >>> grid_part(net_purchased=Decimal(88000), green_traded=Decimal(8000))
    Decimal('80000')
    """
    return net_purchased - green_traded


@formula(
    id="electricity.clinker_part",
    document="arithmetic",
    unit="MWh",
    check=CheckState.VERIFIED,
    title={"zh": "熟料生产分摊净购入电量", "en": "Clinker production's part of the net purchase"},
    symbols={"net_purchased": "AD_net", "clinker_use": "AD_clk", "consumed": "AD"},
)
def clinker_part(*, net_purchased: Number, clinker_use: Number, consumed: Number) -> Number:
    """Net purchased electricity that falls to clinker production, when all users draw the same mix.

    Parameters
    ----------
    net_purchased : MWh
        Or its grid part.
    clinker_use : MWh
        Used by clinker production, from its meters.
    consumed : MWh
        Used by the enterprise, from all origins; not zero.

    Notes
    -----
    AD_net,clk = AD_net · AD_clk / AD

    A part of the enterprise's electricity: the two are never added.

    Examples
    --------
    >>> from decimal import Decimal
    >>> clinker_part(net_purchased=Decimal(88000), clinker_use=Decimal(68500), consumed=Decimal(137000))
    Decimal('44000')
    """
    return net_purchased * clinker_use / consumed
