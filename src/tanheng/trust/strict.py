"""Strict text forms: base64 and decimal numbers with exactly one spelling each."""

from __future__ import annotations

import base64
import binascii
import re

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)


def decode_base64(text: str) -> bytes | None:
    """Return the bytes of standard base64 with padding, or None when ``text`` is not the one spelling of any bytes."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def encode_base64(data: bytes) -> str:
    """Return ``data`` as standard base64 with padding."""
    return base64.b64encode(data).decode()


def decode_decimal(text: str) -> int | None:
    """Return a number below 2^64 from ASCII digits without sign or leading zero, or None for any other text."""
    if not _DECIMAL.fullmatch(text):
        return None
    value = int(text)
    return value if value < 1 << 64 else None
