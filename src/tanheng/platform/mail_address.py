"""The mail server, from one address: ``smtp://user:password@mail.plant.example:587?tls=start&from=tanheng@plant.example``."""

from __future__ import annotations

import urllib.parse
from typing import Any

from tanheng.platform.errors import ServingError


def mail_settings(url: str) -> dict[str, Any]:  # Any: values of Django's settings
    """Return Django's mail settings for ``url``; without one, mail stays in the platform.

    Raises
    ------
    ServingError
        The address cannot be read.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    sender = query.get("from", "")
    tls = query.get("tls", "start")
    if parts.scheme != "smtp" or not parts.hostname or "@" not in sender or tls not in ("start", "yes", "no"):
        raise ServingError("platform.mail.url", variable="TANHENG_MAIL_URL")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or 587,
        "EMAIL_HOST_USER": urllib.parse.unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": urllib.parse.unquote(parts.password or ""),
        "EMAIL_USE_TLS": tls == "start",
        "EMAIL_USE_SSL": tls == "yes",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
    }
