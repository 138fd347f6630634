"""The API: one pattern for every ledger, one shape for every error, one answer to one key, and each route's rights."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS

from tanheng.platform.accounts import services
from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of
from tanheng.platform.database.scope import scope
from tanheng.platform.notice import alarms, duties
from tanheng.platform.notice.models import Alarm, Duty
from tanheng.platform.plant.models import Line
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tests.integration.platform.beside import run_together

SITE = {
    "code": "clinker",
    "name_zh": "熟料厂区",
    "name_en": "",
    "kind": "clinker",
    "address": "",
    "longitude": "114.305000",
    "latitude": "30.592800",
    "in_boundary": True,
}
LINE = {
    "code": "1",
    "name_zh": "1号线",
    "name_en": "Line 1",
    "site": "",
    "clinker": "portland",
    "design_capacity": "5000.00",
    "kiln_diameter": "4.80",
    "kiln_length": "72.00",
    "preheater_stages": 5,
    "waste_heat_power": "9.000",
    "alternative_fuels": False,
    "commissioned_on": "2009-06-01",
}
ENTERPRISE = {
    "name_zh": "某水泥有限公司",
    "name_en": "",
    "credit_code": "91350100M000100Y43",
    "region": "420000",
    "address": "",
    "industry": "3011",
    "group": "",
    "legal_representative": "",
    "carbon_manager": "",
    "telephone": "",
    "registry_account": "",
    "founded_on": None,
}
PERMIT = {
    "kind": "pollutant",
    "number": "91350100M000100Y43001P",
    "authority": "生态环境局",
    "issued_on": "2024-01-01",
    "expires_on": "2028-12-31",
    "line": "",
    "remark": "",
}


FILE = object()
"""Stands for a file as the body of a request."""


class Caller:
    """Somebody with a token."""

    def __init__(self, user: User, plant: Plant) -> None:
        with scope([plant.pk]):
            _, fresh = services.issue_token(actor_of(user), user, name="t", life=datetime.timedelta(days=1))
        self.token = fresh.secret
        self.client = Client(headers={"Authorization": f"Bearer {fresh.secret}"})

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        if body is FILE:
            return self.client.post(f"/api/v1{path}", {"file": SimpleUploadedFile("t.csv", b"a,b\n1,2\n", "text/csv")})
        data = b"" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api/v1{path}", data, "application/json", headers=headers)


@pytest.fixture
def fresh(found_plant: Callable[[str], Plant]) -> Plant:
    return found_plant(f"a-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def call(fresh: Plant, person: Callable[..., User]) -> Caller:
    return Caller(person(f"c-{fresh.code}", Role.CARBON_MANAGER, Role.METROLOGIST, at=fresh), fresh)


def enter(call: Caller, plant: Plant, path: str, content: object, **headers: str) -> Any:
    return call("POST", f"/plants/{plant.code}/{path}", {"content": content}, **headers)


def test_a_record_is_entered_read_corrected_and_retired(call: Caller, fresh: Plant) -> None:
    made = enter(call, fresh, "lines", LINE)
    assert made.status_code == 201, made.content
    row = made.json()
    assert row["content"] == LINE
    address = f"/plants/{fresh.code}/lines/{row['subject']}"
    assert call("GET", address).json() == row
    better = {"content": {**LINE, "design_capacity": "5500.00"}, "seen": 1, "reason": "nameplate"}
    assert call("PUT", address, better).json()["version"] == 2
    history = call("GET", f"{address}/history").json()
    assert [(one["version"], one["content"]["design_capacity"]) for one in history] == [(2, "5500.00"), (1, "5000.00")]
    assert call("POST", f"{address}/retire", {"seen": 2, "reason": "demolished"}).json()["retired"] is True
    assert call("GET", address).status_code == 404
    assert call("GET", f"/plants/{fresh.code}/lines").json()["total"] == 0


def test_a_change_and_its_log_entry_are_seen_together(call: Caller, fresh: Plant) -> None:
    row = enter(call, fresh, "sites", SITE).json()
    entries = call("GET", f"/plants/{fresh.code}/log?offset={row['log_index']}&limit=1").json()["items"]
    assert entries[0]["subject"] == f"site/{row['subject']}"


def test_every_ledger_takes_its_good_record(call: Caller, fresh: Plant) -> None:
    for path, content in (
        ("enterprises", ENTERPRISE),
        ("sites", SITE),
        ("lines", {**LINE, "site": "clinker"}),
        ("permits", PERMIT),
    ):
        answer = enter(call, fresh, path, content)
        assert (answer.status_code, answer.json().get("content")) == (201, content), answer.content


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("lines", {**LINE, "code": "a b"}, "platform.plant.code"),
        ("lines", {**LINE, "name_zh": " "}, "platform.plant.missing"),
        ("lines", {**LINE, "design_capacity": "50"}, "platform.plant.range"),
        ("lines", {**LINE, "design_capacity": None}, "platform.plant.capacity_missing"),
        ("lines", {**LINE, "clinker": "none"}, "platform.plant.capacity_extra"),
        ("lines", {**LINE, "kiln_diameter": "4.805"}, "platform.plant.places"),
        ("lines", {**LINE, "site": "nowhere"}, "platform.plant.no_site"),
        ("lines", {**LINE, "commissioned_on": "2199-01-01"}, "platform.plant.future"),
        ("lines", {**LINE, "preheater_stages": 9}, "platform.plant.range"),
        ("lines", {**LINE, "name_en": "x" * 201}, "platform.plant.length"),
        ("lines", {**LINE, "name_en": "a\u0000b"}, "platform.plant.control"),
        ("sites", {**SITE, "latitude": "91"}, "platform.plant.range"),
        ("enterprises", {**ENTERPRISE, "credit_code": "91350100M000100Y44"}, "platform.plant.credit_code"),
        ("enterprises", {**ENTERPRISE, "region": "湖北"}, "platform.plant.region"),
        ("permits", {**PERMIT, "expires_on": "2023-01-01"}, "platform.plant.days"),
        ("permits", {**PERMIT, "line": "7"}, "platform.plant.no_line"),
    ],
)
def test_a_bad_field_is_named_in_both_languages(call: Caller, fresh: Plant, path: str, content: object, code: str) -> None:
    answer = enter(call, fresh, path, content)
    assert answer.status_code == 422
    assert code in [finding["code"] for finding in answer.json()["findings"]]
    assert all(set(finding["message"]) == {"zh", "en"} for finding in answer.json()["findings"])
    assert call("GET", f"/plants/{fresh.code}/{path}").json()["total"] == 0


def test_a_sign_that_the_database_cannot_hold_is_refused_and_not_an_accident(call: Caller, fresh: Plant) -> None:
    assert call("GET", "/plants/a%00b/lines").status_code == 422
    answer = call("POST", f"/plants/{fresh.code}/lines/{uuid.uuid4()}/retire", {"seen": 1, "reason": "a\u0000b"})
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("number", [5000.0, "5e3", "NaN", "Infinity", "0x10", "", True, "５０００"])
def test_a_decimal_is_a_string_of_digits(call: Caller, fresh: Plant, number: object) -> None:
    assert enter(call, fresh, "lines", {**LINE, "design_capacity": number}).status_code == 422


def test_every_fault_is_told_at_once(call: Caller, fresh: Plant) -> None:
    answer = enter(call, fresh, "lines", {**LINE, "code": "?", "name_zh": "", "kiln_length": "0"})
    assert {finding["fields"]["field"] for finding in answer.json()["findings"]} == {"code", "name_zh", "kiln_length"}


def test_a_code_is_used_once_and_a_plant_has_one_enterprise(call: Caller, fresh: Plant) -> None:
    assert enter(call, fresh, "lines", LINE).status_code == 201
    assert enter(call, fresh, "lines", LINE).json()["findings"][0]["code"] == "platform.plant.taken"
    assert enter(call, fresh, "enterprises", ENTERPRISE).status_code == 201
    assert enter(call, fresh, "enterprises", ENTERPRISE).json()["findings"][0]["code"] == "platform.plant.one_enterprise"


def test_two_persons_editing_one_record_do_not_overwrite_each_other(call: Caller, fresh: Plant) -> None:
    row = enter(call, fresh, "lines", LINE).json()
    address = f"/plants/{fresh.code}/lines/{row['subject']}"
    mine = {"content": {**LINE, "name_en": "mine"}, "seen": 1, "reason": "r"}
    theirs = {"content": {**LINE, "name_en": "theirs"}, "seen": 1, "reason": "r"}
    assert call("PUT", address, mine).status_code == 200
    answer = call("PUT", address, theirs)
    assert (answer.status_code, answer.json()["code"]) == (409, "platform.record.stale")
    assert call("GET", address).json()["content"]["name_en"] == "mine"


def test_the_same_key_is_one_change_and_one_answer(call: Caller, fresh: Plant) -> None:
    first = enter(call, fresh, "lines", LINE, **{"Idempotency-Key": "k-1"})
    again = enter(call, fresh, "lines", LINE, **{"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replay"] == "true"
    assert call("GET", f"/plants/{fresh.code}/lines").json()["total"] == 1


def test_a_key_used_for_another_request_is_refused(call: Caller, fresh: Plant) -> None:
    enter(call, fresh, "lines", LINE, **{"Idempotency-Key": "k-2"})
    answer = enter(call, fresh, "lines", {**LINE, "code": "2"}, **{"Idempotency-Key": "k-2"})
    assert (answer.status_code, answer.json()["code"]) == (409, "platform.api.idempotency")
    assert enter(call, fresh, "lines", LINE, **{"Idempotency-Key": "x" * 101}).status_code == 422


def test_a_refused_request_does_not_use_its_key_up(call: Caller, fresh: Plant) -> None:
    assert enter(call, fresh, "lines", {**LINE, "code": "?"}, **{"Idempotency-Key": "k-3"}).status_code == 422
    assert enter(call, fresh, "lines", LINE, **{"Idempotency-Key": "k-3"}).status_code == 201


def test_the_same_key_at_once_is_one_change(call: Caller, fresh: Plant) -> None:
    answers: list[bytes] = []

    def send() -> None:
        answers.append(enter(call, fresh, "lines", LINE, **{"Idempotency-Key": "k-4"}).content)
        connections.close_all()

    run_together(*[send] * 4)
    assert len(set(answers)) == 1
    assert call("GET", f"/plants/{fresh.code}/lines").json()["total"] == 1


def test_pages_have_a_total_and_never_repeat(call: Caller, fresh: Plant) -> None:
    for number in range(7):
        enter(call, fresh, "sites", {**SITE, "code": f"s{number}"})
    seen = []
    for offset in (0, 3, 6, 9):
        page = call("GET", f"/plants/{fresh.code}/sites?limit=3&offset={offset}").json()
        assert page["total"] == 7
        seen += [one["content"]["code"] for one in page["items"]]
    assert seen == [f"s{number}" for number in range(7)]
    assert call("GET", f"/plants/{fresh.code}/sites?limit=501").status_code == 422


def test_a_list_of_a_day_holds_what_held_then(call: Caller, fresh: Plant) -> None:
    body = {"content": LINE, "valid_from": "2026-07-01"}
    assert call("POST", f"/plants/{fresh.code}/lines", body).status_code == 201
    assert call("GET", f"/plants/{fresh.code}/lines?on=2026-06-30").json()["total"] == 0
    assert call("GET", f"/plants/{fresh.code}/lines?on=2026-07-01").json()["total"] == 1


def test_a_list_asks_the_database_a_bounded_number_of_times(call: Caller, fresh: Plant) -> None:
    for number in range(12):
        enter(call, fresh, "sites", {**SITE, "code": f"s{number}"})
    with CaptureQueriesContext(connection) as queries:
        call("GET", f"/plants/{fresh.code}/sites")
    assert 0 < len(queries) <= 12


def test_files_are_handed_in_listed_and_fetched(call: Caller, fresh: Plant) -> None:
    upload = SimpleUploadedFile("三月.csv", b"a,b\n1,2\n", "text/csv")
    made = call.client.post(f"/api/v1/plants/{fresh.code}/files", {"file": upload})
    assert made.status_code == 201, made.content
    answer = call("GET", f"/plants/{fresh.code}/files/{made.json()['uid']}")
    assert b"".join(answer.streaming_content) == b"a,b\n1,2\n"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    html = SimpleUploadedFile("report.pdf", b"<html><script>alert(1)</script></html>", "application/pdf")
    refused = call.client.post(f"/api/v1/plants/{fresh.code}/files", {"file": html})
    assert (refused.status_code, refused.json()["code"]) == (422, "platform.file.mismatch")


def test_alarms_and_duties_are_worked_on(call: Caller, fresh: Plant) -> None:
    now = datetime.datetime(2026, 11, 9, tzinfo=datetime.UTC)
    with scope([fresh.pk]):
        alarms.raise_alarm(
            fresh.pk,
            key="k",
            code="platform.alarm.job_failed",
            fields={"task": "t", "reason": "r"},
            priority=Alarm.Priority.LOW,
            now=now,
            actor=Actor.system("t"),
        )
        duties.open_due(fresh.pk, founded=datetime.date(2026, 10, 1), today=now.date())
        duty = Duty.objects.get(plant=fresh, rule="monthly-evidence")
    alarm = call("GET", f"/plants/{fresh.code}/alarms").json()["items"][0]
    assert alarm["message"]["en"] == "The background job “t” failed: r"
    address = f"/plants/{fresh.code}/alarms/{alarm['uid']}/acknowledge"
    assert call("POST", address, {"reason": "seen"}).status_code == 200
    assert call("POST", address, {"reason": "seen"}).status_code == 409
    assert call("POST", f"/plants/{fresh.code}/duties/{duty.uid}/finish", {"note": "sent"}).status_code == 200


def test_a_session_changes_nothing_without_its_csrf_token(fresh: Plant, person: Callable[..., User]) -> None:
    user = person(f"s-{fresh.code}", Role.CARBON_MANAGER, at=fresh)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/api/v1/plants/{fresh.code}/lines"
    assert client.get(path).status_code == 200
    assert client.post(path, json.dumps({"content": LINE}), "application/json").status_code == 403
    with scope([fresh.pk]):
        assert not Line.objects.filter(plant=fresh).exists()


def test_a_wrong_token_is_refused_even_where_a_session_would_do(fresh: Plant, person: Callable[..., User]) -> None:
    client = Client(headers={"Authorization": "Bearer tht_wrong"})
    client.force_login(person("both", Role.CARBON_MANAGER, at=fresh), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/api/v1/plants")
    assert answer.status_code == 401
    assert set(answer.json()["message"]) == {"zh", "en"}


def test_a_plant_of_somebody_else_does_not_exist(call: Caller, other_plant: Plant) -> None:
    for path in ("lines", "log", "files", "alarms", "duties", "audit"):
        assert call("GET", f"/plants/{other_plant.code}/{path}").status_code == 404
    assert enter(call, other_plant, "lines", LINE).status_code == 404
    assert other_plant.code not in [plant["code"] for plant in call("GET", "/plants").json()["items"]]


def test_what_nobody_foresaw_is_one_number_and_nothing_else(
    call: Caller, fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is gone: the caller sees no table, no statement, no path."""
    with connection.cursor() as cursor, scope([fresh.pk]):
        cursor.execute("SELECT 1")
    from tanheng.platform.testing import superuser

    name = str(connection.settings_dict["NAME"])
    with superuser(name) as owner:
        owner.execute("ALTER TABLE notice_duty RENAME TO notice_duty_away")
    try:
        answer = call("GET", f"/plants/{fresh.code}/duties")
    finally:
        with superuser(name) as owner:
            owner.execute("ALTER TABLE notice_duty_away RENAME TO notice_duty")
    assert answer.status_code == 500
    assert answer.json()["code"] == "platform.api.internal"
    assert b"notice_duty" not in answer.content


class TestAgainstItsOwnDescription:
    """What the description promises, asked of every route with generated requests."""

    @pytest.fixture
    def schema(self, fresh: Plant, call: Caller) -> Any:
        loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
        self.headers = {"Authorization": f"Bearer {call.token}"}
        self.code = fresh.code
        return loaded

    def test_every_answer_is_one_that_was_described(self, schema: Any) -> None:
        checks: Any = [
            CHECKS.get_one(name) for name in ("not_a_server_error", "status_code_conformance", "response_schema_conformance")
        ]
        for found in schema.get_all_operations():
            operation = found.ok()

            def ask(case: Case[Any]) -> None:
                if case.path_parameters and "code" in case.path_parameters:
                    case.path_parameters["code"] = self.code
                case.call_and_validate(headers=self.headers, checks=checks)

            limits = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
            limits(schemathesis_given(operation)(ask))()


def schemathesis_given(operation: Any) -> Callable[[Callable[[Case[Any]], None]], Callable[[], None]]:
    from hypothesis import given

    return given(case=operation.as_strategy())  # hypothesis fills the argument
