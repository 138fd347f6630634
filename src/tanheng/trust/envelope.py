"""The envelope: a batch of readings under its terminal's signature, COSE_Sign1 over deterministic CBOR.

The payload is the map of ``tanheng.core.batch``; ``docs/reference/envelope.md`` specifies both, byte by byte. The digest of an
envelope is the SHA-256 of all its bytes; the next batch of the terminal carries it as ``previous``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tanheng.core.batch import KEYS, KEYS_WITHOUT_RAW, Batch
from tanheng.trust import cbor, cose
from tanheng.trust.errors import EnvelopeError
from tanheng.trust.keys import KeyRecord, Purpose
from tanheng.trust.suites import Signer

CONTENT_TYPE = "application/vnd.tanheng.batch+cbor"
MAX_BYTES = 8 << 20
FUTURE_TOLERANCE_MS = 300_000
_KEY_ORDERS = frozenset({KEYS, KEYS_WITHOUT_RAW})


@dataclass(frozen=True, slots=True)
class Envelope:
    """An opened envelope.

    Attributes
    ----------
    batch : Batch
        The readings.
    key_id : str
        Id of the key that signed.
    digest : bytes
        SHA-256 of the envelope's bytes.
    """

    batch: Batch
    key_id: str
    digest: bytes


def digest_of(data: bytes) -> bytes:
    """Return the digest of an envelope, which the next batch carries as ``previous``."""
    return hashlib.sha256(data).digest()


def seal(batch: Batch, signer: Signer) -> bytes:
    """Return ``batch`` as an envelope signed by ``signer``."""
    return cose.sign1(cbor.dumps(batch.encode_columns()), content_type=CONTENT_TYPE, signer=signer)


def open_envelope(data: bytes, resolve_key: Callable[[str], KeyRecord], *, now: int | None = None) -> Envelope:
    """Return the batch of an envelope whose signature holds.

    Parameters
    ----------
    data : bytes
        The envelope; nothing may follow it.
    resolve_key : callable
        Gives the record of a key id as it stood at the log time, or raises ``KeyRefusedError``.
    now : int, optional
        Log time, milliseconds UTC. When given, the key must be in force then, and no batch may begin later than five minutes
        after it. An ingest that keeps and flags such batches leaves it out and calls ``require_not_future`` itself.

    Raises
    ------
    TrustError
        Names the fault; nothing of a faulty envelope is returned.
    """
    payload, record = cose.open_sign1(data, content_type=CONTENT_TYPE, resolve_key=resolve_key, largest=MAX_BYTES)
    record.require(Purpose.DEVICE, at_ms=now)
    batch = Batch.decode(cbor.load_ordered(payload, thing="batch", orders=_KEY_ORDERS))
    if batch.terminal != record.subject:
        raise EnvelopeError("trust.envelope.terminal", found=batch.terminal, wanted=record.subject, key=record.key_id)
    if now is not None:
        require_not_future(batch, now=now)
    return Envelope(batch, record.key_id, digest_of(data))


def require_not_future(batch: Batch, *, now: int, tolerance_ms: int = FUTURE_TOLERANCE_MS) -> None:
    """Raise ``EnvelopeError`` when ``batch`` claims to begin more than ``tolerance_ms`` after ``now``."""
    if batch.start_ms > now + tolerance_ms:
        ahead = (batch.start_ms - now) // 1000
        raise EnvelopeError("trust.envelope.future", terminal=batch.terminal, sequence=batch.sequence, ahead=ahead)


def follows(envelope: Envelope, before: Envelope | None) -> None:
    """Return when ``envelope`` is the next of its terminal's chain behind ``before``.

    Raises
    ------
    EnvelopeError
        When it is of another terminal, repeats a sequence, leaves a gap, or names another predecessor.
    """
    batch = envelope.batch
    if before is None:
        return
    last = before.batch
    if batch.terminal != last.terminal:
        raise EnvelopeError("trust.envelope.chain_terminal", found=batch.terminal, wanted=last.terminal)
    if batch.sequence <= last.sequence:
        raise EnvelopeError("trust.envelope.replayed", terminal=batch.terminal, sequence=batch.sequence, last=last.sequence)
    if batch.sequence != last.sequence + 1:
        missing = f"{last.sequence + 1}–{batch.sequence - 1}"
        raise EnvelopeError("trust.envelope.gap", terminal=batch.terminal, sequence=batch.sequence, missing=missing)
    if batch.previous != before.digest:
        raise EnvelopeError(
            "trust.envelope.previous",
            terminal=batch.terminal,
            sequence=batch.sequence,
            found=batch.previous.hex(),
            wanted=before.digest.hex(),
        )


def open_all(
    sequence: Iterable[bytes], resolve_key: Callable[[str], KeyRecord], *, before: Envelope | None = None
) -> list[Envelope]:
    """Return the envelopes of one terminal's chain, each verified and each following the one before it."""
    opened: list[Envelope] = []
    last = before
    for data in sequence:
        last_opened = open_envelope(data, resolve_key)
        follows(last_opened, last)
        opened.append(last_opened)
        last = last_opened
    return opened
