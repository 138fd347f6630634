"""What a refusal says: every code has words in both languages, and every field of them is filled."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tanheng.accounting.folder
from tanheng.core.messages import catalogue

# conftest's Case; tests of one folder cannot import each other under importlib mode
Case = Any

SOURCE = "".join(
    file.read_text(encoding="utf-8") for file in sorted(Path(tanheng.accounting.folder.__file__).parent.glob("*.py"))
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_fault_of_a_spoilt_folder_is_told_in_whole_sentences(csv_case: Case, lang: str) -> None:
    csv_case.set("coal", "2025-03", "12,5")
    csv_case.set("coal", "2025-04", "-1")
    csv_case.set("heat", "basis", "")
    csv_case.set("heat", "2025-01", "23076")
    csv_case.set("oxidation", "unit", "1")
    csv_case.set("slag", "stream", "slg")
    csv_case.rows["again"] = list(csv_case.rows["clinker"])
    csv_case.head.append("sum of it")
    csv_case.plant = csv_case.plant.replace("zone", "zoone") + "prepared: soon\n"
    csv_case.write("activity_gbk.csv", "范围,类别".encode("gbk"))
    csv_case.write("laboratory.csv", "样品编号\n")
    for fault in csv_case.faults():
        text = fault.text(lang)
        assert "{" not in text
        assert text.startswith(str(fault.fields["place"]))
        assert text.endswith(("。", "）", ".", ")"))


# What is typed into which column, and the words the Chinese and the English message list: those of the template.
LISTED = {
    "place": ("入炉", ("入厂、入磨、入窑",), ("delivered, mill, kiln",)),
    "basis": ("湿基", ("收到基、空干基、干基",), ("ar, ad, d",)),
    "item": ("热量", ("消耗量、", "低位发热量"), ("consumption, ", "net calorific value")),
    "group": ("煤炭", ("化石燃料、替代燃料",), ("fuel, alternative_fuel",)),
    "scope": ("9号线", ("1号线", "全厂、企业"), ("Line 1", "site, enterprise")),
    "origin": ("猜测", ("实测值、",), ("measured, ",)),
}


@pytest.mark.parametrize("column", LISTED)
def test_a_message_lists_the_words_of_its_own_language(csv_case: Case, column: str) -> None:
    typed, chinese, english = LISTED[column]
    csv_case.set("heat", column, typed)
    fault = next(fault for fault in csv_case.faults() if fault.code == "folder.cell.word")
    for word in chinese:
        assert word in fault.text("zh")
    for word in english:
        assert word in fault.text("en")
        assert word not in fault.text("zh")


def test_a_blank_place_is_asked_for_in_chinese_words(csv_case: Case) -> None:
    csv_case.set("heat", "place", "")
    text = csv_case.fault().text("zh")
    assert "入厂、入磨、入窑、库存" in text
    assert "delivered" not in text


def test_an_unknown_stream_names_line_and_group_in_words(csv_case: Case) -> None:
    csv_case.set("slag", "stream", "slg")
    fault = next(fault for fault in csv_case.faults() if fault.code == "folder.cell.stream")
    assert "“1号线”" in fault.text("zh")
    assert "替代原料" in fault.text("zh")
    assert "“Line 1”" in fault.text("en")


def test_no_code_of_the_source_lacks_its_message() -> None:
    written = set(re.findall(r'(?:fault|add)\(\s*"([a-z_]+\.[a-z_]+)"', SOURCE))
    assert written
    assert {f"folder.{code}" for code in written} <= catalogue().keys()


def test_no_message_has_lost_its_code() -> None:
    ends = {code.rpartition(".")[2] for code in catalogue() if code.startswith("folder.")}
    built = {"basis_blank", "place_blank", "item_head"}
    lost = {end for end in ends - built if f'{end}"' not in SOURCE}
    assert lost == set()
