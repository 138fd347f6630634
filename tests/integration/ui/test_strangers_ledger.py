"""A stranger's ledger of 200 instruments, brought in by somebody who has only the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import lxml.html  # type: ignore[import-untyped]  # it has none
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments.models import Instrument
from tanheng.platform.record.models import Plant
from tests.integration.ui.test_own_sheets import Importing, form_of, texts

KINDS = (
    ("入磨煤皮带秤", "ICS-20A", "0.5级", "0~60t/h"),
    ("窑头转子秤", "DRW", "±1%", "0-30t/h"),
    ("电能表", "DTZ341", "0.5S", "0~100A"),
    ("电子汽车衡", "SCS-120", "Ⅲ", "0~120t"),
    ("烟气流量计", "SDF", "2%", "0-40m/s"),
    ("气相色谱仪", "GC-9790", "/", "/"),
    ("压力变送器", "EJA430", "0.075", "0~1.6MPa"),
    ("热电偶", "WRN-130", "Ⅱ级", "0-1200℃"),
)
ABOVE = ("序号", "器具信息", "", "", "", "", "", "安装使用", "", "溯源", "", "", "", "备注")
BELOW = (
    "", "仪表名称", "规格型号", "准确度", "测量范围", "制造厂", "出厂编号",
    "安装地点", "责任人", "溯源方式", "周期", "上次检定时间", "有效期至", "",
)  # fmt: skip


def ledger() -> SimpleUploadedFile:
    """Return a workbook as plants have it: a title, two rows of headings, no number of their own, a signature."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("计量器具台账")
    page.merge_range(0, 0, 0, 13, "某水泥有限公司计量器具台账（2025年）")
    for number, heads in enumerate((ABOVE, BELOW), start=1):
        for column, head in enumerate(heads):
            if head:
                page.write_string(number, column, head)
    for left, right in ((1, 6), (7, 8), (9, 12)):
        page.merge_range(1, left, 1, right, ABOVE[left])
    for number in range(200):
        name, model, accuracy, measured = KINDS[number % len(KINDS)]
        place, person = ("1#线煤磨", "窑头", "总降", "地磅房")[number % 4], ("张三", "李四")[number % 2]
        tracing = (("检定", "校准", "强检")[number % 3], ("1年", "6个月", "半年")[number % 3], "2025.3.1", "2026.2.28")
        row = (str(number + 1), name, model, accuracy, measured, "某仪表厂", f"2019-{number:04}", place, person, *tracing)
        for column, text in enumerate(row):
            page.write_string(number + 3, column, text)
    page.write_string(203, 0, "制表：王工")
    book.close()
    return SimpleUploadedFile("计量器具台账2025.xlsx", target.getvalue())


def test_two_hundred_instruments_come_in_by_the_page_alone(login: Callable[..., Client], plant: Plant) -> None:
    who = Importing(login(Role.METROLOGIST, language="zh-hans"), "instruments")
    data = form_of(who.hand_in(ledger()))
    assert data["column"] == [
        "", "name_zh", "model", "nominal_class", "range_text", "maker", "serial", "place", "person", "traceability",
        "cycle_months", "", "", "remark",
    ]  # fmt: skip
    # What is left to a person: numbers from the first column, kinds from the names, and two words.
    data |= {"from-code": ["0"], "fixed-code": ["JL-"], "from-kind": ["1"], "fixed-taken_over_on": ["2025-12-31"]}
    page = who.send(data)
    data = form_of(page)
    assert data["said"] == ["烟气流量计", "气相色谱仪"]
    codes = {option.text_content(): option.get("value") for option in options(page)}
    data["meaning"] = [codes["差压流量计"], codes["气体分析仪"]]
    page = who.send(data)
    assert "200" in texts(page).split("检查结果")[1][:120], texts(page)[:600]
    who.confirm(page)
    with scope(all_plants()):
        rows = Instrument.objects.filter(plant=plant).latest_versions()
        first = rows.get(code="JL-1")
        assert rows.count() == 200
    assert (first.name_zh, first.kind, first.range_high, first.range_unit, first.cycle_months) == (
        "入磨煤皮带秤", "belt_scale", Decimal(60), "t/h", 12,
    )  # fmt: skip


def options(page: str) -> list[Any]:  # Any: elements
    """Return the choices of the first word that is asked for."""

    found: list[Any] = lxml.html.fromstring(page).xpath('(//select[@name="meaning"])[1]//option')
    return found
