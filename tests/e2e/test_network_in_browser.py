"""The network in the browser: from an empty plant over the standard network to a drawing whose parts lead to their records."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from playwright.sync_api import Page, Route, expect

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import scope
from tanheng.platform.plant import services, template
from tanheng.platform.plant.models import Line
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.line_1 import Line as LineContent
from tanheng.platform.plant.services import building
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

pytestmark = pytest.mark.browser

SYSTEM = Actor.system("tests")
Visit = Callable[..., Page]
Session = Callable[..., Client]
Picture = Callable[[Page, str], None]


def found_network(plant: Plant) -> None:
    """Give the plant a line and its standard network."""
    content = LineContent(
        code="1",
        name_zh="1号线",
        name_en="Line 1",
        site="",
        clinker=ClinkerKind.PORTLAND,
        design_capacity=Decimal(5000),
        kiln_diameter=None,
        kiln_length=None,
        preheater_stages=5,
        waste_heat_power=Decimal(9),
        alternative_fuels=True,
        commissioned_on=None,
    )
    options = template.Options(waste="refuse_derived_fuel", waste_heat=True, cems=True)
    with scope([plant.pk]):
        services.save(Line, content, plant=plant, actor=SYSTEM)
        building.build(plant, actor=SYSTEM, lines=["1"], options=options)


def enter_line(page: Page, code: str) -> None:
    page.goto("/lines/new/")
    page.get_by_label("编号").fill(code)
    page.get_by_label("名称", exact=True).fill(f"{code}号线")
    page.get_by_label("熟料", exact=True).select_option("portland")
    page.get_by_label("设计产能").fill("5000")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text(f"已保存：“{code} · {code}号线”")).to_be_visible()


def make_standard(page: Page) -> None:
    page.goto("/flow/")
    page.get_by_role("link", name="从标准网络开始").click()
    page.get_by_label("替代燃料").select_option("refuse_derived_fuel")
    page.get_by_label("余热发电").check()
    page.get_by_label("烟囱二氧化碳连续监测").check()
    page.get_by_role("button", name="建立网络").click()
    expect(page.get_by_text(re.compile("已建立：源流"))).to_be_visible()


def test_from_the_template_to_the_drawing_and_a_record(
    visit: Visit, session_of: Session, plant: Plant, picture: Picture
) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant))
    enter_line(page, "1")
    page.goto("/flow/")
    picture(page, "flow-empty")
    make_standard(page)
    expect(page.locator("#drawing svg").first).to_be_visible()
    picture(page, "flow")
    page.get_by_role("link", name="整图显示").click()
    expect(page.locator("#drawing svg")).to_be_visible()
    page.get_by_role("link", name="分张显示").click()
    page.locator('#drawing [data-code="1-kiln"]').click()
    expect(page.get_by_role("heading", name=re.compile("1-kiln"))).to_be_visible()


def test_a_point_cannot_lose_its_stream(visit: Visit, session_of: Session, plant: Plant, picture: Picture) -> None:
    found_network(plant)
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant), expected=("400",))
    page.goto("/points/?f-q=P-power-in")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="更正").click()
    page.locator("#id_stream").select_option("")
    expect(page.locator("#errors-stream .error")).to_contain_text("须对应一个源流", timeout=15_000)
    page.get_by_label("更正原因").fill("试一试")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#errors-stream .error")).to_contain_text("须对应一个源流", timeout=15_000)
    picture(page, "point-without-stream")


def test_a_loop_is_said_while_an_edge_is_typed(visit: Visit, session_of: Session, plant: Plant, picture: Picture) -> None:
    found_network(plant)
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant))
    page.goto("/edges/new/")
    page.get_by_label("编号").fill("1-back")
    page.get_by_label("名称", exact=True).fill("回流")
    page.locator("#id_medium").select_option("raw_material")
    page.locator("#id_start").select_option("1-kiln")
    page.locator("#id_end").select_option("1-meal-silo")
    expect(page.locator("#errors-end .error")).to_contain_text("流向成环", timeout=15_000)
    picture(page, "edge-loop")
    page.locator("#id_medium").select_option("dust")
    page.locator("#id_end").select_option("1-preheater")
    expect(page.locator("#errors-end .error")).to_have_count(0)


def test_no_field_goes_unchecked_because_another_is_checked(visit: Visit, session_of: Session, plant: Plant) -> None:
    found_network(plant)
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant))
    page.goto("/edges/new/")
    checks = "**/edges/new/check/"
    with page.expect_response(checks):
        page.get_by_label("编号").fill("1-back")
    with page.expect_response(checks):
        page.locator("#id_start").select_option("1-kiln")
    held: list[Route] = []

    def hold(route: Route) -> None:  # a slow platform
        held.append(route)

    page.route(checks, hold)
    page.locator("#id_medium").select_option("raw_material")
    page.get_by_label("名称", exact=True).fill("回流")  # checked a moment after the last letter
    for end in ("1-preheater", "1-meal-silo"):  # the second waits for the first, which nobody breaks off with a fault
        page.locator("#id_end").select_option(end)
    page.wait_for_timeout(1500)
    for route in held:
        route.continue_()
    page.unroute(checks)
    expect(page.locator("#errors-end .error")).to_contain_text("流向成环", timeout=15_000)


def test_boundary_classes_and_editions(visit: Visit, session_of: Session, plant: Plant, picture: Picture) -> None:
    found_network(plant)
    page = visit(session=session_of(Role.CARBON_MANAGER, at=plant), expected=("400",))
    page.goto("/boundary/")
    page.get_by_role("link", name="选定熟料生产边界").click()
    page.locator("#id_definition").select_option("silo")
    page.locator("#id_grounds").fill("按湖北省规定")
    page.get_by_role("button", name="保存").click()
    page.goto("/boundary/")
    expect(page.get_by_text("按湖北省规定").first).to_be_visible()
    picture(page, "boundary")
    page.goto("/stream-classes/")
    picture(page, "classes")
    page.goto("/editions/new/")
    page.locator("#id_kind").select_option("as_built")
    page.get_by_label("名称", exact=True).fill("2026年竣工版")
    page.get_by_label("所示状态日期").fill("2026-01-01")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#errors-walked_on .error")).to_be_visible()
    page.get_by_label("现场核对日期").fill("2026-01-05")
    page.get_by_label("核对人员").fill("王工、李工")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="图", exact=True).click()
    expect(page.locator("#drawing svg").first).to_be_visible()
    picture(page, "edition")


def test_an_orphan_is_found_and_cured(visit: Visit, session_of: Session, plant: Plant, picture: Picture) -> None:
    found_network(plant)
    page = visit(session=session_of(Role.CARBON_MANAGER, Role.METROLOGIST, at=plant))
    page.goto("/instruments/new/")
    page.locator("#id_code").fill("JL-101")
    page.locator("#id_name_zh").fill("入磨煤皮带秤")
    page.locator("#id_kind").select_option("belt_scale")
    page.locator("#id_maker").fill("某某衡器")
    page.locator("#id_serial").fill("20240101")
    page.locator("#id_traceability").select_option("verification")
    page.locator("#id_taken_over_on").fill("2026-01-01")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存：“JL-101")).to_be_visible()
    page.goto("/metering-network/")
    orphan = page.locator("#findings").get_by_role("link", name="JL-101")
    expect(orphan).to_be_visible()
    picture(page, "metering-network-orphan")
    page.goto("/installations/new/")
    page.locator("#id_instrument").select_option("JL-101")
    page.locator("#id_point").select_option("P-1-fuel-fired")
    page.locator("#id_started_on").fill("2026-01-01")
    page.get_by_role("button", name="保存").click()
    page.goto("/metering-network/")
    expect(page.locator("#findings").get_by_role("link", name="JL-101")).to_have_count(0)
    expect(page.locator("#points").get_by_role("link", name="JL-101")).to_be_visible()


@pytest.mark.parametrize(("width", "language", "theme"), [(1280, "zh-hans", "light"), (1920, "en", "dark")])
def test_the_pages_fit_their_window(
    width: int, language: str, theme: str, visit: Visit, session_of: Session, plant: Plant, picture: Picture
) -> None:
    found_network(plant)
    page = visit(width=width, session=session_of(Role.CARBON_MANAGER, at=plant))
    page.goto("/")
    host = page.evaluate("location.origin")
    page.context.add_cookies(
        [
            {"name": "django_language", "value": language, "url": host},
            {"name": "tanheng_theme", "value": theme, "url": host},
        ]
    )
    for path in (
        "/flow/",
        "/boundary/",
        "/metering-network/",
        "/standard-network/",
        "/points/",
        "/edges/new/",
        "/equipment/new/",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        picture(page, f"{theme}-{path.strip('/').replace('/', '-')}")
