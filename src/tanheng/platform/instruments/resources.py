"""The sheets of the instrument ledgers: what identifies a row, examples, and the words of a stranger's sheet."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import ClassVar, cast

import yaml
from django.core.exceptions import ValidationError
from django.forms import DateField
from django.utils.translation import gettext as _

from tanheng.core.errors import InputError
from tanheng.metrology.instruments.accuracy import normal
from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.platform.instruments import forms, kinds, words
from tanheng.platform.instruments.models import Certificate
from tanheng.platform.record.models import Version
from tanheng.platform.ui.forms import DAYS, LedgerForm
from tanheng.platform.ui.questions import Question
from tanheng.platform.ui.resources import Column, LedgerResource, narrow
from tanheng.platform.ui.sheets import Row

_MONTHS = re.compile(r"(\d+(?:\.5)?)\s*(年|个?月|months?|years?|y|m)?", re.IGNORECASE)
_RANGE = re.compile(r"[(（]?([-+]?\d+(?:\.\d+)?)\s*(?:~|～|-|—|–|至|\.\.\.?|…)\s*([-+]?\d+(?:\.\d+)?)[)）]?\s*(\S.*)?")
_NO_NUMBER = frozenset(
    {"", "/", "／", "-", "—", "无", "无编号", "（无编号）", "自校记录", "内校记录", "校准记录", "自校", "内校"}
)
"""What stands in the column of numbers of records that have none."""

_CONCLUDES = "calibration-concludes"
_CHINESE = str.maketrans("一二两三四五六", "1223456")


def months(text: str) -> str:
    """Return a cycle as a number of months: ``1年`` is 12, ``半年`` is 6; what does not read stays as it is.

    Examples
    --------
    >>> [months(text) for text in ("1年", "12个月", "半年", "两年", "12", "6 months", "长期")]
    ['12', '12', '6', '24', '12', '6', '长期']
    """
    plain = text.strip()
    if plain == "半年":
        return "6"
    if len(plain) <= 3 and plain.endswith("年"):
        plain = plain.translate(_CHINESE)
    found = _MONTHS.fullmatch(plain)
    if found is None:
        return text
    unit = (found[2] or "").casefold()
    count = float(found[1]) * (12 if unit.startswith(("年", "y")) else 1)
    return str(int(count)) if count.is_integer() else text


@functools.cache
def _synonyms() -> Mapping[str, Mapping[str, str]]:
    """Return what strangers' words mean, by field."""
    data = yaml.safe_load((files(__package__) / "synonyms.yaml").read_text(encoding="utf-8"))
    return {field: {str(word).casefold(): str(code) for word, code in said.items()} for field, said in data.items()}


class _Sheet(LedgerResource):
    """What the sheets of this app share."""

    read: ClassVar[Mapping[str, Callable[[str], str]]] = {}

    @classmethod
    def cells(cls, row: Row, places: Mapping[str, int]) -> tuple[dict[str, str], list[InputError]]:
        """Return the cells of a row, a stranger's words and spellings as ours."""
        data, faults = super().cells(row, places)
        for name, text in data.items():
            if text in {"/", "—", "-", "无", "／"} and name not in cls.key:
                data[name] = _synonyms().get(name, {}).get(text, "") if name in cls.form.labels else ""
            elif name in cls.form.labels and text not in cls.form.labels[name]:
                data[name] = _synonyms().get(name, {}).get(text.casefold(), text)
            if name in cls.read and data[name]:
                data[name] = cls.read[name](data[name])
        return data, faults

    @classmethod
    def candidates(cls, name: str, text: str) -> Sequence[str]:
        """Return the kinds that a word for several of them may mean."""
        return kinds.candidates(text) if name == "kind" and cls.form is forms.InstrumentForm else ()


class _UndatedSheet(_Sheet):
    """A sheet of records that say themselves from when until when they hold."""

    @classmethod
    def columns(cls, form: LedgerForm) -> list[Column]:
        """Return the columns without a validity."""
        return [column for column in super().columns(form) if column.name not in ("valid_from", "valid_to")]


def _kind(text: str) -> str:
    return kinds.kind_of(text) or text


class InstrumentResource(_Sheet):
    """Instruments."""

    form = forms.InstrumentForm
    key = ("code",)
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "code": ("器具编号", "仪表编号", "设备编号", "统一编号", "位号"),
        "name_zh": ("器具名称", "仪表名称", "计量器具名称", "设备名称"),
        "kind": ("类别", "器具类型"),
        "nominal_class": ("准确度", "准确度等级", "精度", "精度等级", "等级"),
        "range_text": ("测量范围", "量程", "测量量程", "规格量程"),
        "mandatory": ("强制检定", "强检", "是否强检", "强检器具"),
        "taken_over_on": ("建账日", "建账日期", "接管日期"),
        "taken_over_state": ("使用状态", "器具状态", "管理状态", "使用情况", "设备状态"),
        "maker": ("制造厂", "制造商", "制造单位", "生产厂商", "厂家"),
        "place": ("安装位置", "使用地点", "使用位置", "安装使用地点"),
        "person": ("保管人", "使用人", "管理人"),
        "traceability": ("检定方式", "检校方式", "溯源类别"),
        "cycle_months": ("周期", "检定周期", "检校周期", "检定校准周期"),
    }
    asked: ClassVar[Mapping[str, tuple[str, ...]]] = {"taken_over_on": ("taken_over_state",)}
    splits: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(
        ("range_text", "range_low"), ("range_low", "range_high", "range_unit")
    )
    read: ClassVar[Mapping[str, Callable[[str], str]]] = {
        "code": narrow,
        "serial": narrow,
        "kind": _kind,
        "nominal_class": normal,
        "used_class": normal,
        "cycle_months": months,
        "interval_months": months,
    }
    examples: ClassVar[Mapping[str, str]] = {
        "code": "JL-W-001",
        "name_zh": "入磨煤皮带秤",
        "kind": "belt_scale",
        "model": "ICS-20A",
        "nominal_class": "0.5级",
        "range_text": "0～60t/h",
        "range_low": "0",
        "range_high": "60",
        "range_unit": "t/h",
        "maker": "某某衡器有限公司",
        "serial": "2019-0457",
        "made_on": "2019-04-12",
        "place": "煤磨喂料皮带",
        "purpose": "入磨煤消耗量",
        "person": "张三",
        "traceability": "verification",
        "mandatory": "否",
        "cycle_months": "1年",
        "collecting": "automatic",
        "frequency": "连续",
        "smart": "是",
        "portable": "否",
        "temperature_low": "-10",
        "temperature_high": "45",
        "humidity": "85",
        "dust": "strong",
        "vibration": "some",
        "taken_over_on": "2026-01-01",
        "taken_over_state": "in_service",
    }

    @classmethod
    def cells(cls, row: Row, places: Mapping[str, int]) -> tuple[dict[str, str], list[InputError]]:
        """Return the cells of a row; a range written in one cell (``0~120t``) as its two ends and its unit."""
        data, faults = super().cells(_flagged(row, places), places)
        found = _RANGE.fullmatch(data.get("range_low", "").strip())
        if found is not None and not data.get("range_high"):
            data.setdefault("range_text", row.cells[places["range_low"]].strip())
            data["range_low"], data["range_high"] = found[1], found[2]
            data["range_unit"] = data.get("range_unit") or (found[3] or "").strip()
        return data, faults


def _flagged(row: Row, places: Mapping[str, int]) -> Row:
    """Return a row whose column of mandatory verification says so by its own word (``强检``)."""
    index = places.get("mandatory")
    if index is None or index >= len(row.cells):
        return row
    said = {"强检": "是", "强制检定": "是", "强制": "是", "非强检": "否", "非强制": "否", "/": "否", "—": "否"}
    cells = list(row.cells)
    cells[index] = said.get(cells[index].strip(), cells[index])
    return dataclasses.replace(row, cells=tuple(cells))


class SpellResource(_UndatedSheet):
    """Steps."""

    form = forms.SpellForm
    key = ("instrument", "started_on")
    examples: ClassVar[Mapping[str, str]] = {
        "instrument": "JL-W-001",
        "state": "repair",
        "started_on": "2026-05-08",
        "why": "称重传感器漂移",
        "person": "李四",
    }


class InstallationResource(_UndatedSheet):
    """Installations."""

    form = forms.InstallationForm
    key = ("instrument", "chain", "point", "started_on", "started_at")
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "instrument": ("管理编号", "器具编号", "仪表编号"),
        "point": ("计量点编号", "计量点代码"),
        "started_on": ("投运日期", "启用日期"),
        "ended_on": ("拆表日期", "停用日期"),
        "opening_reading": ("起始读数", "底码"),
        "closing_reading": ("终止读数",),
    }
    examples: ClassVar[Mapping[str, str]] = {
        "instrument": "JL-W-001",
        "point": "P-COAL-MILL",
        "started_on": "2026-01-01",
        "started_at": "08:30",
        "opening_reading": "12345.6",
        "reading_unit": "t",
    }


class ChainResource(_Sheet):
    """Chains."""

    form = forms.ChainForm
    key = ("code",)
    examples: ClassVar[Mapping[str, str]] = {
        "code": "JL-S-01",
        "name_zh": "入磨煤称量系统",
        "kind": "belt_weighing",
        "sensor": "JL-W-011; JL-W-012",
        "speed_sensor": "JL-W-013",
        "totaliser": "JL-W-014",
    }


class SealResource(_UndatedSheet):
    """Seals."""

    form = forms.SealForm
    key = ("number",)
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "number": ("封印号", "封印编号", "铅封编号"),
        "instrument": ("管理编号", "器具编号", "仪表编号"),
        "place": ("铅封部位", "铅封位置"),
        "applied_on": ("铅封日期", "加封日期"),
        "applied_by": ("加封人",),
    }
    examples: ClassVar[Mapping[str, str]] = {
        "number": "QF-20260001",
        "instrument": "JL-W-001",
        "place": "接线盒",
        "applied_on": "2026-01-12",
        "applied_by": "张三",
        "state": "intact",
    }


class CertificateResource(_UndatedSheet):
    """Certificates."""

    form = forms.CertificateForm
    key = ("issuer", "number")
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "number": ("证书号", "检定证书编号", "校准证书编号", "报告编号"),
        "issuer": ("检定单位", "校准单位", "检定机构", "校准机构", "检校单位", "发证单位", "溯源单位"),
        "kind": ("证书类型",),
        "instrument": ("统一编号", "管理编号", "器具编号", "仪表编号", "设备编号"),
        "issued_on": ("检定日期", "校准日期", "检校日期", "发证日期", "本次检定日期", "上次检定日期"),
        "expires_on": ("有效期", "有效日期", "到期日期", "下次检定日期", "证书有效期"),
        "result": ("检定结果", "检定结论", "校准结果", "结果"),
        "accuracy_class": ("准确度等级", "等级", "精度等级"),
        "regulation": ("检定规程", "校准规范", "依据", "规程"),
    }
    read: ClassVar[Mapping[str, Callable[[str], str]]] = {
        "number": narrow,
        "instrument": narrow,
        "chain": narrow,
        "accuracy_class": normal,
    }
    examples: ClassVar[Mapping[str, str]] = {
        "number": "鄂检字第20260112号",
        "issuer": "某省计量测试技术研究院",
        "kind": "verification",
        "instrument": "JL-W-001",
        "issued_on": "2026.1.12",
        "expires_on": "2027-01-11",
        "result": "qualified",
        "accuracy_class": "0.5",
        "regulation": "JJG 195-2019",
    }

    @classmethod
    def cells(cls, row: Row, places: Mapping[str, int]) -> tuple[dict[str, str], list[InputError]]:
        """Return the cells of a row; a record without a number is known by its instrument or chain and its day."""
        data, faults = super().cells(row, places)
        if "".join(data.get("number", "").split()) in _NO_NUMBER:
            data["number"] = _unnumbered(data.get("instrument", ""), data.get("chain", ""), data.get("issued_on", ""))
        return data, faults

    @classmethod
    def raised(cls, data: Mapping[str, str]) -> list[str]:
        """Return the questions that a row raises: beside those of days a calibration that says it is qualified."""
        concludes = data.get("kind") == CertificateKind.CALIBRATION and data.get("result") in (
            Result.QUALIFIED,
            Result.RESTRICTED,
        )
        return [*super().raised(data), *([_CONCLUDES] if concludes else [])]

    @classmethod
    def question(cls, name: str) -> Question | None:
        """Return a question by its name."""
        if name != _CONCLUDES:
            return super().question(name)
        text = _("calibration certificates say “qualified”, but a calibration draws no conclusion: who uses it confirms it.")
        noted = _("calibrations (also in-house): no conclusion; what the sheet says goes to the remark")
        return Question(
            name, text, ((Result.NONE, noted), (CertificateKind.VERIFICATION, _("they are verification certificates")))
        )

    @classmethod
    def settle(cls, data: dict[str, str], answers: Mapping[str, str]) -> None:
        """Take a row as its questions were answered."""
        raised = cls.raised(data)
        super().settle(data, answers)
        if _CONCLUDES not in raised:
            return
        if answers.get(_CONCLUDES) == CertificateKind.VERIFICATION:
            data["kind"] = CertificateKind.VERIFICATION.value
        elif answers.get(_CONCLUDES) == Result.NONE:
            said = words.RESULT[Result(data["result"])]["zh"]  # as the sheet has it, in whichever language it is imported
            data["remark"] = "；".join(filter(None, (data.get("remark", ""), f"原表结论：{said}")))
            data["result"] = Result.NONE.value

    @classmethod
    def identity(cls, version: Version) -> tuple[str, ...]:
        """Return by what a row finds a certificate."""
        row = cast("Certificate", version)
        return row.issuer, row.number or _unnumbered(row.instrument, row.chain, row.issued_on.isoformat())


def _unnumbered(instrument: str, chain: str, day: str) -> str:
    """Return what stands for the number of a record that has none; the form takes it away."""
    with contextlib.suppress(ValidationError):  # the form says so
        day = str(DateField(input_formats=DAYS).clean(day))
    return f"{forms.UNNUMBERED}{instrument}{chain} {day}"


class ConfirmationResource(_UndatedSheet):
    """Confirmations."""

    form = forms.ConfirmationForm
    key = ("certificate",)
    examples: ClassVar[Mapping[str, str]] = {
        "certificate": "鄂检字第20260112号",
        "required_class": "0.5",
        "verdict": "fit",
        "confirmed_on": "2026-01-15",
    }
