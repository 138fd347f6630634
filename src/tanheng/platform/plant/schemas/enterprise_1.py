"""Enterprise, edition 1: the legal person that reports."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from tanheng.platform.record.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """The legal person.

    Parameters
    ----------
    credit_code : str
        Unified social credit code (统一社会信用代码, GB 32100-2015), 18 characters.
    region : str
        Administrative division code (行政区划代码, GB/T 2260), 6 digits.
    industry : str
        Code of GB/T 4754, such as 3011.
    registry_account : str
        Account in the national carbon registry; empty while there is none.
    """

    name_zh: str
    name_en: str
    credit_code: str
    region: str
    address: str
    industry: str
    group: str
    legal_representative: str
    carbon_manager: str
    telephone: str
    registry_account: str
    founded_on: datetime.date | None


SCHEMA = Schema("enterprise/1", Enterprise)
