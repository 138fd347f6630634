"""The pages in a real browser: Chromium against the platform's WSGI application, over a real database."""
# ruff: noqa: E402  # Django is configured before its models are imported

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tanheng.platform.testing import *  # noqa: F403
from tanheng.platform.testing import configure, using

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver keeps a loop in this thread; the database is not in it
configure()

from django.conf import settings

settings.WHITENOISE_AUTOREFRESH = False  # the browser gets its files as in production

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client
from django.utils import timezone

from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.configuration import Login
from tanheng.platform.database.scope import scope
from tanheng.platform.operation import demonstration
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.wsgi import application

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "test-results" / "pages"
SYSTEM = Actor.system("tests")
CHROMIUM = "/usr/bin/chromium"
_numbers = itertools.count(1)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing: the platform has a log of its own."""


@pytest.fixture
def address(database: str) -> Iterator[str]:
    """Run the platform and yield its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join(60)
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            env={**os.environ, "LANGUAGE": "zh_CN"},
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none", "--lang=zh-CN"],
        )
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a browser asked for and complained about."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or urlsplit(request.url).scheme))
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a browser of somebody's own; at its end nothing may have been asked of another host."""
    opened: list[BrowserContext] = []
    watch = Watch()

    def visit(
        *, scripts: bool = True, width: int = 1280, session: Client | None = None, expected: tuple[str, ...] = ()
    ) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": 800 if width < 1900 else 1080},
            java_script_enabled=scripts,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        if session is not None:
            context.add_cookies([{"name": name, "value": one.value, "url": address} for name, one in session.cookies.items()])
        watch.over(context)
        watch_expected.extend(expected)
        opened.append(context)
        return context.new_page()

    watch_expected: list[str] = []
    yield visit
    for context in opened:
        context.close()
    assert watch.hosts <= {"127.0.0.1", "data", "blob"}
    assert [text for text in watch.complaints if not any(part in text for part in watch_expected)] == []


@pytest.fixture
def plant(database: str) -> Plant:
    """Return a plant of this test's own."""
    with scope([]):
        return tenants.found(actor=SYSTEM, code=f"plant-{next(_numbers)}", name_zh="华东水泥有限公司", name_en="East Cement")


@pytest.fixture
def example(database: str) -> Plant:
    """Return the plant of the demonstration."""
    with using(Login.OWNER, database):
        return demonstration.load(ROOT / "examples" / "hubei-5000tpd")


@pytest.fixture
def session_of(database: str) -> Callable[..., Client]:
    """Return a function that gives the session of a person with roles at a plant."""

    def session_of(*roles: Role, at: Plant | None) -> Client:
        number = next(_numbers)
        user = User.objects.create_user(f"person-{number}", password="a long enough password", name="王工")
        for role in roles:
            Grant.objects.create(user=user, plant=at, role=role, since=timezone.now(), granted_by=SYSTEM.uid)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return session_of


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Return a function that keeps a picture of a page for somebody to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def picture(page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)

    return picture
