"""The equipping rate in a browser: bars, the drill to a point, changes to try, and the chart of its history."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import services, template
from tanheng.platform.plant.models import Line
from tanheng.platform.plant.schemas import line_1
from tanheng.platform.plant.services import building
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

pytestmark = pytest.mark.browser
SYSTEM = Actor.system("tests")


@pytest.fixture
def network(plant: Plant) -> Plant:
    """Return the plant with the standard network of one line."""
    line = line_1.Line(
        code="1",
        name_zh="1号线",
        name_en="Line 1",
        site="",
        clinker=line_1.ClinkerKind.PORTLAND,
        design_capacity=Decimal(5000),
        kiln_diameter=None,
        kiln_length=None,
        preheater_stages=5,
        waste_heat_power=None,
        alternative_fuels=False,
        commissioned_on=None,
    )
    with scope(all_plants()):
        services.save(Line, line, plant=plant, actor=SYSTEM)
        options = template.Options(waste="refuse_derived_fuel", cems=True, waste_heat=True)
        building.build(plant, actor=SYSTEM, lines=["1"], options=options)
    return plant


def test_a_point_is_reached_from_its_row_and_a_change_is_tried(
    visit: Callable[..., Page], session_of: Callable[..., Client], network: Plant
) -> None:
    page = visit(session=session_of(Role.METROLOGIST, at=network))
    page.goto("/equipping-rate/")
    expect(page.locator("#row-measured_stack")).to_contain_text("有组织排放")
    page.locator("#points-measured_stack summary").click()
    page.locator("#points-measured_stack li a").first.click()
    expect(page).to_have_url(re.compile(r"/points/"))
    page.goto("/equipping-rate/what-if/")
    page.locator("[name=changes-0-what]").select_option("buy")
    page.locator("[name=changes-0-point]").select_option(index=1)
    page.locator("[name=changes-0-kind]").select_option("belt_scale")
    page.get_by_role("button", name="查看结果").click()
    expect(page.locator("#difference")).to_contain_text("将计入的计量点")


@pytest.mark.parametrize("width", [1280, 1920])
def test_the_pages_are_drawn(
    width: int,
    visit: Callable[..., Page],
    session_of: Callable[..., Client],
    example: Plant,
    picture: Callable[[Page, str], None],
) -> None:
    page = visit(width=width, session=session_of(Role.METROLOGIST, at=example))
    for name in ("", "history/", "what-if/"):
        answer = page.goto(f"/equipping-rate/{name}")
        assert answer is not None
        assert answer.status == 200
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        picture(page, f"equipping-{name.strip('/') or 'rate'}")


def test_a_cure_is_tried_with_one_click_and_a_line_taken_away(
    visit: Callable[..., Page], session_of: Callable[..., Client], network: Plant, picture: Callable[[Page, str], None]
) -> None:
    page = visit(session=session_of(Role.METROLOGIST, at=network))
    page.goto("/equipping-rate/what-if/")
    for _ in range(4):  # more than the form begins with
        page.locator("button[name=add]:not([disabled])").nth(_).click()
    expect(page.locator("fieldset:has([name$=-what])")).to_have_count(4)
    expect(page.locator("#difference")).to_contain_text("将计入的计量点")
    picture(page, "equipping-what-if-cures")
    page.locator("button[name=drop]").first.click()
    expect(page.locator("fieldset:has([name$=-what])")).to_have_count(3)


def test_the_chart_of_a_history_has_a_line_for_each_row(
    visit: Callable[..., Page], session_of: Callable[..., Client], network: Plant, picture: Callable[[Page, str], None]
) -> None:
    page = visit(session=session_of(Role.METROLOGIST, at=network))
    page.goto("/equipping-rate/history/")
    expect(page.locator("figure svg")).to_be_visible()
    heads = page.locator("figure thead th").count() - 1
    assert heads == 4  # stack, purchased, activity and factor: streams without a class are counted as major
    page.goto("/equipping-rate/")
    picture(page, "equipping-standard-network")
