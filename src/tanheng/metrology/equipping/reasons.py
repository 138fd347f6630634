"""Why an instrument does not count, what is noted of one that does, and the words for both."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from tanheng.core.messages import render
from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.requirement import OUTCOME_OF, Basis, Outcome


class Why(enum.StrEnum):
    """Why a point is not equipped; each rests on one rule of counting."""

    MISSING = "missing"  # 未配备
    PORTABLE = "portable"  # 仅有便携式
    SCRAPPED = "scrapped"  # 已报废
    NOT_IN_SERVICE = "not_in_service"  # 不在用
    CHAIN_PART = "chain_part"  # 测量系统缺件
    FAILED = "failed"  # 不合格
    OVERDUE = "overdue"  # 超期
    NEVER = "never"  # 无证书
    UNCONFIRMED = "unconfirmed"  # 未计量确认
    CLASS = "class"  # 等级不符合要求
    OWN_CLASS = "own_class"  # 等级不符合本单位方案
    KIND = "kind"  # 器具类别无从判断等级


RULE_OF: Mapping[Why, str] = {
    Why.MISSING: "equipped",
    Why.PORTABLE: "portable",
    Why.SCRAPPED: "equipped",
    Why.NOT_IN_SERVICE: "in_service",
    Why.CHAIN_PART: "chain",
    Why.FAILED: "traceability",
    Why.OVERDUE: "traceability",
    Why.NEVER: "traceability",
    Why.UNCONFIRMED: "confirmation",
    Why.CLASS: "accuracy",
    Why.OWN_CLASS: "accuracy",
    Why.KIND: "accuracy",
}
"""The rule of ``cn.metering.counting`` behind each reason."""

WHY_OF: Mapping[TraceState, Why] = {
    TraceState.OVERDUE: Why.OVERDUE,
    TraceState.FAILED: Why.FAILED,
    TraceState.UNCONFIRMED: Why.UNCONFIRMED,
    TraceState.NEVER: Why.NEVER,
}

NOT_THERE = frozenset({Why.MISSING, Why.PORTABLE, Why.SCRAPPED})
"""Nothing is there that could be equipped."""

CERTIFICATE = frozenset({Why.OVERDUE, Why.FAILED, Why.NEVER})
"""Judged by what is printed on a certificate, or by its absence: always a non-conformity."""

_CODES: Mapping[Why, str] = {
    Why.MISSING: "metrology.equipping.why.missing",
    Why.PORTABLE: "metrology.equipping.why.portable",
    Why.SCRAPPED: "metrology.equipping.why.scrapped",
    Why.NOT_IN_SERVICE: "metrology.equipping.why.not_in_service",
    Why.CHAIN_PART: "metrology.equipping.why.chain_part",
    Why.FAILED: "metrology.equipping.why.failed",
    Why.OVERDUE: "metrology.equipping.why.overdue",
    Why.NEVER: "metrology.equipping.why.never",
    Why.UNCONFIRMED: "metrology.equipping.why.unconfirmed",
    Why.CLASS: "metrology.equipping.why.class",
    Why.OWN_CLASS: "metrology.equipping.why.own_class",
    Why.KIND: "metrology.equipping.why.kind",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason why an item does not count at a point.

    Attributes
    ----------
    item : str
        Code of the instrument, chain or part it is about; empty where nothing stands.
    has, needs : str
        State, role or class that is there, and the one that should be; empty where the reason has none.
    basis : Basis
        The rule it rests on.
    """

    why: Why
    basis: Basis
    item: str = ""
    has: str = ""
    needs: str = ""

    @property
    def outcome(self) -> Outcome:
        """What the reason may cause; a matter of the certificate is always a non-conformity."""
        return Outcome.NON_CONFORMITY if self.why in CERTIFICATE else OUTCOME_OF[self.basis.strength]

    def text(self, language: str) -> str:
        """Return the reason in words (``"zh"`` or ``"en"``)."""
        return render(_CODES[self.why], language, {"item": self.item, "has": self.has, "needs": self.needs})


class Remark(enum.StrEnum):
    """What is said beside a count; none changes it."""

    SHARED = "shared"  # 共用
    CLASS_NOT_STATED = "class_not_stated"  # 证书未给出等级
    CLASS_NOT_COMPARABLE = "class_not_comparable"  # 等级无法比较
    KIND_NOT_NAMED = "kind_not_named"  # 等级表未列该类别，按该参量最严一级
    NOT_AS_SYSTEM = "not_as_system"  # 未作为系统检定，各部件合成劣于要求
    STREAM_NOT_CLASSED = "stream_not_classed"  # 源流未分类，按主要源流
    BELOW_THRESHOLD = "below_threshold"  # 无组织排放低于限值
    THRESHOLD_UNKNOWN = "threshold_unknown"  # 无组织排放量未知，按须计量


_REMARKS: Mapping[Remark, str] = {
    Remark.SHARED: "metrology.equipping.remark.shared",
    Remark.CLASS_NOT_STATED: "metrology.equipping.remark.class_not_stated",
    Remark.CLASS_NOT_COMPARABLE: "metrology.equipping.remark.class_not_comparable",
    Remark.KIND_NOT_NAMED: "metrology.equipping.remark.kind_not_named",
    Remark.NOT_AS_SYSTEM: "metrology.equipping.remark.not_as_system",
    Remark.STREAM_NOT_CLASSED: "metrology.equipping.remark.stream_not_classed",
    Remark.BELOW_THRESHOLD: "metrology.equipping.remark.below_threshold",
    Remark.THRESHOLD_UNKNOWN: "metrology.equipping.remark.threshold_unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark with what it names."""

    remark: Remark
    item: str = ""
    others: tuple[str, ...] = ()
    needs: str = ""
    has: str = field(default="")

    def text(self, language: str) -> str:
        """Return the remark in words (``"zh"`` or ``"en"``)."""
        joined = ("、" if language == "zh" else ", ").join(self.others)
        return render(
            _REMARKS[self.remark], language, {"item": self.item, "others": joined, "needs": self.needs, "has": self.has}
        )
