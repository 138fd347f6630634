"""Metering point, edition 1: where an instrument is, or should be (计量点)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tanheng.metrology.network.model import Method, Role
from tanheng.platform.plant.schemas.node_1 import Depth
from tanheng.platform.record.schema import Schema


class Collecting(enum.StrEnum):
    """How the values of a point reach the platform (数据采集方式)."""

    AUTOMATIC = "automatic"  # 自动采集
    FILE = "file"  # 文件导入: weighbridge or laboratory system
    MANUAL = "manual"  # 人工录入
    NONE = "none"  # 尚未采集


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A metering point.

    Parameters
    ----------
    place : str
        Code of the edge or node it stands at.
    stream : str
        Code of the source stream that it meters; empty only where its role is internal.
    parameter : str
        Row of ``cn.metering.parameter``, or of ``cn.metering.cems`` for what is measured in the stack; empty for none.
    parent : str
        Code of the point whose amount is the sum of this one and its sisters; empty for none.
    energy : str
        Row of ``cn.metering.energy_rate``; empty for what is no energy.
    required_class : str
        The class that the plant's own plan demands, such as ``0.5``; empty for none.
    frequency : str
        How often it is measured, as the plant's plan says.
    """

    code: str
    name_zh: str
    name_en: str
    place: str
    stream: str
    parameter: str
    method: Method
    role: Role
    level: Depth
    parent: str
    energy: str
    required_class: str
    frequency: str
    collecting: Collecting
    remark: str


SCHEMA = Schema("point/1", Point)
