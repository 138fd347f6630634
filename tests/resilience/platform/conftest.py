"""The platform as its processes: started by its own command, in a data folder of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanheng.simulator.servers.port import free_port
from tests.resilience.platform.processes import LIMIT, aborted, environment


class Platform:
    """One ``tanheng serve`` over one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = 0
        self.link = ""
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self, *options: str, plain: bool = True) -> None:
        """Start it, over HTTP or HTTPS, and wait for the address it prints."""
        self.port = free_port()
        command = [
            sys.executable,
            "-m",
            "tanheng",
            "serve",
            *(("--http",) if plain else ("--host", "127.0.0.1")),
            "--data",
            str(self.data),
            "--port",
            str(self.port),
            *options,
        ]
        self._log = (self.data.parent / "log").open("ab")
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True, env=environment())
        self.said = []
        limit = threading.Timer(LIMIT, aborted, [self._process])  # what it started ends with it, and so do its lines
        limit.start()
        try:
            is_ready = self._listen(self._process)
        finally:
            limit.cancel()
        if not is_ready:
            code = self._process.wait(LIMIT)
            raise AssertionError(f"it did not start ({code}):\n" + (self.data.parent / "log").read_text()[-6000:])

    def _listen(self, process: subprocess.Popen[str]) -> bool:
        """Read what it says until it is ready; tell whether it is."""
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line.rstrip())
            self.link = (re.search(r"/join/\S+", line) or [self.link])[0]
            if "Ctrl-C" in line:
                return True
        return False

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it and return its exit code."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.send_signal(number)
        try:
            return self._process.wait(60)
        except subprocess.TimeoutExpired:
            aborted(self._process)
            self._process.wait(60)
            raise AssertionError("it did not end:\n" + (self.data.parent / "log").read_text()[-6000:]) from None
        finally:
            self._process.stdout.close()
            self._log.close()

    @property
    def running(self) -> bool:
        """Whether the command runs."""
        return self._process is not None and self._process.poll() is None

    def children(self) -> dict[str, int]:
        """Return the process ids of database, web and worker."""
        assert self._process is not None
        found: dict[str, int] = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, IndexError):
                if not entry.name.isdigit():
                    continue
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent != self._process.pid:
                    continue
                name = "database" if words[0].endswith(b"postgres") else words[3].decode()
                found[name] = int(entry.name)
        return found

    @property
    def process_id(self) -> int:
        """Process id of the command."""
        assert self._process is not None
        return self._process.pid

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Send one request; a broken connection raises OSError or HTTPException."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            data = json.dumps(body) if body is not None else None
            connection.request(method, path, data, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text
        finally:
            connection.close()

    def wait_healthy(self, seconds: float = 120) -> None:
        """Wait until the platform answers that it can work."""
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            assert time.monotonic() < deadline, (self.data.parent / "log").read_text()[-2000:]
            time.sleep(0.05)


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a folder that the database's own user may pass."""
    with tempfile.TemporaryDirectory(prefix="tanheng-run-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def served(place: Path) -> Iterator[Platform]:
    """Return a platform that is ended after the test."""
    made = Platform(place / "data")
    yield made
    if made.running:
        made.stop()
