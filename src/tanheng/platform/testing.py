"""A real database for tests: one embedded server a process, one migrated template, a copy of it for each test module.

A test package's ``conftest.py`` says ``from tanheng.platform.testing import *`` and calls :func:`configure`; a test then
asks for the fixture ``database`` and runs as the app, under row-level security, like the web process.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tanheng.platform.database import logins
from tanheng.platform.database.configuration import DATABASE, LOGIN, Login, address
from tanheng.platform.database.embedded import EmbeddedServer
from tanheng.platform.folder import VARIABLE, DataFolder

__all__ = ["configure", "data_folder", "database", "fresh_database", "platform"]

_names = itertools.count(1)


@functools.cache
def configure() -> DataFolder:
    """Configure Django over a data folder of this process's own, so that test modules can import models."""
    top = Path(tempfile.mkdtemp(prefix="tanheng-test-"))
    top.chmod(0o711)
    atexit.register(shutil.rmtree, top, ignore_errors=True)
    folder = DataFolder(top / "data")
    folder.prepare()
    for name in ("sessions", *(login.secret for login in Login)):
        folder.secret(name)
    os.environ[VARIABLE] = str(folder.root)
    os.environ["TANHENG_SCHEME"] = "http"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tanheng.platform.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a good one takes its time on purpose
    settings.WHITENOISE_AUTOREFRESH = True  # each of Django's test clients builds the application: not with a list of all files
    return folder


@functools.cache
def _server() -> DataFolder:
    """Start this process's server and migrate its template."""
    folder = configure()
    # The disk of a test's database is thrown away: waiting for it proves nothing here. The kill tests wait for it.
    unsafe = {"fsync": "off", "full_page_writes": "off"}
    # A test that waits for a lock of its own, or a statement that hangs, is told so by the database.
    limits = {"lock_timeout": "120s", "statement_timeout": "300s"}
    server = EmbeddedServer(folder, unsafe | limits)
    server.start()
    atexit.register(server.stop)
    from tanheng.platform.database.schema import migrate

    with using(Login.OWNER, DATABASE):
        migrate()
    return folder


@contextlib.contextmanager
def using(login: Login, name: str) -> Iterator[None]:
    """Point Django's connection at a database, as one of the logins."""
    from django.db import connection, connections

    connections.close_all()
    before: dict[str, Any] = dict(connection.settings_dict)  # Any: Django's own mapping
    wanted = dataclasses.replace(address(DataFolder.default(), login), database=name).django()
    connection.settings_dict.update(wanted)
    os.environ[LOGIN] = login
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)
        os.environ.pop(LOGIN, None)


def superuser(name: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:  # Any: rows of whatever is asked
    """Return a connection that may do anything: for preparing what a test then finds."""
    arguments = address(_server(), Login.SUPERUSER, database=name).psycopg()
    return psycopg.connect(**arguments, autocommit=True)


@contextlib.contextmanager
def _copy() -> Iterator[str]:
    from django.db import connections

    _server()
    connections.close_all()
    name = f"test_{os.getpid()}_{next(_names)}"
    with superuser() as connection:
        logins.make_database(connection, name, template=DATABASE)
    try:
        with using(Login.APP, name):
            yield name
    finally:
        with superuser() as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def platform() -> DataFolder:
    """Return the data folder whose server runs; Django is configured over it."""
    return _server()


@pytest.fixture
def data_folder(platform: DataFolder) -> DataFolder:
    """Return the data folder of the tests."""
    return platform


@pytest.fixture(scope="module")
def database(platform: DataFolder) -> Iterator[str]:  # noqa: ARG001  # the server must run
    """Yield the name of a migrated database for the tests of one module, entered as the app."""
    with _copy() as name:
        yield name


@pytest.fixture
def fresh_database(platform: DataFolder) -> Iterator[str]:  # noqa: ARG001  # the server must run
    """Yield the name of a migrated database for one test, entered as the app."""
    with _copy() as name:
        yield name
