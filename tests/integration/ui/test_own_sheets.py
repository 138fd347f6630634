"""A plant's own workbook: heads found and proposed, columns chosen, rows checked, and the next one recognised."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import lxml.html  # type: ignore[import-untyped]  # it has none
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant.models import Line
from tanheng.platform.record.models import Attachment, AuditEvent, Plant
from tanheng.platform.ui.models import SheetMapping

Login = Callable[..., Client]
Data = dict[str, Any]  # Any: text, or several texts

# Two rows of headings, the upper merged, below a title; a number nobody needs; hours, not days; a total and a signature.
ROWS: Sequence[Sequence[str]] = (
    ("序号", "生产线", "", "窑", "", "设计能力（t/h）", "熟料品种", "投产时间"),
    ("", "编号", "名称", "窑径(m)", "窑长(m)", "", "", ""),
    ("1", "1", "东线", "4.8", "72", "208.5", "硅酸盐水泥熟料", "2009.6.18"),
    ("2", "2", "西线", "4", "60", "104", "普通熟料", "2005年3月1日"),
    ("合计", "", "", "", "", "312.5", "", ""),
    ("制表：王工", "", "", "", "", "", "", ""),
)
MERGED = ((1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 2, 5), (1, 6, 2, 6), (1, 7, 2, 7))


def workbook(
    sheets: dict[str, Sequence[Sequence[str]]], *, title: str = "生产线一览表", name: str = "2025年3月生产线.xlsx"
) -> SimpleUploadedFile:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for sheet, rows in sheets.items():
        page = book.add_worksheet(sheet)
        page.merge_range(0, 0, 0, 7, title)
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                if text:
                    page.write_string(number, column, text)
        for top, left, bottom, right in MERGED:
            page.merge_range(top, left, bottom, right, rows[top - 1][left])
    book.close()
    return SimpleUploadedFile(name, target.getvalue())


def one(rows: Sequence[Sequence[str]] = ROWS) -> SimpleUploadedFile:
    return workbook({"汇总": rows})


def form_of(page: str) -> Data:
    """Return what a browser without scripts would send of the page's form."""
    form = lxml.html.fromstring(page).xpath('//main//form[@method="post"]')[0]
    data: Data = {}
    for control in form.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]"):
        if control.tag == "input" and control.get("type") in ("checkbox", "file") and control.get("checked") is None:
            continue
        if control.tag == "select":
            value = (control.xpath("./option[@selected]") or control.xpath("./option"))[0]
            text = value.get("value", value.text_content())
        else:
            text = control.get("value", "on" if control.get("type") == "checkbox" else "")
        data.setdefault(control.get("name"), []).append(text)
    return data


class Importing:
    """Somebody with nothing but the page."""

    def __init__(self, client: Client, ledger: str = "lines") -> None:
        self.client, self.ledger = client, ledger
        self.address = ""

    def hand_in(self, file: SimpleUploadedFile) -> str:
        answer = self.client.post(f"/{self.ledger}/import/", {"file": file, "reason": ""})
        if answer.status_code == 302:
            self.address = str(answer["Location"])
            answer = self.client.get(self.address)
        assert answer.status_code == 200, answer.content.decode()
        return answer.content.decode()

    def send(self, data: Data, *, status: int = 200, do: str = "check") -> str:
        answer = self.client.post(self.address, {**data, "do": do})
        assert answer.status_code == status, answer.content.decode()
        return answer.content.decode()

    def confirm(self, page: str) -> str:
        form = lxml.html.fromstring(page).xpath('//main//form[@method="post"]')[0]
        answer = self.client.post(form.get("action"), form_of(page), follow=True)
        return answer.content.decode()

    def know(self) -> None:
        """Lay the workbook out as it is proposed, and say the one word that is unknown."""
        page = self.send(form_of(self.hand_in(one())))
        data = form_of(page)
        data["meaning"] = ["portland"]
        self.send(data)


@pytest.fixture
def importing(login: Login) -> Importing:
    return Importing(login(Role.STATISTICIAN))


def texts(page: str) -> str:
    return " ".join(lxml.html.fromstring(page).xpath("//main")[0].text_content().split())


def test_headings_below_a_title_and_merged_are_found_and_fields_proposed(importing: Importing) -> None:
    data = form_of(importing.hand_in(one()))
    assert (data["first"], data["last"]) == (["2"], ["3"])
    assert data["column"] == [
        "", "code", "name_zh", "kiln_diameter", "kiln_length", "design_capacity", "clinker", "commissioned_on",
    ]  # fmt: skip
    assert data["name"] == ["生产线"]


def test_a_word_that_no_list_has_is_asked_for_once(importing: Importing) -> None:
    page = importing.send(form_of(importing.hand_in(one())))
    data = form_of(page)
    assert (data["of"], data["said"]) == (["clinker"], ["普通熟料"])
    data["meaning"] = ["portland"]
    assert "Without faults: 2 new, 0 corrected, 0 unchanged." in importing.send(data)


def test_rows_are_imported_in_our_units_without_totals_and_signatures(importing: Importing, plant: Plant) -> None:
    data = form_of(importing.send(form_of(importing.hand_in(one()))))
    data["meaning"] = ["portland"]
    page = importing.send(data)
    assert "row 6: 合计" in texts(page)
    assert "row 7: 制表：王工" in texts(page)
    assert "2 new, 0 corrected, 0 unchanged" in importing.confirm(page)
    with scope(all_plants()):
        first, second = Line.objects.filter(plant=plant).order_by("code")
    # 208.5 t/h × 24 h/d = 5004 t/d; 104 × 24 = 2496.
    assert (first.design_capacity, second.design_capacity) == (Decimal(5004), Decimal(2496))
    assert (first.name_zh, str(first.commissioned_on), second.clinker) == ("东线", "2009-06-18", "portland")


def test_the_next_workbook_of_that_shape_is_recognised(importing: Importing) -> None:
    importing.know()
    rows = [*ROWS[:2], ("1", "3", "南线", "4.8", "72", "100", "普通熟料", "2011/5/1")]
    page = importing.hand_in(workbook({"四月": rows}, name="2025年4月生产线.xlsx"))
    assert "Read as “生产线”" in texts(page)
    assert "Without faults: 1 new" in texts(page)
    assert "1 new" in importing.confirm(page)


def test_a_fault_names_sheet_row_and_column_of_the_original(importing: Importing) -> None:
    importing.know()
    rows = [list(row) for row in ROWS]
    rows[3][5] = "很多"
    page = lxml.html.fromstring(importing.hand_in(one(rows)))
    cells = [" ".join(cell.text_content().split()) for cell in page.xpath("//main//table/tbody/tr")[0]]
    assert cells[:4] == ["汇总", "5", "F 设计能力（t/h）", "很多"]


def test_two_columns_of_one_field_are_refused_with_both_cells(importing: Importing) -> None:
    data = form_of(importing.hand_in(one()))
    data["column"][0] = "code"
    page = importing.send(data, status=400)
    assert "The cells B3 and A3 both mean “Code”" in page
    assert page.count("both mean") == 3  # above, and at either column


def test_a_required_field_without_a_column_is_refused_and_cured_by_a_value_for_all_rows(importing: Importing) -> None:
    data = form_of(importing.hand_in(one()))
    data["column"][6] = ""
    page = importing.send(data, status=400)
    assert "Required fields have no column: Clinker" in page
    data = form_of(page) | {"fixed-clinker": ["white"]}
    assert "Without faults: 2 new" in importing.send(data)


def test_units_that_do_not_convert_are_refused_with_the_cell(importing: Importing) -> None:
    rows = [list(row) for row in ROWS]
    rows[0][5] = "设计能力（MWh）"
    page = importing.send(form_of(importing.hand_in(one(rows))), status=400)
    assert "Cell F3 says MWh, but “Design capacity (t/d)” is in t/d" in page


def test_headings_that_changed_are_named_by_cell_and_the_rest_is_kept(importing: Importing) -> None:
    importing.know()
    rows = [list(row) for row in ROWS]
    rows[0][6], rows[0][7] = "品种", "开工日期"
    page = importing.hand_in(one(rows))
    assert "The heading in cell G3 has changed: it was “熟料品种” when it was kept, it is “品种” now" in page
    assert "H3" in texts(page)
    assert form_of(page)["column"][1:6] == ["code", "name_zh", "kiln_diameter", "kiln_length", "design_capacity"]


def test_one_sheet_a_day_gives_its_rows_their_day(importing: Importing, plant: Plant) -> None:
    def day(code: str) -> Sequence[Sequence[str]]:
        return [*ROWS[:2], ("1", code, f"{code}线", "4.8", "72", "100", "硅酸盐水泥熟料", "")]

    file = workbook({"1": day("a"), "2日": day("b"), "3.3": day("c")}, name="2025年3月日报.xlsx")
    data = form_of(importing.hand_in(file))
    data |= {"every_sheet": ["on"], "sheet_day": ["commissioned_on"]}
    data["column"][7] = ""
    page = importing.send(data)
    assert "Without faults: 3 new" in page
    importing.confirm(page)
    with scope(all_plants()):
        days = [str(line.commissioned_on) for line in Line.objects.filter(plant=plant).order_by("code")]
    assert days == ["2025-03-01", "2025-03-02", "2025-03-03"]


def test_a_sheet_whose_name_is_no_day_is_refused_by_name(importing: Importing) -> None:
    data = form_of(importing.hand_in(workbook({"1": ROWS, "月底": ROWS}, name="日报.xlsx")))
    data |= {"every_sheet": ["on"], "sheet_day": ["commissioned_on"], "month": ["2025-03"]}
    assert "The name of the sheet “月底” holds no day" in importing.send(data, status=400)


def test_other_rows_of_headings_are_read_when_asked_and_refused_when_impossible(importing: Importing) -> None:
    data = form_of(importing.hand_in(one()))
    again = form_of(importing.send(data | {"first": ["3"], "last": ["3"]}, do="read"))
    assert again["column"][1:3] == ["code", "name_zh"]
    assert "“9” to “3”" in importing.send(data | {"first": ["9"], "last": ["3"]}, status=400, do="read")


def test_a_kind_of_sheet_needs_a_name(importing: Importing) -> None:
    data = form_of(importing.send(form_of(importing.hand_in(one()))))
    assert "1 to 60 characters" in importing.send(data | {"name": [" "]}, status=400)


def test_the_original_is_kept_once_and_who_laid_it_out_is_noted(importing: Importing, plant: Plant) -> None:
    importing.know()
    with scope(all_plants()):
        assert Attachment.objects.filter(plant=plant).count() == 1
        assert AuditEvent.objects.filter(plant=plant, action="ui.keep_mapping").count() == 1
        mapping = SheetMapping.objects.get(plant=plant)
    assert (mapping.ledger, mapping.name) == ("lines", "生产线")
    assert mapping.layout["words"] == {"clinker": {"普通熟料": "portland"}}


def test_somebody_elses_file_is_not_laid_out(importing: Importing, login: Login) -> None:
    importing.hand_in(one())
    assert login(Role.STATISTICIAN).get(importing.address).status_code == 404
    assert login(Role.VERIFIER).get(importing.address).status_code == 403
    assert Client().get(importing.address).status_code == 302


def test_a_sheet_with_nothing_like_a_ledger_is_still_shown(importing: Importing) -> None:
    file = SimpleUploadedFile("a.csv", "甲,乙\r\n1,2\r\n".encode())
    data = form_of(importing.hand_in(file))
    assert data["column"] == ["", ""]
    assert "No column means a field" in importing.send(data, status=400)


def test_a_value_is_proposed_by_its_likeness(importing: Importing) -> None:
    rows = [list(row) for row in ROWS]
    rows[3][6] = "白色水泥熟料"
    page = importing.send(form_of(importing.hand_in(one(rows))))
    chosen = re.search(r'<select[^>]*name="meaning".*?<option value="(\w+)" selected>', page, re.DOTALL)
    assert chosen is not None
    assert chosen[1] == "white"


def test_a_column_serves_a_second_field_and_what_is_typed_stands_before(importing: Importing, plant: Plant) -> None:
    data = form_of(importing.hand_in(one()))
    data["column"][1] = ""
    data |= {"from-code": ["1"], "fixed-code": ["L-"], "from-name_en": ["2"]}
    data["column"][6] = ""
    data |= {"fixed-clinker": ["portland"]}
    importing.confirm(importing.send(data))
    with scope(all_plants()):
        rows = Line.objects.filter(plant=plant).order_by("code")
        assert [(row.code, row.name_zh, row.name_en) for row in rows] == [("L-1", "东线", "东线"), ("L-2", "西线", "西线")]
