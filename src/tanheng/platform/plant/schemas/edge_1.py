"""Edge of the carbon-flow network, edition 1: the way of one medium from node to node."""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.metrology.network.model import Medium
from tanheng.platform.record.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An edge.

    Parameters
    ----------
    code : str
        Unique among nodes and edges together.
    start, end : str
        Codes of nodes.
    stream : str
        Code of the source stream that it carries; empty for none.
    """

    code: str
    name_zh: str
    name_en: str
    start: str
    end: str
    medium: Medium
    stream: str
    remark: str


SCHEMA = Schema("edge/1", Edge)
