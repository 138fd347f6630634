"""``tanheng serve``: database, web and worker of one machine, started in order, kept alive, ended in order."""

from __future__ import annotations

import datetime
import errno
import functools
import ipaddress
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tanheng.platform.database.access import ServerLock
from tanheng.platform.database.binaries import SYSTEM_USER, ServerUser
from tanheng.platform.database.configuration import LOGIN, Login, is_external
from tanheng.platform.database.embedded import EmbeddedServer
from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import certificates, logs, service_user, setup
from tanheng.platform.operation.certificates import ServerCertificate
from tanheng.platform.operation.daily_backup import DailyBackup
from tanheng.platform.operation.ending import Ending
from tanheng.platform.operation.supervision import Child

_log = logging.getLogger(__name__)

HOPELESS = 6
SILENT = 600.0  # s without an answer of the web process, and starting is given up
SERVED = "TANHENG_SERVED"
"""Tells a worker that ``tanheng serve`` runs it, and makes the daily backup."""
LINK_COMMAND = "TANHENG_LINK_COMMAND"
"""Tells the web process of a demonstration what prints a new one-time link."""
_LOW_PORTS = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
CHECK_CERTIFICATE_EVERY = 3600.0


@dataclass(frozen=True, slots=True)
class Serving:
    """How the platform is reached.

    Parameters
    ----------
    plain : bool
        HTTP, on this machine alone.
    behind_proxy : bool
        HTTP to a proxy of the plant's own, which speaks HTTPS and says so in ``X-Forwarded-Proto`` and ``X-Forwarded-For``.
    names : tuple of str
        Further names under which browsers reach it.
    link_command : str
        Of a demonstration: what prints a new one-time link; the page for logging in names it while nobody administers.
    """

    host: str = "0.0.0.0"  # noqa: S104  # a server is reached from the plant's network
    port: int = 8443
    plain: bool = False
    behind_proxy: bool = False
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()
    threads: int = 16
    link_command: str = ""

    def refuse_open_http(self) -> None:
        """Refuse plain HTTP on an address that others reach.

        Raises
        ------
        ServingError
        """
        if self.plain and not _is_loopback(self.host):
            raise ServingError("platform.serving.http", host=self.host)

    @property
    def scheme(self) -> str:
        """Scheme that browsers see."""
        return "http" if self.plain else "https"

    @property
    def shown(self) -> str:
        """Address that is printed."""
        unspecified = self.host in ("0.0.0.0", "::")  # noqa: S104  # compared, not bound
        host = (self.names[0] if self.names else socket.gethostname()) if unspecified else self.host
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Started:
    """What a person needs to know of a platform that has started."""

    address: str
    fingerprint: str | None
    first_link: str | None
    renew: Callable[[], bool]
    """Renews the server certificate when its end is near, and has the web process take it; tells whether it did."""
    log: Path | None = None
    """File of the log; None for standard error."""
    link_command: str = ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def running(
    folder: DataFolder,
    serving: Serving,
    prepare: Callable[[], object] | None = None,
    tell: Callable[[str], None] = lambda _step: None,
    *,
    ending: Ending,
) -> Iterator[Started]:
    """Run the platform for the duration of the block.

    Parameters
    ----------
    prepare : callable, optional
        Called with Django ready as the owner, before anybody can connect: the demonstration's data.
    tell : callable, optional
        Told each step when it begins: tables, example, web.
    ending : Ending
        Told before the web process answers, it is not waited for: the block is entered, and left at once.
    """
    serving.refuse_open_http()
    _refuse_taken_port(serving)
    user = service_user.chosen(level=logging.INFO if serving.link_command else logging.WARNING)
    _refuse_low_port(serving, user)
    lock = ServerLock(folder)
    lock.take()
    server = None if is_external() else EmbeddedServer(folder)
    children: list[Child] = []
    daily = DailyBackup(folder, since=folder.founded_at())
    try:
        if server is not None:
            server.start()
        first = _prepare_database(prepare, tell)
        certificate = service_user.readable(folder, _certificate(folder, serving), user)
        environment = _environment(serving, certificate)
        service_user.hand_over(folder, user)
        folder.note_address(serving.shown)
        tell("web")
        children = _children(serving, certificate, environment, user)
        for child in children:
            child.start()
        _wait_until_it_answers(serving, certificate, children, ending)
        daily.start()
        link = f"{serving.shown}/join/{first}" if first else None
        renew = functools.partial(_renew, folder, serving, children, user)
        fingerprint = certificate.fingerprint if certificate else None
        yield Started(serving.shown, fingerprint, link, renew, logs.file_of_the_log(), serving.link_command)
    finally:
        if daily.ident is not None:
            daily.stop()
        _stop_all(children)
        if server is not None:
            server.stop()
        lock.release()


def run(
    folder: DataFolder,
    serving: Serving,
    announce: Callable[[Started], None],
    prepare: Callable[[], object] | None,
    tell: Callable[[str], None] = lambda _step: None,
) -> None:
    """Run the platform until SIGINT or SIGTERM."""
    ending = Ending()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ending.tell)
    with running(folder, serving, prepare, tell, ending=ending) as started:
        if not ending.is_told:
            announce(started)
        while not ending.within(CHECK_CERTIFICATE_EVERY):
            started.renew()


def _prepare_database(prepare: Callable[[], object] | None, tell: Callable[[str], None]) -> str | None:
    """Migrate a new database, refuse an old one, and return the secret of the first administrator's link."""
    setup.prepare_django(Login.OWNER)
    from django.core.management import call_command
    from django.db import connection, connections

    from tanheng.platform.accounts.services import first_administrator_link
    from tanheng.platform.database import schema
    from tanheng.platform.database.scope import scope

    if not connection.introspection.table_names():
        _log.info("making the tables")
        tell("tables")
        schema.migrate()
    schema.require_current()
    call_command("collectstatic", interactive=False, verbosity=0)
    if prepare is not None:
        tell("example")
        prepare()
    with scope([]):
        fresh = first_administrator_link()
    connections.close_all()
    return fresh.secret if fresh is not None else None


def _certificate(folder: DataFolder, serving: Serving) -> ServerCertificate | None:
    if serving.plain or serving.behind_proxy:
        return None
    now = datetime.datetime.now(tz=datetime.UTC)
    if serving.certificate is not None and serving.key is not None:
        return certificates.own(serving.certificate, serving.key, now=now)
    return certificates.ensure(folder, certificates.local_names(serving.names), now=now)


def _renew(folder: DataFolder, serving: Serving, children: list[Child], user: ServerUser) -> bool:
    before = _certificate_bytes(folder)
    service_user.readable(folder, _certificate(folder, serving), user)
    if _certificate_bytes(folder) == before:
        return False
    service_user.hand_over(folder, user)
    for child in children:
        if child.name == "web":
            child.restart()
    _log.info("server certificate renewed")
    return True


def _certificate_bytes(folder: DataFolder) -> bytes:
    path = folder.tls / "server.crt"
    return path.read_bytes() if path.exists() else b""


def _environment(serving: Serving, certificate: ServerCertificate | None) -> Mapping[str, str]:
    hosts = [f"[{name}]" if ":" in name else name for name in certificates.local_names(serving.names)]
    return {
        **os.environ,
        LOGIN: Login.APP,
        SERVED: "1",
        "TANHENG_HOSTS": os.environ.get("TANHENG_HOSTS") or ",".join(dict.fromkeys([*hosts, serving.host])),
        "TANHENG_SCHEME": "http" if certificate is None and not serving.behind_proxy else "https",
        "TANHENG_PROXY": "1" if serving.behind_proxy else "0",
        LINK_COMMAND: serving.link_command,
    }


def _children(
    serving: Serving, certificate: ServerCertificate | None, environment: Mapping[str, str], user: ServerUser
) -> list[Child]:
    start = [sys.executable, "-m", "tanheng"]
    web = ["web", "--host", serving.host, "--port", str(serving.port), "--threads", str(serving.threads)]
    if certificate is not None:
        web += ["--tls-cert", str(certificate.certificate), "--tls-key", str(certificate.key)]
    else:
        web += ["--behind-proxy"] if serving.behind_proxy else ["--http"]
    return [Child("web", [*start, *web], environment, user), Child("worker", [*start, "worker"], environment, user)]


def _refuse_low_port(serving: Serving, user: ServerUser) -> None:
    """Refuse a port that only root may open, when the web process is not root's."""
    if user.drop and serving.port < int(_LOW_PORTS.read_text(encoding="ascii")):
        raise ServingError("platform.serving.low_port", port=serving.port, user=SYSTEM_USER)


def _refuse_taken_port(serving: Serving) -> None:
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((serving.host, serving.port))
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) == errno.EADDRINUSE:
                raise ServingError("platform.serving.port_taken", port=serving.port) from error
            raise ServingError("platform.serving.port", port=serving.port, reason=error) from error


def _wait_until_it_answers(
    serving: Serving, certificate: ServerCertificate | None, children: list[Child], ending: Ending
) -> None:
    import ssl

    unspecified = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared, not bound
    host = unspecified.get(serving.host, serving.host)
    scheme = "https" if certificate is not None else "http"
    request = urllib.request.Request(  # noqa: S310  # our own address
        f"{scheme}://{f'[{host}]' if ':' in host else host}:{serving.port}/healthz", headers={"Host": "localhost"}
    )
    context = None
    if certificate is not None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # our own process on our own port
    deadline = time.monotonic() + SILENT
    while not ending.is_told:
        for child in children:
            if child.deaths >= HOPELESS:
                raise ServingError("platform.serving.child", name=child.name, code=child.deaths)
        if time.monotonic() > deadline:
            raise ServingError("platform.serving.silent", seconds=round(SILENT))
        try:
            with urllib.request.urlopen(request, timeout=5, context=context) as answer:  # noqa: S310  # our own address
                json.load(answer)
                return
        except (OSError, ValueError):
            time.sleep(0.1)


def _stop_all(children: list[Child]) -> None:
    """Stop web and worker at once; each has its own patience."""
    threads = [threading.Thread(target=child.stop) for child in children]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
