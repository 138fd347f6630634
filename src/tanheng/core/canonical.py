"""Canonical JSON: one byte string per value, on every machine and for ever.

Keys sorted by code point, no spaces, UTF-8 without escapes beyond those of RFC 8259, one line feed at the end of a file.
A ``Decimal`` is a string in plain notation without a trailing exponent; a float is refused, because its digits are not ours.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal

from tanheng.core.errors import NumberError


def plain(value: Decimal) -> str:
    """Return ``value`` in plain digits, without exponent: ``1E+3`` becomes ``1000``."""
    if not value.is_finite():
        raise NumberError("core.number.not_finite", value=str(value))
    return f"{value:f}"


def to_jsonable(value: object) -> object:
    """Return ``value`` as nested dicts, lists, strings, integers, booleans and None."""
    if type(value) in _PLAIN:  # most values of a trace; asked first, it halves the time of writing one
        return value
    match value:
        case None | bool() | str() | int():
            return value.value if isinstance(value, enum.Enum) else value
        case Decimal():
            return plain(value)
        case enum.Enum():
            return to_jsonable(value.value)
        case datetime.date():
            return value.isoformat()
        case Mapping():
            return {str(key): to_jsonable(item) for key, item in value.items()}
        case Set():
            return sorted(to_jsonable(item) for item in value)  # type: ignore[type-var]  # sets hold strings here
        case Sequence():
            return [to_jsonable(item) for item in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: to_jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            raise NumberError("core.canonical.type", type=type(value).__name__, value=repr(value))


_PLAIN = frozenset([str, int, bool, type(None)])


def dumps(value: object) -> bytes:
    """Return ``value`` as canonical JSON bytes, without a line feed."""
    return json.dumps(to_jsonable(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def pretty(value: object) -> bytes:
    """Return ``value`` as canonical JSON for people: the same content, indented, with a final line feed."""
    text = json.dumps(to_jsonable(value), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return (text + "\n").encode()


def digest(data: bytes) -> str:
    """Return ``sha256:`` and the hexadecimal SHA-256 of ``data``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
