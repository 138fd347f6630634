"""Deterministic CBOR (RFC 8949 §4.2.1) of the shapes Tanheng signs and logs, on ``cbor2``.

Every map has keys of one type, so that the length-first order ``cbor2`` writes is the bytewise order of the RFC. A reader
refuses what a writer would not write: indefinite lengths, duplicate keys, wide heads, another order, bytes behind the end,
nesting beyond ``MAX_DEPTH``. Memory stays within a small multiple of the input: lengths are claims until the bytes are there.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NoReturn

import cbor2

from tanheng.trust.errors import CborError

MAX_DEPTH = 8
_FAULTS = (cbor2.CBORError, RecursionError, MemoryError, OverflowError, ValueError, TypeError)


def dumps(value: object) -> bytes:
    """Return ``value`` as deterministic CBOR."""
    return cbor2.dumps(value, canonical=True)


def loads(data: bytes, *, thing: str) -> Any:
    """Return the value of deterministic CBOR.

    Parameters
    ----------
    data : bytes
        The whole encoding; nothing may follow it.
    thing : str
        What is being read, for the message.

    Raises
    ------
    CborError
        When ``data`` is damaged, or is not the one deterministic encoding of its value.
    """
    try:
        value = cbor2.loads(data, max_depth=MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False)
        again = cbor2.dumps(value, canonical=True)
    except _FAULTS as error:
        raise CborError("trust.cbor.damaged", thing=thing, reason=_short(error)) from error
    if again != data:
        raise CborError("trust.cbor.not_deterministic", thing=thing, length=len(data), expected=len(again))
    return value


def load_ordered(data: bytes, *, thing: str, orders: Collection[tuple[str, ...]]) -> dict[str, Any]:
    """Return a map whose keys are known beforehand: as strict as ``loads``, without sorting them again.

    Parameters
    ----------
    orders : collection of tuple of str
        The sets of keys allowed, each in the order of deterministic CBOR.

    Raises
    ------
    CborError
        When ``data`` is damaged, or is not the deterministic encoding of a map with one of these sets of keys.
    """
    try:
        value = cbor2.loads(data, max_depth=MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False)
        again = cbor2.dumps(value)
    except _FAULTS as error:
        raise CborError("trust.cbor.damaged", thing=thing, reason=_short(error)) from error
    if type(value) is not dict:
        raise CborError("trust.cbor.type", thing=thing, expected="map", found=type(value).__name__)
    if again != data:
        raise CborError("trust.cbor.not_deterministic", thing=thing, length=len(data), expected=len(again))
    if tuple(value) not in orders:
        _refuse_keys(value, thing, orders)
    return value


def _refuse_keys(value: dict[Any, Any], thing: str, orders: Collection[tuple[str, ...]]) -> NoReturn:
    for order in orders:
        if value.keys() == set(order):
            raise CborError("trust.cbor.order", thing=thing, found=", ".join(value), expected=", ".join(order))
    nearest = min((set(order) for order in orders), key=lambda names: len(names ^ value.keys()))
    unknown = {_short(key) for key in value.keys() - nearest}
    raise CborError("trust.cbor.keys", thing=thing, missing=_listed(nearest - value.keys()), unknown=_listed(unknown))


def load_map(data: bytes, *, thing: str, keys: frozenset[str], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return a map with exactly the text keys ``keys``, and any of ``optional``.

    Raises
    ------
    CborError
        When the bytes are no such map; names the keys that are missing or unknown.
    """
    value = loads(data, thing=thing)
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise CborError("trust.cbor.type", thing=thing, expected="map of text keys", found=type(value).__name__)
    missing, unknown = keys - value.keys(), value.keys() - keys - optional
    if missing or unknown:
        raise CborError("trust.cbor.keys", thing=thing, missing=_listed(missing), unknown=_listed(unknown))
    return value


def _listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "–"


def _short(error: object) -> str:
    text = str(error)
    return text if len(text) <= 160 else text[:157] + "…"
