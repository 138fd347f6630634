"""The statement of a log entry, by the trust layer's format."""

from __future__ import annotations

import hashlib

from tanheng.trust import cbor


def statement(
    *,
    type: str,  # noqa: A002  # the statement's own word
    subject: str,
    version: int,
    media: str,
    payload: bytes,
    salt: bytes,
    time_ms: int,
    actor: str,
    simulated: bool = False,
) -> bytes:
    """Return the bytes of a statement about ``payload``."""
    members: dict[str, object] = {
        "v": 1,
        "type": type,
        "subject": subject,
        "version": version,
        "media": media,
        "length": len(payload),
        "digest": hashlib.sha256(salt + payload).digest(),
        "time": time_ms,
        "actor": actor,
    }
    if simulated:
        members["clock"] = "simulated"
    return cbor.dumps(members)
