"""Metrological confirmation of a certificate, edition 1."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from tanheng.platform.record.schema import Schema


class Verdict(enum.StrEnum):
    """What a confirmation concludes."""

    FIT = "fit"  # 满足预期使用要求
    UNFIT = "unfit"  # 不满足


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """The metrological confirmation (计量确认): what the use requires, against what the certificate says.

    Parameters
    ----------
    certificate : str
        Subject of the certificate.
    required_class : str
        The class that the use requires; empty for none.
    required_mpe, found_error, mpe_unit : Decimal, Decimal, str
        The error that the use allows, and the greatest that the certificate shows; None where the class says it.
    """

    certificate: str
    required_class: str
    required_mpe: Decimal | None
    found_error: Decimal | None
    mpe_unit: str
    verdict: Verdict
    confirmed_on: datetime.date
    remark: str


def _project(content: Confirmation) -> dict[str, object]:
    return {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}


SCHEMA = Schema("confirmation/1", Confirmation, _project)
