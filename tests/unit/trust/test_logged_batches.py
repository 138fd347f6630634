"""A reading is judged by the key in force where its batch was logged."""

from __future__ import annotations

from typing import Any

import pytest

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.trust.envelope import seal
from tanheng.trust.errors import KeyRefusedError, StatementError, TrustError
from tanheng.trust.keys import Algorithm, Purpose, record_of, signer
from tanheng.trust.lifecycle import MEDIA, Event, KeyEvent, KeyRing
from tanheng.trust.logged import key_ring, logged_batch
from tanheng.trust.pack import Payload
from tanheng.trust.statement import Statement, StatementType

KEY = signer(Algorithm.ED25519, bytes([1] * 32))
T0 = 1_790_000_000_000
DAY = 86_400_000
RECORD = record_of(KEY, purpose=Purpose.DEVICE, subject="terminal-1", valid_from_ms=T0, valid_to_ms=T0 + 365 * DAY)


def stated(kind: StatementType, record: Payload, *, subject: str, time_ms: int = T0) -> bytes:
    made = Statement.of(
        kind, record.payload, salt=record.salt, subject=subject, version=1, media=MEDIA, time_ms=time_ms, actor="person-1"
    )
    return made.encode()


def logged(event: KeyEvent, index: int) -> tuple[bytes, Payload]:
    record = Payload(index, bytes(16), event.encode())
    return stated(StatementType.KEY_EVENT, record, subject=event.key), record


def step(kind: Event, **changes: Any) -> KeyEvent:
    return KeyEvent(event=kind, key=KEY.key_id, time_ms=T0, actors=("person-1", "person-2"), **changes)


def ring(*later: tuple[bytes, Payload]) -> KeyRing:
    enrolled = step(Event.ENROL, record=RECORD.encode()).signed(KEY)
    return key_ring([logged(enrolled, 3), logged(step(Event.ACTIVATE), 4), *later])


def batch(index: int, **changes: Any) -> tuple[bytes, Payload]:
    made = Batch.of(
        terminal=changes.get("terminal", "terminal-1"),
        sequence=1,
        start_ms=T0 + 400 * DAY,  # what the batch claims plays no part
        configuration=bytes(32),
        previous=CHAIN_START,
        clock_source=ClockSource.NTP,
        clock_offset_ms=0,
        channel=[0],
        offset_ms=[0],
        value=[7],
        quality=[0],
    )
    record = Payload(index, bytes(16), seal(made, KEY))
    subject, time_ms = changes.get("subject", "terminal-1"), changes.get("time_ms", T0 + DAY)
    return stated(changes.get("type", StatementType.READING_BATCH), record, subject=subject, time_ms=time_ms), record


def test_a_batch_logged_while_its_key_was_active_opens() -> None:
    assert logged_batch(*batch(10), ring()).batch.value[0] == 7


def test_a_batch_before_and_after_a_revocation() -> None:
    revoked = ring(logged(step(Event.REVOKE, reason="stolen", effective=20), 30))
    assert logged_batch(*batch(19), revoked).key_id == KEY.key_id
    with pytest.raises(KeyRefusedError, match="is revoked and may not sign"):
        logged_batch(*batch(20), revoked)


@pytest.mark.parametrize(
    ("index", "changes", "message"),
    [
        (2, {}, "is unknown; enrol it first"),
        (3, {}, "is enrolled and may not sign"),
        (10, {"time_ms": T0 - 1}, "is not in force"),
        (10, {"time_ms": T0 + 365 * DAY}, "is not in force"),
        (10, {"subject": "terminal-2"}, "is about terminal-1, its entry says terminal-2"),
        (10, {"terminal": "terminal-2"}, "belongs to terminal terminal-1"),
        (10, {"type": StatementType.GAP}, "is a gap statement, reading-batch is needed"),
    ],
)
def test_a_batch_that_must_not_count_is_refused(index: int, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(TrustError, match=message):
        logged_batch(*batch(index, **changes), ring())


def test_another_payload_is_refused() -> None:
    entry, record = batch(10)
    with pytest.raises(StatementError, match="the log says"):
        logged_batch(entry, Payload(10, record.salt, record.payload + b"!"), ring())


def test_a_key_event_about_another_key_is_refused() -> None:
    event = step(Event.ENROL, record=RECORD.encode()).signed(KEY)
    record = Payload(3, bytes(16), event.encode())
    with pytest.raises(StatementError, match="its entry says another"):
        key_ring([(stated(StatementType.KEY_EVENT, record, subject="another"), record)])
    with pytest.raises(StatementError, match="key-event is needed here"):
        key_ring([(stated(StatementType.GAP, record, subject=KEY.key_id), record)])
