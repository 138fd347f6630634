"""A cell with the number 2019.1 was typed as 2019.1 or as 2019.10: it is asked about, and never read as January unnoticed."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.sheets import grids
from tests.integration.ui.test_own_sheets import Importing, form_of, texts
from tests.integration.ui.test_questions_of_own_sheets import LEDGER, part, seen_again, stored
from tests.integration.ui.test_words_and_faults_of_own_sheets import rows_of

Cell = str | float
JANUARY_OR_OCTOBER = (
    "2019.1 不是文本：可能是 1 月，也可能是 10 月（输入 2019.10 时末尾的 0 被表格软件去掉），"
    "请写出日期，例如 2019-01-15 或 2019-10-15"
)


def book(sheets: dict[str, Sequence[Sequence[Cell]]], *, name: str = "台账.xlsx") -> SimpleUploadedFile:
    """Return a workbook in which numbers are numbers."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    for sheet, rows in sheets.items():
        page = made.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                page.write(number, column, value)
    made.close()
    return SimpleUploadedFile(name, target.getvalue())


def ledger(*days: Cell) -> dict[str, Sequence[Sequence[Cell]]]:
    return {"台账": [LEDGER, *((f"A-{number}", "皮带秤", "检定", "在用", day) for number, day in enumerate(days, 1))]}


@pytest.fixture
def instruments(login: Callable[..., Client]) -> Importing:
    return Importing(login(Role.METROLOGIST, language="zh-hans"), "instruments")


def laid_out(who: Importing, file: SimpleUploadedFile) -> str:
    """Hand a ledger in and say what the page asks for before any row."""
    return who.send({**form_of(who.hand_in(file)), "from-kind": ["1"], "fixed-taken_over_on": ["2026-01-01"]})


def days(plant: Plant) -> list[str]:
    return [str(row.made_on) for _code, row in sorted(stored(plant).items())]


def test_a_number_that_may_lack_its_zero_is_asked_about_with_its_cells_and_nothing_is_preset(instruments: Importing) -> None:
    page = laid_out(instruments, book(ledger(2019.1, "2019.5.7", 2019.1, 2021.1)))
    question = part(page, "question-zero-made_on-2019")
    said = " ".join(question.text_content().split())
    assert said.startswith("2 行: “出厂日期”中的 2019.1 不是文本：可能是 1 月，也可能是 10 月")
    assert "单元格: E2、E4" in said
    assert [one.get("value") for one in question.xpath(".//input[@type='radio']")] == ["january", "october", ""]
    assert question.xpath(".//input[@checked]/@value") == [""]
    assert "单元格: E5" in part(page, "question-zero-made_on-2021").text_content()


@pytest.mark.parametrize(
    ("month", "which", "day"),
    [
        ("january", "first", "2019-01-01"),
        ("january", "last", "2019-01-31"),
        ("october", "first", "2019-10-01"),
        ("october", "last", "2019-10-31"),
    ],
)
def test_the_month_that_was_said_is_imported_and_announced(
    instruments: Importing, plant: Plant, month: str, which: str, day: str
) -> None:
    page = laid_out(instruments, book(ledger(2019.1, "2020.5.7")))
    answers = {"answer-zero-made_on-2019": [month], "answer-short-made_on": [which]}
    page = instruments.send({**form_of(page), **answers})
    said = {"january": "1 行：出厂日期 都是 2019 年 1 月 ← 2019.1", "october": "1 行：出厂日期 都是 2019 年 10 月 ← 2019.1"}
    assert said[month] in [" ".join(one.text_content().split()) for one in part(page, "meanings").xpath(".//li")]
    instruments.confirm(page)
    assert days(plant) == [day, "2020-05-07"]


def test_a_year_is_settled_apart_from_another(instruments: Importing, plant: Plant) -> None:
    page = laid_out(instruments, book(ledger(2019.1, 2021.1)))
    answers = {"answer-zero-made_on-2019": ["october"], "answer-zero-made_on-2021": ["january"]}
    instruments.confirm(instruments.send({**form_of(page), **answers, "answer-short-made_on": ["first"]}))
    assert days(plant) == ["2019-10-01", "2021-01-01"]


def test_left_open_it_is_a_fault_of_its_cell_with_both_readings_and_the_cure(instruments: Importing, plant: Plant) -> None:
    page = laid_out(instruments, book(ledger("2019.5.7", 2019.1)))
    page = instruments.send({**form_of(page), "answer-zero-made_on-2019": [""], "answer-short-made_on": ["first"]})
    assert rows_of(page) == [["台账", "3", "E 出厂日期", "2019.1", JANUARY_OR_OCTOBER]]
    assert stored(plant) == {}


def test_an_answer_can_be_changed_later(instruments: Importing, plant: Plant) -> None:
    page = laid_out(instruments, book(ledger(2019.1)))
    page = instruments.send({**form_of(page), "answer-zero-made_on-2019": ["january"], "answer-short-made_on": ["first"]})
    page = seen_again(instruments, page)
    assert part(page, "before").xpath(".//fieldset[@id='question-zero-made_on-2019']//input[@checked]/@value") == ["january"]
    changed = {"answer-zero-made_on-2019": ["october"], "answer-short-made_on": ["first"]}
    instruments.confirm(instruments.send({**form_of(page), **changed}))
    assert days(plant) == ["2019-10-01"]


def answered_with(who: Importing, file: SimpleUploadedFile, month: str) -> str:
    """Hand a new ledger in, say which month 2019.1 means in it, and return the result of the check."""
    page = laid_out(who, file)
    return who.send({**form_of(page), "answer-zero-made_on-2019": [month], "answer-short-made_on": ["first"]})


def test_an_answer_holds_for_its_file_and_the_next_workbook_is_asked_about_again(instruments: Importing, plant: Plant) -> None:
    answered_with(instruments, book(ledger(2019.1)), "january")
    page = instruments.hand_in(book(ledger(2019.1, 2022.1)))
    assert part(page, "words").xpath(".//fieldset/@id") == ["question-zero-made_on-2019", "question-zero-made_on-2022"]
    assert part(page, "words").xpath(".//fieldset[@id='question-zero-made_on-2019']//input[@checked]/@value") == [""]
    assert part(page, "before").xpath(".//fieldset[@id='question-short-made_on']//input[@checked]/@value") == ["first"]
    months = {"answer-zero-made_on-2019": ["october"], "answer-zero-made_on-2022": ["january"]}
    instruments.confirm(instruments.send({**form_of(page), **months, "answer-short-made_on": ["first"]}))
    assert days(plant) == ["2019-10-01", "2022-01-01"]


def test_the_same_file_again_is_read_as_it_was_answered(instruments: Importing, plant: Plant) -> None:
    data = book(ledger(2019.1)).read()
    answered_with(instruments, SimpleUploadedFile("台账.xlsx", data), "october")
    page = instruments.hand_in(SimpleUploadedFile("台账.xlsx", data))
    assert "都是 2019 年 10 月 ← 2019.1" in " ".join(part(page, "meanings").text_content().split())
    instruments.confirm(page)
    assert days(plant) == ["2019-10-01"]


def test_a_file_is_not_imported_with_the_answer_of_another_that_came_between(instruments: Importing, plant: Plant) -> None:
    first = answered_with(instruments, book(ledger(2019.1)), "january")
    other = instruments.hand_in(book(ledger(2019.1, 2019.1)))
    instruments.send({**form_of(other), "answer-zero-made_on-2019": ["october"]})
    assert JANUARY_OR_OCTOBER in instruments.confirm(first)
    assert stored(plant) == {}


def test_what_has_one_reading_is_not_asked_about(instruments: Importing, plant: Plant) -> None:
    said: list[Cell] = ["2019.1", "2019.10", 2019.01, 2019.2, 2019.9, 2019.11, 2019.12]
    page = laid_out(instruments, book(ledger(*said)))
    assert part(page, "words").xpath(".//fieldset/@id") == ["question-short-made_on"]
    instruments.confirm(instruments.send({**form_of(page), "answer-short-made_on": ["first"]}))
    assert days(plant) == [f"2019-{month:02}-01" for month in (1, 10, 1, 2, 9, 11, 12)]


def test_a_number_like_a_year_in_a_column_of_figures_is_a_figure(instruments: Importing, plant: Plant) -> None:
    rows: list[Sequence[Cell]] = [
        (*LEDGER[:4], "测量范围上限", "测量范围单位"),
        ("A-1", "皮带秤", "检定", "在用", 2019.1, "t/h"),
    ]
    page = laid_out(instruments, book({"台账": rows}))
    instruments.confirm(page)
    assert f"{stored(plant)['A-1'].range_high:.1f}" == "2019.1"


def test_a_csv_file_has_no_types_and_is_asked_about(instruments: Importing) -> None:
    lines = [",".join(str(cell) for cell in row) for row in ledger("2019.1", "2019.10")["台账"]]
    page = laid_out(instruments, SimpleUploadedFile("台账.csv", "\n".join(lines).encode("gb18030")))
    assert "单元格: E2" in part(page, "question-zero-made_on-2019").text_content()


def test_merged_cells_are_asked_about_in_each_of_their_rows(tmp_path: Path) -> None:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    page = made.add_worksheet("甲")
    page.write_column(0, 0, ["a", "b", "c"])
    page.merge_range(1, 1, 2, 1, 2019.1)
    made.close()
    path = tmp_path / "merged.xlsx"
    path.write_bytes(target.getvalue())
    (grid,) = grids(path, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    assert (grid.lacking_in(2), grid.lacking_in(3), grid.lacking_in(1)) == ({1: "B2"}, {1: "B3"}, {})


def _fill(page: Any, day: Cell) -> None:  # Any: a sheet of openpyxl
    """Write one row below the headings of our own sheet."""
    said: dict[str, Cell] = {"管理编号": "A-1", "名称": "秤", "器具类别": "皮带秤", "溯源方式": "检定", "出厂日期": day}
    for column, head in enumerate([str(cell.value).rstrip(" *") for cell in page[1]], 1):
        page.cell(2, column).value = said.get(head)


def template(client: Client, day: Cell) -> SimpleUploadedFile:
    """Return our own sheet with one row."""
    made = openpyxl.load_workbook(io.BytesIO(client.get("/instruments/template.xlsx").content))
    page = made.worksheets[0]
    _fill(page, day)
    target = io.BytesIO()
    made.save(target)
    return SimpleUploadedFile("模板.xlsx", target.getvalue())


def test_our_own_template_refuses_it_with_both_readings_and_the_cure(instruments: Importing) -> None:
    page = instruments.hand_in(template(instruments.client, 2019.1))
    assert [row[-3:] for row in rows_of(page)] == [["出厂日期", "2019.1", JANUARY_OR_OCTOBER]]
    page = instruments.hand_in(template(instruments.client, "2019.1"))
    assert [row[-1] for row in rows_of(page)] == ["只有年月，请补上日，例如 2019-01-15"]


def marked_in(who: Importing, page: str) -> bytes:
    """Return the marked workbook that a page of faults offers."""
    address = next(line.split('"')[0] for line in page.split('href="') if "faults.xlsx" in line.split('"')[0])
    return who.client.get(address.replace("&amp;", "&")).content


def test_the_marked_workbook_keeps_the_number_so_that_it_stays_open(instruments: Importing, plant: Plant) -> None:
    page = laid_out(instruments, book(ledger(2019.1)))
    page = instruments.send({**form_of(page), "answer-zero-made_on-2019": [""], "answer-short-made_on": ["first"]})
    data = marked_in(instruments, page)
    assert openpyxl.load_workbook(io.BytesIO(data))["台账"]["E2"].value == 2019.1
    page = instruments.hand_in(SimpleUploadedFile("改过.xlsx", data))
    assert "question-zero-made_on-2019" in page
    assert "新增" not in texts(page)
    assert stored(plant) == {}


def merged_ledger(day: float) -> SimpleUploadedFile:
    """Return a ledger of two rows with one cell for their days."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    page = made.add_worksheet("台账")
    for number, row in enumerate([LEDGER[:5], ("A-1", "皮带秤", "检定", "在用"), ("A-2", "皮带秤", "检定", "在用")]):
        page.write_row(number, 0, row)
    page.merge_range(1, 4, 2, 4, day)
    made.close()
    return SimpleUploadedFile("台账.xlsx", target.getvalue())


def test_the_marked_workbook_keeps_the_number_of_a_merged_cell_and_colours_it(instruments: Importing, plant: Plant) -> None:
    page = laid_out(instruments, merged_ledger(2019.1))
    page = instruments.send({**form_of(page), "answer-zero-made_on-2019": [""], "answer-short-made_on": ["first"]})
    data = marked_in(instruments, page)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["台账"]
    assert sheet["E2"].value == 2019.1
    assert sheet["E2"].fill.fgColor.rgb == "FFFADBD8"
    assert sheet["E2"].comment.text == JANUARY_OR_OCTOBER
    assert [str(one) for one in sheet.merged_cells.ranges] == ["E2:E3"]
    page = instruments.hand_in(SimpleUploadedFile("改过.xlsx", data))
    assert "单元格: E2、E3" in part(page, "question-zero-made_on-2019").text_content()
    assert stored(plant) == {}


def test_the_workbook_of_all_ledgers_refuses_it_too(instruments: Importing) -> None:
    made = openpyxl.load_workbook(io.BytesIO(instruments.client.get("/instrument-workbook.xlsx").content))
    page = made.worksheets[0]
    _fill(page, 2019.1)
    target = io.BytesIO()
    made.save(target)
    answer = instruments.client.post("/instrument-workbook/", {"file": SimpleUploadedFile("总表.xlsx", target.getvalue())})
    assert JANUARY_OR_OCTOBER in answer.content.decode()
