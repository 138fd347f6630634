r"""Cosignatures: C2SP tlog-cosignature v1, a witness's word that a checkpoint is consistent with all it saw before.

::

    message    = "cosignature/v1\n" "time " T "\n" ‖ whole checkpoint body
    signature  = u64be(T) ‖ 64 bytes of Ed25519        T in POSIX seconds, 1 … 2^63 − 1

The message does not name the cosigner: one key serves one cosigner.
"""

from __future__ import annotations

from tanheng.trust.errors import SignatureError
from tanheng.trust.suites import Algorithm, verifier

_LENGTH = 8 + 64


def signed_message(text: bytes, seconds: int) -> bytes:
    """Return the bytes a cosigner signs over a checkpoint body at a time."""
    return f"cosignature/v1\ntime {seconds}\n".encode() + text


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


def verify(public: bytes, text: bytes, signature: bytes) -> int:
    """Return the time of a cosignature that holds; raise ``SignatureError`` otherwise."""
    seconds = time_of(signature)
    verifier(Algorithm.ED25519, public).verify(signed_message(text, seconds), signature[8:])
    return seconds
