"""The list of a ledger: what it finds, in which order, with which columns; and the same rows as files."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import python_calamine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tanheng.platform.accounts.roles import Role
from tanheng.platform.plant.models import Line
from tanheng.platform.record.models import Plant

Login = Callable[..., Client]
Enter = Callable[..., Line]


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_words_find_rows_in_any_of_the_fields(login: Login, enter: Enter) -> None:
    enter("1", name_zh="东线")
    enter("2", name_zh="西线")
    page = text(login(Role.VERIFIER), "/lines/?f-q=西线")
    assert "西线" in page
    assert "东线" not in page.split('id="rows"')[1]


def test_a_filter_of_a_list_keeps_its_rows(login: Login, enter: Enter) -> None:
    enter("1", design_capacity=Decimal(2500))
    enter("2", design_capacity=Decimal(5000))
    rows = text(login(Role.VERIFIER), "/lines/?f-capacity_from=3000").split('id="rows"')[1]
    assert "2号线" in rows
    assert "1号线" not in rows


def test_a_bad_filter_value_is_said_and_lists_nothing(login: Login, enter: Enter) -> None:
    enter("1")
    page = text(login(Role.VERIFIER), "/lines/?f-capacity_from=many")
    assert "Enter a number." in page
    assert "1号线" not in page.split('id="rows"')[1]


def test_what_held_on_a_day_is_listed_by_its_days(login: Login, enter: Enter) -> None:
    enter("1", valid_from=datetime.date(2026, 3, 1))
    client = login(Role.VERIFIER)
    assert "1号线" in text(client, "/lines/?f-on=2026-03-01").split('id="rows"')[1]
    assert "1号线" not in text(client, "/lines/?f-on=2026-02-28").split('id="rows"')[1]


def test_rows_are_sorted_by_a_column_and_back(login: Login, enter: Enter) -> None:
    for code, capacity in (("a", 2500), ("b", 5000), ("c", 3200)):
        enter(code, design_capacity=Decimal(capacity))
    client = login(Role.VERIFIER)
    up = text(client, "/lines/?sort=design_capacity")
    down = text(client, "/lines/?sort=-design_capacity")
    assert up.index("2,500") < up.index("3,200") < up.index("5,000")
    assert down.index("5,000") < down.index("3,200") < down.index("2,500")


def test_an_unknown_column_sorts_nothing_and_breaks_nothing(login: Login, enter: Enter) -> None:
    enter("1")
    assert "1号线" in text(login(Role.VERIFIER), "/lines/?sort=payload&c=salt&page=999&per_page=100000")


def test_chosen_columns_are_the_ones_shown(login: Login, enter: Enter) -> None:
    enter("1")
    page = text(login(Role.VERIFIER), "/lines/?c=code&c=kiln_length")
    head = page.split("<thead>")[1].split("</thead>")[0]
    assert "Kiln length (m)" in head
    assert "Clinker" not in head


def test_a_long_ledger_comes_in_pages(login: Login, enter: Enter) -> None:
    for number in range(27):
        enter(f"L{number:02}")
    client = login(Role.VERIFIER)
    assert "27 records" in text(client, "/lines/")
    second = text(client, "/lines/?page=2")
    assert "L26" in second
    assert "L01<" not in second


def test_a_page_of_a_ledger_asks_the_database_at_most_twelve_times_for_itself(login: Login, enter: Enter) -> None:
    for number in range(30):
        enter(f"L{number:02}")
    client = login(Role.VERIFIER)
    client.get("/lines/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/lines/")
    reads = [one["sql"] for one in asked if one["sql"].startswith("SELECT") and "set_config" not in one["sql"]]
    # session, person, grants; plants; rows counted and read; saved filters, lines, alarms of the frame; sites the rows name
    assert len(reads) == 9, "\n".join(reads)


def test_htmx_gets_the_rows_alone(login: Login, enter: Enter) -> None:
    enter("1")
    answer = login(Role.VERIFIER).get("/lines/", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert "1号线" in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_a_filter_is_saved_under_a_name_and_forgotten(login: Login, enter: Enter) -> None:
    enter("1")
    client = login(Role.VERIFIER)
    answer = client.post("/lines/filters/", {"name": "big ones", "query": "f-capacity_from=3000&page=4&plant=x"})
    assert answer["Location"] == "/lines/?f-capacity_from=3000"
    assert 'href="/lines/?f-capacity_from=3000">big ones' in text(client, "/lines/")
    assert "big ones" not in text(login(Role.VERIFIER), "/lines/")
    client.post("/lines/filters/", {"forget": "big ones"})
    assert 'href="/lines/?f-capacity_from=3000">' not in text(client, "/lines/")


def test_a_filter_without_a_name_is_refused(login: Login) -> None:
    answer = login(Role.VERIFIER).post("/lines/filters/", {"name": "  ", "query": ""})
    assert answer.status_code == 400
    assert "1 to 60 characters" in answer.content.decode()


def test_csv_has_the_filtered_rows_and_no_formula(login: Login, enter: Enter) -> None:
    enter("1", name_zh='=HYPERLINK("http://x","y")')
    enter("2", name_zh="+1")
    enter("3", name_zh="-A", design_capacity=Decimal(2500))
    answer = login(Role.VERIFIER).get("/lines/export.csv?f-capacity_from=3000")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Name"] for row in rows] == ['\'=HYPERLINK("http://x","y")', "'+1"]
    assert rows[0]["Design capacity (t/d)"] == "5000"
    assert rows[0]["Clinker"] == "Portland cement clinker"


def test_the_workbook_has_numbers_as_numbers_and_texts_as_texts(login: Login, enter: Enter, tmp_path: Path) -> None:
    enter("1", name_zh="=1+1")
    client = login(Role.VERIFIER)
    first, again = client.get("/lines/export.xlsx").content, client.get("/lines/export.xlsx").content
    assert first == again
    file = tmp_path / "export.xlsx"
    file.write_bytes(first)
    book = python_calamine.CalamineWorkbook.from_path(str(file))
    head, row = book.get_sheet_by_name("Production lines").to_python()
    said = dict(zip(head, row, strict=True))
    assert said["Name"] == "=1+1"
    assert said["Design capacity (t/d)"] == 5000.0
    about = {str(name): said for name, said in book.get_sheet_by_name("About").to_python()[1:]}
    assert about["Rows"] == 1.0
    assert "retired" in str(about["Left out"])


def test_a_retired_record_leaves_the_list(login: Login, enter: Enter, plant: Plant) -> None:
    row = enter("1")
    client = login(Role.CARBON_MANAGER)
    answer = client.post(f"/lines/{row.subject}/retire/", {"seen": 1, "reason": "entered twice"})
    assert answer.status_code == 302
    page = text(client, "/lines/")
    assert "There is no record." in page
    assert "No record fits." in text(client, "/lines/?f-q=nothing")
    assert "entered twice" in text(client, f"/lines/{row.subject}/")


def test_the_line_of_the_top_bar_narrows_the_list_and_its_files(login: Login, enter: Enter) -> None:
    enter("1")
    enter("2")
    client = login(Role.VERIFIER)
    page = text(client, "/lines/?line=2")
    rows = page.split('id="rows"')[1]
    assert "2号线" in rows
    assert "1号线" not in rows
    assert "line 2, and what holds for all lines" in rows
    assert "1号线" not in client.get("/lines/export.csv?line=2").content.decode()
    assert 'href="/lines/export.csv?line=2"' in page


def test_a_past_period_of_the_top_bar_shows_what_held_on_its_last_day(login: Login, enter: Enter) -> None:
    enter("1", valid_from=datetime.date(2024, 3, 1))
    client = login(Role.VERIFIER)
    assert "1号线" in text(client, "/lines/?period=2024-03").split('id="rows"')[1]
    before = text(client, "/lines/?period=2024-02").split('id="rows"')[1]
    assert "1号线" not in before
    assert "as it held on 2024-02-29" in before


def test_the_present_period_shows_the_latest_versions(login: Login, enter: Enter) -> None:
    enter("1", valid_from=datetime.date(2099, 1, 1))
    client = login(Role.VERIFIER)
    assert "1号线" in text(client, "/lines/").split('id="rows"')[1]
    assert "1号线" in text(client, "/lines/?period=2099-01").split('id="rows"')[1]


def test_a_day_asked_for_goes_before_the_period(login: Login, enter: Enter) -> None:
    enter("1", valid_from=datetime.date(2024, 3, 1))
    page = text(login(Role.VERIFIER), "/lines/?period=2024-02&f-on=2024-03-02").split('id="rows"')[1]
    assert "1号线" in page
    assert "as it held" not in page
