"""Signed orders of the platform: configuration, factor set, resend.

The terminal asks for orders (it opens no port to the outside). An order is a COSE_Sign1 of deterministic CBOR under the
platform's configuration key, which was pinned at enrolment::

    v         1
    terminal  text      id of the terminal it is for
    number    integer   grows with each order; a number once obeyed or refused is not taken again
    issued    integer   milliseconds UTC
    kind      text      configuration, factors, resend
    content   bytes     configuration: its YAML or JSON; factors: canonical JSON
              map       resend: {first, last} sequences
    reason    text      why; printed in the event

A configuration is checked whole before anything of it counts, written beside the old one and put in its place by one rename.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tanheng.edge.errors import OrderError
from tanheng.trust import cbor, cose
from tanheng.trust.keys import KeyRecord, Purpose
from tanheng.trust.suites import Signer

CONTENT_TYPE = "application/vnd.tanheng.order+cbor"
LARGEST = 4 << 20
KINDS = ("configuration", "factors", "resend")
_KEYS = frozenset({"v", "terminal", "number", "issued", "kind", "content", "reason"})


@dataclass(frozen=True, slots=True)
class Order:
    """An order whose signature holds."""

    number: int
    issued: int
    kind: str
    content: bytes | Mapping[str, Any]
    reason: str


def sign_order(
    *, terminal: str, number: int, issued: int, kind: str, content: bytes | dict[str, Any], reason: str, signer: Signer
) -> bytes:
    """Return an order under the signature of the platform's configuration key."""
    members = {
        "v": 1,
        "terminal": terminal,
        "number": number,
        "issued": issued,
        "kind": kind,
        "content": content,
        "reason": reason,
    }
    return cose.sign1(cbor.dumps(members), content_type=CONTENT_TYPE, signer=signer)


def open_order(data: bytes, *, terminal: str, key: KeyRecord, after: int) -> Order:
    """Return the order in ``data``.

    Parameters
    ----------
    data : bytes
    terminal : str
        Id of this terminal.
    key : KeyRecord
        The pinned configuration key.
    after : int
        Number of the last order that was taken.

    Raises
    ------
    TrustError
        When the signature does not hold, or the key may not sign configurations.
    OrderError
        When the order is for another terminal, is old, or is none.
    """
    payload, record = cose.open_sign1(data, content_type=CONTENT_TYPE, resolve_key=lambda _: key, largest=LARGEST)
    record.require(Purpose.CONFIGURATION)
    members = cbor.load_map(payload, thing="order", keys=_KEYS)
    if members["terminal"] != terminal:
        raise OrderError("edge.order.terminal", found=str(members["terminal"])[:64], wanted=terminal)
    number, kind, content = members["number"], members["kind"], members["content"]
    if members["v"] != 1 or type(number) is not int or kind not in KINDS or type(members["issued"]) is not int:
        raise OrderError("edge.order.shape", number=str(number)[:20], kind=str(kind)[:20], known=", ".join(KINDS))
    if number <= after:
        raise OrderError("edge.order.old", number=number, last=after)
    if not isinstance(content, dict if kind == "resend" else bytes) or not isinstance(members["reason"], str):
        raise OrderError("edge.order.shape", number=number, kind=kind, known=", ".join(KINDS))
    return Order(number, members["issued"], kind, content, members["reason"])
