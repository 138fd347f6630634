"""The platform as its processes: started by its own command, in a data folder of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanheng.simulator.servers.port import free_port


class Platform:
    """One ``tanheng serve`` over one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = 0
        self.link = ""
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> None:
        """Start it and wait for the address it prints."""
        self.port = free_port()
        command = [
            sys.executable,
            "-m",
            "tanheng",
            "serve",
            "--http",
            "--data",
            str(self.data),
            "--port",
            str(self.port),
            *options,
        ]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("TANHENG", "DJANGO"))}
        self._log = (self.data.parent / "log").open("ab")
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self._log, text=True, env={**environment, "LC_ALL": "en_US.UTF-8"}
        )
        assert self._process.stdout is not None
        self.said = []
        for line in self._process.stdout:
            self.said.append(line.rstrip())
            self.link = (re.search(r"/join/\S+", line) or [self.link])[0]
            if "Ctrl-C" in line:
                return
        raise AssertionError((self.data.parent / "log").read_text()[-2000:])

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it and return its exit code."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.send_signal(number)
        code = self._process.wait(60)
        self._process.stdout.close()
        self._log.close()
        return code

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
