"""The id of a key: the first 16 bytes of SHA-256(algorithm ‖ 0x0A ‖ public key), in hexadecimal."""

from __future__ import annotations

import functools
import hashlib

ID_BYTES = 16


def fingerprint(algorithm: str, public: bytes) -> str:
    """Return the whole SHA-256 that the id begins, for a person to compare."""
    return hashlib.sha256(algorithm.encode() + b"\n" + public).hexdigest()


@functools.lru_cache(maxsize=4096)
def key_id(algorithm: str, public: bytes) -> str:
    """Return the id of a public key."""
    return fingerprint(algorithm, public)[: 2 * ID_BYTES]
