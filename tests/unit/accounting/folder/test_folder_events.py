"""Laboratory samples, corrections and instruments: one row an event."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tanheng.core.states import Origin

# conftest's Case; tests of one folder cannot import each other under importlib mode
Case = Any


def _row(cells: str) -> list[str]:
    return cells.split(",")


SAMPLE_HEAD = _row("sample,date,scope,group,stream,item,value,unit,basis,place,weight,known,laboratory,report")
SAMPLE = _row("S-0312,2025-03-12,line.1,fuel,coal,moisture,8.10,%,,kiln,1204.36,2025-03-20,works,R-118")
CORRECTION_HEAD = _row("quantity,period,value,unit,basis,place,known,reason,person")
CORRECTION = _row("line.1.fuel.coal.consumption,2025-03,18400,t,,kiln,2025-05-06,recalibrated,Zhang")
INSTRUMENT_HEAD = _row("instrument,scope,group,stream,item,class,mpe,u,k,unit,valid to,error group,certificate")
INSTRUMENT = _row("WF-1,line.1,fuel,coal,consumption,0.5,0.5,0.3,2,%,2026-04-30,scales,2025-1187")
COMPONENT_HEAD = _row("quantity,cause,shape,size,stated,unit,k,dof,kind,error group,source")
COMPONENT = _row("line.1.fuel.coal.consumption,repeatability,normal,0.25,u,%,,9,random,,material test")
COAL = "line.1.fuel.coal"


def changed(row: list[str], head: list[str], **cells: str) -> list[str]:
    """A row with some of its cells changed."""
    return [cells.get(name.replace(" ", "_"), cell) for name, cell in zip(head, row, strict=True)]


def laboratory(case: Case, *rows: list[str]) -> None:
    case.write("laboratory.csv", case.csv([SAMPLE_HEAD, *rows]))


def corrections(case: Case, *rows: list[str]) -> None:
    case.write("corrections.csv", case.csv([CORRECTION_HEAD, *rows]))


def instruments(case: Case, *rows: list[str]) -> None:
    case.write("instruments.csv", case.csv([INSTRUMENT_HEAD, *rows]))


# -- laboratory -----------------------------------------------------------------------------------------------------------


def test_a_sample_is_a_value_and_the_mass_it_stands_for(csv_case: Case) -> None:
    laboratory(csv_case, SAMPLE)
    versions = csv_case.read().ledger.versions
    (value,) = versions[f"{COAL}.moisture.sample.s-0312@2025-03"]
    (mass,) = versions[f"{COAL}.moisture.sample_mass.s-0312@2025-03"]
    assert (str(value.value), value.unit, str(mass.value), mass.unit) == ("8.10", "%", "1204.36", "t")
    assert value.known == mass.known == datetime.date(2025, 3, 20)
    assert (value.origin, value.evidence, value.cell.column, mass.cell.column) == (Origin.MEASURED, "works; R-118", "G", "K")


def test_a_late_result_is_not_known_before_its_day(csv_case: Case) -> None:
    laboratory(csv_case, SAMPLE)
    ledger = csv_case.read().ledger
    assert f"{COAL}.moisture.sample.s-0312@2025-03" not in ledger.known_at(datetime.date(2025, 3, 19))
    assert f"{COAL}.moisture.sample.s-0312@2025-03" in ledger.known_at(datetime.date(2025, 3, 20))


def test_a_repeated_analysis_is_a_later_version(csv_case: Case) -> None:
    laboratory(csv_case, SAMPLE, changed(SAMPLE, SAMPLE_HEAD, value="8.20", known="2025-04-02"))
    versions = csv_case.read().ledger.versions[f"{COAL}.moisture.sample.s-0312@2025-03"]
    assert [version.value for version in versions] == [Decimal("8.10"), Decimal("8.20")]


def test_a_sample_without_weight_or_value_is_a_gap(csv_case: Case) -> None:
    laboratory(csv_case, changed(SAMPLE, SAMPLE_HEAD, weight="", value=""))
    assert {gap.quantity for gap in csv_case.read().gaps()} == {
        f"{COAL}.moisture.sample.s-0312",
        f"{COAL}.moisture.sample_mass.s-0312",
    }


@pytest.mark.parametrize("written", ["2025/3/12", "2025-3-12", "2025年3月12日", "2025.03.12"])
def test_dates_with_the_year_first_are_read(csv_case: Case, written: str) -> None:
    laboratory(csv_case, changed(SAMPLE, SAMPLE_HEAD, date=written))
    assert f"{COAL}.moisture.sample.s-0312@2025-03" in csv_case.read().ledger.versions


def test_dates_of_a_workbook_are_read(xlsx_case: Case) -> None:
    row: list[object] = list(SAMPLE)
    row[1], row[11] = datetime.date(2025, 3, 12), datetime.date(2025, 3, 20)
    xlsx_case.write("laboratory.xlsx", xlsx_case.workbook({"Sheet1": [SAMPLE_HEAD, row]}))
    (value,) = xlsx_case.read().ledger.versions[f"{COAL}.moisture.sample.s-0312@2025-03"]
    assert value.known == datetime.date(2025, 3, 20)


@pytest.mark.parametrize(
    ("cells", "code", "heading"),
    [
        ({"date": "12.3.2025"}, "date.form", "date"),
        ({"date": "2025-02-30"}, "date.form", "date"),
        ({"date": ""}, "date.blank", "date"),
        ({"date": "2024-12-31"}, "date.outside", "date"),
        ({"known": ""}, "date.blank", "known"),
        ({"known": "soon"}, "date.form", "known"),
        ({"sample": "煤样"}, "sample.number", "sample"),
        ({"sample": ""}, "sample.number", "sample"),
        ({"value": "8,1"}, "number.decimal_comma", "value"),
        ({"value": "101"}, "range.outside", "value"),
        ({"weight": "-1"}, "range.negative", "weight"),
        ({"weight": "some"}, "number.text", "weight"),
        ({"place": ""}, "cell.place_blank", "place"),
        ({"item": "net_calorific_value", "value": "23", "unit": "GJ/t"}, "cell.basis_blank", "basis"),
        ({"stream": "coke"}, "cell.stream", "stream"),
    ],
)
def test_a_wrong_sample_names_its_cell(csv_case: Case, cells: dict[str, str], code: str, heading: str) -> None:
    laboratory(csv_case, changed(SAMPLE, SAMPLE_HEAD, **cells))
    fault = csv_case.fault()
    assert (fault.code, fault.fields["heading"], fault.fields["row"]) == (f"folder.{code}", heading, 2)


def test_one_result_twice_is_refused(csv_case: Case) -> None:
    laboratory(csv_case, SAMPLE, SAMPLE)
    fault = csv_case.fault()
    assert (fault.code, fault.fields["row"]) == ("folder.sample.twice", 3)


def test_two_numbers_that_would_get_one_id_are_refused(csv_case: Case) -> None:
    laboratory(csv_case, SAMPLE, changed(SAMPLE, SAMPLE_HEAD, sample="S/0312"))
    assert csv_case.fault().code == "folder.sample.alike"


def test_a_quantity_is_not_given_by_months_and_by_samples(csv_case: Case) -> None:
    laboratory(csv_case, changed(SAMPLE, SAMPLE_HEAD, item="net_calorific_value", value="23.1", unit="GJ/t", basis="ar"))
    fault = csv_case.fault()
    assert (fault.code, fault.fields["quantity"]) == ("folder.whole.sampled", f"{COAL}.net_calorific_value")


def test_blank_months_make_room_for_samples(csv_case: Case) -> None:
    csv_case.rows["heat"][9:] = [""] * 12
    laboratory(csv_case, changed(SAMPLE, SAMPLE_HEAD, item="net_calorific_value", value="23.1", unit="GJ/t", basis="ar"))
    assert f"{COAL}.net_calorific_value.sample.s-0312@2025-03" in csv_case.read().ledger.versions


def test_samples_of_two_bases_are_refused(csv_case: Case) -> None:
    wet = changed(SAMPLE, SAMPLE_HEAD, item="carbon", value="60", basis="ar")
    laboratory(csv_case, wet, changed(wet, SAMPLE_HEAD, sample="S-2", basis="ad"))
    fault = csv_case.fault()
    assert (fault.code, fault.fields["other"], fault.fields["value"]) == ("folder.row.trait", "ar", "ad")


# -- corrections ----------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_later_version_with_reason_and_person(csv_case: Case) -> None:
    corrections(csv_case, CORRECTION)
    ledger = csv_case.read().ledger
    first, second = ledger.versions[f"{COAL}.consumption@2025-03"]
    assert (first.value, second.value) == (Decimal("18402.5"), Decimal(18400))
    assert (second.known, second.reason, second.person) == (datetime.date(2025, 5, 6), "recalibrated", "Zhang")
    assert second.origin is Origin.MEASURED
    assert ledger.known_at(datetime.date(2025, 5, 5))[f"{COAL}.consumption@2025-03"] is first


def test_a_correction_may_name_its_quantity_piece_by_piece(csv_case: Case) -> None:
    head = ["范围", "类别", "源流", "信息项", "月份", "数值", "单位", "基准", "计量地点", "知悉日期", "更正理由", "经办人"]
    row = ["1号线", "燃料", "烟煤", "消耗量", "3月", "18.4", "10^4t", "", "入窑", "2025-05-06", "校准", "张三"]
    csv_case.write("更正.csv", csv_case.csv([head, row]))
    assert csv_case.read().ledger.versions[f"{COAL}.consumption@2025-03"][1].unit == "10^4t"


def test_a_gap_can_be_filled_by_a_correction(csv_case: Case) -> None:
    csv_case.set("coal", "2025-03", "")
    corrections(csv_case, CORRECTION)
    assert csv_case.read().gaps() == ()


def test_a_sample_can_be_corrected(csv_case: Case) -> None:
    laboratory(csv_case, SAMPLE)
    corrections(
        csv_case,
        changed(CORRECTION, CORRECTION_HEAD, quantity=f"{COAL}.moisture.sample.s-0312", value="8.3", unit="%"),
    )
    assert len(csv_case.read().ledger.versions[f"{COAL}.moisture.sample.s-0312@2025-03"]) == 2


@pytest.mark.parametrize(
    ("cells", "code", "heading"),
    [
        ({"quantity": f"{COAL}.consumtion"}, "correction.unknown", "quantity"),
        ({"quantity": ""}, "cell.blank", "quantity"),
        ({"period": "2026-03"}, "correction.period", "period"),
        ({"period": "spring"}, "correction.period", "period"),
        ({"period": ""}, "correction.period", "period"),
        ({"value": ""}, "correction.blank", "value"),
        ({"value": "-3"}, "range.negative", "value"),
        ({"unit": "GJ"}, "cell.unit", "unit"),
        ({"place": "mill"}, "row.trait", "place"),
        ({"known": ""}, "date.blank", "known"),
        ({"reason": ""}, "correction.unsaid", "reason"),
        ({"person": ""}, "correction.unsaid", "person"),
    ],
)
def test_a_wrong_correction_names_its_cell(csv_case: Case, cells: dict[str, str], code: str, heading: str) -> None:
    corrections(csv_case, changed(CORRECTION, CORRECTION_HEAD, **cells))
    fault = csv_case.fault()
    assert (fault.code, fault.fields["heading"], fault.fields["file"]) == (f"folder.{code}", heading, "corrections.csv")


def test_a_correction_of_what_was_never_entered_is_refused(csv_case: Case) -> None:
    laboratory(csv_case, SAMPLE)
    quantity = f"{COAL}.moisture.sample.s-0312"
    corrections(csv_case, changed(CORRECTION, CORRECTION_HEAD, quantity=quantity, unit="%", value="8", period="2025-04"))
    assert csv_case.fault().code == "folder.correction.nothing"


def test_a_correction_is_known_after_what_it_corrects(csv_case: Case) -> None:
    corrections(csv_case, CORRECTION, changed(CORRECTION, CORRECTION_HEAD, value="18300", known="2025-05-06"))
    fault = csv_case.fault()
    assert (fault.code, fault.fields["earlier"], fault.fields["row"]) == ("folder.correction.early", "2025-05-06", 3)


def test_corrections_may_come_in_several_files_in_order_of_their_names(csv_case: Case) -> None:
    corrections(csv_case, CORRECTION)
    later = changed(CORRECTION, CORRECTION_HEAD, value="18300", known="2025-06-01")
    csv_case.write("corrections_june.csv", csv_case.csv([CORRECTION_HEAD, later]))
    versions = csv_case.read().ledger.versions[f"{COAL}.consumption@2025-03"]
    assert [version.value for version in versions] == [Decimal("18402.5"), Decimal(18400), Decimal(18300)]


def test_a_correction_table_must_name_what_it_corrects(csv_case: Case) -> None:
    csv_case.write("corrections.csv", csv_case.csv([CORRECTION_HEAD[1:], CORRECTION[1:]]))
    assert csv_case.fault().code == "folder.correction.naming"


# -- instruments ----------------------------------------------------------------------------------------------------------


def test_an_instrument_is_what_its_certificate_says(csv_case: Case) -> None:
    instruments(csv_case, INSTRUMENT)
    (found,) = csv_case.read().instruments
    assert (found.id, found.quantity, found.accuracy_class) == ("WF-1", f"{COAL}.consumption", "0.5")
    numbers = (found.permissible_error, found.expanded_uncertainty, found.coverage_factor)
    assert numbers == (Decimal("0.5"), Decimal("0.3"), Decimal(2))
    assert (found.unit, found.valid_to, found.group) == ("%", datetime.date(2026, 4, 30), "scales")
    assert found.certificate == "2025-1187"


def test_what_a_certificate_does_not_say_stays_open(csv_case: Case) -> None:
    instruments(csv_case, changed(INSTRUMENT, INSTRUMENT_HEAD, u="", k="", valid_to=""))
    (found,) = csv_case.read().instruments
    assert (found.expanded_uncertainty, found.coverage_factor, found.valid_to) == (None, None, None)


@pytest.mark.parametrize(
    ("cells", "code", "heading"),
    [
        ({"instrument": ""}, "cell.blank", "instrument"),
        ({"mpe": "±0.5"}, "number.approximate", "mpe"),
        ({"u": "0"}, "instrument.positive", "u"),
        ({"k": "-2"}, "instrument.positive", "k"),
        ({"unit": "GJ"}, "cell.unit", "unit"),
        ({"unit": ""}, "cell.unit", "unit"),
        ({"valid_to": "30.4.2026"}, "date.form", "valid to"),
        ({"stream": "coke"}, "cell.stream", "stream"),
    ],
)
def test_a_wrong_instrument_names_its_cell(csv_case: Case, cells: dict[str, str], code: str, heading: str) -> None:
    instruments(csv_case, changed(INSTRUMENT, INSTRUMENT_HEAD, **cells))
    fault = csv_case.fault()
    assert (fault.code, fault.fields["heading"]) == (f"folder.{code}", heading)


def test_an_instrument_twice_is_refused(csv_case: Case) -> None:
    instruments(csv_case, INSTRUMENT, INSTRUMENT)
    assert csv_case.fault().code == "folder.instrument.twice"


@pytest.mark.parametrize("name", ["laboratory", "corrections", "instruments", "uncertainty"])
def test_a_table_of_events_without_a_head_is_refused(csv_case: Case, name: str) -> None:
    csv_case.write(f"{name}.csv", "nothing to see\n")
    assert csv_case.fault().code == "folder.head.missing"


# -- components of uncertainty --------------------------------------------------------------------------------------------


def components(case: Case, *rows: list[str]) -> None:
    case.write("uncertainty.csv", case.csv([COMPONENT_HEAD, *rows]))


def test_a_component_is_what_the_plant_states(csv_case: Case) -> None:
    components(csv_case, COMPONENT)
    (found,) = csv_case.read().components
    assert (found.subject, found.cause, found.shape) == (f"{COAL}.consumption", "repeatability", "normal")
    assert (found.size, found.stated, found.unit, found.dof, found.k) == (Decimal("0.25"), "u", "%", Decimal(9), None)
    assert (found.kind, found.source) == ("random", "material test")


def test_a_component_may_belong_to_a_parameter_of_the_rule_pack(csv_case: Case) -> None:
    name = "cn.cets.fuel.bituminous_coal.carbon_content"
    components(csv_case, changed(COMPONENT, COMPONENT_HEAD, quantity=name, stated="expanded", k="2"))
    (found,) = csv_case.read().components
    assert (found.subject, found.stated, found.k) == (name, "expanded", Decimal(2))


@pytest.mark.parametrize(
    ("cells", "code", "heading"),
    [
        ({"quantity": f"{COAL}.consumtion"}, "correction.unknown", "quantity"),
        ({"cause": "luck"}, "cell.word", "cause"),
        ({"shape": ""}, "cell.blank", "shape"),
        ({"size": ""}, "cell.blank", "size"),
        ({"size": "-1"}, "instrument.positive", "size"),
        ({"stated": "expanded"}, "cell.blank", "k"),
        ({"unit": "GJ"}, "cell.unit", "unit"),
        ({"dof": "many"}, "number.text", "dof"),
        ({"kind": "strange"}, "cell.word", "kind"),
    ],
)
def test_a_wrong_component_names_its_cell(csv_case: Case, cells: dict[str, str], code: str, heading: str) -> None:
    components(csv_case, changed(COMPONENT, COMPONENT_HEAD, **cells))
    fault = csv_case.fault()
    assert (fault.code, fault.fields["heading"]) == (f"folder.{code}", heading)
