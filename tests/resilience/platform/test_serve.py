"""``tanheng serve``: starts, starts again, comes back after every kill, and ends cleanly."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import time
from pathlib import Path
from typing import Any

import pytest

from tests.resilience.platform.processes import tanheng

EXAMPLE = Path(__file__).parents[3] / "examples" / "hubei-5000tpd"


@pytest.mark.kill
def test_it_starts_twice_in_a_row_and_after_the_kill_of_each_process(served: Any) -> None:
    served.start("--demo", str(EXAMPLE))
    assert served.link
    assert served.stop() == 0
    assert not (served.data / "postgres" / "server" / "postmaster.pid").exists()
    served.start("--demo", str(EXAMPLE))
    for name in ("web", "worker", "database"):
        before = served.children()[name]
        os.kill(before, signal.SIGKILL)
        deadline = time.monotonic() + 90
        while served.children().get(name) in (None, before):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        served.wait_healthy()
    os.kill(served.process_id, signal.SIGKILL)
    served.stop(signal.SIGKILL)
    served.start()
    assert served.ask("GET", "/healthz")[0] == 200
    assert served.stop(signal.SIGTERM) == 0


@pytest.mark.kill
def test_no_process_outlives_a_killed_command(served: Any) -> None:
    served.start()
    children = served.children()
    assert set(children) == {"web", "worker", "database"}
    served.stop(signal.SIGKILL)
    deadline = time.monotonic() + 90
    while any(Path(f"/proc/{child}").exists() for child in children.values()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", served.port))


def test_https_is_trusted_by_whoever_has_the_authority(served: Any) -> None:
    from tanheng.platform.folder import DataFolder
    from tanheng.platform.operation.serving import Serving

    served.start(plain=False)
    address = ("127.0.0.1", served.port)
    authority = DataFolder(served.data).tls / "ca.crt"
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(address, timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        secure.sendall(b"GET /ca.crt HTTP/1.0\r\nHost: localhost\r\n\r\n")
        answer = b""
        while block := secure.recv(65536):
            answer += block
    assert answer.endswith(authority.read_bytes())
    with pytest.raises(ssl.SSLError), socket.create_connection(address, timeout=20) as plain:
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
    assert served.stop() == 0
    assert "".join(served.said).count(":") > 31  # the fingerprint
    assert Serving(host="127.0.0.1", port=served.port).scheme == "https"


def test_a_taken_port_is_named_before_anything_is_started(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
        done = tanheng("serve", "--http", "--data", str(place / "data"), "--port", port)
    assert done.returncode == 1
    assert port in done.stderr
    assert not (place / "data" / "postgres").exists()


def test_plain_http_for_everybody_is_refused(place: Path) -> None:
    done = tanheng("serve", "--http", "--host", "0.0.0.0", "--data", str(place / "data"))  # noqa: S104
    assert done.returncode == 1
    assert "--behind-proxy" in done.stderr


@pytest.mark.parametrize("command", ["serve", "link", "web", "worker", "migrate", "backup", "restore", "upgrade"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = tanheng(command, "--help")
    assert done.returncode == 0
    assert f"tanheng {command}" in done.stdout.replace("\n", " ")


def test_web_and_worker_refuse_a_database_that_is_not_ready(place: Path) -> None:
    data = str(place / "data")
    assert tanheng("migrate", "--check", "--data", data).returncode == 1
    done = tanheng("web", "--http", "--data", data)
    assert done.returncode != 0


def test_a_backup_restores_elsewhere_with_the_same_root(served: Any, place: Path) -> None:
    served.start("--demo", str(EXAMPLE))
    deadline = time.monotonic() + 90
    while not list((served.data / "log").rglob("checkpoint")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    archive = place / "backup.tar"
    made = tanheng("backup", str(archive), "--data", str(served.data))
    assert made.returncode == 0, made.stderr
    root = made.stdout.split()[-1]
    assert len(root) == 64
    assert tanheng("backup", str(archive), "--data", str(served.data)).returncode == 1
    assert tanheng("restore", str(archive), "--replace", "--data", str(served.data)).returncode == 1
    served.stop()
    done = tanheng("restore", str(archive), "--data", str(place / "second"))
    assert done.returncode == 0, done.stderr
    assert root in done.stdout
    assert not list((place / "second" / "keys").iterdir())
    refused = tanheng("restore", str(archive), "--data", str(place / "second"))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    replaced = tanheng("restore", str(archive), "--replace", "--data", str(place / "second"))
    assert replaced.returncode == 0, replaced.stderr
    assert list((place / "second").glob("before-restore-*"))
    assert tanheng("upgrade", "--data", str(place / "second")).returncode == 0


@pytest.mark.parametrize("place_in_file", [0.1, 0.5, 0.9])
def test_a_damaged_archive_changes_nothing(served: Any, place: Path, place_in_file: float) -> None:
    served.start("--demo", str(EXAMPLE))
    archive = place / "backup.tar"
    assert tanheng("backup", str(archive), "--data", str(served.data)).returncode == 0
    served.stop()
    data = bytearray(archive.read_bytes())
    at = int(len(data.rstrip(b"\0")) * place_in_file)
    data[at] ^= 1
    archive.write_bytes(data)
    done = tanheng("restore", str(archive), "--replace", "--data", str(served.data))
    assert done.returncode == 1, done.stdout
    assert not list(served.data.glob("before-restore-*"))
    served.start()
    assert served.ask("GET", "/healthz")[0] == 200
