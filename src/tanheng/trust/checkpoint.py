r"""Checkpoints: C2SP tlog-checkpoint v1.0.0, the signed head of a log.

::

    origin "\n" decimal size "\n" base64(root) "\n" *(extension "\n")       then the signatures of the note

Tanheng writes no extension lines and keeps those it reads, because they are signed. The log's key is named by the origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.trust import note, strict
from tanheng.trust.errors import NoteError
from tanheng.trust.note import Note, NoteSigner, NoteVerifier, VerifierKey
from tanheng.trust.tree import EMPTY_ROOT, HASH_SIZE


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its name, its size and its root.

    Raises
    ------
    NoteError
        When a field cannot stand in a checkpoint.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise NoteError("trust.checkpoint.origin", found=repr(self.origin)[:120])
        if not 0 <= self.size < 1 << 63:
            raise NoteError("trust.checkpoint.size", origin=self.origin, found=self.size)
        if len(self.root) != HASH_SIZE:
            raise NoteError("trust.checkpoint.root", origin=self.origin, found=len(self.root))
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise NoteError("trust.checkpoint.empty_root", origin=self.origin, found=self.root.hex())
        if not all(self.extensions) or any("\n" in line for line in self.extensions):
            raise NoteError("trust.checkpoint.extension", origin=self.origin)

    @property
    def text(self) -> bytes:
        """The body that is signed."""
        lines = [self.origin, str(self.size), strict.encode_base64(self.root), *self.extensions]
        return "".join(line + "\n" for line in lines).encode()

    @classmethod
    def parse(cls, text: bytes) -> Checkpoint:
        """Return the checkpoint of a note's text.

        Raises
        ------
        NoteError
            When the text is no checkpoint in its one spelling.
        """
        lines = text.decode("utf-8", errors="replace").split("\n")
        if len(lines) < 4 or lines.pop() != "":
            raise NoteError("trust.checkpoint.lines", found=len(lines))
        size, root = strict.decode_decimal(lines[1]), strict.decode_base64(lines[2])
        if size is None:
            raise NoteError("trust.checkpoint.size", origin=lines[0][:120], found=lines[1][:40])
        if root is None:
            raise NoteError("trust.checkpoint.root", origin=lines[0][:120], found=lines[2][:80])
        return cls(lines[0], size, root, tuple(lines[3:]))

    def sign(self, signers: Sequence[NoteSigner]) -> bytes:
        """Return the checkpoint as a signed note."""
        return note.sign(self.text, signers)


def open_checkpoint(
    data: bytes, log: VerifierKey, *, origin: str | None = None, others: Sequence[NoteVerifier] = ()
) -> tuple[Checkpoint, Note]:
    """Return a checkpoint that the log itself signed, and its note.

    Parameters
    ----------
    data : bytes
        The signed note.
    log : VerifierKey
        The log's key.
    origin : str, optional
        Origin the checkpoint must have; the key's name when not given.
    others : sequence of NoteVerifier
        Witnesses whose cosignatures are checked as well when they are there.

    Raises
    ------
    NoteError
        When the note is malformed, a known signature fails, the log's signature is missing, or the origin is another.
    """
    opened = note.open_note(data, [log, *others])
    if not any(signature.name == log.name and signature.key_hash == log.key_hash for signature in opened.verified):
        found = ", ".join(signature.name for signature in opened.signatures)[:200]
        raise NoteError("trust.note.unsigned", wanted=f"{log.name}+{log.key_hash.hex()}", found=found)
    checkpoint = Checkpoint.parse(opened.text)
    wanted = log.name if origin is None else origin
    if checkpoint.origin.encode() != wanted.encode():
        raise NoteError("trust.checkpoint.other_origin", found=checkpoint.origin[:200], wanted=wanted)
    return checkpoint, opened
