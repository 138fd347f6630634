"""What a stranger's own ledger asks of a person: its words once, its faults all together, its sums never."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import lxml.html  # type: ignore[import-untyped]  # it has none
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant.models import Line
from tanheng.platform.record.models import Plant
from tests.integration.ui.test_own_sheets import Importing, form_of, texts

HEADS = ("序号", "编号", "名称", "设计能力（t/d）", "熟料品种", "投产时间", "管理类别")
GOOD = ("1", "1", "一线", "5000", "硅酸盐水泥熟料", "2009.6.18", "A")


def book(
    sheets: dict[str, Sequence[Sequence[str]]], heads: Sequence[str] = HEADS, name: str = "生产线.xlsx"
) -> SimpleUploadedFile:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    for sheet, rows in sheets.items():
        page = made.add_worksheet(sheet)
        for number, row in enumerate((heads, *rows)):
            for column, text in enumerate(row):
                if text:
                    page.write_string(number, column, text)
    made.close()
    return SimpleUploadedFile(name, target.getvalue())


def line(
    code: str, *, word: str = "硅酸盐水泥熟料", day: str = "2009.6.18", name: str = "某线", power: str = "5000"
) -> tuple[str, ...]:
    return (code, code, name, power, word, day, "A")


@pytest.fixture
def importing(login: Callable[..., Client]) -> Importing:
    return Importing(login(Role.STATISTICIAN, language="zh-hans"))


def asked(page: str) -> list[str]:
    """Return the words that the page asks for, without those that were said before."""
    found: list[str] = lxml.html.fromstring(page).xpath('//section[@id="words"]//input[@name="said"]/@value')
    return found


def answered(page: str, code: str = "portland") -> dict[str, list[str]]:
    data = form_of(page)
    data["meaning"] = [said or code for said in data["meaning"]]
    return data


def rows_of(page: str) -> list[list[str]]:
    """Return sheet, row, column, content and message of each line of faults."""
    lines = lxml.html.fromstring(page).xpath("//main//table/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in line] for line in lines]


def test_one_page_asks_for_the_words_of_all_sheets_and_a_later_file_only_for_its_new_one(importing: Importing) -> None:
    file = book({"甲": [line("1", word="甲类料")], "乙": [line("2", word="乙类料")]})
    page = importing.send({**form_of(importing.hand_in(file)), "every_sheet": ["on"]})
    assert asked(page) == ["甲类料", "乙类料"]
    assert "没有错误" in importing.send(answered(page)) or "新增 2" in texts(importing.send(answered(page)))
    page = importing.hand_in(
        book({"甲": [line("1", word="甲类料"), line("3", word="丙类料")], "乙": [line("2", word="乙类料")]})
    )
    assert asked(page) == ["丙类料"]
    page = importing.send(answered(page))
    assert asked(page) == []
    importing.confirm(page)
    with scope(all_plants()):
        assert Line.objects.count() == 3


def test_words_of_a_saved_layout_are_kept_when_its_columns_are_seen_again(importing: Importing, plant: Plant) -> None:
    file = book({"甲": [line("1", word="甲类料"), line("2", word="乙类料")]})
    importing.send(answered(importing.send(form_of(importing.hand_in(file)))))
    page = importing.hand_in(book({"甲": [line("1", word="甲类料"), line("2", word="丁类料")]}))
    done = importing.send(answered(page))
    link = lxml.html.fromstring(done).xpath('//main//a[contains(@href, "mapping=")]/@href')[0]
    importing.address = link
    again = importing.send(form_of(importing.client.get(link).content.decode()))
    assert asked(again) == []


@pytest.mark.parametrize(
    "row",
    [
        ("", "原料车间 小计 45台"),
        ("", "原料车间", "小计", "45台"),
        ("", "", "合计 200台"),
        ("合计", "", "200"),
        ("", "", "", "", "共计：12 件"),
        ("", "本页小计12只"),
        ("", "", "", "", "总计200台（其中A类30台）"),
    ],
)
def test_a_row_that_says_but_a_sum_is_left_out_and_its_words_are_not_asked_for(
    importing: Importing, row: Sequence[str]
) -> None:
    page = importing.send(form_of(importing.hand_in(book({"甲": [GOOD, row, line("2")]}))))
    assert asked(page) == []
    said = texts(page)
    assert "第 3 行" in said or "行 3" in said
    assert next(text for text in row if text) in said
    assert "新增 2" in said


def test_a_row_that_says_more_than_a_sum_is_read(importing: Importing) -> None:
    rows = [GOOD, line("2", name="合计线"), line("3", name="2号线总计量")]
    assert "新增 3" in texts(importing.send(form_of(importing.hand_in(book({"甲": rows})))))


def test_faults_of_one_word_stand_together_with_the_nearest_words_and_the_list_stands_once(importing: Importing) -> None:
    rows = [GOOD, *(line(str(number), word="熟料") for number in range(2, 25))]
    data = form_of(importing.send(form_of(importing.hand_in(book({"甲": rows})))))
    data["meaning"] = [""]
    page = importing.send(data)
    (fault,) = rows_of(page)
    assert fault[0] == "甲"
    assert fault[1] == "23 行: 3–25"
    assert fault[2:4] == ["E 熟料品种", "熟料"]
    assert "“熟料”不在可选词内；相近的有：" in fault[4]
    assert texts(page).count("“E 熟料品种”可填的词") == 1


def test_a_month_and_a_day_that_is_none_are_told_at_once_with_all_other_faults(importing: Importing) -> None:
    rows = [
        line("1", day="2025年10月"),
        line("2", day="2025.10"),
        line("3", day="2025.2.30", power="5"),
        line("4", name=""),
        line("5", power="5"),
        line("1", day="2025.2.30"),
    ]
    page = importing.send(form_of(importing.hand_in(book({"甲": rows}))))
    faults = rows_of(importing.send(form_of(page)))  # the question of the days without a day is left open
    said = {(fault[1], fault[2], fault[4]) for fault in faults}
    month = "只有年月，请补上日，例如 2025-10-15"
    assert ("2", "F 投产时间", month) in said
    assert ("3", "F 投产时间", month) in said
    assert ("2 行: 4, 7", "F 投产时间", "日历上没有“2025.2.30”这一天") in said
    power = [fault for fault in faults if fault[2] == "D 设计能力（t/d）"]
    assert [fault[1] for fault in power] == ["2 行: 4, 6"]  # said by the service, in the same round
    assert any(fault[1:3] == ["5", "C 名称"] for fault in faults)


def test_a_key_that_is_taken_stands_under_its_own_column_and_a_heading_before_a_message_is_ours(importing: Importing) -> None:
    faults = rows_of(importing.send(form_of(importing.hand_in(book({"甲": [line("1"), line("1"), line("3", power="5")]})))))
    assert ["甲", "3", "B 编号", "1"] in [fault[:4] for fault in faults]
    assert not any("design_capacity" in cell for fault in faults for cell in fault)


def test_an_empty_part_of_a_key_is_said(login: Callable[..., Client]) -> None:
    who = Importing(login(Role.METROLOGIST, language="zh-hans"), "certificates")
    heads = ("证书编号", "检定单位", "器具", "检定日期", "有效期至", "结果", "证书类别")
    row = ("Z-1", "", "A-1", "2025-01-02", "", "合格", "检定证书")
    page = who.send(form_of(who.hand_in(book({"甲": [row, row]}, heads))))
    assert asked(page) == []  # there is no instrument yet that A-1 may mean
    twice = [fault for fault in rows_of(page) if "相同的记录" in fault[-1]]
    assert [fault[1:4] for fault in twice] == [["3", "A 证书编号", "Z-1"]]
    assert "(空) · Z-1" in twice[0][-1]


def test_the_class_of_management_is_no_kind_and_the_number_of_an_instrument_names_it(login: Callable[..., Client]) -> None:
    client = login(Role.METROLOGIST, language="zh-hans")
    heads = ("统一编号（管理编号）", "名称", "测量范围", "管理类别", "上次检定日期", "证书编号")
    rows = [("A-1", "地磅", "0~120t", "A", "2025.11.1", "Z-1")]
    page = Importing(client, "instruments").hand_in(book({"甲": rows}, heads))
    assert form_of(page)["column"][0::3] == ["code", ""]
    assert form_of(Importing(client, "certificates").hand_in(book({"甲": rows}, heads)))["column"] == [
        "instrument", "", "", "", "issued_on", "number",
    ]  # fmt: skip


def test_a_range_in_one_column_says_that_it_will_be_split(login: Callable[..., Client]) -> None:
    client = login(Role.METROLOGIST, language="zh-hans")
    heads = ("管理编号", "名称", "测量范围", "管理类别")
    page = Importing(client, "instruments").hand_in(book({"甲": [("A-1", "地磅", "0~120t", "A")]}, heads))
    assert texts(page).count("将拆分为测量范围下限、测量范围上限、测量范围单位") == 1
    heads = ("管理编号", "名称", "测量范围", "测量范围上限")
    page = Importing(client, "instruments").hand_in(book({"甲": [("A-1", "地磅", "0", "120")]}, heads))
    assert "将拆分为" not in texts(page)


def test_a_unit_behind_a_heading_is_no_second_name(login: Callable[..., Client]) -> None:
    client = login(Role.CARBON_MANAGER, language="zh-hans")
    heads = ("线号", "生产线名称", "设计能力（t/h）")
    page = Importing(client, "lines").hand_in(book({"甲": [("a", "东线", "208.5")]}, heads))
    assert form_of(page)["column"] == ["", "name_zh", "design_capacity"]
