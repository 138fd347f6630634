r"""Cosignatures: C2SP tlog-cosignature v1, a witness's word that a checkpoint is consistent with all it saw before.

::

    message    = "cosignature/v1\n" "time " T "\n" ‖ whole checkpoint body
    signature  = u64be(T) ‖ 64 bytes of Ed25519        T in POSIX seconds, 1 … 2^63 − 1

The message does not name the cosigner: one key serves one cosigner.
"""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.trust import note
from tanheng.trust.errors import NoteError, SignatureError
from tanheng.trust.note import Signature, VerifierKey
from tanheng.trust.suites import Algorithm, Signer, verifier

_LENGTH = 8 + 64


def signed_message(text: bytes, seconds: int) -> bytes:
    """Return the bytes a cosigner signs over a checkpoint body at a time."""
    return f"cosignature/v1\ntime {seconds}\n".encode() + text


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Cosigns checkpoints under a name, with an Ed25519 key."""

    name: str
    key: Signer

    def __post_init__(self) -> None:
        note.check_name(self.name)
        if self.key.algorithm is not Algorithm.ED25519:
            raise NoteError("trust.note.algorithm", name=self.name, found=self.key.algorithm)

    @property
    def verifier_key(self) -> VerifierKey:
        """The key that checks this cosigner."""
        return VerifierKey(self.name, note.COSIGNATURE, self.key.public)

    def sign(self, text: bytes, *, seconds: int) -> Signature:
        """Return the cosignature of a checkpoint body.

        Parameters
        ----------
        text : bytes
            The body, from the origin to its last line feed.
        seconds : int
            Time of the cosignature, POSIX seconds, larger than 0.
        """
        if not 0 < seconds < 1 << 63:
            raise NoteError("trust.cosignature.time", name=self.name, found=seconds)
        signature = seconds.to_bytes(8, "big") + self.key.sign(signed_message(text, seconds))
        return Signature(self.name, self.verifier_key.key_hash, signature)


def time_of(signature: bytes) -> int:
    """Return the time of a cosignature, POSIX seconds.

    Raises
    ------
    SignatureError
        When the bytes are no cosignature, or its time is 0 or beyond 2^63 − 1.
    """
    seconds = int.from_bytes(signature[:8], "big")
    if len(signature) != _LENGTH or not 0 < seconds < 1 << 63:
        raise SignatureError("trust.cosignature.form", found=len(signature), wanted=_LENGTH, seconds=seconds)
    return seconds


def verify(key: VerifierKey, text: bytes, signature: bytes) -> int:
    """Return the time of a cosignature that holds; raise ``SignatureError`` otherwise."""
    seconds = time_of(signature)
    verifier(Algorithm.ED25519, key.public).verify(signed_message(text, seconds), signature[8:])
    return seconds
