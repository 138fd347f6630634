"""Annual form 1-8-1《企业能源计量器具配备和管理情况表》: equipment and management of energy meters, after GB 17167.

The numbers are those of the equipping rate; the eight yes-or-no items are answered by a person. What was filled in for a
year is kept as a record (:mod:`.form_181_kept`). Fields after a copy of the form (``secondary``).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from tanheng.accounting.plant import Words
from tanheng.core.states import word
from tanheng.metrology.equipping import PointCount, Rates, Rules, Subtotal, form_1_8_1, rates, rules
from tanheng.metrology.equipping.rules import LEVELS
from tanheng.metrology.instruments.model import UseState
from tanheng.metrology.network.model import Level, Medium
from tanheng.metrology.network.words import level_word
from tanheng.platform.instruments import words
from tanheng.platform.instruments.kinds import kinds
from tanheng.platform.instruments.lines import Line, Lines, lines
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.language import language
from tanheng.platform.ui.naming import called
from tanheng.platform.ui.sheets import Sheet, workbook
from tanheng.standards import ParameterValue, load_pack


def _both(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


ITEMS: Mapping[str, Words] = {
    "system": _both("能源计量管理制度是否形成文件", "Is there a written system of energy metering?"),
    "responsible": _both("是否有专人负责能源计量管理", "Is a person responsible for energy metering?"),
    "persons": _both("主要次级用能单位和主要用能设备是否有专人负责", "Have units and main equipment persons in charge?"),
    "ledger": _both("是否有完整的能源计量器具一览表", "Is there a complete ledger of energy meters?"),
    "files": _both("是否建立能源计量器具档案", "Are there files of the energy meters?"),
    "statistics": _both("是否建立能源统计报表制度", "Is there a system of statistical reports?"),
    "records": _both("是否有标准的计量数据记录格式", "Is there a standard format of records?"),
    "network": _both("能源计量数据是否实行网络化管理", "Are metering data managed over a network?"),
}
"""The eight items of the form."""

CLASSES: Mapping[str, Words] = {
    "scale": _both("衡器", "weighing instruments"),
    "electricity_meter": _both("电能表", "electricity meters"),
    "oil_flow": _both("油流量表（装置）", "oil flow meters"),
    "gas_flow": _both("气体流量表（装置）", "gas flow meters"),
    "water_flow": _both("水流量表（装置）", "water flow meters"),
    "other": _both("其他", "others"),
}
RUNNING: Mapping[str, Words] = {
    "good": _both("良好", "good"),
    "upkeep": _both("维护", "in upkeep"),
    "stopped": _both("停用", "stopped"),
}
_ANSWERS: Mapping[str, Words] = {"yes": _both("是", "yes"), "no": _both("否", "no"), "": _both("未填", "not filled in")}
_OILS = frozenset({"crude_oil", "oil_products", "heavy_oil"})
_LIMITS: Mapping[str, str] = {
    "electricity": "electricity",
    "coal": "coal",
    "crude_oil": "oil",
    "oil_products": "oil",
    "heavy_oil": "heavy_oil",
    "natural_gas": "gas",
    "coal_gas": "gas",
    "steam": "steam",
    "water": "water",
    "recovered_energy": "other",
}
"""Row of ``cn.metering.energy_limit`` for each energy."""
_GASES = frozenset({"natural_gas", "coal_gas", "steam", "recovered_energy"})
_HEADS = (
    _both("计量级别", "Level"),
    _both("能源种类及限定值", "Energy and limit"),
    _both("计量点", "Metering point"),
    _both("计量器具类别", "Class of meter"),
    _both("管理编号", "Instrument number"),
    _both("运行状态", "Running state"),
    _both("安装使用地点", "Place"),
    _both("是否在检定周期内", "Within verification"),
)
_SUBTOTAL = (
    _both("计量级别", "Level"),
    _both("能源种类及限定值", "Energy and limit"),
    _both("应配数量", "Needed"),
    _both("实配数量", "Installed"),
    _both("其中计入配备率", "Of these counted"),
    _both("配备率（%）", "Equipping rate (%)"),
    _both("完好率（%）", "Share fit (%)"),
    _both("检定率（%）", "Share verified (%)"),
    _both("要求的配备率（%）", "Rate required (%)"),
)


def meter_class(kind: str, energy: str, medium: Medium | None = None) -> str:
    """Return the form's class of a meter; of a flow meter by what flows."""
    form = kinds()[kind].form if kind in kinds() else "other"
    if form != "flow":
        return form
    if energy in _OILS:
        return "oil_flow"
    if energy in _GASES or medium is Medium.FLUE_GAS:
        return "gas_flow"
    return "water_flow" if energy == "water" or medium is Medium.WATER else "other"


def running(use: UseState) -> str:
    """Return the form's running state."""
    if use.in_use:
        return "good"
    return "upkeep" if use in (UseState.REPAIR, UseState.PENDING) else "stopped"


def form_181(actor: Actor, plant: Plant, *, on: datetime.date, answers: Mapping[str, str], edition: str) -> bytes:
    """Return the form as a workbook: a draft, of which nothing is kept.

    Raises
    ------
    RightsError
    """
    ledger = lines(actor, plant, on=on)
    created = max((line.row.known_from for line in ledger.lines), default=plant.founded_at)
    return workbook(_sheets(plant, ledger, answers=answers, edition=edition), created=created)


def sheets_of(actor: Actor, plant: Plant, *, on: datetime.date, answers: Mapping[str, str], edition: str) -> list[Sheet]:
    """Return the sheets of the form.

    Raises
    ------
    RightsError
    """
    return _sheets(plant, lines(actor, plant, on=on), answers=answers, edition=edition)


def _sheets(plant: Plant, ledger: Lines, *, answers: Mapping[str, str], edition: str) -> list[Sheet]:
    found = rates(ledger.network, ledger.register, rules(load_pack(), edition=edition), on=ledger.on)
    meters = Sheet(name=words.said(_both("能源计量器具", "Meters")), heads=_said(_HEADS), rows=list(_meters(found, ledger)))
    totals = [_sum(line, found.rules) for line in form_1_8_1(found)]
    sums = Sheet(name=words.said(_both("小计", "Subtotals")), heads=_said(_SUBTOTAL), rows=totals)
    asked = [[words.said(text), words.said(_ANSWERS[answers.get(key, "")])] for key, text in ITEMS.items()]
    heads = _said((_both("项目", "Item"), _both("是/否", "Yes or no")))
    management = Sheet(name=words.said(_both("管理情况", "Management")), heads=heads, rows=asked)
    return [meters, sums, management, _about(plant, found, ledger)]


def _said(heads: tuple[Words, ...]) -> list[str]:
    return [words.said(head) for head in heads]


def _meters(found: Rates, ledger: Lines) -> Iterator[list[object]]:
    by_code = {line.row.code: line for line in ledger.lines}
    members = {chain.code: chain.members for chain in ledger.register.chains}
    for row in found.energy.values():
        for count in row.points:
            codes = [code for item in count.items for code in members.get(item.code, (item.code,)) if code in by_code]
            for line in (by_code[code] for code in codes):
                yield [*_place(count.point.energy, count.point.level, found.rules), *_meter(count, line, ledger)]
            if not codes:
                none = words.said(_both("未配备", "none"))
                yield [*_place(count.point.energy, count.point.level, found.rules), count.point.code, none, "", "", "", ""]


def _place(energy: str, level: Level, held: Rules) -> list[object]:
    """Return the level, and the energy with the limit from which a unit or a piece of equipment is a main one."""
    counted = max(level, Level.ENTRY)  # what is metered on the boundary of the entity counts as entry
    return [words.said(level_word(counted)), f"{words.said(held.energies[energy])}{limit_text(energy, counted, held.edition)}"]


def limit_text(energy: str, level: Level, edition: str) -> str:
    """Return the limit of an energy at a level with its check state, such as ``（≥ 100 kW，未核实）``; empty for none."""
    pack, lang = load_pack(), language()
    table = pack.table("cn.metering.energy_limit")
    column = LEVELS.get(level, "")
    if column not in table.columns:
        return ""
    values = pack.parameter(table.cell(_LIMITS[energy], column)).values
    for value in values:
        if value.document == f"gb-17167-{edition}" and isinstance(value, ParameterValue):
            said = {"zh": "（≥ {} {}，{}）", "en": " (≥ {} {}, {})"}[lang]
            return said.format(value.printed, value.unit.replace("m3", "m³"), word(value.check, lang))
    return ""


def _meter(count: PointCount, line: Line, ledger: Lines) -> list[object]:
    edge = ledger.network.edge_of.get(count.point.place)
    kind = meter_class(line.row.kind, count.point.energy, edge.medium if edge is not None else None)
    within = _both("是", "yes") if line.standing.trace.counts else _both("否", "no")
    return [
        count.point.code,
        words.said(CLASSES[kind]),
        line.row.code,
        words.said(RUNNING[running(line.standing.use)]),
        line.row.place,
        words.said(within),
    ]


def _sum(line: Subtotal, held: Rules) -> list[object]:
    required = held.energy_rates.get((line.key, line.level))
    return [
        *_place(line.key, line.level, held),
        line.needed,
        line.installed,
        line.counted,
        line.equipped,
        line.fit,
        line.within,
        required.percent if required is not None else "",
    ]


def _about(plant: Plant, found: Rates, ledger: Lines) -> Sheet:
    edition = found.rules.edition
    lacking = _both("该版标准的表尚未录入，不作要求比较", "its tables are not held: nothing is required")
    held = "" if found.rules.energies_are_held() else words.said(lacking)
    energy = {count.point.code for row in found.energy.values() for count in row.points}
    kept, scrapped = ledger.without_scrapped()
    left = sorted(line.row.code for line in kept if not {point.code for point in line.points} & energy)
    said = [
        (_both("企业", "Plant"), called(plant.name_zh, plant.name_en)),
        (_both("日期", "Day"), found.on.isoformat()),
        (_both("依据", "Basis"), f"GB 17167-{edition} {held}".strip()),
        (_both("未列出：不在能源计量点上的器具", "Left out: instruments at no point of an energy"), ", ".join(left)),
        (_both("未列出：已报废的器具", "Left out: scrapped instruments"), ", ".join(scrapped)),
    ]
    heads = _said((_both("项目", "Item"), _both("内容", "Content")))
    return Sheet(name=words.said(_both("说明", "About")), heads=heads, rows=[[words.said(title), text] for title, text in said])
