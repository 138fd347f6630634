"""A plant with the standard network of one line, and instruments that stand at its points, over a real database."""
# ruff: noqa: E402  # Django is configured before its models are imported

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tanheng.platform.testing import *  # noqa: F403
from tanheng.platform.testing import configure

configure()

from django.test import Client
from django.utils import timezone

from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import models, services
from tanheng.platform.instruments.schemas.certificate_1 import Certificate
from tanheng.platform.instruments.schemas.confirmation_1 import Confirmation, Verdict
from tanheng.platform.instruments.schemas.installation_1 import Installation
from tanheng.platform.instruments.schemas.instrument_1 import Instrument, Traceability
from tanheng.platform.instruments.schemas.spell_1 import Spell
from tanheng.platform.plant import services as plant_services
from tanheng.platform.plant import template
from tanheng.platform.plant.models import Edition, Line, Point
from tanheng.platform.plant.schemas import line_1
from tanheng.platform.plant.schemas.edition_1 import EditionKind, Heading
from tanheng.platform.plant.services import building
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

SYSTEM, REVIEWER = Actor.system("tests"), Actor.system("tests/reviewer")
_numbers = itertools.count(1)
ISSUED = datetime.date(2026, 1, 10)


class Desk:
    """Writes records of one plant, with usual values where a test says nothing."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant

    def network(self) -> None:
        """Make the standard network of one line."""
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
            plant_services.save(Line, line, plant=self.plant, actor=SYSTEM)
            options = template.Options(waste="refuse_derived_fuel", cems=True)
            building.build(self.plant, actor=SYSTEM, lines=["1"], options=options)

    def instrument(self, code: str, **changed: Any) -> None:
        """Enter an instrument."""
        blank = "name_en model used_class range_unit serial_reason place purpose person frequency medium remark"
        none = (
            "range_low range_high made_on cycle_months interval_months temperature_low temperature_high humidity taken_over_on"
        )
        said: dict[str, Any] = dict.fromkeys(blank.split(), "") | dict.fromkeys(none.split())
        said |= {
            "code": code,
            "name_zh": f"{code}器具",
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
        self._save(models.Instrument, Instrument(**{**said, **changed}))

    def certify(self, code: str, *, confirmed: bool = True, to: datetime.date = datetime.date(2036, 1, 9)) -> None:
        """Enter a certificate, and its confirmation by somebody else."""
        row = self._save(
            models.Certificate,
            Certificate(
                number=f"A-{code}",
                issuer="某省计量院",
                kind=CertificateKind.VERIFICATION,
                instrument=code,
                chain="",
                issued_on=ISSUED,
                expires_on=to,
                result=Result.QUALIFIED,
                accuracy_class="0.5",
                uncertainty=None,
                coverage_factor=None,
                uncertainty_unit="",
                range_low=None,
                range_high=None,
                range_unit="",
                regulation="JJG 195-2019",
                file="",
                remark="",
            ),
        )
        if confirmed:
            content = Confirmation(
                certificate=str(row.subject),
                required_class="",
                required_mpe=None,
                found_error=None,
                mpe_unit="",
                verdict=Verdict.FIT,
                confirmed_on=ISSUED,
                remark="",
            )
            self._save(models.Confirmation, content, actor=REVIEWER)

    def in_service(self, code: str) -> None:
        """Put an instrument in service."""
        step = Spell(
            instrument=code,
            state=UseState.IN_SERVICE,
            started_on=datetime.date(2026, 1, 15),
            why="验收合格",
            new_class="",
            person="张三",
            document="",
        )
        self._save(models.Spell, step)

    def edition(self, title: str, drawn_on: datetime.date) -> None:
        """Freeze the network as built."""
        said = Heading(kind=EditionKind.AS_BUILT, title=title, drawn_on=drawn_on, walked_on=drawn_on, persons="王工", remark="")
        with scope(all_plants()):
            plant_services.editions.save(Edition, said, plant=self.plant, actor=SYSTEM)

    def drop(self, point: str) -> None:
        """Take a point out of the network of today."""
        with scope(all_plants()):
            row = Point.objects.filter(plant=self.plant, code=point).latest_versions().get()
            plant_services.retire(
                Point, plant=self.plant, actor=SYSTEM, subject=row.subject, seen=row.version, reason="dismantled"
            )

    def install(self, code: str, point: str, *, beside_reason: str = "") -> None:
        """Install an instrument at a point."""
        content = Installation(
            instrument=code,
            chain="",
            point=point,
            started_on=datetime.date(2026, 1, 20),
            started_at="",
            ended_on=None,
            ended_at="",
            opening_reading=None,
            closing_reading=None,
            reading_unit="",
            shared_reason="",
            beside_reason=beside_reason,
            why="",
        )
        self._save(models.Installation, content)

    def _save(self, model: Any, content: Any, *, actor: Actor = SYSTEM) -> Any:
        with scope(all_plants()):
            return services.save(model, content, plant=self.plant, actor=actor)


@pytest.fixture
def desk(database: str) -> Desk:
    """Return the desk of a new plant."""
    with scope([]):
        plant = tenants.found(actor=SYSTEM, code=f"rate-{next(_numbers)}", name_zh="华东水泥有限公司", name_en="East Cement")
    return Desk(plant)


@pytest.fixture
def login(desk: Desk) -> Callable[..., Client]:
    """Return a function that logs a person with roles at the plant in; English, unless another language is named."""

    def login(*roles: Role, language: str = "en") -> Client:
        user = User.objects.create_user(f"person-{next(_numbers)}", password="a long enough password")
        for role in roles:
            Grant.objects.create(user=user, plant=desk.plant, role=role, since=timezone.now(), granted_by=SYSTEM.uid)
        client = Client()
        client.cookies["django_language"] = language
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return login
