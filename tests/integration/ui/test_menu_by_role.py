"""The menu offers a person what opens for them, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.record.models import Plant

Login = Callable[..., Client]


def offered(client: Client, address: str = "/") -> list[str]:
    nav = client.get(address).content.decode().split("<nav")[1].split("</nav>")[0]
    return re.findall(r'<a href="([^"]+)"', nav)


@pytest.mark.parametrize("role", list(Role))
def test_every_link_of_the_menu_answers_whoever_sees_it(role: Role, login: Login) -> None:
    client = login(role)
    links = offered(client)
    assert links[0] == "/"
    assert [(link, status) for link in links if (status := client.get(link).status_code) != 200] == []


@pytest.mark.parametrize(("role", "sees"), [(Role.ADMINISTRATOR, True), (Role.VERIFIER, False), (Role.ANALYST, False)])
def test_who_may_not_manage_people_is_not_shown_their_page(role: Role, sees: bool, login: Login) -> None:
    client = login(role)
    assert ("/people/" in offered(client)) is sees
    assert (client.get("/people/").status_code == 200) is sees


def test_the_menu_is_that_of_the_plant_which_is_looked_at(login: Login, plant: Plant) -> None:
    client = login(Role.VERIFIER)
    assert "/lines/?period=2026-03" in offered(client, "/?period=2026-03")
    assert f"/lines/?plant={plant.code}" in offered(client, f"/?plant={plant.code}")


def test_somebody_without_a_plant_is_offered_the_overview_alone(login: Login, database: str) -> None:
    assert offered(login()) == ["/"]


def test_a_refused_page_still_has_the_menu_of_what_is_open(login: Login) -> None:
    client = login(Role.VERIFIER)
    assert client.get("/people/").status_code == 403
    assert "/people/" not in offered(client, "/people/")
    assert "/lines/" in offered(client, "/people/")


def test_a_browser_that_asks_for_the_icon_by_its_old_name_gets_the_mark(database: str) -> None:
    answer = Client().get("/favicon.ico")
    assert answer.status_code == 302
    found = finders.find(answer["Location"].removeprefix("/static/"))
    assert isinstance(found, str)
    assert "<svg" in Path(found).read_text(encoding="utf-8")


def test_what_is_not_open_is_said_in_a_whole_sentence(login: Login) -> None:
    page = login(Role.CARBON_MANAGER, language="zh-hans").get("/").content.decode()
    assert "没有未处理的告警。" in page
    assert "没有未完成的待办。" in page
    assert "没有未处理的。" not in page
