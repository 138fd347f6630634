"""The database's roles: who owns the tables, and who works with them under row-level security."""

from __future__ import annotations

import psycopg
from psycopg import sql

from tanheng.platform.database.configuration import DATABASE, Login, address
from tanheng.platform.folder import DataFolder

_ROLE = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS LOGIN"


def ensure(folder: DataFolder) -> None:
    """Make the owner, the app and the database of an embedded server where they are missing.

    Passwords are set anew at each start: what the files in ``secrets/`` say is what holds.
    """
    arguments = address(folder, Login.SUPERUSER, database="postgres").psycopg()
    with psycopg.connect(**arguments, autocommit=True) as connection:
        for login in (Login.OWNER, Login.APP):
            _ensure_role(connection, login, folder.secret(login.secret))
        make_database(connection, DATABASE)


def _ensure_role(connection: psycopg.Connection[tuple[object, ...]], login: Login, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login.role]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    right = sql.SQL("CREATEDB" if login is Login.OWNER else "NOCREATEDB")
    connection.execute(
        sql.SQL("{} ROLE {} {} {} PASSWORD {}").format(
            verb, sql.Identifier(login.role), sql.SQL(_ROLE), right, sql.Literal(password)
        )
    )


def make_database(connection: psycopg.Connection[tuple[object, ...]], name: str, *, template: str = "template0") -> None:
    """Make the database ``name``, owned by the owner and closed to everybody but the app, when it is missing."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    words = {"name": sql.Identifier(name), "owner": sql.Identifier(Login.OWNER.role), "template": sql.Identifier(template)}
    connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}").format(**words))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**words))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {app}").format(**words, app=sql.Identifier(Login.APP.role))
    )
