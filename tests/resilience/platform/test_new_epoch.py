"""``tanheng log epoch``: after a restore behind what was published, two persons before one terminal begin a new epoch."""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from tests.resilience.platform.processes import LIMIT, environment, finished

PASSWORD = "a long enough password"
PREPARE = """
import json, sys
from pathlib import Path
from tanheng.platform.database.access import reachable
from tanheng.platform.database.configuration import Login
from tanheng.platform.operation import setup
folder = setup.folder_of(None)
with reachable(folder):
    setup.prepare_django(Login.OWNER)
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.db import connection, connections
    from django.utils import timezone
    from tanheng.platform.accounts.models import Grant, User
    from tanheng.platform.accounts.roles import Role
    from tanheng.platform.database import schema
    from tanheng.platform.database.scope import scope
    from tanheng.platform.record import attachments, sequencer, tenants
    from tanheng.platform.record.actor import Actor
    from tanheng.platform.record.models import Checkpoint
    schema.migrate()
    system = Actor.system("tests")
    with scope([]):
        plant = tenants.found(actor=system, code="plant-1", name_zh="一厂")
    secrets = {}
    for name, role in (("zhang", Role.CARBON_MANAGER), ("li", Role.ADMINISTRATOR), ("wang", Role.WEIGHER)):
        user = User.objects.create_user(name, password="a long enough password")
        Grant.objects.create(user=user, plant=plant, role=role, since=timezone.now(), granted_by=system.uid)
        secrets[name] = generate_totp_secret()
        TOTP.activate(user, secrets[name])
    with scope([plant.pk]):
        for number in range(4):
            attachments.store([b"a,%d\\n" % number], plant=plant.pk, name=f"{number}.csv", actor=system)
    sequencer.sequence(plant.pk)
    note = Checkpoint.objects.latest("id").note
    with connection.cursor() as cursor:  # what a backup of an earlier moment leaves
        for table in ("record_log_entry", "record_attachment"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM record_log_entry WHERE index >= 3")
        cursor.execute("DELETE FROM record_attachment WHERE log_index >= 3")
        cursor.execute("DELETE FROM record_checkpoint")
        cursor.execute("UPDATE record_plant SET next_index = 3")
        for table in ("record_log_entry", "record_attachment"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    print(json.dumps({"note": note, "secrets": secrets}))
    connections.close_all()
"""


@dataclass
class SetBack:
    """A data folder whose database lies behind its log."""

    data: Path
    note: Path
    secrets: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return tanheng(self.data, "-m", "tanheng", "log", *words)

    def begin(self, *names: str, password: str = PASSWORD, sure: str = "y") -> subprocess.CompletedProcess[str]:
        words = ("--checkpoint", str(self.note), "--missing", "entries 3 and 4", "--reason", "disk lost")
        command = [sys.executable, "-m", "tanheng", "log", "epoch", "begin", "plant-1", *words, "--data", str(self.data)]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, env=variables(self.data)
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            limit = threading.Timer(LIMIT, process.kill)
            limit.daemon = True
            limit.start()
            seen = b""
            for later, name in enumerate(names):
                _write(process.stdin, f"{name}\n{password}\n")
                while seen.count(b"Code of the second factor") <= later and (more := os.read(process.stderr.fileno(), 4096)):
                    seen += more
                _write(process.stdin, f"{self.code(name, later)}\n")  # when it is asked for: it does not last
            _write(process.stdin, f"{sure}\n")
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            said, seen = process.stdout.read(), seen + process.stderr.read()
            limit.cancel()
        return subprocess.CompletedProcess(command, process.returncode, said.decode(), seen.decode())

    def code(self, name: str, later: int) -> str:
        """Return the code of this half minute, or of the next one: a code is good once, and for a little while."""
        return totp(self.secrets[name], int(time.time()) // 30 + later)


def totp(secret: str, counter: int) -> str:
    """Return the code of a counter (RFC 6238 over RFC 4226 §5.3: SHA-1, six digits)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def tanheng(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python without a terminal."""
    return finished([sys.executable, *words], stdin=subprocess.DEVNULL, start_new_session=True, env=variables(data))


def variables(data: Path) -> dict[str, str]:
    return environment(TANHENG_DATA=str(data), PYTHONWARNINGS="ignore")


def _write(pipe: IO[bytes], text: str) -> None:
    """Write to a program that may have ended already."""
    with contextlib.suppress(BrokenPipeError):
        pipe.write(text.encode())
        pipe.flush()


@pytest.fixture(scope="module")
def set_back() -> Iterator[SetBack]:
    with tempfile.TemporaryDirectory(prefix="tanheng-epoch-") as name:
        Path(name).chmod(0o711)
        data, note = Path(name) / "data", Path(name) / "witness.txt"
        made = tanheng(data, "-c", PREPARE)
        assert made.returncode == 0, made.stderr
        told = json.loads(made.stdout)
        note.write_text(told["note"])
        yield SetBack(data, note, told["secrets"])


@pytest.mark.parametrize(
    ("names", "changes", "reason"),
    [
        (("zhang", "zhang"), {}, "one person"),
        (("zhang", "wang"), {}, "record.begin_epoch"),
        (("zhang", "li"), {"password": "another long password"}, "is wrong"),
        (("zhang", "li"), {"sure": "n"}, ""),
    ],
)
def test_one_person_a_wrong_role_and_a_wrong_password_are_not_enough(
    set_back: SetBack, names: tuple[str, str], changes: dict[str, str], reason: str
) -> None:
    done = set_back.begin(*names, **changes)
    assert done.returncode == 1, done.stdout + done.stderr
    assert reason in done.stderr
    assert "/log/1\n" in set_back.run("epoch", "show", "--data", str(set_back.data)).stdout


def test_two_persons_begin_it_and_the_log_goes_on_under_its_new_name(set_back: SetBack) -> None:
    done = set_back.begin("zhang", "li")
    assert done.returncode == 0, done.stderr
    assert "has published 5 entries" in done.stdout
    assert "the last index in the database is 2" in done.stdout
    assert "/log/2+" in done.stdout.splitlines()[-1]
    shown = set_back.run("epoch", "show", "--data", str(set_back.data)).stdout
    assert "/log/2\n" in shown
    assert set_back.run("fsck", "--data", str(set_back.data)).returncode == 0
    again = set_back.begin("zhang", "li")
    assert again.returncode == 1  # the checkpoint is of the epoch that has ended
