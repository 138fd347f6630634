"""Importing a sheet: checked row by row, saved whole or not at all, its original kept."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import scope
from tanheng.platform.plant.models import Line, Site
from tanheng.platform.record.models import Attachment, Plant

Login = Callable[..., Client]
Enter = Callable[..., Line]

HEADS = "编号,名称,英文名称,厂区,熟料,设计产能 (t/d),窑径 (m),窑长 (m),预热器级数,余热发电装机 (MW),替代燃料,投产日期,有效期起"
ONE = "1,1号线,,,硅酸盐水泥熟料,5000,4.8,72,5,9,否,2009.6.18,2026/1/1"
TWO = "2,2号线,,,portland,2500,4,60,5,,是,2005年3月1日,"


def sheet(*rows: str, heads: str = HEADS, encoding: str = "utf-8-sig", name: str = "lines.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\r\n".join([heads, *rows]).encode(encoding))


def check(client: Client, file: SimpleUploadedFile, reason: str = "") -> tuple[int, str]:
    answer = client.post("/lines/import/", {"file": file, "reason": reason})
    return answer.status_code, answer.content.decode()


def import_checked(client: Client, page: str, reason: str = "") -> str:
    kept = re.search(r'name="kept" value="([^"]+)"', page)
    assert kept is not None, page
    return client.post("/lines/import/", {"kept": kept[1], "reason": reason}, follow=True).content.decode()


def saved(plant: Plant) -> list[Line]:
    with scope([plant.pk]):
        return list(Line.objects.filter(plant=plant).order_by("id"))


def test_a_good_sheet_is_checked_and_then_saved(login: Login, plant: Plant) -> None:
    client = login(Role.STATISTICIAN)
    status, page = check(client, sheet(ONE, TWO))
    assert status == 200
    assert "Without faults: 2 new, 0 corrected, 0 unchanged." in page
    assert saved(plant) == []
    assert "2 new, 0 corrected, 0 unchanged" in import_checked(client, page)
    first, second = saved(plant)
    assert (first.code, first.design_capacity, str(first.commissioned_on), str(first.valid_from)) == (
        "1",
        Decimal(5000),
        "2009-06-18",
        "2026-01-01",
    )
    assert (second.clinker, second.alternative_fuels, second.waste_heat_power) == ("portland", True, None)


def test_every_fault_names_row_column_and_value_and_nothing_is_saved(login: Login, plant: Plant) -> None:
    bad = [
        "3,,,,硅酸盐水泥熟料,5000,,,,,否,,",
        "4,4号线,,,白水泥,5000,,,,,否,,",
        "5,5号线,,,硅酸盐水泥熟料,五千,,,,,也许,,",
        "1,again,,,硅酸盐水泥熟料,5000,,,,,否,,",
    ]
    _status, page = check(login(Role.STATISTICIAN), sheet(ONE, *bad))
    faults = re.findall(r"<tr><td[^>]*>(\d+)</td><td>([^<]*)</td><td>([^<]*)</td>", page)
    assert ("3", "Name", "—") in faults
    assert ("4", "Clinker", "白水泥") in faults
    assert "“白水泥” is not in the list; the nearest are: Portland cement clinker、White cement clinker" in page
    assert page.count("Portland cement clinker") == 2  # beside the row, and once below
    assert ("5", "Alternative fuels", "也许") in faults
    assert [row for row, _column, _value in faults].count("6") == 1
    assert "4 rows have faults; nothing was saved" in page
    assert "Import now" not in page
    assert saved(plant) == []


def test_a_known_code_corrects_its_record_and_needs_a_reason(login: Login, enter: Enter, plant: Plant) -> None:
    enter("1")
    client = login(Role.STATISTICIAN)
    _status, page = check(client, sheet(ONE), reason="survey of 2026")
    assert "0 new, 1 corrected" in page
    import_checked(client, page, reason="survey of 2026")
    assert [(row.version, row.reason) for row in saved(plant)] == [(1, ""), (2, "survey of 2026")]


def test_the_reason_of_all_corrections_is_asked_for_once_and_without_it_nothing_is_saved(
    login: Login, enter: Enter, plant: Plant
) -> None:
    enter("1")
    enter("2")
    client = login(Role.STATISTICIAN)
    _status, page = check(client, sheet(ONE, TWO, ONE.replace("1,1号线", "3,3号线")))
    assert "1 new, 2 corrected, 0 unchanged" in page
    assert "Why 2 records that are there already are corrected, once for all" in page
    refused = import_checked(client, page)
    assert "Nothing was saved: a correction needs its reason." in refused
    assert len(saved(plant)) == 2
    import_checked(client, refused, reason="survey of 2026")
    assert [(row.code, row.version, row.reason) for row in saved(plant)[2:]] == [
        ("1", 2, "survey of 2026"), ("2", 2, "survey of 2026"), ("3", 1, ""),
    ]  # fmt: skip


def test_an_export_comes_back_unchanged(login: Login, enter: Enter, enter_site: Callable[[str], Site], plant: Plant) -> None:
    enter_site("A")
    enter("1", site="A", name_en="=1+1", kiln_diameter=Decimal("4.80"))
    enter("2", alternative_fuels=True, waste_heat_power=Decimal("7.5"))
    client = login(Role.STATISTICIAN)
    for ending in ("csv", "xlsx"):
        exported = client.get(f"/lines/export.{ending}").content
        _status, page = check(client, SimpleUploadedFile(f"back.{ending}", exported))
        assert "0 new, 0 corrected, 2 unchanged" in page, ending


def test_the_template_can_be_filled_in_and_imported(login: Login, plant: Plant) -> None:
    client = login(Role.STATISTICIAN, language="zh-hans")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/lines/template.xlsx").content))
    filled: dict[str, str | int] = {
        "编号 *": "1",
        "名称 *": "1号线",
        "熟料 *": "硅酸盐水泥熟料",
        "设计产能 (t/d)": 5000,
        "替代燃料": "否",
    }
    first = book.worksheets[0]
    for number, head in enumerate(first.iter_rows(max_row=1, values_only=True).__next__(), start=1):
        first.cell(2, number).value = filled.get(str(head))
    target = io.BytesIO()
    book.save(target)
    _status, page = check(client, SimpleUploadedFile("lines.xlsx", target.getvalue()))
    assert "新增 1" in page
    assert book["tanheng"]["A2"].value == "line/1"


def test_a_sheet_in_the_encoding_of_an_old_spreadsheet_is_read(login: Login) -> None:
    _status, page = check(login(Role.STATISTICIAN), sheet(ONE, encoding="gb18030"))
    assert "1 new" in page


@pytest.mark.parametrize(
    "heads",
    [HEADS.replace("窑径 (m)", "窑的外径"), HEADS.replace("名称,英文名称", "名称,名称"), HEADS.replace("熟料,", "备用,")],
)
def test_headings_that_are_not_the_templates_lead_to_the_page_of_columns(heads: str, login: Login) -> None:
    answer = login(Role.STATISTICIAN).post("/lines/import/", {"file": sheet(ONE, heads=heads), "reason": "why"})
    assert answer.status_code == 302
    assert re.fullmatch(r"/lines/import/[0-9a-f-]{36}/\?reason=why", str(answer["Location"]))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("lines.csv", b"", "empty"),
        ("lines.pdf", b"%PDF-1.7\n%%EOF\n", "not accepted"),
        ("lines.xlsx", b"code,name\r\n1,2\r\n", "content is"),
    ],
)
def test_files_that_are_no_sheets_are_refused(name: str, data: bytes, said: str, login: Login) -> None:
    status, page = check(login(Role.STATISTICIAN), SimpleUploadedFile(name, data))
    assert status == 400
    assert said in page


def test_the_original_is_kept_under_its_hash_also_when_it_is_bad(login: Login, plant: Plant) -> None:
    file = sheet("3,,,,硅酸盐水泥熟料,5000,,,,,否,,")
    expected = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    _status, page = check(login(Role.STATISTICIAN), file)
    assert expected in page
    with scope([plant.pk]):
        assert list(Attachment.objects.filter(plant=plant).values_list("sha256", "name")) == [(expected, "lines.csv")]


def test_a_file_that_somebody_else_handed_in_is_not_imported(login: Login, plant: Plant) -> None:
    _status, page = check(login(Role.STATISTICIAN), sheet(ONE))
    assert "There is no file to import" in import_checked(login(Role.CARBON_MANAGER), page)
    assert saved(plant) == []


def test_three_bad_rows_of_five_thousand_are_named_and_nothing_is_half_saved(login: Login, plant: Plant) -> None:
    rows: Sequence[str] = [ONE.replace("1,1号线", f"L{number},L{number}", 1) for number in range(5000)]
    bad = {10, 2500, 4999}
    mixed = [row.replace(",5000,", ",5,") if number in bad else row for number, row in enumerate(rows)]
    _status, page = check(login(Role.STATISTICIAN), sheet(*mixed))
    assert "3 rows have faults" in page
    assert "3 rows: 12, 2502, 5001" in page
    assert saved(plant) == []


def test_what_changed_between_check_and_import_is_said_and_nothing_is_half_saved(
    login: Login, enter: Enter, plant: Plant
) -> None:
    client = login(Role.STATISTICIAN)
    _status, page = check(client, sheet(ONE, TWO))
    enter("2")  # somebody else, meanwhile: row 3 is a correction now, and has no reason
    answer = import_checked(client, page)
    assert "Nothing was saved: a correction needs its reason." in answer
    assert [(row.code, row.version) for row in saved(plant)] == [("2", 1)]
