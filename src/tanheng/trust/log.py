"""Writing a tile log so that a crash at any point loses nothing that was acknowledged.

One append writes entry bundles, tiles and the new checkpoint beside the old one; syncs each; syncs the folders that name them;
renames the checkpoint over the old one and syncs its folder. Only then is the append acknowledged. No file that a published
checkpoint needs is ever written again: a full tile is written once, a partial one has its width in its name. So a torn write
can only lie beyond the checkpoint, where the next append writes over it.

Opening reads the right edge of the tree, and refuses a log whose edge does not have the checkpoint's root. Tiles follow from
the entries; ``repair`` writes those that are missing or damaged again, after the entries gave the checkpoint's root.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.trust import note, tiles
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.errors import LogError
from tanheng.trust.files import Files, folder_of, replace
from tanheng.trust.log_reader import CHECKPOINT, Frontier, LogReader
from tanheng.trust.note import NoteSigner, Signature, VerifierKey
from tanheng.trust.tiles import Tile
from tanheng.trust.tree import EMPTY_ROOT, leaf_hashes

_NEXT = CHECKPOINT + ".next"


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append made durable.

    Attributes
    ----------
    first : int
        Index of the first entry appended.
    checkpoint : Checkpoint
        Head of the log with them.
    note : bytes
        The checkpoint as signed.
    """

    first: int
    checkpoint: Checkpoint
    note: bytes


class Log:
    """A tile log that this process may write. Make one with ``create`` or ``open``.

    One writer at a time: hold ``files.lock("lock")`` around its life when another process could open it.
    """

    def __init__(
        self, files: Files, signer: NoteSigner, checkpoint: Checkpoint, signed: bytes, edge: Frontier, bundle: bytes
    ) -> None:
        self._files = files
        self._signer = signer
        self._edge = edge
        self._bundle = bundle  # bytes of the entry bundle that is not full yet
        self._broken = False
        self.checkpoint = checkpoint
        self.note = signed

    @classmethod
    def create(cls, files: Files, signer: NoteSigner) -> Log:
        """Begin a log of size 0, whose origin is the signer's name.

        Raises
        ------
        LogError
            When the folder already holds a log or the remains of one.
        """
        if files.size(CHECKPOINT) is not None or files.list("tile"):
            raise LogError("trust.log.exists", origin=signer.name)
        checkpoint = Checkpoint(signer.name, 0, EMPTY_ROOT)
        signed = checkpoint.sign([signer])
        replace(files, CHECKPOINT, signed)
        return cls(files, signer, checkpoint, signed, Frontier(), b"")

    @classmethod
    def open(cls, files: Files, signer: NoteSigner, *, at_least: Checkpoint | None = None) -> Log:
        """Open a log for writing.

        Parameters
        ----------
        files : Files
            Its folder.
        signer : NoteSigner
            Key of the log; its name is the origin.
        at_least : Checkpoint, optional
            A checkpoint known elsewhere, such as the last one a witness cosigned: a log that lies behind it or has another
            history was restored from an old copy, and is refused.

        Raises
        ------
        TrustError
            When there is no log, its checkpoint is not signed by this key, or the edge of its tree is damaged.
        """
        reader = LogReader(files.read, signer.verifier_key)
        if at_least is not None:
            reader.require_extends(at_least)
        edge = _edge(reader)
        if edge.root() != reader.checkpoint.root:
            raise LogError("trust.log.root", size=reader.size, found=edge.root().hex(), wanted=reader.checkpoint.root.hex())
        entries = reader.bundle(reader.size // tiles.WIDTH) if reader.size % tiles.WIDTH else []
        if leaf_hashes(entries) != edge.rows[0]:
            raise LogError("trust.log.edge", path=tiles.tile_at(-1, reader.size // tiles.WIDTH, reader.size).path)
        return cls(files, signer, reader.checkpoint, reader.note, edge, tiles.join_entries(entries))

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.checkpoint.size

    def reader(self) -> LogReader:
        """Return a reader of the log as it stands now."""
        return LogReader(self._files.read, self._signer.verifier_key, checkpoint=self.note)

    def append(self, entries: Sequence[bytes]) -> Appended:
        """Append entries and return when they, their tiles and a checkpoint over them are durable.

        Raises
        ------
        TileError
            When an entry is longer than 65 535 bytes; nothing is written.
        LogError, StorageError
            When writing failed. What happened is then unknown to this object, which refuses further work: open the log again.
        """
        if self._broken:
            raise LogError("trust.log.broken", origin=self.checkpoint.origin)
        if not entries:
            return Appended(self.size, self.checkpoint, self.note)
        written = _bundles(self._bundle, self.size, entries)
        edge = self._edge.copy()
        for level, index, hashes in edge.extend(leaf_hashes(entries)):
            written[Tile(level, index, len(hashes)).path] = b"".join(hashes)
        checkpoint = Checkpoint(self.checkpoint.origin, self.size + len(entries), edge.root())
        signed = checkpoint.sign([self._signer])
        self._broken = True
        _write_durably(self._files, {**written, _NEXT: signed})
        self._files.rename(_NEXT, CHECKPOINT)
        self._files.sync_folder(folder_of(CHECKPOINT))
        self._broken = False
        first = self.size
        partial = tiles.bundle(checkpoint.size // tiles.WIDTH, checkpoint.size % tiles.WIDTH)
        self._bundle = written[partial.path] if partial.width else b""
        self._edge, self.checkpoint, self.note = edge, checkpoint, signed
        return Appended(first, checkpoint, signed)

    def add_cosignatures(self, signatures: Sequence[Signature]) -> bytes:
        """Publish cosignatures with the checkpoint they belong to; return the note. The caller has verified them.

        Signatures of a checkpoint that is no longer the head are not published: fetch them again for the new one.
        """
        text, known = note.parse(self.note)
        fresh = [signature for signature in signatures if signature not in known]
        signed = note.join(text, [*known, *fresh])
        replace(self._files, CHECKPOINT, signed)
        self.note = signed
        return signed

    def prune(self) -> int:
        """Remove partial tiles and bundles whose full file is there; return how many."""
        removed = 0
        for level in range(-1, tiles.MAX_LEVEL + 1):
            for index in range((self.size >> tiles.HEIGHT * max(level, 0)) // tiles.WIDTH):
                full = Tile(level, index).path
                for name in self._files.list(f"{full}.p"):
                    self._files.remove(f"{full}.p/{name}")
                    removed += 1
        return removed


def repair(files: Files, key: VerifierKey) -> list[str]:
    """Write tiles again that are missing or differ from the entries; return their paths.

    Raises
    ------
    TrustError
        When the entries do not have the root of the checkpoint: then the entries are damaged, and nothing is written.
    """
    signed = files.read(CHECKPOINT)
    if signed is None:
        raise LogError("trust.log.no_checkpoint", path=CHECKPOINT)
    checkpoint = open_checkpoint(signed, key)[0]
    reader = LogReader(files.read, key, checkpoint=signed)
    edge = Frontier()
    wanted: dict[str, bytes] = {}
    for index in range(-(-reader.size // tiles.WIDTH)):
        for level, at, hashes in edge.extend(leaf_hashes(reader.bundle(index))):
            if len(hashes) == tiles.tile_at(level, at, reader.size).width:
                wanted[Tile(level, at, len(hashes)).path] = b"".join(hashes)
    if edge.root() != checkpoint.root:
        raise LogError("trust.log.root", size=reader.size, found=edge.root().hex(), wanted=checkpoint.root.hex())
    damaged = {path: data for path, data in wanted.items() if files.read(path) != data}
    _write_durably(files, damaged)
    return sorted(damaged)


def _write_durably(files: Files, written: dict[str, bytes]) -> None:
    """Write files, then sync them, then the folders that name them: in this order one commit of the disk serves many."""
    for path, data in written.items():
        files.write(path, data)
    for path in written:
        files.sync(path)
    for folder in sorted({folder_of(path) for path in written}):
        files.sync_folder(folder)


def _bundles(begun: bytes, size: int, entries: Sequence[bytes]) -> dict[str, bytes]:
    """Return the entry bundles that change when ``entries`` join a log of ``size``, whose last bundle has begun."""
    written: dict[str, bytes] = {}
    at, start = size, 0
    while start < len(entries):
        index = at // tiles.WIDTH
        count = min(len(entries) - start, (index + 1) * tiles.WIDTH - at)
        data = begun + tiles.join_entries(entries[start : start + count])
        at, start, begun = at + count, start + count, b""
        written[tiles.bundle(index, at - index * tiles.WIDTH).path] = data
    return written


def _edge(reader: LogReader) -> Frontier:
    """Return the right edge of a log from its partial tiles."""
    rows = []
    for level in range(tiles.MAX_LEVEL + 1):
        nodes = reader.size >> tiles.HEIGHT * level
        if not nodes:
            break
        count, index = nodes % tiles.WIDTH, nodes // tiles.WIDTH
        rows.append([reader.node(tiles.HEIGHT * level, index * tiles.WIDTH + at) for at in range(count)])
    return Frontier(rows)


def open_or_create(files: Files, signer: NoteSigner, *, at_least: Checkpoint | None = None) -> Log:
    """Open a log, or begin it when the folder is empty and no checkpoint of it is known."""
    if files.size(CHECKPOINT) is None and not files.list("tile") and at_least is None:
        return Log.create(files, signer)
    return Log.open(files, signer, at_least=at_least)
