"""Every page for nobody, for somebody of another plant, for the wrong role and for the right one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import scope
from tanheng.platform.plant.models import Line
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

Login = Callable[..., Client]

READ = ("", "export.xlsx", "export.csv", "template.xlsx", "{subject}/")
WRITE = ("new/", "import/", "{subject}/edit/", "{subject}/retire/", "{subject}/files/")
PLAIN = {
    "/": Role.SAMPLER,
    "/log/": Role.SAMPLER,
    "/people/": Role.ADMINISTRATOR,
    "/audit/": Role.AUDITOR,
    "/flow/": Role.SAMPLER,
    "/flow.pdf": Role.SAMPLER,
    "/standard-network/": Role.CARBON_MANAGER,
    "/boundary/": Role.SAMPLER,
    "/boundary.pdf": Role.SAMPLER,
    "/stream-classes/": Role.SAMPLER,
    "/metering-network/": Role.SAMPLER,
    "/metering-network.pdf": Role.SAMPLER,
    "/equipping-rate/": Role.SAMPLER,
    "/equipping-rate/history/": Role.SAMPLER,
    "/equipping-rate/what-if/": Role.SAMPLER,
    "/equipping-rate/file.xlsx": Role.SAMPLER,
    "/certificates-to-confirm/": Role.METROLOGIST,
    "/form-1-8-1/": Role.SAMPLER,
    "/form-1-8-1.xlsx": Role.SAMPLER,
    "/year-ends/": Role.SAMPLER,
    "/instrument-workbook/": Role.METROLOGIST,
    "/instrument-workbook.xlsx": Role.SAMPLER,
    "/roles/": Role.SAMPLER,
    "/rules/": Role.SAMPLER,
    "/keeping/": Role.AUDITOR,
}
MASTER = ("lines", "sites", "permits", "enterprises")
INSTRUMENTS = ("instruments", "spells", "installations", "chains", "seals", "certificates", "confirmations")
NETWORK = ("source-streams", "nodes", "edges", "points", "equipment", "editions", "clinker-boundary")
LEDGERS = (*MASTER, *NETWORK, *INSTRUMENTS)
# Of a ledger, the actions of a record beside the usual: each has a test of its own.
ACTIONS: dict[str, tuple[str, ...]] = {
    "instruments": ("in-service", "downgraded", "repair", "out-of-service", "sealed-up", "scrapped"),
    "installations": ("exchange", "take-out"),
    "certificates": ("confirm",),
    "editions": ("pdf",),
}
# A cookie; a right at no plant; one year of the ledger, one version of a form: each tested apart.
OPEN = (
    "theme/",
    "plants/new/",
    "year-ends/<int:year>/",
    "year-ends/<int:year>.xlsx",
    "form-1-8-1/<int:year>/<int:version>.xlsx",
)


@pytest.fixture
def other(database: str, plant: Plant) -> Plant:
    with scope([]):
        return tenants.found(actor=Actor.system("tests"), code=f"other-{plant.pk}", name_zh="别家", name_en="Other")


@pytest.fixture
def subject(enter: Callable[..., Line]) -> str:
    return str(enter("1").subject)


def pages() -> set[str]:
    """Return the routes of all pages, as the addresses have them."""

    def walk(found: list[URLPattern | URLResolver], before: str) -> set[str]:
        routes: set[str] = set()
        for one in found:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                routes |= walk(one.url_patterns, route)
            else:
                routes.add(route)
        return routes

    outside = ("accounts/", "api/", "i18n/", "join/", "healthz", "metrics", "ca.crt", "favicon.ico")
    return {route for route in walk(get_resolver().url_patterns, "") if not route.startswith(outside)}


def test_every_page_stands_in_this_matrix() -> None:
    known = {path.removeprefix("/") for path in PLAIN} | set(OPEN)
    posted = ("new/check/", "filters/", "selection/", "{subject}/edit/check/")
    # tested with the additions, the files of a record, and a plant's own sheets
    files = ("files/<str:file>", "{subject}/files/<uuid:uid>/", "import/<uuid:uid>/", "import/<uuid:uid>/faults.xlsx")
    for ledger in LEDGERS:
        actions = tuple(f"{{subject}}/{name}/" for name in ACTIONS.get(ledger, ()))
        routes = READ + WRITE + posted + files + actions
        known |= {f"{ledger}/{route.replace('{subject}', '<uuid:subject>')}" for route in routes}
    assert pages() == known


@pytest.mark.parametrize("route", READ + WRITE)
def test_nobody_is_sent_to_the_login(route: str, subject: str) -> None:
    address = "/lines/" + route.format(subject=subject)
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("route", READ + WRITE)
def test_somebody_of_another_plant_finds_nothing(route: str, subject: str, login: Login, plant: Plant, other: Plant) -> None:
    client = login(Role.ADMINISTRATOR, Role.CARBON_MANAGER, at=other)
    address = "/lines/" + route.format(subject=subject)
    assert client.get(f"{address}?plant={plant.code}").status_code == 404
    if "{subject}" in route:
        assert client.get(f"{address}?plant={other.code}").status_code == 404


@pytest.mark.parametrize("route", WRITE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_only_reads_may_not_write(route: str, method: str, subject: str, login: Login) -> None:
    answer = getattr(login(Role.VERIFIER), method)("/lines/" + route.format(subject=subject), {"seen": 1, "reason": "x"})
    assert answer.status_code == 403
    assert "“Change the master data of the plant”" in answer.content.decode()


def test_who_only_reads_is_offered_nothing_to_write(login: Login, subject: str) -> None:
    client = login(Role.VERIFIER)
    assert "/lines/new/" not in client.get("/lines/").content.decode()
    assert f"/lines/{subject}/edit/" not in client.get(f"/lines/{subject}/").content.decode()


@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("route", [route for route in READ + WRITE if "{" not in route])
def test_the_right_role_sees_the_page(ledger: str, route: str, login: Login) -> None:
    assert login(Role.CARBON_MANAGER).get(f"/{ledger}/{route}").status_code == 200


@pytest.mark.parametrize(("path", "role"), list(PLAIN.items()))
def test_pages_of_the_system_open_to_their_roles(path: str, role: Role, login: Login, plant: Plant, other: Plant) -> None:
    assert Client().get(path).status_code == 302
    assert login(role).get(path).status_code == 200
    assert login(role, at=other).get(f"{path}?plant={plant.code}").status_code == 404


@pytest.mark.parametrize("path", ["/people/", "/audit/", "/plants/new/"])
def test_pages_of_the_administrator_are_closed_to_others(path: str, login: Login) -> None:
    assert login(Role.STATISTICIAN).get(path).status_code == 403


def test_a_plant_is_founded_by_an_administrator_of_the_platform(login: Login, plant: Plant) -> None:
    client = login(Role.ADMINISTRATOR, everywhere=True)
    good = {"code": f"new-{plant.pk}", "name_zh": "新厂", "name_en": ""}
    assert client.post("/plants/new/", {**good, "code": "Bad Code"}).status_code == 400
    assert client.post("/plants/new/", good)["Location"] == f"/?plant=new-{plant.pk}"
    assert client.post("/plants/new/", good).status_code == 400
    assert "新厂" in client.get(f"/?plant=new-{plant.pk}").content.decode()


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "“修改企业基础信息”"), ("en", "“Change the master data of the plant”")]
)
def test_a_right_that_is_missing_is_named_in_words(login: Login, language: str, said: str) -> None:
    answer = login(Role.VERIFIER, language=language).get("/lines/new/")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert said in page
    assert "plant.write" not in page
