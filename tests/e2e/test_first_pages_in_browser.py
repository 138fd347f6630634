"""The pages that a newcomer meets first: in landmarks, with heads on their tables, and without a complaint of the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tanheng.platform.accounts.roles import Role
from tanheng.platform.record.models import Plant

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["region", "empty-table-header", "landmark-one-main", "landmark-unique", "page-has-heading-one"]

Visit = Callable[..., Page]
Session = Callable[..., Client]
Picture = Callable[[Page, str], None]


def faults(page: Page) -> list[str]:
    """Return every fault that axe-core finds by the rules above, whatever it calls its weight."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'rule', values: rules}})"
        ".then(result => result.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)}`)))",
        RULES,
    )
    return [f"{page.url} {one}" for one in found]


@pytest.mark.parametrize("width", [1280, 1920])
def test_pages_for_somebody_outside_stand_in_landmarks(width: int, visit: Visit, picture: Picture) -> None:
    page = visit(width=width, expected=("404",))
    found = []
    for path, name in (("/accounts/login/", "login"), ("/nowhere/", "not-found"), ("/join/not-a-secret", "link-used")):
        page.goto(path)
        expect(page.locator("header .brand")).to_be_visible()
        found += faults(page)
        picture(page, f"first-{name}")
    assert found == []


@pytest.mark.parametrize("width", [1280, 1920])
def test_pages_inside_do_too_and_their_tables_have_heads(
    width: int, visit: Visit, session_of: Session, example: Plant, picture: Picture
) -> None:
    page = visit(width=width, session=session_of(Role.ADMINISTRATOR, Role.METROLOGIST, at=example))
    found = []
    for path, name in (("/", "overview"), ("/people/", "people"), ("/certificates-to-confirm/", "to-confirm")):
        page.goto(path)
        found += faults(page)
        picture(page, f"first-{name}")
    assert found == []


def test_the_icon_is_there_under_its_old_name(visit: Visit) -> None:
    page = visit()
    answer = page.goto("/favicon.ico")
    assert answer is not None
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, "image/svg+xml")
    assert page.url.endswith("/static/ui/mark.svg")
