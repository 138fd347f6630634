"""Kill -9 of web, worker and database under writes: every acknowledged change is there with its log entry, none twice."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.resilience.platform.processes import environment, finished

KILLS = 20
WRITERS = 3

SETUP = """
import datetime, json, os, pathlib, sys
os.environ["TANHENG_DATA"] = sys.argv[1]
from tanheng.platform.database.configuration import Login
from tanheng.platform.operation import setup
setup.folder_of(pathlib.Path(sys.argv[1]))
setup.prepare_django(Login.OWNER)
from django.utils import timezone
from tanheng.platform.accounts import services
from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of
from tanheng.platform.database.scope import scope
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
with scope([]):
    plant = tenants.found(actor=Actor.system("t"), code="kills", name_zh="厂")
user = User.objects.create_user("robot", password="a long enough password")
Grant.objects.create(user=user, plant=plant, role=Role.CARBON_MANAGER, since=timezone.now(), granted_by=user.uid)
with scope([plant.pk]):
    _, fresh = services.issue_token(actor_of(user), user, name="t", life=datetime.timedelta(days=1))
print(fresh.secret)
"""

CHECK = """
import json, os, pathlib, sys
os.environ["TANHENG_DATA"] = sys.argv[1]
from tanheng.platform.database.configuration import Login
from tanheng.platform.operation import setup
setup.prepare_django(Login.OWNER)
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant.models import Site
from tanheng.platform.record import fsck, sequencer
from tanheng.platform.record.models import LogEntry, Plant
key = all_plants()[0]
sequencer.sequence(key)
with scope([key]):
    plant = Plant.objects.get(pk=key)
    rows = [[row.code, row.log_index] for row in Site.objects.filter(plant=plant)]
    print(json.dumps({
        "rows": rows,
        "findings": [str(found) for found in fsck.audit(plant)],
        "entries": LogEntry.objects.filter(plant=plant).count(),
        "log": sequencer.reader_of(plant).verify().size,
    }))
"""


def run(script: str, data: Path) -> str:
    done = finished([sys.executable, "-c", script, str(data)], env=environment())
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


def content(code: str) -> dict[str, object]:
    return {
        "content": {
            "code": code,
            "name_zh": "厂区",
            "name_en": "",
            "kind": "other",
            "address": "",
            "longitude": None,
            "latitude": None,
            "in_boundary": True,
        }
    }


class Writer(threading.Thread):
    """Writes with idempotency keys; an unknown outcome is asked again with the same key until it is known."""

    def __init__(self, platform: Any, token: str, name: str) -> None:
        super().__init__(daemon=True)
        self.platform, self.token, self.prefix = platform, token, name
        self.acknowledged: dict[str, int] = {}
        self.ending = threading.Event()
        self.given_up = threading.Event()
        self.faults: list[str] = []

    def run(self) -> None:
        number = 0
        while not self.ending.is_set():
            number += 1
            self._write(f"{self.prefix}{number}")

    def _write(self, code: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid.uuid4())}
        while not self.given_up.is_set():
            try:
                status, body = self.platform.ask("POST", "/api/v1/plants/kills/sites", content(code), **headers)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                time.sleep(0.05)
                continue
            if status == 201:
                self.acknowledged[code] = body["log_index"]
                return
            if status < 500:
                self.faults.append(f"{code}: {status} {body}")
                return
            time.sleep(0.05)


@contextlib.contextmanager
def writing(platform: Any, token: str) -> Iterator[list[Writer]]:
    """Write for the duration of the block, and until every outcome is known; of a platform that is gone none will be."""
    writers = [Writer(platform, token, f"w{number}-") for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield writers
        for writer in writers:
            writer.ending.set()
        for writer in writers:
            writer.join(60)
    finally:
        for writer in writers:
            writer.ending.set()
            writer.given_up.set()


@pytest.mark.kill
def test_twenty_kills_under_writes_lose_nothing_and_double_nothing(served: Any) -> None:
    served.start()
    token = run(SETUP, served.data)
    chance = random.Random(20261031)  # noqa: S311  # which process and when, the same in each run
    slowest = 0.0
    with writing(served, token) as writers:
        for kill in range(KILLS):
            time.sleep(chance.uniform(0.2, 1.0))
            name = ("web", "database", "worker", "web", "database")[kill % 5]
            victim = served.children().get(name)
            if victim is not None:
                os.kill(victim, signal.SIGKILL)
            began = time.monotonic()
            served.wait_healthy()
            slowest = max(slowest, time.monotonic() - began)
        time.sleep(1)
    found = json.loads(run(CHECK, served.data))
    assert [fault for writer in writers for fault in writer.faults] == []
    assert found["findings"] == []
    rows = dict(found["rows"])
    assert len(rows) == len(found["rows"])
    acknowledged = {code: index for writer in writers for code, index in writer.acknowledged.items()}
    assert len(acknowledged) > KILLS
    assert {code: rows.get(code) for code in acknowledged} == acknowledged
    assert set(rows) == set(acknowledged)
    assert found["entries"] == found["log"] == len(rows) + 1
    assert slowest < 60
