"""The embedded database: closed without a password, whole after every kill, no folder outside its own touched."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tanheng.platform.database.access import ServerLock, answers, reachable
from tanheng.platform.database.configuration import Login, address
from tanheng.platform.database.embedded import EmbeddedServer, end_orphan
from tanheng.platform.errors import DatabaseError
from tanheng.platform.folder import DataFolder
from tests.integration.platform.beside import LIMIT, run_together, wait_for


@pytest.fixture(scope="module")
def top() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tanheng-db-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def server(top: Path) -> Iterator[EmbeddedServer]:
    made = EmbeddedServer(DataFolder(top / "data"))
    made.start()
    yield made
    made.stop()


def connect(folder: DataFolder, login: Login = Login.APP, **changes: object) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(**{**address(folder, login).psycopg(), **changes})


def test_files_that_are_not_made_in_time_are_told_with_the_time_and_the_cure() -> None:
    with tempfile.TemporaryDirectory(prefix="tanheng-slow-") as name:
        Path(name).chmod(0o711)
        server = EmbeddedServer(DataFolder(Path(name) / "data"), making=0.001)
        with pytest.raises(DatabaseError) as caught:
            server.start()
    assert caught.value.code == "platform.database.initdb_slow"
    for lang in ("zh", "en"):
        assert "0.001" in caught.value.text(lang)
        assert "postgres" in caught.value.text(lang)  # the folder
        assert "--pgdata" not in caught.value.text(lang)


def test_both_logins_work_with_their_passwords(server: EmbeddedServer) -> None:
    for login in (Login.APP, Login.OWNER):
        with connect(server.folder, login) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (login.role,)


def test_a_connection_without_or_with_a_wrong_password_is_refused(server: EmbeddedServer) -> None:
    for password in ("", "wrong", "tanheng"):
        for login in Login:
            with pytest.raises(psycopg.OperationalError):
                connect(server.folder, login, password=password)


def test_nobody_is_trusted_and_passwords_are_scram(server: EmbeddedServer) -> None:
    with connect(server.folder, Login.SUPERUSER, dbname="postgres") as connection:
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        kinds = connection.execute("SELECT DISTINCT left(rolpassword, 13) FROM pg_authid WHERE rolcanlogin").fetchall()
    assert methods == [("scram-sha-256",)]
    assert kinds == [("SCRAM-SHA-256",)]


def test_the_app_may_make_nothing(server: EmbeddedServer) -> None:
    with connect(server.folder) as connection:
        columns = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        flags = f"SELECT {columns} FROM pg_roles WHERE rolname = current_user"  # noqa: S608
        assert connection.execute(flags).fetchone() == (False,) * 5
    for statement in ("CREATE TABLE t (a int)", "CREATE ROLE r", "CREATE DATABASE d", "ALTER ROLE tanheng_app BYPASSRLS"):
        with connect(server.folder, autocommit=True) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_nothing_listens_on_tcp(server: EmbeddedServer) -> None:
    with connect(server.folder, Login.SUPERUSER, dbname="postgres") as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_folders_are_private_and_secrets_too(server: EmbeddedServer) -> None:
    for path in (server.cluster, server.socket, server.logs, server.folder.secrets):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in server.folder.secrets.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not (server.folder.postgres / ".password").exists()


def test_as_root_it_runs_as_a_user_of_its_own(server: EmbeddedServer) -> None:
    assert server.process_id is not None
    owner = Path(f"/proc/{server.process_id}").stat().st_uid
    assert owner != 0
    assert owner == (server.cluster.stat().st_uid)


def test_the_locale_does_not_depend_on_the_machine(server: EmbeddedServer) -> None:
    with connect(server.folder) as connection:
        row = connection.execute("SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'tanheng'").fetchone()
    assert row == ("b", "C.UTF-8")


def test_a_killed_server_comes_back_with_what_was_committed(server: EmbeddedServer) -> None:
    with connect(server.folder, Login.OWNER) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    before = server.process_id
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: server.process_id not in (None, before) and answers(server.folder), "another server answers")
    with connect(server.folder, Login.OWNER) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_a_server_that_hears_nothing_is_killed_in_the_end_and_keeps_what_was_committed(top: Path) -> None:
    """A process that is stopped (SIGSTOP) takes no signal but the last."""
    made = EmbeddedServer(DataFolder(top / "deaf"))
    made.start()
    with connect(made.folder, Login.OWNER) as connection:
        connection.execute("CREATE TABLE kept (a int)")
    process = made.process_id
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    made.stop(patience=0.5, quick=0.5)
    assert made.process_id is None
    assert not Path(f"/proc/{process}").exists()
    with reachable(made.folder), connect(made.folder, Login.OWNER) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_an_orphan_that_hears_nothing_is_killed_before_a_new_server_starts(top: Path) -> None:
    made = EmbeddedServer(DataFolder(top / "orphan-deaf"))
    made.start()
    process = made.process_id
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    end_orphan(made.cluster, patience=0.2)
    wait_for(lambda: made.process_id not in (None, process) and answers(made.folder), "its supervisor starts another")
    made.stop()


def test_a_server_that_lets_nobody_in_is_given_up(top: Path) -> None:
    """It runs and answers nobody: the file that says who may connect names a database that there is not."""
    rules = top / "rules.conf"
    rules.write_text("local nothing nobody reject\n")
    rules.chmod(0o644)
    made = EmbeddedServer(DataFolder(top / "closed"), {"hba_file": str(rules)}, silent=1)
    with pytest.raises(DatabaseError) as refused:
        made.start()
    assert refused.value.code == "platform.database.start"
    assert made.process_id is None


def test_a_killed_backend_ends_only_for_a_moment(server: EmbeddedServer) -> None:
    with connect(server.folder) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGKILL)
        wait_for(lambda: answers(server.folder), "the server answers")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_nothing_outside_the_data_folder_changed_its_mode(tmp_path_factory: pytest.TempPathFactory) -> None:
    with tempfile.TemporaryDirectory(prefix="tanheng-modes-") as name:
        top = Path(name)
        top.chmod(0o711)
        (top / "beside").mkdir(mode=0o750)
        before = {path: path.stat().st_mode for path in (*top.parents, top, top / "beside")}
        server = EmbeddedServer(DataFolder(top / "data"))
        server.start()
        server.stop()
        assert {path: path.stat().st_mode for path in before} == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_folder_that_the_server_user_cannot_pass_is_refused_and_left_alone() -> None:
    with tempfile.TemporaryDirectory(prefix="tanheng-closed-") as name:
        Path(name).chmod(0o700)
        with pytest.raises(DatabaseError) as refused:
            EmbeddedServer(DataFolder(Path(name) / "data")).start()
        assert refused.value.code == "platform.database.passage"
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o700


def test_a_path_too_long_for_a_socket_is_refused(top: Path) -> None:
    with pytest.raises(DatabaseError) as refused:
        EmbeddedServer(DataFolder(top / ("x" * 100))).start()
    assert refused.value.code == "platform.database.socket_path"


def test_a_pid_file_that_names_somebody_else_is_removed(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n")
    end_orphan(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_a_cluster_of_another_version_is_refused(top: Path) -> None:
    folder = DataFolder(top / "old")
    server = EmbeddedServer(folder)
    server.start()
    server.stop()
    (server.cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseError) as refused:
        EmbeddedServer(folder).start()
    assert refused.value.code == "platform.database.version"


def test_a_half_made_cluster_is_made_again(top: Path) -> None:
    folder = DataFolder(top / "half")
    server = EmbeddedServer(folder)
    folder.prepare()
    draft = folder.postgres / ".draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    server.start()
    assert answers(folder)
    server.stop()


def test_only_one_process_has_the_lock(server: EmbeddedServer) -> None:
    first, second = ServerLock(server.folder), ServerLock(server.folder)
    assert first.try_take()
    assert not second.try_take()
    assert second.holder() == str(os.getpid())
    with pytest.raises(DatabaseError):
        second.take(patience=0.1)
    first.release()
    assert second.try_take()
    second.release()


def test_a_command_uses_the_running_server_and_leaves_it(server: EmbeddedServer) -> None:
    before = server.process_id
    with reachable(server.folder):
        assert answers(server.folder)
    assert server.process_id == before


def test_a_command_starts_a_server_for_its_own_duration(top: Path) -> None:
    folder = DataFolder(top / "command")
    with reachable(folder):
        assert answers(folder)
    assert not answers(folder)


def test_a_command_that_started_the_server_waits_for_its_guests(top: Path) -> None:
    folder = DataFolder(top / "guests")
    started, leave, seen = threading.Event(), threading.Event(), []

    def host() -> None:
        with reachable(folder):
            started.set()
            assert leave.wait(LIMIT), "no guest came"

    def guest() -> None:
        assert started.wait(LIMIT), "the server did not start"
        with reachable(folder):
            leave.set()
            time.sleep(0.5)
            seen.append(answers(folder))

    run_together(host, guest)
    assert seen == [True]


ORPHAN = """
import sys, pathlib
from tanheng.platform.database.access import ServerLock
from tanheng.platform.database.embedded import EmbeddedServer
from tanheng.platform.folder import DataFolder
folder = DataFolder(pathlib.Path(sys.argv[1]))
assert ServerLock(folder).try_take()
server = EmbeddedServer(folder)
server.start()
print(server.process_id, flush=True)
import time
time.sleep(60)
"""


def test_the_server_ends_with_a_killed_parent_and_starts_again(top: Path) -> None:
    folder = DataFolder(top / "orphan")
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN, str(folder.root)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    limit = threading.Timer(LIMIT, parent.kill)
    limit.start()
    told = parent.stdout.readline()
    limit.cancel()
    parent.kill()
    parent.wait(LIMIT)
    parent.stdout.close()
    assert told, "the server did not start"
    child = int(told)
    wait_for(lambda: not Path(f"/proc/{child}").exists(), "the server ends with its parent")
    with reachable(folder):
        assert answers(folder)
