"""The log of a plant without a server: stated once, found again, cosigned; and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tanheng.evidence import Account, PlantLog, state_account
from tanheng.evidence.cosigning import WitnessAddress, cosign, parse_addresses
from tanheng.evidence.errors import MakingError
from tanheng.evidence.plant_log import Draft
from tanheng.trust import cbor
from tanheng.trust.errors import KeyRefusedError, NoteError, TrustError, WitnessError
from tanheng.trust.files import MemoryFiles
from tanheng.trust.key_file import StoredKey
from tanheng.trust.keys import Algorithm, Purpose, record_of
from tanheng.trust.note import parse as parse_note
from tanheng.trust.statement import StatementType
from tanheng.trust.suites import generate

T0 = 1_790_000_000_000


def draft(payload: bytes = b"1", subject: str = "plant/2025/laboratory.csv") -> Draft:
    return Draft(type=StatementType.LABORATORY_RESULT, subject=subject, media="text/csv", payload=payload)


def state(shop: Any, *drafts: Draft, time_ms: int = T0 + 1) -> list[tuple[int, int]]:
    """Index and version of what was stated."""
    found = shop.log.state(drafts, time_ms=time_ms, salt=shop.salt)
    return [(logged.index, logged.statement.version) for logged in found]


def test_what_was_stated_before_is_not_stated_again(workshop: Any) -> None:
    assert state(workshop, draft(), draft(b"2", "other")) == [(0, 1), (1, 1)]
    assert state(workshop, draft(), draft(b"2", "other")) == [(0, 1), (1, 1)]
    assert workshop.log.log.size == 2


def test_another_payload_of_a_subject_is_its_next_version(workshop: Any) -> None:
    state(workshop, draft())
    assert state(workshop, draft(b"corrected")) == [(1, 2)]
    assert [logged.payload for logged in workshop.log] == [b"1", b"corrected"]


def test_an_earlier_payload_stated_again_is_a_version_too(workshop: Any) -> None:
    for payload in (b"1", b"2"):
        state(workshop, draft(payload))
    assert state(workshop, draft(b"1")) == [(2, 3)]


def test_a_log_opened_again_has_its_entries_and_payloads(workshop: Any) -> None:
    state(workshop, draft(), draft(b"2", "other"), time_ms=T0 + 86_400_000)
    again = PlantLog(workshop.log_files, workshop.payload_files, workshop.key)
    assert list(again) == list(workshop.log)
    assert workshop.payload_files.list("") == ["2026-09-22.pack", "2026-09-22.pack.end", "next"]


def test_the_log_folder_holds_no_payload(workshop: Any) -> None:
    state(workshop, draft(b"a figure nobody shall read in the log"))
    assert not any(b"nobody shall read" in data for data in workshop.log_files.files.values())


def test_a_key_out_of_its_time_states_nothing(workshop: Any) -> None:
    with pytest.raises(KeyRefusedError, match="not in force"):
        state(workshop, draft(), time_ms=T0 - 1)
    assert workshop.log.log.size == 0


def test_an_sm2_key_signs_no_log(workshop: Any) -> None:
    made = generate(Algorithm.SM2_SM3)
    key = StoredKey(made, record_of(made, purpose=Purpose.LOG, subject="plant.example/log/1", valid_from_ms=T0))
    with pytest.raises(MakingError, match="ed25519"):
        PlantLog(MemoryFiles(), MemoryFiles(), key)


def test_a_key_of_another_purpose_opens_no_log(make_workshop: Callable[..., Any]) -> None:
    with pytest.raises(KeyRefusedError, match="witness key"):
        PlantLog(MemoryFiles(), MemoryFiles(), make_workshop(record_changes={"purpose": Purpose.WITNESS}).key)


def test_a_log_of_another_key_is_not_continued(workshop: Any, make_workshop: Callable[..., Any]) -> None:
    state(workshop, draft())
    with pytest.raises(NoteError):
        PlantLog(workshop.log_files, workshop.payload_files, make_workshop(seed=9).key)


def test_a_payload_that_is_gone_is_named(workshop: Any) -> None:
    state(workshop, draft())
    for name in workshop.payload_files.list(""):
        workshop.payload_files.remove(name)
    with pytest.raises(MakingError, match=r"entry 0 of plant\.example/log/1"):
        list(PlantLog(workshop.log_files, workshop.payload_files, workshop.key))


def test_a_payload_that_was_changed_is_refused(workshop: Any) -> None:
    state(workshop, draft(b"the payload"))
    name = "2026-09-21.pack"
    workshop.payload_files.files[name] = workshop.payload_files.files[name].replace(b"payload", b"PAYLOAD")
    with pytest.raises(TrustError):
        list(workshop.log)


def test_payloads_of_another_time_than_the_log_are_refused(workshop: Any, make_workshop: Callable[..., Any]) -> None:
    """A restored payload folder that wants to add what the log has otherwise."""
    other = make_workshop()
    state(other, draft(b"other"), draft(b"more", "more"))
    state(workshop, draft(b"1"), draft(b"2", "two"))
    pending = {
        "v": 1,
        "first": 0,
        "entries": [[logged.statement.encode(), logged.salt, logged.payload] for logged in other.log],
    }
    workshop.payload_files.write("next", cbor.dumps(pending))
    with pytest.raises(MakingError, match="copies of different times"):
        PlantLog(workshop.log_files, workshop.payload_files, workshop.key)


def test_an_account_without_a_trace_is_not_stated(workshop: Any, account: Account) -> None:
    without = Account(account.inputs, {"report.pdf": b""})
    with pytest.raises(MakingError, match=r"inventory\.json"):
        state_account(workshop.log, without, workshop.pack, time_ms=T0 + 1, salt=workshop.salt)


def test_an_account_of_another_rule_pack_is_not_stated(workshop: Any, account: Account) -> None:
    data = account.results["inventory.json"].replace(workshop.pack.digest.encode(), b"sha256:" + b"0" * 64)
    with pytest.raises(MakingError, match="account again"):
        state_account(
            workshop.log, Account(account.inputs, {"inventory.json": data}), workshop.pack, time_ms=T0 + 1, salt=workshop.salt
        )


# Witnesses.


def address(shop: Any) -> WitnessAddress:
    return WitnessAddress("https://witness.example", shop.witness.cosigner.verifier_key)


def answering(shop: Any, asked: list[bytes]) -> Callable[[str, bytes], tuple[int, bytes]]:
    """Ask the real witness, as its WSGI application answers."""

    def ask(url: str, body: bytes) -> tuple[int, bytes]:
        assert url == "https://witness.example/add-checkpoint"
        asked.append(body)
        try:
            return 200, shop.witness.add_checkpoint(body).encode()
        except WitnessError as error:
            return error.status, error.body.encode()

    return ask


def test_a_witness_that_knows_an_older_head_is_asked_from_there(workshop: Any) -> None:
    asked: list[bytes] = []
    for payload in (b"1", b"2", b"3"):
        state(workshop, draft(payload))
        cosign(workshop.log.log, address(workshop), answering(workshop, asked))
    assert [body.partition(b"\n")[0] for body in asked] == [b"old 0", b"old 0", b"old 1", b"old 0", b"old 2"]
    assert [one.name for one in parse_note(workshop.log.log.note)[1]] == ["plant.example/log/1", "witness.example"]


def test_a_head_that_is_cosigned_is_not_asked_for_again(workshop: Any) -> None:
    asked: list[bytes] = []
    state(workshop, draft())
    for _ in range(2):
        cosign(workshop.log.log, address(workshop), answering(workshop, asked))
    assert len(asked) == 1


def test_a_log_behind_its_witness_is_refused(workshop: Any, make_workshop: Callable[..., Any]) -> None:
    """A plant that restored an old copy: the witness has seen more than it has."""
    for payload in (b"1", b"2"):
        state(workshop, draft(payload))
    cosign(workshop.log.log, address(workshop), answering(workshop, []))
    restored = make_workshop()
    state(restored, draft(b"1"))
    with pytest.raises(MakingError, match="409 2"):
        cosign(restored.log.log, address(workshop), answering(workshop, []))


def test_a_rewritten_history_gets_no_cosignature(workshop: Any, make_workshop: Callable[..., Any]) -> None:
    state(workshop, draft(b"1"))
    cosign(workshop.log.log, address(workshop), answering(workshop, []))
    rewritten = make_workshop()
    for payload in (b"another", b"more"):
        state(rewritten, draft(payload))
    with pytest.raises(MakingError, match="422"):
        cosign(rewritten.log.log, address(workshop), answering(workshop, []))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b""),
        (200, b"no signature line\n"),
        (200, "— witness.example AAAAAAAA\n".encode()),
        (200, b"x" * 70_000),
        (302, b""),
        (409, b"many\n"),
        (409, b"7\n"),
        (500, b"\xff\x1b[2J"),
    ],
)
def test_an_answer_that_is_no_cosignature_is_refused(workshop: Any, status: int, answer: bytes) -> None:
    state(workshop, draft())
    with pytest.raises(MakingError, match=r"witness\.example"):
        cosign(workshop.log.log, address(workshop), lambda *_: (status, answer))
    assert len(parse_note(workshop.log.log.note)[1]) == 1


def test_a_cosignature_that_fails_is_not_published(workshop: Any, make_workshop: Callable[..., Any]) -> None:
    state(workshop, draft())
    signature = workshop.witness.cosigner.sign(b"another text\n", seconds=1)
    with pytest.raises(MakingError):
        cosign(workshop.log.log, address(workshop), lambda *_: (200, signature.line.encode()))
    assert len(parse_note(workshop.log.log.note)[1]) == 1


def test_a_witness_that_is_away_is_told(workshop: Any) -> None:
    def away(url: str, body: bytes) -> tuple[int, bytes]:
        raise ConnectionRefusedError("connection refused")

    state(workshop, draft())
    with pytest.raises(MakingError, match="connection refused"):
        cosign(workshop.log.log, address(workshop), away)


def test_one_witness_or_a_list_of_them_is_read(workshop: Any) -> None:
    key = workshop.witness.cosigner.verifier_key
    one = f'{{"url": "https://witness.example/", "vkey": "{key}"}}'
    assert parse_addresses(one.encode(), path="witness.json") == (address(workshop),)
    assert parse_addresses(f"[{one}, {one}]".encode(), path="witness.json") == (address(workshop),) * 2


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"url": "https://w", "vkey": "w+00000000+AAAA"}', b"\xff"])
def test_a_file_of_witnesses_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(MakingError, match=r"witness\.json"):
        parse_addresses(data, path="witness.json")


def test_a_log_key_is_no_witness(workshop: Any) -> None:
    data = f'{{"url": "https://w", "vkey": "{workshop.vkey}"}}'.encode()
    with pytest.raises(MakingError, match="type 04"):
        parse_addresses(data, path="witness.json")
