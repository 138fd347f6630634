"""The HTTP side of the standalone receiver."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tanheng.cli.receiver import MAX_BODY, Receiver
from tanheng.core.errors import LakeError, TanhengError

_LOG = logging.getLogger("tanheng.receiver")
ENVELOPES = "/api/v1/envelopes"
Gate = Callable[[bytes], str]
"""Decides about a request: ``pass``, ``refuse`` (503), ``hang-up`` (stored, no answer), ``drop`` (neither)."""


class ReceiverServer:
    """Serves a receiver on loopback or an address of the plant's network; drains into the lake in the background.

    Parameters
    ----------
    receiver : Receiver
    host, port
        Address; port 0 for any.
    gate : callable, optional
        For tests of terminals: may refuse, hang up or drop.
    drain_s : float
        Seconds between two drains.
    idle_s : float
        Seconds after which a client that neither sends nor reads is let go; without, each would keep a thread.
    """

    def __init__(
        self,
        receiver: Receiver,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        gate: Gate | None = None,
        drain_s: float = 1.0,
        idle_s: float = 300.0,
    ) -> None:
        self.receiver = receiver
        self.gate: Gate = gate or (lambda _: "pass")
        self._drain_s = drain_s
        self.idle_s = idle_s
        self._ending = threading.Event()
        self._server = ThreadingHTTPServer((host, port), _handler(self))
        self._server.daemon_threads = True
        self._threads = [
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
            threading.Thread(target=self._drain, daemon=True),
        ]

    @property
    def url(self) -> str:
        """Base address."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Serve in the background."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End and drain a last time."""
        self._ending.set()
        if self._threads[0].is_alive():  # shutdown waits for a loop, for ever when there is none
            self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(10)
        self.receiver.close()

    def _drain(self) -> None:
        fault = ""
        while not self._ending.wait(self._drain_s):
            try:
                self.receiver.drain()
            except TanhengError as error:  # what is acknowledged stands in the journal, the next turn tries again
                fault, known = error.text("en"), fault
                if fault != known:
                    _LOG.error("the lake takes nothing: %s", fault)
            else:
                fault = ""


def _handler(server: ReceiverServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = server.idle_s

        def do_POST(self) -> None:
            body = self._body()
            if body is None:
                return
            decision = server.gate(body)
            if decision == "refuse":
                self._send(503, b"{}", retry=True)
            elif decision == "drop":
                self.close_connection = True
            else:
                self._store(body, silent=decision == "hang-up")

        def do_GET(self) -> None:
            self._send(404, b"{}")

        def _body(self) -> bytes | None:
            if self.path != ENVELOPES:
                self._send(404, b"{}")
                return None
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit()):
                self._send(411, b"{}")
                return None
            if int(length) > MAX_BODY:
                self.close_connection = True
                self._send(413, b"{}")
                return None
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                self.close_connection = True
                return None
            return body

        def _store(self, body: bytes, *, silent: bool) -> None:
            try:
                answer = server.receiver.accept(body).to_json()
            except LakeError:
                self._send(503, b"{}", retry=True)
                return
            if silent:
                self.close_connection = True
                return
            self._send(200, answer)

        def _send(self, status: int, body: bytes, *, retry: bool = False) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if retry:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    return Handler
