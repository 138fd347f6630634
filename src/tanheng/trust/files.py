"""The port through which trust touches files, and its two implementations: a folder of the machine, and memory.

Each durable step is one call (``write``, ``append``, ``sync``, ``rename``, ``sync_folder``), so that a test can end the power
supply between any two of them. Nothing is durable before ``sync`` of the file and ``sync_folder`` of the folder that names it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tanheng.trust.errors import StorageError

_SAFE = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", re.ASCII)


class Files(Protocol):
    """A folder of files, named by relative paths with ``/``."""

    def read(self, path: str, *, start: int = 0, length: int | None = None) -> bytes | None:
        """Return a file's bytes from ``start`` on, or None when there is no such file."""

    def size(self, path: str) -> int | None:
        """Return a file's length in bytes, or None when there is no such file."""

    def write(self, path: str, data: bytes) -> None:
        """Create or replace a file, with the folders it needs; not yet durable."""

    def append(self, path: str, data: bytes) -> None:
        """Write at the end of a file, which is created when it is not there; not yet durable."""

    def truncate(self, path: str, length: int) -> None:
        """Cut a file to ``length`` bytes; not yet durable."""

    def sync(self, path: str) -> None:
        """Make a file's bytes durable."""

    def rename(self, old: str, new: str) -> None:
        """Give a file another name of the same folder, replacing what had it; not yet durable."""

    def sync_folder(self, path: str) -> None:
        """Make the names in a folder durable, and those of the folders above it."""

    def remove(self, path: str) -> None:
        """Take a file away; nothing happens when it is not there."""

    def list(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; folders end in ``/``. A missing folder is empty."""

    def lock(self, name: str) -> contextlib.AbstractContextManager[None]:
        """Return a context in which no other process holds the lock ``name``."""


def replace(files: Files, path: str, data: bytes) -> None:
    """Replace a file so that a crash leaves the old bytes or the new ones, and the new ones are durable afterwards."""
    temporary = path + ".tmp"
    files.write(temporary, data)
    files.sync(temporary)
    files.rename(temporary, path)
    files.sync_folder(folder_of(path))


def folder_of(path: str) -> str:
    """Return the folder of a path; empty for the root."""
    return path.rpartition("/")[0]


def checked(path: str) -> str:
    """Return a relative path that stays inside its root; raise ``StorageError`` for any other."""
    if not _SAFE.fullmatch(path) or ".." in path.split("/") or "." in path.split("/"):
        raise StorageError("trust.files.path", path=path[:120])
    return path


@contextlib.contextmanager
def _ours(path: Path | str) -> Iterator[None]:
    """Turn an error of the system into one of ours that names the file."""
    try:
        yield
    except OSError as error:
        raise StorageError("trust.files.failed", path=str(path), reason=str(error)) from error


def write_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file that is not there yet; raise ``StorageError`` when it is, or cannot be written. Durable on return."""
    if path.exists():
        raise StorageError("trust.files.exists", path=str(path))
    with _ours(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())


class FolderFiles:
    """Files of a folder of the machine.

    Parameters
    ----------
    root : Path
        The folder; made when something is written.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._synced: set[Path] = set()

    def _path(self, path: str) -> Path:
        return self.root / checked(path)

    def _folder(self, path: str) -> Path:
        return self._path(path) if path else self.root

    def read(self, path: str, *, start: int = 0, length: int | None = None) -> bytes | None:
        """Return a file's bytes from ``start`` on, or None when there is no such file."""
        try:
            with self._path(path).open("rb") as stream:
                stream.seek(start)
                return stream.read(-1 if length is None else length)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StorageError("trust.files.failed", path=path, reason=str(error)) from error

    def size(self, path: str) -> int | None:
        """Return a file's length in bytes, or None when there is no such file."""
        try:
            return self._path(path).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: str, data: bytes) -> None:
        """Create or replace a file, with the folders it needs; not yet durable."""
        self._put(path, data, os.O_TRUNC)

    def append(self, path: str, data: bytes) -> None:
        """Write at the end of a file, which is created when it is not there; not yet durable."""
        self._put(path, data, os.O_APPEND)

    def _put(self, path: str, data: bytes, mode: int) -> None:
        target = self._path(path)
        with _ours(path):
            try:
                handle = os.open(target, os.O_WRONLY | os.O_CREAT | mode, 0o644)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(target, os.O_WRONLY | os.O_CREAT | mode, 0o644)
            with os.fdopen(handle, "wb", buffering=0) as stream:
                view = memoryview(data)
                while view:
                    view = view[stream.write(view) :]

    def truncate(self, path: str, length: int) -> None:
        """Cut a file to ``length`` bytes; not yet durable."""
        with _ours(path):
            os.truncate(self._path(path), length)

    def sync(self, path: str) -> None:
        """Make a file's bytes durable."""
        self._fsync(self._path(path))

    def _fsync(self, path: Path) -> None:
        with _ours(path):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name of the same folder, replacing what had it; not yet durable."""
        with _ours(new):
            self._path(old).rename(self._path(new))

    def sync_folder(self, path: str) -> None:
        """Make the names in a folder durable, and those of the folders above it."""
        folder = self._folder(path)
        self._fsync(folder)
        while folder != self.root and folder not in self._synced:
            self._synced.add(folder)
            folder = folder.parent
            self._fsync(folder)

    def remove(self, path: str) -> None:
        """Take a file away; nothing happens when it is not there."""
        with _ours(path):
            self._path(path).unlink(missing_ok=True)

    def list(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; folders end in ``/``. A missing folder is empty."""
        try:
            return sorted(entry.name + ("/" if entry.is_dir() else "") for entry in self._folder(folder).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    @contextlib.contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the lock ``name`` against other processes; raise ``StorageError`` when another holds it."""
        with _ours(name):
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path(name), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StorageError("trust.files.locked", path=str(self.root)) from error
            yield
        finally:
            os.close(handle)


class MemoryFiles:
    """Files in memory, for tests and for a log that nobody keeps."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files: dict[str, bytes] = dict(files or {})
        self._locked: set[str] = set()

    def read(self, path: str, *, start: int = 0, length: int | None = None) -> bytes | None:
        """Return a file's bytes from ``start`` on, or None when there is no such file."""
        data = self.files.get(checked(path))
        return data if data is None else data[start : None if length is None else start + length]

    def size(self, path: str) -> int | None:
        """Return a file's length in bytes, or None when there is no such file."""
        data = self.files.get(checked(path))
        return None if data is None else len(data)

    def write(self, path: str, data: bytes) -> None:
        """Create or replace a file."""
        self.files[checked(path)] = bytes(data)

    def append(self, path: str, data: bytes) -> None:
        """Write at the end of a file."""
        self.files[checked(path)] = self.files.get(path, b"") + data

    def truncate(self, path: str, length: int) -> None:
        """Cut a file to ``length`` bytes."""
        self.files[path] = self.files[path][:length]

    def sync(self, path: str) -> None:
        """Do nothing: memory is never durable."""

    def rename(self, old: str, new: str) -> None:
        """Give a file another name."""
        if old not in self.files:
            raise StorageError("trust.files.failed", path=new, reason=f"no file {old}")
        self.files[checked(new)] = self.files.pop(old)

    def sync_folder(self, path: str) -> None:
        """Do nothing: memory is never durable."""

    def remove(self, path: str) -> None:
        """Take a file away; nothing happens when it is not there."""
        self.files.pop(path, None)

    def list(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; folders end in ``/``."""
        prefix = folder + "/" if folder else ""
        names = {path[len(prefix) :] for path in self.files if path.startswith(prefix)}
        return sorted({name.partition("/")[0] + ("/" if "/" in name else "") for name in names})

    @contextlib.contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the lock ``name``; raise ``StorageError`` when it is held."""
        if name in self._locked:
            raise StorageError("trust.files.locked", path=name)
        self._locked.add(name)
        try:
            yield
        finally:
            self._locked.discard(name)
