"""Node of the carbon-flow network, edition 1: a place between which carbon, electricity or heat flows."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tanheng.metrology.network.model import NodeKind
from tanheng.platform.record.schema import Schema


class Depth(enum.StrEnum):
    """Where in the plant something stands, from the outside in: the words of ``metrology.network.model.Level``."""

    ENTITY = "entity"  # 法人边界
    ENTRY = "entry"  # 进出用能单位
    SYSTEM = "system"  # 主要次级用能单位
    EQUIPMENT = "equipment"  # 主要用能设备


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node.

    Parameters
    ----------
    code : str
        Unique among nodes and edges together.
    system : str
        Row of the production systems (``cn.boundary.enterprise``); empty outside.
    stage : str
        Row of the stages of clinker production (``cn.boundary.clinker.*``); empty for what is none. It decides whether the
        clinker boundary in use includes the node.
    line : str
        Code of its production line; empty for what lines share.
    """

    code: str
    name_zh: str
    name_en: str
    kind: NodeKind
    level: Depth
    system: str
    stage: str
    line: str
    remark: str


SCHEMA = Schema("node/1", Node)
