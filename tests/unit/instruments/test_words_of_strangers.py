"""Words of strangers' sheets: kinds of instruments, cycles, ranges; and the labels' QR codes."""
# ruff: noqa: E402  # Django is configured before its modules are imported

from __future__ import annotations

import pytest

from tanheng.platform.testing import configure

configure()

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tanheng.platform.instruments import kinds, ranges
from tanheng.platform.instruments.form_181 import meter_class
from tanheng.platform.instruments.labels import qr
from tanheng.platform.instruments.register import after_months
from tanheng.platform.instruments.resources import CertificateResource, InstrumentResource, months
from tanheng.platform.instruments.schemas.installation_1 import key_of, minute_of
from tanheng.platform.ui.sheets import Row
from tanheng.standards import load_pack


def test_the_kinds_are_the_rows_of_the_rule_pack_and_the_ledgers_own_word_for_the_rest() -> None:
    rows = set(load_pack().table("cn.metering.instrument_kind").rows)
    assert kinds.OTHER not in rows
    assert set(kinds.kinds()) == rows | {kinds.OTHER}


def test_a_word_for_several_kinds_means_none_of_them_alone_and_names_kinds_that_there_are() -> None:
    for word, found in kinds.ambiguous().items():
        assert word not in kinds.words()
        assert len(found) > 1
        assert set(found) <= set(kinds.kinds())


@pytest.mark.parametrize("written", ["流量计", "2#循环水流量计", "水表", "烟气分析仪", "磅秤", "热量计", "一体化变送器"])
def test_a_word_for_several_kinds_is_asked_for(written: str) -> None:
    assert kinds.kind_of(written) is None
    assert len(kinds.candidates(written)) > 1


@pytest.mark.parametrize("written", ["电磁流量计", "柴油流量计", "压力变送器", "烟气分析仪(CEMS)", "皮带秤", "卷尺", ""])
def test_a_word_that_says_its_kind_or_none_has_no_candidates(written: str) -> None:
    assert kinds.candidates(written) == ()


# What a real ledger of 200 instruments calls those that the rule pack has no kind for.
@pytest.mark.parametrize(
    "written",
    [
        "振动变送器",
        "称重传感器",
        "红外测温仪",
        "筒体扫描仪",
        "干燥箱",
        "抗折机",
        "压力试验机",
        "胶砂搅拌机",
        "净浆搅拌机",
        "振实台",
        "养护箱",
        "比表面积仪",
        "负压筛析仪",
        "滴定管",
        "容量瓶",
        "游离钙测定仪",
        "氯离子测定仪",
        "台秤",
        "粉尘仪",
        "散装秤",
        "包装机",
        "微机控制压力试验机",
    ],
)
def test_what_the_rule_pack_has_no_kind_for_is_another_instrument(written: str) -> None:
    assert kinds.kind_of(written) == kinds.OTHER


def test_no_word_means_two_kinds() -> None:
    said: dict[str, str] = {}
    for kind in kinds.kinds().values():
        for word in {kinds.plain(one) for one in (kind.key, kind.zh, kind.en, *kind.also)}:
            assert said.setdefault(word, kind.key) == kind.key


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("电子皮带秤", "belt_scale"),
        ("皮带秤", "belt_scale"),
        ("皮带称", "belt_scale"),  # a usual slip
        ("入窑煤粉转子秤", "rotor_scale"),
        ("地磅", "truck_scale"),
        ("汽车衡", "truck_scale"),
        ("1# 100t 电子汽车衡", "truck_scale"),
        ("电度表", "electricity_meter"),
        ("三相四线电能表", "electricity_meter"),
        ("ＣＴ", "instrument_transformer"),
        ("Belt scale", "belt_scale"),
        ("truck_scale", "truck_scale"),
        ("窑尾烟气在线监测系统", "cems"),
        ("荧光分析仪", "xrf"),  # not 氧分析仪
        ("量热仪", "bomb_calorimeter"),
        ("柴油流量计", "volumetric_flow"),
        ("烟气分析仪(CEMS)", "cems"),
    ],
)
def test_a_usual_word_means_its_kind(written: str, kind: str) -> None:
    assert kinds.kind_of(written) == kind


@pytest.mark.parametrize("written", ["", "卷尺", "秤", "仪", "ACT", "流量计"])
def test_what_is_no_word_for_a_kind_means_none(written: str) -> None:
    assert kinds.kind_of(written) is None


@given(st.text(max_size=20))
def test_any_text_is_read_without_falling_over(text: str) -> None:
    kinds.kind_of(text)
    months(text)


@pytest.mark.parametrize(
    ("written", "count"),
    [("1年", "12"), ("12个月", "12"), ("12 月", "12"), ("半年", "6"), ("两年", "24"), ("1.5年", "18"), ("1 year", "12")],
)  # fmt: skip
def test_a_cycle_is_read_as_months(written: str, count: str) -> None:
    assert months(written) == count


@pytest.mark.parametrize("written", ["长期", "按证书", "1年半", "-12", ""])
def test_a_cycle_that_does_not_read_stays_for_the_form_to_refuse(written: str) -> None:
    assert months(written) == written


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0~60t/h", ("0", "60", "t/h")),
        ("（0～120）t", ("0", "120", "t")),
        ("-40 至 60 ℃", ("-40", "60", "℃")),
        ("0-100", ("0", "100", "")),
        ("60", ("60", "", "")),
        ("不详", ("不详", "", "")),
    ],
)
def test_a_range_in_one_cell_is_taken_apart(written: str, read: tuple[str, str, str]) -> None:
    places = {"range_low": 0, "range_high": 1, "range_unit": 2}
    data, faults = InstrumentResource.cells(Row(2, (written, "", "")), places)
    assert (data["range_low"], data["range_high"], data["range_unit"]) == read
    assert faults == []


def test_a_range_in_one_cell_is_kept_as_written_too() -> None:
    places = {"range_low": 0, "range_high": 1, "range_unit": 2}
    data, _faults = InstrumentResource.cells(Row(2, ("（0～120）t", "", "")), places)
    assert data["range_text"] == "（0～120）t"


# As they stand in a real ledger.
@pytest.mark.parametrize(
    ("written", "low", "high", "unit"),
    [
        ("0～800t/h", "0", "800", "t/h"),
        ("(0~200)℃", "0", "200", "℃"),
        ("(-300~300)mm", "-300", "300", "mm"),
        ("-0.1~0MPa", "-0.1", "0", "MPa"),
        ("0-50mg/m³", "0", "50", "mg/m³"),
        ("0-30m3/h", "0", "30", "m3/h"),
        ("0.01~40%", "0.01", "40", "%"),
        ("-4000～-6000Pa", "-6000", "-4000", "Pa"),
        ("−4000～−6000Pa", "-6000", "-4000", "Pa"),
        ("-10Pa～10Pa", "-10", "10", "Pa"),
        ("120t", None, "120", "t"),
        ("220g", None, "220", "g"),
        ("0-100", "0", "100", ""),
        ("（０．５～１．６）ＭＰａ", "0.5", "1.6", "MPa"),
    ],
)
def test_a_range_is_read_with_its_ends_in_order(written: str, low: str | None, high: str, unit: str) -> None:
    assert ranges.parse(written) == ranges.Range(Decimal(low) if low is not None else None, Decimal(high), unit)


@pytest.mark.parametrize(
    "written",
    [
        "", "/", "3×100V 3×1.5(6)A", "300/5A", "10000/100V", "CO 0-5%、O2 0-25%", "室温～300℃", "Na～U", "20℃ RH≥90%",
        "0-220g/0.1mg", "DN50 0-30m3/h", "15mm", "0t", "5～5t", "1Pa～2kPa", "1e9~2t",
    ],
)  # fmt: skip
def test_what_is_no_pair_of_numbers_stays_a_text(written: str) -> None:
    assert ranges.parse(written) is None


@given(st.text(max_size=30))
def test_any_range_is_read_without_falling_over_and_in_order(text: str) -> None:
    found = ranges.parse(text)
    assert found is None or found.low is None or found.low < found.high


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("在用", "in_service"),
        ("备用", "sealed_up"),
        ("闲置", "sealed_up"),
        ("封存", "sealed_up"),
        ("停用", "out_of_service"),
        ("维修", "repair"),
        ("报废", "scrapped"),
    ],
)
def test_the_state_of_use_of_a_ledger_is_the_state_when_taken_over(written: str, state: str) -> None:
    data, faults = InstrumentResource.cells(Row(2, (written,)), {"taken_over_state": 0})
    assert (data["taken_over_state"], faults) == (state, [])


@pytest.mark.parametrize(("written", "said"), [("强检", "是"), ("√", "√"), ("非强检", ""), ("/", ""), ("", "")])
def test_mandatory_verification_is_understood_from_its_own_column(written: str, said: str) -> None:
    data, faults = InstrumentResource.cells(Row(2, (written,)), {"mandatory": 0})
    assert (data["mandatory"], faults) == (said, [])


@pytest.mark.parametrize("written", ["", "/", "自校记录", "无编号"])
def test_a_record_without_a_number_is_known_by_its_instrument_and_day(written: str) -> None:
    places = {"number": 0, "instrument": 1, "issued_on": 2}
    data, _faults = CertificateResource.cells(Row(2, (written, "JL-01", "2025.11.1")), places)
    assert data["number"] == "（无编号）JL-01 2025-11-01"


@pytest.mark.parametrize(
    ("kind", "energy", "said"),
    [
        ("belt_scale", "coal", "scale"),
        ("electricity_meter", "electricity", "electricity_meter"),
        ("fuel_dispenser", "oil_products", "oil_flow"),
        ("mass_flow", "heavy_oil", "oil_flow"),
        ("vortex_flow", "steam", "gas_flow"),
        ("electromagnetic_flow", "water", "water_flow"),
        ("xrf", "", "other"),
        ("unheard_of", "", "other"),
    ],
)
def test_the_class_of_a_meter_in_form_181_is_decided_by_what_flows(kind: str, energy: str, said: str) -> None:
    assert meter_class(kind, energy) == said


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [("2026-01-31", 1, "2026-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2026-11-30", 3, "2027-02-28")],
)  # fmt: skip
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: str, count: int, later: str) -> None:
    assert after_months(datetime.date.fromisoformat(day), count) == datetime.date.fromisoformat(later)


def test_a_minute_is_counted_from_1970() -> None:
    assert minute_of(datetime.date(1970, 1, 2), "00:01") == 1441
    assert minute_of(datetime.date(1970, 1, 1), "") == 0


@given(st.text(max_size=40))
def test_the_key_of_a_code_fits_64_bits(code: str) -> None:
    assert -(2**63) <= key_of("instrument", code) < 2**63


def test_a_qr_code_is_an_svg_of_its_address() -> None:
    made = qr("https://plant.example/instruments/0/?plant=p1")
    assert made.startswith(b"<svg")
    assert made == qr("https://plant.example/instruments/0/?plant=p1")
    assert made != qr("https://plant.example/instruments/1/?plant=p1")
