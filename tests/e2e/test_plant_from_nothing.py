"""A plant from nothing, through the pages alone: network, drawing, instruments, certificates, and a rate that rises with them.

The rates are counted by hand: the diesel of two emergency generators is the only source stream that is de minimis (28.67 t of
about 400 000 t), so its row of Table A.1 has two points and stands at 0, 1 and 2 of 2.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from tanheng.platform.accounts.roles import Role
from tanheng.platform.record.models import Plant

pytestmark = pytest.mark.browser

TODAY = datetime.datetime.now(tz=datetime.UTC).date()
STARTED = (TODAY - datetime.timedelta(days=30)).isoformat()
ISSUED = (TODAY - datetime.timedelta(days=60)).isoformat()
ENDS = (TODAY + datetime.timedelta(days=300)).isoformat()
ROW = "activity_de_minimis"

Said = Mapping[str, str]
LINE: Said = {"code": "1", "name_zh": "1号线", "clinker": "portland", "design_capacity": "5000"}
STREAM: Said = {
    "code": "standby-diesel",
    "name_zh": "应急发电机柴油",
    "kind": "combustion",
    "item": "diesel",
    "emission": "28.67",
    "emission_year": "2025",
    "emission_source": "2025年度排放报告",
}
NODES: tuple[Said, ...] = (
    {"code": "generator-1", "name_zh": "1号应急发电机", "kind": "equipment", "level": "equipment", "system": "power_supply"},
    {"code": "generator-2", "name_zh": "2号应急发电机", "kind": "equipment", "level": "equipment", "system": "power_supply"},
)
EDGES: tuple[Said, ...] = tuple(
    {
        "code": f"standby-{number}",
        "name_zh": f"{number}号发电机供油",
        "start": "fuel-supplier",
        "end": f"generator-{number}",
        "medium": "fossil_fuel",
        "stream": "standby-diesel",
    }
    for number in (1, 2)
)
POINTS: tuple[Said, ...] = tuple(
    {
        "code": f"P-standby-{number}",
        "name_zh": f"{number}号发电机油量",
        "place": f"standby-{number}",
        "stream": "standby-diesel",
        "parameter": "liquid_fuel",
        "method": "calculated",
        "role": "activity",
        "level": "equipment",
        "energy": "oil_products",
        "collecting": "manual",
    }
    for number in (1, 2)
)
OLD: Said = {  # in use before the ledger was begun
    "code": "FM-1",
    "name_zh": "1号发电机油表",
    "kind": "volumetric_flow",
    "maker": "某某仪表",
    "serial": "2024-1",
    "nominal_class": "0.5",
    "traceability": "verification",
    "taken_over_on": STARTED,
}
NEW: Said = {key: text for key, text in OLD.items() if key != "taken_over_on"} | {  # waits to be accepted
    "code": "FM-2",
    "name_zh": "2号发电机油表",
    "serial": "2026-2",
}


@dataclass(frozen=True)
class Person:
    """Somebody at a browser of their own."""

    page: Page

    def fill(self, said: Said) -> None:
        for name, text in said.items():
            field = self.page.locator(f"main form [name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)

    def enter(self, ledger: str, said: Said) -> str:
        """Enter a record on its page, and return the address that it has from then on."""
        self.page.goto(f"/{ledger}/new/")
        self.fill(said)
        self.page.get_by_role("button", name="保存").click()
        expect(self.page.get_by_text(re.compile("^已保存"))).to_be_visible()
        return self.page.url

    def go(self, path: str) -> Locator:
        """Open a page and return what it shows."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        return self.page.locator("main")

    def rate(self) -> tuple[str, str, str]:
        """Read a row of the equipping-rate page: how many count, the rate, and the verdict."""
        self.go("/equipping-rate/")
        cells = self.page.locator(f"#row-{ROW} td")
        verdict = cells.nth(7).inner_text().split()[-1]  # after its sign
        return cells.nth(2).inner_text(), cells.nth(3).inner_text(), verdict

    def foretold(self, *changes: Said) -> str:
        """Ask on the what-if page what changes would do, and read the rate that the row would have."""
        self.go("/equipping-rate/what-if/")
        for number, change in enumerate(changes):
            self.fill({f"changes-{number}-{name}": text for name, text in change.items()})
        self.page.get_by_role("button", name="查看结果").click()
        row = self.page.locator("#difference tbody tr", has_text="微量源流")
        expect(row).to_be_visible()
        return row.locator("td").nth(2).locator("b").inner_text()


Visit = Callable[..., Page]


@pytest.fixture
def keeper(visit: Visit, session_of: Callable[..., Client], plant: Plant) -> Person:
    """Return who enters."""
    return Person(visit(session=session_of(Role.STATISTICIAN, Role.METROLOGIST, at=plant), expected=("400",)))


@pytest.fixture
def chief(visit: Visit, session_of: Callable[..., Client], plant: Plant) -> Person:
    """Return who confirms, on a larger screen."""
    return Person(visit(width=1920, session=session_of(Role.CARBON_MANAGER, at=plant)))


def begin(keeper: Person) -> None:
    """An empty plant says what to do; a line is entered, and its standard network made."""
    expect(keeper.go("/flow/")).to_contain_text("从标准网络开始")
    expect(keeper.go("/metering-network/")).to_contain_text("尚无计量点")
    expect(keeper.go("/equipping-rate/")).to_contain_text("还没有计量点")
    keeper.enter("lines", LINE)
    keeper.go("/flow/")
    keeper.page.get_by_role("link", name="从标准网络开始").click()
    keeper.page.get_by_label("余热发电").check()
    keeper.page.get_by_role("button", name="建立网络").click()
    expect(keeper.page.get_by_text(re.compile("已建立：源流"))).to_be_visible()


def add_by_hand(keeper: Person) -> None:
    """What the standard network lacks: two generators, and what the largest stream emits."""
    keeper.enter("source-streams", STREAM)
    for ledger, records in (("nodes", NODES), ("edges", EDGES), ("points", POINTS)):
        for said in records:
            keeper.enter(ledger, said)
    keeper.go("/source-streams/?f-q=fuel")
    keeper.page.get_by_role("link", name="fuel", exact=True).click()
    keeper.page.get_by_role("link", name="更正").click()
    keeper.fill({"emission": "400000", "emission_year": "2025", "emission_source": "2025年度排放报告"})
    keeper.page.get_by_label("更正原因").fill("年度报告已核定")
    keeper.page.get_by_role("button", name="保存").click()
    classes = keeper.go("/stream-classes/")
    expect(classes.locator("tr", has_text="应急发电机柴油")).to_contain_text("微量")


def certify(person: Person, instrument: str) -> str:
    """Enter a certificate; it counts for nothing until somebody else has confirmed it."""
    said = {
        "number": f"鄂检字{instrument}",
        "issuer": "某省计量测试技术研究院",
        "kind": "verification",
        "instrument": instrument,
        "issued_on": ISSUED,
        "expires_on": ENDS,
        "result": "qualified",
        "accuracy_class": "0.5",
    }
    return person.enter("certificates", said)


def confirm(person: Person, certificate: str) -> None:
    person.page.goto(certificate)
    person.page.get_by_role("link", name="确认", exact=True).click()
    person.fill({"confirmed_on": ISSUED, "verdict": "fit"})
    person.page.get_by_role("button", name="计量确认").click()
    expect(person.page.locator("main")).to_contain_text("满足使用要求")


def test_a_plant_from_nothing_to_a_rate_that_rises(keeper: Person, chief: Person, picture: Callable[[Page, str], None]) -> None:
    begin(keeper)
    add_by_hand(keeper)
    keeper.go("/flow/")
    expect(keeper.page.locator('#drawing [data-code="generator-2"]')).to_be_visible()
    picture(keeper.page, "story-1-flow")

    old, new = keeper.enter("instruments", OLD), keeper.enter("instruments", NEW)
    keeper.go("/metering-network/")
    expect(keeper.page.locator("#findings").get_by_role("link", name="FM-1")).to_be_visible()
    expect(keeper.page.locator("#findings").get_by_role("link", name="FM-2")).to_have_count(0)  # it is not in use yet
    picture(keeper.page, "story-2-orphan")
    for number in (1, 2):
        said = {"instrument": f"FM-{number}", "point": f"P-standby-{number}", "started_on": STARTED}
        keeper.enter("installations", said)
    keeper.go("/metering-network/")
    expect(keeper.page.locator("#findings").get_by_role("link", name="FM-1")).to_have_count(0)
    expect(keeper.page.locator("#points tr", has_text="P-standby-1")).to_contain_text("无证书")
    picture(keeper.page, "story-3-cured")

    assert keeper.rate() == ("0 / 2", "0.0", "不符合")  # nothing is certified yet
    half = keeper.foretold({"what": "certificate", "item": "FM-1", "accuracy_class": "0.5"})
    printed = certify(keeper, "FM-1")
    assert keeper.rate()[1] == "0.0"  # a certificate counts when somebody else has confirmed it
    confirm(chief, printed)
    assert keeper.rate() == ("1 / 2", half, "不符合")
    assert half == "50.0"
    picture(keeper.page, "story-4-half")

    confirm(chief, certify(keeper, "FM-2"))
    assert keeper.rate()[1] == "50.0"  # verified, not in service
    whole = keeper.foretold({"what": "in_service", "item": "FM-2"})
    keeper.page.goto(new)
    keeper.page.get_by_role("link", name="投用").click()
    keeper.fill({"started_on": STARTED, "why": "验收合格"})
    keeper.page.get_by_role("button", name="投用").click()
    assert keeper.rate() == ("2 / 2", whole, "达到")
    assert whole == "100.0"
    picture(keeper.page, "story-5-whole")

    assert chief.rate() == keeper.rate()
    picture(chief.page, "story-5-whole")
    for name, path in (
        ("flow", "/flow/"),
        ("network", "/metering-network/"),
        ("instrument", old),
        ("rate", "/equipping-rate/"),
    ):
        chief.page.goto(path)
        assert chief.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        picture(chief.page, f"story-{name}")
