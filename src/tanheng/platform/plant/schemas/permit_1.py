"""Permit, edition 1: what an authority allowed, and until when."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from tanheng.platform.record.schema import Schema


class PermitKind(enum.StrEnum):
    """What kind of permit."""

    POLLUTANT = "pollutant"  # 排污许可证
    PRODUCTION = "production"  # 工业产品生产许可证
    MINING = "mining"  # 采矿许可证
    CAPACITY = "capacity"  # 产能置换、项目备案
    HAZARDOUS_WASTE = "hazardous_waste"  # 危险废物经营许可证
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A permit.

    Parameters
    ----------
    number : str
        As printed.
    issued_on, expires_on : date
        As printed; ``expires_on`` is the last day, None where none is printed.
    line : str
        Code of the production line it is for; empty for the enterprise.
    """

    kind: PermitKind
    number: str
    authority: str
    issued_on: datetime.date
    expires_on: datetime.date | None
    line: str
    remark: str


SCHEMA = Schema("permit/1", Permit)
