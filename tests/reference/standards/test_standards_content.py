"""What is shipped against what was published: counts, press figures, official workbooks, published arithmetic."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tanheng.core.states import CheckState
from tanheng.standards import load_pack

FOLDER = Path(__file__).parent
MID_2025 = datetime.date(2025, 6, 30)
IN_2026 = datetime.date(2026, 6, 30)


def cases(name: str) -> list[dict[str, Any]]:  # JSON of the case file: text in every field
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))["cases"]
    return found


def year(number: int) -> datetime.date:
    return datetime.date(number, 6, 30)


def number(identifier: str, on: datetime.date = MID_2025) -> Decimal:
    return load_pack().value(identifier, on=on).value


# Appendices of CETS-AG-02.01-V01-2024 as coded in one implementation: 20 fuels, 3 states, 4 clinkers, 30 materials.
@pytest.mark.parametrize(
    ("table", "rows"), [("cn.cets.fuel", 20), ("cn.cets.oxidation", 3), ("cn.cets.clinker", 4), ("cn.cets.deduction", 30)]
)
def test_the_appendices_are_complete(table: str, rows: int) -> None:
    assert len(load_pack().table(table).rows) == rows


def test_nothing_of_the_unread_guideline_is_called_more_than_unverified() -> None:
    pack = load_pack()
    states = {
        value.check
        for parameter in pack.parameters.values()
        for value in parameter.values
        if value.document == "cets-ag-02.01-v01-2024"
    }
    assert states == {CheckState.UNVERIFIED}


@pytest.mark.parametrize(
    ("fuel", "heat", "carbon", "phase"),
    [  # copied by hand: each state of fuel, and those that are easy to mistake
        ("anthracite", "22.867", "0.02749", "solid"),
        ("bituminous_coal", "23.076", "0.02618", "solid"),
        ("diesel", "42.652", "0.02020", "liquid"),
        ("refinery_dry_gas", "45.998", "0.01820", "liquid"),
        ("natural_gas", "389.310", "0.01532", "gas"),
        ("blast_furnace_gas", "33.000", "0.07080", "gas"),
    ],
)
def test_fuel_defaults_have_the_printed_digits(fuel: str, heat: str, carbon: str, phase: str) -> None:
    pack = load_pack()
    assert pack.value(f"cn.cets.fuel.{fuel}.net_calorific_value", on=MID_2025).digits == heat
    assert pack.value(f"cn.cets.fuel.{fuel}.carbon_content", on=MID_2025).digits == carbon
    assert pack.word(f"cn.cets.fuel.{fuel}.phase", on=MID_2025).word == phase


# Transcribed twice, apart from each other; a slip of the hand in one of them shows here.
@pytest.mark.parametrize(
    ("name", "table", "title", "columns"),
    [
        ("cets_fuels.json", "cn.cets.fuel", "fuel", ("net_calorific_value", "carbon_content")),
        ("cets_clinkers.json", "cn.cets.clinker", "clinker", ("factor",)),
        ("cets_deductions.json", "cn.cets.deduction", "material", ("coefficient",)),
    ],
)
def test_both_transcriptions_of_the_appendices_agree(name: str, table: str, title: str, columns: tuple[str, ...]) -> None:
    pack = load_pack()
    keys = {text.zh: key for key, text in pack.table(table).rows.items()}
    second = cases(name)
    assert {case[title] for case in second} == set(keys)
    for case in second:
        for column in columns:
            identifier = f"{table}.{keys[case[title]]}.{'process_factor' if column == 'factor' else column}"
            assert pack.value(identifier, on=MID_2025).digits == case[column], identifier


@pytest.mark.parametrize(
    ("name", "table", "title"),
    [("grid_provinces.json", "cn.grid.province", "province"), ("grid_regions.json", "cn.grid.region", "region")],
)
def test_both_transcriptions_of_the_grid_factors_agree(name: str, table: str, title: str) -> None:
    pack = load_pack()
    keys = {text.zh: key for key, text in pack.table(table).rows.items()}
    second = cases(name)
    assert {case[title] for case in second} == set(keys)
    for case in second:
        found = [pack.value(f"{table}.{keys[case[title]]}.factor", on=year(of)).digits for of in (2021, 2022, 2023)]
        assert found == [case["2021"], case["2022"], case["2023"]], case[title]


def test_the_conflicting_carbon_content_would_lower_bituminous_coal_by_a_ninth() -> None:
    # 1 − 0.02308 / 0.02618 = 11.84 %, stated as 11.8 % in the note.
    assert round((1 - Decimal("0.02308") / number("cn.cets.fuel.bituminous_coal.carbon_content")) * 100, 1) == Decimal("11.8")


def test_heat_default_times_carbon_and_oxidation_gives_the_worked_month_of_coal() -> None:
    # Worked case T1: 17 000 t, 23.076 GJ/t, 0.02618 tC/GJ, 99 % → 37 280.842552800 tCO2 (decimal arithmetic by hand).
    heat, carbon = (
        number("cn.cets.fuel.bituminous_coal.net_calorific_value"),
        number("cn.cets.fuel.bituminous_coal.carbon_content"),
    )
    oxidised = number("cn.cets.oxidation.solid.cement_kiln")
    assert 17000 * heat * carbon * oxidised / 100 * 44 / 12 == Decimal("37280.842552800")


@pytest.mark.parametrize(
    ("material", "percent"), [("slaked_lime", 76), ("carbide_slag", 61), ("steel_slag", 27), ("coal_fly_ash", 7)]
)
def test_a_deduction_is_a_plausible_share_of_lime(material: str, percent: int) -> None:
    # K × 56/44 is the CaO that would free as much CO2; worked by hand from 0.600, 0.480, 0.215 and 0.055.
    assert round(number(f"cn.cets.deduction.{material}.coefficient") * 56 / 44 * 100) == percent


def test_deduction_coefficients_have_the_seven_printed_steps() -> None:
    pack = load_pack()
    found = [pack.value(identifier, on=MID_2025).digits for identifier in pack.ids("cn.cets.deduction.")]
    steps = {step: found.count(step) for step in sorted(set(found), reverse=True)}
    assert steps == {"0.600": 2, "0.480": 2, "0.375": 3, "0.305": 4, "0.245": 7, "0.215": 2, "0.135": 3, "0.055": 7}


# Grid factors. Announcement of 2025-12-31 as reported by Guangming Daily: "20 provinces fell, 10 rose", regional changes.
def test_thirty_provinces_have_a_factor_for_each_of_three_years() -> None:
    pack = load_pack()
    factors = [pack.value(i, on=year(y)) for i in pack.ids("cn.grid.province.") for y in (2021, 2022, 2023)]
    assert len(factors) == 90
    assert {factor.unit for factor in factors} == {"tCO2/MWh"}
    assert all(len(factor.digits) == 6 for factor in factors)


def test_twenty_provinces_fell_and_ten_rose_from_2022_to_2023() -> None:
    changes = [number(i, year(2023)) - number(i, year(2022)) for i in load_pack().ids("cn.grid.province.")]
    assert (sum(change < 0 for change in changes), sum(change > 0 for change in changes)) == (20, 10)


@pytest.mark.parametrize(
    ("region", "press"),
    [
        ("north", "-6.1"),
        ("northeast", "-8.0"),
        ("east", "-2.1"),
        ("central", "-2.3"),
        ("northwest", "-5.4"),
        ("south", "4.5"),
        ("southwest", "9.0"),
    ],
)
def test_a_region_changed_as_the_press_reported(region: str, press: str) -> None:
    identifier = f"cn.grid.region.{region}.factor"
    change = (number(identifier, year(2023)) / number(identifier, year(2022)) - 1) * 100
    assert abs(change - Decimal(press)) <= Decimal("0.1")  # the press rounds to one decimal


@pytest.mark.parametrize(
    ("key", "digits_2022", "digits_2023"),
    [
        ("national_average", "0.5366", "0.5306"),
        ("national_excluding_traded_non_fossil", "0.5856", "0.6096"),
        ("national_fossil", "0.8325", "0.8273"),
    ],
)
def test_national_factors_are_those_announced(key: str, digits_2022: str, digits_2023: str) -> None:
    values = [load_pack().value(f"cn.grid.{key}_factor", on=year(y)).digits for y in (2022, 2023)]
    assert values == [digits_2022, digits_2023]


def test_recalled_national_factors_of_2021_are_not_shipped() -> None:
    values = [value for i in load_pack().ids("cn.grid.national") for value in load_pack().parameter(i).values]
    assert min(value.describes_from.year for value in values) == 2022


def test_provincial_factors_of_2021_are_unverified_and_later_ones_secondary() -> None:
    states = [load_pack().value("cn.grid.province.hubei.factor", on=year(y)).check.value for y in (2021, 2022, 2023)]
    assert states == ["unverified", "secondary", "secondary"]


# A published energy audit of a cement plant: every line reproduces to the printed digit.
@pytest.mark.parametrize(
    ("fuel", "amount_kg_or_kwh", "tce"),
    [
        ("raw_coal", "223440700", "159603.69"),
        ("electricity", "213420000", "26229.32"),
        ("gasoline", "128660", "189.31"),
        ("diesel", "802540", "1169.38"),
    ],
)
def test_coal_equivalents_reproduce_the_published_energy_audit(fuel: str, amount_kg_or_kwh: str, tce: str) -> None:
    found = Decimal(amount_kg_or_kwh) * number(f"cn.energy.{fuel}.coal_equivalent") / 1000
    assert found.quantize(Decimal("0.01")) == Decimal(tce)


# GB 16780-2021 as in a coded rule set that cites pages: a clinker ratio of 80 % moves the cement levels to 85.5/92.75/100.
@pytest.mark.parametrize(("level", "limit"), [("level1", "85.5"), ("level2", "92.75"), ("level3", "100.0")])
def test_cement_levels_move_with_the_clinker_ratio(level: str, limit: str) -> None:
    points = 80 - number("cn.gb16780.reference_clinker_ratio")
    found = number(f"cn.gb16780.cement_energy.{level}") + number(f"cn.gb16780.cement_energy_correction.{level}") * points
    assert found == Decimal(limit)


def test_levels_rise_from_advanced_to_limit() -> None:
    for row in load_pack().table("cn.gb16780").rows:
        levels = [number(f"cn.gb16780.{row}.level{n}") for n in (1, 2, 3)]
        assert levels == sorted(levels)


# Allocation: shape and thresholds of the plans.
def test_the_slope_meets_the_limit_at_the_edge() -> None:
    for on in (MID_2025, IN_2026):
        assert number("cn.ets.allocation.slope", on) * number("cn.ets.allocation.edge", on) == number(
            "cn.ets.allocation.limit", on
        )


@pytest.mark.parametrize(
    ("identifier", "on", "digits", "check", "status"),
    [
        ("cn.ets.allocation.slope", MID_2025, "0.15", "unverified", "final"),
        ("cn.ets.allocation.slope", IN_2026, "0.15", "verified", "draft"),
        ("cn.ets.allocation.carbide_slag_threshold", MID_2025, "15", "secondary", "final"),
        ("cn.ets.allocation.carbide_slag_threshold", IN_2026, "30", "verified", "draft"),
        ("cn.ets.allocation.pre_allocation_limit", MID_2025, "70", "secondary", "draft"),
        ("cn.ets.allocation.pre_allocation_limit", IN_2026, "50", "verified", "draft"),
        ("cn.ets.allocation.small_company_threshold", IN_2026, "26000", "verified", "draft"),
        ("cn.ets.coverage_threshold", MID_2025, "26000", "secondary", "final"),
        ("cn.heat.factor", MID_2025, "0.11", "secondary", "final"),
        ("cn.energy.standard_coal_heat", MID_2025, "29.3076", "unverified", "final"),
    ],
)
def test_single_values_carry_their_digits_and_states(
    identifier: str, on: datetime.date, digits: str, check: str, status: str
) -> None:
    found = load_pack().value(identifier, on=on)
    assert (found.digits, found.check.value, found.status.value) == (digits, check, status)


@pytest.mark.parametrize(("on", "method"), [(year(2024), "verified_emissions"), (MID_2025, "intensity_coefficient")])
def test_each_year_has_its_method(on: datetime.date, method: str) -> None:
    assert load_pack().word("cn.ets.allocation.method", on=on).word == method


def test_a_line_shut_down_is_treated_differently_in_2025_and_in_the_draft_of_2026() -> None:
    treatments = [load_pack().word("cn.ets.allocation.exemption.shut_down.treatment", on=on).word for on in (MID_2025, IN_2026)]
    assert treatments == ["not_allocated", "equal_to_emissions"]


def test_the_balance_value_is_no_parameter() -> None:
    assert [identifier for identifier in load_pack().ids("cn.ets.") if "balance" in identifier] == []


# Recalled values of the cement method of 2013: GB/T 32151.8 ships classes of alternative fuels and no number.
def test_gbt_32151_8_ships_no_number() -> None:
    pack = load_pack()
    assert pack.ids("cn.gbt32151.") == ()
    assert len(pack.table("cn.gbt32151.alternative_fuel").rows) == 8


# European Union.
def test_the_forty_standard_fuel_factors_are_those_of_the_regulation() -> None:
    pack = load_pack()
    table = pack.table("eu.fuel")
    published = {case["fuel"]: case for case in cases("eu_2025_2547_table1.json")}
    assert {title.en for title in table.rows.values()} == set(published)
    for key, title in table.rows.items():
        case = published[title.en]
        assert pack.value(f"eu.fuel.{key}.emission_factor", on=IN_2026).digits == case["emission_factor_tco2_per_tj"]
        if case["net_calorific_value_tj_per_gg"] == "n.a.":
            assert f"eu.fuel.{key}.net_calorific_value" not in pack.parameters
        else:
            assert pack.value(f"eu.fuel.{key}.net_calorific_value", on=IN_2026).digits == case["net_calorific_value_tj_per_gg"]


DEFAULT_KEYS = {
    "Grey clinker": "grey_clinker",
    "White clinker": "white_clinker",
    "Grey Portland cement": "grey_portland_cement",
    "White Portland cement": "white_portland_cement",
    "Grey hydraulic cements": "grey_hydraulic_cement",
    "White hydraulic cements": "white_hydraulic_cement",
    "Aluminous cement": "aluminous_cement",
    "Calcined clay": "calcined_clay",
}


@pytest.mark.parametrize("case", cases("cbam_defaults_china.json"), ids=lambda case: case["description"])
def test_default_values_of_china_are_those_of_the_workbook(case: dict[str, str]) -> None:
    key = DEFAULT_KEYS[case["description"].strip()]
    for part in ("direct", "indirect", "total"):
        assert number(f"eu.cbam.default.china.{key}.{part}", IN_2026) == Decimal(case[part])
    for of in (2026, 2027, 2028):
        assert number(f"eu.cbam.default_with_markup.china.{key}.total", year(of)) == Decimal(case[str(of)])


BENCHMARK_KEYS = {
    ("25231000", "(A)"): "grey_clinker",
    ("25231000", "(B)"): "white_clinker",
    ("25232100", ""): "white_portland_cement",
    ("25232900", ""): "grey_portland_cement",
    ("25233000", "(1)"): "aluminous_cement_1",
    ("25233000", "(2)"): "aluminous_cement_2",
    ("25239000", "(A)"): "grey_hydraulic_cement",
    ("25239000", "(B)"): "white_hydraulic_cement",
    ("25070080", ""): "calcined_clay",
}


@pytest.mark.parametrize("case", cases("cbam_benchmarks.json"), ids=lambda case: case["cn_code"] + case["route"])
def test_benchmarks_are_those_of_the_workbook(case: dict[str, str]) -> None:
    key = BENCHMARK_KEYS[case["cn_code"], case["route"]]
    assert number(f"eu.cbam.benchmark.{key}.actual", IN_2026) == Decimal(case["actual"])
    assert number(f"eu.cbam.benchmark.{key}.default", IN_2026) == Decimal(case["default"])


def test_a_hundred_tonnes_of_chinese_clinker_need_the_certificates_of_the_published_case() -> None:
    # 100 t × (1.529 − 0.975 × 0.666) = 87.965 certificates in 2026; a public engine gives 75.865 for 1.408 by the same rule.
    with_markup = number("eu.cbam.default_with_markup.china.grey_clinker.total", IN_2026)
    adjustment = number("eu.cbam.factor", IN_2026) / 100 * number("eu.cbam.benchmark.grey_clinker.default", IN_2026)
    assert 100 * (with_markup - adjustment) == Decimal("87.965")


def test_the_cbam_factor_falls_to_nothing_in_2034() -> None:
    factors = [number("eu.cbam.factor", year(of)) for of in range(2026, 2035)]
    assert factors == [Decimal(text) for text in ["97.5", "95", "90", "77.5", "51.5", "39", "26.5", "14", "0"]]


# The register of documents.
@pytest.mark.parametrize(
    ("identifier", "issued", "check"),
    [
        ("cets-ag-02.01-v01-2024", "2024-09-13", "verified"),
        ("cets-vg-02.01-v01-2024", "2024-09-13", "verified"),
        ("gbt-32151.8-2015", "2015-11-19", "verified"),
        ("tcstm-01074-2022", "2022-12-27", "verified"),
        ("mee-announcement-2024-33", "2024-12-20", "verified"),
        ("mee-announcement-2025-47", "2025-12-31", "secondary"),
        ("mee-notice-2025-140", "2025-04-15", "secondary"),
        ("mee-notice-2026", "2026-02-09", "secondary"),
        ("gb-16780-2021", "2021-10-11", "secondary"),
    ],
)
def test_a_document_has_its_day_of_issue_and_state(identifier: str, issued: str, check: str) -> None:
    document = load_pack().document(identifier)
    assert (str(document.issued), document.check.value) == (issued, check)


def test_two_texts_of_the_ministry_are_kept_apart() -> None:
    pack = load_pack()
    assert pack.document("mee-reporting-instructions-2023") is not pack.document("cets-ag-02.01-v01-2024")


def test_every_shipped_text_stands_in_both_languages() -> None:
    pack = load_pack()
    for parameter in pack.parameters.values():
        for value in parameter.values:
            texts = [value.title, *(text for text in (value.note, value.reason) if text)]
            assert all(text.zh != text.en for text in texts), parameter.id
