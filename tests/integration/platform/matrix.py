"""The matrix of every route: what each needs, and the people who ask for it.

Routes are read from the URL resolver, operations from the API's routers, ledgers and their permissions from where they are
registered: a new ledger is in the matrix by itself. A route of any other kind is entered below, or the suite fails.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import itertools
import re
import types
import typing
import uuid
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from tanheng.core import canonical
from tanheng.platform.accounts import roles, services
from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of
from tanheng.platform.api import api
from tanheng.platform.database.scope import scope
from tanheng.platform.notice import alarms, duties
from tanheng.platform.notice.models import Alarm, Duty
from tanheng.platform.record import attachments, schema, tenants, versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import LogEntry, Plant, Version
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.ledger import LedgerPages

SYSTEM = Actor.system("tests")
_words = itertools.count(1)
ANYBODY = ""
"""Stands for a permission that every person with a role at the plant has."""

# Pages of a ledger, by the name of their route: what they need.
READ_PAGES = {"list", "template", "xlsx", "csv", "list-file", "filters", "detail", "file"}
WRITE_PAGES = {"new", "check", "import", "map", "faults", "edit", "check-one", "retire", "files", "selection"}
POST_ONLY = {"check", "check-one", "filters", "selection"}
UNNAMED = {"list-file", "file", "map", "faults"}
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
    "favicon": "a drawing",
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


@cache
def ledgers() -> dict[str, LedgerPages]:
    return {one.ledger.name: one.ledger for one in routes() if one.ledger is not None}


@cache
def operations() -> dict[tuple[str, str], str | None]:
    """Return the permission of every operation of the API; None for one that stands nowhere."""
    found: dict[tuple[str, str], str | None] = {}
    for verb, path in offered():
        part = path.split("/")[3] if path.count("/") > 2 else ""
        ledger = ledgers().get(part)
        usual = path.removeprefix(f"/plants/{{code}}/{part}") in ("", "/{subject}", "/{subject}/history", "/{subject}/retire")
        if ledger is not None and usual:
            found[verb, path] = ledger.read if verb == "GET" else ledger.write
        else:
            found[verb, path] = OPERATIONS.get((verb, path))
    return found


def offered() -> Iterator[tuple[str, str]]:
    """Yield verb and path of every operation, from the routers: the API's description takes seconds to write."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield from ((verb, re.sub(r"{\w+:", "{", path)) for verb in operation.methods)


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
        str: f"{next(_words):04x}",  # short, and never the same twice
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


class World:
    """Two plants of one database, and people with one role each, who log in once."""

    def __init__(self) -> None:
        with scope([]):
            self.plant, self.other = (
                tenants.found(actor=SYSTEM, code=code, name_zh=code, name_en="") for code in ("own", "other")
            )
        self._users: dict[tuple[Role, str], User] = {}
        self._sessions: dict[tuple[Role, str], str] = {}
        self._tokens: dict[tuple[Role, str], str] = {}
        self._subjects: dict[str, uuid.UUID] = {}

    def user(self, role: Role, plant: Plant) -> User:
        """Return the person with one role at a plant."""
        if (role, plant.code) not in self._users:
            user = User.objects.create_user(f"{role}-{plant.code}", password="a long enough password")
            Grant.objects.create(user=user, plant=plant, role=role, since=timezone.now(), granted_by=SYSTEM.uid)
            self._users[role, plant.code] = user
        return self._users[role, plant.code]

    def browser(self, role: Role, plant: Plant) -> Client:
        """Return a new browser in which the person is logged in."""
        if (role, plant.code) not in self._sessions:
            first = Client()
            first.force_login(self.user(role, plant), backend="django.contrib.auth.backends.ModelBackend")
            self._sessions[role, plant.code] = first.cookies[settings.SESSION_COOKIE_NAME].value
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[role, plant.code]
        return client

    def caller(self, role: Role, plant: Plant) -> Client:
        """Return a program with the person's token."""
        if (role, plant.code) not in self._tokens:
            user = self.user(role, plant)
            with scope([plant.pk]):
                _, made = services.issue_token(actor_of(user), user, name="t", life=datetime.timedelta(days=1))
            self._tokens[role, plant.code] = made.secret
        return Client(headers={"Authorization": f"Bearer {self._tokens[role, plant.code]}"})

    def address(self, route: Route) -> str:
        """Return an address of a route at the own plant."""
        path = route.path
        if "<uuid:subject>" in path:
            assert route.ledger is not None
            if route.ledger.name not in self._subjects:
                self._subjects[route.ledger.name] = kept(route.ledger, self.plant).subject
            path = path.replace("<uuid:subject>", str(self._subjects[route.ledger.name]))
        return path.replace("<uuid:uid>", str(uuid.uuid4())).replace("<str:file>", "none.xlsx").replace("<int:year>", "2026")

    def entries(self) -> int:
        """Return how many entries the log of the own plant has."""
        with scope([self.plant.pk]):
            return LogEntry.objects.filter(plant=self.plant).count()


@dataclasses.dataclass(frozen=True)
class Asked:
    """An operation of the API, with an address and a body that are good."""

    verb: str
    path: str
    body: bytes | None

    def by(self, client: Client) -> Any:  # Any: an answer
        """Return what somebody is answered."""
        address = f"/api/v1{self.path}"
        if self.body is None and self.verb == "POST":
            return client.post(address, {"file": SimpleUploadedFile("t.csv", b"a,b\n1,2\n", "text/csv")})
        return client.generic(self.verb, address, self.body or b"", "application/json")


def asked(verb: str, path: str, plant: Plant) -> Asked:
    """Return how an operation is asked for at a plant."""
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
