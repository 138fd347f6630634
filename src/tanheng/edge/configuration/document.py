"""The canonical document of a configuration: canonical JSON with channel maps resolved, and its SHA-256."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from tanheng.core.canonical import dumps


def canonical(content: dict[str, Any]) -> bytes:
    """Return the bytes that stand for a configuration, whatever the order and comments of its file.

    A number with a fraction in YAML is written as its shortest text, so that ``0.1`` and ``"0.1"`` are the same; whole numbers
    stay numbers.
    """
    return dumps(_plain(content))


def digest(document: bytes) -> bytes:
    """Return the digest that each batch carries."""
    return hashlib.sha256(document).digest()


def _plain(value: Any) -> Any:  # Any: a tree of YAML values
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case float():
            return repr(value)
        case datetime.date():
            return value.isoformat()
        case _:
            return value
