"""Chain of instruments, edition 1."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass

from tanheng.platform.record.schema import Schema

SEPARATOR = ";"


class ChainKind(enum.StrEnum):
    """What a chain measures as one system; it decides which parts it needs."""

    BELT_WEIGHING = "belt_weighing"  # 皮带称量系统
    STATIC_WEIGHING = "static_weighing"  # 静态称量系统
    FLOW = "flow"  # 流量测量系统
    COMPENSATED_FLOW = "compensated_flow"  # 带温压补偿的流量测量系统
    ELECTRICITY = "electricity"  # 电能计量装置 (经互感器)
    ELECTRICITY_LOW = "electricity_low"  # 低压电能计量装置
    TEMPERATURE = "temperature"  # 温度测量系统
    PRESSURE = "pressure"  # 压力测量系统
    GAS_ANALYSIS = "gas_analysis"  # 烟气分析系统
    OTHER = "other"  # 其他


ROLES = (
    "sensor",
    "speed_sensor",
    "converter",
    "totaliser",
    "meter",
    "current_transformer",
    "voltage_transformer",
    "temperature",
    "pressure",
    "analyser",
)

NEEDED: Mapping[ChainKind, tuple[str, ...]] = {
    ChainKind.BELT_WEIGHING: ("sensor", "speed_sensor", "totaliser"),
    ChainKind.STATIC_WEIGHING: ("sensor", "totaliser"),
    ChainKind.FLOW: ("sensor", "converter"),
    ChainKind.COMPENSATED_FLOW: ("sensor", "converter", "temperature", "pressure"),
    ChainKind.ELECTRICITY: ("meter", "current_transformer", "voltage_transformer"),
    ChainKind.ELECTRICITY_LOW: ("meter", "current_transformer"),
    ChainKind.TEMPERATURE: ("sensor", "converter"),
    ChainKind.PRESSURE: ("sensor", "converter"),
    ChainKind.GAS_ANALYSIS: ("sensor", "analyser"),
    ChainKind.OTHER: (),
}
"""The parts without which a chain of each kind measures nothing; a plain reading of how such systems are built."""

_FLOWS = (
    *("ultrasonic_flow", "turbine_flow", "mass_flow", "vortex_flow", "electromagnetic_flow", "differential_flow"),
    *("volumetric_flow", "steam_flow"),
)
MEASURES: Mapping[ChainKind, tuple[str, ...]] = {
    ChainKind.BELT_WEIGHING: ("belt_scale",),
    ChainKind.STATIC_WEIGHING: ("truck_scale", "rail_scale", "batch_scale"),
    ChainKind.FLOW: _FLOWS,
    ChainKind.COMPENSATED_FLOW: (*_FLOWS, "heat_meter"),
    ChainKind.ELECTRICITY: ("electricity_meter",),
    ChainKind.ELECTRICITY_LOW: ("electricity_meter",),
    ChainKind.TEMPERATURE: ("thermometer", "temperature_transmitter"),
    ChainKind.PRESSURE: ("pressure_transmitter", "pressure_gauge"),
    ChainKind.GAS_ANALYSIS: ("gas_analyser", "oxygen_analyser", "cems"),
    ChainKind.OTHER: (),
}
"""The kinds of instruments that a chain of each kind is as a whole: whose class it must meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A sensor and its secondary instruments, which meet a class as one system.

    Each role holds numbers (管理编号) of instruments, separated by semicolons: three current transformers are one role.
    """

    code: str
    name_zh: str
    name_en: str
    kind: ChainKind
    sensor: str
    speed_sensor: str
    converter: str
    totaliser: str
    meter: str
    current_transformer: str
    voltage_transformer: str
    temperature: str
    pressure: str
    analyser: str
    remark: str

    @property
    def roles(self) -> dict[str, str]:
        """Return the role of each member, in the order of the roles."""
        return {code: role for role in ROLES for code in codes_in(str(getattr(self, role)))}


def codes_in(text: str) -> tuple[str, ...]:
    """Return the numbers that a role holds."""
    return tuple(code for part in text.split(SEPARATOR) if (code := part.strip()))


def members_of(chain: object) -> tuple[str, ...]:
    """Return the numbers of the members of a chain, or of what has its fields."""
    return tuple(code for role in ROLES for code in codes_in(str(getattr(chain, role))))


def _project(content: Chain) -> dict[str, object]:
    return {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}


SCHEMA = Schema("chain/1", Chain, _project)
