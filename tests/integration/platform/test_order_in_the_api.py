"""The lists of the API are put in order as those of the pages: by the same columns, with the same keys, stable over pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.api import api
from tanheng.platform.database.scope import scope
from tanheng.platform.instruments.pages import LEDGERS as INSTRUMENTS
from tanheng.platform.plant import services
from tanheng.platform.plant.models import Site
from tanheng.platform.plant.pages import LEDGERS as PLANT
from tanheng.platform.plant.schemas.site_1 import Site as Content
from tanheng.platform.plant.schemas.site_1 import SiteKind
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.described import sortable_of
from tests.integration.platform.test_order_of_texts import NAMES
from tests.integration.platform.test_platform_api import Caller

LEDGERS = (*PLANT, *INSTRUMENTS)


@pytest.fixture
def fresh(found_plant: Callable[[str], Plant]) -> Plant:
    return found_plant(f"sort-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def user(fresh: Plant, person: Callable[..., User]) -> User:
    return person(f"c-{fresh.code}", Role.CARBON_MANAGER, Role.METROLOGIST, at=fresh)


@pytest.fixture
def call(fresh: Plant, user: User) -> Caller:
    return Caller(user, fresh)


@pytest.fixture
def page(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def enter(plant: Plant, *sites: tuple[str, str, SiteKind]) -> None:
    """Enter sites: code, name and kind."""
    blank: dict[str, Any] = {"name_en": "", "address": "", "longitude": None, "latitude": None, "in_boundary": True}
    contents = [Content(code=code, name_zh=name, kind=kind, **blank) for code, name, kind in sites]
    with scope([plant.pk]):
        services.save_many(Site, contents, plant=plant, actor=Actor.system("t"))


def listed(call: Caller, plant: Plant, query: str) -> list[str]:
    """Return the codes of a list of sites."""
    answer = call("GET", f"/plants/{plant.code}/sites?{query}")
    assert answer.status_code == 200, answer.content
    return [row["content"]["code"] for row in answer.json()["items"]]


def test_names_stand_in_the_order_of_a_dictionary_as_on_the_page(call: Caller, fresh: Plant, page: Client) -> None:
    enter(fresh, *((f"s{at}", name, SiteKind.OTHER) for at, name in enumerate(reversed(NAMES))))
    rising = [f"s{at}" for at in reversed(range(len(NAMES)))]
    assert listed(call, fresh, "sort=name_zh") == rising
    assert listed(call, fresh, "sort=-name_zh") == rising[::-1]
    shown = page.get("/sites/?sort=name_zh").content.decode()
    assert re.findall(r'<a href="/sites/[0-9a-f-]{36}/[^"]*">([^<]+)</a>', shown) == rising


def test_several_columns_count_one_after_the_other(call: Caller, fresh: Plant) -> None:
    clinker, other = SiteKind.CLINKER, SiteKind.OTHER
    enter(fresh, ("a", "北京", other), ("b", "安徽", clinker), ("c", "安徽", other), ("d", "重庆", clinker))
    assert listed(call, fresh, "sort=kind,name_zh") == ["b", "d", "c", "a"]
    assert listed(call, fresh, "sort=kind,-name_zh") == ["d", "b", "a", "c"]
    assert listed(call, fresh, "sort=-kind,code") == ["a", "c", "b", "d"]
    assert listed(call, fresh, "sort=name_zh,%20-code") == ["c", "b", "a", "d"]  # a blank behind the comma is no matter


def test_without_it_rows_stand_as_they_were_entered(call: Caller, fresh: Plant) -> None:
    enter(fresh, ("z", "甲", SiteKind.OTHER), ("a", "乙", SiteKind.OTHER))
    assert listed(call, fresh, "") == ["z", "a"]


@pytest.mark.parametrize("query", ["sort=name_zh", "sort=-name_zh", "sort=in_boundary,-kind"])
def test_pages_of_equal_rows_never_repeat_and_leave_none_out(call: Caller, fresh: Plant, query: str) -> None:
    enter(fresh, *((f"s{at:02}", "安徽", SiteKind.OTHER) for at in range(23)))
    parts = [code for offset in range(0, 25, 5) for code in listed(call, fresh, f"{query}&limit=5&offset={offset}")]
    assert parts == listed(call, fresh, query)
    assert sorted(parts) == [f"s{at:02}" for at in range(23)]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("kilns", "kilns"),
        ("", ""),
        ("code,", ""),
        ("--code", "--code"),
        ("Code", "Code"),
        ("payload", "payload"),
        ("plant__code", "plant__code"),
        ("code,subject", "subject"),
        ("?", "?"),
    ],
)
def test_what_no_row_can_be_ordered_by_is_refused_with_what_can(call: Caller, fresh: Plant, asked: str, named: str) -> None:
    answer = call("GET", f"/plants/{fresh.code}/sites?sort={asked}")
    said = answer.json()
    allowed = "code, name_zh, name_en, kind, address, longitude, latitude, in_boundary, version, known_from"
    assert (answer.status_code, said["code"]) == (422, "platform.api.sort")
    assert said["fields"] == {"field": "sort", "value": named, "allowed": allowed}
    assert allowed in said["message"]["zh"]
    assert allowed in said["message"]["en"]


def test_a_column_that_stands_twice_is_refused(call: Caller, fresh: Plant) -> None:
    answer = call("GET", f"/plants/{fresh.code}/sites?sort=code,-code")
    assert (answer.status_code, answer.json()["code"]) == (422, "platform.api.sort_twice")


def test_the_length_of_it_is_bounded(call: Caller, fresh: Plant) -> None:
    assert call("GET", f"/plants/{fresh.code}/sites?sort={'code,' * 300}").status_code == 422


def test_it_takes_no_further_statement(call: Caller, fresh: Plant) -> None:
    enter(fresh, *((f"s{at}", name, SiteKind.OTHER) for at, name in enumerate(NAMES)))
    listed(call, fresh, "")
    counts = []
    for query in ("", "sort=name_zh", "sort=-name_zh,address,kind,code"):
        with CaptureQueriesContext(connection) as queries:
            listed(call, fresh, query)
        counts.append(len(queries))
    assert len(set(counts)) == 1


@pytest.fixture(scope="module")
def described() -> Any:  # Any: JSON
    return dict(api.get_openapi_schema()["paths"])


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda one: str(one.name))
def test_every_column_that_is_described_is_taken(ledger: Any, described: Any, call: Caller, fresh: Plant) -> None:
    parameters = described["/api/v1/plants/{code}/" + ledger.name]["get"]["parameters"]
    (sort,) = [one for one in parameters if one["name"] == "sort"]
    names = sortable_of(ledger)
    assert f"Columns: {', '.join(names)}." in sort["description"]
    pattern, falling = sort["schema"]["pattern"], [f"-{name}" for name in names]
    assert all(re.fullmatch(pattern, text) for text in (*names, *falling, ",".join(names)))
    assert re.fullmatch(pattern, "subject") is None
    answer = call("GET", f"/plants/{fresh.code}/{ledger.name}?sort={','.join(falling)}")
    assert answer.status_code == 200, answer.content


def test_files_and_what_is_reckoned_on_the_page_are_no_columns_of_it() -> None:
    columns = {ledger.name: sortable_of(ledger) for ledger in LEDGERS}
    assert "file" not in columns["certificates"]
    assert "state" not in columns["certificates"]  # reckoned from the day
    assert columns["seals"] == (
        "number", "instrument", "place", "applied_on", "applied_by", "state", "removed_on", "removed_by", "why", "version",
        "known_from",
    )  # fmt: skip
