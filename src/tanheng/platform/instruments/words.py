"""The words of the instrument ledgers in both languages: for pages, sheets, labels and messages alike."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language

from tanheng.accounting.plant import Words
from tanheng.metrology.instruments.certificate import CertificateKind, Result, TraceState
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.instruments.schemas.chain_1 import ChainKind
from tanheng.platform.instruments.schemas.confirmation_1 import Verdict
from tanheng.platform.instruments.schemas.instrument_1 import Collecting, Exposure, Traceability
from tanheng.platform.instruments.schemas.seal_1 import SealState


def _both(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


USE: Mapping[UseState, Words] = {
    UseState.PENDING: _both("待验收", "awaiting acceptance"),
    UseState.IN_SERVICE: _both("在用", "in service"),
    UseState.SEALED_UP: _both("封存", "sealed up"),
    UseState.OUT_OF_SERVICE: _both("停用", "out of service"),
    UseState.REPAIR: _both("维修", "in repair"),
    UseState.DOWNGRADED: _both("降级使用", "downgraded"),
    UseState.SCRAPPED: _both("报废", "scrapped"),
}
TAKEN_OVER: Mapping[UseState, Words] = {
    state: words for state, words in USE.items() if state not in (UseState.PENDING, UseState.DOWNGRADED)
}
"""The states in which an instrument may be taken over."""

TRACE: Mapping[TraceState, Words] = {
    TraceState.VALID: _both("有效", "valid"),
    TraceState.DUE_SOON: _both("即将到期", "due soon"),
    TraceState.OVERDUE: _both("超期", "overdue"),
    TraceState.FAILED: _both("不合格", "failed"),
    TraceState.UNCONFIRMED: _both("待计量确认", "not confirmed"),
    TraceState.NEVER: _both("无证书", "no certificate"),
}
SUPERSEDED = "superseded"
CERTIFICATE_STATE: Mapping[str, Words] = {
    **{state.value: said for state, said in TRACE.items() if state is not TraceState.NEVER},
    SUPERSEDED: _both("已被新证书取代", "superseded"),
}
"""How one certificate stands; superseded when a newer one of the same item decides."""

LOOKS: Mapping[TraceState, str] = {
    TraceState.VALID: "good",
    TraceState.DUE_SOON: "wait",
    TraceState.OVERDUE: "bad",
    TraceState.FAILED: "bad",
    TraceState.UNCONFIRMED: "wait",
    TraceState.NEVER: "bad",
}
"""The look of the chip of each state."""

TRACEABILITY: Mapping[Traceability, Words] = {
    Traceability.VERIFICATION: _both("检定", "verification"),
    Traceability.CALIBRATION: _both("校准", "calibration"),
    Traceability.NONE: _both("不溯源（仅作指示）", "none (indication only)"),
}
COLLECTING: Mapping[Collecting, Words] = {
    Collecting.MANUAL: _both("人工抄录", "read by a person"),
    Collecting.AUTOMATIC: _both("自动采集", "automatic"),
    Collecting.BOTH: _both("自动采集、人工核对", "automatic, checked by a person"),
}
EXPOSURE: Mapping[Exposure, Words] = {
    Exposure.NONE: _both("无", "none"),
    Exposure.SOME: _both("一般", "some"),
    Exposure.STRONG: _both("强", "strong"),
}
CERTIFICATE_KIND: Mapping[CertificateKind, Words] = {
    CertificateKind.VERIFICATION: _both("检定证书", "verification certificate"),
    CertificateKind.CALIBRATION: _both("校准证书", "calibration certificate"),
    CertificateKind.RESULT_NOTICE: _both("检定结果通知书", "notice of verification result"),
}
RESULT: Mapping[Result, Words] = {
    Result.QUALIFIED: _both("合格", "qualified"),
    Result.RESTRICTED: _both("准用", "restricted"),
    Result.UNQUALIFIED: _both("不合格", "unqualified"),
    Result.NONE: _both("不作结论（校准）", "none drawn (calibration)"),
}
VERDICT: Mapping[Verdict, Words] = {
    Verdict.FIT: _both("满足使用要求", "fit for the use"),
    Verdict.UNFIT: _both("不满足使用要求", "not fit for the use"),
}
SEAL: Mapping[SealState, Words] = {
    SealState.INTACT: _both("完好", "intact"),
    SealState.REMOVED: _both("已拆除", "removed"),
    SealState.BROKEN: _both("破损", "broken"),
}
CHAIN_KIND: Mapping[ChainKind, Words] = {
    ChainKind.BELT_WEIGHING: _both("皮带称量系统", "belt weighing"),
    ChainKind.STATIC_WEIGHING: _both("静态称量系统", "static weighing"),
    ChainKind.FLOW: _both("流量测量系统", "flow"),
    ChainKind.COMPENSATED_FLOW: _both("带温压补偿的流量测量系统", "flow with temperature and pressure compensation"),
    ChainKind.ELECTRICITY: _both("电能计量装置（高压）", "electricity, high voltage"),
    ChainKind.ELECTRICITY_LOW: _both("电能计量装置（低压）", "electricity, low voltage"),
    ChainKind.TEMPERATURE: _both("温度测量系统", "temperature"),
    ChainKind.PRESSURE: _both("压力测量系统", "pressure"),
    ChainKind.GAS_ANALYSIS: _both("烟气分析系统", "gas analysis"),
    ChainKind.OTHER: _both("其他", "other"),
}
ROLE: Mapping[str, Words] = {
    "sensor": _both("传感器", "sensor"),
    "speed_sensor": _both("测速传感器", "speed sensor"),
    "converter": _both("变送器", "converter"),
    "totaliser": _both("积算器", "totaliser"),
    "meter": _both("电能表", "electricity meter"),
    "current_transformer": _both("电流互感器", "current transformer"),
    "voltage_transformer": _both("电压互感器", "voltage transformer"),
    "temperature": _both("温度补偿", "temperature compensation"),
    "pressure": _both("压力补偿", "pressure compensation"),
    "analyser": _both("分析仪", "analyser"),
}
EMISSION: Mapping[str, Words] = {
    "combustion": _both("燃烧排放", "combustion"),
    "process": _both("过程排放", "process"),
    "electricity": _both("电力排放", "electricity"),
    "heat": _both("热力排放", "heat"),
}


NOUN: Mapping[str, Words] = {
    "spell": _both("状态变更", "change of state"),
    "installation": _both("安装记录", "installation"),
    "seal": _both("铅封", "seal"),
    "certificate": _both("证书", "certificate"),
    "chain": _both("测量系统", "chain"),
    "confirmation": _both("计量确认", "confirmation"),
}
"""What one record of a ledger is called, where records that name another are counted."""

UNNUMBERED = _both("（无编号）", "(no number)")
"""A calibration record of the plant's own may have none."""


def numbered(number: str) -> Words:
    """Return the number of a certificate, or that it has none."""
    return _both(number, number) if number.strip() else UNNUMBERED


def said(words: Words, language: str | None = None) -> str:
    """Return a word in a language, by default the page's."""
    return words["zh" if (language or get_language() or "zh").startswith("zh") else "en"]


_lazy = lazy(said, str)


def labels(table: Mapping[Any, Words]) -> dict[str, Promise | str]:  # Any: keys of any list
    """Return a table of words as the lists of forms, filters and tables want it."""
    return {str(key.value if isinstance(key, enum.Enum) else key): _lazy(words) for key, words in table.items()}
