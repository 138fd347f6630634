"""What a plant may enter: the items of each kind of thing, their units, bases, places and ranges.

A quantity id is ``<scope>.<group>[.<stream>].<item>``: ``line.1.fuel.coal.consumption``, ``enterprise.electricity.purchased``.
The range is a border check against slips of unit (kJ/kg typed as GJ/t, percent typed as a fraction), not a plausibility
check of the plant.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tanheng.accounting.plant import Words
from tanheng.core.units import UNITS, convert
from tanheng.core.units import unit as unit_named


class Year(enum.StrEnum):
    """How the months of an amount make its value of the year."""

    SUM = "sum"
    FIRST = "first"  # a stock at the beginning: the year begins with its first month
    LAST = "last"  # a stock at the end


@dataclass(frozen=True, slots=True)
class Item:
    """One item: the units it may be given in (the first is the one calculated in) and what must be said with it.

    ``lowest`` and ``highest`` hold in the first unit of the same dimension; None means no bound. :func:`bounds` gives them in
    the unit that was written.
    """

    name: str
    title: Words
    units: tuple[str, ...]
    needs_basis: bool = False
    needs_place: bool = False
    lowest: Decimal | None = Decimal(0)
    highest: Decimal | None = None
    year: Year = Year.SUM


def _item(
    name: str,
    zh: str,
    en: str,
    *units: str,
    basis: bool = False,
    place: bool = False,
    highest: str | None = None,
    lowest: str | None = "0",
    year: Year = Year.SUM,
) -> Item:
    return Item(
        name,
        {"zh": zh, "en": en},
        units,
        basis,
        place,
        None if lowest is None else Decimal(lowest),
        None if highest is None else Decimal(highest),
        year,
    )


def _group(*items: Item) -> dict[str, Item]:
    return {item.name: item for item in items}


_MASS = ("t", "kg", "10^4t")
_SHARE = ("1", "%")

# Groups whose ids carry a stream (or clinker, or product) between group and item.
FUEL = _group(
    _item("consumption", "消耗量", "consumption", *_MASS, "10^4Nm3", "Nm3", place=True),
    _item("key", "分摊依据(窑侧计量)", "split key (kiln-side metering)", *_MASS, place=True),
    # 0.1 … 60 GJ/t encloses every fuel of the tables, 500 GJ/10^4Nm3 (_OTHER_HIGHEST) every gas
    _item(
        "net_calorific_value",
        "低位发热量",
        "net calorific value",
        "GJ/t",
        "MJ/kg",
        "kJ/kg",
        "kcal/kg",
        "GJ/10^4Nm3",
        basis=True,
        place=True,
        lowest="0.1",
        highest="60",
    ),
    _item("carbon_content", "单位热值含碳量", "carbon content per heat", "tC/GJ", "tC/TJ", lowest="0.001", highest="0.1"),
    _item("carbon", "元素碳含量", "carbon mass fraction", *_SHARE, basis=True, place=True, highest="1"),
    _item("hydrogen", "氢含量", "hydrogen mass fraction", *_SHARE, basis=True, place=True, highest="0.2"),
    _item("ash", "灰分", "ash mass fraction", *_SHARE, basis=True, place=True, highest="1"),
    _item("moisture", "全水分", "total moisture", *_SHARE, place=True, highest="0.8"),
    _item(
        "moisture_of_sample",
        "化验样品全水分(取样地点)",
        "total moisture of the sample, where it was taken",
        *_SHARE,
        highest="0.8",
    ),
    _item("moisture_air_dried", "空干基水分", "moisture of the air-dried sample", *_SHARE, place=True, highest="0.5"),
    _item("oxidation", "碳氧化率", "carbon oxidation rate", *_SHARE, lowest="0.5", highest="1"),
    _item("emission_factor", "排放因子", "emission factor", "tCO2/TJ", "tCO2/GJ", highest="400"),
    _item("biomass_fraction", "生物质碳份额", "biomass fraction", *_SHARE, highest="1"),
)
ALTERNATIVE_FUEL = _group(
    _item("consumption", "消耗量", "consumption", *_MASS, place=True),
    _item(
        "net_calorific_value",
        "低位发热量",
        "net calorific value",
        "GJ/t",
        "MJ/kg",
        "kJ/kg",
        "kcal/kg",
        basis=True,
        place=True,
        lowest="0.1",
        highest="60",
    ),
    _item("emission_factor", "排放因子", "emission factor", "tCO2/GJ", "tCO2/TJ", highest="0.4"),
    _item("fossil_share", "非生物质碳份额", "fossil share of the carbon", *_SHARE, highest="1"),
    _item("moisture", "全水分", "total moisture", *_SHARE, place=True, highest="0.9"),
)
MATERIAL = _group(
    _item("consumption", "消耗量", "consumption", *_MASS, place=True),
    _item("moisture", "水分", "moisture", *_SHARE, place=True, highest="0.9"),
    _item("emission_factor", "排放因子", "emission factor", "tCO2/t", "kgCO2/t", highest="1"),
    _item("conversion", "转化率", "conversion factor", *_SHARE, highest="1"),
)
CLINKER = _group(
    _item("output", "产量", "output", *_MASS),
    _item("key", "分摊依据(窑侧计量)", "split key (kiln-side metering)", *_MASS),
    _item("opening_stock", "期初盘存", "opening stock", *_MASS, year=Year.FIRST),
    _item("closing_stock", "期末盘存", "closing stock", *_MASS, year=Year.LAST),
    _item("used_in_cement", "自用(水泥粉磨)", "used in own cement", *_MASS),
    _item("sold", "外销", "sold", *_MASS),
    _item("purchased", "外购", "purchased", *_MASS),
    _item("moved_out", "内部移库调出", "moved to another site of the legal person", *_MASS),
    _item("moved_in", "内部移库调入", "moved in from another site of the legal person", *_MASS),
    _item("opening_in_transit", "期初在途", "in transit at the beginning", *_MASS, year=Year.FIRST),
    _item("closing_in_transit", "期末在途", "in transit at the end", *_MASS, year=Year.LAST),
    _item("calcium_oxide", "氧化钙含量", "CaO mass fraction", *_SHARE, highest="1"),
    _item("magnesium_oxide", "氧化镁含量", "MgO mass fraction", *_SHARE, highest="1"),
    _item("calcium_oxide_not_from_carbonate", "非碳酸盐来源氧化钙含量", "CaO not from carbonate", *_SHARE, highest="1"),
    _item("magnesium_oxide_not_from_carbonate", "非碳酸盐来源氧化镁含量", "MgO not from carbonate", *_SHARE, highest="1"),
)
PRODUCT = _group(
    _item("output", "产量", "output", *_MASS),
)
PRECURSOR = _group(
    _item("consumption", "消耗量", "consumption", *_MASS),
    _item("embedded_direct", "单位直接隐含排放", "specific direct embedded emissions", "tCO2/t", highest="5"),
    _item("embedded_indirect", "单位间接隐含排放", "specific indirect embedded emissions", "tCO2/t", highest="5"),
)

# Groups without a stream.
RAW_MEAL = _group(
    _item("fed", "入窑生料", "raw meal into the kiln", *_MASS, place=True),
    _item("return_dust", "回灰", "return dust", *_MASS),
    _item("bypass_dust", "旁路放风粉尘", "bypass dust", *_MASS),
    _item("kiln_head_dust", "窑头排气筒粉尘", "kiln-head stack dust", *_MASS),
    _item("carbonate_co2", "生料碳酸盐二氧化碳含量", "carbonate CO2 of the raw meal", "tCO2/t", "kgCO2/t", highest="0.45"),
    _item("ratio", "料耗比(理论)", "raw-meal to clinker ratio (theoretical)", "t/t", lowest="1", highest="2"),
    _item("non_fuel_carbon", "非燃料碳含量", "non-fuel carbon", *_SHARE, highest="0.1"),
    _item("limestone", "石灰石", "limestone", *_MASS, place=True),
)
ELECTRICITY = _group(
    _item("consumed", "用电量", "electricity consumed", "MWh", "kWh", "10^4kWh"),
    _item("purchased", "外购电量", "electricity purchased", "MWh", "kWh", "10^4kWh"),
    _item("exported", "外供电量", "electricity exported", "MWh", "kWh", "10^4kWh"),
    _item("waste_heat", "余热发电自用", "own waste-heat power used", "MWh", "kWh", "10^4kWh"),
    _item("solar", "光伏自用", "own solar power used", "MWh", "kWh", "10^4kWh"),
    _item("green_traded", "绿电交易电量", "green electricity bought by contract", "MWh", "kWh", "10^4kWh"),
    _item("factor", "电力排放因子", "emission factor of electricity", "tCO2/MWh", "kgCO2/kWh", highest="2"),
)
HEAT = _group(
    _item("purchased", "外购热量", "heat purchased", "GJ", "MJ", "TJ"),
    _item("exported", "外供热量", "heat exported", "GJ", "MJ", "TJ"),
)
EMISSIONS = _group(
    _item("emissions", "排放量", "emissions", "tCO2", "kgCO2"),
)
OPERATION = _group(
    _item("days", "运转天数", "operating days", "d", "h", highest="366"),
)

STREAMED: Mapping[str, Mapping[str, Item]] = {
    "fuel": FUEL,
    "alternative_fuel": ALTERNATIVE_FUEL,
    "material": MATERIAL,
    "clinker": CLINKER,
    "product": PRODUCT,
    "precursor": PRECURSOR,
}
PLAIN: Mapping[str, Mapping[str, Item]] = {
    "raw_meal": RAW_MEAL,
    "electricity": ELECTRICITY,
    "heat": HEAT,
    "power_facility": EMISSIONS,
    "other": EMISSIONS,
    "carbon_in_products": EMISSIONS,
    "operation": OPERATION,
}

SAMPLE_MASS = _item("sample_mass", "样品代表量", "mass a sample stands for", *_MASS)

# Where an item may be given in units of two dimensions, the bound of the second one.
_OTHER_HIGHEST: Mapping[tuple[str, str], Decimal] = {
    ("net_calorific_value", "heat per normal volume"): Decimal(500),
}


def item_of(quantity: str) -> Item | None:
    """Return the item a quantity id names, or None when there is no such item.

    The scope is ``line.<id>``, ``facility.<id>``, ``site`` or ``enterprise``. A laboratory sample carries ``.sample.<id>``
    behind the item and is judged like the item itself; ``.sample_mass.<id>`` is the mass that the sample stands for.

    Examples
    --------
    >>> item_of("line.1.fuel.coal.net_calorific_value.sample.s-0312").name
    'net_calorific_value'
    >>> item_of("line.1.fuel.coal.net_calorific_value.sample_mass.s-0312").name
    'sample_mass'
    """
    base, is_weight, _ = quantity.partition(".sample_mass.")
    if is_weight:
        return SAMPLE_MASS if item_of(base) is not None else None
    parts = quantity.partition(".sample.")[0].split(".")
    rest = parts[2:] if parts[0] in ("line", "facility") else parts[1:]
    if len(rest) == 3 and rest[0] in STREAMED:
        return STREAMED[rest[0]].get(rest[2])
    if len(rest) == 2 and rest[0] in PLAIN:
        return PLAIN[rest[0]].get(rest[1])
    return None


def bounds(item: Item, unit: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the lowest and the highest value of an item in the unit that was written; None where there is no bound.

    Raises
    ------
    UnitError
        When the unit is not one that exists.

    Examples
    --------
    >>> bounds(FUEL["net_calorific_value"], "kJ/kg")
    (Decimal('100.0'), Decimal('60000'))
    """
    own = unit_named(unit)
    first = next((name for name in item.units if UNITS[name].dimension == own.dimension), unit)
    highest = item.highest if first == item.units[0] else _OTHER_HIGHEST.get((item.name, own.dimension))
    return (
        None if item.lowest is None else convert(item.lowest, first, unit),
        None if highest is None else convert(highest, first, unit),
    )
