"""The file port of the lake: the few things it does to a disk, so that a test can stop or fill the disk at each of them."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tanheng.lake.errors import LakeError


class Sink(Protocol):
    """A new file while it is written."""

    def write(self, data: bytes) -> object:
        """Append ``data``."""

    def sync(self) -> None:
        """Return when everything written is on the disk."""

    def close(self) -> None:
        """Close the file."""


class Files(Protocol):
    """A folder of immutable files and the steps that make one appear whole or not at all."""

    root: Path

    def create(self, path: str) -> Sink:
        """Open a new file for writing; its folder is made when it is missing."""

    def rename(self, path: str, target: str) -> None:
        """Give the file at ``path`` the name ``target``, replacing what is there."""

    def sync_folder(self, path: str) -> None:
        """Return when the names in the folder of ``path`` are on the disk."""

    def remove(self, path: str) -> None:
        """Remove a file; one that is not there is no fault."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None when there is none."""

    def paths(self, folder: str) -> list[str]:
        """Return the files below a folder, in order; none when there is no such folder."""


class _DiskSink:
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=1 << 20)

    def write(self, data: bytes) -> object:
        return self._file.write(data)

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


class DiskFiles:
    """The files of a real folder.

    Parameters
    ----------
    root : Path
        Paths are relative to it; it is made when it is missing.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._durable: set[Path] = set()
        make_folder(root)

    def create(self, path: str) -> Sink:
        """Open a new file for writing."""
        target = self.root / path
        self._make(target.parent)
        return _DiskSink(target)

    def rename(self, path: str, target: str) -> None:
        """Rename within the root."""
        (self.root / path).replace(self.root / target)

    def sync_folder(self, path: str) -> None:
        """Sync the folder that holds ``path``."""
        sync_folder((self.root / path).parent)

    def remove(self, path: str) -> None:
        """Remove a file if it is there."""
        (self.root / path).unlink(missing_ok=True)

    def read(self, path: str) -> bytes | None:
        """Read a file, None when it is not there."""
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None

    def paths(self, folder: str) -> list[str]:
        """List the files below a folder."""
        found = (self.root / folder).rglob("*")
        return sorted(path.relative_to(self.root).as_posix() for path in found if path.is_file())

    def _make(self, folder: Path) -> None:
        """Make a folder, and let its name be on the disk up to the root: once, also when somebody else made it just before."""
        if folder in self._durable:
            return
        folder.mkdir(parents=True, exist_ok=True)
        for each in (folder, *folder.parents):
            if each == self.root:
                break
            self.sync_folder(str(each.relative_to(self.root)))
        self._durable.add(folder)


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path, *, sync: Callable[[Path], None] = sync_folder) -> None:
    """Make a folder where it is missing, with those above it, and return when their names are on the disk."""
    missing = list(itertools.takewhile(lambda each: not each.exists(), (path, *path.parents)))
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync(folder.parent)


def publish(files: Files, path: str, data: bytes) -> None:
    """Make a file of ``data`` appear at ``path``, whole and durable, or not at all.

    Raises
    ------
    LakeError
        When the disk is full or refuses.
    """
    temporary = path + ".part"
    try:
        sink = files.create(temporary)
        try:
            sink.write(data)
            sink.sync()
        finally:
            sink.close()
        files.rename(temporary, path)
        files.sync_folder(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            files.remove(temporary)
        raise disk_error(path, error) from error


def disk_error(path: str, error: OSError) -> LakeError:
    """Return the fault of the lake that a fault of the disk is."""
    if error.errno == errno.ENOSPC:
        return LakeError("lake.disk.full", path=path)
    return LakeError("lake.disk.refused", path=path, reason=error.strerror or str(error))
