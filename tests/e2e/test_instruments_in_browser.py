"""The instrument ledger in a browser: entered, certified, confirmed by another person, put in service; and its pictures."""

from __future__ import annotations

import dataclasses
import datetime
import typing
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.metrology.instruments.model import UseState
from tanheng.metrology.network.model import Method
from tanheng.metrology.network.model import Role as PointRole
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.configuration import Login
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import models, selectors, services
from tanheng.platform.instruments.schemas import (
    certificate_1,
    chain_1,
    confirmation_1,
    installation_1,
    instrument_1,
    seal_1,
    spell_1,
)
from tanheng.platform.plant.models import Point
from tanheng.platform.plant.schemas import point_1
from tanheng.platform.plant.schemas.node_1 import Depth
from tanheng.platform.record import versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.testing import using

pytestmark = pytest.mark.browser
KEEPER, CHIEF = Actor.system("tests/keeper"), Actor.system("tests/chief")
DAY = datetime.date(2026, 1, 10)
SOON = (datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(days=14)).isoformat()


def said(content: type[Any], /, **given: Any) -> Any:
    """Return a content whose other fields are blank."""
    hints = typing.get_type_hints(content)
    blank: dict[str, Any] = {}
    for field in dataclasses.fields(content):
        hint = hints[field.name]
        blank[field.name] = "" if hint is str else False if hint is bool else None
    return content(**{**blank, **given})


@pytest.fixture
def points(plant: Plant) -> None:
    """Enter two metering points."""
    made = [
        said(
            point_1.Point,
            code=code,
            name_zh=name,
            place="E-1",
            method=Method.CALCULATED,
            role=PointRole.INTERNAL,
            level=Depth.EQUIPMENT,
            collecting=point_1.Collecting.AUTOMATIC,
        )
        for code, name in (("P-1", "入磨煤"), ("P-2", "进厂煤"))
    ]
    with scope(all_plants()):
        versions.write_many(Point, plant=plant.pk, actor=KEEPER, schema_id="point/1", contents=made)


@pytest.fixture
def stock(plant: Plant, points: None) -> None:  # what is installed stands at them
    """Enter a ledger in which every state occurs."""

    def enter(model: type[Any], content: Any, actor: Actor = KEEPER) -> Any:
        return services.save(model, content, plant=plant, actor=actor)

    with scope(all_plants()):
        for number, (name, kind, last) in enumerate(
            [
                ("入磨煤皮带秤", "belt_scale", "2036-01-09"),
                ("1号进厂汽车衡", "truck_scale", SOON),
                ("总降关口电能表", "electricity_meter", "2026-03-01"),
                ("煤磨测速传感器", "pressure_gauge", ""),
            ],
            1,
        ):
            code = f"JL-{number:03}"
            content = said(
                instrument_1.Instrument,
                code=code,
                name_zh=name,
                kind=kind,
                nominal_class="0.5",
                maker="某某衡器有限公司",
                serial=f"2019-{number}",
                model="ICS-20A",
                place="煤磨车间",
                person="张三",
                range_low=Decimal(0),
                range_high=Decimal(60),
                range_unit="t/h",
                traceability=instrument_1.Traceability.VERIFICATION,
                cycle_months=12,
            )
            enter(models.Instrument, content)
            if not last:
                continue
            printed = said(
                certificate_1.Certificate,
                number=f"鄂检字第{number}号",
                issuer="某省计量测试技术研究院",
                kind=CertificateKind.VERIFICATION,
                instrument=code,
                issued_on=DAY,
                expires_on=datetime.date.fromisoformat(last),
                result=Result.QUALIFIED,
                accuracy_class="0.5",
            )
            row = enter(models.Certificate, printed)
            confirmed = said(
                confirmation_1.Confirmation, certificate=str(row.subject), verdict=confirmation_1.Verdict.FIT, confirmed_on=DAY
            )
            enter(models.Confirmation, confirmed, CHIEF)
            step = said(
                spell_1.Spell, instrument=code, state=UseState.IN_SERVICE, started_on=DAY, why="验收合格", person="张三"
            )
            enter(models.Spell, step)
        enter(models.Installation, said(installation_1.Installation, instrument="JL-001", point="P-1", started_on=DAY))
        chain = said(
            chain_1.Chain,
            code="JL-S-01",
            name_zh="煤磨称量系统",
            kind=chain_1.ChainKind.BELT_WEIGHING,
            sensor="JL-001",
            totaliser="JL-004",
        )
        enter(models.Chain, chain)
        seal = said(
            seal_1.Seal, number="QF-1", instrument="JL-001", applied_on=DAY, applied_by="张三", state=seal_1.SealState.INTACT
        )
        enter(models.Seal, seal)


def test_an_instrument_is_entered_certified_confirmed_and_put_in_service(
    visit: Callable[..., Page], session_of: Callable[..., Client], plant: Plant
) -> None:
    keeper = visit(session=session_of(Role.METROLOGIST, at=plant), expected=("400",))
    keeper.goto("/instruments/new/")
    keeper.locator("[name=code]").fill("JL-001")
    keeper.locator("[name=name_zh]").fill("入磨煤皮带秤")
    keeper.locator("[name=kind]").select_option("belt_scale")
    keeper.locator("[name=traceability]").select_option("verification")
    keeper.locator("[name=nominal_class]").fill("0.5级")
    keeper.get_by_role("button", name="保存").click()
    expect(keeper.locator("h1")).to_contain_text("JL-001")
    record = keeper.url
    keeper.get_by_role("link", name="投用").click()
    keeper.locator("[name=started_on]").fill("2026-02-01")
    keeper.locator("[name=why]").fill("验收合格")
    keeper.get_by_role("button", name="投用").click()
    expect(keeper.locator("main")).to_contain_text("先检后用")
    keeper.goto("/certificates/new/")
    for name, value in {"number": "A-1", "issuer": "某院", "issued_on": "2026-01-10", "expires_on": "2036-01-09"}.items():
        keeper.locator(f"[name={name}]").fill(value)
    keeper.locator("[name=kind]").select_option("verification")
    keeper.locator("[name=instrument]").select_option("JL-001")
    keeper.locator("[name=result]").select_option("qualified")
    keeper.locator("[name=accuracy_class]").fill("0.5")
    keeper.get_by_role("button", name="保存").click()
    certificate = keeper.url
    chief = visit(session=session_of(Role.CARBON_MANAGER, at=plant))
    chief.goto(certificate)
    chief.get_by_role("link", name="确认", exact=True).click()
    chief.locator("[name=confirmed_on]").fill("2026-01-12")
    chief.locator("[name=verdict]").select_option("fit")
    chief.get_by_role("button", name="计量确认").click()
    expect(chief.locator("main")).to_contain_text("满足使用要求")
    keeper.goto(record)
    keeper.get_by_role("link", name="投用").click()
    keeper.locator("[name=started_on]").fill("2026-02-01")
    keeper.locator("[name=why]").fill("验收合格")
    keeper.get_by_role("button", name="投用").click()
    keeper.goto("/instruments/?f-use=in_service&f-trace=valid")
    expect(keeper.locator("tbody")).to_contain_text("JL-001")


PAGES = (
    "/instruments/",
    "/instruments/new/",
    "/certificates/",
    "/chains/",
    "/installations/",
    "/spells/",
    "/seals/",
    "/seals/new/",
    "/form-1-8-1/",
    "/year-ends/",
    "/instrument-workbook/",
)


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize("width", [1280, 1920])
def test_the_pages_of_the_instruments_are_drawn(
    width: int,
    visit: Callable[..., Page],
    session_of: Callable[..., Client],
    plant: Plant,
    picture: Callable[[Page, str], None],
) -> None:
    page = visit(width=width, session=session_of(Role.METROLOGIST, Role.CARBON_MANAGER, at=plant))
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        picture(page, f"page-{path.strip('/').replace('/', '-')}")
    page.goto("/instruments/")
    page.locator("tbody a").first.click()
    picture(page, "page-instrument")
    page.get_by_role("link", name="现状").click()
    picture(page, "page-instrument-standing")
    page.goto("/year-ends/")
    page.get_by_role("button", name="固化台账").click()
    picture(page, "page-year-end")


def clock(plant: Plant, database: str, day: str) -> None:
    """Set the clock of the plant, entered in 2026, to a day: a demonstration may run on a simulated one."""
    with using(Login.OWNER, database), scope(all_plants()):
        now = Plant.objects.get(pk=plant.pk)
        ahead = (datetime.date.fromisoformat(day) - selectors.today(now)).days * 86_400_000
        founded = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
        Plant.objects.filter(pk=plant.pk).update(
            demonstration=True, clock_offset_ms=now.clock_offset_ms + ahead, founded_at=founded
        )


@pytest.mark.usefixtures("stock")
def test_the_year_is_frozen_by_one_and_confirmed_by_another(
    visit: Callable[..., Page],
    session_of: Callable[..., Client],
    plant: Plant,
    database: str,
    picture: Callable[[Page, str], None],
) -> None:
    keeper = visit(session=session_of(Role.METROLOGIST, Role.CARBON_MANAGER, at=plant), expected=("409",))
    chief = visit(width=1920, session=session_of(Role.CARBON_MANAGER, at=plant), expected=("409",))
    clock(plant, database, "2026-12-31")
    keeper.goto("/year-ends/")
    keeper.get_by_role("button", name="固化台账").click()
    expect(keeper.locator("h1")).to_contain_text("待确认")
    keeper.get_by_role("button", name="确认台账").click()
    expect(keeper.get_by_role("alert")).to_be_visible()  # who froze it
    chief.goto("/year-ends/2026/")
    keeper.goto("/instruments/")
    keeper.locator("tbody a", has_text="JL-001").first.click()
    keeper.get_by_role("link", name="更正").click()
    keeper.locator("[name=person]").fill("李四")
    keeper.locator("[name=reason]").fill("换人")
    keeper.get_by_role("button", name="保存").click()
    chief.reload()
    expect(chief.locator("#late")).to_contain_text("李四")  # after the freeze, and not in it
    picture(chief, "page-year-end-late")
    keeper.goto("/year-ends/")
    keeper.get_by_role("button", name="固化台账").click()
    expect(keeper.locator("#late")).to_have_count(0)
    chief.get_by_role("button", name="确认台账").click()
    expect(chief.get_by_role("alert")).to_contain_text("重新")  # what was seen is no longer what is frozen
    chief.goto("/year-ends/2026/")
    chief.get_by_role("button", name="确认台账").click()
    expect(chief.locator("h1")).to_contain_text("已确认")
    expect(chief.get_by_role("button", name="确认台账")).to_have_count(0)
    picture(chief, "page-year-end-confirmed")


@pytest.mark.usefixtures("stock")
def test_the_form_of_the_year_is_kept_and_listed(
    visit: Callable[..., Page],
    session_of: Callable[..., Client],
    plant: Plant,
    picture: Callable[[Page, str], None],
) -> None:
    keeper = visit(session=session_of(Role.METROLOGIST, at=plant))
    keeper.goto("/form-1-8-1/")
    keeper.locator("[name=system]").select_option("yes")
    keeper.get_by_role("button", name="存档").click()
    expect(keeper.locator("tbody")).to_contain_text("1 / 8")
    expect(keeper.locator("[name=system]")).to_have_value("yes")
    with keeper.expect_download() as kept:
        keeper.locator("tbody a", has_text="Excel").click()
    assert kept.value.suggested_filename.endswith("-v1.xlsx")
    picture(keeper, "page-form-1-8-1-kept")
