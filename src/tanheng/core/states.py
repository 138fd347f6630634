"""The states of design §5.1: one word per state, the same in code, files, pages and reports."""

from __future__ import annotations

import enum


class CheckState(enum.StrEnum):
    """How sure we are of a statement of a standard."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"

    @property
    def rank(self) -> int:
        """0 for verified, 1 for secondary, 2 for unverified: the larger, the less sure."""
        return list(CheckState).index(self)


class FigureState(enum.StrEnum):
    """State of a reported figure; the later ones are those of its month."""

    PROVISIONAL = "provisional"
    APPROVED = "approved"
    SEALED = "sealed"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"


class Origin(enum.StrEnum):
    """How a value came about."""

    MEASURED = "measured"
    SUBSTITUTED = "substituted"
    MANUAL = "manual"
    DEFAULT = "default"
    CALCULATED = "calculated"


class Severity(enum.StrEnum):
    """Weight of a finding."""

    BLOCKING = "blocking"
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


WORDS: dict[enum.StrEnum, dict[str, str]] = {
    CheckState.VERIFIED: {"zh": "已核对原文", "en": "verified"},
    CheckState.SECONDARY: {"zh": "间接来源", "en": "secondary"},
    CheckState.UNVERIFIED: {"zh": "未核实", "en": "unverified"},
    FigureState.PROVISIONAL: {"zh": "待核定", "en": "provisional"},
    FigureState.APPROVED: {"zh": "已核定", "en": "approved"},
    FigureState.SEALED: {"zh": "已签署", "en": "sealed"},
    FigureState.SUBMITTED: {"zh": "已上报", "en": "submitted"},
    FigureState.ACCEPTED: {"zh": "已通过", "en": "accepted"},
    FigureState.SUPERSEDED: {"zh": "已更正", "en": "superseded"},
    Origin.MEASURED: {"zh": "实测", "en": "measured"},
    Origin.SUBSTITUTED: {"zh": "替代", "en": "substituted"},
    Origin.MANUAL: {"zh": "手工", "en": "manual"},
    Origin.DEFAULT: {"zh": "缺省", "en": "default"},
    Origin.CALCULATED: {"zh": "计算", "en": "calculated"},
    Severity.BLOCKING: {"zh": "阻断", "en": "blocking"},
    Severity.ERROR: {"zh": "错误", "en": "error"},
    Severity.WARNING: {"zh": "警告", "en": "warning"},
    Severity.NOTICE: {"zh": "提示", "en": "notice"},
}


def word(state: enum.StrEnum, language: str) -> str:
    """Return what a person reads for ``state`` in ``language``."""
    return WORDS[state]["zh" if language == "zh" else "en"]
