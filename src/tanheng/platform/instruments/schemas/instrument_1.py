"""Instrument, edition 1."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from tanheng.metrology.instruments.model import UseState
from tanheng.platform.record.schema import Schema


class Traceability(enum.StrEnum):
    """How an instrument is traced to the standards (溯源方式)."""

    VERIFICATION = "verification"  # 检定
    CALIBRATION = "calibration"  # 校准
    NONE = "none"  # 不溯源: for indication only


class Collecting(enum.StrEnum):
    """How its readings are collected (采集方式)."""

    MANUAL = "manual"  # 人工抄录
    AUTOMATIC = "automatic"  # 自动采集
    BOTH = "both"  # 自动采集, 人工核对


class Exposure(enum.StrEnum):
    """How strongly a place suffers from dust or vibration."""

    NONE = "none"
    SOME = "some"
    STRONG = "strong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """An instrument (计量器具), with the columns of JJF 1356-2012 Table B.3 and the working conditions.

    Parameters
    ----------
    code : str
        The plant's own number (管理编号), unique in the plant; other records name the instrument by it.
    kind : str
        Row of ``cn.metering.instrument_kind``, such as ``belt_scale``; ``other`` for what is in none.
    model : str
        型号规格.
    nominal_class : str
        Class of the nameplate. What counts is the class of the certificate in force.
    used_class : str
        Class that the plant claims for it; empty for none. It may not be better than the certificate's.
    range_text : str
        测量范围 as printed, such as ``3×100V 3×1.5(6)A``; empty where the numbers say it.
    range_low, range_high, range_unit : Decimal, Decimal, str
        Its ends, where it has any; a scale's capacity is its upper end.
    serial : str
        出厂编号. Two instruments of one maker share it only with a ``serial_reason``.
    traceability : Traceability
    mandatory : bool
        强制检定: under the catalogue of instruments with mandatory verification.
    cycle_months : int or None
        The cycle that the regulation prescribes (检定周期).
    interval_months : int or None
        The plant's own interval; never longer than ``cycle_months``.
    collecting : Collecting or None
    frequency : str
        How often its reading is taken (采集频次).
    smart : bool
        It sends its readings by itself.
    portable : bool
        Outside the equipping rate.
    temperature_low, temperature_high : Decimal or None
        Around it, °C.
    humidity : Decimal or None
        Greatest relative humidity around it, %.
    dust, vibration : Exposure or None
    medium : str
        What it is in touch with.
    taken_over_on : date or None
        In use since this day, before the ledger began: it needs no acceptance, but does need a certificate to count.
    taken_over_state : UseState or None
        The state that it was in on that day (接管时状态); None is in service.
    """

    code: str
    name_zh: str
    name_en: str
    kind: str
    model: str
    nominal_class: str
    used_class: str
    range_low: Decimal | None
    range_high: Decimal | None
    range_unit: str
    maker: str
    serial: str
    serial_reason: str
    made_on: datetime.date | None
    place: str
    purpose: str
    person: str
    traceability: Traceability
    mandatory: bool
    cycle_months: int | None
    interval_months: int | None
    collecting: Collecting | None
    frequency: str
    smart: bool
    portable: bool
    temperature_low: Decimal | None
    temperature_high: Decimal | None
    humidity: Decimal | None
    dust: Exposure | None
    vibration: Exposure | None
    medium: str
    taken_over_on: datetime.date | None
    remark: str
    range_text: str = ""
    taken_over_state: UseState | None = None


def _project(content: Instrument) -> dict[str, object]:
    said = {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}
    return said | {name: said[name] or "" for name in ("collecting", "dust", "vibration", "taken_over_state")}


SCHEMA = Schema("instrument/1", Instrument, _project)
