r"""A witness of transparency logs: C2SP tlog-witness v1.0.0.

::

    POST add-checkpoint     body = "old " size "\n" 0..63 (base64 hash "\n") "\n" checkpoint
    200  signature lines
    400  the body is malformed, or old is above the checkpoint's size
    403  no signature of a trusted key, or one that fails
    404  unknown origin
    409  old is not the size last cosigned; the body is that size
    422  the proof does not hold: bad, not empty with old = 0, another root at the same size

A witness remembers one checkpoint a log, and cosigns only what is consistent with it. Checking ``old`` and keeping the new
checkpoint is one atomic step of the store, done before the answer. A log is known only when a person put it into the list; a
new epoch of a log is a new origin, so it is unknown until a person accepts it, and the old one stays.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from tanheng.trust import note, proof, strict
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.errors import NoteError, ProofError, WitnessError
from tanheng.trust.files import Files, replace
from tanheng.trust.note import VerifierKey

MAX_BODY = 1 << 20
MAX_PROOF = 63


class WitnessStore(Protocol):
    """What a witness remembers."""

    def last(self, origin: str) -> bytes | None:
        """Return the note last cosigned for a log, or None."""

    def swap(self, origin: str, *, before: bytes | None, after: bytes) -> bool:
        """Make ``after`` the last note when ``before`` still is; durable on return. Return whether it was."""

    def keep_evidence(self, origin: str, checkpoint: bytes) -> None:
        """Keep a signed checkpoint that contradicts the one remembered."""


def name_of(origin: str) -> str:
    """Return the name of a log's files: the SHA-256 of its origin, hexadecimal."""
    return hashlib.sha256(origin.encode()).hexdigest()


class MemoryStore:
    """A store in memory."""

    def __init__(self) -> None:
        self._last: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self.evidence: list[tuple[str, bytes]] = []

    def last(self, origin: str) -> bytes | None:
        """Return the note last cosigned for a log, or None."""
        return self._last.get(origin)

    def swap(self, origin: str, *, before: bytes | None, after: bytes) -> bool:
        """Make ``after`` the last note when ``before`` still is."""
        with self._lock:
            if self._last.get(origin) != before:
                return False
            self._last[origin] = after
            return True

    def keep_evidence(self, origin: str, checkpoint: bytes) -> None:
        """Keep a signed checkpoint that contradicts the one remembered."""
        self.evidence.append((origin, checkpoint))


class FileStore:
    """A store in a folder: ``<sha256(origin)>/checkpoint`` and ``<sha256(origin)>/evidence/<sha256(note)>``.

    One process serves one folder; the lock of ``serve`` keeps a second one away.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lock = threading.Lock()

    def last(self, origin: str) -> bytes | None:
        """Return the note last cosigned for a log, or None."""
        return self._files.read(f"{name_of(origin)}/checkpoint")

    def swap(self, origin: str, *, before: bytes | None, after: bytes) -> bool:
        """Make ``after`` the last note when ``before`` still is; durable on return."""
        with self._lock:
            if self.last(origin) != before:
                return False
            replace(self._files, f"{name_of(origin)}/checkpoint", after)
            return True

    def keep_evidence(self, origin: str, checkpoint: bytes) -> None:
        """Keep a signed checkpoint that contradicts the one remembered."""
        replace(self._files, f"{name_of(origin)}/evidence/{hashlib.sha256(checkpoint).hexdigest()}", checkpoint)


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed body of ``add-checkpoint``."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """Return the request of a body; raise ``WitnessError`` (400) when it is malformed."""
        if len(body) > MAX_BODY:
            raise WitnessError("trust.witness.body", reason=f"{len(body)} bytes, at most {MAX_BODY} are read")
        head, separator, checkpoint = body.partition(b"\n\n")
        lines = head.decode("utf-8", errors="replace").split("\n")
        old = strict.decode_decimal(lines[0].removeprefix("old "))
        if not separator or not lines[0].startswith("old ") or old is None:
            raise WitnessError(
                "trust.witness.body", reason="it does not begin with “old <size>” and end its proof with an empty line"
            )
        if len(lines) - 1 > MAX_PROOF:
            raise WitnessError("trust.witness.body", reason=f"{len(lines) - 1} proof lines, at most {MAX_PROOF} are read")
        hashes = [strict.decode_base64(line) for line in lines[1:]]
        if any(value is None or len(value) != 32 for value in hashes):
            raise WitnessError("trust.witness.body", reason="a proof line is no base64 of 32 bytes")
        return cls(old, tuple(value for value in hashes if value is not None), checkpoint)

    def encode(self) -> bytes:
        """Return the body of the request."""
        lines = [f"old {self.old}", *(strict.encode_base64(value) for value in self.proof)]
        return "".join(line + "\n" for line in lines).encode() + b"\n" + self.checkpoint


class Witness:
    """Cosigns the checkpoints of the logs it knows.

    Parameters
    ----------
    cosigner : Cosigner
        Name and key of the witness.
    logs : mapping of str to VerifierKey
        Keys of the logs it watches, by origin.
    store : WitnessStore
        What it remembers.
    clock : callable
        Gives the time, POSIX seconds.
    """

    def __init__(
        self, cosigner: Cosigner, *, logs: Mapping[str, VerifierKey], store: WitnessStore, clock: Callable[[], int]
    ) -> None:
        self.cosigner = cosigner
        self._logs = logs
        self._store = store
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> str:
        """Return the signature lines for a request.

        Raises
        ------
        WitnessError
            With the HTTP status of the refusal, and for 409 the size last cosigned.
        """
        request = Request.parse(body)
        checkpoint = self._open(request.checkpoint)
        if request.old > checkpoint.size:
            raise WitnessError("trust.witness.old", old=request.old, size=checkpoint.size)
        before = self._store.last(checkpoint.origin)
        self._check(request, checkpoint, before)
        signature = self.cosigner.sign(checkpoint.text, seconds=self._clock())
        after = request.checkpoint + signature.line.encode()
        if not self._store.swap(checkpoint.origin, before=before, after=after):
            raise _conflict(checkpoint.origin, request.old, self._last(self._store.last(checkpoint.origin)).size)
        return signature.line

    def checkpoint(self, origin_hash: str) -> bytes | None:
        """Return the note last cosigned for the log whose origin has this SHA-256, or None."""
        for origin in self._logs:
            if name_of(origin) == origin_hash:
                return self._store.last(origin)
        return None

    def _open(self, data: bytes) -> Checkpoint:
        origin = data.partition(b"\n")[0].decode("utf-8", errors="replace")
        key = self._logs.get(origin)
        if key is None:
            raise WitnessError("trust.witness.unknown_log", status=404, origin=origin[:200])
        try:
            return open_checkpoint(data, key)[0]
        except NoteError as error:
            if error.code == "trust.checkpoint.empty_root":  # signed, and yet no tree
                raise WitnessError("trust.witness.proof", status=422, origin=origin, reason=error.text()) from error
            raise WitnessError("trust.witness.signature", status=403, origin=origin, reason=error.text()) from error

    def _check(self, request: Request, checkpoint: Checkpoint, before: bytes | None) -> None:
        last = self._last(before)
        if request.old != last.size:
            raise _conflict(checkpoint.origin, request.old, last.size)
        try:
            if last.size == 0:
                if request.proof:
                    raise ProofError("trust.proof.length", found=len(request.proof), size=0)
                return
            proof.verify_consistency(
                old_size=last.size,
                new_size=checkpoint.size,
                old_root=last.root,
                new_root=checkpoint.root,
                proof=request.proof,
            )
        except ProofError as error:
            if checkpoint.size == last.size and checkpoint.root != last.root:
                self._store.keep_evidence(checkpoint.origin, request.checkpoint)
            raise WitnessError("trust.witness.proof", status=422, origin=checkpoint.origin, reason=error.text()) from error

    @staticmethod
    def _last(data: bytes | None) -> Checkpoint:
        if data is None:
            return Checkpoint("–", 0, hashlib.sha256(b"").digest())
        return Checkpoint.parse(note.parse(data)[0])


def _conflict(origin: str, old: int, size: int) -> WitnessError:
    return WitnessError("trust.witness.conflict", status=409, body=f"{size}\n", origin=origin, old=old, size=size)
