"""How a command reaches the embedded database: through the server that runs, or by running one for its own duration.

Two lock files. ``locks/database`` is held, exclusively, by the one process that runs the server. ``locks/database-guests`` is
held, shared, by every command that uses a server it did not start; a command that started one waits for its guests before
it stops it. Locks are of the kernel (flock): a killed process leaves none behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

import psycopg

from tanheng.platform.database.configuration import Login, address, is_external
from tanheng.platform.database.embedded import EmbeddedServer
from tanheng.platform.errors import DatabaseError
from tanheng.platform.folder import DataFolder

PATIENCE = 60.0


class ServerLock:
    """The right to run the server over a data folder; one process at a time has it."""

    def __init__(self, folder: DataFolder) -> None:
        folder.prepare()
        self._path = folder.locks / "database"
        self._handle: int | None = None

    def try_take(self) -> bool:
        """Take the lock when it is free; tell whether it is ours now."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._handle = handle
        return True

    def holder(self) -> str:
        """Return the process id that the lock file names."""
        try:
            return self._path.read_text(encoding="ascii").strip() or "?"
        except FileNotFoundError:
            return "?"

    def take(self, *, patience: float = PATIENCE) -> None:
        """Take the lock, waiting for a command that holds it to end.

        Raises
        ------
        DatabaseError
            Another process keeps it.
        """
        deadline = time.monotonic() + patience
        while not self.try_take():
            if time.monotonic() > deadline:
                raise DatabaseError("platform.database.locked", holder=self.holder(), folder=self._path.parent.parent)
            time.sleep(0.05)

    def release(self) -> None:
        """Give the lock back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@contextlib.contextmanager
def reachable(folder: DataFolder, *, patience: float = PATIENCE) -> Iterator[None]:
    """Run the block with the database answering, and leave things as they were found."""
    if is_external():
        yield
        return
    folder.prepare()
    deadline = time.monotonic() + patience
    lock = ServerLock(folder)
    while True:
        with _guest(folder):
            if answers(folder):
                yield
                return
        if lock.try_take():
            break
        if time.monotonic() > deadline:
            raise DatabaseError("platform.database.locked", holder=lock.holder(), folder=folder.root)
        time.sleep(0.05)
    try:
        yield from _own_server(folder)
    finally:
        lock.release()


def _own_server(folder: DataFolder) -> Iterator[None]:
    server = EmbeddedServer(folder)
    server.start()
    try:
        yield
    finally:
        with _no_guests(folder):
            server.stop()


def answers(folder: DataFolder) -> bool:
    """Tell whether a server answers to the owner's password."""
    if folder.known_secret(Login.OWNER.secret) is None:
        return False
    try:
        psycopg.connect(**address(folder, Login.OWNER).psycopg(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def _guest(folder: DataFolder) -> Iterator[None]:
    handle = os.open(folder.locks / "database-guests", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _no_guests(folder: DataFolder) -> Iterator[None]:
    handle = os.open(folder.locks / "database-guests", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
