"""Heads and rows that are wrong as a whole: missing, doubled and unknown columns, months twice, cells aside."""

from __future__ import annotations

from typing import Any

import pytest

from tanheng.accounting.folder import FolderError, read_folder

# conftest's Case; tests of one folder cannot import each other under importlib mode
Case = Any

WORDS = ["scope", "group", "stream", "item", "unit", "basis", "place", "origin", "source"]


def without(case: Case, heading: str) -> None:
    """Take a column out of the table."""
    index = case.head.index(heading)
    case.head.pop(index)
    for row in case.rows.values():
        row.pop(index)


@pytest.mark.parametrize("heading", WORDS)
def test_a_missing_column_is_named(case: Case, heading: str) -> None:
    without(case, heading)
    fault = case.fault()
    assert (fault.code, fault.fields["missing_en"], fault.fields["row"]) == ("folder.head.column_missing", heading, 1)
    assert heading in fault.text("en")


def test_a_missing_column_does_not_hide_the_other_faults(case: Case) -> None:
    case.set("coal", "2025-03", "缺")
    without(case, "source")
    assert [fault.code for fault in case.faults()] == ["folder.head.column_missing", "folder.number.text"]


def test_a_missing_month_is_named(case: Case) -> None:
    without(case, "2025-07")
    fault = case.fault()
    assert (fault.code, fault.fields["missing"]) == ("folder.head.period_missing", "2025-07")


def test_a_month_twice_is_refused_with_both_places(case: Case) -> None:
    case.head.append("3月")
    for row in case.rows.values():
        row.append("1")
    fault = case.fault()
    assert (fault.code, fault.fields["column"]) == ("folder.head.twice", "V")
    assert "L1" in str(fault.fields["first"])


def test_a_row_twice_is_refused_once_with_both_places(case: Case) -> None:
    case.rows["again"] = list(case.rows["coal"])
    fault = case.fault()
    assert (fault.code, fault.fields["row"]) == ("folder.row.twice", 8)
    assert "J2" in str(fault.fields["first"])


def test_a_month_given_in_two_files_is_refused(case: Case) -> None:
    case.write("activity_more.csv", case.csv([case.head, case.rows["coal"]]))
    fault = case.fault()
    assert (fault.code, fault.fields["quantity"]) == ("folder.row.twice", "line.1.fuel.coal.consumption")


@pytest.mark.parametrize("head", ["2024-12", "2026-01", "2025-13", "13月"])
def test_a_month_outside_the_year_is_refused(case: Case, head: str) -> None:
    case.head[20] = head
    assert "folder.head.period" in {fault.code for fault in case.faults()}


@pytest.mark.parametrize("head", ["全年值", "合计", "Full year"])
def test_a_column_of_totals_is_told_to_go(case: Case, head: str) -> None:
    case.head.append(head)
    for row in case.rows.values():
        row.append("1")
    assert case.fault().code == "folder.head.total"


def test_an_unknown_heading_is_refused_with_the_nearest(case: Case) -> None:
    case.head[5] = "bassis"
    codes = {fault.code: fault for fault in case.faults()}
    assert codes["folder.head.unknown"].fields["nearest"] == "basis"
    assert "folder.head.column_missing" in codes


def test_a_formula_error_in_the_head_is_refused(xlsx_case: Case) -> None:
    xlsx_case.head.append(("formula", "=NA()", "#N/A"))
    assert "folder.head.odd" in {fault.code for fault in xlsx_case.faults()}


def test_text_above_the_head_is_not_passed_over(case: Case) -> None:
    rows = [["某某水泥 2025 年活动数据"], case.head, *case.rows.values()]
    case.head, case.rows = rows[0], {str(number): row for number, row in enumerate(rows[1:])}
    fault = case.fault()
    assert (fault.code, fault.fields["row"]) == ("folder.head.text_above", 1)


def test_a_table_without_a_head_says_what_a_head_holds(case: Case) -> None:
    case.head, *rows = case.rows.values()
    case.rows = {str(number): row for number, row in enumerate(rows)}
    fault = case.fault()
    assert fault.code == "folder.head.missing"
    assert "basis" in fault.text("en")


def test_an_unquoted_separator_of_thousands_is_told_as_what_it_is(csv_case: Case) -> None:
    csv_case.read()
    text = (csv_case.path / "activity.csv").read_text(encoding="utf-8").replace("18402.5", "18,402.5", 1)
    csv_case.write("activity.csv", text)
    with pytest.raises(FolderError) as refused:
        read_folder(csv_case.path)
    (fault,) = refused.value.findings
    assert (fault.code, fault.fields["row"], fault.fields["column"]) == ("folder.row.no_heading", 2, "V")


def test_a_row_pushed_aside_by_a_comma_is_told_once(csv_case: Case) -> None:
    csv_case.rows["heat"].insert(9, "23")  # 23,076 typed without quotation marks: every month stands one cell too far
    csv_case.rows["heat"][10] = "076"
    assert [fault.code for fault in csv_case.faults()] == ["folder.row.no_heading"]


def test_a_cell_beside_the_table_is_refused(xlsx_case: Case) -> None:
    xlsx_case.rows["coal"] += ["", "see above"]
    fault = xlsx_case.fault()
    assert (fault.code, fault.fields["column"]) == ("folder.row.no_heading", "W")


def test_an_empty_table_is_a_table_without_rows(case: Case) -> None:
    case.rows = {}
    assert [fault.code for fault in case.faults()] == ["folder.whole.row_missing"] * 3
