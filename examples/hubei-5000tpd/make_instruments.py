"""Makes ledgers of the constructed example, the same bytes each time: instruments, certificates, confirmations and seals.

What stands where is kept by hand (``metering/points.csv``, ``chains.csv``, ``installations.csv``, ``spells.csv``); this adds
who made each instrument, its class, and the certificates of the day 2025-12-31. No instrument, certificate, laboratory or maker
is real. Numbers and certificates agree with ``instruments.csv``; who is overdue on that day stands in README.md.

Run it in this folder: ``python make_instruments.py``.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
DAY = datetime.date(2025, 12, 31)
SINCE = datetime.date(2021, 3, 1)  # the ledger's beginning: what was there is taken over
ROLES = "sensor speed_sensor converter totaliser meter current_transformer voltage_transformer temperature pressure analyser"

# kind: name, English name, model, class, U in %, maker, cycle in months, regulation
KINDS: dict[str, tuple[str, str, str, str, str, str, int, str]] = {
    "truck_scale": ("电子汽车衡", "Truck scale", "SCS-120", "Ⅲ", "0.10", "甲衡器厂", 12, "JJG 1118-2015"),
    "belt_scale": ("电子皮带秤", "Belt scale", "ICS-ST4", "0.5", "0.30", "乙电子秤厂", 12, "JJG 195-2019"),
    "batch_scale": ("定量给料秤", "Batch scale", "DEL-1000", "0.5", "0.30", "乙电子秤厂", 12, "JJG 564-2019"),
    "rotor_scale": ("转子秤", "Rotor scale", "DRW-4.12", "0.5", "0.30", "丙计量设备厂", 12, ""),
    "stockpile_scanner": ("激光盘料仪", "Stockpile scanner", "LMS-3D", "", "3.0", "丁激光公司", 12, ""),
    "fuel_dispenser": ("加油机", "Fuel dispenser", "JDK50", "0.3", "0.10", "戊石油设备厂", 6, "JJG 443-2015"),
    "volumetric_flow": ("腰轮流量计", "Volumetric flow meter", "LL-25", "0.5", "0.20", "戊石油设备厂", 12, "JJG 667-2010"),
    "turbine_flow": ("气体涡轮流量计", "Gas turbine meter", "TBQM-80", "1.5", "0.50", "己仪表厂", 12, "JJG 1037-2008"),
    "electromagnetic_flow": ("电磁流量计", "Electromagnetic meter", "LDE-300", "1.0", "0.40", "己仪表厂", 12, "JJG 1033-2007"),
    "electricity_meter": ("多功能电能表", "Electricity meter", "DSSD-331", "0.5S", "0.20", "庚电表厂", 72, "JJG 596-2012"),
    "instrument_transformer": ("互感器", "Transformer", "LZZBJ9-10", "0.2S", "0.05", "辛互感器厂", 120, "JJG 1189.3-2022"),
    "bomb_calorimeter": ("氧弹热量计", "Bomb calorimeter", "ZDHW-8", "", "0.5", "壬分析仪器厂", 12, "JJG 672-2018"),
    "moisture_meter": ("水分测定仪", "Moisture meter", "SC-6000", "", "0.2", "壬分析仪器厂", 12, "JJG 658"),
    "sulphur_analyser": ("测硫仪", "Sulphur analyser", "WDL-9", "", "1.0", "壬分析仪器厂", 12, "JJG 1006-2005"),
    "elemental_analyser": ("元素分析仪", "Elemental analyser", "EA-3000", "", "0.5", "壬分析仪器厂", 12, "JJF 1321-2011"),
    "muffle_furnace": ("马弗炉", "Muffle furnace", "SX2-5-12", "", "0.5", "壬分析仪器厂", 12, "JJF 1376-2012"),
    "xrf": ("X 射线荧光光谱仪", "X-ray fluorescence", "XF-8100", "", "0.4", "壬分析仪器厂", 12, "JJG 810-1993"),
    "balance": ("电子天平", "Balance", "FA2004", "Ⅰ", "0.01", "癸天平厂", 12, "JJG 1036-2022"),
    "gas_analyser": ("CO2 分析仪", "CO2 analyser", "GXH-3010", "", "1.0", "子环保仪器厂", 12, "JJG 635-2011"),
    "pitot_tube": ("皮托管", "Pitot tube", "L-2.5", "", "1.0", "子环保仪器厂", 60, "JJG 518-1998"),
    "thermometer": ("热电阻", "Resistance thermometer", "WZP-231", "", "0.3", "己仪表厂", 12, "JJG 229-2010"),
    "temperature_transmitter": (
        "温度变送器",
        "Temperature transmitter",
        "SBWZ",
        "0.5",
        "0.20",
        "己仪表厂",
        12,
        "JJF 1183-2007",
    ),
    "pressure_transmitter": ("压力变送器", "Pressure transmitter", "EJA-430", "0.5", "0.10", "己仪表厂", 12, "JJG 882-2019"),
    "humidity_meter": ("烟气湿度仪", "Gas humidity meter", "HMS-545", "", "1.5", "子环保仪器厂", 12, "JJF 1585-2016"),
    "ultrasonic_flow": (
        "便携式超声流量计",
        "Portable ultrasonic meter",
        "TUF-2000H",
        "1.0",
        "0.50",
        "己仪表厂",
        24,
        "JJG 1030-2007",
    ),
}
CALIBRATED = frozenset(
    ["rotor_scale", "stockpile_scanner", "elemental_analyser", "muffle_furnace", "temperature_transmitter", "humidity_meter"]
)
MANDATORY = frozenset({"truck_scale", "fuel_dispenser"})

# the letters of a number say the kind; what they do not say stands under the whole number
KIND_LETTERS = {
    "truck_scale": "TS",
    "belt_scale": "BS CS DW",
    "batch_scale": "BF",
    "rotor_scale": "RM WF",
    "stockpile_scanner": "SL",
    "fuel_dispenser": "FD",
    "volumetric_flow": "FM",
    "turbine_flow": "TF FC",
    "electricity_meter": "EM PM",
    "instrument_transformer": "TA TV",
    "bomb_calorimeter": "CAL",
    "moisture_meter": "MO",
    "sulphur_analyser": "SA",
    "elemental_analyser": "EA",
    "muffle_furnace": "MF",
    "xrf": "XRF",
    "balance": "BAL",
    "gas_analyser": "GA",
    "pitot_tube": "PV",
    "thermometer": "TE",
    "temperature_transmitter": "TT",
    "pressure_transmitter": "PT DP",
    "humidity_meter": "HM",
    "ultrasonic_flow": "UF",
}
LETTERS = {letters: kind for kind, several in KIND_LETTERS.items() for letters in several.split()}
OTHER_KIND = {
    **dict.fromkeys(("BF-301", "BF-401", "WF-103", "WF-203"), "belt_scale"),
    "FM-501": "electromagnetic_flow",
}
NOWHERE = ("TS-04", "EM-28", "EM-29", "BAL-901", "EM-901", "UF-901")  # sealed up, to be accepted, spare, portable
PORTABLE = frozenset({"BAL-901", "EM-901", "UF-901"})
NEW = frozenset({"EM-28"})  # waits to be accepted
CLASSES = {
    **dict.fromkeys(("PM-01", "PM-02"), "0.2S"),
    **dict.fromkeys(("CS-101", "CS-201", "RM-101", "RM-201", "WF-103", "WF-203", "BF-401"), "1.0"),
    **dict.fromkeys((f"EM-{number}" for number in (11, 18, *range(21, 27))), "1.0"),
}
UNCERTAINTIES = {"CS-101": "0.60", "CS-201": "0.60", "RM-101": "0.50", "RM-201": "0.50", "CAL-02": "0.12"}

# as instruments.csv has them: number of the certificate, last day
KNOWN = {
    "SL-01": ("JL-2025-011", "2026-01-31"),
    "BS-103": ("HB-2025-1103", "2026-06-30"),
    "WF-101": ("HB-2025-0417", "2026-03-02"),
    "WF-201": ("HB-2025-0418", "2026-03-02"),
    "CAL-02": ("HB-2025-2231", "2026-05-11"),
    "CS-101": ("HB-2025-0733", "2026-04-20"),
    "CS-201": ("HB-2025-0734", "2026-04-20"),
    "TS-01": ("HB-2025-0091", "2025-12-18"),
    "PM-01": ("HB-2022-7781", "2028-08-01"),
    "RM-101": ("HB-2025-0310", "2026-02-28"),
    "RM-201": ("HB-2025-0311", "2026-02-28"),
}
OVERDUE = {"BAL-02": "2025-09-30", "MF-01": "2025-11-15", "FD-02": "2025-10-31", "EM-26": "2025-08-31", "HM-201": "2025-12-01"}
DUE_SOON = {"SL-02": "2026-01-20", "WF-203": "2026-01-15", "GA-101": "2026-01-10", "EM-31": "2026-01-25"}
FAILED = frozenset({"SA-01"})
UNCONFIRMED = frozenset({"WF-102"})
WITHOUT = frozenset({"EM-25", "EM-28"})
BROKEN_SEAL = "EM-14"


def read(name: str) -> list[dict[str, str]]:
    """Return the records of a file kept by hand, by the last words of its heads."""
    with (HERE / "metering" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        heads, *rows = [row for row in csv.reader(file) if not row[0].startswith("#")]
    return [dict(zip((head.split()[-1] for head in heads), row, strict=True)) for row in rows]


def write(name: str, heads: str, rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file as a spreadsheet would, with a byte-order mark so that Excel reads the Chinese."""
    with (HERE / "metering" / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([f"# schema: metering-{name}/1"])
        writer.writerow(["# 示例数据为构造 constructed; make_instruments.py"])
        writer.writerow([" ".join(head.split("=")) for head in heads.split()])
        writer.writerows(rows)


def kind_of(code: str) -> str:
    """Return the kind of an instrument by its number."""
    return OTHER_KIND.get(code) or LETTERS[code.partition("-")[0]]


def places() -> dict[str, dict[str, str]]:
    """Return the instruments, in order of their numbers, each with the point where it stands; empty for nowhere."""
    points = {row["code"]: row for row in read("points")}
    members = {row["code"]: [row[role] for role in ROLES.split() if row[role]] for row in read("chains")}
    found: dict[str, dict[str, str]] = {code: {} for code in NOWHERE}
    for row in read("installations"):
        for code in members.get(row["chain"], [row["instrument"]]):
            found.setdefault(code, points[row["point"]])
    return dict(sorted(found.items()))


def instruments() -> Iterator[Sequence[object]]:
    """Yield the ledger of instruments."""
    for index, (code, point) in enumerate(places().items()):
        kind = kind_of(code)
        zh, en, model, _, _, maker, cycle, _ = KINDS[kind]
        if kind == "instrument_transformer":
            zh, en = ("电压互感器", "Voltage transformer") if code.startswith("TV") else ("电流互感器", "Current transformer")
        where, where_en = point.get("name_zh", ""), point.get("name_en", "")
        traced = "calibration" if kind in CALIBRATED else "verification"
        collected = "manual" if kind in {"balance", "muffle_furnace"} else "automatic"
        yield [
            *(code, where + zh, f"{en}, {where_en}" if where else en, kind, model, class_of(code), "", "", "", "", ""),
            *(f"{maker}（构造）", f"{20190000 + index * 37}", "", "2019-06-01", where or "器具库房", where),
            *(("王工", "李工", "张工")[index % 3], traced, _truth(kind in MANDATORY), cycle, "", collected),
            *(point.get("frequency", ""), "false", _truth(code in PORTABLE), "", "", "", "", "", ""),
            *("" if code in NEW else SINCE, "", "构造"),
        ]


def _truth(value: bool) -> str:
    return "true" if value else "false"


def class_of(code: str) -> str:
    """Return the class of an instrument: its own, else that of its kind."""
    return CLASSES.get(code) or KINDS[kind_of(code)][3]


def add_months(day: datetime.date, months: int) -> datetime.date:
    """Return the day some months later, the last of its month at the latest."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return datetime.date(year, month + 1, min(day.day, (first_of_next - datetime.timedelta(days=1)).day))


def validity(index: int, code: str) -> tuple[datetime.date, datetime.date]:
    """Return issue and last day of the newest certificate: as instruments.csv, overdue, due soon, or spread over the cycle."""
    cycle = KINDS[kind_of(code)][6]
    stated = KNOWN.get(code, ("", OVERDUE.get(code, DUE_SOON.get(code, ""))))[1]
    if stated:
        last = datetime.date.fromisoformat(stated)
        return add_months(last, -cycle) + datetime.timedelta(days=1), last
    gone = cycle * 30 * (10 + index * 37 % 70) // 100  # between a tenth and eight tenths of the cycle
    issued = datetime.date(2025, 12, 22) if code in UNCONFIRMED else DAY - datetime.timedelta(days=gone)
    return issued, add_months(issued, cycle) - datetime.timedelta(days=1)


def papers() -> tuple[list[Sequence[object]], list[Sequence[object]]]:
    """Return certificates and confirmations: the newest of every instrument, and of every fourth the one before."""
    certificates: list[Sequence[object]] = []
    confirmations: list[Sequence[object]] = []

    def add(code: str, number: str, days: tuple[datetime.date, object], *, failed: bool, confirmed: bool) -> None:
        kind = kind_of(code)
        verified = kind not in CALIBRATED
        what = "result_notice" if failed else "verification" if verified else "calibration"
        result = "unqualified" if failed else "qualified" if verified else "none"
        stated = class_of(code) if verified else ""
        issuer = "甲计量院（构造）" if number.startswith("HB") else "乙校准实验室（构造）"
        value, unit = UNCERTAINTIES.get(code, KINDS[kind][4]), "GJ/t" if code == "CAL-02" else "%"
        head = (number, issuer, what, code, "", *days, result, stated, value, "2", unit)
        certificates.append([*head, "", "", "", KINDS[kind][7], "", "构造"])
        if confirmed:
            day = min(days[0] + datetime.timedelta(days=5), DAY)
            confirmations.append([number, "" if failed else stated, "", "", "", "unfit" if failed else "fit", day, ""])

    for index, code in enumerate(places()):
        if code in WITHOUT:
            continue
        issued, last = validity(index, code)
        if code in UNCONFIRMED or index % 4 == 0:
            before = issued - datetime.timedelta(days=KINDS[kind_of(code)][6] * 30)
            days = (before, issued - datetime.timedelta(days=2))
            add(code, f"HB-{before.year}-{4000 + index}", days, failed=False, confirmed=True)
        number = KNOWN.get(code, (f"HB-{issued.year}-{5000 + index}",))[0]
        failed = code in FAILED
        add(code, number, (issued, "" if failed else last), failed=failed, confirmed=code not in UNCONFIRMED)
    return certificates, confirmations


def seals() -> Iterator[Sequence[object]]:
    """Yield seals: one on every scale and every meter of electricity, one exchanged, one broken."""
    yield ["F-2180", "BS-103", "称重仪表", "2024-07-01", "王工", "removed", "2025-07-01", "王工", "检定后更换", ""]
    yield ["F-2291", "BS-103", "称重仪表", "2025-07-01", "王工", "intact", "", "", "", ""]
    sealed = [code for code in places() if kind_of(code) in ("truck_scale", "electricity_meter", "belt_scale")]
    for index, code in enumerate(code for code in sealed if code not in ("BS-103", *NEW)):
        place = "接线盒" if kind_of(code) == "electricity_meter" else "称重仪表"
        state, why = ("broken", "巡检发现破损") if code == BROKEN_SEAL else ("intact", "")
        yield [f"F-{3000 + index}", code, place, "2025-01-15", "李工", state, "", "", why, ""]


HEADS = {
    "instruments": "管理编号=code 名称=name_zh 英文名称=name_en 类别=kind 型号规格=model 铭牌等级=nominal_class "
    "使用等级=used_class 测量范围=range_text 下限=range_low 上限=range_high 单位=range_unit 制造厂=maker 出厂编号=serial "
    "编号说明=serial_reason 制造日期=made_on "
    "安装地点=place 用途=purpose 责任人=person 溯源方式=traceability 强制检定=mandatory 检定周期=cycle_months "
    "自定周期=interval_months 采集方式=collecting 频次=frequency 智能=smart 便携=portable 最低温度=temperature_low "
    "最高温度=temperature_high 湿度=humidity 粉尘=dust 振动=vibration 介质=medium 建账前在用=taken_over_on "
    "接管时状态=taken_over_state 备注=remark",
    "certificates": "证书编号=number 机构=issuer 种类=kind 器具=instrument 系统=chain 签发日=issued_on 有效期至=expires_on "
    "结论=result 等级=accuracy_class U=uncertainty k=coverage_factor U单位=uncertainty_unit 下限=range_low 上限=range_high "
    "单位=range_unit 依据=regulation 扫描件=file 备注=remark",
    "confirmations": "证书编号=certificate 要求等级=required_class 要求误差=required_mpe 实际误差=found_error 单位=mpe_unit "
    "结论=verdict 确认日=confirmed_on 备注=remark",
    "seals": "封印编号=number 器具=instrument 部位=place 施封日=applied_on 施封人=applied_by 状态=state 拆除日=removed_on "
    "拆除人=removed_by 原因=why 照片=photo",
}


def main() -> None:
    """Write the four files."""
    certificates, confirmations = papers()
    made = {"instruments": instruments(), "certificates": certificates, "confirmations": confirmations, "seals": seals()}
    for name, rows in made.items():
        write(name, HEADS[name], rows)


if __name__ == "__main__":
    main()
