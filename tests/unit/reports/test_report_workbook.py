"""The workbook, read back with another library: its numbers are those of the inventory, and a blank is no zero."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from tanheng.accounting.inventory import Inventory
from tanheng.core.canonical import plain
from tanheng.reports import workbook
from tanheng.reports.matrix import rows, scopes, summary
from tanheng.reports.words import Words

Table = list[list[object]]


def opened(inventory: Inventory, lang: str = "en") -> dict[str, Table]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.render(inventory, lang=lang)))
    return {name: [list(row) for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}


@pytest.mark.parametrize("fixture", ["hubei", "commission", "blank"])
def test_every_cell_of_a_matrix_is_the_value_of_the_inventory(fixture: str, request: pytest.FixtureRequest) -> None:
    inventory = request.getfixturevalue(fixture)
    sheets = opened(inventory)
    names = [name for name in sheets if name.startswith("Months")]
    for name, scope in zip(names, scopes(inventory), strict=True):
        by_id = {row[1]: row for row in sheets[name] if row[1]}
        for row in rows(inventory, scope):
            shown = by_id[row.id][3 : 4 + len(row.values)]
            expected = [float(value) if isinstance(value, Decimal) else Words("en").number(value) for value in
                        (*row.values, row.whole)]  # fmt: skip
            assert shown == expected, row.id


def test_the_summary_has_each_total_once_and_no_sum_of_them(hubei: Inventory) -> None:
    found = {row[1]: row[2] for row in opened(hubei)["Summary"] if row[1] in hubei.book.totals}
    assert found == {figure.id: float(figure.rounded) for figure in summary(hubei) if figure.rounded is not None}
    assert len(found) == 4


def test_the_trace_has_every_figure_in_full_precision(hubei: Inventory) -> None:
    table = opened(hubei)["Trace"]
    shown = {(row[0], row[1]): row[3] for row in table[1:]}
    assert len(table) - 1 == len(hubei.figures)
    for figure in hubei.figures.values():
        assert shown[figure.quantity, figure.period] == (plain(figure.value) if figure.value is not None else "n/a")


def test_every_parameter_stands_with_its_digits_and_state(hubei: Inventory) -> None:
    table = opened(hubei)["Parameters and their check stat"]
    shown = {(row[1], row[2], row[8]) for row in table[1:]}
    assert shown == {(str(value.id), value.digits, str(value.check)) for value in hubei.parameters.values()}


def test_every_input_stands_as_it_was_written_with_its_cell(hubei: Inventory) -> None:
    table = opened(hubei)["Inputs"]
    assert len(table) - 1 == len(hubei.inputs)
    (row,) = (row for row in table if row[:2] == ["line.1.material.carbide_slag.consumption", "2025-04"])
    assert row[2] == "2396.26"
    assert "corrections.csv" in str(row[9])
    assert "2437.52" in str(row[13])  # what the correction replaced


def test_a_blank_is_said_and_never_a_number(blank: Inventory) -> None:
    sheets = opened(blank)
    (row,) = (row for row in sheets["Months of Line 1"] if row[1] == "line.1.total")
    assert row[3 + 4] == "blank"
    assert [type(value) for value in row[3:7]] == [float] * 4
    assert row[3 + 12] == "blank"
    assert ["Blank values (blank is not zero)", "site.fuel.coal.consumption (2025-05)"] in sheets["Notes"]
    assert sheets["Classes of source streams"][1][0] == "A stream is blank, so there are no classes."


def test_the_notes_say_which_boundary_and_how_the_other_differs(hubei: Inventory) -> None:
    summary_sheet, notes = opened(hubei)["Summary"], opened(hubei)["Notes"]
    assert any("homogenisation to clinker silo" in str(row[1]) for row in summary_sheet)
    (note,) = (str(row[1]) for row in notes if row[0] == "Definition of the clinker boundary")
    assert "raw mill, coal mill" in note


def test_a_method_without_classes_has_no_sheet_of_them(commission: Inventory) -> None:
    assert "Classes of source streams" not in opened(commission)


def test_classes_are_shown_with_their_numbers(hubei: Inventory) -> None:
    assert hubei.source_streams is not None
    table = opened(hubei)["Classes of source streams"]
    for item, row in zip(hubei.source_streams.streams, table[1:], strict=False):
        assert row[1] == item.stream.id
        assert row[2] == float(round(item.stream.emission, 2))


def test_chinese_and_english_hold_the_same_numbers(hubei: Inventory) -> None:
    numbers = [
        [value for table in opened(hubei, lang).values() for row in table for value in row if isinstance(value, float)]
        for lang in ("zh", "en")
    ]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) > 1000


def test_the_file_carries_no_date_of_the_clock(hubei: Inventory) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook.render(hubei, lang="zh"))) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_arithmetic_on_plant_data_claims_no_document(hubei: Inventory) -> None:
    for lang, arithmetic, blank_clause in (("zh", "算术", "条款未核"), ("en", "arithmetic", "clause not read")):
        table = opened(hubei, lang)[{"zh": "溯源", "en": "Trace"}[lang]]
        found = {(row[0], row[1]): (row[8], row[9], row[10]) for row in table[1:]}
        assert found["line.1.raw_meal.calcined", "2025-01"] == (arithmetic, "–", arithmetic)
        document, clause, check = found["line.1.total", ""]  # a sum, of numbers that rest on a document
        assert (document, clause) == (arithmetic, "–")
        assert check == {"zh": "未核实", "en": "unverified"}[lang]
        assert found["line.1.fuel.coal.emission", "2025-01"][1] == blank_clause
        assert {"zh": "附录 B", "en": "Appendix B"}[lang] in found["site.clinker.portland.output", "2025-01"][1]  # type: ignore[operator]


def test_no_row_of_the_plants_own_numbers_is_called_checked(hubei: Inventory) -> None:
    sheets = opened(hubei)
    states = {row[1]: row[-1] for name, table in sheets.items() if name.startswith("Months") for row in table[1:]}
    assert states["site.fuel.coal.consumption"] == "plant data"
    assert "verified" not in {state for name, state in states.items() if not str(name).startswith("cn.")}


def test_a_parameter_of_an_earlier_year_says_so(hubei: Inventory) -> None:
    notes = {row[1]: str(row[9]) for row in opened(hubei)["Parameters and their check stat"][1:]}
    assert "Describes 2023, used because none is published" in notes["cn.grid.national_average_factor"]
    assert "Describes" not in notes["cn.heat.factor"]


def test_an_oxidation_factor_is_called_one(hubei: Inventory) -> None:
    titles = {row[1]: row[0] for row in opened(hubei, "zh")["参数与核对状态"][1:]}
    assert titles["cn.cets.oxidation.solid.cement_kiln"] == "碳氧化率：固体燃料·水泥窑"


def test_a_line_page_holds_what_its_coal_needs(hubei: Inventory) -> None:
    for line in ("1", "2"):
        found = {row.id: row for row in rows(hubei, f"line.{line}")}
        used = found["site.fuel.coal.net_calorific_value_as_used"]
        for period, value in zip(hubei.plant.periods, used.values, strict=True):
            assert value == hubei.figure(used.id, period).rounded


def test_the_split_keys_of_two_lines_have_different_names(hubei: Inventory) -> None:
    found = {row.id: row.title for row in rows(hubei, "line.2")}
    assert found["site.fuel.coal.consumption"]["zh"] == "共用烟煤消耗量"
    assert found["line.1.fuel.coal.key"]["zh"].startswith("1#线烟煤")
    assert found["line.2.fuel.coal.key"]["zh"].startswith("2#线烟煤")
