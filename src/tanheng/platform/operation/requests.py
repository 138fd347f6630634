"""Around every request: an id, the address it comes from, a line in the log, a measurement, and the security headers."""

from __future__ import annotations

import contextvars
import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from tanheng.platform.client_address import client_address
from tanheng.platform.operation import metrics
from tanheng.platform.record import audit

_log = logging.getLogger("tanheng.requests")
_SECRET_PARTS = {"secret", "key"}
"""Parts of an address that are a right by themselves: one-time links and links for a new password."""
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("tanheng_request", default="")


class RequestMiddleware:
    """The outermost layer of the web process."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        name = uuid.uuid4().hex[:12]
        token = request_id.set(name)
        where = audit.origin.set(audit.Origin(client_address(request)))
        began = time.perf_counter()
        try:
            answer = self.get_response(request)
        finally:
            audit.origin.reset(where)
            request_id.reset(token)
        seconds = time.perf_counter() - began
        route = request.resolver_match.route if request.resolver_match else "-"
        metrics.observe_request(method=request.method or "-", route=route, status=answer.status_code, seconds=seconds)
        _log.info(
            "request",
            extra={
                "request": name,
                "method": request.method,
                "path": _shown(request),
                "status": answer.status_code,
                "ms": round(seconds * 1000, 1),
            },
        )
        answer.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        answer.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        answer.headers["X-Request-Id"] = name
        if not request.path.startswith("/static/"):
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer


def _shown(request: HttpRequest) -> str:
    """Return the address as the log may have it: of one that carries a secret, only its pattern."""
    found = request.resolver_match
    return f"/{found.route}" if found is not None and _SECRET_PARTS & found.kwargs.keys() else request.path
