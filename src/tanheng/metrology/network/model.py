"""The carbon-flow network (碳计量网络): what flows between which systems of the plant, and where it is metered.

A *node* is a place: the outside world, the enterprise, a production system, equipment, a store, a stack. An *edge* carries one
medium from node to node. A *point* (计量点) stands on an edge, or at a node for what has no way of its own (a laboratory's
analysis, a stack's concentration), and meters one parameter of one source stream.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from tanheng.accounting.plant import Words
from tanheng.accounting.source_streams import Grade


class Level(enum.IntEnum):
    """Where in the plant something stands; the smaller, the further out."""

    ENTITY = 0  # 法人边界: the enterprise as a whole, and what lies outside it
    ENTRY = 1  # 进出用能单位
    SYSTEM = 2  # 主要次级用能单位: a production system or a clinker line
    EQUIPMENT = 3  # 主要用能设备


class Medium(enum.StrEnum):
    """What an edge carries."""

    RAW_MATERIAL = "raw_material"  # 原料、生料
    CLINKER = "clinker"  # 熟料
    CEMENT = "cement"  # 水泥
    FOSSIL_FUEL = "fossil_fuel"  # 化石燃料
    ALTERNATIVE_FUEL = "alternative_fuel"  # 替代燃料
    ELECTRICITY = "electricity"  # 电力
    HEAT = "heat"  # 热力
    FLUE_GAS = "flue_gas"  # 烟气
    DUST = "dust"  # 窑灰、旁路灰
    WATER = "water"  # 水; carries no carbon, listed by GB 17167

    @property
    def carries_carbon(self) -> bool:
        """Whether carbon atoms flow with it."""
        return self not in (Medium.ELECTRICITY, Medium.HEAT, Medium.WATER)


class NodeKind(enum.StrEnum):
    """What a node is; it decides its shape in a drawing."""

    OUTSIDE = "outside"  # 外部: supplier, grid, buyer, atmosphere
    SYSTEM = "system"  # 生产系统
    EQUIPMENT = "equipment"  # 设备
    STORE = "store"  # 库、堆场
    STACK = "stack"  # 烟囱


class Method(enum.StrEnum):
    """How the emission of a stream is found (计量方式)."""

    MEASURED = "measured"  # 实测法
    CALCULATED = "calculated"  # 计算法


class Role(enum.StrEnum):
    """What a point's figure is in the calculation."""

    ACTIVITY = "activity"  # 活动数据 AD
    FACTOR = "factor"  # 排放因子 EF
    STACK = "stack"  # 有组织排放, 实测法
    FUGITIVE = "fugitive"  # 无组织排放, 实测法
    PURCHASED = "purchased"  # 购入电力、热力
    INTERNAL = "internal"  # 内部管理: no requirement of Table A.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStream:
    """A source stream (碳源流) with its class.

    Attributes
    ----------
    kind : str
        ``combustion``, ``process``, ``electricity`` or ``heat``: the emission it belongs to (排放种类).
    grade : Grade or None
        Major, minor or de minimis; None while the plant has no year's emission to judge it by.
    """

    code: str
    title: Words
    kind: str
    grade: Grade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place of the plant.

    Attributes
    ----------
    system : str
        Key of the production system (``cn.boundary.enterprise``), such as ``raw_meal``; empty outside and for stores between.
    line : str
        Code of the production line; empty for what lines share.
    in_clinker : bool
        Whether the clinker boundary in use includes it.
    """

    code: str
    title: Words
    kind: NodeKind
    level: Level
    system: str = ""
    line: str = ""
    in_clinker: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A way of one medium from ``start`` to ``end`` (codes of nodes); ``stream`` is the code of its source stream, if any."""

    code: str
    title: Words
    start: str
    end: str
    medium: Medium
    stream: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A metering point (计量点): where an instrument is, or should be.

    Attributes
    ----------
    place : str
        Code of the edge or node it stands at.
    stream : str
        Code of the source stream it meters; empty is a finding unless its role is internal.
    parameter : str
        Row of the required instruments, such as ``kiln_coal`` (Table A.2) or ``co2_concentration`` (Table A.3); empty for none.
    parent : str
        Code of the point one level up whose amount is the sum of its children; empty for none.
    energy : str
        Row of the GB 17167 rates, such as ``electricity``; empty for what is no energy.
    required_class : str
        The class that the plant's own plan demands, where stricter than the parameter's; empty for none.
    instruments : tuple of str
        Codes (管理编号) of the instruments or chains that stand there; the network's drawing shows them.
    """

    code: str
    title: Words
    place: str
    stream: str
    parameter: str
    method: Method
    role: Role
    level: Level
    parent: str = ""
    energy: str = ""
    required_class: str = ""
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Nodes, edges, points and streams of one plant; codes are unique among nodes and edges together, and among points."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    points: tuple[Point, ...]
    streams: tuple[SourceStream, ...]
    node_of: Mapping[str, Node] = field(init=False, repr=False, compare=False)
    edge_of: Mapping[str, Edge] = field(init=False, repr=False, compare=False)
    point_of: Mapping[str, Point] = field(init=False, repr=False, compare=False)
    stream_of: Mapping[str, SourceStream] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_of", {node.code: node for node in self.nodes})
        object.__setattr__(self, "edge_of", {edge.code: edge for edge in self.edges})
        object.__setattr__(self, "point_of", {point.code: point for point in self.points})
        object.__setattr__(self, "stream_of", {stream.code: stream for stream in self.streams})
