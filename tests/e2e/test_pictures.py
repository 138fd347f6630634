"""Pictures of the pages, for somebody to look at; Chinese is drawn with the font that is shipped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page

from tanheng.platform.accounts.roles import Role
from tanheng.platform.record.models import Plant

pytestmark = pytest.mark.browser

PAGES = ("/", "/lines/", "/lines/new/", "/sites/", "/enterprises/", "/lines/import/", "/log/", "/people/", "/audit/")


@pytest.mark.parametrize("width", [1280, 1920])
def test_pages_are_drawn(
    width: int,
    visit: Callable[..., Page],
    session_of: Callable[..., Client],
    example: Plant,
    picture: Callable[[Page, str], None],
) -> None:
    session = session_of(Role.ADMINISTRATOR, Role.CARBON_MANAGER, at=example)
    page = visit(width=width, session=session)
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        picture(page, f"page-{path.strip('/').replace('/', '-') or 'overview'}")
    page.goto("/lines/")
    page.locator("tbody a").first.click()
    picture(page, "page-line")
    assert page.evaluate("document.fonts.check('16px \"Noto Sans SC\"', '碳衡')")
