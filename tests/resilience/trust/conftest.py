"""Files on a disk that loses what was not synced: the power can go at any write, sync or rename."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator

import pytest

from tanheng.trust.errors import StorageError
from tanheng.trust.files import checked, folder_of


class PowerCut(BaseException):
    """The machine is off; nothing catches this but the test."""


class FaultyFiles:
    """A folder on a disk whose contents and names become durable by ``sync`` and ``sync_folder`` alone.

    ``cut_at`` is the number of the operation at which the power goes; ``full_at`` that at which the disk is full, once.
    ``survivor`` gives the disk as it may be found afterwards: unsynced contents whole, torn, zeroed or lost; unsynced names,
    renames and removals taken or not, each for itself, so that they are reordered too.
    """

    def __init__(self, *, cut_at: int | None = None, full_at: int | None = None) -> None:
        self.cut_at, self.full_at = cut_at, full_at
        self.operations = 0
        self.durable: dict[int, bytes] = {}
        self.contents: dict[int, bytes] = {}
        self.names: dict[str, int] = {}
        self.durable_names: dict[str, int] = {}
        self.rewritten: set[int] = set()
        self.pending: list[tuple[str, Callable[[dict[str, int]], None]]] = []
        self._next = 0

    def _operation(self) -> None:
        self.operations += 1
        if self.operations == self.full_at:
            raise StorageError("trust.files.failed", path="–", reason="No space left on device")
        if self.operations == self.cut_at:
            raise PowerCut

    def _torn(self, inode: int, kept: bytes, data: bytes) -> None:
        """The write during which the power goes: some of the bytes reach the page cache."""
        try:
            self._operation()
        except (PowerCut, StorageError):
            self.contents[inode] = kept + data[: len(data) // 2]
            raise
        self.contents[inode] = kept + data

    def _inode(self, path: str) -> int:
        found = self.names.get(checked(path))
        if found is None:
            found = self._next = self._next + 1
            self.contents[found] = self.durable[found] = b""
            self._name(folder_of(path), lambda names: names.update({path: found}))
        return found

    def _name(self, folder: str, change: Callable[[dict[str, int]], None]) -> None:
        change(self.names)
        self.pending.append((folder, change))

    def read(self, path: str, *, start: int = 0, length: int | None = None) -> bytes | None:
        inode = self.names.get(checked(path))
        return None if inode is None else self.contents[inode][start : None if length is None else start + length]

    def size(self, path: str) -> int | None:
        data = self.read(path)
        return None if data is None else len(data)

    def write(self, path: str, data: bytes) -> None:
        inode = self._inode(path)
        self.rewritten.add(inode)
        self._torn(inode, b"", bytes(data))

    def append(self, path: str, data: bytes) -> None:
        inode = self._inode(path)
        self._torn(inode, self.contents[inode], data)

    def truncate(self, path: str, length: int) -> None:
        self._operation()
        self.contents[self.names[path]] = self.contents[self.names[path]][:length]

    def sync(self, path: str) -> None:
        self._operation()
        self.durable[self.names[path]] = self.contents[self.names[path]]
        self.rewritten.discard(self.names[path])

    def rename(self, old: str, new: str) -> None:
        self._operation()

        def change(names: dict[str, int]) -> None:
            if old in names:
                names[new] = names.pop(old)

        self._name(folder_of(new), change)

    def sync_folder(self, path: str) -> None:
        self._operation()
        above = {path, ""} | {path[:at] for at, character in enumerate(path) if character == "/"}
        for folder, change in self.pending:
            if folder in above:
                change(self.durable_names)
        self.pending = [entry for entry in self.pending if entry[0] not in above]

    def remove(self, path: str) -> None:
        self._operation()

        def change(names: dict[str, int]) -> None:
            names.pop(path, None)

        self._name(folder_of(path), change)

    def list(self, folder: str) -> list[str]:
        prefix = folder + "/" if folder else ""
        names = {path[len(prefix) :] for path in self.names if path.startswith(prefix)}
        return sorted({name.partition("/")[0] + ("/" if "/" in name else "") for name in names})

    @contextlib.contextmanager
    def lock(self, name: str) -> Iterator[None]:
        checked(name)
        yield

    def survivor(self, chance: random.Random) -> FaultyFiles:
        """The disk after the power came back, one of the many it may be."""
        disk = FaultyFiles()
        disk.durable_names = dict(self.durable_names)
        for _, change in self.pending:
            if chance.random() < 0.5:
                change(disk.durable_names)
        disk.names = dict(disk.durable_names)
        for inode, written in self.contents.items():
            safe = self.durable[inode]
            kept = 0 if inode in self.rewritten else min(len(safe), len(written))  # an append leaves what stands before it
            torn = written[: chance.randrange(kept, len(written) + 1)]
            zeroed = torn + bytes(len(written) - len(torn))
            disk.contents[inode] = safe if safe == written else chance.choice([safe, written, torn, zeroed])
        disk.durable = dict(disk.contents)
        disk._next = self._next
        return disk


@pytest.fixture
def faulty() -> type[FaultyFiles]:
    return FaultyFiles


@pytest.fixture
def power_cut() -> type[BaseException]:
    return PowerCut
