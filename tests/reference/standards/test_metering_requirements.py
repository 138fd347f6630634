"""The tables of metering requirements against a second transcription of their sources, row by row, digits and check states."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

import pytest

from tanheng.core.states import CheckState
from tanheng.standards import Dated, ValueMissingError, load_pack

PACK = load_pack()
IN_2025 = datetime.date(2025, 6, 30)
MARCH_2026 = datetime.date(2026, 3, 1)


def cases(name: str) -> list[dict[str, str]]:
    file = Path(__file__).parent / f"metering_{name}.json"
    found: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))["cases"]
    return found


def cell(table: str, row: str, column: str) -> Dated | None:
    """What one cell says in 2025; None where the source gives nothing."""
    parameter = PACK.parameters.get(PACK.table(f"cn.metering.{table}").cell(row, column))
    return next((value for value in parameter.values if value.describes(IN_2025)), None) if parameter else None


def printed(table: str, row: str, column: str) -> str:
    found = cell(table, row, column)
    return found.printed if found else "—"


def state(table: str, row: str, column: str) -> str:
    found = cell(table, row, column)
    assert found is not None
    return found.check.value


# Table A.1: one printed row may be two of the pack (major and minor streams).
RATE_ROWS = [
    ["measured_stack"],
    ["measured_fugitive"],
    ["activity_major"],
    ["activity_minor"],
    ["activity_de_minimis"],
    ["factor_major", "factor_minor"],
    ["factor_de_minimis"],
    ["purchased"],
]


@pytest.mark.parametrize(("case", "rows"), list(zip(cases("rate"), RATE_ROWS, strict=True)), ids=lambda value: str(value)[:40])
def test_a_row_of_table_a1_has_the_rates_of_the_explanations(case: dict[str, str], rows: list[str]) -> None:
    numbers = re.findall(r"\d+(?= %)", case["rate"])
    for row in rows:
        assert [printed("rate", row, "key_unit"), printed("rate", row, "other_unit")] == [numbers[0], numbers[-1]]
        assert state("rate", row, "key_unit") == case["check"].split()[0]


ENERGIES = [
    "electricity",
    "coal",
    "crude_oil",
    "oil_products",
    "heavy_oil",
    "natural_gas",
    "coal_gas",
    "steam",
    "water",
    "recovered_energy",
]


@pytest.mark.parametrize(("case", "row"), list(zip(cases("energy_rate"), ENERGIES, strict=True)), ids=ENERGIES)
def test_an_energy_has_the_rates_of_2006(case: dict[str, str], row: str) -> None:
    assert [printed("energy_rate", row, column) for column in ("entry", "system", "equipment")] == [
        case["entry"],
        case["system"],
        case["equipment"],
    ]
    assert state("energy_rate", row, "entry") == re.split(r"[ ;]", case["check"])[0]


LIMITS = ["electricity", "coal", "oil", "heavy_oil", "gas", "steam", "water", "other"]


@pytest.mark.parametrize(("case", "row"), list(zip(cases("energy_limit"), LIMITS, strict=True)), ids=LIMITS)
def test_an_energy_has_the_limits_of_2006(case: dict[str, str], row: str) -> None:
    for column in ("system", "equipment"):
        found = PACK.value(f"cn.metering.energy_limit.{row}.{column}", on=IN_2025)
        written = case[column].replace("10 000", "10000").replace("m³", "m3")
        assert f"{found.digits} {found.unit}" == written
        assert found.check is CheckState.UNVERIFIED


def test_the_edition_of_2025_has_no_number_until_it_is_typed_in() -> None:
    for table in ("energy_rate", "energy_limit"):
        for row in PACK.table(f"cn.metering.{table}").rows:
            with pytest.raises(ValueMissingError, match="no value that describes 2026-03-01"):
                PACK.value(f"cn.metering.{table}.{row}.system", on=MARCH_2026)
    assert PACK.document("GB 17167-2025").in_force == datetime.date(2026, 2, 1)


ACCURACY_ROWS = [
    ["scale_static"],
    ["scale_dynamic"],
    [f"electricity_class_{number}" for number in range(1, 6)],
    ["electricity_direct"],
    ["oil_products", "heavy_oil"],
    ["coal_gas", "natural_gas", "steam"],
    ["water_small", "water_large"],
    ["temperature", "temperature_for_mass"],
    ["pressure", "pressure_for_mass"],
]


@pytest.mark.parametrize(
    ("case", "rows"), list(zip(cases("accuracy"), ACCURACY_ROWS, strict=True)), ids=lambda value: str(value)[:40]
)
def test_a_duty_has_the_class_of_2006(case: dict[str, str], rows: list[str]) -> None:
    assert [printed("accuracy", row, "accuracy") for row in rows] == case["accuracy"].split(" / ")
    assert {state("accuracy", row, "accuracy") for row in rows} == {"unverified"}


PARAMETERS = [
    "solid_fuel_delivered",
    "solid_fuel_fired",
    "liquid_fuel",
    "gas_fuel",
    "stock",
    "net_calorific_value",
    "clinker_consumed",
    "clinker_sold",
    "clinker_bought",
    "raw_meal",
    "alternative_material",
    "alternative_fuel",
    "oxide_content",
    "electricity",
    "heat",
]
# Row 5 has two states in the source: "盘料仪 verified, 库存量 unverified"; the weaker one stands in the pack.
NAME_STATES = {"stock": "unverified"}


@pytest.mark.parametrize(("case", "row"), list(zip(cases("parameter"), PARAMETERS, strict=True)), ids=PARAMETERS)
def test_a_parameter_of_table_a2_has_the_state_of_its_name(case: dict[str, str], row: str) -> None:
    assert list(PACK.table("cn.metering.parameter").rows).index(row) + 1 == int(case["number"])
    expected = NAME_STATES.get(row, re.split(r"[ ;]", case["name_check"])[0])
    assert state("parameter", row, "name") == expected


@pytest.mark.parametrize(("case", "row"), list(zip(cases("parameter"), PARAMETERS, strict=True)), ids=PARAMETERS)
def test_every_number_of_an_accuracy_is_the_one_of_the_source(case: dict[str, str], row: str) -> None:
    def figures(text: str) -> list[str]:
        text = re.sub(r"GB/T [\d-]+|JJG \d+|`002`|\(verified.*?\)", "", text)
        return re.findall(r"\d+(?:\.\d+)?S?|Ⅲ", text)

    assert figures(printed("parameter", row, "accuracy")) == figures(case["accuracy"])


def test_only_what_the_explanations_print_is_called_verified() -> None:
    named = {
        value.id for value in _values("parameter") if value.check is CheckState.VERIFIED and not value.id.endswith(".name")
    }
    assert named == {"cn.metering.parameter.net_calorific_value.frequency"}
    classes = {value.id for value in _values("parameter_class") if value.check is not CheckState.UNVERIFIED}
    assert classes == {
        "cn.metering.parameter_class.liquid_fuel_fuel_dispenser.trade",
        "cn.metering.parameter_class.liquid_fuel_volumetric_flow.trade",
        "cn.metering.parameter_class.liquid_fuel_mass_flow.trade",
    }


def _values(table: str) -> list[Dated]:
    return [value for name in PACK.ids(f"cn.metering.{table}.") for value in PACK.parameter(name).values]


# Classes of single instruments, split by hand from the class column of table A.2.
@pytest.mark.parametrize(
    ("row", "column", "accuracy"),
    [
        ("solid_fuel_delivered_truck_scale", "general", "Ⅲ"),
        ("solid_fuel_fired_belt_scale", "general", "0.5"),
        ("solid_fuel_fired_rotor_scale", "general", "1.0"),
        ("liquid_fuel_fuel_dispenser", "general", "0.5"),
        ("liquid_fuel_fuel_dispenser", "trade", "0.3"),
        ("gas_fuel_turbine_flow", "general", "2.0"),
        ("clinker_consumed_belt_scale", "general", "1.0"),
        ("clinker_sold_truck_scale", "general", "Ⅲ"),
        ("clinker_bought_rail_scale", "general", "Ⅲ"),
        ("raw_meal_rotor_scale", "general", "1.0"),
        ("alternative_material_belt_scale", "general", "1.0"),
        ("alternative_fuel_truck_scale", "general", "Ⅲ"),
        ("electricity_electricity_meter", "entry", "0.5S"),
        ("electricity_electricity_meter", "general", "1.0"),
        ("heat_heat_meter", "general", "3"),
        ("heat_steam_flow", "general", "2.5"),
    ],
)
def test_an_instrument_has_the_class_its_parameter_asks_for(row: str, column: str, accuracy: str) -> None:
    assert printed("parameter_class", row, column) == accuracy


# Rows of 5.2: 1 CO2, 4 and 4' velocity, 5 temperature, 6 and 6' humidity, 7 pressure, then fugitive emission.
@pytest.mark.parametrize(
    ("number", "row", "column", "check"),
    [
        ("1", "co2_concentration", "error", "unverified"),
        ("4", "flue_gas_velocity", "error", "unverified"),
        ("4'", "flue_gas_velocity", "lower_error", "unverified"),
        ("5", "flue_gas_temperature", "error", "unverified"),
        ("6", "flue_gas_humidity", "error", "unverified"),
        ("6'", "flue_gas_humidity", "lower_error", "unverified"),
        ("7", "flue_gas_pressure", "error", "unverified"),
        ("–", "fugitive", "error", "verified"),
    ],
)
def test_a_measuring_system_has_the_error_of_its_row(number: str, row: str, column: str, check: str) -> None:
    (case,) = [case for case in cases("cems") if case["number"] == number]
    (digits,) = re.findall(r"±([\d.]+)", case["error"])[:1]
    assert printed("cems", row, column) == digits
    assert state("cems", row, column) == check == case["value_check"].split()[0]
    assert state("cems", row, "name") == case["identity_check"].split()[0]


# The text prints ±10 % for fugitive emission and not of what: that it is relative is read into it.
def test_what_kind_of_error_the_limit_of_fugitive_emission_is_was_not_printed() -> None:
    (case,) = [case for case in cases("cems") if case["number"] == "–"]
    assert case["error"] == "±10 %"
    assert state("cems", "fugitive", "kind") == "unverified"


# One printed row of 6.2 may stand for several kinds; the cycle of each where the row gives more than one.
KINDS: list[list[str]] = [
    ["belt_scale"],
    ["truck_scale"],
    ["rail_scale"],
    ["batch_scale"],
    ["rotor_scale"],
    ["balance"],
    ["bomb_calorimeter"],
    ["muffle_furnace"],
    ["xrf"],
    ["sulphur_analyser"],
    ["elemental_analyser"],
    ["moisture_meter"],
    ["electricity_meter"],
    ["instrument_transformer"],
    ["ultrasonic_flow"],
    ["turbine_flow"],
    ["mass_flow"],
    ["vortex_flow", "electromagnetic_flow", "differential_flow"],
    ["volumetric_flow", "fuel_dispenser"],
    ["steam_flow"],
    ["heat_meter"],
    ["gas_analyser"],
    ["cems"],
    ["oxygen_analyser"],
    ["pitot_tube"],
    ["thermometer"],
    ["temperature_transmitter", "pressure_transmitter"],
    ["pressure_gauge"],
    ["humidity_meter"],
    ["level_meter", "stockpile_scanner"],
    ["reference_material"],
]
MONTHS = {"fuel_dispenser": "6", "electricity_meter": "72", "reference_material": "—"}


@pytest.mark.parametrize(
    ("case", "kinds"), list(zip(cases("instrument_kind"), KINDS, strict=True)), ids=lambda value: str(value)[:40]
)
def test_a_kind_has_the_cycle_of_the_source(case: dict[str, str], kinds: list[str]) -> None:
    first = re.search(r"\d+", case["months"])
    for kind in kinds:
        assert printed("instrument_kind", kind, "months") == MONTHS.get(kind, first.group() if first else "—")
        if kind != "reference_material":
            assert state("instrument_kind", kind, "months") == re.split(r"[ ;]", case["check"])[0]


@pytest.mark.parametrize(
    ("case", "kinds"), list(zip(cases("instrument_kind"), KINDS, strict=True)), ids=lambda value: str(value)[:40]
)
def test_a_kind_has_a_regulation_of_the_source_and_no_other(case: dict[str, str], kinds: list[str]) -> None:
    source = case["regulation"].replace("JJG 1189.3/.4-2022", "JJG 1189.3-2022 JJG 1189.4-2022")
    for kind in kinds:
        for column in ("regulation", "further"):
            number = printed("instrument_kind", kind, column)
            assert number == "—" or number in source


def test_all_kinds_of_instrument_are_there() -> None:
    rows = list(PACK.table("cn.metering.instrument_kind").rows)
    assert sorted(rows) == sorted(kind for kinds in KINDS for kind in kinds)
    assert len(rows) == 36


USER_CLASSES = ["class_1", "class_2", "class_3", "class_4", "class_5", "first_high_voltage", "high_voltage_transformer"]
ON_SITE = ["3", "6", "12", "—", "—", "1", "120"]  # every 3 months, 6 months, year; none; within 1 month; every 10 years


@pytest.mark.parametrize(("case", "row", "months"), list(zip(cases("power_user_class"), USER_CLASSES, ON_SITE, strict=True)))
def test_a_class_of_electricity_users_has_its_on_site_check(case: dict[str, str], row: str, months: str) -> None:
    assert printed("power_user_class", row, "check_months") == months
    monthly = re.search(r"≥ ([\d.]+) GWh/month", case["criterion"])
    in_mwh = f"{float(monthly.group(1)) * 1000:.0f}" if monthly else "—"
    assert printed("power_user_class", row, "monthly") == in_mwh
    assert all(value.check is CheckState.SECONDARY for value in _values("power_user_class"))


# "Fugitive threshold (must be metered in the measuring method): 2 % of total" and "≥ 1000 t or ≥ 1 % of total".
def test_the_two_rule_sets_have_their_own_threshold_of_fugitive_emission() -> None:
    assert PACK.value("cn.jjf2309.fugitive.threshold.share", on=IN_2025).digits == "2"
    assert "cn.jjf2309.fugitive.threshold.tonnes" not in PACK.parameters
    assert PACK.value("cn.db50t.fugitive.threshold.share", on=IN_2025).digits == "1"
    assert PACK.value("cn.db50t.fugitive.threshold.tonnes", on=IN_2025).digits == "1000"


# Counting rules of the domain text: state of each.
@pytest.mark.parametrize(
    ("row", "check"),
    [
        ("theoretical", "verified"),
        ("equipped", "verified"),
        ("traceability", "verified"),
        ("confirmation", "unverified"),
        ("in_service", "unverified"),
        ("accuracy", "unverified"),
        ("chain", "verified"),
        ("shared", "verified"),
        ("portable", "unverified"),
        ("grouping", "unverified"),
        ("rounding", "unverified"),
        ("due_soon", "unverified"),
        ("companion", "secondary"),
    ],
)
def test_a_rule_of_counting_has_its_state(row: str, check: str) -> None:
    assert state("counting", row, "rule") == check


def test_the_days_before_the_end_are_thirty() -> None:
    assert PACK.value("cn.metering.counting.due_soon.amount", on=IN_2025).digits == "30"


def test_a_text_is_read_as_text_and_as_nothing_else() -> None:
    assert PACK.text("cn.metering.parameter_class.electricity_electricity_meter.entry", on=IN_2025).text["en"] == "0.5S"
    with pytest.raises(ValueMissingError, match=r"read it with text\(\)"):
        PACK.value("cn.metering.parameter_class.electricity_electricity_meter.entry", on=IN_2025)
    with pytest.raises(ValueMissingError, match=r"read it with value\(\)"):
        PACK.text("cn.metering.rate.purchased.key_unit", on=IN_2025)
