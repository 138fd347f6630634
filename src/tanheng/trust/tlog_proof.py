r"""Proof files: C2SP tlog-proof v1, everything that shows one entry to be in a log.

::

    "c2sp.org/tlog-proof@v1\n" ["extra " base64 "\n"] "index " i "\n" *(base64 hash "\n") "\n" checkpoint

``extra`` is not authenticated. The parser stays in this one module, because the specification has no release yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.trust import proof, strict
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.errors import ProofError
from tanheng.trust.log_reader import LogReader
from tanheng.trust.note import VerifierKey
from tanheng.trust.policy import Policy
from tanheng.trust.tree import leaf_hash

HEADER = "c2sp.org/tlog-proof@v1"
MAX_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class ProofFile:
    """An inclusion proof with the checkpoint it leads to."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @classmethod
    def of(cls, reader: LogReader, index: int) -> ProofFile:
        """Return the proof of an entry under a reader's checkpoint."""
        return cls(index, tuple(reader.inclusion_proof(index)), reader.note)

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {strict.encode_base64(self.extra)}")
        lines += [f"index {self.index}", *(strict.encode_base64(value) for value in self.hashes)]
        return "".join(line + "\n" for line in lines).encode() + b"\n" + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> ProofFile:
        """Return the proof of a file's bytes; raise ``ProofError`` when it is malformed."""
        if len(data) > MAX_BYTES:
            raise ProofError("trust.proof.file", reason=f"{len(data)} bytes, at most {MAX_BYTES} are read")
        head, separator, checkpoint = data.partition(b"\n\n")
        lines = head.decode("utf-8", errors="replace").split("\n")
        if not separator or lines.pop(0) != HEADER:
            raise ProofError(
                "trust.proof.file", reason=f"it must begin with {HEADER} and part proof and checkpoint by an empty line"
            )
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = strict.decode_base64(lines.pop(0).removeprefix("extra "))
            if extra is None:
                raise ProofError("trust.proof.file", reason="the line “extra” is no base64")
        index = strict.decode_decimal(lines[0].removeprefix("index ")) if lines else None
        if index is None or not lines.pop(0).startswith("index "):
            raise ProofError("trust.proof.file", reason="the line “index” is missing or no number")
        hashes = [strict.decode_base64(line) for line in lines]
        if len(hashes) > proof.MAX_LENGTH or any(value is None or len(value) != 32 for value in hashes):
            raise ProofError("trust.proof.file", reason="a line of the proof is no base64 of 32 bytes, or there are too many")
        return cls(index, tuple(value for value in hashes if value is not None), checkpoint, extra)

    def verify(self, entry: bytes, trusted: Policy | VerifierKey) -> Checkpoint:
        """Return the checkpoint when ``entry`` is in the log at ``index``.

        Parameters
        ----------
        entry : bytes
            The entry, from the caller's own data.
        trusted : Policy or VerifierKey
            A policy, whose quorum must have cosigned, or the log's key alone.

        Raises
        ------
        TrustError
            When the checkpoint is not signed as asked, or the proof does not hold.
        """
        if isinstance(trusted, Policy):
            checkpoint, _ = trusted.open_checkpoint(self.checkpoint)
        else:
            checkpoint, _ = open_checkpoint(self.checkpoint, trusted)
        proof.verify_inclusion(
            leaf_hash=leaf_hash(entry), index=self.index, size=checkpoint.size, proof=self.hashes, root=checkpoint.root
        )
        return checkpoint
