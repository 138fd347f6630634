"""The web process: granian with threads around the WSGI application."""

from __future__ import annotations

import ctypes
import os
import signal
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
PARENT = "TANHENG_WEB_PARENT"

# What granian itself says: faults, into our log as all else. What was asked and answered, our middleware says.
_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "level": "ERROR", "propagate": True}},
}


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the web process listens.

    Parameters
    ----------
    certificate, key : Path or None
        PEM files for HTTPS; None for plain HTTP on this machine or behind a proxy.
    threads : int
        Requests answered at once by one process.
    """

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    threads: int = 16
    processes: int = 1


def run(listening: Listening) -> None:
    """Answer requests until told to stop."""
    os.environ[PARENT] = str(os.getpid())
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    Granian(
        "tanheng.platform.operation.web:application",
        address=listening.host,
        port=listening.port,
        interface=Interfaces.WSGI,
        workers=listening.processes,
        blocking_threads=listening.threads,
        backpressure=max(64, 4 * listening.threads),
        websockets=False,
        http1_settings=HTTP1Settings(max_buffer_size=1 << 20),
        log_access=False,
        log_level=LogLevels.error,
        log_dictconfig=_LOGGING,
        ssl_cert=listening.certificate,
        ssl_key=listening.key,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        factory=True,
    ).serve()


def application() -> object:
    """Return the WSGI application, in granian's own child process, which from now on ends with its parent."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # the parent's handlers came with the fork, and would swallow them here
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if str(os.getppid()) != os.environ.get(PARENT):
        os._exit(1)
    from tanheng.platform.operation import logs

    logs.configure()
    from tanheng.platform.wsgi import application as wsgi

    return wsgi
