"""Every format ever released is read for ever: one frozen example each, and the writer still writes the same bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest

from tanheng.core.batch import Batch, ClockSource
from tanheng.trust.checkpoint import open_checkpoint
from tanheng.trust.envelope import open_envelope, seal
from tanheng.trust.epoch import LogRestored
from tanheng.trust.files import MemoryFiles
from tanheng.trust.keys import Algorithm, KeyRecord, Purpose, signer
from tanheng.trust.lifecycle import KeyEvent, KeyRing
from tanheng.trust.note import VerifierKey
from tanheng.trust.pack import Pack
from tanheng.trust.statement import Statement, StatementType

FROZEN = json.loads((Path(__file__).parent / "version-1.json").read_text())
# SHA-256 of the file itself: a change of a frozen example must be made here too, and explained
DIGEST = "579175a1f81a7d9d922db1fbd4bd4340504157e302d3729c9c2df225795aedb5"


def test_the_frozen_file_is_the_released_one() -> None:
    assert hashlib.sha256((Path(__file__).parent / "version-1.json").read_bytes()).hexdigest() == DIGEST


def batch_of(fields: dict[str, Any]) -> Batch:
    members = fields | {
        "configuration": bytes.fromhex(fields["configuration"]),
        "previous": bytes.fromhex(fields["previous"]),
        "clock_source": ClockSource(fields["clock_source"]),
        "raw": None if fields["raw"] is None else [bytes.fromhex(one) for one in fields["raw"]],
    }
    return Batch.of(**members)


@pytest.mark.parametrize("case", FROZEN["envelopes"], ids=lambda case: case["name"])
def test_a_frozen_envelope_opens(case: dict[str, Any]) -> None:
    record = KeyRecord(
        algorithm=Algorithm(case["algorithm"]),
        public=bytes.fromhex(case["public"]),
        purpose=Purpose.DEVICE,
        subject="terminal-1",
        valid_from_ms=0,
    )
    opened = open_envelope(bytes.fromhex(case["envelope"]), lambda _: record)
    assert opened.batch == batch_of(case["batch"])
    assert (opened.key_id, opened.digest.hex()) == (case["key_id"], case["digest"])


@pytest.mark.parametrize(
    "case", [one for one in FROZEN["envelopes"] if one["algorithm"] == "ed25519"], ids=lambda case: case["name"]
)
def test_an_envelope_is_still_sealed_to_the_same_bytes(case: dict[str, Any]) -> None:
    assert seal(batch_of(case["batch"]), signer(Algorithm.ED25519, bytes(range(32)))).hex() == case["envelope"]


def test_there_is_an_example_of_every_type() -> None:
    assert [case["fields"]["type"] for case in FROZEN["statements"]] == list(StatementType)


@pytest.mark.parametrize("case", FROZEN["statements"], ids=lambda case: case["fields"]["type"])
def test_a_frozen_statement_is_read_and_written_the_same(case: dict[str, Any]) -> None:
    entry, fields = bytes.fromhex(case["entry"]), case["fields"]
    statement = Statement.decode(entry)
    statement.require_payload(bytes.fromhex(case["payload"]), salt=bytes.fromhex(case["salt"]))
    assert statement.encode() == entry
    assert cbor2.loads(entry) == fields | {"digest": bytes.fromhex(fields["digest"])}
    assert (statement.subject, statement.time_ms, statement.simulated) == (fields["subject"], fields["time"], "clock" in fields)


@pytest.mark.parametrize("case", FROZEN["key_records"], ids=lambda case: case["name"])
def test_a_frozen_key_record_is_read_and_written_the_same(case: dict[str, Any]) -> None:
    record = KeyRecord.decode(bytes.fromhex(case["record"]))
    assert (record.key_id, record.subject) == (case["key_id"], case["subject"])
    assert record.encode().hex() == case["record"]


def test_the_frozen_key_events_make_a_life() -> None:
    ring = KeyRing()
    enrol, rotate, revoke = (KeyEvent.decode(bytes.fromhex(case["payload"])) for case in FROZEN["key_events"])
    ring.apply(enrol, index=5)
    activate = KeyEvent.decode(enrol.encode())
    ring.apply(KeyEvent(event=type(enrol.event)("activate"), key=activate.key, time_ms=0, actors=("p",)), index=6)
    ring.apply(rotate, index=8)
    ring.apply(revoke, index=9)
    assert [ring.at(enrol.key, index=at).state for at in (5, 6, 7, 9)] == ["enrolled", "active", "revoked", "revoked"]
    assert [event.encode().hex() for event in (enrol, rotate, revoke)] == [case["payload"] for case in FROZEN["key_events"]]


def test_the_frozen_restoration_is_read_and_written_the_same() -> None:
    case = FROZEN["log_restored"]
    restored = LogRestored.decode(bytes.fromhex(case["payload"]))
    assert (restored.old_origin, restored.last_index) == (case["old_origin"], case["last_index"])
    assert restored.encode().hex() == case["payload"]


def test_the_frozen_checkpoint_opens() -> None:
    case = FROZEN["checkpoint"]
    head, _ = open_checkpoint(case["note"].encode(), VerifierKey.parse(case["vkey"]))
    assert (head.size, head.root.hex()) == (case["size"], case["root"])


def test_the_frozen_pack_opens() -> None:
    case = FROZEN["pack"]
    pack = Pack(MemoryFiles({"p": bytes.fromhex(case["bytes"])}), "p")
    found = [{"index": one.index, "salt": one.salt.hex(), "payload": one.payload.hex()} for one in pack.records()]
    assert found == case["records"]
