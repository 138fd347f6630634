"""Every file that the instrument ledger gives, opened and read: heads as printed, values those of the example's own files.

The example's ledgers (``examples/hubei-5000tpd/metering``) are read here by their columns, apart from the platform. Heads are
those of JJF 1356-2012 Table B.3 and of the annual form 1-8-1.
"""
# ruff: noqa: E402  # Django is configured before its models are imported

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pypdf
import pytest
import python_calamine

from tanheng.platform.testing import *  # noqa: F403
from tanheng.platform.testing import configure, using

configure()

from django.test import Client

from tanheng.core import canonical
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.configuration import Login
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import demonstration, selectors, year_end
from tanheng.platform.operation import demonstration as operation
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

EXAMPLE = Path(__file__).parents[3] / "examples" / "hubei-5000tpd"
WRITTEN = datetime.date(2025, 12, 31)  # the day of the example's files
Book = dict[str, list[list[Any]]]
Sheets = Callable[[str], Book]


@pytest.fixture
def plant(database: str) -> Plant:
    """Return the example's plant with its metering."""
    with using(Login.OWNER, database):
        founded = operation.load(EXAMPLE)
        demonstration.load(EXAMPLE / "metering", founded)
    return founded


@pytest.fixture
def client(login: Callable[..., Client], plant: Plant) -> Client:
    """Return a metering engineer of the plant, who reads Chinese."""
    return login(Role.METROLOGIST, language="zh-hans")


@pytest.fixture
def sheets(client: Client) -> Sheets:
    """Return a function that gives a workbook of an address as rows of its sheets."""

    def sheets(path: str) -> Book:
        answer = client.get(path)
        assert answer.status_code == 200, path
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content)) as book:
            return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}

    return sheets


def written(name: str) -> list[dict[str, str]]:
    """Return a file of the example by its English heads."""
    text = (EXAMPLE / "metering" / f"{name}.csv").read_text(encoding="utf-8-sig")
    heads, *rows = list(csv.reader(text.splitlines()[2:]))
    return [dict(zip((head.split()[-1] for head in heads), row, strict=True)) for row in rows]


def listed(situation: str) -> set[str]:
    """Return the codes that the README lists for a situation."""
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("|") and situation in line)
    return set(re.findall(r"`([^`]+)`", row))


def by_head(rows: list[list[Any]], key: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a sheet by one of their columns."""
    heads = rows[0]
    return {str(row[heads.index(key)]): dict(zip(heads, row, strict=True)) for row in rows[1:]}


# JJF 1356-2012 Table B.3, as printed in the public form.
B3 = [
    "序号",
    "计量器具名称",
    "型号规格",
    "准确度等级",
    "测量范围",
    "生产厂家",
    "出厂编号",
    "管理编号",
    "安装使用地点及用途",
    "检定周期/校准间隔",
    "状态（合格/准用/停用）",
]
SPLIT = ["表B.4 进出用能单位", "表B.5 主要次级用能单位", "表B.6 主要用能设备", "表B.7 其他"]


def test_table_b3_says_of_each_instrument_what_the_ledger_says(sheets: Sheets) -> None:
    rows = sheets("/instruments/files/table-b3.xlsx")["表B.3 计量器具一览表"]
    assert rows[0] == B3
    found = by_head(rows, "管理编号")
    expected = {row["code"]: row for row in written("instruments") if row["code"] not in listed("scrapped")}
    assert found.keys() == expected.keys()
    columns = {"计量器具名称": "name_zh", "型号规格": "model", "生产厂家": "maker", "出厂编号": "serial"}
    for code, row in expected.items():
        assert {head: found[code][head] for head in columns} == {head: row[name] for head, name in columns.items()}
        assert found[code]["检定周期/校准间隔"].endswith(f" {row['interval_months'] or row['cycle_months']} 个月"), code


def test_the_split_tables_part_the_whole_by_level(sheets: Sheets) -> None:
    book = sheets("/instruments/files/table-b3.xlsx")
    assert [book[name][0] for name in SPLIT] == [B3] * 4
    parts = [[row[7] for row in book[name][1:]] for name in SPLIT]
    whole = [row[7] for row in book["表B.3 计量器具一览表"][1:]]
    assert sorted(code for part in parts for code in part) == sorted(whole)
    outside = listed("portable") | listed("in service at no point") | listed("sealed up") | listed("waits to be accepted")
    assert set(parts[3]) == outside  # what stands at no point


def test_the_mark_is_green_yellow_or_red_as_the_certificates_say(sheets: Sheets) -> None:
    found = by_head(sheets("/instruments/files/table-b3.xlsx")["表B.3 计量器具一览表"], "管理编号")
    marks: dict[str, set[str]] = {}
    for code, row in found.items():
        marks.setdefault(row["状态（合格/准用/停用）"], set()).add(code)
    untraced = ("overdue |", "failed", "not confirmed", "no certificate", "in repair", "sealed up")
    assert marks["停用"] == {code for situation in untraced for code in listed(situation)}
    assert marks["准用"] == listed("downgraded")


def newest(certificates: list[dict[str, str]]) -> Mapping[str, dict[str, str]]:
    """Return the newest certificate of each instrument."""
    return {row["instrument"]: row for row in sorted(certificates, key=lambda row: row["issued_on"]) if row["instrument"]}


def test_table_b1_has_the_certificate_in_force_with_its_class_and_last_day(sheets: Sheets, plant: Plant) -> None:
    book = sheets("/instruments/files/table-b1.xlsx")
    rows = book["表B.1 碳计量器具一览表"]
    assert rows[0][:11] == B3
    more = "碳源流 源流类别 参量 计量方式 核算边界 生产系统 计量点 上级计量点 溯源方式 证书编号 溯源机构 有效期至 不确定度/MPE"
    assert rows[0][11:] == [*more.split(), "采集方式与频次", "责任人", "铅封号"]
    found, moved = by_head(rows, "管理编号"), selectors.today(plant) - WRITTEN
    expected = newest(written("certificates"))
    compared = expected.keys() & found.keys() - listed("not confirmed") - listed("failed")
    assert len(compared) > 100
    for code in compared:
        own, row = expected[code], found[code]
        assert (row["证书编号"], row["溯源机构"], row["准确度等级"]) == (own["number"], own["issuer"], own["accuracy_class"])
        if own["expires_on"]:
            assert row["有效期至"] == datetime.date.fromisoformat(own["expires_on"]) + moved, code


def test_table_b1_has_a_row_for_each_point_with_its_stream_and_method(sheets: Sheets) -> None:
    rows = sheets("/instruments/files/table-b1.xlsx")["表B.1 碳计量器具一览表"]
    shared = [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[7] == "TS-01"]
    points = {row["code"]: row for row in written("points")}
    streams = {row["code"]: row["name_zh"] for row in written("streams")}
    assert len(shared) > 1  # the README: shared by several points
    for row in shared:
        own = points[row["计量点"]]
        assert (row["碳源流"], row["上级计量点"]) == (streams.get(own["stream"], ""), own["parent"])
    assert {row[14] for row in rows[1:] if row[14]} == {"实测", "计算-AD", "计算-EF", "计算；购入能源", "计算；内部管理"}


def test_what_the_tables_leave_out_is_listed(sheets: Sheets) -> None:
    for file in ("table-b1", "table-b3", "emissions"):
        about = {row[0]: row[1] for row in sheets(f"/instruments/files/{file}.xlsx")["说明"]}
        assert about["未列出：已报废的器具"] == "BF-110"
        assert about["行数"] == 129
        assert "不属于任何真实" in about["演示"]
    about = {row[0]: row[1] for row in sheets("/form-1-8-1.xlsx")["说明"]}
    assert about["未列出：已报废的器具"] == "BF-110"
    assert listed("portable") <= set(about["未列出：不在能源计量点上的器具"].split(", "))


def test_form_181_counts_what_is_needed_installed_and_in_force(sheets: Sheets) -> None:
    book = sheets("/form-1-8-1.xlsx")
    assert book["能源计量器具"][0] == [
        "计量级别",
        "能源种类及限定值",
        "计量点",
        "计量器具类别",
        "管理编号",
        "运行状态",
        "安装使用地点",
        "是否在检定周期内",
    ]
    assert {row[3] for row in book["能源计量器具"][1:]} <= {
        "衡器",
        "电能表",
        "油流量表（装置）",
        "气体流量表（装置）",
        "水流量表（装置）",
        "其他",
        "未配备",
    }
    assert {row[5] for row in book["能源计量器具"][1:]} <= {"良好", "维护", "停用", ""}
    sums = {(row[0], row[1].partition("（")[0]): row for row in book["小计"][1:]}
    # metering/points.csv has one point of coal at the entry, P-COAL-D; its scale TS-01 is overdue: installed, not counted.
    assert sums["进出用能单位", "煤炭、焦炭"][2:9] == [1.0, 1.0, 0.0, 0.0, 100.0, 0.0, 100.0]
    assert sums["主要用能设备", "电力"][1] == "电力（≥ 100 kW，未核实）"  # GB 17167-2006, table of limits
    for row in book["小计"][1:]:
        needed, installed, counted = row[2:5]
        assert counted <= installed <= needed
        assert row[5] == int(counted * 1000 // needed) / 10  # cut to one decimal, never rounded up
    assert [row[1] for row in book["管理情况"][1:]] == ["未填"] * 8  # a draft; who answers keeps it


def test_the_workbook_of_the_rate_has_the_same_subtotals_and_no_key_of_the_program(sheets: Sheets) -> None:
    rate, form = sheets("/equipping-rate/file.xlsx"), sheets("/form-1-8-1.xlsx")
    lines = {(row[0], row[1]): row[2:] for row in rate["1-8-1 表小计"][1:]}
    assert lines == {(row[0], row[1].partition("（≥")[0]): row[2:8] for row in form["小计"][1:]}
    # counted over metering/*.csv by hand, see the tests of the demonstration
    assert [(row[4], row[3]) for row in rate["配备率"][1:10]] == [
        (8, 12),
        (0, 0),
        (17, 22),
        (4, 4),
        (3, 6),
        (7, 11),
        (1, 1),
        (0, 1),
        (2, 2),
    ]
    words = " ".join(str(cell) for name in ("配备率", "缺口", "计量点", "说明") for row in rate[name] for cell in row)
    assert re.findall(r"\b[a-z]+_[a-z_]+\b|\bverified\b|\bunverified\b|\bsecondary\b", words) == []


def test_the_year_is_confirmed_with_every_row_and_its_digest(sheets: Sheets, plant: Plant) -> None:
    year = selectors.today(plant).year
    with scope(all_plants()):
        frozen = year_end.freeze(plant, year=year, actor=Actor.system("tests/keeper"))
        content = year_end.content_of(frozen)
    book = sheets(f"/year-ends/{year}.xlsx")
    rows = by_head(book[str(year)], "管理编号")
    expected = {row["code"]: row for row in written("instruments")}
    assert rows.keys() == expected.keys()  # what is scrapped too
    assert {row["使用状态"] for code, row in rows.items() if code in listed("scrapped")} == {"报废"}
    assert {code for code, row in rows.items() if row["证书状态"] == "超期"} == listed("overdue |")
    about = {row[0]: row[1] for row in book["说明"]}
    assert canonical.digest(canonical.dumps(list(content.rows))) == next(
        text for head, text in about.items() if "摘要" in head or "哈希" in head
    )


PDFS = ("/flow.pdf", "/flow.pdf?view=whole", "/metering-network.pdf", "/boundary.pdf", "/instruments/files/labels.pdf")


def text_of(client: Client, path: str) -> list[str]:
    """Return the text of each page of a PDF, without white space."""
    reader = pypdf.PdfReader(io.BytesIO(client.get(path).content))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def test_the_sheets_of_the_flow_diagram_have_every_node(client: Client) -> None:
    texts = text_of(client, "/flow.pdf")
    whole = "".join(texts)
    assert len(texts) > 1
    assert [row["code"] for row in written("nodes") if row["code"] not in whole] == []
    assert all("碳计量流向图" in text and "不属于任何真实企业" in text for text in texts)
    assert all(f"第{number}张，共{len(texts)}张" in text for number, text in enumerate(texts, 1))


def test_the_flow_diagram_in_one_piece_has_every_node(client: Client) -> None:
    (text,) = text_of(client, "/flow.pdf?view=whole")
    assert [row["code"] for row in written("nodes") if row["code"] not in text] == []
    assert "碳计量流向图" in text
    assert "不属于任何真实企业" in text


def test_the_sheets_of_the_metering_network_have_every_point_once_or_more(client: Client) -> None:
    texts = text_of(client, "/metering-network.pdf")
    whole = "".join(texts)
    assert [row["code"] for row in written("points") if row["code"] not in whole] == []
    assert all(f"第{number}张，共{len(texts)}张" in text for number, text in enumerate(texts, 1))
    for code in listed("overdue |") - {"BAL-901"}:
        assert code in whole or any(code in row.values() for row in written("chains")), code


def test_the_boundary_has_both_tables_and_names_its_document(client: Client) -> None:
    (text,) = text_of(client, "/boundary.pdf")
    assert all(f"{number}{name}" in text for number, name in ((1, "矿山开采"), (4, "熟料煅烧"), (14, "生活")))
    assert "湖北省2022年度碳排放权配额分配方案" in text
    assert "hubei-ets" not in text


def test_every_label_has_its_number_its_mark_and_its_last_day(client: Client, plant: Plant) -> None:
    texts = text_of(client, "/instruments/files/labels.pdf")
    whole = "".join(texts)
    labelled = {row["code"] for row in written("instruments")} - listed("scrapped")
    assert len(texts) == -(-len(labelled) // 24)  # three by eight a sheet
    assert [code for code in labelled if code not in whole] == []
    last = datetime.date.fromisoformat(newest(written("certificates"))["BAL-01"]["expires_on"])
    assert f"{last + (selectors.today(plant) - WRITTEN)}" in texts[0]
    assert whole.count("合格") + whole.count("准用") + whole.count("停用") >= len(labelled)


@pytest.mark.parametrize("path", PDFS)
def test_every_character_of_a_pdf_has_its_font_in_the_file(client: Client, path: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(client.get(path).content))
    for page in reader.pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]  # Any: a dictionary of the file
        assert fonts
        for font in (one.get_object() for one in fonts.values()):
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            assert {"/FontFile2", "/FontFile3"} & inner["/FontDescriptor"].get_object().keys()
    assert "\ufffd" not in "".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize(
    "path",
    [
        *PDFS,
        *(f"/instruments/files/{name}.xlsx" for name in ("table-b1", "table-b3", "emissions")),
        "/form-1-8-1.xlsx",
        "/equipping-rate/file.xlsx",
        "/instruments/export.xlsx",
        "/instruments/export.csv",
    ],
)
def test_the_same_request_gives_the_same_file(client: Client, path: str) -> None:
    first, second = client.get(path), client.get(path)
    assert first.status_code == 200
    assert first.content == second.content
