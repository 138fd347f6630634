"""Signatures in a bundle are judged by the key as it stood at the log index, whatever happened to it later."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.evidence import Account, Archive, making, state_account, verify
from tanheng.evidence.errors import EntryError
from tanheng.evidence.plant_log import Draft, Logged
from tanheng.trust.envelope import CONTENT_TYPE, seal
from tanheng.trust.keys import Algorithm, Purpose, record_of, signer
from tanheng.trust.lifecycle import MEDIA, Event, KeyEvent
from tanheng.trust.statement import StatementType

T0 = 1_790_000_000_000
DEVICE = signer(Algorithm.ED25519, bytes([2] * 32))
PERSONS = ("person-1", "person-2")


def enrolment(key: Any, record: Any) -> list[KeyEvent]:
    entered = KeyEvent(event=Event.ENROL, key=key.key_id, time_ms=T0, actors=PERSONS, record=record.encode())
    return [entered.signed(key), KeyEvent(event=Event.ACTIVATE, key=key.key_id, time_ms=T0, actors=PERSONS)]


def revocation(key: Any, *, effective: int | None = None) -> KeyEvent:
    return KeyEvent(event=Event.REVOKE, key=key.key_id, time_ms=T0, actors=PERSONS, effective=effective, reason="stolen")


def batch(sequence: int = 1) -> bytes:
    made = Batch.of(
        terminal="terminal-1",
        sequence=sequence,
        start_ms=T0,
        configuration=bytes(32),
        previous=CHAIN_START,
        clock_source=ClockSource.NTP,
        clock_offset_ms=0,
        channel=[0],
        offset_ms=[0],
        value=[1234],
        quality=[0],
    )
    return seal(made, DEVICE)


def key_drafts(*events: KeyEvent) -> list[Draft]:
    kinds = [(event, f"{event.key}/{event.event}") for event in events]
    return [
        Draft(type=StatementType.KEY_EVENT, subject=subject, media=MEDIA, payload=event.encode()) for event, subject in kinds
    ]


def batch_draft(payload: bytes) -> Draft:
    return Draft(type=StatementType.READING_BATCH, subject="terminal-1/1", media=CONTENT_TYPE, payload=payload)


def device() -> list[KeyEvent]:
    return enrolment(DEVICE, record_of(DEVICE, purpose=Purpose.DEVICE, subject="terminal-1", valid_from_ms=T0))


def stated(workshop: Any, *drafts: Draft) -> list[Logged]:
    found: list[Logged] = workshop.log.state(drafts, time_ms=T0 + 500, salt=workshop.salt)
    return found


def assembled(workshop: Any, account: Account, more: list[Logged]) -> Archive:
    entries = state_account(workshop.log, account, workshop.pack, time_ms=workshop.time_ms, salt=workshop.salt)
    return Archive(making.assemble(workshop.log, account, [*more, *entries], workshop.pack))


def refused(archive: Archive) -> EntryError:
    with pytest.raises(EntryError) as caught:
        verify(archive)
    assert caught.value.text("zh") != caught.value.text("en")
    return caught.value


def test_a_batch_of_an_enrolled_terminal_holds(workshop: Any, account: Account) -> None:
    more = stated(workshop, *key_drafts(*device()), batch_draft(batch()))
    found = verify(assembled(workshop, account, more))
    assert (found.envelopes, found.complete) == (1, True)


def test_a_batch_signed_before_its_key_was_revoked_holds(workshop: Any, account: Account) -> None:
    more = stated(workshop, *key_drafts(*device()), batch_draft(batch()), *key_drafts(revocation(DEVICE)))
    assert verify(assembled(workshop, account, more)).envelopes == 1


def test_a_batch_of_a_revoked_key_is_refused(workshop: Any, account: Account) -> None:
    more = stated(workshop, *key_drafts(*device(), revocation(DEVICE)), batch_draft(batch()))
    found = refused(assembled(workshop, account, more))
    assert (found.code, found.object) == ("evidence.entry.envelope", "entries/3/payload")
    assert "revoked" in found.text()


def test_a_revocation_that_reaches_back_refuses_the_batches_behind_it(workshop: Any, account: Account) -> None:
    more = stated(workshop, *key_drafts(*device()), batch_draft(batch()), *key_drafts(revocation(DEVICE, effective=2)))
    assert refused(assembled(workshop, account, more)).code == "evidence.entry.envelope"


def test_a_batch_of_a_key_nobody_enrolled_is_refused(workshop: Any, account: Account) -> None:
    assert refused(assembled(workshop, account, stated(workshop, batch_draft(batch())))).object == "entries/0/payload"


def test_a_damaged_batch_is_refused(workshop: Any, account: Account) -> None:
    damaged = batch()[:-1] + b"\0"
    more = stated(workshop, *key_drafts(*device()), batch_draft(damaged))
    assert refused(assembled(workshop, account, more)).code == "evidence.entry.envelope"


def test_an_enrolment_of_one_person_is_refused(workshop: Any, account: Account) -> None:
    alone = dataclasses.replace(device()[0], actors=("person-1",)).signed(DEVICE)
    found = refused(assembled(workshop, account, stated(workshop, *key_drafts(alone))))
    assert (found.code, found.object) == ("evidence.entry.key_event", "entries/0/payload")


def test_a_log_whose_own_key_was_revoked_is_refused(workshop: Any, account: Account) -> None:
    events = enrolment(workshop.key.signer, workshop.key.record)
    more = stated(workshop, *key_drafts(*events))
    assert verify(assembled(workshop, account, more)).complete
    more += stated(workshop, *key_drafts(revocation(workshop.key.signer)))
    found = refused(assembled(workshop, account, more))
    assert (found.code, "revoked" in found.text()) == ("evidence.entry.log_key", True)


def test_a_log_key_enrolled_with_another_record_is_refused(workshop: Any, account: Account) -> None:
    other = dataclasses.replace(workshop.key.record, valid_to_ms=T0 + 10**9)
    more = stated(workshop, *key_drafts(*enrolment(workshop.key.signer, other)))
    assert refused(assembled(workshop, account, more)).code == "evidence.entry.key_record"


def test_a_key_event_may_not_be_withheld(workshop: Any, account: Account, parts: Any) -> None:
    more = stated(workshop, *key_drafts(*device()))
    taken = type(parts).of(_bytes(workshop, account, more))
    taken.entries[0] = {"index": 0, "withheld": "confidential"}
    del taken.members["entries/0/payload"]
    assert refused(taken.archive()).code == "evidence.entry.key_event_withheld"


def _bytes(workshop: Any, account: Account, more: list[Logged]) -> bytes:
    entries = state_account(workshop.log, account, workshop.pack, time_ms=workshop.time_ms, salt=workshop.salt)
    return making.assemble(workshop.log, account, [*more, *entries], workshop.pack)
