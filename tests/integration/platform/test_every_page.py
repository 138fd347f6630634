"""Every page of a plant, for somebody of another plant, for the wrong role and for the right one."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from tanheng.platform.ui.titles_of_rights import TITLES
from tests.integration.platform.matrix import (
    ANYBODY,
    POST_ONLY,
    READ_PAGES,
    UNNAMED,
    WRITE_PAGES,
    Route,
    World,
    by_path,
    holder,
    of_the_plant,
)


@pytest.fixture(scope="module")
def world(database: str) -> World:
    return World()


@by_path(of_the_plant())
def test_somebody_of_another_plant_finds_nothing(route: Route, world: World) -> None:
    assert route.permission is not None
    role = holder(route.permission)
    assert role is not None
    client, address = world.browser(role, world.other), world.address(route)
    for method in ("get",) if route.name not in POST_ONLY else ("post",):
        assert getattr(client, method)(f"{address}?plant={world.plant.code}").status_code == 404
        if "<uuid:subject>" in route.path:
            assert getattr(client, method)(f"{address}?plant={world.other.code}", {}).status_code in (404, 400)


@by_path([one for one in of_the_plant() if one.permission and holder(ANYBODY, without=one.permission)])
def test_the_wrong_role_is_refused(route: Route, world: World) -> None:
    assert route.permission
    reads = route.ledger.read if route.ledger is not None else ANYBODY
    role = holder(reads, without=route.permission) or holder(ANYBODY, without=route.permission)
    assert role is not None
    client, address = world.browser(role, world.plant), world.address(route)
    before = world.entries()
    methods = ("post",) if route.name in POST_ONLY else ("get", "post")
    answers = [getattr(client, method)(address, {"seen": 1, "reason": "r"}) for method in methods]
    assert {answer.status_code for answer in answers} <= {403, 405}
    assert 403 in {answer.status_code for answer in answers}
    with override(answers[0]["Content-Language"]):
        assert str(TITLES.get(route.permission, route.permission)) in answers[0].content.decode()
    assert world.entries() == before


@by_path(of_the_plant())
def test_the_right_role_is_let_in(route: Route, world: World) -> None:
    assert route.permission is not None
    role = holder(route.permission)
    assert role is not None
    answer = world.browser(role, world.plant).get(world.address(route))
    good = dict.fromkeys(READ_PAGES | WRITE_PAGES, 200) | dict.fromkeys(POST_ONLY, 405) | dict.fromkeys(UNNAMED, 404)
    good |= {"files": 302, "selection": 302}  # back to the record, back to the list
    action = {200, 302, 409}  # a record may not be in the state for it
    own = {200, 404} if "<int:" in route.path else {200}  # a year of which nothing is kept yet
    expected = own if route.ledger is None else {good[route.name]} if route.name in good else action
    assert answer.status_code in expected
