"""Pages over a real database, asked by Django's client as people with roles."""
# ruff: noqa: E402  # Django is configured before its models are imported

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from decimal import Decimal

import pytest

from tanheng.platform.testing import *  # noqa: F403
from tanheng.platform.testing import configure

configure()

from django.test import Client
from django.utils import timezone

from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import services
from tanheng.platform.plant.models import Line, Site
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.line_1 import Line as LineContent
from tanheng.platform.plant.schemas.site_1 import Site as SiteContent
from tanheng.platform.plant.schemas.site_1 import SiteKind
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

SYSTEM = Actor.system("tests")
_codes = itertools.count(1)


def line(code: str, **changed: object) -> LineContent:
    """Return what a production line says, with some of it changed."""
    said: dict[str, object] = {
        "code": code,
        "name_zh": f"{code}号线",
        "name_en": "",
        "site": "",
        "clinker": ClinkerKind.PORTLAND,
        "design_capacity": Decimal(5000),
        "kiln_diameter": Decimal("4.8"),
        "kiln_length": Decimal(72),
        "preheater_stages": 5,
        "waste_heat_power": None,
        "alternative_fuels": False,
        "commissioned_on": None,
    }
    return LineContent(**{**said, **changed})  # type: ignore[arg-type]  # checked by the dataclass's users


def site(code: str) -> SiteContent:
    """Return what a site says."""
    return SiteContent(
        code=code,
        name_zh=f"{code}厂区",
        name_en="",
        kind=SiteKind.CLINKER,
        address="",
        longitude=None,
        latitude=None,
        in_boundary=True,
    )


@pytest.fixture
def plant(database: str) -> Plant:
    """Return a plant of this test's own."""
    with scope([]):
        return tenants.found(actor=SYSTEM, code=f"plant-{next(_codes)}", name_zh="华东水泥有限公司", name_en="East Cement")


@pytest.fixture
def enter(plant: Plant) -> Callable[..., Line]:
    """Return a function that enters a production line."""

    def enter(code: str, *, valid_from: datetime.date | None = None, **changed: object) -> Line:
        with scope(all_plants()):
            return services.save(Line, line(code, **changed), plant=plant, actor=SYSTEM, valid_from=valid_from)

    return enter


@pytest.fixture
def enter_site(plant: Plant) -> Callable[[str], Site]:
    """Return a function that enters a site."""

    def enter(code: str) -> Site:
        with scope(all_plants()):
            return services.save(Site, site(code), plant=plant, actor=SYSTEM)

    return enter


@pytest.fixture
def login(plant: Plant) -> Callable[..., Client]:
    """Return a function that logs a person with roles at the plant in; English, unless another language is named."""

    def login(*roles: Role, at: Plant | None = None, language: str = "en", everywhere: bool = False) -> Client:
        user = User.objects.create_user(f"person-{next(_codes)}", password="a long enough password")
        for role in roles:
            where = None if everywhere else at or plant
            Grant.objects.create(user=user, plant=where, role=role, since=timezone.now(), granted_by=SYSTEM.uid)
        client = Client()
        client.cookies["django_language"] = language
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return login
