"""The faults of trust.

::

    TrustError (core)
    ├── BatchError (core.batch)   a batch of readings that breaks its schema
    ├── CborError                 bytes that are no deterministic CBOR of the shape asked for
    ├── SignatureError            a signature that does not fit message and key
    ├── KeyRefusedError           a key that is unknown, of another kind, not in force, or cannot be read
    ├── EnvelopeError             an envelope that cannot be opened
    ├── NoteError                 a signed note, a verifier key or a checkpoint that is malformed or not signed as asked
    ├── ProofError                an inclusion or consistency proof that does not hold
    ├── TileError                 a tile, entry bundle or tile path that is not what its tree needs
    ├── LogError                  a log whose stored state contradicts itself, a checkpoint or a file that is missing
    ├── PolicyError               a policy file that cannot be read, or a quorum that is not reached
    ├── WitnessError              a request that a witness refuses; carries the HTTP status
    ├── StatementError            a log entry that is no statement, or a payload that is not the one stated
    ├── StorageError              a pack, a content-addressed file or a folder that is damaged
    └── TimestampError            an RFC 3161 time stamp that does not verify

Verifying raises; no function returns a flag that somebody can forget.
"""

from __future__ import annotations

from tanheng.core.errors import TrustError

__all__ = [
    "CborError",
    "EnvelopeError",
    "KeyRefusedError",
    "LogError",
    "NoteError",
    "PolicyError",
    "ProofError",
    "SignatureError",
    "StatementError",
    "StorageError",
    "TileError",
    "TimestampError",
    "TrustError",
    "WitnessError",
]


class CborError(TrustError):
    """Bytes that are no deterministic CBOR, or not of the shape asked for."""


class SignatureError(TrustError):
    """A signature that does not fit message and key."""


class KeyRefusedError(TrustError):
    """A key that is unknown, of another kind, not in force, or cannot be read."""


class EnvelopeError(TrustError):
    """An envelope that cannot be opened."""


class NoteError(TrustError):
    """A signed note, verifier key or checkpoint that is malformed or not signed as asked."""


class ProofError(TrustError):
    """An inclusion or consistency proof that does not hold."""


class TileError(TrustError):
    """A tile, entry bundle or tile path that is not what its tree needs."""


class LogError(TrustError):
    """A log whose stored state contradicts itself, or lacks something."""


class PolicyError(TrustError):
    """A policy file that cannot be read, or a quorum that is not reached."""


class WitnessError(TrustError):
    """A request that a witness refuses.

    Attributes
    ----------
    status : int
        HTTP status of C2SP tlog-witness.
    body : str
        Body of the answer; the size last cosigned for a conflict.
    """

    def __init__(self, code: str, /, *, status: int = 400, body: str = "", **fields: object) -> None:
        super().__init__(code, status=status, body=body, **fields)
        self.status = status
        self.body = body


class StatementError(TrustError):
    """A log entry that is no statement, or a payload that is not the one stated."""


class StorageError(TrustError):
    """A pack, a content-addressed file or a folder that is damaged."""


class TimestampError(TrustError):
    """An RFC 3161 time stamp that does not verify."""
