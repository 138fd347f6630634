"""The platform's ground: logged transactions, a ledger of 10 000 rows through the API, an import of 5000 rows.

The database is the embedded one as it is delivered: it waits for the disk at each commit. Peers run in the same process on the
same database: a bare INSERT and commit, a bare Django query as JSON.
"""

from __future__ import annotations

import datetime
import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

from tanheng.platform.testing import configure

Row = dict[str, Any]  # Any: numbers, text and None side by side

ROWS = 10_000
IMPORTED = 5_000
COMMITS = 400


def row(name: str, target: str, figure: float, unit: str, peer: str = "", peer_figure: float | None = None) -> Row:
    """Return one measurement."""
    ratio = None if peer_figure is None else figure / peer_figure
    return {
        "name": name,
        "target": target,
        "figure": figure,
        "unit": unit,
        "peer": peer,
        "peer_figure": peer_figure,
        "ratio": ratio,
    }


def p95(action: Callable[[], object], *, times: int = 40) -> float:
    """Return the 95th percentile of ``action``'s time, ms."""
    action()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def logged_commits(plant: int) -> Row:
    """Measure one change with its log entry a transaction, beside one bare INSERT a transaction."""
    from django.db import connection, transaction

    from tanheng.platform.database.scope import scope
    from tanheng.platform.record import outbox
    from tanheng.platform.record.actor import Actor
    from tanheng.trust.statement import StatementType

    actor, payload = Actor.system("bench"), bytes(160)

    def ours() -> None:
        with scope([plant]):
            outbox.record(
                plant,
                type=StatementType.MANUAL_ENTRY,
                subject=f"bench/{uuid.uuid4()}",
                version=1,
                media="bench/1",
                payload=payload,
                actor=actor,
                keep_payload=True,
            )

    insert = (
        "INSERT INTO record_idempotency_key (actor, key, request, status, answer, at)"
        " VALUES (gen_random_uuid(), 'k', 'r', 200, %s, now())"
    )

    def bare() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [payload])

    figures = []
    for action in (ours, bare):
        began = time.perf_counter()
        for _ in range(COMMITS):
            action()
        figures.append(COMMITS / (time.perf_counter() - began))
    return row("logged changes, one plant", "≥ 200 /s", figures[0], "/s", "bare INSERT and commit", figures[1])


def enter(plant: Any, count: int) -> None:  # Any: a model of Django, which is configured by now
    """Enter sites, each checked, versioned and logged."""
    from tanheng.platform.plant import services
    from tanheng.platform.plant.models import Site
    from tanheng.platform.plant.schemas.site_1 import Site as Content
    from tanheng.platform.plant.schemas.site_1 import SiteKind
    from tanheng.platform.record.actor import Actor

    contents = [
        Content(
            code=f"s{number}",
            name_zh="厂区",
            name_en="",
            kind=SiteKind.OTHER,
            address="",
            longitude=None,
            latitude=None,
            in_boundary=True,
        )
        for number in range(count)
    ]
    services.save_many(Site, contents, plant=plant, actor=Actor.system("bench"))


def imported(plant: Any) -> Row:  # Any: as above
    """Measure entering 5000 sites in one transaction, each checked, versioned and logged."""
    from tanheng.platform.database.scope import scope

    began = time.perf_counter()
    with scope([plant.pk]):
        enter(plant, IMPORTED)
    return row("import of 5000 records", "≤ 10 s", time.perf_counter() - began, "s")


def ledger(plant: Any) -> list[Row]:  # Any: as above
    """Measure a page of 100 of 10 000 rows through the whole API, beside the same rows as bare JSON."""
    from django.db import connection
    from django.http import HttpRequest, JsonResponse
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from tanheng.platform.accounts import services as accounts
    from tanheng.platform.accounts.models import Grant, User
    from tanheng.platform.accounts.roles import Role
    from tanheng.platform.accounts.selectors import actor_of
    from tanheng.platform.database.scope import scope
    from tanheng.platform.plant.models import Site

    user = User.objects.create_user(f"bench-{uuid.uuid4().hex[:8]}")
    Grant.objects.create(user=user, plant=plant, role=Role.CARBON_MANAGER, since=timezone.now(), granted_by=user.uid)
    with scope([plant.pk]):
        _, fresh = accounts.issue_token(actor_of(user), user, name="bench", life=datetime.timedelta(days=1))
    client = Client(headers={"Authorization": f"Bearer {fresh.secret}"})
    path = f"/api/v1/plants/{plant.code}/sites?limit=100&offset=5000"

    def ours() -> None:
        assert client.get(path).status_code == 200

    names = [field.name for field in Site._meta.concrete_fields if field.name not in ("payload", "salt")]

    def bare(_: HttpRequest | None = None) -> None:
        with scope([plant.pk]):
            rows = Site.objects.filter(plant=plant).order_by("id")
            JsonResponse({"items": list(rows.values(*names)[5000:5100]), "total": rows.count()})

    with CaptureQueriesContext(connection) as queries:
        ours()
    count = float(len(queries))
    return [
        row("ledger of 10 000, page of 100, p95", "≤ 300 ms", p95(ours), "ms", "bare Django query as JSON", p95(bare)),
        row("queries of that page", "≤ 12", count, ""),
    ]


def benchmarks() -> list[Row]:
    """Return all measurements."""
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
        actor = Actor.system("bench")
        with scope([]):
            plant, second = (tenants.found(actor=actor, code=f"bench-{name}", name_zh="厂") for name in ("one", "two"))
        with scope([plant.pk]):
            enter(plant, ROWS)
        return [logged_commits(plant.pk), imported(second), *ledger(plant)]
    finally:
        connections.close_all()
        server.stop()


def main() -> None:
    """Print the table."""
    for one in benchmarks():
        peer = "" if one["peer_figure"] is None else f"{one['ratio']:8.2f} × {one['peer']} ({one['peer_figure']:,.1f})"
        print(f"{one['name']:<40} {one['target']:<14} {one['figure']:>10,.2f} {one['unit']:<6}{peer}")


if __name__ == "__main__":
    main()
