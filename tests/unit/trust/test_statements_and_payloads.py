"""Statements, payload packs and the content-addressed folder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.trust import cbor
from tanheng.trust.audit import ContentAuditor, LogAuditor, PayloadAuditor, open_packs
from tanheng.trust.content import ContentFolder
from tanheng.trust.errors import CborError, StatementError, StorageError, TrustError
from tanheng.trust.files import Files, FolderFiles, MemoryFiles
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.log import Log
from tanheng.trust.note import NoteSigner
from tanheng.trust.pack import MAGIC, Pack, Payload, encode
from tanheng.trust.statement import Statement, StatementType, salted_digest

SALT = bytes(range(16))
SIGNER = NoteSigner("plant.example/log/1", signer(Algorithm.ED25519, bytes([1] * 32)))


@pytest.fixture(params=["memory", "folder"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return MemoryFiles() if request.param == "memory" else FolderFiles(tmp_path / "data")


def statement(payload: bytes = b"{}", **changes: Any) -> Statement:
    members: dict[str, Any] = {
        "subject": "sample-7",
        "version": 1,
        "media": "application/vnd.tanheng.laboratory-result+json;v=1",
        "time_ms": 1_790_000_000_000,
        "actor": "person-3",
    }
    return Statement.of(StatementType.LABORATORY_RESULT, payload, salt=SALT, **members | changes)


@given(
    st.sampled_from(list(StatementType)),
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=50),
    st.integers(1, 1 << 62),
    st.integers(-(1 << 62), 1 << 62),
    st.binary(max_size=50),
    st.booleans(),
)
def test_a_statement_comes_back(
    kind: StatementType, subject: str, version: int, time_ms: int, payload: bytes, simulated: bool
) -> None:
    made = Statement.of(
        kind,
        payload,
        salt=SALT,
        subject=subject,
        version=version,
        media="a/b",
        time_ms=time_ms,
        actor="p",
        simulated=simulated,
    )
    assert Statement.decode(made.encode()) == made
    made.require_payload(payload, salt=SALT)


def test_the_digest_is_over_salt_and_payload() -> None:
    assert statement(b"abc").digest == hashlib.sha256(SALT + b"abc").digest()
    assert statement(b"abc").digest != hashlib.sha256(b"abc").digest()


@pytest.mark.parametrize(
    ("payload", "salt", "message"),
    [
        (b"{ }", SALT, "has 3 bytes, the log says 2"),
        (b"[]", SALT, "does not fit the digest"),
        (b"{}", bytes(16), "does not fit the digest"),
        (b"{}", b"short", "salt has 5 bytes"),
    ],
)
def test_another_payload_or_salt_is_refused(payload: bytes, salt: bytes, message: str) -> None:
    with pytest.raises(StatementError, match=message):
        statement().require_payload(payload, salt=salt)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subject": ""}, "The subject '' of the statement"),
        ({"actor": "a" * 201}, "The actor"),
        ({"media": "a\n"}, "The media"),
        ({"subject": 7}, "The subject 7"),
        ({"version": 0}, "an integer of at least 1"),
        ({"version": True}, "an integer of at least 1"),
        ({"time_ms": 1.0}, "The time_ms"),
    ],
)
def test_a_statement_that_breaks_a_rule_is_not_made(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(StatementError, match=message):
        statement(**changes)


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"v": 2}, StatementError, "has version 2"),
        ({"v": True}, StatementError, "has version True"),
        ({"type": "gossip"}, StatementError, "unknown type 'gossip'"),
        ({"type": []}, StatementError, "unknown type"),
        ({"clock": "real"}, StatementError, "clock 'real' of the statement"),
        ({"digest": b"short"}, StatementError, "is not 32 bytes"),
        ({"length": -1}, StatementError, "an integer of at least 0"),
        ({"name": "Zhang San"}, CborError, "unknown name"),
    ],
)
def test_an_entry_that_is_no_statement_is_refused(changes: dict[str, Any], kind: type[TrustError], message: str) -> None:
    members = cbor.loads(statement().encode(), thing="statement")
    with pytest.raises(kind, match=message):
        Statement.decode(cbor.dumps(members | changes))


def test_an_entry_without_a_digest_is_refused() -> None:
    members = cbor.loads(statement().encode(), thing="statement")
    del members["digest"]
    with pytest.raises(CborError, match="missing digest"):
        Statement.decode(cbor.dumps(members))


def payloads(count: int, *, first: int = 0) -> list[Payload]:
    return [Payload(first + at, bytes([at]) * 16, f"payload {at}".encode() * at) for at in range(count)]


def test_a_pack_gives_back_what_it_was_given(files: Files) -> None:
    pack = Pack(files, "2026/day.pack")
    pack.append(payloads(5))
    pack.append(payloads(3, first=10))
    again = Pack(files, "2026/day.pack")
    assert list(again.records()) == payloads(5) + payloads(3, first=10)
    assert again.read(11) == payloads(3, first=10)[1]
    assert again.digest() == hashlib.sha256(files.read("2026/day.pack") or b"").digest()


def test_a_repeated_append_changes_nothing(files: Files) -> None:
    pack = Pack(files, "day.pack")
    pack.append(payloads(5))
    before = files.read("day.pack")
    Pack(files, "day.pack").append(payloads(5))
    assert files.read("day.pack") == before


def test_an_empty_pack_has_no_file(files: Files) -> None:
    pack = Pack(files, "day.pack")
    pack.append([])
    assert pack.indices == []
    assert files.size("day.pack") is None


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (Payload(2, SALT, b"another"), "has another payload for entry 2"),
        (Payload(-1, SALT, b""), "cannot join"),
        (Payload(9, b"short", b""), "cannot join"),
    ],
)
def test_a_payload_that_does_not_belong_is_refused(files: Files, record: Payload, message: str) -> None:
    pack = Pack(files, "day.pack")
    pack.append(payloads(5))
    with pytest.raises(StorageError, match=message):
        pack.append([record])


def test_indices_of_a_pack_rise(files: Files) -> None:
    pack = Pack(files, "day.pack")
    pack.append(payloads(2, first=5))
    with pytest.raises(StorageError, match="index must be above 6"):
        pack.append(payloads(1, first=3))


def test_a_missing_payload_is_named(files: Files) -> None:
    with pytest.raises(StorageError, match="no payload for entry 3"):
        Pack(files, "day.pack").read(3)


def test_what_was_not_acknowledged_is_cut_by_the_next_append(files: Files) -> None:
    pack = Pack(files, "day.pack")
    pack.append(payloads(3))
    files.append("day.pack", encode(payloads(4)[3])[:-3] + bytes(3))
    again = Pack(files, "day.pack")
    assert again.indices == [0, 1, 2]
    again.append(payloads(4))
    assert list(Pack(files, "day.pack").records()) == payloads(4)


def test_a_copy_without_its_end_file_must_be_whole(files: Files) -> None:
    pack = Pack(files, "day.pack")
    pack.append(payloads(3))
    files.remove("day.pack.end")
    assert Pack(files, "day.pack").indices == [0, 1, 2]
    files.append("day.pack", b"torn")
    with pytest.raises(StorageError, match="is damaged"):
        Pack(files, "day.pack")


def test_a_shortened_pack_is_refused(files: Files) -> None:
    pack = Pack(files, "day.pack")
    pack.append(payloads(3))
    files.truncate("day.pack", pack.size - 1)
    with pytest.raises(StorageError, match="were acknowledged; something is lost"):
        Pack(files, "day.pack")


def test_a_file_that_is_no_pack_is_refused(files: Files) -> None:
    files.write("day.pack", b"PK\x03\x04")
    with pytest.raises(StorageError, match="is no payload pack"):
        Pack(files, "day.pack")


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_one_flipped_bit_of_a_pack_is_found(at: int, bit: int) -> None:
    files = MemoryFiles()
    Pack(files, "day.pack").append(payloads(5))
    data = bytearray(files.files["day.pack"])
    data[at % len(data)] ^= 1 << bit
    files.write("day.pack", bytes(data))
    with pytest.raises(StorageError):
        list(Pack(files, "day.pack").records())


def test_the_first_line_of_a_pack_names_its_format(files: Files) -> None:
    Pack(files, "day.pack").append(payloads(1))
    assert (files.read("day.pack") or b"").startswith(MAGIC)


def test_a_file_is_found_by_its_digest(files: Files) -> None:
    folder = ContentFolder(files)
    digest = folder.put(b"certificate")
    assert digest == hashlib.sha256(b"certificate").hexdigest()
    assert folder.put(b"certificate") == digest
    assert folder.get(digest) == b"certificate"
    assert list(folder) == [digest]
    assert digest in folder
    assert "00" * 32 not in folder


def test_a_damaged_file_is_never_returned_and_can_be_put_again(files: Files) -> None:
    folder = ContentFolder(files)
    digest = folder.put(b"certificate")
    files.write(f"{digest[:2]}/{digest[2:]}", b"Certificate")
    with pytest.raises(StorageError, match="is damaged: its bytes have another digest"):
        folder.get(digest)
    assert [error.fields["digest"] for error in folder.damaged()] == [digest]
    folder.put(b"certificate")
    assert folder.get(digest) == b"certificate"


@pytest.mark.parametrize("digest", ["", "AB" * 32, "../" * 20, "ab" * 31])
def test_what_is_no_digest_names_no_file(files: Files, digest: str) -> None:
    with pytest.raises(StorageError, match="is no SHA-256 digest"):
        ContentFolder(files).get(digest)
    assert digest not in ContentFolder(files)


def test_a_missing_file_is_named_by_its_digest(files: Files) -> None:
    with pytest.raises(StorageError, match="is missing"):
        ContentFolder(files).get("00" * 32)


def audited(files: Files) -> tuple[Log, Pack]:
    log, pack = Log.create(files, SIGNER), Pack(files, "day.pack")
    records = payloads(4)
    log.append(
        [
            Statement.of(
                StatementType.GAP, r.payload, salt=r.salt, subject="s", version=1, media="a/b", time_ms=0, actor="p"
            ).encode()
            for r in records
        ]
    )
    pack.append(records)
    return log, pack


def test_auditors_find_nothing_wrong_with_good_data(files: Files) -> None:
    log, pack = audited(files)
    folder = ContentFolder(MemoryFiles())
    needed = [folder.put(b"a file")]
    for auditor in (LogAuditor(log.reader(), [log.note]), PayloadAuditor(log.reader(), [pack]), ContentAuditor(folder, needed)):
        assert list(auditor.findings()) == []


def test_auditors_name_everything_that_differs_and_go_on(files: Files) -> None:
    log, _ = audited(files)
    wrong = Pack(files, "wrong.pack")
    wrong.append([Payload(0, bytes(16), b""), Payload(2, bytes(16), b"forged"), Payload(9, bytes(16), b"")])
    codes = [(error.code, error.fields.get("index")) for error in PayloadAuditor(log.reader(), [wrong]).findings()]
    assert codes == [
        ("trust.audit.no_payload", 1),
        ("trust.statement.length", None),
        ("trust.audit.no_payload", 3),
        ("trust.audit.no_statement", 9),
    ]
    assert [error.code for error in PayloadAuditor(log.reader(), [], withheld=frozenset(range(4))).findings()] == []


def test_a_missing_file_and_a_broken_log_are_findings(files: Files) -> None:
    log, _ = audited(files)
    files.remove("tile/0/000.p/4")
    assert [error.code for error in LogAuditor(log.reader()).findings()] == ["trust.log.missing"]
    assert [error.code for error in ContentAuditor(ContentFolder(files), ["00" * 32]).findings()] == ["trust.content.missing"]


def test_two_salts_hide_that_two_payloads_are_equal() -> None:
    assert salted_digest(b"same", salt=bytes(16)) != salted_digest(b"same", salt=SALT)


def test_a_pack_that_does_not_open_is_a_finding_and_the_others_are_read(files: Files) -> None:
    log, _ = audited(files)
    files.write("bad.pack", b"PK")
    packs, broken = open_packs(files, ["bad.pack", "day.pack"])
    assert [error.code for error in PayloadAuditor(log.reader(), packs, broken).findings()] == ["trust.pack.magic"]
