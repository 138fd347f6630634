"""The pages: a ledger of 10 000 rows clicked through by 20 people, and 5000 rows imported through the page.

The server is the one that is delivered: granian with threads over the embedded PostgreSQL, rows under row-level security. Each
of the 20 clicks every 3 s, for half a minute: first page, far page, another order, a filter, a word, a long page. The peer is a
bare django-tables2 table of the same rows and columns with the library's own template: no login, no menu, no versions.

What others do on the machine makes people wait and costs no CPU of ours. So the CPU of a click is told beside its time: 20
people offer 6.7 clicks a second, and two cores have room for 2000 ms of CPU a second.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bench_platform import IMPORTED, ROWS, enter, row
from tanheng.platform.testing import configure

Row = dict[str, Any]  # Any: numbers, text and None side by side

USERS = 20
EVERY = 3.0
SECONDS = 30.0
CLICKS = (
    "",
    "?page=200",
    "?sort=-name_zh",
    "?f-kind=other&page=30",
    "?f-q=s99",
    "?f-on=2026-06-30",
    "?per_page=100&page=50",
    "?sort=-known_from&page=100",
)


def seed(plant: Any) -> None:  # Any: a model of Django, which is configured by now
    """Enter the rows, and let the planner know how many there are."""
    from tanheng.platform.database.scope import scope

    with scope([plant.pk]):
        enter(plant, ROWS)


def session(plant: Any, number: int) -> str:  # Any: as above
    """Return the session cookie of a person who may write the plant's master data."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from tanheng.platform.accounts.models import Grant, User
    from tanheng.platform.accounts.roles import Role

    user = User.objects.create_user(f"clicks-{number}-{uuid.uuid4().hex[:8]}")
    Grant.objects.create(user=user, plant=plant, role=Role.CARBON_MANAGER, since=timezone.now(), granted_by=user.uid)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def cpu(root: int) -> float:
    """Return the CPU that a process and what it started have used, s."""
    used, ticks = 0, os.sysconf("SC_CLK_TCK")
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        used += sum(int(field) for field in fields[11:15])  # of itself, and of its children that have ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            waiting += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
    return used / ticks


@contextlib.contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """Run the web process and yield its port and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = f"from tanheng.platform.operation.web import Listening, run; run(Listening('127.0.0.1', {port}))"
    process = subprocess.Popen([sys.executable, "-c", command], env=os.environ.copy(), stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _await(port: int) -> None:
    import httpx

    for _ in range(600):
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(f"no web process at port {port} within 60 s")


def clicked(port: int, sessions: Sequence[str], *, seconds: float = SECONDS) -> list[float]:
    """Return what the clicks of all users took, ms."""
    import httpx
    from django.conf import settings

    name = settings.SESSION_COOKIE_NAME
    taken: list[float] = []

    def user(number: int) -> None:
        clicks = random.Random(number)  # noqa: S311  # the same clicks each time
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies={name: sessions[number]}, timeout=60) as client:
            client.get("/sites/")  # a connection, as a browser keeps one
            time.sleep(clicks.uniform(0, EVERY))
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                began = time.perf_counter()
                answer = client.get(f"/sites/{clicks.choice(CLICKS)}")
                took = time.perf_counter() - began
                if answer.status_code != 200:
                    raise RuntimeError(f"status {answer.status_code} of {answer.request.url}")
                taken.append(took * 1000)
                time.sleep(max(0, EVERY - took))

    threads = [threading.Thread(target=user, args=(number,)) for number in range(len(sessions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def median(action: Callable[[], object], *, times: int = 25) -> float:
    """Return the median of ``action``'s time, ms."""
    for _ in range(3):
        action()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def beside_bare(plant: Any, cookie: str) -> list[Row]:  # Any: as above
    """Measure one page for one person, beside the bare table, and count its queries."""
    import django_tables2
    from django.conf import settings
    from django.db import connection
    from django.http import HttpResponse
    from django.test import Client, RequestFactory
    from django.test.utils import CaptureQueriesContext

    from tanheng.platform.database.scope import scope
    from tanheng.platform.plant.models import Site

    columns = ("code", "name_zh", "kind", "address", "in_boundary", "version", "known_from")
    bare = django_tables2.table_factory(Site, fields=columns)
    client, requests = Client(), RequestFactory()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie

    def ours() -> None:
        assert client.get("/sites/?per_page=100&page=50").status_code == 200

    def peer() -> HttpResponse:
        request = requests.get("/sites/?per_page=100&page=50")
        with scope([plant.pk]):
            table = bare(Site.objects.filter(plant=plant).order_by("code"))
            django_tables2.RequestConfig(request, paginate={"per_page": 100}).configure(table)
            return HttpResponse(table.as_html(request))

    with CaptureQueriesContext(connection) as asked:
        ours()
    reads = [one for one in asked if one["sql"].startswith("SELECT")]
    figures = [median(ours), median(peer)]
    return [
        row("a page of 100 of 10 000 rows, one person", "≤ 2.5 ×", figures[0], "ms", "bare django-tables2", figures[1]),
        row("queries of that page", "≤ 12", float(len(reads)), ""),
    ]


def imported(cookie: str) -> list[Row]:
    """Measure a workbook of 5000 rows through the page: the check, then the import."""
    import xlsxwriter
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet()
    heads = ("code", "name_zh", "name_en", "kind", "address", "longitude", "latitude", "in_boundary")
    page.write_row(0, 0, heads)
    for number in range(1, IMPORTED + 1):
        page.write_row(number, 0, (f"i{number}", "厂区", "", "other", "路", "114.5", "30.1", "是"))
    book.close()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    client.get("/sites/import/")  # a process has its addresses by then
    spent, began = time.process_time(), time.perf_counter()
    checked = client.post("/sites/import/", {"file": SimpleUploadedFile("rows.xlsx", target.getvalue()), "reason": ""})
    between = time.perf_counter()
    kept = re.search(r'name="kept" value="([^"]+)"', checked.content.decode())
    assert kept is not None, checked.content.decode()
    done = client.post("/sites/import/", {"kept": kept[1], "reason": ""})
    assert done.status_code == 302, done.content.decode()
    return [
        row("5000 rows through the page: check", "≤ 10 s", between - began, "s"),
        row("5000 rows through the page: import", "≤ 10 s", time.perf_counter() - between, "s"),
        row("CPU of check and import: web", "", time.process_time() - spent, "s"),
    ]


@contextlib.contextmanager
def plants() -> Iterator[tuple[Any, Any, int]]:  # Any: models of Django
    """Run the database and yield two plants, one with the rows, one empty; and the database's process id."""
    folder = configure()
    from django.db import connections

    from tanheng.platform.database.configuration import DATABASE, Login
    from tanheng.platform.database.embedded import EmbeddedServer
    from tanheng.platform.database.schema import migrate
    from tanheng.platform.database.scope import scope
    from tanheng.platform.record import tenants
    from tanheng.platform.record.actor import Actor
    from tanheng.platform.testing import using

    server = EmbeddedServer(folder)
    server.start()
    try:
        with using(Login.OWNER, DATABASE):
            migrate()
        with scope([]):
            made = [tenants.found(actor=Actor.system("bench"), code=f"pages-{name}", name_zh="厂") for name in ("one", "two")]
        seed(made[0])
        yield made[0], made[1], server.process_id or 0
    finally:
        connections.close_all()
        server.stop()


def benchmarks() -> list[Row]:
    """Return all measurements."""
    with plants() as (full, empty, database):
        sessions = [session(full, number) for number in range(USERS)]
        with serving() as (port, web):
            clicked(port, sessions[:1], seconds=EVERY)  # what a process does once: imports, templates, connections
            before = cpu(web), cpu(database)
            taken = clicked(port, sessions)
            pages = len(taken) + USERS  # each begins with one that is not timed
            spent = [1000 * (cpu(pid) - begun) / pages for pid, begun in zip((web, database), before, strict=True)]
        p95 = statistics.quantiles(taken, n=20)[-1]
        clicks = f"{USERS} people, {len(taken)} clicks, p95"
        return [
            row(f"ledger of 10 000 as HTML: {clicks}", "≤ 300 ms", p95, "ms", "its median", statistics.median(taken)),
            row("CPU of a click: web, beside the database", "", spent[0], "ms", "database", spent[1]),
            *beside_bare(full, sessions[0]),
            *imported(session(empty, USERS)),
        ]


def main() -> None:
    """Print the table."""
    print(f"{datetime.datetime.now().astimezone().isoformat(timespec='minutes')}, load {os.getloadavg()[0]:.1f}")
    for one in benchmarks():
        peer = "" if one["peer_figure"] is None else f"{one['ratio']:8.2f} × {one['peer']} ({one['peer_figure']:,.1f})"
        print(f"{one['name']:<70} {one['target']:<10} {one['figure']:>10,.2f} {one['unit']:<4}{peer}")


if __name__ == "__main__":
    main()
