"""Cells that are wrong: each is refused by name, with file, sheet, row, column, value and cure, all in one go."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

# conftest's Case; tests of one folder cannot import each other under importlib mode
Case = Any

WRITTEN = {
    "12,5": "number.decimal_comma",
    "18,402": "number.thousands",
    "18,402.50": "number.thousands",
    "18.402,50": "number.thousands",
    "18 402.50": "number.thousands",
    "1'840": "number.thousands",
    "１８４０２": "number.full_width",
    "18402．5": "number.full_width",
    "NaN": "number.not_finite",
    "inf": "number.not_finite",
    "-Infinity": "number.not_finite",
    "#DIV/0!": "number.error",
    "#N/A": "number.error",
    "=B2*2": "number.formula",
    "+A1": "number.formula",
    "@SUM(A1)": "number.formula",
    "12 %": "number.percent_sign",
    "12 t": "number.unit_in_cell",
    "1.2万吨": "number.unit_in_cell",
    "2025-03-01": "number.date",
    "2025/3/1": "number.date",
    "Mar-25": "number.date",
    "<0.01": "number.below_limit",
    "未检出": "number.below_limit",
    "≈18000": "number.approximate",
    "TRUE": "number.truth",
    "缺": "number.text",
    "1.2.3": "number.text",
    "--": "number.text",
    "1" * 41: "number.long",
    "1e400": "number.long",
}


@pytest.mark.parametrize("written", WRITTEN)
def test_text_that_is_no_number_is_refused_by_the_name_of_its_fault(csv_case: Case, written: str) -> None:
    csv_case.set("coal", "2025-03", written)
    fault = csv_case.fault()
    place = (fault.fields["file"], fault.fields["row"], fault.fields["column"])
    assert (fault.code, place) == (f"folder.{WRITTEN[written]}", csv_case.place("coal", "2025-03"))
    assert fault.fields["value"] == written
    assert f"{written}" in fault.text("zh")
    assert "2025-03" in fault.text("en")


TYPED: dict[str, tuple[object, str]] = {
    "a date": (datetime.date(2025, 3, 1), "number.date"),
    "a date with time": (datetime.datetime(2025, 3, 1, 8, 30), "number.date"),  # noqa: DTZ001  # a workbook has no zone
    "a time": (datetime.time(8, 30), "number.date"),
    "a truth value": (True, "number.truth"),
    "a division by zero": (("formula", "=1/0", "#DIV/0!"), "number.error"),
    "a look-up that found nothing": (("formula", "=NA()", "#N/A"), "number.error"),
    "a reference that is gone": (("formula", "=#REF!", "#REF!"), "number.error"),
    "a formula nobody calculated": (("formula", "=1+1", ""), "number.uncalculated"),
    "a number stored as text": (("text", "18402.5"), "number.number_as_text"),
    "a percentage": (("percent", 0.5), "number.percent"),
    "words": ("缺数据", "number.text"),
    "a decimal comma": ("18402,5", "number.decimal_comma"),
    "not a number": ("NaN", "number.not_finite"),
}


@pytest.mark.parametrize("name", TYPED)
def test_a_cell_of_a_workbook_that_is_no_plain_number_is_refused(xlsx_case: Case, name: str) -> None:
    value, code = TYPED[name]
    xlsx_case.set("coal", "2025-03", value)
    fault = xlsx_case.fault()
    assert (fault.code, fault.fields["sheet"]) == (f"folder.{code}", "activity")
    assert (fault.fields["file"], fault.fields["row"], fault.fields["column"]) == xlsx_case.place("coal", "2025-03")
    assert "activity.xlsx [activity] L2" in fault.text("zh")


def test_a_negative_mass_is_refused(case: Case) -> None:
    case.set("coal", "2025-03", "-1" if case.form == "csv" else -1)
    fault = case.fault()
    assert (fault.code, fault.fields["value"], fault.fields["column"]) == ("folder.range.negative", "-1", "L")


def test_percent_typed_for_a_fraction_is_named_with_both_ways_out(case: Case) -> None:
    case.set("oxidation", "unit", "1")
    faults = case.faults()
    assert {fault.code for fault in faults} == {"folder.range.percent"}
    assert "0.99" in faults[0].text("en")


def test_a_fraction_typed_for_percent_is_named_with_both_ways_out(case: Case) -> None:
    case.rows["oxidation"][9:] = ["0.99"] * 12
    faults = case.faults()
    assert {fault.code for fault in faults} == {"folder.range.fraction"}
    assert "99" in faults[0].text("zh")


def test_kilojoule_per_kilogram_typed_for_gigajoule_per_tonne_is_named(case: Case) -> None:
    case.set("heat", "2025-03", "23076")
    fault = case.fault()
    assert (fault.code, fault.fields["fitting"]) == ("folder.range.unit", "kJ/kg")


@pytest.mark.parametrize("value", ["1000", "5500", "9000"])
def test_a_calorific_value_that_fits_two_units_names_both(case: Case, value: str) -> None:
    case.set("heat", "2025-03", value)
    fault = case.fault()
    assert (fault.code, fault.fields["fitting"]) == ("folder.range.unit", "kJ/kg, kcal/kg")


@pytest.mark.parametrize("unit", ["kcal/kg", "大卡/千克"])
def test_kilocalories_per_kilogram_are_read(case: Case, unit: str) -> None:
    case.set("heat", "unit", unit)
    case.rows["heat"][9:] = ["5500"] * 12
    entry = case.read().ledger.versions["line.1.fuel.coal.net_calorific_value@2025-03"][0]
    assert (str(entry.value), entry.unit) == ("5500", "kcal/kg")


def test_lean_coal_in_kilojoules_is_within_the_bounds(case: Case) -> None:
    case.set("heat", "unit", "kJ/kg")
    case.rows["heat"][9:] = ["5400"] * 12
    assert case.read().ledger.versions


def test_bounds_in_kilocalories_are_shown_with_six_digits(case: Case) -> None:
    case.set("heat", "unit", "kcal/kg")
    case.rows["heat"][9:] = ["23.076"] * 12
    fault = case.faults()[0]
    # 0.1 and 60 GJ/t over 4.1868 kJ/kcal
    assert (fault.fields["lowest"], fault.fields["highest"]) == ("23.8846", "14330.8")


def test_gigajoule_per_tonne_typed_for_kilojoule_per_kilogram_is_named(case: Case) -> None:
    case.set("heat", "unit", "kJ/kg")
    faults = case.faults()
    assert {fault.code for fault in faults} == {"folder.range.unit"}
    assert "GJ/t" in str(faults[0].fields["fitting"])


def test_carbon_per_terajoule_typed_for_carbon_per_gigajoule_is_named(case: Case) -> None:
    case.rows["oxidation"] = ["line.1", "fuel", "coal", "carbon_content", "tC/GJ", "", "", "default", "", *["26.18"] * 12]
    assert case.faults()[0].fields["fitting"] == "tC/TJ"


def test_a_value_no_unit_explains_is_refused_with_its_range(case: Case) -> None:
    case.set("heat", "2025-03", "90000")
    fault = case.fault()
    assert (fault.code, fault.fields["lowest"], fault.fields["highest"]) == ("folder.range.outside", "0.1", "60")


def test_a_gas_may_have_the_calorific_value_of_a_gas(case: Case) -> None:
    case.set("coal", "unit", "10^4Nm3")
    case.set("heat", "unit", "GJ/万Nm³")
    case.rows["heat"][9:] = ["389.31"] * 12
    assert case.read().ledger.versions["line.1.fuel.coal.net_calorific_value@2025-01"][0].unit == "GJ/10^4Nm3"


@pytest.mark.parametrize(
    ("row", "heading", "code"),
    [
        ("heat", "basis", "folder.cell.basis_blank"),
        ("heat", "place", "folder.cell.place_blank"),
        ("coal", "place", "folder.cell.place_blank"),
        ("coal", "scope", "folder.cell.blank"),
        ("coal", "group", "folder.cell.blank"),
        ("coal", "stream", "folder.cell.blank"),
        ("coal", "item", "folder.cell.blank"),
        ("coal", "unit", "folder.cell.blank"),
        ("coal", "origin", "folder.cell.blank"),
    ],
)
def test_what_a_row_must_say_may_not_be_blank(case: Case, row: str, heading: str, code: str) -> None:
    case.set(row, heading, "")
    fault = case.fault()
    assert (fault.code, fault.fields["heading"]) == (code, heading)
    assert (fault.fields["file"], fault.fields["row"], fault.fields["column"]) == case.place(row, heading)


@pytest.mark.parametrize(
    ("row", "heading", "value", "code", "nearest"),
    [
        ("coal", "scope", "line.2", "folder.cell.word", "line.1"),
        ("coal", "group", "feul", "folder.cell.word", "fuel"),
        ("coal", "stream", "coals", "folder.cell.stream", "coal"),
        ("coal", "item", "comsumption", "folder.cell.word", "consumption"),
        ("coal", "unit", "GJ", "folder.cell.unit", ""),
        ("coal", "unit", "tons", "folder.cell.unit", ""),
        ("heat", "basis", "wet", "folder.cell.word", ""),
        ("coal", "place", "killn", "folder.cell.word", "kiln"),
        ("coal", "origin", "guess", "folder.cell.word", ""),
        ("power", "stream", "coal", "folder.cell.stream_unneeded", ""),
    ],
)
def test_a_word_that_is_not_known_is_refused_with_the_nearest_that_is(
    case: Case, row: str, heading: str, value: str, code: str, nearest: str
) -> None:
    case.set(row, heading, value)
    fault = case.fault()
    assert (fault.code, fault.fields["value"], fault.fields.get("nearest", "")) == (code, value, nearest)


def test_a_title_that_two_streams_have_names_neither(case: Case) -> None:
    case.plant += "  - {id: coke, kind: fuel, item: coke, scope: line.1, place: kiln, title: {zh: 烟煤, en: Coke}}\n"
    case.rows["coke"] = list(case.rows["coal"])
    case.set("coal", "stream", "烟煤")
    case.set("coke", "stream", "coke")
    fault = case.fault()
    assert (fault.code, fault.fields["row"], fault.fields["known"]) == ("folder.cell.stream", 2, "coal, coke")


def test_a_formula_in_a_column_of_words_is_refused(csv_case: Case) -> None:
    csv_case.set("coal", "source", "=cmd|'/c calc'!A0")
    assert csv_case.fault().code == "folder.number.formula"


def test_a_formula_error_in_a_column_of_words_is_refused(case: Case) -> None:
    case.set("coal", "origin", ("formula", "=NA()", "#N/A") if case.form == "xlsx" else "#N/A")
    assert case.fault().code == "folder.number.error"


@pytest.mark.parametrize("word", ["不适用", "/", "n/a"])
def test_an_amount_cannot_be_declared_not_applicable_in_a_cell(case: Case, word: str) -> None:
    case.set("coal", "2025-03", word)
    assert case.fault().code == "folder.number.amount_not_applicable"


def test_every_fault_is_told_in_one_go(case: Case) -> None:
    case.set("coal", "2025-03", "缺")
    case.set("heat", "basis", "")
    case.set("slag", "unit", "GJ")
    case.rows["clinker"][9] = "-"
    case.plant = case.plant.replace("province: hubei", "provnice: hubei")
    case.write("laboratory.csv", "样品编号\n")
    found = [fault.code.removeprefix("folder.") for fault in case.faults()]
    assert sorted(found) == [
        *("cell.basis_blank", "cell.unit", "head.missing", "number.text", "number.text"),
        *("plant.key_unknown", "plant.missing"),
    ]


def test_a_wrong_row_is_not_told_again_as_a_missing_one(case: Case) -> None:
    case.set("coal", "unit", "GJ")
    assert [fault.code for fault in case.faults()] == ["folder.cell.unit"]


def test_control_characters_of_a_value_do_not_reach_the_terminal(csv_case: Case) -> None:
    csv_case.set("coal", "2025-03", "\x1b[31mred\x07" + "x" * 200)
    fault = csv_case.fault()
    assert "\x1b" not in fault.text("en")
    assert len(str(fault.fields["value"])) == 80


def test_an_exponent_is_a_number(csv_case: Case) -> None:
    csv_case.set("coal", "2025-03", "1.8e4")
    (entry,) = csv_case.read().ledger.versions["line.1.fuel.coal.consumption@2025-03"]
    assert entry.value == 18000
