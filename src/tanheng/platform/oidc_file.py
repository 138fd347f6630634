"""Signing in with the company's own identities: the OpenID Connect provider, from one JSON file.

::

    {"name": "集团统一认证", "issuer": "https://sso.group.example/realms/plant",
     "client_id": "tanheng", "client_secret_file": "/etc/tanheng/oidc-secret"}

At the provider, the client's redirect address is ``https://<platform>/accounts/oidc/company/login/callback/``.
"""

from __future__ import annotations

import ipaddress
import json
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanheng.platform.errors import ServingError

VARIABLE = "TANHENG_OIDC"
PROVIDER = "company"
_KEYS = frozenset({"name", "issuer", "client_id", "client_secret_file"})


@dataclass(frozen=True, slots=True)
class Provider:
    """One OpenID Connect provider.

    Parameters
    ----------
    name : str
        What the button says.
    issuer : str
        Its address, without ``/.well-known/…``; HTTPS, or plain HTTP on this machine.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, to which the login form may lead."""
        parts = urllib.parse.urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def allauth(self) -> dict[str, Any]:  # Any: allauth's own mapping
        """Return the entry of allauth's ``SOCIALACCOUNT_PROVIDERS``."""
        app = {
            "provider_id": PROVIDER,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": {"server_url": self.issuer},
        }
        return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def read(path: str) -> Provider | None:
    """Return the provider that a file describes, None when no file is named.

    Raises
    ------
    ServingError
        The file, or the one with the secret, cannot be read or says something else.
    """
    if not path:
        return None
    try:
        said = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(path, error) from error
    if not isinstance(said, dict) or said.keys() != _KEYS or not all(isinstance(text, str) and text for text in said.values()):
        raise _refused(path, ", ".join(sorted(_KEYS)))
    if not _is_private(said["issuer"]):
        raise _refused(path, f"issuer: {said['issuer']}")
    try:
        secret = Path(said["client_secret_file"]).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise _refused(path, error) from error
    return Provider(said["name"], said["issuer"].rstrip("/"), said["client_id"], secret)


def _is_private(issuer: str) -> bool:
    """Tell whether nobody on the way can read what is said to ``issuer``."""
    parts = urllib.parse.urlsplit(issuer)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return bool(host)
    try:
        return parts.scheme == "http" and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


def _refused(path: str, reason: object) -> ServingError:
    return ServingError("platform.oidc.file", variable=VARIABLE, path=path, reason=reason)
