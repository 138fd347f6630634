"""Every operation of the API, for nobody, for somebody of another plant, for the wrong role and for the right one."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.integration.platform.matrix import ANYBODY, World, asked, holder, operations


@pytest.fixture(scope="module")
def world(database: str) -> World:
    return World()


@pytest.mark.parametrize("operation", sorted(operations()), ids=" ".join)
def test_an_operation_is_for_those_who_may(operation: tuple[str, str], world: World) -> None:
    permission = operations()[operation]
    assert permission is not None
    ask = asked(*operation, world.plant)
    assert Client().generic(ask.verb, f"/api/v1{ask.path}", ask.body or b"{}", "application/json").status_code == 401
    good, wrong = holder(permission), holder(ANYBODY, without=permission) if permission else None
    assert good is not None
    outside = ask.by(world.caller(good, world.other))
    assert outside.status_code == (200 if operation[1] == "/plants" else 404)
    if wrong is not None:
        caller, before = world.caller(wrong, world.plant), world.entries()
        refused = ask.by(caller)
        assert refused.status_code == 403, refused.content
        assert world.entries() == before
    answer = ask.by(world.caller(good, world.plant))
    assert answer.status_code in (200, 201, 409, 422), answer.content
