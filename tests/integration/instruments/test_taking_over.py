"""A plant's own ledger is taken over as it stands: kinds without a rule, ranges as printed, states of use, own records."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tanheng.core import messages
from tanheng.core.errors import InputError
from tanheng.metrology.instruments.certificate import CertificateKind, Result, TraceState
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import models, overview, pages, selectors, watching
from tanheng.platform.instruments.forms import InstrumentForm
from tanheng.platform.instruments.lines import range_text
from tanheng.platform.notice.models import Alarm
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui import sheets
from tanheng.platform.ui.importing import Importer, OwnSheets
from tanheng.platform.ui.layouts import Layout
from tanheng.platform.ui.outcome import Outcome

Enter = Callable[..., Any]
KEEPER = Actor.system("tests")
LONG_AGO = datetime.date(2024, 1, 1)


def refused(enter: Enter, content: Any, language: str = "zh", **more: Any) -> str:
    with pytest.raises(InputError) as caught:
        enter(content, **more)
    return " ".join(one.text(language) for one in caught.value.findings)


def own_record(say: Any, **changed: Any) -> Any:
    """Return a calibration record of the plant's own without a number."""
    said = {"issuer": "自校", "kind": CertificateKind.CALIBRATION, "result": Result.NONE, "accuracy_class": ""}
    return say.certificate("", **{**said, **changed})


def taken_in(ledger: Any, plant: Plant, path: Path, rows: list[list[str]], fields: tuple[str, ...], **layout: Any) -> Outcome:
    """Import a sheet of the plant's own."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("台账", 0)
    for row in rows:
        sheet.append(row)
    book.save(path)
    said = Layout(sheet="台账", first=1, last=1, heads=tuple(rows[0]), fields=fields, **layout)
    with scope(all_plants()):
        own = OwnSheets(sheets.grids(path, XLSX), said)
        return Importer(ledger, plant, KEEPER, "").run_own(own, keep=True)


def alarms(plant: Plant) -> dict[str, str]:
    """Return the open alarms after a look: key to text."""
    with scope(all_plants()):
        watching.watch(plant)
        rows = Alarm.objects.filter(plant=plant, cleared_at=None)
        return {row.key: messages.render(row.code, "zh", row.fields) for row in rows}


def test_what_has_no_kind_needs_its_name_only(enter: Enter, say: Any, plant: Plant) -> None:
    enter(say.instrument(kind="other", name_zh="干燥箱", nominal_class="", maker="", serial=""))
    with scope(all_plants()):
        assert selectors.register(KEEPER, plant).instruments[0].kind == "other"


def test_a_range_is_kept_as_printed_with_its_numbers() -> None:
    for text, ends in {
        "-4000～-6000Pa": (Decimal(-6000), Decimal(-4000), "Pa"),
        "120t": (None, Decimal(120), "t"),
        "3×100V 3×1.5(6)A": (None, None, ""),
    }.items():
        form = InstrumentForm({"code": "JL-01", "name_zh": "器具", "kind": "other", "traceability": "none", "range_text": text})
        assert form.is_valid(), form.errors
        said = form.content()
        assert (said.range_text, said.range_low, said.range_high, said.range_unit) == (text, *ends)


def test_a_range_whose_numbers_say_something_else_is_refused(enter: Enter, say: Any) -> None:
    ends = {"range_low": Decimal(0), "range_high": Decimal(60), "range_unit": "t/h"}
    assert "“0～80t/h”与所填上下限（0 至 60 t/h）不一致" in refused(enter, say.instrument(range_text="0～80t/h", **ends))
    row = enter(say.instrument(range_text="0～60t/h", **ends))
    assert range_text(row) == "0～60t/h"
    assert range_text(enter(say.instrument("JL-02", **ends))) == "0 ~ 60 t/h"


@pytest.mark.parametrize("state", [UseState.SEALED_UP, UseState.OUT_OF_SERVICE, UseState.REPAIR, UseState.SCRAPPED])
def test_an_instrument_is_taken_over_in_the_state_it_was_in(enter: Enter, say: Any, plant: Plant, state: UseState) -> None:
    row = enter(say.instrument(taken_over_on=LONG_AGO, taken_over_state=state))
    with scope(all_plants()):
        assert overview.use_today(row) is state
    assert alarms(plant) == {}


def test_a_state_when_taken_over_needs_its_day(enter: Enter, say: Any) -> None:
    assert "填了接管时状态“报废”，还须填建账日" in refused(enter, say.instrument(taken_over_state=UseState.SCRAPPED))


def test_what_was_taken_over_scrapped_is_not_put_in_service(enter: Enter, say: Any) -> None:
    enter(say.instrument(taken_over_on=LONG_AGO, taken_over_state=UseState.SCRAPPED))
    assert "“报废”之后不能变为“维修”" in refused(enter, say.spell(UseState.REPAIR, "2026-02-01"))


def test_one_import_brings_names_ranges_and_states(plant: Plant, tmp_path: Path) -> None:
    head = ["管理编号", "名称", "测量范围", "使用状态"]
    rows = [
        ["YL-C-001", "地磅", "120t", "在用"],
        ["YL-P-010", "压力表", "0-1.6MPa", "备用"],
        ["YL-D-009", "电度表", "3×380V 3(6)A", "报废"],
        ["HY-X-008", "干燥箱", "室温～300℃", "停用"],
    ]
    fields = ("code", "name_zh", "range_text", "taken_over_state")
    fixed = {"taken_over_on": "2024-01-01", "traceability": "verification"}
    outcome = taken_in(pages.INSTRUMENTS, plant, tmp_path / "a.xlsx", [head, *rows], fields, fixed=fixed, also={"kind": 1})
    assert (outcome.faults, outcome.new) == ([], 4)
    with scope(all_plants()):
        found = {row.code: row for row in models.Instrument.objects.filter(plant=plant)}
        states = {code: overview.use_today(row) for code, row in found.items()}
    assert [row.kind for _code, row in sorted(found.items())] == ["other", "truck_scale", "electricity_meter", "pressure_gauge"]
    assert [range_text(row) for _code, row in sorted(found.items())] == [row[2] for row in (rows[3], rows[0], rows[2], rows[1])]
    assert found["YL-P-010"].range_high == Decimal("1.6")
    assert states == {
        "YL-C-001": UseState.IN_SERVICE,
        "YL-P-010": UseState.SEALED_UP,
        "YL-D-009": UseState.SCRAPPED,
        "HY-X-008": UseState.OUT_OF_SERVICE,
    }


def test_an_own_record_without_a_number_is_known_by_instrument_and_day(enter: Enter, say: Any) -> None:
    enter(say.instrument("JL-01"))
    enter(say.instrument("JL-02"))
    assert enter(own_record(say)).number == ""
    assert enter(own_record(say, code="JL-02")).version == 1
    assert enter(own_record(say, issued="2026-02-10")).version == 1
    text = refused(enter, own_record(say, issuer="内校"))
    assert "自校 的证书“（无编号）”（2026-01-10）已登记在“JL-01”名下" in text


@pytest.mark.parametrize("kind", [CertificateKind.VERIFICATION, CertificateKind.RESULT_NOTICE])
def test_a_certificate_of_others_has_a_number(enter: Enter, say: Any, kind: CertificateKind) -> None:
    enter(say.instrument())
    result = Result.QUALIFIED if kind is CertificateKind.VERIFICATION else Result.UNQUALIFIED
    assert "须填证书编号" in refused(enter, say.certificate(" ", kind=kind, result=result))


def test_certificates_are_imported_with_and_without_numbers_and_again(
    enter: Enter, say: Any, plant: Plant, tmp_path: Path
) -> None:
    for number in range(3):
        enter(say.instrument(f"JL-0{number}"))
    head = ["统一编号", "上次检定日期", "检定单位", "证书编号", "结果"]
    rows = [["JL-00", "2025.7.23", "自校", "", "校准"], ["JL-01", "2025-07-23", "自校", "自校记录", "校准"]]
    rows.append(["JL-02", "2025-07-23", "市计量所", "DN1", "校准"])
    fields = ("instrument", "issued_on", "issuer", "number", "result")
    fixed = {"kind": "calibration"}
    outcome = taken_in(pages.CERTIFICATES, plant, tmp_path / "a.xlsx", [head, *rows], fields, fixed=fixed)
    assert (outcome.faults, outcome.new) == ([], 3)
    again = taken_in(pages.CERTIFICATES, plant, tmp_path / "b.xlsx", [head, *rows], fields, fixed=fixed)
    assert (again.faults, again.new, again.unchanged) == ([], 0, 3)
    twice = taken_in(pages.CERTIFICATES, plant, tmp_path / "c.xlsx", [head, rows[0], rows[0]], fields, fixed=fixed)
    assert "（无编号）JL-00 2025-07-23" in " ".join(fault.message for fault in twice.faults)


def test_a_record_without_a_number_is_named_on_every_page(enter: Enter, say: Any, login: Any) -> None:
    enter(say.instrument())
    row = enter(own_record(say))
    client = login(Role.METROLOGIST, language="zh-hans")
    assert "（无编号）" in client.get("/certificates/", headers={"hx-request": "true"}).content.decode()
    assert "（无编号）" in client.get("/certificates-to-confirm/").content.decode()
    assert client.get(f"/certificates/{row.subject}/").status_code == 200
    with scope(all_plants()):
        instrument = models.Instrument.objects.get(plant=row.plant_id)
    page = client.get(f"/instruments/{instrument.subject}/?tab=standing").content.decode()
    assert "尚未由录入人以外的人确认" in page
    assert "/certificates-to-confirm/" in page


def test_certificates_that_wait_for_their_confirmation_are_one_alarm(enter: Enter, say: Any, plant: Plant) -> None:
    for number in range(25):
        enter(say.instrument(f"JL-{number:02}", taken_over_on=LONG_AGO))
        enter(say.certificate(f"A-{number}", code=f"JL-{number:02}", to="2036-01-09"))
    enter(say.instrument("JL-99", taken_over_on=LONG_AGO))
    found = alarms(plant)
    assert sorted(found) == ["instruments/backlog", "instruments/unconfirmed"]
    assert found["instruments/unconfirmed"].startswith("25 台在用器具的证书待计量确认：JL-00, ")


def test_the_count_in_an_open_alarm_follows(enter: Enter, say: Any, plant: Plant) -> None:
    enter(say.instrument("JL-01", taken_over_on=LONG_AGO))
    assert alarms(plant)["instruments/backlog"].startswith("建账前已在用的 1 台")
    enter(say.instrument("JL-02", taken_over_on=LONG_AGO))
    assert alarms(plant)["instruments/backlog"].startswith("建账前已在用的 2 台")


def test_an_overdue_alarm_says_the_day_though_nobody_confirmed_the_certificate(enter: Enter, say: Any, plant: Plant) -> None:
    enter(say.instrument(taken_over_on=LONG_AGO))
    enter(say.certificate(issued="2025-01-10", to="2025-07-09"))
    assert "超期（有效期至 2025-07-09）" in alarms(plant)["instruments/trace/JL-01/overdue"]
    with scope(all_plants()):
        one = overview.standings_of(plant)["JL-01"]
    assert (one.trace, one.last_day) == (TraceState.OVERDUE, datetime.date(2025, 7, 9))


def test_the_alarm_of_what_failed_ends_when_it_is_scrapped(enter: Enter, say: Any, plant: Plant) -> None:
    enter(say.instrument(taken_over_on=LONG_AGO))
    notice = {"kind": CertificateKind.RESULT_NOTICE, "result": Result.UNQUALIFIED, "accuracy_class": ""}
    enter(say.certificate(issued="2025-01-10", to=None, **notice))
    assert list(alarms(plant)) == ["instruments/trace/JL-01/failed"]
    enter(say.spell(UseState.SCRAPPED, "2026-02-01"))
    assert alarms(plant) == {}
