"""A database of the plant's own: another version of PostgreSQL, over TCP, with logins that its administrator made."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tanheng.platform.database.binaries import ServerUser, programs
from tanheng.platform.database.launcher import launched
from tanheng.simulator.servers.port import free_port
from tests.resilience.platform.processes import LIMIT, environment, finished

OLDER = programs().parents[1] / "pginstall" / "bin"
"""PostgreSQL 16, which the wheel carries beside 18."""

ROLES = """
CREATE ROLE carbon_owner LOGIN PASSWORD 'owner-secret';
CREATE ROLE carbon_app LOGIN PASSWORD 'app-secret';
CREATE DATABASE carbon OWNER carbon_owner TEMPLATE template0 ENCODING 'UTF8';
"""

FOUND = """
import sys
from pathlib import Path
from tanheng.platform.database.access import reachable
from tanheng.platform.database.configuration import Login
from tanheng.platform.operation import setup
folder = setup.folder_of(Path(sys.argv[1]))
with reachable(folder):
    setup.prepare_django(Login.OWNER)
    from django.db import connections
    from tanheng.platform.database import schema
    from tanheng.platform.database.scope import scope
    from tanheng.platform.record import attachments, sequencer, tenants
    from tanheng.platform.record.actor import Actor
    schema.migrate()
    with scope([]):
        plant = tenants.found(actor=Actor.system("tests"), code="moved", name_zh="一厂")
    with scope([plant.pk]):
        attachments.store([b"a,b\\n"], plant=plant.pk, name="a.csv", actor=Actor.system("tests"))
    sequencer.sequence(plant.pk)
    connections.close_all()
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Yield the port of a server that asks for passwords."""
    import tempfile

    user = ServerUser.current()
    with tempfile.TemporaryDirectory(prefix="tanheng-outside-") as name:
        chosen = free_port()
        top = Path(name)
        top.chmod(0o711)
        home = top / "home"
        home.mkdir()
        user.own(home, 0o700)
        password = home / "password"
        password.write_text("super-secret")
        user.own(password, 0o600)
        plain = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        make = [
            str(OLDER / "initdb"),
            "-D",
            str(home / "data"),
            "-U",
            "super",
            "--pwfile",
            str(password),
            "-A",
            "scram-sha-256",
        ]
        made = launched([*make, "-E", "UTF8"], ends_by=signal.SIGTERM, uid=user.uid, gid=user.gid)
        subprocess.run(made, check=True, capture_output=True, env=plain, cwd="/", timeout=LIMIT)
        words = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={chosen}", "-c", f"unix_socket_directories={home}"]
        serve = [str(OLDER / "postgres"), "-D", str(home / "data"), *words]
        begun = launched(serve, ends_by=signal.SIGINT, uid=user.uid, gid=user.gid)
        server = subprocess.Popen(begun, env=plain, cwd="/", stderr=subprocess.DEVNULL)
        try:
            _prepare(chosen)
            yield chosen
        finally:
            server.send_signal(signal.SIGINT)  # at once: SIGTERM waits until everybody has gone
            try:
                server.wait(60)
            finally:
                server.kill()


def _prepare(port: int) -> None:
    deadline = time.monotonic() + 60
    address = f"postgresql://super:super-secret@127.0.0.1:{port}/postgres"
    while True:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(address, autocommit=True) as connection:
            for statement in ROLES.strip().splitlines():
                connection.execute(statement.encode())
            return
        assert time.monotonic() < deadline
        time.sleep(0.1)


def tanheng(place: Path, port: int, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    urls = {
        "TANHENG_DATABASE_URL": f"postgresql://carbon_app:app-secret@127.0.0.1:{port}/carbon",
        "TANHENG_DATABASE_OWNER_URL": f"postgresql://carbon_owner:owner-secret@127.0.0.1:{port}/carbon",
    }
    given = environment(**{**urls, **changes})
    command = [sys.executable, "-m", "tanheng", *words, "--data", str(place / "data")]
    return finished(command, env=given)


def test_the_tables_are_made_there_and_the_app_is_held_to_its_scope(place: Path, port: int) -> None:
    made = tanheng(place, port, "migrate")
    assert made.returncode == 0, made.stderr[-2000:]
    assert tanheng(place, port, "migrate", "--check").returncode == 0
    assert not (place / "data" / "postgres").exists()
    with psycopg.connect(f"postgresql://carbon_app:app-secret@127.0.0.1:{port}/carbon", autocommit=True) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no scope is open"):
            app.execute("SELECT * FROM record_plant WHERE id = 1")
        with app.transaction():
            app.execute("SELECT set_config('tanheng.plants', '{1}', true)")
            assert app.execute("SELECT count(*) FROM record_plant").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("TRUNCATE record_log_entry")


def test_services_refuse_the_owner_as_their_login(place: Path, port: int) -> None:
    assert tanheng(place, port, "migrate").returncode == 0
    owner = f"postgresql://carbon_owner:owner-secret@127.0.0.1:{port}/carbon"
    refused = tanheng(place, port, "worker", TANHENG_DATABASE_URL=owner)
    assert refused.returncode == 1
    assert "carbon_owner" in refused.stderr
    assert "owner-secret" not in refused.stderr


def test_a_command_of_the_owner_needs_the_owners_address(place: Path, port: int) -> None:
    refused = tanheng(place, port, "migrate", TANHENG_DATABASE_OWNER_URL="")
    assert refused.returncode == 1
    assert "TANHENG_DATABASE_OWNER_URL" in refused.stderr


def test_a_backup_of_one_server_restores_into_an_empty_database_of_another(place: Path, port: int) -> None:
    embedded = {"TANHENG_DATABASE_URL": "", "TANHENG_DATABASE_OWNER_URL": ""}
    made = finished([sys.executable, "-c", FOUND, str(place / "data")], env=environment())
    assert made.returncode == 0, made.stderr[-2000:]
    archive = place / "backup.tar"
    saved = tanheng(place, port, "backup", str(archive), **embedded)
    assert saved.returncode == 0, saved.stderr[-2000:]
    (place / "outside").mkdir()
    with database(port, "moved") as urls:
        done = tanheng(place / "outside", port, "restore", str(archive), **urls)
        assert done.returncode == 0, done.stderr[-2000:]
        assert tanheng(place / "outside", port, "migrate", "--check", **urls).returncode == 0
        again = tanheng(place / "outside", port, "restore", str(archive), "--replace", **urls)
        assert again.returncode == 1
        assert "TEMPLATE template0" in again.stderr
        with psycopg.connect(urls["TANHENG_DATABASE_URL"], autocommit=True) as app, app.transaction():
            app.execute("SELECT set_config('tanheng.plants', '{}', true)")
            assert app.execute("SELECT count(*) FROM record_plant").fetchone() == (0,)
            app.execute("SELECT set_config('tanheng.plants', '{1}', true)")
            assert app.execute("SELECT code, next_index FROM record_plant").fetchall() == [("moved", 2)]


@contextlib.contextmanager
def database(port: int, name: str) -> Iterator[dict[str, str]]:
    """Make a further empty database, and yield how it is reached."""
    with psycopg.connect(f"postgresql://super:super-secret@127.0.0.1:{port}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER carbon_owner TEMPLATE template0 ENCODING 'UTF8'".encode())
    yield {
        "TANHENG_DATABASE_URL": f"postgresql://carbon_app:app-secret@127.0.0.1:{port}/{name}",
        "TANHENG_DATABASE_OWNER_URL": f"postgresql://carbon_owner:owner-secret@127.0.0.1:{port}/{name}",
    }
