"""What only shows when all files are read."""

from __future__ import annotations

from typing import Any

import pytest

# conftest's Case; tests of one folder cannot import each other under importlib mode
Case = Any


@pytest.mark.parametrize(
    ("row", "part", "line"),
    [("coal", "line.1.fuel.coal", 16), ("slag", "line.1.material.slag", 17), ("clinker", "line.1.clinker.portland", 14)],
)
def test_what_the_plant_declares_must_have_its_row(case: Case, row: str, part: str, line: int) -> None:
    del case.rows[row]
    fault = case.fault()
    assert (fault.code, fault.fields["value"]) == ("folder.whole.row_missing", part)
    assert (fault.fields["file"], fault.fields["row"]) == ("plant.yaml", line)


def test_a_row_of_blanks_is_a_row(case: Case) -> None:
    case.rows["coal"][9:] = [""] * 12
    assert len(case.read().gaps()) == 12


def test_stock_rows_stand_for_the_output_of_a_clinker(case: Case) -> None:
    case.set("clinker", "item", "closing_stock")
    assert "line.1.clinker.portland.closing_stock@2025-01" in case.read().ledger.versions


def test_a_product_needs_its_output(case: Case) -> None:
    case.plant += "products: [{id: cement, title: 水泥}]\n"
    assert case.fault().fields["quantity"] == "enterprise.product.cement.output"


def test_a_precursor_needs_its_consumption(case: Case) -> None:
    case.plant += "precursors: [{id: clinker, title: 外购熟料}]\n"
    assert case.fault().fields["quantity"] == "enterprise.precursor.clinker.consumption"


def test_a_row_declared_none_may_not_hold_an_amount(case: Case) -> None:
    case.plant += "declared_none: [{row: other, reason: 没有}]\n"
    case.rows["other"] = ["enterprise", "other", "", "emissions", "tCO2", "", "", "manual", "", *["5"] * 12]
    fault = case.fault()
    assert (fault.code, fault.fields["quantity"]) == ("folder.whole.declared_none", "enterprise.other.emissions")


def test_a_row_declared_none_may_be_zero_or_absent(case: Case) -> None:
    case.plant += "declared_none: [{row: other, reason: 没有}, {row: carbon_in_products, reason: 没有}]\n"
    case.rows["other"] = ["enterprise", "other", "", "emissions", "tCO2", "", "", "manual", "", *["0"] * 12]
    assert [none.row for none in case.read().plant.declared_none] == ["other", "carbon_in_products"]


def test_a_consumption_is_weighed_where_the_plant_says(case: Case) -> None:
    case.set("coal", "place", "delivered")
    fault = case.fault()
    assert (fault.code, fault.fields["declared"]) == ("folder.whole.place", "kiln")
    assert (fault.fields["file"], fault.fields["row"], fault.fields["column"]) == case.place("coal", "place")
    assert "“入厂”" in fault.text("zh")
    assert "“入窑”" in fault.text("zh")
    assert "“delivered”" in fault.text("en")


def test_a_calorific_value_measures_what_the_consumption_measures(case: Case) -> None:
    case.set("coal", "unit", "10^4Nm3")
    fault = case.fault()
    assert (fault.code, fault.fields["value"], fault.fields["amount"]) == ("folder.whole.dimension", "GJ/t", "10^4Nm3")


def test_one_quantity_has_one_place(case: Case) -> None:
    first, second = list(case.rows["heat"]), list(case.rows["heat"])
    first[15:], second[9:15] = [""] * 6, [""] * 6
    second[6] = "mill"
    case.write("activity_h2.csv", case.csv([[*case.head[:9], *case.head[15:]], second[:9] + second[15:]]))
    case.head, case.rows = case.head[:15], {name: row[:15] for name, row in case.rows.items()}
    assert "folder.row.trait" in {fault.code for fault in case.faults()}
