"""Files and sheets: which are read, which are refused, and in what encoding."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tanheng.accounting.folder import FolderError, read_folder

# conftest's Case; tests of one folder cannot import each other under importlib mode
Case = Any


def replace_part(data: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(name, content)
    return out.getvalue()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError) as refused:
        read_folder(tmp_path / "nowhere")
    assert refused.value.code == "folder.absent"


def test_an_empty_folder_lacks_its_plant(tmp_path: Path) -> None:
    with pytest.raises(FolderError) as refused:
        read_folder(tmp_path)
    assert [finding.code for finding in refused.value.findings] == ["folder.file.no_plant"]


def test_gbk_is_called_by_its_name_and_cured(csv_case: Case) -> None:
    csv_case.set("coal", "source", "转子秤")
    csv_case.read()
    text = (csv_case.path / "activity.csv").read_text(encoding="utf-8")
    csv_case.rows = {}
    (csv_case.path / "activity.csv").unlink()
    csv_case.write("activity_gbk.csv", text.encode("gbk"))
    codes = {fault.code: fault for fault in csv_case.faults()}
    fault = codes["folder.csv.gbk"]
    assert (fault.fields["file"], fault.fields["row"], fault.fields["column"]) == ("activity_gbk.csv", 2, "I")
    assert "转子秤" in str(fault.fields["value"])
    assert "CSV UTF-8" in fault.text("zh")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("scope,group\n转子秤,x".encode("utf-16"), "csv.utf16"),
        (b"scope,group\ncaf\xe9,x\n", "csv.encoding"),
        (b"scope,group\na\0b,x\n", "csv.binary"),
        (b"PK\x03\x04rest of a workbook", "csv.workbook"),
        (b'scope,group\n"never closed,x\n', "csv.broken"),
        (b"scope;group;unit\nline.1;fuel;t\n", "csv.delimiter"),
        (b"scope\tgroup\tunit\nline.1\tfuel\tt\n", "csv.delimiter"),
    ],
)
def test_a_csv_that_cannot_be_read_says_why(csv_case: Case, data: bytes, code: str) -> None:
    csv_case.write("activity_more.csv", data)
    found = {fault.code: fault for fault in csv_case.faults()}
    assert found[f"folder.{code}"].fields["file"] == "activity_more.csv"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("produktion.csv", "file.unknown"),
        ("产量.xlsx", "file.unknown"),
        ("activity.xls", "file.format"),
        ("activity.ods", "file.format"),
        ("plant.yml", "file.format"),
    ],
)
def test_a_table_nobody_would_read_is_refused_not_passed_over(csv_case: Case, name: str, code: str) -> None:
    csv_case.write(name, b"scope\n")
    assert (csv_case.fault().code, csv_case.fault().fields["file"]) == (f"folder.{code}", name)


@pytest.mark.parametrize("name", [".hidden.csv", "~$activity.xlsx", "photo.jpg", "README.md", "certificate.pdf"])
def test_files_that_are_no_tables_are_evidence_and_left_alone(csv_case: Case, name: str) -> None:
    csv_case.write(name, b"anything")
    assert name not in csv_case.read().files


def test_subfolders_are_not_read(csv_case: Case) -> None:
    (csv_case.path / "out").mkdir()
    (csv_case.path / "out" / "activity.csv").write_text("nonsense")
    assert sorted(csv_case.read().files) == ["activity.csv", "plant.yaml"]


def test_a_chinese_name_says_what_a_file_holds(csv_case: Case) -> None:
    csv_case.read()
    (csv_case.path / "activity.csv").rename(csv_case.path / "活动数据2025.csv")
    assert "活动数据2025.csv" in read_folder(csv_case.path).files


def test_a_sheet_may_say_what_it_holds(xlsx_case: Case) -> None:
    head = ["样品编号", "采样日期", "范围", "类别", "源流", "信息项", "数值", "单位", "基准", "计量地点", "代表量(t)"]
    head += ["报告日期", "实验室", "报告编号"]
    row = ["S1", "2025-03-02", "line.1", "燃料", "coal", "全水分", "8.1", "%", "", "入窑", "1204", "2025-03-09", "化验室", "R1"]
    table = [xlsx_case.head, *xlsx_case.rows.values()]
    xlsx_case.write("活动数据.xlsx", xlsx_case.workbook({"一线": table, "化验": [head, row], "说明": [["写给自己的话"]]}))
    xlsx_case.write("plant.yaml", xlsx_case.plant)
    year = read_folder(xlsx_case.path)
    assert "line.1.fuel.coal.moisture.sample.s1@2025-03" in year.ledger.versions


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 with a password"])
def test_a_workbook_that_is_none_is_refused(xlsx_case: Case, data: bytes) -> None:
    xlsx_case.write("activity_more.xlsx", data)
    assert {fault.code for fault in xlsx_case.faults()} == {"folder.workbook.package"}


@pytest.mark.parametrize(
    ("part", "old", "new", "code"),
    [
        ("xl/worksheets/sheet1.xml", "<worksheet", "<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet", "workbook.doctype"),
        ("xl/worksheets/sheet1.xml", "</worksheet>", "", "workbook.xml"),
        ("xl/worksheets/sheet1.xml", 'r="A2"', 'r="ZZ1048576"', "workbook.extent"),
        ("xl/_rels/workbook.xml.rels", "<Relationships", "<Relations", "workbook.xml"),
    ],
)
def test_a_workbook_that_was_tampered_with_is_refused(xlsx_case: Case, part: str, old: str, new: str, code: str) -> None:
    xlsx_case.read()
    data = replace_part((xlsx_case.path / "activity.xlsx").read_bytes(), part, old, new)
    if part == "xl/worksheets/sheet1.xml" and new.startswith("<!DOCTYPE"):
        data = replace_part(data, part, "?>\n<!DOCTYPE", "?><!DOCTYPE")
    xlsx_case.write("activity_more.xlsx", data)
    assert f"folder.{code}" in {fault.code for fault in xlsx_case.faults()}


def test_a_table_of_another_template_version_is_refused(csv_case: Case) -> None:
    csv_case.write("laboratory.csv", "# schema: laboratory/9\n样品编号\n")
    codes = {fault.code for fault in csv_case.faults()}
    assert "folder.file.version" in codes


def test_many_faults_are_counted_and_not_all_listed(csv_case: Case) -> None:
    wrong = [csv_case.head, *[["line.9", *csv_case.rows["coal"][1:]] for _ in range(10_000)]]
    csv_case.write("activity_more.csv", csv_case.csv(wrong))
    with pytest.raises(FolderError) as refused:
        csv_case.read()
    assert refused.value.fields["count"] == 10_000
    assert len(refused.value.findings) == 201
    assert refused.value.findings[-1].fields == {"count": 9800, "shown": 200}
