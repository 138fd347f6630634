"""Every route and operation stands in the matrix; nobody gets no further than the login; what is open is so on purpose."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.api import api
from tests.integration.platform.matrix import ANY_PLANT, OPEN, OPERATIONS, SYSTEM, Route, World, by_path, operations, routes


@pytest.fixture(scope="module")
def world(database: str) -> World:
    return World()


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


def test_the_matrix_has_the_operations_of_the_apis_description() -> None:
    paths: dict[str, dict[str, object]] = dict(api.get_openapi_schema()["paths"])
    described = {(verb.upper(), path.removeprefix("/api/v1")) for path, verbs in paths.items() for verb in verbs}
    assert set(operations()) == described


@by_path([one for one in routes() if one.name not in OPEN])
def test_nobody_gets_no_further_than_the_login(route: Route, database: str) -> None:
    parts = {
        "<uuid:subject>": uuid.uuid4(),
        "<uuid:uid>": uuid.uuid4(),
        "<str:file>": "f.xlsx",
        "<int:pk>": 1,
        "<int:year>": 2026,
        "<int:version>": 1,
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


@by_path([one for one in routes() if one.name in ANY_PLANT])
def test_a_page_beside_the_plants_asks_for_its_right(route: Route, world: World) -> None:
    assert world.browser(Role.ADMINISTRATOR, world.plant).get(route.path).status_code == 403
    everywhere = User.objects.create_user("everywhere", password="a long enough password")
    everywhere.grants.create(plant=None, role=Role.ADMINISTRATOR, since=timezone.now(), granted_by=SYSTEM.uid)
    client = Client()
    client.force_login(everywhere, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(route.path).status_code == 200
