"""Cosigners: witnesses that put their name to a checkpoint (C2SP tlog-cosignature v1; the bytes: ``trust.cosigned``)."""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.trust import note
from tanheng.trust.cosigned import signed_message
from tanheng.trust.errors import NoteError
from tanheng.trust.note import Signature, VerifierKey
from tanheng.trust.suites import Algorithm, Signer


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
