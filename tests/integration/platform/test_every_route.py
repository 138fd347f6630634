"""Every route, of pages and API, for nobody, for somebody of another plant, for the wrong role and for the right one.

The routes are read from the URL resolver and from the API's own description, the ledgers and their permissions from where they
are registered: a new ledger is in the matrix by itself. A route of any other kind is entered below, or the suite fails.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import types
import typing
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from tanheng.core import canonical
from tanheng.platform.accounts import roles, services
from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of
from tanheng.platform.api import api
from tanheng.platform.database.scope import scope
from tanheng.platform.notice import alarms, duties
from tanheng.platform.notice.models import Alarm, Duty
from tanheng.platform.record import attachments, schema, versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import LogEntry, Plant, Version
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.ledger import LedgerPages

SYSTEM = Actor.system("tests")
ANYBODY = ""
"""Stands for a permission that every person with a role at the plant has."""

# Pages of a ledger, by the name of their route: what they need.
READ_PAGES = {"list", "template", "xlsx", "csv", "list-file", "filters", "detail", "file"}
WRITE_PAGES = {"new", "check", "import", "map", "edit", "check-one", "retire", "files", "selection"}
POST_ONLY = {"check", "check-one", "filters", "selection"}
UNNAMED = {"list-file", "file", "map"}
"""Routes with a further part in the address, for which this matrix has no good one: what is not there is not found."""

# Pages that name no permission of their own in their class.
PAGES = {"overview": ANYBODY}
ANY_PLANT = {"found-plant": "record.found_plant"}
"""Pages whose right is needed at no plant: nobody of another plant can be told apart."""

# Addresses that are open to everybody, each with its reason; all others of allauth ask for a login.
OPEN = {
    "health": "for a supervisor of processes",
    "metrics": "to this machine, or with a token",
    "authority": "a certificate, to be trusted before anybody logs in",
    "theme": "a cookie",
    "set_language": "a cookie",
    "join": "the secret in the address is the right",
    "account_login": "logging in",
    "account_signup": "says that accounts come by invitation",
    "account_logout": "sends whoever is not logged in away",
    "account_inactive": "a text",
    "account_confirm_email": "the key in the address is the right",
    "account_email_verification_sent": "a text",
    "account_reset_password": "asks for an address",
    "account_reset_password_done": "a text",
    "account_reset_password_from_key": "the key in the address is the right",
    "account_reset_password_from_key_done": "a text",
    "mfa_authenticate": "the second half of logging in",
    "socialaccount_login_cancelled": "a text",
    "socialaccount_login_error": "a text",
    "socialaccount_signup": "sends whoever came from no provider away",
    "openid_connect_login": "begins a login with the provider, if there is one",
    "openid_connect_callback": "ends a login with the provider, if there is one",
}

# Operations of the API beside those of ledgers.
OPERATIONS: dict[tuple[str, str], str] = {
    ("GET", "/plants"): ANYBODY,
    ("GET", "/plants/{code}/editions/{subject}/network"): "plant.read",
    ("GET", "/plants/{code}/log"): "record.read",
    ("GET", "/plants/{code}/audit"): "record.read_audit",
    ("GET", "/plants/{code}/files"): "record.read",
    ("POST", "/plants/{code}/files"): "record.attach",
    ("GET", "/plants/{code}/files/{uid}"): "record.read",
    ("GET", "/plants/{code}/alarms"): "notice.read",
    ("POST", "/plants/{code}/alarms/{uid}/acknowledge"): "notice.acknowledge",
    ("POST", "/plants/{code}/alarms/{uid}/shelve"): "notice.shelve",
    ("GET", "/plants/{code}/duties"): "notice.read",
    ("POST", "/plants/{code}/duties/{uid}/finish"): "notice.finish_duty",
}


# What a generated example of a payload must say, because its table refuses another.
SAID: dict[str, dict[str, object]] = {
    "Installation": {"chain": "", "started_at": ""},  # an instrument or a chain
}


@dataclasses.dataclass(frozen=True)
class Route:
    """One address of the platform."""

    path: str
    name: str
    view: Any  # Any: a view class, or None for a function

    @property
    def ledger(self) -> LedgerPages | None:
        """The ledger that it is a page of."""
        return getattr(self.view, "ledger", None)

    @property
    def permission(self) -> str | None:
        """What it needs at the plant; None for a route outside the frame."""
        if self.ledger is not None:
            if self.name in READ_PAGES:
                return self.ledger.read
            if self.name in WRITE_PAGES:
                return self.ledger.write
            [action] = [one for one in self.ledger.actions if one.name == self.name]
            return action.permission or getattr(action.page, "allows", "") or self.ledger.write
        if self.view is not None and issubclass(self.view, Page):
            return PAGES.get(self.name) if self.name in PAGES else self.view.permission or None
        return None


@cache
def routes() -> tuple[Route, ...]:
    """Return every address outside the API."""

    def walk(found: list[URLPattern | URLResolver], before: str) -> Iterator[Route]:
        for one in found:
            path = before + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
            if isinstance(one, URLResolver):
                if not path.startswith("api/"):
                    yield from walk(one.url_patterns, path)
            elif one.name:
                yield Route(f"/{path}", one.name, getattr(one.callback, "view_class", None))

    return tuple(walk(get_resolver().url_patterns, ""))


def of_the_plant() -> list[Route]:
    return [one for one in routes() if one.permission is not None]


def by_path(some: list[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", some, ids=[one.path for one in some])


def ledgers() -> dict[str, LedgerPages]:
    return {one.ledger.name: one.ledger for one in routes() if one.ledger is not None}


def operations() -> dict[tuple[str, str], str | None]:
    """Return the permission of every operation of the API; None for one that stands nowhere."""
    found: dict[tuple[str, str], str | None] = {}
    paths: dict[str, dict[str, object]] = dict(api.get_openapi_schema()["paths"])
    for path, verbs in paths.items():
        short = path.removeprefix("/api/v1")
        part = short.split("/")[3] if short.count("/") > 2 else ""
        ledger = ledgers().get(part)
        usual = short.removeprefix(f"/plants/{{code}}/{part}") in ("", "/{subject}", "/{subject}/history", "/{subject}/retire")
        for verb in (one.upper() for one in verbs):
            if ledger is not None and usual:
                found[verb, short] = ledger.read if verb == "GET" else ledger.write
            else:
                found[verb, short] = OPERATIONS.get((verb, short))
    return found


def holder(permission: str, *, without: str = "") -> Role | None:
    """Return a role with one permission and without another, None where there is none."""
    for role in Role:
        has = roles.permissions_of(role)
        if (permission == ANYBODY or permission in has) and (not without or without not in has):
            return role
    return None


def example(kind: type) -> Any:  # Any: a payload's dataclass
    """Return a content of a ledger in which every field says something of its type."""
    hints, said = typing.get_type_hints(kind), SAID.get(kind.__name__, {})
    return kind(**{field.name: _value(hints[field.name], field.name) for field in dataclasses.fields(kind)} | said)


def _value(hint: Any, name: str) -> object:  # Any: an annotation
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return None
    if origin is tuple:
        return ()
    if origin is not None:
        return {}
    if dataclasses.is_dataclass(hint):
        return example(typing.cast("type", hint))
    if issubclass(hint, enum.Enum):
        return next(iter(hint))
    plain: dict[type, object] = {
        str: uuid.uuid4().hex[:4],
        int: 1,
        bool: False,
        Decimal: Decimal(1),
        uuid.UUID: uuid.uuid4(),
        datetime.date: datetime.date(2026, 1, 1),
        datetime.datetime: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    }
    assert hint in plain, f"no example for {name}: {hint}"
    return plain[hint]


def kept(ledger: LedgerPages, plant: Plant) -> Version:
    """Return a record of a ledger, written without its rules: who may see it does not hang on what it says."""
    name = str(getattr(ledger.model, "SCHEMA"))  # noqa: B009  # heirs of Version have it
    with scope([plant.pk]):
        content = example(schema.schema(name).kind)
        return versions.write(ledger.model, plant=plant.pk, actor=SYSTEM, schema_id=name, content=content)


@pytest.fixture
def fresh(found_plant: Callable[[str], Plant]) -> Plant:
    """Return the plant whose routes are asked for; one for all, because who may see what hangs on no content."""
    return found_plant("matrix")


@pytest.fixture
def login(person: Callable[..., User]) -> Callable[..., Client]:
    """Return a function that logs somebody with one role at a plant in."""

    def login(role: Role, plant: Plant) -> Client:
        client = Client()
        client.force_login(person(f"{role}-{plant.code}", role, at=plant), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return login


_SUBJECTS: dict[str, uuid.UUID] = {}


def address_of(route: Route, plant: Plant) -> str:
    path = route.path
    if "<uuid:subject>" in path:
        assert route.ledger is not None
        if route.ledger.name not in _SUBJECTS:
            _SUBJECTS[route.ledger.name] = kept(route.ledger, plant).subject
        path = path.replace("<uuid:subject>", str(_SUBJECTS[route.ledger.name]))
    return path.replace("<uuid:uid>", str(uuid.uuid4())).replace("<str:file>", "none.xlsx").replace("<int:year>", "2026")


def test_every_route_has_its_place_in_the_matrix() -> None:
    known = set(OPEN) | set(ANY_PLANT)
    outside = [one for one in routes() if one.permission is None and one.name not in known]
    strange = [one.path for one in outside if not one.path.startswith("/accounts/")]
    assert strange == [], "give the page's class a permission, or enter the route in OPEN with a reason"
    assert {*OPEN} - {one.name for one in routes()} - {"openid_connect_login", "openid_connect_callback"} == set()


def test_every_operation_has_its_place_in_the_matrix() -> None:
    without = [" ".join(one) for one, permission in operations().items() if permission is None]
    assert without == [], "enter the operation in OPERATIONS with the permission it needs"
    assert set(OPERATIONS) <= set(operations())


@by_path([one for one in routes() if one.name not in OPEN])
def test_nobody_gets_no_further_than_the_login(route: Route, database: str) -> None:
    parts = {
        "<uuid:subject>": uuid.uuid4(),
        "<uuid:uid>": uuid.uuid4(),
        "<str:file>": "f.xlsx",
        "<int:pk>": 1,
        "<int:year>": 2026,
    }
    path = route.path
    for part, value in parts.items():
        path = path.replace(part, str(value))
    assert "<" not in path, "say what stands for this part of the address"
    for method in ("get", "post"):
        answer = getattr(Client(), method)(path)
        assert answer.status_code == 302, (method, answer.status_code)
        assert answer["Location"].startswith("/accounts/login/"), answer["Location"]


@by_path([one for one in routes() if one.name in OPEN])
def test_what_is_open_is_no_accident(route: Route, database: str) -> None:
    path = route.path
    for part in ("<str:secret>", "(?P<key>[-:\\w]+)/", "(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/", "<str:provider_id>"):
        path = path.replace(part, "a-b/" if part.endswith("/") else "none")
    assert Client().get(path).status_code in (200, 302, 401, 404, 405)


@by_path(of_the_plant())
def test_somebody_of_another_plant_finds_nothing(
    route: Route, fresh: Plant, other_plant: Plant, login: Callable[..., Client]
) -> None:
    assert route.permission is not None
    role = holder(route.permission)
    assert role is not None
    client = login(role, other_plant)
    address = address_of(route, fresh)
    for method in ("get",) if route.name not in POST_ONLY else ("post",):
        assert getattr(client, method)(f"{address}?plant={fresh.code}").status_code == 404
        if "<uuid:subject>" in route.path:
            assert getattr(client, method)(f"{address}?plant={other_plant.code}", {}).status_code in (404, 400)


@by_path([one for one in of_the_plant() if one.permission and holder(ANYBODY, without=one.permission)])
def test_the_wrong_role_is_refused(route: Route, fresh: Plant, login: Callable[..., Client]) -> None:
    assert route.permission
    reads = route.ledger.read if route.ledger is not None else ANYBODY
    role = holder(reads, without=route.permission) or holder(ANYBODY, without=route.permission)
    assert role is not None
    client, address = login(role, fresh), address_of(route, fresh)
    with scope([fresh.pk]):
        before = LogEntry.objects.filter(plant=fresh).count()
    methods = ("post",) if route.name in POST_ONLY else ("get", "post")
    answers = [getattr(client, method)(address, {"seen": 1, "reason": "r"}) for method in methods]
    assert {answer.status_code for answer in answers} <= {403, 405}
    assert 403 in {answer.status_code for answer in answers}
    assert route.permission in answers[0].content.decode()
    with scope([fresh.pk]):
        assert LogEntry.objects.filter(plant=fresh).count() == before


@by_path(of_the_plant())
def test_the_right_role_is_let_in(route: Route, fresh: Plant, login: Callable[..., Client]) -> None:
    assert route.permission is not None
    role = holder(route.permission)
    assert role is not None
    answer = login(role, fresh).get(address_of(route, fresh))
    good = dict.fromkeys(READ_PAGES | WRITE_PAGES, 200) | dict.fromkeys(POST_ONLY, 405) | dict.fromkeys(UNNAMED, 404)
    good |= {"files": 302, "selection": 302}  # back to the record, back to the list
    action = {200, 302, 409}  # a record may not be in the state for it
    own = {200, 404} if "<int:" in route.path else {200}  # a year of which nothing is kept yet
    expected = own if route.ledger is None else {good[route.name]} if route.name in good else action
    assert answer.status_code in expected


@by_path([one for one in routes() if one.name in ANY_PLANT])
def test_a_page_beside_the_plants_asks_for_its_right(route: Route, fresh: Plant, login: Callable[..., Client]) -> None:
    assert login(Role.ADMINISTRATOR, fresh).get(route.path).status_code == 403
    everywhere = User.objects.create_user(f"all-{fresh.code}", password="a long enough password")
    everywhere.grants.create(plant=None, role=Role.ADMINISTRATOR, since=timezone.now(), granted_by=SYSTEM.uid)
    client = Client()
    client.force_login(everywhere, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(route.path).status_code == 200


class Caller:
    """Somebody with a token."""

    def __init__(self, user: User, plant: Plant) -> None:
        with scope([plant.pk]):
            _, made = services.issue_token(actor_of(user), user, name="t", life=datetime.timedelta(days=1))
        self.client = Client(headers={"Authorization": f"Bearer {made.secret}"})

    def __call__(self, verb: str, path: str, body: bytes | None) -> Any:  # Any: an answer
        if body is None and verb == "POST":
            return self.client.post(f"/api/v1{path}", {"file": SimpleUploadedFile("t.csv", b"a,b\n1,2\n", "text/csv")})
        return self.client.generic(verb, f"/api/v1{path}", body or b"", "application/json")


@dataclasses.dataclass(frozen=True)
class Asked:
    """An operation of the API, with an address and a body that are good."""

    verb: str
    path: str
    body: bytes | None


def asked(verb: str, path: str, plant: Plant) -> Asked:
    part = path.split("/")[3] if path.count("/") > 2 else ""
    ledger, body, filled = ledgers().get(part), None, path.replace("{code}", plant.code)
    if ledger is not None:
        if "{subject}" in path:
            filled = filled.replace("{subject}", str(kept(ledger, plant).subject))
        content = example(schema.schema(str(getattr(ledger.model, "SCHEMA"))).kind)  # noqa: B009  # as above
        said = {"seen": 1, "reason": "r"} if verb == "PUT" or path.endswith("/retire") else {}
        whole = said if path.endswith("/retire") else {"content": content, **said}
        body = canonical.dumps(whole) if verb != "GET" else None
    else:
        filled = filled.replace("{uid}", str(_uid(part, plant)))
        bodies = {"acknowledge": {"reason": "r"}, "shelve": {"reason": "r", "until": "2099-01-01T00:00:00Z"}}
        last = path.rsplit("/", 1)[-1]
        body = canonical.dumps(bodies.get(last, {"note": ""})) if "{uid}" in path and verb != "GET" else None
    return Asked(verb, filled, body)


def _uid(part: str, plant: Plant) -> uuid.UUID:
    """Return a thing of the plant that an address can name."""
    with scope([plant.pk]):
        if part == "alarms":
            fields = {"task": "t", "reason": "r"}
            code, low = "platform.alarm.job_failed", Alarm.Priority.LOW
            now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
            return alarms.raise_alarm(plant.pk, key="k", code=code, fields=fields, priority=low, now=now, actor=SYSTEM).uid
        if part == "duties":
            duties.open_due(plant.pk, founded=datetime.date(2026, 10, 1), today=datetime.date(2026, 11, 9))
            return Duty.objects.filter(plant=plant)[0].uid
        return attachments.store([b"a,b\n1,2\n"], plant=plant.pk, name="t.csv", actor=SYSTEM).uid


by_operation = pytest.mark.parametrize("operation", sorted(operations()), ids=" ".join)


@by_operation
def test_an_operation_is_for_those_who_may(
    operation: tuple[str, str], fresh: Plant, other_plant: Plant, person: Callable[..., User]
) -> None:
    permission = operations()[operation]
    assert permission is not None
    ask = asked(*operation, fresh)
    assert Client().generic(ask.verb, f"/api/v1{ask.path}", ask.body or b"{}", "application/json").status_code == 401
    good, wrong = holder(permission), holder(ANYBODY, without=permission) if permission else None
    assert good is not None
    outsider = Caller(person(f"{good}-{other_plant.code}", good, at=other_plant), other_plant)
    assert outsider(ask.verb, ask.path, ask.body).status_code == (200 if operation[1] == "/plants" else 404)
    if wrong is not None:
        with scope([fresh.pk]):
            before = LogEntry.objects.filter(plant=fresh).count()
        refused = Caller(person(f"{wrong}-{fresh.code}", wrong, at=fresh), fresh)(ask.verb, ask.path, ask.body)
        assert refused.status_code == 403, refused.content
        with scope([fresh.pk]):
            assert LogEntry.objects.filter(plant=fresh).count() == before
    answer = Caller(person(f"{good}-{fresh.code}", good, at=fresh), fresh)(ask.verb, ask.path, ask.body)
    assert answer.status_code in (200, 201, 409, 422), answer.content
