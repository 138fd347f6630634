"""What a log says about its own keys and batches: the one place where entry, payload, key and log time meet.

A reading is judged by the key in force at the index where its batch was logged, and at the time the entry states; the time the
batch claims plays no part.
"""

from __future__ import annotations

from collections.abc import Iterable

from tanheng.trust.envelope import Envelope, open_envelope
from tanheng.trust.errors import StatementError
from tanheng.trust.keys import KeyRecord, Purpose
from tanheng.trust.lifecycle import KeyEvent, KeyRing
from tanheng.trust.pack import Payload
from tanheng.trust.statement import Statement, StatementType


def require_type(statement: Statement, wanted: StatementType) -> None:
    """Raise ``StatementError`` unless a statement is of the type wanted."""
    if statement.type is not wanted:
        raise StatementError("trust.statement.other_type", subject=statement.subject, found=statement.type, wanted=wanted)


def key_ring(events: Iterable[tuple[bytes, Payload]]) -> KeyRing:
    """Return the keys of a plant from the ``key-event`` entries of its log.

    Parameters
    ----------
    events : iterable of (bytes, Payload)
        Entry and payload of each key event, in the order of the log. The caller has checked that the entries are in the log.

    Raises
    ------
    TrustError
        When an entry is no key event, its payload is not the one stated, or a step is not allowed.
    """
    ring = KeyRing()
    for entry, record in events:
        statement = Statement.decode(entry)
        require_type(statement, StatementType.KEY_EVENT)
        statement.require_payload(record.payload, salt=record.salt)
        event = KeyEvent.decode(record.payload)
        if event.key != statement.subject:
            raise StatementError("trust.statement.subject", type=statement.type, found=event.key, wanted=statement.subject)
        ring.apply(event, index=record.index)
    return ring


def logged_batch(entry: bytes, record: Payload, ring: KeyRing) -> Envelope:
    """Return the batch that a ``reading-batch`` entry states, its signature judged at the log time.

    Parameters
    ----------
    entry : bytes
        The entry; the caller has checked that it is in the log at ``record.index``.
    record : Payload
        Index, salt and envelope.
    ring : KeyRing
        The plant's keys.

    Raises
    ------
    TrustError
        When the payload is not the one stated, the signature fails, or the key was not in force at that index and time.
    """
    statement = Statement.decode(entry)
    require_type(statement, StatementType.READING_BATCH)
    statement.require_payload(record.payload, salt=record.salt)

    def resolve(key: str) -> KeyRecord:
        return ring.at(key, index=record.index).require(Purpose.DEVICE, at_ms=statement.time_ms)

    opened = open_envelope(record.payload, resolve)
    if opened.batch.terminal != statement.subject:
        raise StatementError(
            "trust.statement.subject", type=statement.type, found=opened.batch.terminal, wanted=statement.subject
        )
    return opened
