"""The pages of the instruments: lists with states, actions, files, labels, the year's end, and one workbook for all."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tanheng.metrology.instruments.model import UseState
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import models, selectors
from tanheng.platform.plant.models import Point
from tanheng.platform.record import schema, versions
from tanheng.platform.record.models import Attachment, Plant

Enter = Callable[..., Any]
Login = Callable[..., Client]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def book(data: bytes) -> dict[str, list[list[Any]]]:
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as opened:
        return {name: opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names}


@pytest.fixture
def metrologist(login: Login) -> Client:
    return login(Role.METROLOGIST)


@pytest.mark.parametrize(
    "ledger", ["instruments", "spells", "installations", "chains", "seals", "certificates", "confirmations"]
)
def test_every_list_opens_with_records(ledger: str, certified: Enter, enter: Enter, say: Any, metrologist: Client) -> None:
    certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.installation())
    enter(say.seal())
    enter(say.chain("JL-S-01", sensor="JL-01"))
    answer = metrologist.get(f"/{ledger}/")
    assert answer.status_code == 200
    assert ("JL-S-01" if ledger == "chains" else "JL-01") in answer.content.decode()


def test_the_list_shows_state_and_class_of_the_certificate(
    certified: Enter, enter: Enter, say: Any, metrologist: Client
) -> None:
    certified(nominal_class="0.2")
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.installation())
    page = metrologist.get("/instruments/").content.decode()
    assert all(word in page for word in ("in service", "P-1", "2036-01-09"))
    assert page.index("0.5") < page.index("0.2")  # the certificate's class first, the nameplate's beside it


@pytest.mark.parametrize(("state", "listed"), [("in_service", ["JL-01"]), ("pending", ["JL-02"]), ("scrapped", [])])
def test_the_list_is_filtered_by_state_of_use(
    certified: Enter, enter: Enter, say: Any, metrologist: Client, state: str, listed: list[str]
) -> None:
    certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.instrument("JL-02"))
    page = metrologist.get(f"/instruments/?f-use={state}", headers={"hx-request": "true"}).content.decode()
    assert [code for code in ("JL-01", "JL-02") if code in page] == listed


@pytest.mark.parametrize(("trace", "listed"), [("valid", ["JL-01"]), ("never", ["JL-02"]), ("overdue", ["JL-03"])])
def test_the_list_is_filtered_by_the_certificate(
    certified: Enter, enter: Enter, say: Any, metrologist: Client, trace: str, listed: list[str]
) -> None:
    certified()
    enter(say.instrument("JL-02"))
    enter(say.instrument("JL-03"))
    enter(say.confirmation(enter(say.certificate("Z", code="JL-03", issued="2024-01-01", to="2024-12-31"))), actor=say.reviewer)
    page = metrologist.get(f"/instruments/?f-trace={trace}", headers={"hx-request": "true"}).content.decode()
    assert [code for code in ("JL-01", "JL-02", "JL-03") if code in page] == listed


@pytest.mark.usefixtures("stocked")
def test_the_page_of_a_label_says_how_the_instrument_stands(login: Login, plant: Plant) -> None:
    with scope(all_plants()):
        row = models.Instrument.objects.get(plant=plant, code="JL-01")
    page = login(Role.SAMPLER).get(f"/instruments/{row.subject}/?tab=standing").content.decode()
    assert all(word in page for word in ("qualified", "in service", "A-JL-01", "2036-01-09", "P-1", "QF-1", "0.2"))


def test_a_button_puts_an_instrument_in_service(certified: Enter, metrologist: Client, plant: Plant) -> None:
    row = certified()
    page = metrologist.get(f"/instruments/{row.subject}/").content.decode()
    assert "Put in service" in page
    assert "Send to repair" not in page  # it is not in use yet
    said = {"started_on": "2026-02-01", "why": "验收合格", "person": "张三"}
    answer = metrologist.post(f"/instruments/{row.subject}/in-service/", said)
    assert answer.status_code == 302
    assert "Send to repair" in metrologist.get(f"/instruments/{row.subject}/").content.decode()


def test_the_button_says_beside_the_field_why_it_cannot(enter: Enter, say: Any, metrologist: Client) -> None:
    row = enter(say.instrument())
    answer = metrologist.post(
        f"/instruments/{row.subject}/in-service/", {"started_on": "2026-02-01", "why": "x", "person": "y"}
    )
    assert answer.status_code == 400
    assert "verification comes before use" in answer.content.decode()


def test_a_document_of_a_step_is_kept_by_its_hash(certified: Enter, metrologist: Client, plant: Plant) -> None:
    row = certified()
    file = SimpleUploadedFile("验收单.pdf", PDF)
    said = {"started_on": "2026-02-01", "why": "验收", "person": "张三", "document": file}
    assert metrologist.post(f"/instruments/{row.subject}/in-service/", said).status_code == 302
    with scope(all_plants()):
        assert models.Spell.objects.get(plant=plant).document == hashlib.sha256(PDF).hexdigest()


def test_html_named_pdf_is_refused_as_a_certificate(enter: Enter, say: Any, metrologist: Client, plant: Plant) -> None:
    enter(say.instrument())
    said = {
        "number": "A-9",
        "issuer": "某院",
        "kind": "verification",
        "instrument": "JL-01",
        "issued_on": "2026-01-10",
        "result": "qualified",
        "file-file": SimpleUploadedFile("证书.pdf", b"<html><script>alert(1)</script></html>"),
    }
    answer = metrologist.post("/certificates/new/", said)
    assert answer.status_code == 400
    with scope(all_plants()):
        assert not Attachment.objects.filter(plant=plant).exists()
        assert not models.Certificate.objects.filter(plant=plant).exists()


def test_a_certificate_is_entered_with_its_scan(enter: Enter, say: Any, metrologist: Client, plant: Plant) -> None:
    enter(say.instrument())
    said = {
        "number": "A-9",
        "issuer": "某院",
        "kind": "verification",
        "instrument": "JL-01",
        "issued_on": "2026-01-10",
        "expires_on": "2036-01-09",
        "result": "qualified",
        "accuracy_class": "0.5级",
        "file-file": SimpleUploadedFile("证书.pdf", PDF),
    }
    assert metrologist.post("/certificates/new/", said).status_code == 302
    with scope(all_plants()):
        row = models.Certificate.objects.get(plant=plant)
    assert (row.accuracy_class, row.file) == ("0.5", hashlib.sha256(PDF).hexdigest())


def test_a_certificate_is_confirmed_on_its_page_by_another_person(
    enter: Enter, say: Any, login: Login, metrologist: Client
) -> None:
    enter(say.instrument())
    row = enter(say.certificate())
    said = {"required_class": "0.5", "verdict": "fit", "confirmed_on": "2026-01-12"}
    assert login(Role.INSTRUMENT_TECHNICIAN).post(f"/certificates/{row.subject}/confirm/", said).status_code == 403
    assert metrologist.post(f"/certificates/{row.subject}/confirm/", said).status_code == 302
    assert "valid" in metrologist.get("/certificates/").content.decode()


def test_who_entered_a_certificate_is_refused_to_confirm_it(enter: Enter, say: Any, metrologist: Client, plant: Plant) -> None:
    enter(say.instrument())
    said = {
        "number": "A-9",
        "issuer": "某院",
        "kind": "verification",
        "instrument": "JL-01",
        "issued_on": "2026-01-10",
        "result": "qualified",
    }
    metrologist.post("/certificates/new/", said)
    with scope(all_plants()):
        row = models.Certificate.objects.get(plant=plant)
    answer = metrologist.post(f"/certificates/{row.subject}/confirm/", {"verdict": "fit", "confirmed_on": "2026-01-12"})
    assert answer.status_code == 403


def test_many_certificates_are_confirmed_by_ticking_them(
    enter: Enter, say: Any, login: Login, metrologist: Client, plant: Plant
) -> None:
    enter(say.instrument())
    rows = [enter(say.certificate(f"A-{number}")) for number in range(3)]
    own = {"number": "OWN", "issuer": "某院", "kind": "verification", "instrument": "JL-01", "result": "qualified"}
    metrologist.post("/certificates/new/", own | {"issued_on": "2026-01-10"})
    page = metrologist.get("/certificates-to-confirm/").content.decode()
    assert "entered by you" in page
    assert page.count('type="checkbox" name="s"') == 3  # one's own cannot be ticked
    said = {"confirmed_on": "2026-01-12", "s": [str(row.subject) for row in rows[:2]]}
    assert metrologist.post("/certificates-to-confirm/", {**said, "s": ["?"]}).status_code == 400
    assert metrologist.post("/certificates-to-confirm/", {**said, "confirmed_on": "2025-01-12"}).status_code == 400
    assert login(Role.INSTRUMENT_TECHNICIAN).post("/certificates-to-confirm/", said).status_code == 403
    assert metrologist.post("/certificates-to-confirm/", said).status_code == 302
    with scope(all_plants()):
        confirmed = models.Confirmation.objects.filter(plant=plant).values_list("certificate", flat=True)
        assert set(confirmed) == set(said["s"])


def test_a_certificate_that_a_newer_one_followed_is_not_overdue(enter: Enter, say: Any, metrologist: Client) -> None:
    enter(say.instrument())
    enter(say.confirmation(enter(say.certificate("OLD", issued="2024-01-10", to="2025-01-09"))), actor=say.reviewer)

    def listed(state: str) -> list[str]:
        page = metrologist.get(f"/certificates/?f-trace={state}", headers={"hx-request": "true"}).content.decode()
        return [number for number in ("OLD", "NEW") if number in page]

    newer = enter(say.certificate("NEW"))
    assert (listed("overdue"), listed("superseded")) == (["OLD"], [])  # what nobody confirmed follows nothing
    enter(say.confirmation(newer), actor=say.reviewer)
    assert (listed("overdue"), listed("superseded"), listed("valid")) == ([], ["OLD"], ["NEW"])


def test_a_certificate_without_a_class_is_said_to_have_none(enter: Enter, say: Any, metrologist: Client, plant: Plant) -> None:
    with scope(all_plants()):
        known = schema.decode(bytes(Point.objects.get(plant=plant, code="P-1").payload)).content
        demanding = dataclasses.replace(known, code="P-9", required_class="0.5")  # type: ignore[type-var]  # a point
        versions.write_many(Point, plant=plant.pk, actor=say.reviewer, schema_id="point/1", contents=[demanding])
    enter(say.instrument())
    enter(say.installation("P-9"))
    enter(say.certificate(accuracy_class=""))
    page = metrologist.get("/certificates-to-confirm/").content.decode()
    assert "no class in the certificate" in page
    assert "below the class required" not in page


def test_an_exchange_is_one_page(enter: Enter, say: Any, metrologist: Client, plant: Plant) -> None:
    enter(say.instrument("JL-01"))
    enter(say.instrument("JL-02"))
    row = enter(say.installation())
    said = {
        "on": "2026-04-01",
        "at": "09:15",
        "closing_reading": "9876.5",
        "instrument": "JL-02",
        "opening_reading": "0.1",
        "reading_unit": "t",
        "why": "到期",
    }
    assert metrologist.post(f"/installations/{row.subject}/exchange/", {**said, "instrument": "JL-77"}).status_code == 400
    assert metrologist.post(f"/installations/{row.subject}/exchange/", said).status_code == 302
    with scope(all_plants()):
        there = models.Installation.objects.filter(plant=plant, ended_on=None).latest_versions()
        assert [(one.instrument, one.opening_reading) for one in there] == [("JL-02", Decimal("0.1"))]


def test_taking_out_needs_a_day(enter: Enter, say: Any, metrologist: Client) -> None:
    enter(say.instrument())
    row = enter(say.installation())
    assert metrologist.post(f"/installations/{row.subject}/take-out/", {"why": "x"}).status_code == 400
    assert metrologist.post(f"/installations/{row.subject}/take-out/", {"on": "2026-05-01", "why": "x"}).status_code == 302


def test_a_chain_at_odds_is_shown(certified: Enter, enter: Enter, say: Any, metrologist: Client) -> None:
    certified("JL-01")
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.instrument("JL-02"))
    enter(say.chain(sensor="JL-01", totaliser="JL-02"))
    page = metrologist.get("/chains/").content.decode()
    assert "differ" in page
    assert "speed sensor" in page  # the missing part


def test_numbers_of_a_chain_may_be_separated_in_the_chinese_way(
    enter: Enter, say: Any, metrologist: Client, plant: Plant
) -> None:
    for code in ("JL-01", "JL-02", "JL-03"):
        enter(say.instrument(code))
    said = {
        "code": "JL-S-9",
        "name_zh": "电能计量",
        "kind": "electricity_low",
        "meter": "JL-01",
        "current_transformer": "JL-02、JL-03",
    }
    assert metrologist.post("/chains/new/", said).status_code == 302
    with scope(all_plants()):
        assert models.Chain.objects.get(plant=plant).current_transformer == "JL-02; JL-03"


@pytest.fixture
def stocked(certified: Enter, enter: Enter, say: Any) -> None:
    """Enter an instrument in service, one scrapped, and one whose name is a formula."""
    certified("JL-01", nominal_class="0.2", range_low=Decimal(0), range_high=Decimal(60), range_unit="t/h", cycle_months=12)
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.installation())
    enter(say.seal())
    enter(say.instrument("JL-02"))
    enter(say.spell(UseState.SCRAPPED, "2026-02-01", code="JL-02"))
    enter(say.instrument("JL-03", name_zh="=HYPERLINK(1)", serial="+1", taken_over_on=datetime.date(2024, 1, 1)))


@pytest.mark.usefixtures("stocked")
def test_table_b3_has_the_columns_of_the_form_and_the_class_of_the_certificate(login: Login) -> None:
    sheets = book(login(Role.METROLOGIST, language="zh-hans").get("/instruments/files/table-b3.xlsx").content)
    whole = sheets["表B.3 计量器具一览表"]
    # JJF 1356-2012 Table B.3, as printed in the public form.
    assert "·".join(whole[0]) == (
        "序号·计量器具名称·型号规格·准确度等级·测量范围·生产厂家·出厂编号·管理编号·安装使用地点及用途·检定周期/校准间隔·状态（合格/准用/停用）"
    )
    assert whole[1] == [1.0, "JL-01皮带秤", "", "0.5", "0 ~ 60 t/h", "某某衡器", "S-JL-01", "JL-01", "", "检定 12 个月", "合格"]
    assert [row[1] for row in whole[2:]] == ["=HYPERLINK(1)"]
    assert [row[7] for row in sheets["表B.6 主要用能设备"][1:]] == ["JL-01"]
    assert [row[7] for row in sheets["表B.7 其他"][1:]] == ["JL-03"]


@pytest.mark.usefixtures("stocked")
def test_what_a_form_leaves_out_is_listed(login: Login) -> None:
    about = dict(row[:2] for row in book(login(Role.METROLOGIST).get("/instruments/files/table-b3.xlsx").content)["About"])
    assert about["Left out: scrapped instruments"] == "JL-02"


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("file", ["table-b1.xlsx", "table-b3.xlsx", "emissions.xlsx", "labels.pdf"])
def test_the_same_request_gives_the_same_bytes(login: Login, file: str) -> None:
    client = login(Role.METROLOGIST)
    first, second = (client.get(f"/instruments/files/{file}") for _ in range(2))
    assert first.status_code == 200
    assert first.content == second.content


WORKBOOKS = (
    "/instruments/files/table-b1.xlsx",
    "/instruments/files/table-b3.xlsx",
    "/instruments/files/emissions.xlsx",
    "/instruments/export.xlsx",
    "/form-1-8-1.xlsx",
    "/equipping-rate/file.xlsx",
    "/year-ends/{year}.xlsx",
)


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("path", WORKBOOKS)
def test_no_text_of_a_file_is_a_formula(login: Login, plant: Plant, path: str) -> None:
    client, year = login(Role.METROLOGIST), selectors.today(plant).year
    client.post("/year-ends/", {"year": str(year)})
    answer = client.get(path.format(year=year))
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        parts = [opened.read(name) for name in opened.namelist() if name.startswith("xl/worksheets/")]
    assert parts
    assert not any(b"<f>" in part for part in parts)


@pytest.mark.usefixtures("stocked")
def test_no_text_of_a_list_as_csv_is_a_formula(login: Login) -> None:
    assert "'=HYPERLINK(1)" in login(Role.METROLOGIST).get("/instruments/export.csv").content.decode("utf-8-sig")


@pytest.mark.usefixtures("stocked")
def test_table_b1_names_point_certificate_and_seal(login: Login) -> None:
    rows = book(login(Role.METROLOGIST).get("/instruments/files/table-b1.xlsx").content)["B.1 carbon instruments"]
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["Metering point"], line["Certificate"], line["Issuer"], line["Seals"]) == (
        "P-1",
        "A-JL-01",
        "某省计量院",
        "QF-1",
    )


@pytest.mark.usefixtures("stocked")
def test_labels_are_a_pdf_of_the_rows_chosen(login: Login) -> None:
    client = login(Role.METROLOGIST)
    answer = client.get("/instruments/files/labels.pdf")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get("/instruments/files/labels.pdf?f-q=JL-03").content != answer.content


@pytest.mark.usefixtures("stocked")
def test_a_draft_of_form_181_says_its_three_parts_and_no_answers(login: Login) -> None:
    client = login(Role.METROLOGIST)
    assert client.get("/form-1-8-1/").status_code == 200
    answer = client.get("/form-1-8-1.xlsx?on=2026-06-30")
    sheets = book(answer.content)
    assert [row[1] for row in sheets["Management"][1:]] == ["not filled in"] * 8  # the eight items of the form
    assert answer.content == client.get("/form-1-8-1.xlsx?on=2026-06-30").content
    assert client.get("/form-1-8-1.xlsx?on=nonsense").status_code == 400


@pytest.mark.usefixtures("stocked")
def test_the_year_is_frozen_by_one_and_confirmed_by_another(login: Login, plant: Plant) -> None:
    freezer = login(Role.METROLOGIST)
    year = selectors.today(plant).year
    assert freezer.post("/year-ends/", {"year": str(year)}).status_code == 302
    page = freezer.get(f"/year-ends/{year}/").content.decode()
    assert all(word in page for word in ("JL-01", "JL-02", "scrapped" if "scrapped" in page else "报废", "added"))
    assert "every instrument is new" in page  # there is no year before
    with scope(all_plants()):
        digest = models.YearEnd.objects.get(plant=plant).digest
    chief = login(Role.CARBON_MANAGER)
    early = chief.post(f"/year-ends/{year}/", {"digest": digest})
    assert early.status_code == 409  # 31 December has not come
    assert "draft" in early.content.decode()
    assert login(Role.INSTRUMENT_TECHNICIAN).post(f"/year-ends/{year}/", {"digest": digest}).status_code == 403


def filled(plant: Plant, sheets: dict[str, list[dict[str, str]]], template: bytes) -> bytes:
    """Return the template with rows filled in by heading."""
    found, target = book(template), io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in sheets.items():
        page = made.add_worksheet(name)
        heads = [str(head) for head in found[name][0]]
        page.write_row(0, 0, heads)
        for number, row in enumerate(rows, 1):
            assert not row.keys() - {head.rstrip(" *") for head in heads}, row.keys() - {head.rstrip(" *") for head in heads}
            page.write_row(number, 0, [row.get(head.rstrip(" *"), "") for head in heads])
    made.close()
    return target.getvalue()


def table(text: str) -> list[dict[str, str]]:
    """Return the rows of a small table: a line of heads, then lines of cells, parted by bars."""
    heads, *lines = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return [dict(zip(heads, line, strict=True)) for line in lines]


ROWS = {
    "器具台账": table("""
        管理编号 | 名称     | 器具类别      | 铭牌准确度等级 | 溯源方式 | 规程检定周期（月） | 测量范围下限 | 出厂编号
        W-1      | 入磨煤秤 | 2#电子皮带秤  | 0.5级          | 强检     | 1年                | 0~60t/h      |
        W-2      | 进厂地磅 | 地磅          | III级          | 检定     | 12个月             |              | /
        E-1      | 关口表   | 电度表        | 0.5s级         | 检定     |                    |              | 77
    """),
    "测量系统": table("""
        测量系统编号 | 名称     | 测量系统类别 | 传感器（一次仪表）
        S-1          | 煤秤系统 | 皮带称量系统 | W-1
    """),
    "检定校准": table("""
        证书编号 | 溯源机构 | 证书类别 | 器具 | 发证日期  | 有效期至      | 结论 | 证书准确度等级
        Z-1      | 某院     | 检定     | W-1  | 2026.1.12 | 2027年1月11日 | 合格 | 0.5级
    """),
    "安装记录": table("""
        测量系统 | 计量点 | 安装日期 | 安装时刻（HH:MM）
        S-1      | P-1    | 2026/1/1 | 08:30
    """),
    "铅封": table("""
        铅封号 | 器具 | 施封日期   | 施封人 | 铅封状态
        QF-9   | W-1  | 2026-01-12 | 张三   | 完好
    """),
}


def test_one_workbook_brings_a_whole_ledger(login: Login, plant: Plant, tmp_path: Path) -> None:
    client = login(Role.METROLOGIST, language="zh-hans")
    template = client.get("/instrument-workbook.xlsx").content
    file = SimpleUploadedFile("全厂.xlsx", filled(plant, ROWS, template))
    page = client.post("/instrument-workbook/", {"file": file}).content.decode()
    assert "检查无误" in page
    kept = page.partition('name="kept" value="')[2].partition('"')[0]
    with scope(all_plants()):
        assert not models.Instrument.objects.filter(plant=plant).exists()  # a check saves nothing
    assert client.post("/instrument-workbook/", {"kept": kept}).status_code == 302
    with scope(all_plants()):
        rows = {row.code: row for row in models.Instrument.objects.filter(plant=plant)}
        assert models.Installation.objects.get(plant=plant).chain == "S-1"
        assert models.Certificate.objects.get(plant=plant).expires_on == datetime.date(2027, 1, 11)
    assert [(row.kind, row.nominal_class, row.cycle_months) for row in rows.values()] == [
        ("belt_scale", "0.5", 12),
        ("truck_scale", "Ⅲ", 12),
        ("electricity_meter", "0.5S", None),
    ]
    assert (rows["W-1"].range_low, rows["W-1"].range_high, rows["W-1"].range_unit) == (Decimal(0), Decimal(60), "t/h")


def test_a_workbook_with_a_fault_says_sheet_row_and_column_and_saves_nothing(login: Login, plant: Plant) -> None:
    client = login(Role.METROLOGIST, language="zh-hans")
    template = client.get("/instrument-workbook.xlsx").content
    bad = {**ROWS, "铅封": [{**ROWS["铅封"][0], "器具": "W-77"}]}
    page = client.post("/instrument-workbook/", {"file": SimpleUploadedFile("x.xlsx", filled(plant, bad, template))})
    text = page.content.decode()
    assert "W-77" in text
    assert "未保存任何内容" in text
    assert 'name="kept"' not in text
    with scope(all_plants()):
        assert not models.Instrument.objects.filter(plant=plant).exists()


def test_a_workbook_without_a_known_sheet_is_refused(login: Login, plant: Plant) -> None:
    client = login(Role.METROLOGIST, language="zh-hans")
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    made.add_worksheet("Sheet1").write(0, 0, "x")
    made.close()
    answer = client.post("/instrument-workbook/", {"file": SimpleUploadedFile("x.xlsx", target.getvalue())})
    assert answer.status_code == 400
    assert "器具台账" in answer.content.decode()


def test_certificates_that_hold_stand_before_those_they_replaced(enter: Enter, say: Any, metrologist: Client) -> None:
    enter(say.instrument())
    for number, year in (("A-1", 2023), ("A-2", 2024), ("B-1", 2026)):
        printed = enter(say.certificate(number, issued=f"{year}-01-10", to=f"{year + 10}-01-09"))
        enter(say.confirmation(printed), actor=say.reviewer)
    page = metrologist.get("/certificates/", headers={"hx-request": "true"}).content.decode()
    assert sorted(("A-1", "A-2", "B-1"), key=lambda number: page.index(f">{number}<")) == ["B-1", "A-1", "A-2"]
    chosen = metrologist.get("/certificates/?sort=number", headers={"hx-request": "true"}).content.decode()
    assert chosen.index(">A-1<") < chosen.index(">B-1<")  # an order that was asked for is kept
