"""The instrument ledgers over a real database."""
# ruff: noqa: E402  # Django is configured before its models are imported

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.platform.testing import *  # noqa: F403
from tanheng.platform.testing import configure

configure()

from django.test import Client
from django.utils import timezone

from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.metrology.instruments.model import UseState
from tanheng.metrology.network.model import Method
from tanheng.metrology.network.model import Role as PointRole
from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import models, services
from tanheng.platform.instruments.schemas.certificate_1 import Certificate
from tanheng.platform.instruments.schemas.chain_1 import ROLES, Chain, ChainKind
from tanheng.platform.instruments.schemas.confirmation_1 import Confirmation, Verdict
from tanheng.platform.instruments.schemas.installation_1 import Installation
from tanheng.platform.instruments.schemas.instrument_1 import Instrument, Traceability
from tanheng.platform.instruments.schemas.seal_1 import Seal, SealState
from tanheng.platform.instruments.schemas.spell_1 import Spell
from tanheng.platform.record import tenants, versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

SYSTEM = Actor.system("tests")
REVIEWER = Actor.system("tests/reviewer")
_codes = itertools.count(1)
DAY = datetime.date(2026, 1, 10)


def instrument(code: str = "JL-01", **changed: Any) -> Instrument:
    """Return what an instrument says, with some of it changed."""
    blank = "name_en model used_class range_unit serial_reason place purpose person frequency medium remark"
    none = "range_low range_high made_on cycle_months interval_months temperature_low temperature_high humidity taken_over_on"
    said: dict[str, Any] = dict.fromkeys(blank.split(), "") | dict.fromkeys(none.split())
    said |= {
        "code": code,
        "name_zh": f"{code}皮带秤",
        "kind": "belt_scale",
        "nominal_class": "0.5",
        "maker": "某某衡器",
        "serial": f"S-{code}",
        "traceability": Traceability.VERIFICATION,
        "mandatory": False,
        "collecting": None,
        "smart": False,
        "portable": False,
        "dust": None,
        "vibration": None,
    }
    return Instrument(**{**said, **changed})


def spell(state: UseState, on: str, *, code: str = "JL-01", **changed: Any) -> Spell:
    """Return a step of an instrument's life."""
    said = {"why": "例行", "new_class": "", "person": "张三", "document": ""}
    return Spell(instrument=code, state=state, started_on=datetime.date.fromisoformat(on), **{**said, **changed})


def installation(
    point: str = "P-1", *, code: str = "JL-01", start: str = "2026-02-01", end: str | None = None, **changed: Any
) -> Installation:
    """Return an installation."""
    said: dict[str, Any] = {
        "instrument": code,
        "chain": "",
        "point": point,
        "started_on": datetime.date.fromisoformat(start),
        "started_at": "",
        "ended_on": datetime.date.fromisoformat(end) if end is not None else None,
        "ended_at": "",
        "opening_reading": None,
        "closing_reading": None,
        "reading_unit": "",
        "shared_reason": "",
        "beside_reason": "",
        "why": "",
    }
    return Installation(**{**said, **changed})


def chain(code: str = "JL-S-01", **changed: Any) -> Chain:
    """Return a chain."""
    roles = dict.fromkeys(ROLES, "")
    said: dict[str, Any] = {
        "code": code,
        "name_zh": f"{code}系统",
        "name_en": "",
        "kind": ChainKind.BELT_WEIGHING,
        "remark": "",
    }
    return Chain(**{**said, **roles, **changed})


def seal(number: str = "QF-1", *, code: str = "JL-01", **changed: Any) -> Seal:
    """Return a seal."""
    said: dict[str, Any] = {
        "number": number,
        "instrument": code,
        "place": "接线盒",
        "applied_on": DAY,
        "applied_by": "张三",
        "state": SealState.INTACT,
        "removed_on": None,
        "removed_by": "",
        "why": "",
        "photo": "",
    }
    return Seal(**{**said, **changed})


def certificate(
    number: str = "A-1", *, code: str = "JL-01", issued: str = "2026-01-10", to: str | None = "2036-01-09", **changed: Any
) -> Certificate:
    """Return a certificate."""
    said: dict[str, Any] = {
        "number": number,
        "issuer": "某省计量院",
        "kind": CertificateKind.VERIFICATION,
        "instrument": code,
        "chain": "",
        "issued_on": datetime.date.fromisoformat(issued),
        "expires_on": datetime.date.fromisoformat(to) if to is not None else None,
        "result": Result.QUALIFIED,
        "accuracy_class": "0.5",
        "uncertainty": None,
        "coverage_factor": None,
        "uncertainty_unit": "",
        "range_low": None,
        "range_high": None,
        "range_unit": "",
        "regulation": "JJG 195-2019",
        "file": "",
        "remark": "",
    }
    return Certificate(**{**said, **changed})


def confirmation(of: models.Certificate, **changed: Any) -> Confirmation:
    """Return the confirmation of a certificate."""
    said: dict[str, Any] = {
        "certificate": str(of.subject),
        "required_class": "",
        "required_mpe": None,
        "found_error": None,
        "mpe_unit": "",
        "verdict": Verdict.FIT,
        "confirmed_on": of.issued_on,
        "remark": "",
    }
    return Confirmation(**{**said, **changed})


_MODELS: dict[type, type[Any]] = {
    Instrument: models.Instrument,
    Spell: models.Spell,
    Installation: models.Installation,
    Chain: models.Chain,
    Seal: models.Seal,
    Certificate: models.Certificate,
    Confirmation: models.Confirmation,
}


class Say:
    """What records say: good contents, with some of them changed."""

    instrument = staticmethod(instrument)
    spell = staticmethod(spell)
    installation = staticmethod(installation)
    chain = staticmethod(chain)
    seal = staticmethod(seal)
    certificate = staticmethod(certificate)
    confirmation = staticmethod(confirmation)
    reviewer = REVIEWER


@pytest.fixture
def say() -> type[Say]:
    """Return the makers of contents."""
    return Say


Enter = Callable[..., Any]


@pytest.fixture
def plant(database: str) -> Plant:
    """Return a plant of this test's own, with three metering points."""
    from tanheng.platform.plant.models import Point
    from tanheng.platform.plant.schemas import point_1
    from tanheng.platform.plant.schemas.node_1 import Depth

    with scope([]):
        founded = tenants.found(actor=SYSTEM, code=f"plant-{next(_codes)}", name_zh="华东水泥有限公司", name_en="East Cement")
    points = [
        point_1.Point(
            code=code,
            name_zh=f"{code}计量点",
            name_en="",
            place="E-1",
            stream="",
            parameter="",
            method=Method.CALCULATED,
            role=PointRole.INTERNAL,
            level=Depth.EQUIPMENT,
            parent="",
            energy="",
            required_class="",
            frequency="",
            collecting=point_1.Collecting.AUTOMATIC,
            remark="",
        )
        for code in ("P-1", "P-2", "P-3")
    ]
    with scope(all_plants()):
        versions.write_many(Point, plant=founded.pk, actor=SYSTEM, schema_id="point/1", contents=points)
    return founded


@pytest.fixture
def enter(plant: Plant) -> Enter:
    """Return a function that enters a record of any ledger."""

    def enter(content: Any, *, actor: Actor = SYSTEM, **more: Any) -> Any:
        with scope(all_plants()):
            return services.save(_MODELS[type(content)], content, plant=plant, actor=actor, **more)

    return enter


@pytest.fixture
def certified(enter: Enter) -> Enter:
    """Return a function that enters an instrument with a certificate that somebody else confirmed."""

    def certified(code: str = "JL-01", **changed: Any) -> models.Instrument:
        row = enter(instrument(code, **changed))
        printed = enter(certificate(f"A-{code}", code=code))
        enter(confirmation(printed), actor=REVIEWER)
        return row  # type: ignore[no-any-return]  # an instrument's row

    return certified


@pytest.fixture
def login(plant: Plant) -> Callable[..., Client]:
    """Return a function that logs a person with roles at the plant in; English, unless another language is named."""

    def login(*roles: Role, language: str = "en") -> Client:
        user = User.objects.create_user(f"person-{next(_codes)}", password="a long enough password")
        for role in roles:
            Grant.objects.create(user=user, plant=plant, role=role, since=timezone.now(), granted_by=SYSTEM.uid)
        client = Client()
        client.cookies["django_language"] = language
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return login
