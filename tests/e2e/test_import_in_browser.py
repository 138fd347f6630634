"""A clerk with a stranger's ledger: asked once for what it leaves open, faults marked, certificates from the same file."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from django.test import Client
from playwright.sync_api import Page, expect

from tanheng.platform.accounts.roles import Role
from tanheng.platform.record.models import Plant

pytestmark = pytest.mark.browser

ABOVE = ("序号", "器具名称", "规格型号", "出厂编号", "量程", "准确度", "安装地点", "检定信息", "", "", "", "", "使用情况")
BELOW = ("", "", "", "", "", "", "", "检定日期", "有效期至", "检定单位", "证书号", "检定结果", "")
FIRST: Sequence[Sequence[str | int]] = (
    (
        1,
        "电子皮带秤",
        "ICS-17B",
        "20180037",
        "(0~400)t/h",
        "0.5",
        "煤磨",
        "2026.3.1",
        "2027.2.28",
        "市计量所",
        "Z-1",
        "合格",
        "在用",
    ),
    (
        2,
        "流量计 ",
        "LWGY-50",
        "20180074",
        "0-30m3/h",
        "1.0",
        "窑头",
        "２０２６．３．１",
        "2027.2.28",
        "市计量所",
        "Z-2",
        "合格",
        "正常",
    ),
    ("小计 2 台",),
    (
        3,
        "多功能电能表",
        "DSSD331",
        "20180074",
        "3×1.5(6)A",
        "0.5S/1.0",
        "总降",
        46082,
        "2027年2月",
        "自校",
        "/",
        "合格",
        "备用",
    ),
)
SECOND: Sequence[Sequence[str | int]] = (
    (
        1,
        "压力变送器",
        "EJA430A",
        "20180148",
        "0-1.6MPa",
        "0.075级",
        "窑尾",
        "2026年3月1日",
        "2027-02-28",
        "自校",
        "/",
        "合格",
        "在用",
    ),
    ("合计", "", "4"),
    ("制表人：李工",),
)


def ledger() -> bytes:
    """Return a workbook of two sheets with merged headings, of which the second begins a row further down."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, top, rows in (("水泥分厂", 1, FIRST), ("熟料分厂", 2, SECOND)):
        page = book.add_worksheet(name)
        page.merge_range(0, 0, 0, len(ABOVE) - 1, "计量器具管理台账")
        for column, text in enumerate(ABOVE):
            if text == "检定信息":
                page.merge_range(top, column, top, column + 4, text)
            elif text:
                page.merge_range(top, column, top + 1, column, text)
            if BELOW[column]:
                page.write(top + 1, column, BELOW[column])
        for number, row in enumerate(rows, top + 2):
            for column, cell in enumerate(row):
                page.write(number, column, cell)
    book.close()
    return target.getvalue()


def hand_in(page: Page, ledger: str, data: bytes, name: str = "计量器具台账.xlsx") -> None:
    page.goto(f"/{ledger}/import/")
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # as the driver's documentation has it
    page.get_by_role("button", name="检查").click()


def test_a_strangers_ledger_and_its_certificates_come_in_by_the_page_alone(
    visit: Callable[..., Page],
    session_of: Callable[..., Client],
    plant: Plant,
    picture: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    page = visit(session=session_of(Role.METROLOGIST, at=plant))
    hand_in(page, "instruments", ledger())
    page.get_by_label("管理编号: 取自某列").select_option(label="取自 D 列 出厂编号")
    page.get_by_label("器具类别: 取自某列").select_option(label="取自 B 列 器具名称")
    page.locator("[name=fixed-taken_over_on]").fill("2026-06-01")
    page.get_by_label("溯源方式", exact=True).select_option("verification")
    page.get_by_role("button", name="逐行检查").click()
    word = page.get_by_label("器具类别: 流量计")
    expect(word).to_have_value("")
    picture(page, "import-words")
    word.select_option("turbine_flow")
    page.get_by_role("button", name="逐行检查").first.click()
    expect(page.get_by_text("1 行有错误")).to_be_visible()
    expect(page.locator("#meanings")).to_contain_text("1 行：器具类别 皮带秤 ← 电子皮带秤")
    picture(page, "import-faults")

    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载标出错误的原表").click()
    waiting.value.save_as(tmp_path / "标出.xlsx")
    made = openpyxl.load_workbook(tmp_path / "标出.xlsx")
    sheet = made["水泥分厂"]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["D7"]
    sheet["D7"].value = "20180111"
    made.save(tmp_path / "改好.xlsx")
    corrected = (tmp_path / "改好.xlsx").read_bytes()
    hand_in(page, "instruments", corrected, "改好.xlsx")
    expect(page.get_by_text("没有错误：新增 4")).to_be_visible()
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#rows tbody tr")).to_have_count(4)

    hand_in(page, "certificates", corrected, "改好.xlsx")
    expect(page.get_by_label("D 出厂编号")).to_have_value("instrument")
    page.get_by_label("证书类别: 取自某列").select_option(label="取自 J 列 检定信息 / 检定单位")
    page.get_by_role("button", name="逐行检查").click()
    page.get_by_label("证书类别: 市计量所").select_option("verification")
    page.get_by_label("确为校准").check()
    page.get_by_label("按该月（年）最后一天").check()
    picture(page, "import-questions")
    page.get_by_role("button", name="逐行检查").first.click()
    expect(page.get_by_text("没有错误：新增 4")).to_be_visible()
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#rows tbody tr")).to_have_count(4)
    expect(page.get_by_role("cell", name="2027-02-28", exact=True)).to_have_count(4)
