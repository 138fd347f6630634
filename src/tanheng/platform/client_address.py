"""Where a request comes from: what the log, the audit trail, rate limits and locks count by."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address of the client: of the connection, or behind the plant's own proxy the one that the proxy saw."""
    text = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        text = request.headers.get("X-Forwarded-For", text).rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
