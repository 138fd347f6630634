"""Reading a tile log (C2SP tlog-tiles), ours or anybody's: from a folder, a mapping, or over HTTP.

A source is a function from a path to bytes, or None when there is no such file: ``FolderFiles(path).read``, ``mapping.get``, or
a function that asks a server. Whatever it answers is checked: lengths before use, hashes against a signed checkpoint.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tanheng.trust import proof, tiles
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.errors import LogError, TileError
from tanheng.trust.note import VerifierKey
from tanheng.trust.tiles import Tile
from tanheng.trust.tree import HASH_SIZE, consistency_proof, inclusion_proof, leaf_hashes, root, root_of

Source = Callable[[str], bytes | None]

CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class LogReport:
    """What ``verify`` read and found to hold.

    Attributes
    ----------
    origin : str
        Name of the log.
    size : int
        Size of the largest checkpoint; so many entries were hashed.
    root : bytes
        Root of that checkpoint.
    checkpoints : tuple of Checkpoint
        All checkpoints, by size.
    tiles : int
        Tiles compared with the hashes of the entries.
    """

    origin: str
    size: int
    root: bytes
    checkpoints: tuple[Checkpoint, ...]
    tiles: int


class Frontier:
    """The right edge of a growing tree: per tile level, the hashes of the tile that is not full yet.

    Examples
    --------
    >>> edge = Frontier()
    >>> edge.extend([bytes(32)] * 300)
    >>> [len(row) for row in edge.rows]
    [44, 1]
    """

    def __init__(self, rows: Iterable[Iterable[bytes]] = ()) -> None:
        self.rows = [list(row) for row in rows] or [[]]

    def copy(self) -> Frontier:
        """Return a frontier that grows apart from this one."""
        return Frontier(self.rows)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return sum(len(row) << tiles.HEIGHT * level for level, row in enumerate(self.rows))

    def extend(self, hashes: Iterable[bytes]) -> list[tuple[int, int, list[bytes]]]:
        """Append leaf hashes; return the tiles that changed: level, index and their hashes now."""
        changed: list[tuple[int, int, list[bytes]]] = []
        fresh, before = list(hashes), self.size
        for level in range(tiles.MAX_LEVEL + 1):
            if not fresh:
                break
            if level == len(self.rows):
                self.rows.append([])
            index = (before >> tiles.HEIGHT * level) // tiles.WIDTH
            row = self.rows[level] + fresh
            fresh = []
            while len(row) >= tiles.WIDTH:
                full, row = row[: tiles.WIDTH], row[tiles.WIDTH :]
                changed.append((level, index, full))
                fresh.append(root_of(full))
                index += 1
            if row:
                changed.append((level, index, row))
            self.rows[level] = row
        return changed

    def root(self) -> bytes:
        """Return the root of the tree."""
        carried: list[bytes] = []
        for row in self.rows:
            hashes = row + carried
            carried = [root_of(hashes)] if hashes else []
        return carried[0] if carried else root_of([])


class LogReader:
    """A tile log under one of its checkpoints, read only.

    Parameters
    ----------
    source : callable
        Gives the bytes of a path, or None.
    key : VerifierKey
        Key of the log.
    checkpoint : bytes, optional
        Signed note to read under; by default the source's file ``checkpoint``.
    origin : str, optional
        Origin of the log when it is not the name of its key.
    cached_tiles : int
        Tiles kept in memory, 16 KiB each.

    Raises
    ------
    NoteError, LogError
        When the checkpoint is missing or not signed by the log.
    """

    def __init__(
        self,
        source: Source,
        key: VerifierKey,
        *,
        checkpoint: bytes | None = None,
        origin: str | None = None,
        cached_tiles: int = 1024,
    ) -> None:
        self._source = source
        self._origin = origin
        self.key = key
        self.note = checkpoint if checkpoint is not None else self._required(CHECKPOINT)
        self.checkpoint = open_checkpoint(self.note, key, origin=origin)[0]
        self._tile = functools.lru_cache(maxsize=cached_tiles)(self._load_tile)

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.checkpoint.size

    def node(self, level: int, index: int) -> bytes:
        """Return a complete node of the tree, read from tiles."""
        above, within = divmod(level, tiles.HEIGHT)
        tile_index, at = divmod(index << within, tiles.WIDTH)
        row = self._tile(above, tile_index)[within]
        found = row[(at >> within) * HASH_SIZE :][:HASH_SIZE]
        if len(found) != HASH_SIZE:
            raise TileError("trust.tile.absent", level=above, index=tile_index, size=self.size)
        return found

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the entries ``start … end − 1``, not yet checked against the tree.

        Raises
        ------
        LogError, TileError
            When a bundle is missing or malformed.
        """
        end = self.size if end is None else end
        if not 0 <= start <= end <= self.size:
            raise LogError("trust.log.range", start=start, end=end, size=self.size)
        at = start
        while at < end:
            index = at // tiles.WIDTH
            bundle = self.bundle(index)
            yield from bundle[at - index * tiles.WIDTH : end - index * tiles.WIDTH]
            at = (index + 1) * tiles.WIDTH

    def bundle(self, index: int) -> list[bytes]:
        """Return the entries of one bundle, at the width this log has it."""
        tile = tiles.tile_at(-1, index, self.size)
        data, found = self._file(tile)
        return tiles.split_entries(data, found)[: tile.width]

    def entry(self, index: int) -> bytes:
        """Return an entry that is checked: its hash leads to the checkpoint's root.

        Raises
        ------
        TrustError
            When it is missing, malformed, or not what the checkpoint promises.
        """
        (data,) = self.entries(index, index + 1)
        proof.verify_inclusion(
            leaf_hash=leaf_hashes([data])[0],
            index=index,
            size=self.size,
            proof=self.inclusion_proof(index),
            root=self.checkpoint.root,
        )
        return data

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof that entry ``index`` is in the tree of ``size`` entries, by default of all."""
        return inclusion_proof(index, self._size(size), self)

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the proof that the tree of ``old`` entries is a beginning of that of ``new``, by default of all."""
        return consistency_proof(old, self._size(new), self)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first ``size`` entries as the tiles have it."""
        return root(self._size(size), self)

    def require_extends(self, older: Checkpoint) -> None:
        """Return when ``older`` is a beginning of this log.

        Raises
        ------
        LogError, ProofError
            When this log is shorter, or its history is another.
        """
        if older.size > self.size:
            raise LogError("trust.log.behind", origin=self.checkpoint.origin, size=self.size, wanted=older.size)
        if older.size == 0:
            return
        proof.verify_consistency(
            old_size=older.size,
            new_size=self.size,
            old_root=older.root,
            new_root=self.checkpoint.root,
            proof=self.consistency_proof(older.size),
        )

    def verify(self, older: Iterable[bytes] = (), *, progress: Callable[[int], None] | None = None) -> LogReport:
        """Read the whole log and hold everything in it against everything else.

        All entries are hashed; every tile equals the hashes below it, also those of older checkpoints that are still there;
        each checkpoint is signed by the log and has the root of the entries; every consecutive pair is consistent by its proof.

        Parameters
        ----------
        older : iterable of bytes
            More checkpoints of the log, as signed notes, in any order.
        progress : callable, optional
            Called with the number of entries hashed so far.

        Raises
        ------
        TrustError
            Names the first thing that does not hold: checkpoint, tile, bundle, size or pair.
        """
        checkpoints = self._checkpoints(older)
        largest = checkpoints[-1]
        if largest.size > self.size:
            raise LogError("trust.log.behind", origin=largest.origin, size=self.size, wanted=largest.size)
        roots = {checkpoint.size: checkpoint.root for checkpoint in checkpoints}
        edge = Frontier()
        compared = 0
        _require_root(edge, roots)
        for index in range(-(-self.size // tiles.WIDTH)):
            entries = self.bundle(index)
            hashes = leaf_hashes(entries)
            cuts = sorted({size - index * tiles.WIDTH for size in roots if 0 < size - index * tiles.WIDTH <= len(hashes)})
            start = 0
            for cut in [*cuts, len(hashes)]:
                changed = edge.extend(hashes[start:cut])
                compared += sum(self._compare(level, at, row) for level, at, row in changed)
                self._compare_bundle(index, entries[:cut])
                start = cut
                _require_root(edge, roots)
            if progress is not None:
                progress(edge.size)
        for before, after in itertools.pairwise(checkpoints):
            self._require_pair(before, after)
        return LogReport(largest.origin, largest.size, largest.root, tuple(checkpoints), compared)

    def _checkpoints(self, older: Iterable[bytes]) -> list[Checkpoint]:
        found: dict[int, Checkpoint] = {self.size: self.checkpoint}
        for data in older:
            checkpoint = open_checkpoint(data, self.key, origin=self._origin)[0]
            known = found.setdefault(checkpoint.size, checkpoint)
            if known.root != checkpoint.root:
                raise LogError(
                    "trust.log.split",
                    origin=checkpoint.origin,
                    size=checkpoint.size,
                    one=known.root.hex(),
                    other=checkpoint.root.hex(),
                )
        return [found[size] for size in sorted(found)]

    def _require_pair(self, before: Checkpoint, after: Checkpoint) -> None:
        if before.size:
            proof.verify_consistency(
                old_size=before.size,
                new_size=after.size,
                old_root=before.root,
                new_root=after.root,
                proof=self.consistency_proof(before.size, after.size),
            )

    def _compare(self, level: int, index: int, hashes: list[bytes]) -> bool:
        """Hold a tile against the hashes of the entries; one narrower than now is held only when its file is still there."""
        tile = Tile(level, index, len(hashes))
        if tile == tiles.tile_at(level, index, self.size):
            data, found = self._file(tile)
        else:
            older = self._source(tile.path)
            if older is None:
                return False
            data, found = older, tile
        stored = tiles.split_hashes(data, found)[: tile.width]
        for at, (have, want) in enumerate(zip(stored, hashes, strict=True)):
            if have != want:
                raise LogError("trust.log.tile", path=found.path, at=at, found=have.hex(), wanted=want.hex())
        return True

    def _compare_bundle(self, index: int, entries: list[bytes]) -> None:
        """Hold an entry bundle of an older checkpoint, when its file is still there, against the entries read."""
        tile = tiles.bundle(index, len(entries))
        data = self._source(tile.path) if len(entries) < tiles.WIDTH else None
        if data is not None and tiles.split_entries(data, tile) != entries:
            raise LogError("trust.log.bundle", path=tile.path)

    def _load_tile(self, level: int, index: int) -> list[bytes]:
        """Return the nodes of a tile, one row of bytes for each of its eight levels."""
        tile = tiles.tile_at(level, index, self.size)
        data, found = self._file(tile)
        tiles.split_hashes(data, found)
        rows = [data[: tile.width * HASH_SIZE]]
        for _ in range(tiles.HEIGHT - 1):
            below = rows[-1]
            pairs = range(0, len(below) - 2 * HASH_SIZE + 1, 2 * HASH_SIZE)
            rows.append(b"".join([hashlib.sha256(b"\x01" + below[at : at + 2 * HASH_SIZE]).digest() for at in pairs]))
        return rows

    def _file(self, tile: Tile) -> tuple[bytes, Tile]:
        """Return the bytes of a tile or of the full one that took its place, and which it was."""
        limit = tiles.MAX_BUNDLE_BYTES if tile.level < 0 else tiles.WIDTH * HASH_SIZE
        for candidate in (tile, tile.full):
            data = self._source(candidate.path)
            if data is not None:
                if len(data) > limit:
                    raise TileError("trust.tile.width", path=candidate.path, found=len(data), wanted=f"≤ {limit}")
                return data, candidate
        raise LogError("trust.log.missing", path=tile.path, size=self.size)

    def _required(self, path: str) -> bytes:
        data = self._source(path)
        if data is None:
            raise LogError("trust.log.no_checkpoint", path=path)
        return data

    def _size(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise LogError("trust.log.range", start=0, end=size, size=self.size)
        return size


def _require_root(edge: Frontier, roots: dict[int, bytes]) -> None:
    wanted = roots.get(edge.size)
    if wanted is not None and edge.root() != wanted:
        raise LogError("trust.log.root", size=edge.size, found=edge.root().hex(), wanted=wanted.hex())
