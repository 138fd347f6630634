"""Equipment and fuel use, edition 1: who owns, runs and pays it, and whether it is inside the boundary (设备与用能)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tanheng.platform.record.schema import Schema


class EquipmentKind(enum.StrEnum):
    """What it is."""

    PRODUCTION = "production"  # 生产设备
    VEHICLE = "vehicle"  # 厂内车辆、工程机械
    CONTRACTOR = "contractor"  # 外包车辆
    PHOTOVOLTAIC = "photovoltaic"  # 光伏电站
    WASTE_HEAT = "waste_heat"  # 余热发电站
    BOILER = "boiler"  # 锅炉、热风炉
    LIVING = "living"  # 生活用能
    OTHER_SITE = "other_site"  # 其他场所
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A piece of equipment or a use of fuel.

    Parameters
    ----------
    fuel : str
        Row of the rule pack's fuels, or ``electricity`` or ``heat``; empty where it uses none.
    system : str
        Row of the production systems; empty for none.
    owner, operator, payer : str
        Who owns it (产权), runs it (使用、运行) and pays its energy (付费); the last two are empty where the owner does.
    in_boundary : bool
        Whether its emissions are the enterprise's.
    grounds : str
        Why it is outside; required there.
    document : str
        SHA-256 of the document that shows it, such as a contract; required outside.
    """

    code: str
    name_zh: str
    name_en: str
    kind: EquipmentKind
    line: str
    site: str
    system: str
    fuel: str
    owner: str
    operator: str
    payer: str
    address: str
    in_boundary: bool
    grounds: str
    document: str
    remark: str


SCHEMA = Schema("equipment/1", Equipment)
