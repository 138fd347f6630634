"""The twelve-month matrix that is right: what is written is what is read, digit for digit."""

from __future__ import annotations

import datetime
import hashlib
from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.entries import Cell
from tanheng.accounting.plant import Basis, Place
from tanheng.core.states import Origin

# conftest's Case; tests of one folder cannot import each other under importlib mode
Case = Any


def test_a_cell_becomes_the_entry_of_its_row_and_month(case: Case) -> None:
    case.set("heat", "2025-03", "23.412")
    (entry,) = case.read().ledger.versions["line.1.fuel.coal.net_calorific_value@2025-03"]
    assert (entry.value, entry.unit, entry.basis, entry.place) == (Decimal("23.412"), "GJ/t", Basis.AS_RECEIVED, Place.KILN)
    assert (entry.origin, entry.evidence, entry.known) == (Origin.MEASURED, "laboratory", None)
    assert entry.cell == Cell(case.file, "activity" if case.form == "xlsx" else "", 3, "L")


def test_every_row_and_month_is_read(case: Case) -> None:
    year = case.read()
    assert len(year.ledger.versions) == 6 * 12
    assert year.plant.periods[0] == "2025-01"
    assert year.gaps() == ()


def test_digits_of_a_csv_stay_as_they_are_written(csv_case: Case) -> None:
    csv_case.set("heat", "2025-01", "23.0760")
    (entry,) = csv_case.read().ledger.versions["line.1.fuel.coal.net_calorific_value@2025-01"]
    assert str(entry.value) == "23.0760"


@pytest.mark.parametrize("typed", ["23.412", "0.1", "135000", "18402.55", "12345678.9"])
def test_a_number_of_a_workbook_has_the_digits_that_were_typed(xlsx_case: Case, typed: str) -> None:
    xlsx_case.set("coal", "2025-01", typed)
    (entry,) = xlsx_case.read().ledger.versions["line.1.fuel.coal.consumption@2025-01"]
    assert str(entry.value) == typed


def test_a_blank_month_is_a_gap_and_never_zero(case: Case) -> None:
    case.set("coal", "2025-06", "")
    year = case.read()
    assert [(gap.id, gap.value) for gap in year.gaps()] == [("line.1.fuel.coal.consumption@2025-06", None)]
    assert year.gaps()[0].cell.column == "O"


def test_zero_is_a_value(case: Case) -> None:
    case.set("coal", "2025-06", "0")
    (entry,) = case.read().ledger.versions["line.1.fuel.coal.consumption@2025-06"]
    assert entry.value == 0


@pytest.mark.parametrize("word", ["不适用", "n/a", "/"])
def test_a_property_of_a_stopped_month_can_be_declared_not_applicable(case: Case, word: str) -> None:
    case.set("heat", "2025-02", word)
    year = case.read()
    assert "line.1.fuel.coal.net_calorific_value@2025-02" not in year.ledger.versions
    assert year.not_applicable["line.1.fuel.coal.net_calorific_value@2025-02"].column == "K"


def test_chinese_words_mean_the_same_as_english_ones(case: Case) -> None:
    plain = case.read().ledger.versions
    case.head = ["范围", "类别", "源流", "信息项", "单位", "基准", "计量地点", "获取方式", "数据来源"]
    case.head += [f"{month}月" for month in range(1, 13)]
    months = ["18402.5"] * 12
    case.rows["coal"] = ["1号线", "化石燃料", "烟煤", "消耗量", "吨", "-", "入窑", "实测值", "rotor scales", *months]
    case.rows["heat"][5:8] = ["收到基", "入窑", "实测"]
    case.rows["power"][0:6] = ["企业", "电力", "-", "外购电量", "兆瓦时", ""]
    assert case.read().ledger.versions == plain


@pytest.mark.parametrize("head", ["2025年3月", "3月", "三月", "2025/3", "2025.03", "Mar-25", "25-Mar"])
def test_a_month_may_be_headed_in_the_ways_people_head_it(case: Case, head: str) -> None:
    case.head[11] = head
    assert "line.1.fuel.coal.consumption@2025-03" in case.read().ledger.versions


def test_a_month_that_excel_made_a_date_of_is_still_that_month(xlsx_case: Case) -> None:
    xlsx_case.head[11] = datetime.date(2025, 3, 1)
    assert "line.1.fuel.coal.consumption@2025-03" in xlsx_case.read().ledger.versions


@pytest.mark.parametrize(
    ("written", "unit"), [("万吨", "10^4t"), ("10⁴t", "10^4t"), ("KG", None), ("千克", "kg"), (" t ", "t")]
)
def test_units_are_known_by_their_words_and_keep_their_case(case: Case, written: str, unit: str | None) -> None:
    case.set("coal", "unit", written)
    if unit is None:
        assert case.fault().code == "folder.cell.unit"
        return
    (entry,) = case.read().ledger.versions["line.1.fuel.coal.consumption@2025-01"]
    assert (entry.value, entry.unit) == (Decimal("18402.5"), unit)


def test_empty_rows_and_comments_are_passed_over(case: Case) -> None:
    case.rows = {"none": [""], "comment": ["# words, and “quotes”", "of one who explains"], **case.rows}
    assert len(case.read().ledger.versions) == 6 * 12


def test_a_short_row_has_blank_months(csv_case: Case) -> None:
    csv_case.rows["coal"] = csv_case.rows["coal"][:10]
    assert len(csv_case.read().gaps()) == 11


def test_a_remark_is_kept_word_for_word(case: Case) -> None:
    case.head.append("remark")
    case.rows["coal"].append("秤 9 月校准")
    (note,) = case.read().notes
    assert (note.quantity, note.text) == ("line.1.fuel.coal.consumption", "秤 9 月校准")


def test_rows_and_months_may_be_spread_over_files_and_sheets(case: Case) -> None:
    whole = case.read().ledger.versions
    first = [row[:15] for row in (case.head, *case.rows.values())]
    second = [row[:9] + row[15:] for row in (case.head, *case.rows.values())]
    case.write("activity_h2.xlsx", case.workbook({"activity": second[:3], "electricity_heat": [second[0], *second[3:]]}))
    case.head, case.rows = first[0], {str(number): row for number, row in enumerate(first[1:])}
    assert case.read().ledger.versions.keys() == whole.keys()


def test_files_are_known_by_their_hash(csv_case: Case) -> None:
    year = csv_case.read()
    digest = hashlib.sha256((csv_case.path / "activity.csv").read_bytes()).hexdigest()
    assert year.files["activity.csv"] == digest
    assert sorted(year.files) == ["activity.csv", "plant.yaml"]


def test_a_byte_order_mark_is_no_part_of_the_first_heading(csv_case: Case) -> None:
    csv_case.read()
    data = (csv_case.path / "activity.csv").read_bytes()
    csv_case.write("activity_again.csv", b"\xef\xbb\xbf" + data)
    codes = {fault.code for fault in csv_case.faults()}
    assert codes == {"folder.row.twice"}


def test_a_year_may_be_one_value(case: Case) -> None:
    case.plant = case.plant.replace("periods: months", "periods: year")
    case.head = [*case.head[:9], "2025"]
    case.rows = {name: row[:10] for name, row in case.rows.items()}
    assert "line.1.fuel.coal.consumption@2025" in case.read().ledger.versions


def test_a_percentage_cell_is_right_where_the_unit_is_one(xlsx_case: Case) -> None:
    xlsx_case.set("oxidation", "unit", "无量纲")
    xlsx_case.rows["oxidation"][9:] = [("percent", 0.99)] * 12
    (entry,) = xlsx_case.read().ledger.versions["line.1.fuel.coal.oxidation@2025-01"]
    assert (entry.value, entry.unit) == (Decimal("0.99"), "1")


def test_a_formula_with_its_result_is_that_number(xlsx_case: Case) -> None:
    xlsx_case.set("coal", "2025-01", ("formula", "=18000+402.5", 18402.5))
    (entry,) = xlsx_case.read().ledger.versions["line.1.fuel.coal.consumption@2025-01"]
    assert entry.value == Decimal("18402.5")
