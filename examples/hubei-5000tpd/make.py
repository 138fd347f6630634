"""Makes the data files of this constructed example, the same bytes each time.

The data are constructed: no value is of a real plant. Ratios follow public anchors: clinker 5000 t/d at about 310 days of
capacity and a load usual in 2025, near 104 kgce/t of heat, power 48–61 kWh/t, waste-heat power 30–37 kWh/t, process 55–70 %
of the direct emissions, intensity 0.78–0.88 tCO2/t.

Run it in this folder: ``python make.py``.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

HERE = Path(__file__).parent
MONTHS = [f"2025-{number:02d}" for number in range(1, 13)]
SEED = 5000

# Days each kiln ran. Line 2 stood the whole of February (错峰停窑); both stood at other times for the same reason.
RUN = {"1": [22, 15, 27, 28, 26, 24, 19, 23, 27, 29, 28, 23], "2": [20, 0, 27, 27, 28, 25, 21, 22, 26, 28, 27, 24]}
RATE = {"1": Decimal(5180), "2": Decimal(5060)}  # t/d

HEADS = ["范围", "类别", "源流", "信息项", "单位", "基准", "地点", "获取方式", "数据来源", *MONTHS]
SAMPLE_HEADS = [
    "样品编号",
    "采样日期",
    "范围",
    "类别",
    "源流",
    "信息项",
    "数值",
    "单位",
    "基准",
    "地点",
    "代表量(t)",
    "知悉日期",
    "实验室",
    "报告编号",
    "获取方式",
]

chance = random.Random(SEED)  # noqa: S311  # constructed data, the same every time


def near(value: Decimal | str, spread: str, places: str = "0.01") -> Decimal:
    """Return a value within ± ``spread`` (relative), rounded to ``places``."""
    factor = Decimal(1) + Decimal(str(round(chance.uniform(-1, 1), 4))) * Decimal(spread)
    return (Decimal(value) * factor).quantize(Decimal(places), rounding=ROUND_HALF_EVEN)


def months(make: Callable[[int], Decimal]) -> list[Decimal]:
    """Return twelve values."""
    return [make(index) for index in range(12)]


class Matrix:
    """Rows of a monthly matrix."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[list[str]] = []

    def add(
        self,
        subject: Sequence[str],
        unit: str,
        values: Iterable[Decimal],
        *,
        basis: str = "-",
        place: str = "-",
        origin: str = "实测值",
        source: str = "",
    ) -> None:
        """Add one row; ``subject`` is scope, group, stream and item."""
        self.rows.append([*subject, unit, basis, place, origin, source, *(f"{value:f}" for value in values)])

    def write(self) -> None:
        """Write the file."""
        write(self.name, "matrix/1", HEADS, self.rows)


def write(name: str, schema: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file as a spreadsheet would, with a byte-order mark so that Excel reads the Chinese."""
    with (HERE / name).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([f"# schema: {schema}"])
        writer.writerow(["# 示例数据为构造 constructed; make.py"])
        writer.writerow(heads)
        writer.writerows(rows)


def clinker() -> dict[str, list[Decimal]]:
    """Return what the kiln-side meters of each line say, in t a month."""
    return {line: months(lambda index, line=line: near(RATE[line] * RUN[line][index], "0.012")) for line in RUN}


def stocktakes(kiln_side: dict[str, list[Decimal]]) -> None:
    """Write the balance of the shared silo; it differs a little from the kiln-side meters, as scales do."""
    table = Matrix("stocktakes.csv")
    opening, stock = [], Decimal("62150.00")
    flows: dict[str, list[Decimal]] = {"used_in_cement": [], "sold": [], "moved_out": [], "purchased": [], "closing_stock": []}
    transit_out = [Decimal(0)] * 12
    for index in range(12):
        made = (sum(values[index] for values in kiln_side.values()) * near("1.0015", "0.003", "0.00001")).quantize(
            Decimal("0.01")
        )
        used, moved = near(made * Decimal("0.64"), "0.03"), near("6000", "0.10")
        bought = Decimal("1200.00") if index == 1 else Decimal("0.00")
        sold = near(made * Decimal("0.334"), "0.05")
        closing = stock + made + bought - used - moved - sold
        opening.append(stock)
        for name, value in zip(flows, (used, sold, moved, bought, closing), strict=True):
            flows[name].append(value)
        stock = closing
    source = "盘库记录 2025；体积 × 容重 1.45 t/m³，盘点人 王工、李工"
    table.add(["全厂", "熟料", "portland", "opening_stock"], "t", opening, source=source)
    for name, values in flows.items():
        table.add(
            ["全厂", "熟料", "portland", name], "t", values, source=source if "stock" in name else "生产日报、地磅、内部调拨单"
        )
    for name in ("moved_in", "opening_in_transit", "closing_in_transit"):
        table.add(["全厂", "熟料", "portland", name], "t", transit_out, source="内部调拨单")
    table.write()


def coal_of(kiln_side: dict[str, list[Decimal]]) -> dict[str, list[Decimal]]:
    """Return the pulverised coal at each kiln: near 104 kgce/t of heat, a part of it from alternative fuels."""
    heat = {"1": Decimal("2.93"), "2": Decimal("3.00")}  # GJ of coal per t of clinker
    return {
        line: [near(value * heat[line] / Decimal("24.35"), "0.01") for value in values] for line, values in kiln_side.items()
    }


def activity(kiln_side: dict[str, list[Decimal]], pulverised: dict[str, list[Decimal]]) -> list[Decimal]:
    """Write fuels, materials and raw meal; return the raw coal into the mill."""
    table = Matrix("activity.csv")
    drying = (1 - Decimal("0.015")) / (1 - Decimal("0.082"))
    raw_coal = months(lambda index: near(sum(values[index] for values in pulverised.values()) * drying, "0.004"))
    table.add(["全厂", "化石燃料", "coal", "消耗量"], "t", raw_coal, place="入磨", source="入磨皮带秤 BS-103")
    table.add(
        ["全厂", "化石燃料", "coal", "moisture"], "%", months(lambda _: near("8.2", "0.08")), place="入磨", source="化验日报"
    )
    table.add(
        ["全厂", "化石燃料", "coal", "moisture_air_dried"],
        "%",
        months(lambda _: near("2.05", "0.10")),
        place="入磨",
        source="化验日报",
    )
    for line, values in pulverised.items():
        scope = f"{line}#线"
        table.add([scope, "化石燃料", "coal", "key"], "t", values, place="入窑", source=f"转子秤 WF-{line}01、WF-{line}02")
        fires = [Decimal("18.60") if 0 < days < 24 else Decimal("6.20") if days else Decimal("0.00") for days in RUN[line]]
        table.add(
            [scope, "化石燃料", "ignition", "消耗量"],
            "t",
            [near(fire, "0.15") for fire in fires],
            place="入窑",
            source="加油台账",
        )
        table.add([scope, "熟料", "portland", "key"], "t", kiln_side[line], source=f"窑侧料耗法与熟料秤 CS-{line}01")
        fed = [near(value * Decimal("1.615"), "0.004") for value in kiln_side[line]]
        dust = [near(value * Decimal("0.053"), "0.02") for value in fed]
        table.add([scope, "生料", "", "fed"], "t", fed, place="入窑", source=f"入窑生料秤 RM-{line}01")
        table.add([scope, "生料", "", "return_dust"], "t", dust, source="窑灰计量")
        table.add(
            [scope, "生料", "", "bypass_dust"],
            "t",
            [near(value * Decimal("0.0004"), "0.05") for value in fed],
            source="旁路放风计量",
        )
        table.add(
            [scope, "生料", "", "carbonate_co2"],
            "tCO2/t",
            months(lambda _: near("0.3425", "0.004", "0.0001")),
            source="生料 CO2 测定，月均",
        )
        table.add(
            [scope, "生料", "", "ratio"], "t/t", months(lambda _: near("1.616", "0.003", "0.001")), source="料耗标定，半年一次"
        )
        table.add(
            [scope, "生料", "", "limestone"],
            "t",
            [near(value * Decimal("0.815"), "0.01") for value in fed],
            place="入磨",
            source="配料皮带秤",
        )
    slag = {"1": ("carbide_slag", "0.016"), "2": ("steel_slag", "0.012")}
    for line, (name, part) in slag.items():
        values = [near(value * Decimal(part), "0.06") for value in kiln_side[line]]
        if name == "carbide_slag":  # one truck of April was booked twice; corrections.csv takes it out
            corrections(values[3])
        table.add([f"{line}#线", "替代原料", name, "消耗量"], "t", values, place="入磨", source="配料皮带秤、地磅")
    table.add(
        ["1#线", "替代原料", "steel_slag", "消耗量"],
        "t",
        [near(value * Decimal("0.009"), "0.06") for value in kiln_side["1"]],
        place="入磨",
        source="配料皮带秤、地磅",
    )
    for name, amount, source in (
        ("forklift", "9.5", "厂内加油站"),
        ("trucks", "86", "厂内加油站，合同 KS-2024-07"),
        ("standby", "0.8", "发电机运行记录"),
    ):
        table.add(
            ["企业", "化石燃料", name, "消耗量"],
            "t",
            months(lambda _, amount=amount: near(amount, "0.12")),
            place="其他",
            source=source,
        )
    table.add(
        ["骨料生产线", "化石燃料", "loader", "消耗量"],
        "t",
        months(lambda _: near("21", "0.15")),
        place="其他",
        source="厂内加油站",
    )
    table.add(
        ["水泥粉磨站", "化石燃料", "dryer", "消耗量"],
        "10^4Nm3",
        months(lambda _: near("3.2", "0.20", "0.0001")),
        place="其他",
        source="燃气表 GM-01",
    )
    table.write()
    return raw_coal


def alternative_fuels() -> None:
    """Write the alternative fuels: municipal waste on line 1, cloth strips on line 2."""
    table = Matrix("alternative_fuels.csv")
    for line, name, daily, heat, factor, fossil in (
        ("1", "waste", "92", "9.6", "0.0985", "42"),
        ("2", "cloth", "14", "15.8", "0.0880", "55"),
    ):
        scope = f"{line}#线"
        burnt = [near(Decimal(daily) * days, "0.08") for days in RUN[line]]
        table.add([scope, "替代燃料", name, "消耗量"], "t", burnt, place="入窑", source="喂料秤、地磅批次台账")
        table.add(
            [scope, "替代燃料", name, "低位发热量"],
            "GJ/t",
            months(lambda _, heat=heat: near(heat, "0.06", "0.001")),
            basis="ar",
            place="入窑",
            source="月混合样",
        )
        table.add(
            [scope, "替代燃料", name, "排放因子"],
            "tCO2/GJ",
            [Decimal(factor)] * 12,
            origin="估算值",
            source="构造值 constructed",
        )
        table.add(
            [scope, "替代燃料", name, "fossil_share"], "%", [Decimal(fossil)] * 12, origin="估算值", source="构造值 constructed"
        )
    table.write()


def electricity(kiln_side: dict[str, list[Decimal]]) -> None:
    """Write purchased, own and green power, and what each line used."""
    table = Matrix("electricity_heat.csv")
    made = months(lambda index: sum((values[index] for values in kiln_side.values()), Decimal(0)))
    used = {
        line: [near(value * Decimal("0.0555"), "0.02") + Decimal("180.00") for value in values]
        for line, values in kiln_side.items()
    }
    waste_heat = [near(value * Decimal("0.0325"), "0.03") for value in made]
    solar = [Decimal(value) for value in ("310", "335", "420", "505", "560", "570", "640", "625", "500", "430", "345", "300")]
    other = [near(value * Decimal("0.0295"), "0.04") + Decimal("900.00") for value in made]
    bought = months(lambda index: used["1"][index] + used["2"][index] + other[index] - waste_heat[index] - solar[index])
    table.add(["企业", "电力", "", "purchased"], "MWh", bought, source="电费结算单")
    table.add(["企业", "电力", "", "waste_heat"], "MWh", waste_heat, source="余热发电关口表，已扣厂用电")
    table.add(["企业", "电力", "", "solar"], "MWh", solar, source="光伏计量表")
    table.add(["企业", "电力", "", "green_traded"], "MWh", [Decimal(400)] * 12, source="绿电交易凭证")
    for line, values in used.items():
        table.add([f"{line}#线", "电力", "", "consumed"], "MWh", values, source=f"{line}#线总表")
    table.write()


def laboratory(raw_coal: list[Decimal]) -> None:
    """Write the coal samples: four composites a month, each standing for a quarter of the coal; one came late."""
    rows = []
    for index, month in enumerate(MONTHS):
        for week in range(4):
            number = f"M25{index + 1:02d}{week + 1}"
            day = f"{month}-{4 + 7 * week:02d}"
            known = f"{month}-{7 + 7 * week:02d}"
            late = month == "2025-11" and week == 3
            if late:  # a repeat by the external laboratory: the result came after the year was first accounted
                known = "2026-01-22"
            value = near("24.05", "0.015", "0.001")
            report = f"CNAS-{number}" if late else f"RB-{number}"
            house = "外部检测机构" if late else "厂化验室"
            weight = (raw_coal[index] / 4).quantize(Decimal("0.01"))
            subject = [
                "全厂",
                "化石燃料",
                "coal",
                "低位发热量",
                f"{value}",
                "GJ/t",
                "ad",
                "入磨",
                f"{weight}",
                known,
                house,
                report,
                "实测值",
            ]
            rows.append([number, day, *subject])
        carbon = near("62.4", "0.012")
        row = [
            f"C25{index + 1:02d}",
            f"{month}-25",
            "全厂",
            "化石燃料",
            "coal",
            "carbon",
            f"{carbon}",
            "%",
            "ad",
            "入磨",
            f"{raw_coal[index]}",
        ]
        rows.append([*row, f"{month}-28", "外部检测机构", f"CNAS-C25{index + 1:02d}", "实测值"])
    write("laboratory.csv", "laboratory/1", SAMPLE_HEADS, rows)


TWICE = Decimal("41.26")


def corrections(booked: Decimal) -> None:
    """Write the one correction of the year: a truck ticket of April that was booked twice."""
    heads = ["数据项编号", "月份", "数值", "单位", "基准", "地点", "知悉日期", "更正理由", "经办人"]
    row = ["line.1.material.carbide_slag.consumption", "2025-04", f"{booked - TWICE}", "t", "-", "入磨", "2026-02-06"]
    row += [f"地磅单 0418-033 重复入账，扣除 {TWICE} t", "统计员 张某"]
    write("corrections.csv", "corrections/1", heads, [row])


def instruments() -> None:
    """Write the instruments behind the quantities, as their certificates describe them."""
    heads = [
        "器具编号",
        "范围",
        "类别",
        "源流",
        "信息项",
        "等级",
        "最大允许误差",
        "扩展不确定度U",
        "包含因子k",
        "单位",
        "有效期至",
        "误差组",
        "证书编号",
    ]
    silo = ["", "", "3.0", "2", "%", "2026-01-31", "silo_level", "JL-2025-011"]
    rows = [
        ["SL-01", "全厂", "熟料", "portland", "opening_stock", *silo],
        [
            "BS-103",
            "全厂",
            "化石燃料",
            "coal",
            "消耗量",
            "0.5",
            "0.5",
            "0.30",
            "2",
            "%",
            "2026-06-30",
            "belt_scale_bs103",
            "HB-2025-1103",
        ],
        [
            "WF-101",
            "1#线",
            "化石燃料",
            "coal",
            "key",
            "0.5",
            "0.5",
            "0.30",
            "2",
            "%",
            "2026-03-02",
            "rotor_scales",
            "HB-2025-0417",
        ],
        [
            "WF-201",
            "2#线",
            "化石燃料",
            "coal",
            "key",
            "0.5",
            "0.5",
            "0.30",
            "2",
            "%",
            "2026-03-02",
            "rotor_scales",
            "HB-2025-0418",
        ],
        [
            "CAL-02",
            "全厂",
            "化石燃料",
            "coal",
            "低位发热量",
            "",
            "0.12",
            "0.12",
            "2",
            "GJ/t",
            "2026-05-11",
            "calorimeter",
            "HB-2025-2231",
        ],
        ["CS-101", "1#线", "熟料", "portland", "key", "1.0", "1.0", "0.60", "2", "%", "2026-04-20", "", "HB-2025-0733"],
        ["CS-201", "2#线", "熟料", "portland", "key", "1.0", "1.0", "0.60", "2", "%", "2026-04-20", "", "HB-2025-0734"],
        [
            "SL-01",
            "全厂",
            "熟料",
            "portland",
            "closing_stock",
            "",
            "",
            "3.0",
            "2",
            "%",
            "2026-01-31",
            "silo_level",
            "JL-2025-011",
        ],
        [
            "TS-01",
            "全厂",
            "熟料",
            "portland",
            "sold",
            "III",
            "0.2",
            "0.10",
            "2",
            "%",
            "2025-12-18",
            "truck_scale",
            "HB-2025-0091",
        ],
        ["PM-01", "企业", "电力", "", "purchased", "0.2S", "0.2", "0.15", "2", "%", "2028-08-01", "", "HB-2022-7781"],
        ["RM-101", "1#线", "生料", "", "fed", "1.0", "1.0", "0.50", "2", "%", "2026-02-28", "", "HB-2025-0310"],
        ["RM-201", "2#线", "生料", "", "fed", "1.0", "1.0", "0.50", "2", "%", "2026-02-28", "", "HB-2025-0311"],
    ]
    write("instruments.csv", "instruments/1", heads, rows)


def components() -> None:
    """Write what no certificate states: sampling, preparation, and how well a default speaks for this plant (constructed)."""
    heads = [
        "数据项编号",
        "不确定度来源",
        "分布",
        "大小",
        "表示方式",
        "单位",
        "包含因子k",
        "自由度",
        "效应",
        "误差组",
        "数据来源",
    ]
    sampled = "构造：月度双样对比 constructed"
    expert = "构造：缺省值与实测值的差异 constructed"
    scale = "构造：实物标定重复性 constructed"
    rows = [
        ["site.fuel.coal.consumption", "重复性", "正态", "0.25", "u", "%", "", "9", "随机", "", scale],
        ["site.fuel.coal.net_calorific_value", "采样", "正态", "1.2", "u", "%", "", "11", "随机", "", sampled],
        ["site.fuel.coal.net_calorific_value", "制样", "正态", "0.5", "u", "%", "", "11", "随机", "", sampled],
        ["site.fuel.coal.carbon", "采样", "正态", "1.2", "u", "%", "", "11", "随机", "", sampled],
        ["site.fuel.coal.carbon", "制样", "正态", "0.5", "u", "%", "", "11", "随机", "", sampled],
        ["site.fuel.coal.moisture", "采样", "正态", "3.0", "u", "%", "", "11", "随机", "", sampled],
        ["site.fuel.coal.moisture_air_dried", "重复性", "正态", "4.0", "u", "%", "", "11", "随机", "", sampled],
        ["cn.cets.fuel.bituminous_coal.carbon_content", "代表性", "矩形", "2.5", "半宽", "%", "", "", "系统", "", expert],
        ["cn.cets.oxidation.solid.cement_kiln", "代表性", "矩形", "1.0", "半宽", "%", "", "", "系统", "", expert],
        ["cn.cets.clinker.portland.process_factor", "代表性", "矩形", "2.8", "半宽", "%", "", "", "系统", "", expert],
        ["cn.cets.deduction.carbide_slag.coefficient", "代表性", "矩形", "10", "半宽", "%", "", "", "系统", "", expert],
        ["cn.cets.deduction.steel_slag.coefficient", "代表性", "矩形", "15", "半宽", "%", "", "", "系统", "", expert],
        [
            "site.clinker.portland.used_in_cement",
            "最大允许误差",
            "矩形",
            "1.0",
            "半宽",
            "%",
            "",
            "",
            "系统",
            "cement_mill_scale",
            "熟料入磨秤 0.5 级，构造 constructed",
        ],
    ]
    write("uncertainty.csv", "uncertainty/1", heads, rows)


def main() -> None:
    """Write all files."""
    kiln_side = clinker()
    pulverised = coal_of(kiln_side)
    raw_coal = activity(kiln_side, pulverised)
    stocktakes(kiln_side)
    alternative_fuels()
    electricity(kiln_side)
    laboratory(raw_coal)
    instruments()
    components()


if __name__ == "__main__":
    main()
