"""Source stream, edition 1: what emits CO₂ at the plant (碳源流), and how much in a year as far as is known."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

from tanheng.platform.record.schema import Schema


class EmissionKind(enum.StrEnum):
    """The emission that a stream belongs to (排放种类)."""

    COMBUSTION = "combustion"  # 燃料燃烧
    PROCESS = "process"  # 过程排放
    ELECTRICITY = "electricity"  # 购入电力
    HEAT = "heat"  # 购入热力


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStream:
    """A source stream. Its class is never entered: it follows from the emissions and the limits of the rule pack.

    Parameters
    ----------
    code : str
        Short name inside the plant, such as ``1-coal``.
    line : str
        Code of its production line; empty for what lines share.
    item : str
        Row of the rule pack: a fuel, an alternative fuel, a clinker or an alternative raw material; empty for electricity and
        heat.
    emission : Decimal or None
        Estimate of a year, tCO2; None while there is none.
    emission_year : int or None
        The year estimated.
    emission_source : str
        Where the estimate comes from, such as an annual report.
    """

    code: str
    name_zh: str
    name_en: str
    kind: EmissionKind
    line: str
    item: str
    emission: Decimal | None
    emission_year: int | None
    emission_source: str
    remark: str


SCHEMA = Schema("source_stream/1", SourceStream)
