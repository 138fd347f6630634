"""A ledger as its people use it: filtered, exported, imported, corrected by two at once, and read without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tanheng.platform.accounts.roles import Role
from tanheng.platform.record.models import Plant

pytestmark = pytest.mark.browser

HEADS = "编号,名称,英文名称,厂区,熟料,设计产能 (t/d),窑径 (m),窑长 (m),预热器级数,余热发电装机 (MW),替代燃料,投产日期"

Visit = Callable[..., Page]
Session = Callable[..., Client]
Picture = Callable[[Page, str], None]


def enter(page: Page, code: str, name: str, capacity: str) -> None:
    page.goto("/lines/new/")
    page.get_by_label("编号").fill(code)
    page.get_by_label("名称", exact=True).fill(name)
    page.get_by_label("熟料", exact=True).select_option("portland")
    page.get_by_label("设计产能").fill(capacity)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text(f"已保存：“{code} · {name}”")).to_be_visible()


def test_lines_are_entered_filtered_and_exported(visit: Visit, session_of: Session, plant: Plant) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant))
    enter(page, "1", "东线", "5000")
    enter(page, "2", "西线", "2500")
    page.goto("/lines/")
    page.get_by_label("搜索").press_sequentially("西")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.wait_for_url("**f-q=**")
    with page.expect_download() as waiting:
        page.locator("#rows").get_by_role("link", name="CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert [row.split(",")[1] for row in text.splitlines()] == ["名称", "西线"]
    page.reload()
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.get_by_role("heading", name="生产线")).to_be_visible()


def test_a_field_is_checked_while_it_is_typed(visit: Visit, session_of: Session, plant: Plant, picture: Picture) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant))
    page.goto("/lines/new/")
    page.get_by_label("编号").press_sequentially("1 号")
    expect(page.locator("#errors-code .error")).to_be_visible()
    picture(page, "checked-while-typing")
    page.get_by_label("编号").fill("1")
    page.get_by_label("名称", exact=True).focus()
    expect(page.locator("#errors-code .error")).to_have_count(0)


def test_an_import_with_row_errors_and_then_success(
    visit: Visit, session_of: Session, plant: Plant, tmp_path: Path, picture: Picture
) -> None:
    page = visit(session=session_of(Role.STATISTICIAN, at=plant))
    page.goto("/lines/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载模板").click()
    assert waiting.value.suggested_filename == "lines-template.xlsx"
    page.get_by_role("link", name="导入", exact=True).click()
    file = tmp_path / "生产线.csv"
    good = "1,1号线,,,硅酸盐水泥熟料,5000,4.8,72,5,9,否,2009.6.18"
    file.write_text(f"{HEADS}\n{good}\n2,2号线,,,白水泥,2500,4,600,5,,否,\n", encoding="utf-8")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_text("1 行有错误；没有保存任何内容")).to_be_visible()
    expect(page.get_by_role("cell", name="白水泥", exact=True)).to_be_visible()
    picture(page, "import-with-errors")
    file.write_text(f"{HEADS}\n{good}\n2,2号线,,,白色硅酸盐水泥熟料,2500,4,60,5,,否,\n", encoding="utf-8")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_text("没有错误：新增 2")).to_be_visible()
    picture(page, "import-checked")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#rows tbody tr")).to_have_count(2)


def test_two_persons_correct_one_line_and_neither_is_lost(
    visit: Visit, session_of: Session, plant: Plant, picture: Picture
) -> None:
    first = visit(session=session_of(Role.CARBON_MANAGER, at=plant), expected=("409",))
    second = visit(session=session_of(Role.METROLOGIST, at=plant))
    enter(first, "1", "东线", "5000")
    address = first.url
    for page, capacity in ((first, "5200"), (second, "5500")):
        page.goto(f"{address}edit/")
        page.get_by_label("设计产能").fill(capacity)
        page.get_by_label("更正原因").fill(f"改为 {capacity}")
    second.get_by_role("button", name="保存").click()
    expect(second.get_by_text("第 2 版").first).to_be_visible()
    picture(second, "history")
    first.get_by_role("button", name="保存").click()
    expect(first.get_by_role("heading", name="已有他人先行保存")).to_be_visible()
    expect(first.get_by_text("5,500")).to_be_visible()
    expect(first.get_by_text("5,200")).to_be_visible()
    picture(first, "stale")


def test_language_and_theme_are_switched(visit: Visit, session_of: Session, plant: Plant, picture: Picture) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant))
    page.goto("/lines/?f-q=x")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Production lines")).to_be_visible()
    assert "f-q=x" in page.url
    page.locator("details.menu summary", has_text="auto").click()
    page.get_by_role("button", name="dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/")
    picture(page, "dark-overview")
    page.goto("/lines/new/")
    picture(page, "dark-form")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="新增生产线")).to_be_visible()


def test_a_forbidden_role_is_told_why(visit: Visit, session_of: Session, plant: Plant, picture: Picture) -> None:
    page = visit(session=session_of(Role.VERIFIER, at=plant), expected=("403",))
    page.goto("/lines/")
    expect(page.get_by_role("link", name="新增")).to_have_count(0)
    answer = page.goto("/lines/new/")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("alert")).to_contain_text("修改企业基础信息")
    picture(page, "forbidden")


def test_pages_read_and_work_without_scripts(visit: Visit, session_of: Session, plant: Plant) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant), scripts=False)
    enter(page, "1", "东线", "5000")
    enter(page, "2", "西线", "2500")
    page.goto("/lines/")
    page.get_by_label("搜索").fill("东")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.locator("summary", has_text="列").click()
    expect(page.get_by_label("窑长 (m)")).to_be_visible()
    page.goto("/")
    page.locator("figure summary").click()
    expect(page.locator("figure table")).to_be_visible()


def test_a_form_fits_a_telephone_and_goes_by_keyboard(
    visit: Visit, session_of: Session, plant: Plant, picture: Picture
) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant), width=390)
    page.goto("/lines/new/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "telephone")
    page.goto("/lines/")
    page.keyboard.press("/")
    expect(page.get_by_label("搜索")).to_be_focused()


def test_a_plants_own_sheet_is_laid_out_without_scripts(visit: Visit, session_of: Session, plant: Plant) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant), scripts=False)
    page.goto("/lines/import/")
    sheet = "某厂生产线表,,,\r\n序号,线号,生产线名称,设计能力（t/h）\r\n1,a,东线,208.5\r\n2,b,西线,104\r\n合计,,,312.5\r\n"
    file = {"name": "生产线.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # as the driver's documentation has it
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_role("heading", name="您的表中各列")).to_be_visible()
    page.get_by_label("B 线号").select_option("code")
    page.get_by_label("熟料", exact=True).select_option("portland")
    page.get_by_role("button", name="逐行检查").click()
    expect(page.get_by_text("新增 2")).to_be_visible()
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("cell", name="5,004")).to_be_visible()
    page.goto("/lines/import/")
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # as above
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_text("按表样“生产线”读取")).to_be_visible()


def test_rows_are_ticked_and_counted(visit: Visit, session_of: Session, plant: Plant, picture: Picture) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant))
    for code, name in (("1", "东线"), ("2", "西线"), ("3", "南线")):
        enter(page, code, name, "5000")
    page.goto("/lines/")
    page.get_by_label("选择 1", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-ticked]")).to_have_text("已选： 1")
    page.get_by_label("选择 3", exact=True).click(modifiers=["Shift"])
    expect(page.locator("[data-ticked]")).to_have_text("已选： 3")
    picture(page, "ticked")
    page.get_by_role("button", name="注销所选").click()
    page.get_by_label("原因").fill("重复录入")
    page.get_by_role("button", name="注销", exact=True).click()
    expect(page.get_by_text("已注销 3 条记录")).to_be_visible()
