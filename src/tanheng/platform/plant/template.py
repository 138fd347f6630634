"""The standard network of a cement plant, made of ``templates_data/cement_line.yaml`` for the lines and the options chosen."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from tanheng.core.states import CheckState
from tanheng.metrology.network.model import Medium, Method, NodeKind, Role
from tanheng.platform.plant.rules.network import Content
from tanheng.platform.plant.schemas.edge_1 import Edge
from tanheng.platform.plant.schemas.line_1 import ClinkerKind, Line
from tanheng.platform.plant.schemas.node_1 import Depth, Node
from tanheng.platform.plant.schemas.point_1 import Collecting, Point
from tanheng.platform.plant.schemas.source_stream_1 import EmissionKind, SourceStream
from tanheng.standards import Text, load_pack

_FILE = "templates_data/cement_line.yaml"
_CLINKERS = {
    ClinkerKind.PORTLAND: "portland",
    ClinkerKind.WHITE: "white_portland",
    ClinkerKind.SULFOALUMINATE: "sulfoaluminate",
    ClinkerKind.ALUMINATE: "aluminate",
}
_LINE = "{line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the plant has.

    Parameters
    ----------
    fuel : str
        Row of the solid fuel that fires the kiln.
    gas, waste, material : str
        Rows of a gas, an alternative fuel and an alternative raw material; empty for none.
    waste_heat, cems, heat : bool
        Waste-heat power, continuous measurement in the stack, purchased heat.
    """

    fuel: str = "bituminous_coal"
    gas: str = ""
    waste: str = ""
    material: str = ""
    waste_heat: bool = False
    cems: bool = False
    heat: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """What the template makes, ledger by ledger; ``shared`` are the codes that are made once for the plant."""

    streams: tuple[SourceStream, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    points: tuple[Point, ...]
    shared: frozenset[str]


@functools.cache
def _data() -> Mapping[str, Any]:  # Any: YAML
    text = resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def check_state() -> CheckState:
    """Return how sure the template is of the way it joins things."""
    return CheckState(_data()["check"])


def planned(lines: Sequence[Line], options: Options) -> Planned:
    """Return the records of the standard network for some lines of clinker."""
    streams, nodes, edges, points = (tuple(_contents(name, lines, options)) for name in ("streams", "nodes", "edges", "points"))
    rows = [row for name in ("streams", "nodes", "edges", "points") for row in _data()[name]]
    shared = frozenset(row["code"] for row in rows if _LINE not in row["code"])
    return Planned(
        tuple(one for one in streams if isinstance(one, SourceStream)),
        tuple(one for one in nodes if isinstance(one, Node)),
        tuple(one for one in edges if isinstance(one, Edge)),
        tuple(one for one in points if isinstance(one, Point)),
        shared,
    )


def _contents(name: str, lines: Sequence[Line], options: Options) -> Iterator[Content]:
    general = _words(options)
    for row in _data()[name]:
        if row.get("needs") and not getattr(options, row["needs"]):
            continue
        if _LINE not in row["code"]:
            yield _content(name, row, general)
            continue
        for line in lines:
            yield _content(name, row, {**general, **_words_of(line)})


def _words(options: Options) -> dict[str, str]:
    pack = load_pack()
    tables = ("cn.cets.fuel", "cn.gbt32151.alternative_fuel", "cn.cets.deduction")
    titles: dict[str, Text] = {row: text for table in tables for row, text in pack.table(table).rows.items()}
    found: dict[str, str] = {}
    for name in ("fuel", "gas", "waste", "material"):
        item = getattr(options, name)
        title = titles.get(item)
        found |= {name: item, f"{name}_zh": title.zh if title else item, f"{name}_en": title.en if title else item}
    return found


def _words_of(line: Line) -> dict[str, str]:
    clinker = _CLINKERS.get(line.clinker, "portland")
    return {"line": line.code, "name": line.name_zh, "name_en": line.name_en or line.name_zh, "clinker": clinker}


def _content(name: str, row: Mapping[str, Any], words: Mapping[str, str]) -> Content:  # Any: YAML
    said = {key: value.format_map(words) if isinstance(value, str) else value for key, value in row.items()}
    common = {
        "code": said["code"],
        "name_zh": said["zh"],
        "name_en": said["en"],
        "remark": f"{_data()['remark']['zh']} {_data()['remark']['en']}",
    }
    match name:
        case "streams":
            return SourceStream(
                **common,
                kind=EmissionKind(said["kind"]),
                line=said.get("line", ""),
                item=said.get("item", ""),
                emission=None,
                emission_year=None,
                emission_source="",
            )
        case "nodes":
            return Node(
                **common,
                kind=NodeKind(said["kind"]),
                level=Depth(said["level"]),
                system=said.get("system", ""),
                stage=said.get("stage", ""),
                line=said.get("line", ""),
            )
        case "edges":
            return Edge(
                **common,
                start=said["start"],
                end=said["end"],
                medium=Medium(said["medium"]),
                stream=said.get("stream", ""),
            )
        case _:
            return Point(
                **common,
                place=said["place"],
                stream=said.get("stream", ""),
                parameter=said.get("parameter", ""),
                method=Method(said.get("method", "calculated")),
                role=Role(said["role"]),
                level=Depth(said["level"]),
                parent=said.get("parent", ""),
                energy=said.get("energy", ""),
                required_class="",
                frequency="",
                collecting=Collecting(said["collecting"]),
            )
