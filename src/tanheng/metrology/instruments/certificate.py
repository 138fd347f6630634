"""Certificates of verification and calibration, and the metrological confirmation (计量确认) that makes one usable."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal


class CertificateKind(enum.StrEnum):
    """What was issued."""

    VERIFICATION = "verification"  # 检定证书
    CALIBRATION = "calibration"  # 校准证书
    RESULT_NOTICE = "result_notice"  # 检定结果通知书: the instrument failed


class Result(enum.StrEnum):
    """What the certificate concludes."""

    QUALIFIED = "qualified"  # 合格
    RESTRICTED = "restricted"  # 准用
    UNQUALIFIED = "unqualified"  # 不合格
    NONE = "none"  # a calibration certificate draws no conclusion


class TraceState(enum.StrEnum):
    """How an instrument stands on a day."""

    VALID = "valid"  # 有效
    DUE_SOON = "due_soon"  # 即将到期: still valid
    OVERDUE = "overdue"  # 超期
    FAILED = "failed"  # 不合格
    UNCONFIRMED = "unconfirmed"  # 未计量确认
    NEVER = "never"  # 无证书

    @property
    def counts(self) -> bool:
        """Whether the instrument counts as equipped, as far as traceability goes."""
        return self in (TraceState.VALID, TraceState.DUE_SOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate of one instrument or chain.

    Attributes
    ----------
    instrument : str
        Code (管理编号) of the instrument or chain.
    issued_on, valid_to : date
        As printed; ``valid_to`` is the last day, None where none is printed (then only the plant's own interval ends it).
    accuracy_class : str
        As printed, such as ``0.5`` or ``Ⅲ``; empty where none is.
    uncertainty, coverage_factor, uncertainty_unit : Decimal, Decimal, str
        U and k as printed; None and empty where not printed.
    confirmed_on : date or None
        Day of the metrological confirmation; None while nobody confirmed it.
    fit : bool or None
        What the confirmation concluded: fit for the intended use, or not.
    """

    instrument: str
    number: str
    kind: CertificateKind
    issuer: str
    issued_on: datetime.date
    valid_to: datetime.date | None
    result: Result
    accuracy_class: str = ""
    uncertainty: Decimal | None = None
    coverage_factor: Decimal | None = None
    uncertainty_unit: str = ""
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    range_unit: str = ""
    confirmed_on: datetime.date | None = None
    fit: bool | None = None
