"""The register that the ledgers make for the rules, and that what is kept is what was logged."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tanheng.core import canonical
from tanheng.metrology.instruments.certificate import CertificateKind, Result, TraceState
from tanheng.metrology.instruments.model import Installation, Register, Spell, UseState
from tanheng.metrology.network.model import Method
from tanheng.metrology.network.model import Role as PointRole
from tanheng.platform.accounts import services as accounts
from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.errors import RightsError
from tanheng.platform.instruments import overview, selectors
from tanheng.platform.instruments.schemas.instrument_1 import Traceability
from tanheng.platform.instruments.standing import standings
from tanheng.platform.plant.models import Point, SourceStream
from tanheng.platform.plant.schemas import point_1, source_stream_1
from tanheng.platform.plant.schemas.node_1 import Depth
from tanheng.platform.record import fsck, versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

Enter = Callable[..., Any]
SYSTEM = Actor.system("tests")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def register(plant: Plant, **more: Any) -> Register:
    with scope(all_plants()):
        return selectors.register(SYSTEM, plant, **more)


def test_the_register_holds_what_the_ledgers_say(certified: Enter, enter: Enter, say: Any, plant: Plant) -> None:
    certified("JL-01", taken_over_on=day("2024-05-01"))
    enter(say.spell(UseState.REPAIR, "2026-03-01"))
    enter(say.installation(start="2026-02-01", end="2026-04-01"))
    enter(say.chain(sensor="JL-01"))
    found = register(plant)
    (instrument,) = found.instruments
    assert instrument.states == (
        Spell(start=day("2024-05-01"), state=UseState.IN_SERVICE),
        Spell(start=day("2026-03-01"), state=UseState.REPAIR),
    )
    assert found.installations == (
        Installation(instrument="JL-01", point="P-1", start=day("2026-02-01"), end=day("2026-04-01")),
    )
    assert (found.chains[0].members, found.chains[0].needed) == (("JL-01",), ("sensor", "speed_sensor", "totaliser"))
    assert (found.certificates[0].confirmed_on, found.certificates[0].fit) == (day("2026-01-10"), True)


@pytest.mark.parametrize(
    ("changed", "printed", "last"),
    [
        ({}, "2027-01-09", "2027-01-09"),  # as printed
        ({"cycle_months": 6}, "2027-01-09", "2027-01-09"),  # a cycle does not shorten what is printed
        ({"cycle_months": 12, "interval_months": 6}, "2027-01-09", "2026-07-09"),  # the own interval does
        ({"cycle_months": 12}, None, "2027-01-09"),
        ({"traceability": Traceability.CALIBRATION, "cycle_months": 12}, None, None),
        ({"traceability": Traceability.CALIBRATION, "interval_months": 3}, None, "2026-04-09"),
        ({}, None, None),
    ],
)
def test_a_certificate_ends_on_the_earlier_of_its_own_day_and_the_interval(
    enter: Enter, say: Any, plant: Plant, changed: dict[str, Any], printed: str | None, last: str | None
) -> None:
    enter(say.instrument(**changed))
    enter(say.certificate(to=printed))
    assert register(plant).certificates[0].valid_to == (day(last) if last else None)


def test_a_past_day_is_read_from_the_same_register(certified: Enter, enter: Enter, say: Any, plant: Plant) -> None:
    certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.installation(start="2026-02-01", end="2026-04-01"))
    found = register(plant)
    seen = {text: standings(found, day(text))["JL-01"] for text in ("2026-01-09", "2026-02-01", "2026-04-01", "2036-01-10")}
    assert [(one.use, one.trace, one.points) for one in seen.values()] == [
        (UseState.PENDING, TraceState.NEVER, ()),
        (UseState.IN_SERVICE, TraceState.VALID, ("P-1",)),
        (UseState.IN_SERVICE, TraceState.VALID, ()),
        (UseState.IN_SERVICE, TraceState.OVERDUE, ()),
    ]


def test_a_failed_verification_has_no_class_in_force(certified: Enter, enter: Enter, say: Any, plant: Plant) -> None:
    certified()
    notice = say.certificate("N-1", issued="2026-05-01", to=None, kind=CertificateKind.RESULT_NOTICE, result=Result.UNQUALIFIED)
    enter(notice)
    one = standings(register(plant), day("2026-05-02"))["JL-01"]
    assert (one.trace, one.accuracy_class) == (TraceState.FAILED, "")


def test_who_may_not_read_gets_no_register(plant: Plant) -> None:
    with scope(all_plants()), pytest.raises(RightsError):
        selectors.register(Actor(SYSTEM.uid), plant)


def test_kinds_of_emission_are_those_of_the_points(certified: Enter, enter: Enter, say: Any, plant: Plant) -> None:
    blank = dict.fromkeys(("name_en", "line", "item", "emission_source", "remark"), "")
    stream: dict[str, Any] = {**blank, "emission": None, "emission_year": None}
    kinds = {"S-1": source_stream_1.EmissionKind.COMBUSTION, "S-2": source_stream_1.EmissionKind.ELECTRICITY}
    streams = [source_stream_1.SourceStream(code=code, name_zh=code, kind=kind, **stream) for code, kind in kinds.items()]
    points = [
        point_1.Point(
            code=f"P-{code}", name_zh=code, name_en="", place="E", stream=code, parameter="", method=Method.CALCULATED,
            role=PointRole.ACTIVITY, level=Depth.ENTRY, parent="", energy="", required_class="", frequency="",
            collecting=point_1.Collecting.MANUAL, remark="",
        )
        for code in kinds
    ]  # fmt: skip
    with scope(all_plants()):
        versions.write_many(SourceStream, plant=plant.pk, actor=SYSTEM, schema_id="source_stream/1", contents=streams)
        versions.write_many(Point, plant=plant.pk, actor=SYSTEM, schema_id="point/1", contents=points)
    certified("JL-01")
    certified("JL-02")
    enter(say.chain(sensor="JL-02"))
    enter(say.installation("P-S-1", code="JL-01"))
    enter(say.installation("P-S-2", code="JL-01", shared_reason="共用"))
    enter(say.installation("P-S-2", code="", chain="JL-S-01", beside_reason="主副表"))
    with scope(all_plants()):
        found = overview.emissions(plant)
    assert found["JL-01"] == frozenset({"combustion", "electricity"})
    assert found["JL-02"] == frozenset({"electricity"})


def test_the_list_is_filtered_by_kind_of_emission(certified: Enter, login: Callable[..., Any]) -> None:
    certified()
    page = login(Role.METROLOGIST).get("/instruments/?f-emission=process", headers={"hx-request": "true"}).content.decode()
    assert "JL-01" not in page


def test_what_is_kept_is_what_was_logged(certified: Enter, enter: Enter, say: Any, plant: Plant) -> None:
    certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.installation(started_at="08:30"))
    enter(say.chain(sensor="JL-01"))
    enter(say.seal())
    with scope(all_plants()):
        plant.refresh_from_db()
        assert list(fsck.audit(plant)) == []


def test_the_api_enters_and_reads_an_instrument(say: Any, plant: Plant, database: str) -> None:  # its rows
    user = User.objects.create_user(f"api-{plant.code}", password="a long enough password")
    Grant.objects.create(user=user, plant=plant, role=Role.METROLOGIST, since=timezone.now(), granted_by=SYSTEM.uid)
    with scope([]):
        _row, fresh = accounts.issue_token(actor_of(user), user, name="t", life=datetime.timedelta(days=1))
    client = Client(headers={"Authorization": f"Bearer {fresh.secret}"})
    path = f"/api/v1/plants/{plant.code}/instruments"
    content = json.loads(canonical.dumps(say.instrument()))
    assert client.post(path, {"content": content}, content_type="application/json").status_code == 201
    assert client.get(path).json()["items"][0]["content"]["code"] == "JL-01"
    twice = client.post(path, {"content": content}, content_type="application/json")
    assert twice.status_code == 422
    assert "code" in twice.content.decode()
