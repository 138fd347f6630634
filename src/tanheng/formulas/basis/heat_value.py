"""Calorific value between bases: gross to net, and net at another moisture (GB/T 213 《煤的发热量测定方法》).

The standard has not been read. The relation and its constants, 206 J/g per percent of hydrogen and 23 J/g per percent of
water at constant volume, stand alike in two independent public laboratory programs; the state stays unverified until
somebody confirms them against the print (``docs/decisions/0016-heat-of-wet-coal.md``). Here moisture and hydrogen are
fractions and heat is GJ/t, which makes 20.6 and 2.3.
"""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.formulas.declaration import formula


@formula(
    id="basis.net_from_gross",
    document="GB/T 213",
    unit="GJ/t",
    title={"zh": "低位发热量（由高位发热量）", "en": "Net calorific value from the gross one"},
    symbols={
        "gross_calorific_value": "Q_gr,ad",
        "hydrogen": "H_ad",
        "moisture": "M_ad",
        "target_moisture": "M",
    },
)
def net_from_gross(*, gross_calorific_value: Number, hydrogen: Number, moisture: Number, target_moisture: Number) -> Number:
    """Net calorific value at constant volume and at a given moisture, from the bomb's gross value.

    Parameters
    ----------
    gross_calorific_value : GJ/t
        At constant volume, of the sample as analysed (air-dried).
    hydrogen : 1
        Mass fraction of hydrogen of the sample as analysed, without that of its moisture.
    moisture : 1
        Water per wet mass of the sample as analysed (M_ad), below 1.
    target_moisture : 1
        Water per wet mass asked for: the total moisture gives as received, 0 gives dry. Below 1.

    Notes
    -----
    Q_net,M = (Q_gr,ad − 20.6 · H_ad) · (1 − M) / (1 − M_ad) − 2.3 · M

    In the standard's units, J/g and percent: (Q_gr,ad − 206 · H_ad) · (100 − M) / (100 − M_ad) − 23 · M.

    Examples
    --------
    >>> from decimal import Decimal
    >>> heat = net_from_gross(gross_calorific_value=Decimal("26.774"), hydrogen=Decimal("0.04"),
    ...                       moisture=Decimal("0.02"), target_moisture=Decimal("0.10"))
    >>> round(heat, 6)
    Decimal('23.601633')
    """
    dry_hydrogen_heat = hydrogen * 206 / 10
    return (gross_calorific_value - dry_hydrogen_heat) * (1 - target_moisture) / (1 - moisture) - target_moisture * 23 / 10


@formula(
    id="basis.net_calorific_value",
    document="GB/T 213",
    unit="GJ/t",
    title={"zh": "换算水分后的低位发热量", "en": "Net calorific value at another moisture"},
    symbols={"net_calorific_value": "Q₁", "moisture": "M₁", "target_moisture": "M₂"},
)
def net_calorific_value_at_moisture(*, net_calorific_value: Number, moisture: Number, target_moisture: Number) -> Number:
    """Net calorific value of the same material when it holds another moisture.

    It takes a coal from delivered (入厂) to the mill (入磨) and to the kiln (入窑), and from air-dried to as received.

    Parameters
    ----------
    net_calorific_value : GJ/t
    moisture : 1
        Water per wet mass to which the value belongs, below 1.
    target_moisture : 1
        Water per wet mass asked for, below 1.

    Notes
    -----
    Q₂ = (Q₁ + 2.3 · M₁) · (1 − M₂) / (1 − M₁) − 2.3 · M₂

    In the standard's units, J/g and percent: (Q₁ + 23 · M₁) · (100 − M₂) / (100 − M₁) − 23 · M₂. Heat is conserved only
    after the water's heat of evaporation: mass times net calorific value is not the same at two moistures.

    Examples
    --------
    >>> from decimal import Decimal
    >>> net_calorific_value_at_moisture(net_calorific_value=Decimal("21.37"), moisture=Decimal("0.10"),
    ...                                 target_moisture=Decimal("0.04"))
    Decimal('22.948')
    """
    dry_heat = (net_calorific_value + moisture * 23 / 10) * (1 - target_moisture) / (1 - moisture)
    return dry_heat - target_moisture * 23 / 10
