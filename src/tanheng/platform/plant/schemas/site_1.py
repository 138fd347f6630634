"""Site, edition 1: a place where the enterprise works."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

from tanheng.platform.record.schema import Schema


class SiteKind(enum.StrEnum):
    """What happens at a site."""

    CLINKER = "clinker"  # 熟料厂区
    GRINDING = "grinding"  # 粉磨站
    QUARRY = "quarry"  # 矿山
    AGGREGATE = "aggregate"  # 骨料
    TERMINAL = "terminal"  # 中转库、码头
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place.

    Parameters
    ----------
    code : str
        Short name inside the plant.
    longitude, latitude : Decimal or None
        Degrees, CGCS2000.
    in_boundary : bool
        Whether it lies inside the enterprise's reporting boundary.
    """

    code: str
    name_zh: str
    name_en: str
    kind: SiteKind
    address: str
    longitude: Decimal | None
    latitude: Decimal | None
    in_boundary: bool


SCHEMA = Schema("site/1", Site)
