"""Addresses for machines: health, measurements, the certificate authority."""

from __future__ import annotations

import hmac
import ipaddress
import os
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError as DjangoDatabaseError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tanheng import __version__
from tanheng.platform.client_address import client_address
from tanheng.platform.operation import metrics

METRICS_TOKEN_FILE = "TANHENG_METRICS_TOKEN_FILE"  # noqa: S105  # names a variable
WORKER_SILENT = 60.0  # s


@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Tell whether this process can work: 200, or 503 while the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
            silence = cursor.fetchone()[0]
    except DjangoDatabaseError:
        return JsonResponse({"status": "down", "database": "down", "version": __version__}, status=503)
    working = silence is not None and silence < WORKER_SILENT
    body = {"status": "ok", "database": "ok", "worker": "ok" if working else "down", "version": __version__}
    return JsonResponse(body)


@require_safe
def measurements(request: HttpRequest) -> HttpResponse:
    """Return the measurements, to this machine or to whoever has the token in ``TANHENG_METRICS_TOKEN_FILE``."""
    if not _may_measure(request):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: HttpRequest) -> bool:
    file = os.environ.get(METRICS_TOKEN_FILE)
    if file:
        wanted = Path(file).read_text(encoding="utf-8").strip()
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
    address = client_address(request)
    return not settings.BEHIND_PROXY and address is not None and ipaddress.ip_address(address).is_loopback


@require_safe
def authority(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return the certificate of the plant's authority, for browsers and terminals to pin."""
    try:
        data = (settings.FOLDER.tls / "ca.crt").read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(data, content_type="application/x-x509-ca-cert")
