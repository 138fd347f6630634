"""Who sees little, uses no mouse, or reads on paper: judged by axe-core in the real browser, in both themes and languages.

axe-core knows the rules of WCAG 2.2 AA that a program can decide, among them contrast of 4.5 : 1. Nothing it calls serious or
critical may stand on a page.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tanheng.platform.accounts.roles import Role
from tanheng.platform.record.models import Plant

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ("/", "/lines/", "/lines/new/", "/lines/import/", "/people/", "/log/", "/audit/", "/lines/?f-q=nothing")

Visit = Callable[..., Page]
Session = Callable[..., Client]
Picture = Callable[[Page, str], None]


def faults(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical: rule, place, what it says."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(result => result.violations)", TAGS
    )
    return [
        f"{page.url} {rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def in_theme(page: Page, theme: str) -> None:
    page.context.add_cookies([{"name": "tanheng_theme", "value": theme, "url": page.url}])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault(theme: str, visit: Visit, session_of: Session, example: Plant, picture: Picture) -> None:
    page = visit(session=session_of(Role.ADMINISTRATOR, Role.CARBON_MANAGER, at=example))
    page.goto("/")
    in_theme(page, theme)
    found = []
    for path in PAGES:
        page.goto(path)
        found += faults(page)
        picture(page, f"{theme}-{path.strip('/').replace('/', '-').split('?')[0] or 'overview'}")
    page.goto("/lines/")
    page.locator("tbody a").first.click()
    found += faults(page)
    picture(page, f"{theme}-line")
    page.locator(".tabs a").last.click()
    found += faults(page)
    page.goto("/lines/import/")
    page.locator("input[type=file]").set_input_files(
        {"name": "三月.csv", "mimeType": "text/csv", "buffer": "序号,线号,名称,备注\r\n1,9,九号,\r\n".encode()}
    )
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_role("heading", name="您的表中各列")).to_be_visible()
    found += faults(page)
    picture(page, f"{theme}-columns")
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_login_has_no_serious_fault(theme: str, visit: Visit, example: Plant, picture: Picture) -> None:
    page = visit()
    page.goto("/accounts/login/")
    in_theme(page, theme)
    page.reload()
    assert faults(page) == []
    picture(page, f"{theme}-login")


def test_a_list_is_printed_without_its_controls(visit: Visit, session_of: Session, example: Plant, picture: Picture) -> None:
    page = visit(session=session_of(Role.VERIFIER, at=example))
    page.goto("/lines/")
    page.emulate_media(media="print")
    for hidden in (".side", ".top", ".filters", ".bar", ".page-foot"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_role("heading", name="生产线")).to_be_visible()
    expect(page.locator("#rows tbody tr").first).to_be_visible()
    picture(page, "print-list")
    assert page.pdf(format="A4", landscape=True).startswith(b"%PDF")


def test_a_list_is_walked_by_keyboard_alone(visit: Visit, session_of: Session, example: Plant) -> None:
    page = visit(session=session_of(Role.CARBON_MANAGER, at=example))
    page.goto("/lines/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.get_by_label("搜索")).to_be_focused()
    page.locator("summary", has_text="列").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.menu[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)
    page.locator("#rows tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#proof")).to_be_visible()
