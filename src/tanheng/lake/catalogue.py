"""The catalogue port: which segments a plant's lake consists of, and how far the journal is in it.

A change adds and removes segments and moves ``settled`` in one step: after a crash the lake is as before the change or as
after it. A segment taken out is *retired*, and its file is removed an hour later, so that a query that runs keeps its files.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from tanheng.lake.errors import CatalogueError
from tanheng.lake.files import Files, publish
from tanheng.lake.segment import Segment

VERSION = 1


@dataclass(frozen=True, slots=True)
class Retired:
    """A file that is no longer part of the lake, and since when (ms UTC)."""

    path: str
    since: int


@dataclass(frozen=True, slots=True)
class State:
    """A plant's lake at one moment.

    Parameters
    ----------
    revision : int
        Counts the changes.
    settled : int
        Every journal record up to this index is in the segments; -1 for none.
    segments : tuple of Segment
        In order of their paths.
    retired : tuple of Retired
    duplicates, conflicts : int
        Readings that came again with the same value, and with another one.
    """

    revision: int = 0
    settled: int = -1
    segments: tuple[Segment, ...] = ()
    retired: tuple[Retired, ...] = ()
    duplicates: int = 0
    conflicts: int = 0

    def overlapping(self, start: int, end: int) -> list[Segment]:
        """Return the segments that hold an instant of ``start <= t < end``."""
        return [segment for segment in self.segments if segment.first < end and segment.last >= start]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step of a catalogue.

    Parameters
    ----------
    add : sequence of Segment
    remove : sequence of str
        Paths of segments to retire.
    forget : sequence of str
        Paths of retired files that are gone from the disk.
    settled : int or None
        New position of the journal; None leaves it.
    now : ms UTC
    """

    add: Sequence[Segment] = ()
    remove: Sequence[str] = ()
    forget: Sequence[str] = ()
    settled: int | None = None
    duplicates: int = 0
    conflicts: int = 0
    now: int


class Catalogue(Protocol):
    """Where the state of one plant's lake is kept."""

    def state(self) -> State:
        """Return the state as it stands."""

    def commit(self, change: Change, *, expected: State) -> State:
        """Make ``change`` in one durable step and return the new state.

        Raises
        ------
        CatalogueError
            When somebody else changed the catalogue since ``expected``, or the change does not fit it.
        """


def changed(state: State, change: Change) -> State:
    """Return the state after ``change``.

    Raises
    ------
    CatalogueError
        When a segment to add is there, one to remove is not, or the journal would go back.
    """
    have = {segment.path: segment for segment in state.segments}
    for path in change.remove:
        if have.pop(path, None) is None:
            raise CatalogueError("lake.catalogue.absent", path=path)
    for segment in change.add:
        if segment.path in have:
            raise CatalogueError("lake.catalogue.present", path=segment.path)
        have[segment.path] = segment
    settled = state.settled if change.settled is None else change.settled
    if settled < state.settled:
        raise CatalogueError("lake.catalogue.back", settled=state.settled, wanted=settled)
    retired = (*state.retired, *(Retired(path, change.now) for path in change.remove))
    return State(
        revision=state.revision + 1,
        settled=settled,
        segments=tuple(have[path] for path in sorted(have)),
        retired=tuple(entry for entry in retired if entry.path not in set(change.forget)),
        duplicates=state.duplicates + change.duplicates,
        conflicts=state.conflicts + change.conflicts,
    )


class MemoryCatalogue:
    """A catalogue in memory."""

    def __init__(self) -> None:
        self._state = State()

    def state(self) -> State:
        """Return the state as it stands."""
        return self._state

    def commit(self, change: Change, *, expected: State) -> State:
        """Make ``change`` in one step."""
        _same(self._state, expected)
        self._state = changed(self._state, change)
        return self._state


class FileCatalogue:
    """A catalogue as one JSON file, replaced whole by each change.

    Parameters
    ----------
    files : Files
    path : str
        Of the JSON file, such as ``catalogue/plant-1.json``.
    """

    def __init__(self, files: Files, path: str) -> None:
        self._files = files
        self._path = path

    def state(self) -> State:
        """Return the state as it stands; an empty one when nothing was written yet."""
        data = self._files.read(self._path)
        if data is None:
            return State()
        try:
            return _decode(json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CatalogueError("lake.catalogue.unreadable", path=self._path, reason=str(error)) from error

    def commit(self, change: Change, *, expected: State) -> State:
        """Make ``change`` in one step, alone among all processes."""
        with self._lock():
            current = self.state()
            _same(current, expected)
            new = changed(current, change)
            document = {"v": VERSION, **asdict(new)}
            publish(self._files, self._path, json.dumps(document, separators=(",", ":"), sort_keys=True).encode())
        return new

    @contextmanager
    def _lock(self) -> Iterator[None]:
        path = self._files.root / (self._path + ".lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _same(current: State, expected: State) -> None:
    if current.revision != expected.revision:
        raise CatalogueError("lake.catalogue.changed", found=current.revision, expected=expected.revision)


def _decode(document: dict[str, Any]) -> State:  # Any: JSON
    version = document.pop("v")
    if version != VERSION:
        raise CatalogueError("lake.catalogue.version", found=version, known=VERSION)
    return replace(
        State(**document),
        segments=tuple(Segment(**entry) for entry in document["segments"]),
        retired=tuple(Retired(**entry) for entry in document["retired"]),
    )
