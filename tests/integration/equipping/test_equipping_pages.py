"""The pages of the equipping rate: an empty plant, a rate that rises, its history, what would be if, and the workbook."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments.models import Certificate
from tanheng.platform.plant.models import Point

RATE, HISTORY, WHAT_IF, FILE = (
    "/equipping-rate/",
    "/equipping-rate/history/",
    "/equipping-rate/what-if/",
    "/equipping-rate/file.xlsx",
)


def page(client: Any, path: str = RATE, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text.partition('id="main"')[2] or text


def cells(text: str, row: str) -> tuple[int, int]:
    """Return counted and needed of a row of a table."""
    found = re.search(rf'id="row-{row}".*?<td class="num">(\d+) / (\d+)</td>', text, re.DOTALL)
    assert found is not None, row
    return int(found[1]), int(found[2])


def equip(desk: Any, point: str, code: str = "BS-1") -> None:
    desk.instrument(code)
    desk.certify(code)
    desk.in_service(code)
    desk.install(code, point)


def weighing_point(desk: Any) -> str:
    with scope(all_plants()):
        rows = Point.objects.filter(plant=desk.plant, parameter="solid_fuel_fired", role="activity").latest_versions()
        return str(rows.order_by("code").values_list("code", flat=True)[0])


@pytest.mark.parametrize("path", [RATE, HISTORY, WHAT_IF])
def test_a_plant_without_a_network_has_its_pages_all_the_same(desk: Any, login: Any, path: str) -> None:
    assert page(login(Role.METROLOGIST), path)


# The rule tables: 15 parameters of the calculation method, 6 rows of the measuring method; all of them to be equipped.
def test_an_empty_plant_is_shown_what_it_needs(desk: Any, login: Any) -> None:
    text = page(login(Role.METROLOGIST, language="zh-hans"))
    assert text.count("待配备</span>") == 15 + 6
    assert "电子皮带秤" in text


def test_the_standard_network_begins_with_every_point_as_a_gap(desk: Any, login: Any) -> None:
    desk.network()
    text = page(login(Role.METROLOGIST))
    counted, needed = cells(text, "measured_stack")
    assert (counted, needed) == (0, 5)  # CO2, velocity, temperature, humidity, pressure
    assert "no instrument stands here" in text
    assert "buy one" in text
    assert "non-conformity" in text


def counts(text: str) -> dict[str, tuple[int, int]]:
    """Return counted and needed of every row of the page."""
    return {row: cells(text, row) for row in re.findall(r'id="row-([\w.]+)"', text)}


def test_the_rate_rises_when_an_instrument_with_its_certificate_is_installed(desk: Any, login: Any) -> None:
    desk.network()
    client, point = login(Role.METROLOGIST), weighing_point(desk)
    before = counts(page(client))
    equip(desk, point)
    after = counts(page(client))
    risen = {row for row, (part, _) in after.items() if part == before[row][0] + 1}
    assert "activity_major" in risen
    assert {row: needed for row, (_, needed) in before.items()} == {row: needed for row, (_, needed) in after.items()}


def test_an_unconfirmed_certificate_is_cured_by_confirming_it(desk: Any, login: Any) -> None:
    desk.network()
    point = weighing_point(desk)
    desk.instrument("BS-1", taken_over_on=datetime.date(2025, 1, 1))
    desk.certify("BS-1", confirmed=False)
    desk.install("BS-1", point)
    text = page(login(Role.METROLOGIST))
    assert "the certificate of BS-1 is not confirmed" in text
    assert "confirm the certificate" in text


def test_the_edition_without_tables_says_so(desk: Any, login: Any) -> None:
    desk.network()
    text = page(login(Role.METROLOGIST), edition="2025")
    assert "The tables of this edition are not held" in text
    assert "requirement not held" in text


@pytest.mark.parametrize("query", [{"rules": "nothing"}, {"on": "30 June"}, {"edition": "1999"}, {"price_buy": "cheap"}])
def test_what_an_address_says_wrongly_is_the_usual(desk: Any, login: Any, query: dict[str, str]) -> None:
    desk.network()
    assert "Table A.1" in page(login(Role.METROLOGIST), **query)


def test_own_prices_are_shown_and_none_is_assumed(desk: Any, login: Any) -> None:
    desk.network()
    client = login(Role.METROLOGIST)
    assert "Price (CNY)" not in page(client)
    assert "120,000" in page(client, price_buy="120000")


def test_history_has_a_line_for_each_month_and_the_present_day(desk: Any, login: Any) -> None:
    desk.network()
    equip(desk, weighing_point(desk))
    text = page(login(Role.METROLOGIST), HISTORY)
    assert '<figure data-chart="line">' in text
    assert "2026-01-31" in text
    months = re.findall(r"<tr><td>(\d{4}-\d\d-\d\d)</td>", text)
    assert months == sorted(months)


def test_history_of_the_energy_table_and_an_odd_month(desk: Any, login: Any) -> None:
    desk.network()
    text = page(login(Role.METROLOGIST), HISTORY, **{"table": "energy", "from": "yesterday"})
    assert "main secondary units" in text or "entry of the plant" in text


def test_what_if_shows_the_difference_and_keeps_nothing(desk: Any, login: Any) -> None:
    desk.network()
    point = weighing_point(desk)
    sent = {
        "changes-TOTAL_FORMS": "3",
        "changes-0-what": "buy",
        "changes-0-point": point,
        "changes-0-kind": "belt_scale",
        "changes-0-accuracy_class": "0.5",
    }
    text = page(login(Role.METROLOGIST), WHAT_IF, **sent)
    assert "These points would come to count" in text
    assert point in text
    with scope(all_plants()):
        assert not Certificate.objects.filter(plant=desk.plant).exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"what": "buy"}, "This change needs it."),
        ({"what": "class", "item": "BS-1"}, "This change needs it."),
        ({"what": "class", "item": "BS-1", "accuracy_class": "good"}, "Not a class"),
        ({"what": "class", "item": "BS-1", "accuracy_class": "0.5"}, "no certificate in force"),
        ({"what": "burn"}, "burn"),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_its_reason(desk: Any, login: Any, sent: dict[str, str], says: str) -> None:
    desk.network()
    desk.instrument("BS-1")
    lines = {f"changes-0-{name}": value for name, value in sent.items()}
    answer = login(Role.METROLOGIST).get(WHAT_IF, {"changes-TOTAL_FORMS": "3", **lines})
    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_the_workbook_holds_what_the_page_shows(desk: Any, login: Any, tmp_path: Any) -> None:
    desk.network()
    equip(desk, weighing_point(desk))
    answer = login(Role.METROLOGIST).get(FILE)
    (tmp_path / "rate.xlsx").write_bytes(answer.content)
    with CalamineWorkbook.from_path(tmp_path / "rate.xlsx") as book:
        assert book.sheet_names == ["Equipping rate", "Form 1-8-1, subtotals", "Gaps", "Metering points", "About"]
        rates = book.get_sheet_by_index(0).to_python()
        about = {str(row[0]): row[1] for row in book.get_sheet_by_index(4).to_python()[1:]}
    stack = next(row for row in rates if row[1] == "measured, stack emission")
    assert stack[2:6] == [100.0, 5.0, 0.0, 0.0]
    assert stack[9] == "JJF 2309-2025"
    assert about["Rule set"] == "JJF 2309-2025"


def test_the_same_count_gives_the_same_bytes(desk: Any, login: Any) -> None:
    desk.network()
    client = login(Role.METROLOGIST)
    assert client.get(FILE).content == client.get(FILE).content


@pytest.mark.parametrize("path", [RATE, HISTORY, WHAT_IF, FILE])
def test_nobody_and_a_person_without_a_role_see_nothing(desk: Any, login: Any, path: str) -> None:
    assert Client().get(path).status_code == 302
    assert login().get(path, {"plant": desk.plant.code}).status_code in (403, 404)
