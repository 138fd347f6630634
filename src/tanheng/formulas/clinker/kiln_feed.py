"""The kiln-feed side: raw meal into the kiln, the CO₂ its carbonates hold, and the clinker it makes.

It stands beside the clinker side (生料 + 熟料); the difference of the two is a figure of its own.
"""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="cn.clinker.raw_meal_calcined",
    document="arithmetic",
    unit="t",
    check=CheckState.VERIFIED,
    title={"zh": "实际入窑生料量", "en": "Raw meal calcined"},
    symbols={"raw_meal": "M", "return_dust": "D₁", "bypass_dust": "D₂"},
)
def raw_meal_calcined(*, raw_meal: Number, return_dust: Number, bypass_dust: Number) -> Number:
    """Raw meal that stays in the kiln and is calcined there.

    Parameters
    ----------
    raw_meal : t
        Kiln feed by its scale; it holds the return dust.
    return_dust : t
        Dust (回灰) that leaves with the gas and comes back with the feed: weighed twice.
    bypass_dust : t
        Raw meal drawn off by the bypass (旁路放风) before it was calcined.

    Notes
    -----
    M_k = M − D₁ − D₂

    The part of the bypass dust that was calcined has given off its CO₂; declare only the rest here.

    Examples
    --------
    >>> from decimal import Decimal
    >>> raw_meal_calcined(raw_meal=Decimal(222000), return_dust=Decimal(14000), bypass_dust=Decimal(400))
    Decimal('207600')
    """
    return raw_meal - return_dust - bypass_dust


@formula(
    id="cn.clinker.kiln_feed_process",
    document="水泥行业碳计量技术规范 数字管理平台建设",
    clause="5.3",
    unit="tCO2",
    title={"zh": "过程排放量（生料侧）", "en": "Process emissions, kiln-feed side"},
    symbols={"raw_meal": "M", "return_dust": "D₁", "bypass_dust": "D₂", "carbonate_content": "c"},
)
def kiln_feed_emissions(*, raw_meal: Number, return_dust: Number, bypass_dust: Number, carbonate_content: Number) -> Number:
    """CO₂ from the carbonates of the raw meal, seen from the kiln feed.

    Parameters
    ----------
    raw_meal : t
        Kiln feed by its scale.
    return_dust : t
        Dust that comes back with the feed.
    bypass_dust : t
        Drawn off before it was calcined.
    carbonate_content : tCO2/t
        CO₂ held by the carbonates of one tonne of raw meal, at the moisture of the feed.

    Notes
    -----
    E = (M − D₁ − D₂) · c

    The specification only says 通过生料+熟料生产过程计算; the equation is conservation of mass.

    Examples
    --------
    >>> from decimal import Decimal
    >>> kiln_feed_emissions(raw_meal=Decimal(222000), return_dust=Decimal(14000), bypass_dust=Decimal(400),
    ...                     carbonate_content=Decimal("0.3420"))
    Decimal('70999.2000')
    """
    return (raw_meal - return_dust - bypass_dust) * carbonate_content


@formula(
    id="cn.clinker.carbonate_of_raw_meal",
    document="arithmetic",
    unit="tCO2/t",
    check=CheckState.VERIFIED,
    title={"zh": "生料碳酸盐 CO₂ 含量", "en": "Carbonate CO₂ of the raw meal"},
    symbols={"calcium_oxide": "w(CaO)", "magnesium_oxide": "w(MgO)"},
)
def carbonate_of_raw_meal(*, calcium_oxide: Number, magnesium_oxide: Number) -> Number:
    """CO₂ that the carbonates of one tonne of raw meal hold, from their oxides.

    Parameters
    ----------
    calcium_oxide : 1
        CaO bound as carbonate, mass fraction of the raw meal as fed.
    magnesium_oxide : 1
        MgO bound as carbonate, mass fraction of the raw meal as fed.

    Notes
    -----
    c = w(CaO) · 44/56 + w(MgO) · 44/40

    Examples
    --------
    >>> from decimal import Decimal
    >>> carbonate_of_raw_meal(calcium_oxide=Decimal("0.420"), magnesium_oxide=Decimal("0.010"))
    Decimal('0.341')
    """
    return calcium_oxide * 44 / 56 + magnesium_oxide * 44 / 40


@formula(
    id="cn.clinker.output_by_raw_meal",
    document="arithmetic",
    unit="t",
    check=CheckState.VERIFIED,
    title={"zh": "熟料产量（生料折算）", "en": "Clinker output from raw meal"},
    symbols={"raw_meal": "M", "raw_meal_ratio": "r"},
)
def clinker_from_raw_meal(*, raw_meal: Number, raw_meal_ratio: Number) -> Number:
    """Clinker that the raw meal of one period makes.

    Parameters
    ----------
    raw_meal : t
        On the footing of the ratio: kiln feed by its scale, or raw meal calcined.
    raw_meal_ratio : t/t
        Raw meal per clinker (料耗比): dated and sampled, above 1.

    Notes
    -----
    Q = M / r

    Examples
    --------
    >>> from decimal import Decimal
    >>> round(clinker_from_raw_meal(raw_meal=Decimal(207900), raw_meal_ratio=Decimal("1.54")), 3)
    Decimal('135000.000')
    """
    return raw_meal / raw_meal_ratio
