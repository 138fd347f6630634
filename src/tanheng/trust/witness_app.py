"""A witness as a WSGI application: the few lines between HTTP and ``tanheng.trust.witness``."""

from __future__ import annotations

import http
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tanheng.trust.errors import WitnessError
from tanheng.trust.witness import MAX_BODY, Witness

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_TEXT = "text/plain; charset=utf-8"
_SIZE = "text/x.tlog.size"


def application(witness: Witness) -> WSGIApplication:
    """Return the WSGI application of a witness: ``POST /add-checkpoint`` and ``GET /<sha256(origin)>/checkpoint``."""

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, kind, body = _answer(witness, environ)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    return respond


def _answer(witness: Witness, environ: WSGIEnvironment) -> tuple[http.HTTPStatus, str, bytes]:
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    if path == "/add-checkpoint":
        if method != "POST":
            return http.HTTPStatus.METHOD_NOT_ALLOWED, _TEXT, b"POST only\n"
        return _add(witness, environ)
    parts = path.strip("/").split("/")
    if method == "GET" and len(parts) == 2 and parts[1] == "checkpoint":
        found = witness.checkpoint(parts[0])
        if found is not None:
            return http.HTTPStatus.OK, _TEXT, found
    return http.HTTPStatus.NOT_FOUND, _TEXT, b"not found\n"


def _add(witness: Witness, environ: WSGIEnvironment) -> tuple[http.HTTPStatus, str, bytes]:
    length = environ.get("CONTENT_LENGTH") or "0"
    wanted = min(int(length), MAX_BODY + 1) if length.isascii() and length.isdecimal() and len(length) < 12 else 0
    read: Callable[[int], bytes] = environ["wsgi.input"].read
    try:
        return http.HTTPStatus.OK, _TEXT, witness.add_checkpoint(read(wanted)).encode()
    except WitnessError as error:
        kind = _SIZE if error.body else _TEXT
        return http.HTTPStatus(error.status), kind, (error.body or error.text() + "\n").encode()
