"""The frame: menu, choices in the address, languages, themes, people, and what is said when something is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import Client

from tanheng.platform.accounts.models import Grant, Invitation, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import scope
from tanheng.platform.plant.models import Line
from tanheng.platform.record.models import Plant
from tanheng.platform.ui import menu

Login = Callable[..., Client]
Enter = Callable[..., Line]


def body(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_menu_has_the_eleven_chapters_and_links_only_pages_that_exist(login: Login) -> None:
    client = login(Role.ADMINISTRATOR)
    page = body(client, "/")
    nav = page.split("<nav")[1].split("</nav>")[0]
    assert nav.count("<summary>") == len(menu.MENU) == 11
    links = re.findall(r'<a href="([^"]+)"', nav)
    assert len(links) >= 7
    for link in links:
        assert client.get(link).status_code == 200, link
    closed = sum(not item.address for chapter in menu.MENU for item in chapter.items)
    assert nav.count('class="closed"') == closed > 30


def test_choices_live_in_the_address_and_are_handed_on(login: Login, enter: Enter, plant: Plant) -> None:
    enter("1")
    page = body(login(Role.CARBON_MANAGER), f"/?plant={plant.code}&line=1&period=2026-03&boundary=enterprise")
    assert 'value="2026-03"' in page
    assert f'href="/lines/?plant={plant.code}&amp;line=1&amp;period=2026-03&amp;boundary=enterprise"' in page


@pytest.mark.parametrize("query", ["period=2026-13", "period=x", "boundary=moon", "period=0000-01", "period=9999-12"])
def test_choices_that_are_none_are_left_out(query: str, login: Login) -> None:
    client = login(Role.CARBON_MANAGER)
    assert client.get(f"/?{query}").status_code == 200
    assert query not in body(client, f"/?{query}").split("<nav")[1].split("</nav>")[0]


def test_a_plant_that_is_not_there_is_said_to_be_missing(login: Login) -> None:
    answer = login(Role.CARBON_MANAGER).get("/?plant=nowhere")
    assert answer.status_code == 404
    assert "nowhere" in answer.content.decode()


def test_pages_are_chinese_unless_english_is_chosen(login: Login) -> None:
    assert '<html lang="zh-CN"' in body(login(Role.VERIFIER, language="zh-hans"), "/lines/")
    english = body(login(Role.VERIFIER, language="en"), "/lines/")
    assert '<html lang="en"' in english
    assert "Production lines" in english


def test_english_pages_say_nothing_in_chinese_but_names(login: Login, plant: Plant) -> None:
    page = body(login(Role.CARBON_MANAGER, language="en"), "/lines/new/")
    left = re.sub(r"中文", "", page)
    assert re.findall(r"[\u4e00-\u9fff]+", left) == []


def test_the_theme_is_kept_in_a_cookie_and_goes_back_only_inside(login: Login) -> None:
    client = login(Role.VERIFIER)
    answer = client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert 'data-bs-theme="dark"' in body(client, "/")
    client.post("/theme/", {"theme": "purple", "next": "/lines/"})
    assert 'data-bs-theme="dark"' in body(client, "/")


def test_no_page_has_script_or_handler_of_its_own(login: Login, enter: Enter) -> None:
    row = enter("1")
    client = login(Role.ADMINISTRATOR, Role.CARBON_MANAGER)
    for address in ("/", "/lines/", f"/lines/{row.subject}/", "/lines/new/", "/lines/import/", "/people/", "/accounts/2fa/"):
        answer = client.get(address, follow=True)
        page = answer.content.decode()
        assert re.findall(r"<script(?![^>]*\ssrc=)", page) == [], address
        assert re.findall(r"\son[a-z]+=", page) == [], address
        assert re.findall(r"(?:href|src|action)=[\"'](?:https?:)?//", page) == [], address
        assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_an_address_without_a_page_is_answered_in_the_same_look(login: Login) -> None:
    answer = login(Role.VERIFIER).get("/nowhere/")
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.content.decode()


def test_somebody_without_a_plant_is_told_so(login: Login, database: str) -> None:
    client = login()
    assert "Ask the administrator for a role" in body(client, "/")
    assert client.get("/lines/").status_code == 404


def test_an_invitation_shows_its_link_once_and_it_works(login: Login, plant: Plant) -> None:
    client = login(Role.ADMINISTRATOR)
    page = client.post("/people/", {"do": "invite", "role": "analyst", "department": "化验室", "email": ""}).content.decode()
    link = re.search(r'id="invitation-link">http://testserver(/join/[^<]+)<', page)
    assert link is not None
    assert "First administrator" not in body(Client(), link[1])
    assert link[1] not in body(client, "/people/")
    assert Invitation.objects.filter(plant=plant, role="analyst", department="化验室").count() == 1


def test_roles_are_given_refused_and_taken_away(login: Login, plant: Plant) -> None:
    client = login(Role.ADMINISTRATOR)
    person = User.objects.create_user(f"zhang-{plant.pk}", password="a long enough password")
    give = {"do": "grant", "grant-username": person.username, "grant-department": ""}
    assert client.post("/people/", {**give, "grant-role": "verifier"}).status_code == 302
    answer = client.post("/people/", {**give, "grant-role": "analyst"})
    assert answer.status_code == 400
    assert "verifier" in answer.content.decode()
    assert client.post("/people/", {**give, "grant-username": "nobody", "grant-role": "analyst"}).status_code == 400
    held = Grant.objects.get(user=person)
    assert client.post("/people/", {"do": "revoke", "grant": str(held.pk)}).status_code == 302
    held.refresh_from_db()
    assert held.until is not None
    assert client.post("/people/", {"do": "revoke", "grant": "999999999"}).status_code == 404


def test_what_is_set_up_is_counted_from_what_is_filled_in(login: Login, enter: Enter) -> None:
    enter("1")  # of name, site, clinker and first day, two are filled in
    page = body(login(Role.CARBON_MANAGER), "/")
    assert re.findall(r'<progress max="100" value="(\d+)"', page) == ["0", "0", "50", "0", "0", "0", "0", "20"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"v": Decimal("136163.4"), "unit": "tCO2"}, "136,163.4 tCO2"),
        ({"v": Decimal("2928.4"), "unit": "t", "u": Decimal("43.92")}, "2,928 ± 44 t"),
        ({"v": Decimal("0.83812"), "unit": "", "u": Decimal("0.0123")}, "0.838 ± 0.012"),
        ({"v": Decimal(0), "unit": "t"}, "0 t"),
        ({"v": None, "unit": "t"}, "—"),
    ],
)
def test_a_number_is_shown_with_unit_and_uncertainty(given: dict[str, object], shown: str, database: str) -> None:
    drawn = Template("{% load tanheng %}{% number v unit u %}").render(Context({"u": None, **given}))
    assert re.sub(r"<[^>]+>", "", drawn) == shown


def test_a_state_is_a_word_with_a_mark_and_never_colour_alone(database: str) -> None:
    drawn = Template("{% load tanheng %}{% state 'provisional' %}").render(Context())
    assert re.sub(r"<[^>]+>", "", drawn) in ("◷待核定", "◷provisional")


def test_alarms_are_counted_when_there_are_any(login: Login, plant: Plant) -> None:
    client = login(Role.CARBON_MANAGER)
    assert "No alarm" in body(client, "/")
    with scope([plant.pk]):
        from django.utils import timezone

        from tanheng.platform.notice.models import Alarm

        now = timezone.now()
        Alarm.objects.create(
            plant=plant, key="k", code="platform.record.reason", fields={"type": "line"}, priority=1, raised_at=now, last_at=now
        )
    assert "1 alarm<" in body(client, "/lines/")
    assert "A correction of line needs a reason." in body(client, "/")
