"""Production line, edition 1."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from tanheng.platform.record.schema import Schema


class ClinkerKind(enum.StrEnum):
    """What clinker a line makes; the key of its process factor."""

    PORTLAND = "portland"  # 硅酸盐水泥熟料
    WHITE = "white"  # 白色硅酸盐水泥熟料
    SULFOALUMINATE = "sulfoaluminate"  # 硫（铁）铝酸盐水泥熟料
    ALUMINATE = "aluminate"  # 铝酸盐水泥熟料
    NONE = "none"  # 无熟料（粉磨站）


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A production line (生产线).

    Parameters
    ----------
    code : str
        Short name inside the plant, such as ``1``.
    site : str
        Code of its site.
    design_capacity : Decimal or None
        Clinker, t/d; None for a grinding line.
    kiln_diameter, kiln_length : Decimal or None
        m.
    preheater_stages : int or None
    waste_heat_power : Decimal or None
        Installed capacity of the waste-heat power station, MW.
    alternative_fuels : bool
        Whether it co-processes waste.
    """

    code: str
    name_zh: str
    name_en: str
    site: str
    clinker: ClinkerKind
    design_capacity: Decimal | None
    kiln_diameter: Decimal | None
    kiln_length: Decimal | None
    preheater_stages: int | None
    waste_heat_power: Decimal | None
    alternative_fuels: bool
    commissioned_on: datetime.date | None


SCHEMA = Schema("line/1", Line)
