"""The life of keys, key files, and epochs."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tanheng.trust import cbor, epoch
from tanheng.trust.checkpoint import Checkpoint
from tanheng.trust.epoch import LogRestored, follow, next_origin
from tanheng.trust.errors import KeyRefusedError, LogError, SignatureError, TrustError
from tanheng.trust.files import MemoryFiles
from tanheng.trust.key_file import KeyFolder, StoredKey, passphrase_from
from tanheng.trust.keys import Algorithm, KeyRecord, KeyState, Protection, Purpose, SoftwareSigner, generate, record_of, signer
from tanheng.trust.lifecycle import Event, KeyEvent, KeyRing
from tanheng.trust.log import Log
from tanheng.trust.note import NoteSigner
from tanheng.trust.statement import Statement, StatementType

OLD, NEW, OTHER = (signer(Algorithm.ED25519, bytes([at] * 32)) for at in (1, 2, 3))
T0 = 1_790_000_000_000


def record(key: SoftwareSigner = OLD, **changes: Any) -> KeyRecord:
    return dataclasses.replace(record_of(key, purpose=Purpose.DEVICE, subject="terminal-1", valid_from_ms=T0), **changes)


def event(kind: Event, key: SoftwareSigner = OLD, **changes: Any) -> KeyEvent:
    return KeyEvent(event=kind, key=key.key_id, time_ms=T0, actors=("person-1", "person-2"), **changes)


def enrolled(key: SoftwareSigner = OLD) -> KeyEvent:
    return event(Event.ENROL, key, record=record(key).encode(), devices={"terminal": "SN-1", "meter": "SN-2"}).signed(key)


def rotated(*signers: SoftwareSigner, **changes: Any) -> KeyEvent:
    made = {"record": record(NEW).encode(), "replaces": OLD.key_id} | changes
    return event(Event.ROTATE, NEW, **made).signed(*signers)


def active_ring() -> KeyRing:
    ring = KeyRing()
    ring.apply(enrolled(), index=10)
    ring.apply(event(Event.ACTIVATE), index=11)
    return ring


def states(ring: KeyRing, key: SoftwareSigner, *indices: int) -> list[KeyState]:
    return [ring.at(key.key_id, index=index).state for index in indices]


def test_a_key_is_what_it_was_at_each_log_index() -> None:
    ring = active_ring()
    ring.apply(event(Event.SUSPEND, reason="lost"), index=20)
    ring.apply(event(Event.RESUME), index=30)
    ring.apply(event(Event.REVOKE, reason="stolen"), index=40)
    ring.apply(event(Event.DESTROY), index=50)
    assert states(ring, OLD, 10, 11, 19, 20, 30, 40, 50) == [
        KeyState.ENROLLED,
        KeyState.ACTIVE,
        KeyState.ACTIVE,
        KeyState.SUSPENDED,
        KeyState.ACTIVE,
        KeyState.REVOKED,
        KeyState.DESTROYED,
    ]


def test_before_its_enrolment_a_key_is_unknown() -> None:
    with pytest.raises(KeyRefusedError, match="is unknown; enrol it first"):
        active_ring().resolver(index=9)(OLD.key_id)


def test_a_revocation_counts_from_its_effective_index() -> None:
    ring = active_ring()
    ring.apply(event(Event.REVOKE, reason="stolen", effective=25), index=40)
    assert states(ring, OLD, 24, 25, 39) == [KeyState.ACTIVE, KeyState.REVOKED, KeyState.REVOKED]
    with pytest.raises(KeyRefusedError, match="is revoked and may not sign"):
        ring.resolver(index=30)(OLD.key_id).require(Purpose.DEVICE)


def test_a_rotation_is_signed_by_both_keys() -> None:
    ring = active_ring()
    fresh = ring.apply(rotated(NEW, OLD), index=30)
    assert fresh.signed_by == (NEW.key_id, OLD.key_id)
    assert states(ring, OLD, 29, 30) == [KeyState.ACTIVE, KeyState.ROTATED]
    assert states(ring, NEW, 30) == [KeyState.ACTIVE]
    assert {entry.key_id for entry in ring.records()} == set(ring) == {OLD.key_id, NEW.key_id}


@pytest.mark.parametrize("signers", [(NEW,), (OLD,), (), (OTHER, OLD)])
def test_a_rotation_without_either_signature_is_refused(signers: tuple[SoftwareSigner, ...]) -> None:
    with pytest.raises(SignatureError, match="lacks the signature of the key"):
        active_ring().apply(rotated(*signers), index=30)


def test_a_changed_event_does_not_keep_its_signature() -> None:
    changed = dataclasses.replace(enrolled(), devices={"terminal": "SN-9"})
    with pytest.raises(SignatureError, match="does not fit the signature"):
        KeyRing().apply(changed, index=1)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (enrolled(), "is enrolled already"),
        (event(Event.ACTIVATE), "“activate” is not possible from there"),
        (event(Event.RESUME), "is active; “resume” is not possible"),
        (event(Event.DESTROY), "is active; “destroy” is not possible"),
        (event(Event.SUSPEND, OTHER), "is unknown"),
        (event(Event.SUSPEND, effective=31), "effective index 31 .* is invalid"),
        (event(Event.SUSPEND, effective=-1), "is invalid"),
        (event(Event.ACTIVATE, NEW), "is unknown"),
        (dataclasses.replace(event(Event.SUSPEND), actors=()), "0 persons stand behind"),
        (dataclasses.replace(enrolled(NEW), actors=("person-1",)), "1 persons stand behind"),
        (dataclasses.replace(enrolled(NEW), actors=("person-1", "person-1")), "1 persons stand behind"),
        (event(Event.ENROL, NEW), "record of the new key is missing"),
        (event(Event.ENROL, NEW, record=record(OTHER).encode()), "The key found is"),
        (rotated(NEW, OLD, replaces=OTHER.key_id), "is unknown"),
        (rotated(NEW, OLD, replaces=None), "is unknown"),
        (rotated(NEW, OLD, record=record(NEW, purpose=Purpose.LOG).encode()), "another purpose or subject"),
        (rotated(NEW, OLD, record=record(NEW, subject="terminal-2").encode()), "another purpose or subject"),
    ],
)
def test_a_step_that_is_not_allowed_is_refused(step: KeyEvent, message: str) -> None:
    with pytest.raises(TrustError, match=message):
        active_ring().apply(step, index=30)


def test_a_revoked_key_is_not_rotated() -> None:
    ring = active_ring()
    ring.apply(event(Event.REVOKE), index=20)
    with pytest.raises(KeyRefusedError, match="is revoked; “rotate” is not possible"):
        ring.apply(rotated(NEW, OLD), index=30)


@pytest.mark.parametrize("made", [enrolled(), rotated(NEW, OLD), event(Event.REVOKE, reason="stolen", effective=3)])
def test_an_event_comes_back(made: KeyEvent) -> None:
    assert KeyEvent.decode(made.encode()) == made


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"event": "lend"},
        {"event": []},
        {"key": 5},
        {"reason": None},
        {"record": "text"},
        {"replaces": b"bytes"},
        {"effective": True},
        {"time": "now"},
        {"actors": "person-1"},
        {"actors": [1]},
        {"devices": []},
        {"devices": {"meter": 1}},
        {"signatures": {}},
        {"signatures": [["key"]]},
        {"signatures": [["key", "text"]]},
    ],
)
def test_a_malformed_event_is_refused(changes: dict[str, Any]) -> None:
    members = cbor.loads(enrolled().encode(), thing="event")
    with pytest.raises(KeyRefusedError, match="The key event is invalid"):
        KeyEvent.decode(cbor.dumps(members | changes))


@pytest.mark.parametrize("suite", list(Algorithm))
def test_a_record_comes_back_and_says_sm2_its_signer_id(suite: Algorithm) -> None:
    made = record(signer(suite, bytes([7] * 32)))
    assert KeyRecord.decode(made.encode()) == dataclasses.replace(made, state=KeyState.ENROLLED)
    assert ("distid" in cbor.loads(made.encode(), thing="record")) == (suite is Algorithm.SM2_SM3)
    assert made.fingerprint.startswith(made.key_id)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"v": 2}, "record has version 2"),
        ({"algorithm": "rot13"}, "Unknown signature algorithm “rot13”"),
        ({"algorithm": ["ed25519"]}, "Unknown signature algorithm"),
        ({"public": b"short"}, "public key is invalid: 5 bytes"),
        ({"public": "text"}, "public or distid"),
        ({"distid": "1234567812345678"}, "public or distid"),
        ({"purpose": "everything"}, "field of the key record"),
        ({"protection": "magic"}, "field of the key record"),
        ({"valid_from": None}, "valid_from or valid_to"),
        ({"valid_to": "never"}, "valid_from or valid_to"),
        ({"valid_to": T0}, "the beginning before the end"),
        ({"subject": ""}, "subject '' of the key"),
    ],
)
def test_a_record_that_breaks_a_rule_is_refused(changes: dict[str, Any], message: str) -> None:
    members = cbor.loads(record().encode(), thing="record")
    with pytest.raises(KeyRefusedError, match=message):
        KeyRecord.decode(cbor.dumps(members | changes))


@pytest.mark.parametrize("public", [b"\x04" + bytes(64), b"\x02" + bytes(32), bytes(65), b""])
def test_a_point_off_the_sm2_curve_is_no_key(public: bytes) -> None:
    with pytest.raises(KeyRefusedError, match="sm2-sm3 public key is invalid"):
        KeyRecord(algorithm=Algorithm.SM2_SM3, public=public, purpose=Purpose.DEVICE, subject="t", valid_from_ms=0)


@pytest.mark.parametrize(
    ("suite", "private"),
    [
        (Algorithm.ED25519, b"short"),
        (Algorithm.SM2_SM3, b"short"),
        (Algorithm.SM2_SM3, bytes(32)),
        (Algorithm.SM2_SM3, b"\xff" * 32),
    ],
)
def test_what_is_no_private_key_is_refused(suite: Algorithm, private: bytes) -> None:
    with pytest.raises(KeyRefusedError, match="private key is invalid"):
        signer(suite, private)


def test_new_keys_differ() -> None:
    assert {generate(suite).key_id for suite in Algorithm for _ in range(2)}.__len__() == 4


@pytest.mark.parametrize("passphrase", [None, b"correct horse"])
@pytest.mark.parametrize("suite", list(Algorithm))
def test_a_stored_key_signs_after_loading(tmp_path: Path, suite: Algorithm, passphrase: bytes | None) -> None:
    folder = KeyFolder(tmp_path / "keys", passphrase=passphrase)
    key = signer(suite, bytes([7] * 32))
    path = folder.save("terminal-1", StoredKey(key, record(key)))
    loaded = folder.load("terminal-1")
    loaded.record.verify(b"message", loaded.signer.sign(b"message"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert loaded.record.protection is (Protection.PASSPHRASE if passphrase else Protection.PLAIN)
    assert folder.record("terminal-1") == loaded.record
    assert (bytes([7] * 32) in path.read_bytes()) is False
    assert folder.names() == ["terminal-1"]


def test_an_unprotected_key_says_so_in_both_languages() -> None:
    assert record().protection.words("en") == "software key, unprotected"
    assert record().protection.words("zh") == "软件密钥，未加保护"


def stored(tmp_path: Path, passphrase: bytes | None = None) -> KeyFolder:
    folder = KeyFolder(tmp_path / "keys", passphrase=passphrase)
    folder.save("k", StoredKey(OLD, record()))
    return folder


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    with pytest.raises(KeyRefusedError, match="exists already"):
        stored(tmp_path).save("k", StoredKey(NEW, record(NEW)))


def test_a_key_others_can_read_is_refused(tmp_path: Path) -> None:
    folder = stored(tmp_path)
    (tmp_path / "keys/k.key").chmod(0o640)
    with pytest.raises(KeyRefusedError, match="has mode 0640, so others can read it; run chmod 600"):
        folder.load("k")


@pytest.mark.parametrize("name", ["", "../k", "a/b", "käy"])
def test_a_name_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyRefusedError, match="The key name"):
        stored(tmp_path).load(name)


def test_a_missing_key_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(KeyRefusedError, match="There is no key “other”; there are k"):
        stored(tmp_path).load("other")


def test_a_wrong_or_missing_passphrase_opens_nothing(tmp_path: Path) -> None:
    stored(tmp_path, b"right")
    with pytest.raises(KeyRefusedError, match="passphrase is wrong, or the file was changed"):
        KeyFolder(tmp_path / "keys", passphrase=b"wrong").load("k")
    with pytest.raises(KeyRefusedError, match="name that file in TANHENG_KEY_PASSPHRASE_FILE"):
        KeyFolder(tmp_path / "keys").load("k")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tanheng-key": 2}, "no key file of version 1"),
        ({"record": "!"}, "“record” is no base64"),
        ({"private": 5}, "“private” is no base64"),
        ({"protection": "software-plain"}, "protection differs"),
        ({"n": 1 << 30}, "unknown kdf, cipher or cost"),
        ({"n": 1000}, "unknown kdf, cipher or cost"),
        ({"r": 1}, "unknown kdf, cipher or cost"),
        ({"kdf": "md5"}, "unknown kdf, cipher or cost"),
        ({"nonce": ""}, "not 12 bytes"),
        ({"salt": ""}, "passphrase is wrong, or the file was changed"),
    ],
)
def test_a_changed_key_file_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    folder = stored(tmp_path, b"right")
    path = tmp_path / "keys/k.key"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(KeyRefusedError, match=message):
        folder.load("k")


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 50_000, b'{"tanheng-key": 1, "x": "' + b"y" * 70_000 + b'"}'])
def test_a_file_that_is_no_key_file_is_refused(tmp_path: Path, data: bytes) -> None:
    folder = stored(tmp_path)
    (tmp_path / "keys/k.key").write_bytes(data)
    with pytest.raises(KeyRefusedError, match="is malformed"):
        folder.load("k")


def test_the_private_key_must_be_that_of_the_record(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path)
    folder.save("k", StoredKey(NEW, record(OLD)))
    with pytest.raises(KeyRefusedError, match="is not that of the record"):
        folder.load("k")


def test_the_passphrase_comes_from_the_file_the_environment_names(tmp_path: Path) -> None:
    (tmp_path / "phrase").write_text("correct horse\n")
    (tmp_path / "empty").write_text("\n")
    assert passphrase_from({"TANHENG_KEY_PASSPHRASE_FILE": str(tmp_path / "phrase")}) == b"correct horse"
    assert passphrase_from({}) is None
    with pytest.raises(KeyRefusedError, match="it is empty"):
        passphrase_from({"TANHENG_KEY_PASSPHRASE_FILE": str(tmp_path / "empty")})
    with pytest.raises(KeyRefusedError, match="cannot be used"):
        passphrase_from({"TANHENG_KEY_PASSPHRASE_FILE": str(tmp_path / "none")})


FIRST, SECOND = (NoteSigner(f"plant.example/log/{at}", signer(Algorithm.ED25519, bytes([at] * 32))) for at in (1, 2))
SALT = os.urandom(16)


def restored(log: Log, promised: Checkpoint, **changes: Any) -> LogRestored:
    members: dict[str, Any] = {
        "old_origin": FIRST.name,
        "last_index": log.size - 1,
        "checkpoint": promised.sign([FIRST]),
        "missing": "entries of the last hour",
        "reason": "disk failed",
        "persons": ("person-1", "person-2"),
    }
    return LogRestored(**members | changes)


def old_log(size: int) -> Log:
    log = Log.create(MemoryFiles(), FIRST)
    log.append([str(at).encode() for at in range(size)])
    return log


def test_the_gap_between_two_epochs_is_counted() -> None:
    before, cosigned = old_log(7), old_log(10).checkpoint
    said = restored(before, cosigned)
    after, appended = epoch.begin(MemoryFiles(), SECOND, said, salt=SALT, time_ms=T0)
    assert appended.first == 0
    (gap,) = follow([before.reader(), after.reader()], [(SALT, said.encode())])
    assert (gap.first_missing, gap.promised, gap.count) == (7, 10, 3)
    assert gap.restored == LogRestored.decode(said.encode()) == said


def test_a_restoration_that_lost_nothing_has_no_gap() -> None:
    before = old_log(7)
    said = restored(before, old_log(5).checkpoint)
    after, _ = epoch.begin(MemoryFiles(), SECOND, said, salt=SALT, time_ms=T0)
    assert follow([before.reader(), after.reader()], [(SALT, said.encode())])[0].count == 0


def test_an_old_epoch_with_another_history_is_found() -> None:
    before = old_log(7)
    said = restored(before, Checkpoint(FIRST.name, 5, bytes(32)))
    after, _ = epoch.begin(MemoryFiles(), SECOND, said, salt=SALT, time_ms=T0)
    with pytest.raises(TrustError, match="history was rewritten"):
        follow([before.reader(), after.reader()], [(SALT, said.encode())])


def test_an_epoch_that_claims_more_than_came_back_is_found() -> None:
    before = old_log(7)
    said = restored(before, before.checkpoint, last_index=20)
    after, _ = epoch.begin(MemoryFiles(), SECOND, said, salt=SALT, time_ms=T0)
    with pytest.raises(LogError, match="has size 7, a known checkpoint has 21"):
        follow([before.reader(), after.reader()], [(SALT, said.encode())])


def test_every_epoch_but_the_first_needs_its_payload() -> None:
    with pytest.raises(LogError, match="0 log-restored payloads came with 2 epochs"):
        follow([old_log(1).reader(), old_log(1).reader()], [])
    assert follow([old_log(1).reader()], []) == []


def test_a_new_epoch_begins_with_its_reason() -> None:
    before, after = old_log(7), Log.create(MemoryFiles(), SECOND)
    silent = Statement.of(StatementType.GAP, b"", salt=SALT, subject="s", version=1, media="a/b", time_ms=0, actor="p")
    after.append([silent.encode()])
    with pytest.raises(LogError, match=r"Entry 0 of the log .* is a gap statement"):
        follow([before.reader(), after.reader()], [(SALT, b"")])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"persons": ("person-1", "person-1")}, "takes two different persons"),
        ({"persons": ("person-1", "")}, "takes two different persons"),
        ({"reason": " "}, "lacks a reason"),
        ({"old_origin": "plant.example/log"}, "does not end in /log/<epoch>"),
        ({"last_index": -2}, "are not in a log"),
    ],
)
def test_a_restoration_that_breaks_a_rule_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(LogError, match=message):
        restored(old_log(1), old_log(1).checkpoint, **changes)


@pytest.mark.parametrize(
    "changes", [{"v": 2}, {"persons": None}, {"persons": ["a"]}, {"missing": 5}, {"last_index": "7"}, {"checkpoint": ""}]
)
def test_a_malformed_restoration_is_refused(changes: dict[str, Any]) -> None:
    members = cbor.loads(restored(old_log(1), old_log(1).checkpoint).encode(), thing="payload")
    with pytest.raises(TrustError):
        LogRestored.decode(cbor.dumps(members | changes))


def test_an_epoch_is_never_skipped() -> None:
    third = NoteSigner("plant.example/log/3", SECOND.key)
    with pytest.raises(LogError, match=r"“plant\.example/log/2” is needed"):
        epoch.begin(MemoryFiles(), third, restored(old_log(1), old_log(1).checkpoint), salt=SALT, time_ms=T0)


@pytest.mark.parametrize(
    "origin", ["plant.example", "plant.example/log/0", "plant.example/log/01", "/log/1", "plant.example/log/1/"]
)
def test_an_origin_without_an_epoch_is_refused(origin: str) -> None:
    with pytest.raises(LogError, match="does not end in /log/<epoch>"):
        next_origin(origin)
