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


def overdue_beside_a_good_one(desk: Any, point: str) -> None:
    """Equip a point twice: with a good instrument, and with one whose certificate has run out since."""
    equip(desk, point)
    desk.instrument("BS-2", taken_over_on=datetime.date(2025, 1, 1))
    desk.certify("BS-2", to=datetime.date(2026, 3, 1))
    desk.install("BS-2", point, beside_reason="对比")


def test_an_overdue_instrument_beside_a_good_one_is_listed_and_no_gap(desk: Any, login: Any, tmp_path: Any) -> None:
    desk.network()
    point = weighing_point(desk)
    overdue_beside_a_good_one(desk, point)
    client = login(Role.METROLOGIST)
    text = page(client)
    listed = text.partition('id="beside"')[2].partition("</section>")[0]
    assert "the certificate of BS-2 is overdue" in listed
    assert all(code in listed for code in (point, "BS-1", "non-conformity"))
    assert point not in text.partition('id="gaps"')[2].partition("</section>")[0].partition("<details>")[0]
    path = tmp_path / "rate.xlsx"
    path.write_bytes(client.get(FILE).content)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Untraced beside a good one").to_python()
    assert [row[0] for row in rows[1:]] == ["BS-2"]


def test_the_network_is_drawn_as_it_is_counted(desk: Any, login: Any) -> None:
    desk.network()
    point = weighing_point(desk)
    overdue_beside_a_good_one(desk, point)
    text = page(login(Role.METROLOGIST), "/metering-network/")
    drawn = re.search(rf'data-code="{point}"[^>]*data-state="(\w+)"', text)
    assert drawn is not None
    assert drawn[1] == "valid"
    assert "another one here is not validly traced" in text


def test_an_instrument_nobody_named_is_cured_by_naming_its_kind(desk: Any, login: Any) -> None:
    desk.network()
    point = weighing_point(desk)
    desk.instrument("BS-1", kind="other")
    desk.certify("BS-1")
    desk.in_service("BS-1")
    desk.install("BS-1", point)
    text = page(login(Role.METROLOGIST, language="zh-hans"))
    assert "BS-1 的类别为“其他器具”" in text
    assert "在台账中补填器具类别" in text


def stretches(text: str) -> list[str]:
    """Return the rows of the table that tells by what each stretch was counted, without their tags."""
    table = text.partition('id="stretches"')[2].partition("</section>")[0].partition("<tbody>")[2]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in table.split("</tr>") if "<td" in row]


def test_history_tells_by_what_each_stretch_was_counted(desk: Any, login: Any) -> None:
    desk.network()
    equip(desk, weighing_point(desk))
    desk.edition("竣工版", datetime.date(2026, 6, 1))
    found = stretches(page(login(Role.METROLOGIST), HISTORY, **{"from": "2024-06"}))
    first = [row.partition(" – ")[0] for row in found]
    assert first == ["2024-06-30", "2025-01-01", "2026-02-01", "2026-06-01"]  # tables, GB 17167-2025, the edition
    assert "network of today" in found[0]
    assert "JJF" not in found[0]
    assert "the day it came into force is not recorded; taken from 2025-01-01" in found[1]
    assert "GB 17167-2025" in found[2]
    assert "its tables are not held" in found[2]
    assert "竣工版 · 2026-06-01" in found[3]


def test_a_point_drawn_after_the_edition_is_not_counted_before_the_next_one(desk: Any, login: Any) -> None:
    desk.network()
    desk.edition("竣工版", datetime.date(2026, 6, 1))
    with scope(all_plants()):
        points = Point.objects.filter(plant=desk.plant, parameter="flue_gas_temperature").latest_versions()
        code = str(points.values_list("code", flat=True)[0])
    desk.drop(code)  # today the network has one point less than the edition
    client = login(Role.METROLOGIST)
    row = re.compile(r"<td>2026-06-30</td>(.*?)</tr>", re.DOTALL)
    then, today = (row.search(page(client, HISTORY, **{"from": "2026-05", "by": by})) for by in ("then", "today"))
    assert then is not None
    assert today is not None
    needed = [[int(number) for number in re.findall(r'title="\d+ / (\d+)"', found[1])] for found in (then, today)]
    assert sum(needed[0]) == sum(needed[1]) + 1


def test_before_table_a1_its_cells_are_empty(desk: Any, login: Any) -> None:
    desk.network()
    equip(desk, weighing_point(desk))
    client = login(Role.METROLOGIST)
    rows = dict(
        re.findall(r"<tr><td>(\d{4}-\d\d-\d\d)</td>(.*?)</tr>", page(client, HISTORY, **{"from": "2024-11"}), re.DOTALL)
    )
    assert re.findall(r">([\d.]+)</td>", rows["2024-12-31"]) == []
    assert re.findall(r">([\d.]+)</td>", rows["2025-01-31"]) != []
    of_today = page(client, HISTORY, **{"from": "2024-11", "by": "today"})
    assert 'id="stretches"' not in of_today
    assert re.search(r"<tr><td>2024-12-31</td><td[^>]*>[\d.]+</td>", of_today)


def lines(text: str) -> list[str]:
    """Return what is chosen in the first field of each line of the form."""
    return re.findall(r'name="changes-\d+-what".*?<option value="(\w*)" selected>', text, re.DOTALL)


def test_as_many_changes_as_wanted_can_be_tried(desk: Any, login: Any) -> None:
    desk.network()
    with scope(all_plants()):
        codes = list(Point.objects.filter(plant=desk.plant, role="stack").latest_versions().values_list("code", flat=True))
    sent: dict[str, str] = {"changes-TOTAL_FORMS": str(len(codes))}
    for number, code in enumerate(codes):
        sent |= {f"changes-{number}-what": "buy", f"changes-{number}-point": code, f"changes-{number}-kind": "cems"}
    assert len(codes) == 5  # more than the three lines with which the form begins
    text = page(login(Role.METROLOGIST), WHAT_IF, **sent)
    assert "(5/5)" in text.partition('id="difference"')[2]


def test_a_line_is_added_and_taken_away(desk: Any, login: Any) -> None:
    desk.network()
    client, point = login(Role.METROLOGIST), weighing_point(desk)
    bought = {"changes-TOTAL_FORMS": "3", "changes-1-what": "buy", "changes-1-point": point, "changes-1-kind": "belt_scale"}
    more = page(client, WHAT_IF, **bought, more="1")
    assert (more.count("<legend"), lines(more)) == (4, ["", "buy", "", ""])
    less = page(client, WHAT_IF, **bought, drop="0")
    assert (less.count("<legend"), lines(less)) == (2, ["buy", ""])
    assert page(client, WHAT_IF, **bought, drop="17").count("<legend") == 3
    assert page(client, WHAT_IF, **{"changes-TOTAL_FORMS": "1", "drop": "0"}).count("<legend") == 1


@pytest.mark.parametrize(("total", "shown"), [("0", 1), ("-1", 3), ("many", 3), ("99999", 3), ("9999", 200), ("７", 3)])
def test_a_number_of_lines_that_cannot_be_is_the_nearest_that_can(desk: Any, login: Any, total: str, shown: int) -> None:
    assert page(login(Role.METROLOGIST), WHAT_IF, **{"changes-TOTAL_FORMS": total}).count("<legend") == shown


def test_a_cure_of_the_list_is_tried_with_one_click(desk: Any, login: Any) -> None:
    desk.network()
    point = weighing_point(desk)
    desk.instrument("BS-1", taken_over_on=datetime.date(2025, 1, 1))
    desk.certify("BS-1", to=datetime.date(2026, 3, 1))
    desk.install("BS-1", point)
    client = login(Role.METROLOGIST)
    assert f'name="add" value="{point}"' in page(client, WHAT_IF)
    text = page(client, WHAT_IF, **{"changes-TOTAL_FORMS": "3", "add": point})
    assert lines(text) == ["certificate"]
    gained = text.partition('id="difference"')[2]
    assert "These points would come to count" in gained
    assert point in gained


def test_every_cure_of_the_list_would_close_its_gap(desk: Any, login: Any) -> None:
    desk.network()
    client = login(Role.METROLOGIST)
    points = re.findall(r'name="add" value="([^"]+)"', page(client, WHAT_IF))
    sent: dict[str, str] = {"changes-TOTAL_FORMS": "1"}
    assert len(points) > 3
    for point in points[:4]:
        text = page(client, WHAT_IF, **sent, add=point)
        gained = text.partition("These points would come to count")[2].partition("</p>")[0]
        assert point in gained
