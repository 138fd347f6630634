"""Keeping child processes alive: started with the request to end with us, started again with growing pauses, ended in order."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

from tanheng.platform.database import launcher
from tanheng.platform.database.binaries import ServerUser

_log = logging.getLogger(__name__)

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY = 30.0
AFTER_KILL = 30.0  # s that the kernel has to end what was killed


class Child:
    """One child process and the thread that watches it.

    Parameters
    ----------
    name : str
        For the log.
    command : sequence of str
        The first word is a path.
    environment : mapping
        Whole environment of the child.
    user : ServerUser
        Whom it runs as.
    """

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], user: ServerUser) -> None:
        self.name = name
        self._user = user
        self._command = list(command)
        self._environment = dict(environment)
        self._stopping = threading.Event()
        self._killing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name=name, daemon=True)
        self.deaths = 0

    def start(self) -> None:
        """Start the process; from now on it is kept alive."""
        self._thread.start()

    @property
    def process_id(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def restart(self) -> None:
        """End the process politely; its watcher starts it again at once."""
        self._signal(signal.SIGTERM)

    def stop(self, *, patience: float = 30.0) -> None:
        """End the process: politely, then by force, with all that it started."""
        self._stopping.set()
        if self._thread.ident is None:  # never started
            return
        self._signal(signal.SIGTERM)
        self._thread.join(patience)
        if self._thread.is_alive():
            _log.warning("process did not end, killing it", extra={"child": self.name})
            self._killing.set()  # one that is only now being started is killed by the thread itself
            if self._process is not None:  # the one that runs now, which may have been started a moment ago
                self._kill_group(self._process.pid)
            self._thread.join(AFTER_KILL)
        if self._thread.is_alive():
            _log.error("process does not end, not even killed", extra={"child": self.name, "process": self.process_id})

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _watch(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._lived()
            if self._stopping.is_set():
                return
            self.deaths += 1
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            told = {"child": self.name, "pause": pause}
            if isinstance(code, str):
                _log.warning("process not started, trying again", extra={**told, "reason": code})
            else:
                _log.warning("process ended, starting it again", extra={**told, "exit_code": code})
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _lived(self) -> int | str:
        """Start the process and wait for its end; return its exit code, or why it could not be started."""
        try:
            process = self._process = self._spawn()
        except OSError as error:  # no memory or no process left: a moment later there may be
            return str(error)
        if self._stopping.is_set():  # told to stop while it started: nobody has signalled this one
            process.send_signal(signal.SIGTERM)
        if self._killing.is_set():
            self._kill_group(process.pid)
        code = process.wait()
        self._kill_group(process.pid)  # a killed parent leaves its own children, who hold the port
        return code

    def _spawn(self) -> subprocess.Popen[bytes]:
        start = launcher.launched(self._command, ends_by=signal.SIGTERM, uid=self._user.uid, gid=self._user.gid)
        return subprocess.Popen(start, env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True)

    @staticmethod
    def _kill_group(group: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
