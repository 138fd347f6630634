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


def test_no_code_of_the_source_lacks_its_message() -> None:
    written = set(re.findall(r'(?:fault|add)\(\s*"([a-z_]+\.[a-z_]+)"', SOURCE))
    assert written
    assert {f"folder.{code}" for code in written} <= catalogue().keys()


def test_no_message_has_lost_its_code() -> None:
    ends = {code.rpartition(".")[2] for code in catalogue() if code.startswith("folder.")}
    built = {"basis_blank", "place_blank", "item_head"}
    lost = {end for end in ends - built if f'{end}"' not in SOURCE}
    assert lost == set()
