"""Where the database is and as whom we log in: the embedded server's socket, or the address in ``TANHENG_DATABASE_URL``.

Two logins (design §6): *owner* owns the tables (migrate, backup, fsck), *app* is what web and worker use. It owns nothing,
so row-level security holds for it. ``TANHENG_DATABASE_OWNER_URL`` names the owner of an outside database.
"""

from __future__ import annotations

import enum
import os
import urllib.parse
from dataclasses import dataclass
from typing import Any

from tanheng.platform.errors import DatabaseError
from tanheng.platform.folder import DataFolder

APP_URL = "TANHENG_DATABASE_URL"
OWNER_URL = "TANHENG_DATABASE_OWNER_URL"
LOGIN = "TANHENG_DATABASE_LOGIN"
DATABASE = "tanheng"
SOCKET_PORT = 5432
CONNECT_TIMEOUT = "10"
"""Seconds for a connection, unless the address says otherwise: behind a wall that drops packets it would be minutes."""


class Login(enum.StrEnum):
    """As whom a process speaks to the database."""

    APP = "app"
    OWNER = "owner"
    SUPERUSER = "super"

    @property
    def role(self) -> str:
        """Name of the database role of the embedded server."""
        return f"tanheng_{self.value}"

    @property
    def secret(self) -> str:
        """Name of the file with its password."""
        return f"database-{self.value}"


@dataclass(frozen=True, slots=True)
class Address:
    """What a connection needs."""

    host: str
    port: int
    database: str
    user: str
    password: str
    options: tuple[tuple[str, str], ...] = ()

    def psycopg(self) -> dict[str, Any]:  # Any: keyword arguments of psycopg.connect
        """Return the arguments of ``psycopg.connect``."""
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": self.user,
            "password": self.password,
            **dict(self.options),
        }

    def environment(self) -> dict[str, str]:
        """Return the variables that ``pg_dump`` and its kin read; the password is in none of their arguments."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGDATABASE": self.database,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            **{f"PG{name.upper()}": value for name, value in self.options},
        }

    def django(self) -> dict[str, Any]:  # Any: Django's own mapping
        """Return the entry of Django's ``DATABASES``."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": str(self.port),
            "NAME": self.database,
            "USER": self.user,
            "PASSWORD": self.password,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": CONNECT_TIMEOUT, **dict(self.options)},
        }


def is_external() -> bool:
    """Tell whether the environment names a database of its own."""
    return bool(os.environ.get(APP_URL))


def socket_folder(folder: DataFolder) -> str:
    """Return the folder of the embedded server's socket."""
    return str(folder.postgres / "run")


def address(folder: DataFolder, login: Login, *, database: str = DATABASE) -> Address:
    """Return how ``login`` reaches the database.

    Raises
    ------
    DatabaseError
        The address in the environment cannot be read, or the owner's is missing.
    """
    if not is_external():
        password = folder.known_secret(login.secret) or ""
        return Address(socket_folder(folder), SOCKET_PORT, database, login.role, password)
    variable = APP_URL if login is Login.APP else OWNER_URL
    url = os.environ.get(variable)
    if not url:
        raise DatabaseError("platform.database.owner_url", variable=OWNER_URL, app=APP_URL)
    return parse(url, variable=variable)


def parse(url: str, *, variable: str) -> Address:
    """Return the address written as ``postgresql://user:password@host:port/database?sslmode=verify-full``."""
    parts = urllib.parse.urlsplit(url)
    name = urllib.parse.unquote(parts.path.lstrip("/"))
    query = tuple(urllib.parse.parse_qsl(parts.query))
    host = urllib.parse.unquote(parts.hostname or "") or dict(query).get("host", "")
    try:
        port = parts.port or SOCKET_PORT
    except ValueError:
        raise DatabaseError("platform.database.url", variable=variable) from None
    if parts.scheme not in ("postgresql", "postgres") or not (name and host and parts.username):
        raise DatabaseError("platform.database.url", variable=variable)
    return Address(
        host=host,
        port=port,
        database=name,
        user=urllib.parse.unquote(parts.username),
        password=urllib.parse.unquote(parts.password or ""),
        options=tuple(pair for pair in query if pair[0] != "host"),
    )


def current_login() -> Login:
    """Return as whom this process logs in; ``app`` unless a command said otherwise."""
    return Login(os.environ.get(LOGIN, Login.APP))
