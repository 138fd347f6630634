"""A receiver that verifies every envelope and keeps it, with faults on demand; and a whole terminal beside it."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import io
import json
import socket
import sqlite3
import ssl
import sys
import threading
import time
import urllib.parse
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cbor2
import pytest

from tanheng.edge.clock import Clock
from tanheng.edge.configuration import parse
from tanheng.edge.orders import sign_order
from tanheng.edge.reading import EVENT_CHANNEL
from tanheng.edge.terminal import SPOOL_FILE, Terminal
from tanheng.trust import envelope
from tanheng.trust.keys import Algorithm, KeyRecord, Purpose, generate, record_of

NOW = 1_790_000_000_000


class Receiver:
    """Stores what verifies. ``mode`` says how it misbehaves: ok, busy (503), silent (the answer is lost), refuse, rubbish,
    endless (the answer never ends).

    With ``tls`` it speaks HTTPS; the context is the server's, with certificate and key. ``asked`` are the first sequences of
    the bodies it was too busy for, ``clock`` gives the time it tells.
    """

    def __init__(self, record: KeyRecord, *, tls: ssl.SSLContext | None = None) -> None:
        self.mode = "ok"
        self.tls = tls
        self.handshakes_failed = 0
        self.bodies: list[int] = []
        self.asked: list[int] = []
        self.clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000
        self.arrivals: list[int] = []
        self.stored: dict[int, Any] = {}  # Any: an envelope, or what little is kept of one
        self.index: dict[int, int] = {}
        self.repeats = 0
        self.flooded = 0
        self.faults: list[str] = []
        self.orders: list[bytes] = []
        self.largest: int | None = None
        self.keep = True
        self.times: dict[int, float] = {}
        self.readings_stored = 0
        self._record = record
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver._post(self)

            def do_GET(self) -> None:
                receiver._get(self)

            def log_message(self, *args: object) -> None:
                pass

        self._handler = Handler
        self._server: http.server.ThreadingHTTPServer | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), self._handler, self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _post(self, request: http.server.BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.bodies.append(len(body))
        if self._server is None:
            self._hang_up(request)
            return
        if self.mode == "busy":
            self.asked.append(self._first(body))
            self._answer(request, 503, b"", {"Retry-After": "0"})
            return
        if self.largest is not None and len(body) > self.largest:
            self._answer(request, 413, b"too large", {})
            return
        if self.mode == "endless":
            self._flood(request)
            return
        if self.mode == "rubbish":
            self._answer(request, 200, b'{"acknowledged": 7}', {})
            return
        answer = self._store(body)
        if self.mode == "silent":
            self._hang_up(request)
            return
        self._answer(request, 200, json.dumps(answer).encode(), {"Tanheng-Time": str(self.clock())})

    def _flood(self, request: http.server.BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.send_response(200)
        request.end_headers()
        while self.mode == "endless":
            request.wfile.write(bytes(65_536))
            self.flooded += 65_536

    def _first(self, body: bytes) -> int:
        stream = io.BytesIO(body)
        cbor2.CBORDecoder(stream).decode()
        return envelope.open_envelope(body[: stream.tell()], lambda _: self._record).batch.sequence

    @staticmethod
    def _hang_up(request: http.server.BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_RDWR)

    def _store(self, body: bytes) -> dict[str, list[dict[str, Any]]]:
        acknowledged, refused = [], []
        stream = io.BytesIO(body)
        with self._lock:
            while stream.tell() < len(body):
                start = stream.tell()
                cbor2.CBORDecoder(stream).decode()
                data = body[start : stream.tell()]
                opened = envelope.open_envelope(data, lambda _: self._record)
                sequence = opened.batch.sequence
                if self.mode == "refuse":
                    refused.append({"sequence": sequence, "code": "test.refused", "reason": "as asked"})
                    continue
                if sequence in self.stored:
                    self.repeats += 1
                    if self.stored[sequence].digest != opened.digest:
                        self.faults.append(f"two envelopes of sequence {sequence}")
                else:
                    self.stored[sequence] = opened if self.keep else _Light(opened)
                    self.times[sequence] = time.monotonic()
                    self.readings_stored += len(opened.batch)
                    self.index[sequence] = len(self.arrivals)
                    self.arrivals.append(sequence)
                answer = {"terminal": opened.batch.terminal, "sequence": sequence, "index": self.index[sequence]}
                acknowledged.append(answer)
        return {"acknowledged": acknowledged, "refused": refused}

    def _get(self, request: http.server.BaseHTTPRequestHandler) -> None:
        self._answer(request, 200 if self.orders else 204, b"".join(self.orders), {})

    @staticmethod
    def _answer(request: http.server.BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    def envelopes(self) -> list[Any]:
        """All that is stored now, in order of sequence; batches that come meanwhile do not disturb whoever walks through it."""
        return [self.stored[sequence] for sequence in sorted(self.stored)]

    def check_chain(self, last: int, *, other: Receiver | None = None) -> None:
        """Assert that batches 1 to ``last`` are here, or at ``other``, without a gap and that each names the one before.

        A batch behind ``last`` may be here before its predecessor, live data come first; it must only fit to what is here.
        """
        stored = dict(self.stored)
        for receiver in (self, *([other] if other is not None else [])):
            assert receiver.faults == []
            assert all(stored.setdefault(number, each).digest == each.digest for number, each in receiver.stored.copy().items())
        assert [sequence for sequence in range(1, last + 1) if sequence not in stored] == []
        for sequence in sorted(stored):
            if sequence - 1 in stored:
                envelope.follows(stored[sequence], stored[sequence - 1])

    def readings(self, channel: int) -> list[tuple[int, int, int]]:
        """All readings of a channel: (time, value, quality), in order of sequence."""
        found = []
        for batch in (each.batch for each in self.envelopes()):
            for index, offset, value, quality in zip(batch.channel, batch.offset_ms, batch.value, batch.quality, strict=True):
                if index == channel:
                    found.append((batch.start_ms + offset, value, quality))
        return found

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """All events, or those of one kind."""
        found = []
        for batch in (each.batch for each in self.envelopes()):
            for index, raw in zip(batch.channel, batch.raw or [], strict=False):
                if index == EVENT_CHANNEL:
                    found.append(cbor2.loads(raw))
        return [event for event in found if kind in (None, event["kind"])]


class _Server(http.server.ThreadingHTTPServer):
    """The sockets of a receiver: plain, or TLS with the handshake in the thread of its connection."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: Any, receiver: Receiver) -> None:
        self._receiver = receiver
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the signature of socketserver
        """A client that has gone is what these tests are about; every other fault is one of the receiver."""
        fault = sys.exc_info()[1]
        if not isinstance(fault, OSError):
            self._receiver.faults.append(repr(fault))

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self._receiver.tls is not None:
            try:
                request = self._receiver.tls.wrap_socket(request, server_side=True)
            except OSError:  # the client did not believe the certificate
                self._receiver.handshakes_failed += 1
                return
        super().finish_request(request, client_address)
        if self._receiver.tls is not None:
            request.close()


class _Names(NamedTuple):
    """What a batch's chain hangs on."""

    terminal: str
    sequence: int
    previous: bytes


class _Light:
    """What is kept of an envelope when the memory of the receiver must stay small."""

    def __init__(self, opened: envelope.Envelope) -> None:
        self.digest = opened.digest
        self.batch = _Names(opened.batch.terminal, opened.batch.sequence, opened.batch.previous)


class Rig:
    """Keys, a receiver, and terminals made from a configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signer = generate(Algorithm.ED25519)
        self.platform = generate(Algorithm.ED25519)
        self.record = record_of(self.signer, purpose=Purpose.DEVICE, subject="t-1", valid_from_ms=0)
        self.configuration_key = record_of(self.platform, purpose=Purpose.CONFIGURATION, subject="p-1", valid_from_ms=0)
        self.receiver = Receiver(self.record)
        self.content: dict[str, Any] = {
            "terminal": "t-1",
            "limits": {"batch_s": 0.2},
            "uplink": {
                "routes": [{"name": "lan", "url": self.receiver.url, "priority": 1}],
                "timeout_s": 3,
                "backoff_s": [0.05, 0.3],
                "retry_better_s": 0.3,
                "orders_s": 0,
            },
            "devices": [{"id": "host", "driver": "host", "every_s": 0.05}],
            "channels": [
                {
                    "id": "disk",
                    "device": "host",
                    "unit": "1",
                    "kind": "gauge",
                    "decimals": 0,
                    "every_s": 0.05,
                    "address": {"source": "uplink.sent_bytes"},
                }
            ],
        }
        self.terminal: Terminal | None = None
        self._task: asyncio.Task[None] | None = None

    def configure(self, **changes: Any) -> None:
        self.content = {**self.content, **changes}

    def make(self, *, clock: Clock | None = None, pinned: bool = True, **more: Any) -> Terminal:
        return Terminal(
            parse(json.dumps(self.content)),
            data=self.folder,
            signer=self.signer,
            clock=clock,
            configuration_key=self.configuration_key if pinned else None,
            **more,
        )

    async def start(self, made: Terminal | None = None, **options: Any) -> Terminal:
        self.terminal = made or self.make(**options)
        self._task = asyncio.create_task(self.terminal.run())
        await asyncio.sleep(0)
        return self.terminal

    def buffer(self, sql: str, *, folder: Path | None = None) -> int:
        """Return the number that a statement finds in a terminal's buffer, as it stands on the disk.

        It is read as the status page reads it, over a connection of its own: what the terminal's thread is about to commit, or
        to take back, is not seen.
        """
        path = urllib.parse.quote(str((folder or self.folder) / SPOOL_FILE))
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
            return int(opened.execute(sql).fetchone()[0])

    def sealed(self, *, folder: Path | None = None) -> int:
        """Return the sequence of the last batch that was sealed."""
        return self.buffer("SELECT coalesce(max(sequence), 0) FROM envelope", folder=folder)

    def answered(self) -> int:
        """Return how many batches the terminal takes for stored or refused."""
        return self.buffer("SELECT count(*) FROM envelope WHERE state <> 0")

    async def delivered(self, *, folder: Path | None = None, other: Receiver | None = None) -> int:
        """Wait until the receiver, or it and ``other``, have stored all that was sealed until now; return its last sequence."""
        last = self.sealed(folder=folder)
        wanted = set(range(1, last + 1))

        def arrived() -> bool:
            return wanted <= {*self.receiver.stored, *(other.stored if other is not None else ())}

        await _until(arrived, what=f"the arrival of batches 1 to {last}")
        return last

    async def whole(self, *, folder: Path | None = None, other: Receiver | None = None) -> None:
        """Wait until all that was sealed until now has been stored, and assert that it is one chain."""
        self.receiver.check_chain(await self.delivered(folder=folder, other=other), other=other)

    async def stop(self) -> None:
        if self._task is not None and self.terminal is not None:
            self.terminal.stop()
            _, running = await asyncio.wait([self._task], timeout=20)
            if running:  # not wait_for: it would wait for ever for what does not end
                pytest.fail("the terminal did not end within 20 s")
            task, self._task, self.terminal = self._task, None, None
            task.result()

    def order(self, number: int, kind: str, content: Any, *, terminal: str = "t-1", signer: Any = None) -> bytes:
        return sign_order(
            terminal=terminal,
            number=number,
            issued=NOW,
            kind=kind,
            content=content,
            reason="因检定更换互感器",
            signer=signer or self.platform,
        )


async def _until(condition: Callable[[], Any], *, seconds: float = 40, what: str = "the condition") -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"{what} did not hold within {seconds} s")
        await asyncio.sleep(0.02)


@pytest.fixture
def wait() -> Callable[..., Any]:
    return _until


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path)
    yield made
    try:
        await made.stop()
    finally:
        made.receiver.stop()


@pytest.fixture
def second_receiver(rig: Rig) -> Iterator[Receiver]:
    other = Receiver(rig.record)
    yield other
    other.stop()
