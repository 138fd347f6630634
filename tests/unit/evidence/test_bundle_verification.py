"""A good bundle proves its report; a bundle in which anything is otherwise does not, and says what."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tanheng.core import canonical
from tanheng.evidence import Account, Archive, Replay, verify
from tanheng.evidence.errors import AnchorError, BundleError, EntryError, EvidenceError, RecalculationError, ReportError
from tanheng.standards import RulePack, load_pack
from tanheng.trust.errors import KeyRefusedError
from tanheng.trust.keys import Protection, Purpose

INVENTORY = "report/inventory.json"


def refused(parts: Any, **options: Any) -> BundleError:
    with pytest.raises(BundleError) as caught:
        verify(parts.archive(), **options)
    assert caught.value.text("zh") != caught.value.text("en")
    return caught.value


def changed_input(old: bytes, new: bytes, workshop: Any) -> dict[str, bytes]:
    data = workshop.inputs()["activity.csv"]
    assert data.count(old) == 1
    inputs: dict[str, bytes] = workshop.inputs(activity=data.replace(old, new))
    return inputs


# The good bundle. The total is printed in the Commission's workbook "1 CBAM SEE V2.1_Example Cement_final.xlsx", sheet
# A_InstData, direct emissions of the installation: 1 037 310 tCO2e.


def test_a_good_bundle_proves_its_report(parts: Any, workshop: Any) -> None:
    found = verify(parts.archive(), policy=workshop.policy())
    assert found.anchor.anchored
    assert found.complete
    assert found.replay is Replay.REPEATED
    assert [(total.id, total.rounded, total.unit) for total in found.totals] == [("installation.direct", "1037310.00", "tCO2")]
    assert [stated.statement.type.value for stated in found.entries] == [
        "rule-pack",
        "manual-entry",
        "configuration",
        "report",
    ]


def test_without_a_policy_the_keys_are_the_bundles_own(parts: Any, workshop: Any) -> None:
    found = verify(parts.archive())
    assert not found.anchor.anchored
    assert found.anchor.fingerprints[0] == ("plant.example/log/1", workshop.key.record.fingerprint)
    assert [name for name, _ in found.anchor.fingerprints] == ["plant.example/log/1", "witness.example"]
    assert found.jsonable()["anchored"] is False


def test_the_version_of_the_report_and_its_time_are_told(make_workshop: Callable[..., Any], account: Account) -> None:
    later = Account(account.inputs, {**account.results, "report.pdf": b"%PDF-1.7 another"})
    alone = make_workshop(witness_seed=None)
    found = [verify(alone.parts(made).archive()).stated for made in (account, later)]
    assert [(stated.version, stated.time_ms) for stated in found] == [(1, 1_790_000_001_000), (2, 1_790_000_001_000)]


def test_the_witness_and_its_time_are_told(parts: Any) -> None:
    assert verify(parts.archive()).anchor.witnesses == (("witness.example", 1_790_000_060),)


def test_a_plain_key_is_told(parts: Any) -> None:
    assert verify(parts.archive()).anchor.record.protection is Protection.PLAIN


def test_made_again_from_the_same_log_the_bundle_is_the_same(workshop: Any, account: Account) -> None:
    assert workshop.parts(account).zip() == workshop.parts(account).zip()
    assert workshop.log.log.size == 4


# One flipped bit of every member, with sizes, digests and check sums made to fit again.


def flips(length: int, count: int) -> list[int]:
    """Bits of a member: the first, the last, and some between, the same in every run."""
    return sorted({0, length * 8 - 1, *random.Random(length).choices(range(length * 8), k=count)})  # noqa: S311  # no secret


def require_named(parts: Any, path: str, bit: int, **options: Any) -> None:
    changed = bytearray(parts.members[path])
    changed[bit // 8] ^= 1 << bit % 8
    tampered = parts.copy()
    tampered.members[path] = bytes(changed)
    found = refused(tampered, **options).object
    proven = path.replace("proof.tlog-proof", "statement.cbor")  # a proof that leads elsewhere is told with what it proves
    assert found in (path, proven), (path, bit)


def test_a_flipped_bit_in_any_member_is_found_and_named(parts: Any) -> None:
    for path, data in parts.members.items():
        for bit in flips(len(data), 12):
            require_named(parts, path, bit)


def test_a_flipped_bit_in_any_member_is_found_and_named_with_a_policy(parts: Any, workshop: Any) -> None:
    trusted = workshop.policy()
    for path, data in parts.members.items():
        for bit in flips(len(data), 4):
            require_named(parts, path, bit, policy=trusted)


def test_a_flipped_bit_of_the_manifest_is_found(parts: Any) -> None:
    head = canonical.pretty(parts.manifest())
    for bit in flips(len(head), 150):
        changed = bytearray(head)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(EvidenceError):
            verify(parts.archive(bytes(changed)))


@pytest.mark.long
def test_every_flipped_bit_in_every_small_member_is_found_and_named(parts: Any) -> None:
    for path, data in parts.members.items():
        for bit in range(len(data) * 8) if len(data) < 600 else flips(len(data), 1000):
            require_named(parts, path, bit)


@pytest.mark.long
def test_every_flipped_bit_of_a_bundle_as_it_lies_on_the_disk_is_found(parts: Any) -> None:
    data = bytearray(parts.zip())
    for bit in range(len(data) * 8):
        data[bit // 8] ^= 1 << bit % 8
        with pytest.raises(EvidenceError):
            Archive(bytes(data))
        data[bit // 8] ^= 1 << bit % 8


# Who made it.


def test_a_false_account_under_another_key_is_consistent_in_itself_and_nobodys(
    make_workshop: Callable[..., Any], workshop: Any, tmp_path: Path
) -> None:
    forger = make_workshop(seed=9, witness_seed=None)
    inputs = changed_input(b",88000", b",78000", forger)
    results = {"inventory.json": forger.inventory(inputs, tmp_path)}
    forged = forger.parts(Account(inputs, results))

    alone = verify(forged.archive())
    assert not alone.anchor.anchored
    assert alone.anchor.fingerprints == (("plant.example/log/1", forger.key.record.fingerprint),)

    found = refused(forged, policy=workshop.policy())
    assert found.code == "evidence.anchor.other_key"
    assert forger.key.record.fingerprint in found.text()


def test_the_key_of_a_trusted_log_beside_anothers_checkpoint_is_refused(
    parts: Any, make_workshop: Callable[..., Any], account: Account
) -> None:
    parts.members["checkpoint"] = make_workshop(seed=9).parts(account).members["checkpoint"]
    assert refused(parts).object == "checkpoint"


def test_a_log_the_policy_does_not_know_is_refused(parts: Any, make_workshop: Callable[..., Any]) -> None:
    other = make_workshop(seed=5, subject="other.example/log/1")
    found = refused(parts, policy=other.policy(witnesses={}, needed=None))
    assert "plant.example/log/1" in found.text()


def test_a_quorum_that_is_not_reached_is_refused(parts: Any, workshop: Any, make_workshop: Callable[..., Any]) -> None:
    absent = make_workshop(witness_seed=7).witness.cosigner.verifier_key
    both = {"w": workshop.witness.cosigner.verifier_key, "absent": absent}
    assert verify(parts.archive(), policy=workshop.policy(witnesses=both, needed=1)).anchor.anchored
    found = refused(parts, policy=workshop.policy(witnesses=both, needed=2))
    assert isinstance(found, AnchorError)
    assert "witnesses" in found.text()


def test_a_listed_witness_that_did_not_sign_is_refused(parts: Any, make_workshop: Callable[..., Any]) -> None:
    absent = make_workshop(witness_seed=7).witness.cosigner
    key = type(absent.verifier_key)("absent.example", 4, absent.verifier_key.public)
    parts.members["keys/verifier-keys"] += f"{key}\n".encode()
    assert refused(parts).fields["witness"] == "absent.example"


@pytest.mark.parametrize("change", ["empty", "turned", "twice", "no line feed", "no key"])
def test_verifier_keys_in_another_form_are_refused(parts: Any, change: str) -> None:
    log, witness = parts.members["keys/verifier-keys"].splitlines(keepends=True)
    made = {"empty": b"", "turned": witness + log, "twice": log + witness + witness, "no line feed": log[:-1], "no key": b"x\n"}
    parts.members["keys/verifier-keys"] = made[change]
    assert refused(parts).object == "keys/verifier-keys"


def test_a_rule_pack_the_policy_does_not_list_is_refused(parts: Any, workshop: Any, pack: RulePack) -> None:
    own = pack.digest.removeprefix("sha256:")
    assert verify(parts.archive(), policy=workshop.policy(rule_packs=[own])).anchor.anchored
    found = refused(parts, policy=workshop.policy(rule_packs=["0" * 64]))
    assert (found.code, found.fields["found"]) == ("evidence.anchor.rule_pack", pack.digest)


def test_the_record_of_another_key_in_the_place_of_the_logs_is_refused(
    parts: Any, make_workshop: Callable[..., Any], workshop: Any
) -> None:
    path = f"keys/{workshop.key.record.key_id}.cbor"
    parts.members[path] = make_workshop(seed=9).key.record.encode()
    found = refused(parts)
    assert (found.code, found.object) == ("evidence.anchor.other_record", path)


# When the key signed.


@pytest.mark.parametrize("changes", [{"valid_to_ms": 1_790_000_030_000}])
def test_a_checkpoint_cosigned_after_the_key_ended_is_refused(
    make_workshop: Callable[..., Any], account: Account, changes: dict[str, Any]
) -> None:
    parts = make_workshop(record_changes=changes).parts(account, verified=False)
    assert refused(parts).code == "evidence.entry.log_key"


def test_a_key_of_another_purpose_signs_no_log(make_workshop: Callable[..., Any], account: Account) -> None:
    with pytest.raises(KeyRefusedError, match="device key"):
        make_workshop(record_changes={"purpose": Purpose.DEVICE}).parts(account)


# What was calculated.


def test_a_digit_changed_in_a_figure_is_named_whoever_signs_it(make_workshop: Callable[..., Any], account: Account) -> None:
    data = account.results["inventory.json"].replace(b'"0.9075"', b'"0.9074"')
    assert data != account.results["inventory.json"]
    parts = make_workshop(seed=9).parts(Account(account.inputs, {"inventory.json": data}), verified=False)
    found = refused(parts)
    assert isinstance(found, RecalculationError)
    assert (found.fields["figure"], found.fields["found"]) == ("product.cement.embedded_total@2025", "0.9074")


def test_a_trace_that_is_not_of_the_plants_files_is_named(
    make_workshop: Callable[..., Any], account: Account, tmp_path: Path
) -> None:
    forger = make_workshop(seed=9)
    other = forger.inventory(changed_input(b",88000", b",78000", forger), tmp_path)
    parts = forger.parts(Account(account.inputs, {"inventory.json": other}), verified=False)
    found = refused(parts)
    assert found.code == "evidence.replay.differs"
    assert "inputs/" in str(found.fields["figure"]) or "figures/" in str(found.fields["figure"])


def test_what_does_not_verify_is_not_given_out(workshop: Any, account: Account) -> None:
    data = account.results["inventory.json"].replace(b'"0.9075"', b'"0.9074"')
    with pytest.raises(RecalculationError):
        workshop.parts(Account(account.inputs, {"inventory.json": data}))


def test_another_rule_pack_of_the_verifier_is_said_and_the_arithmetic_still_checked(parts: Any) -> None:
    mine = load_pack()
    other = RulePack(
        documents=mine.documents,
        parameters=mine.parameters,
        tables=mine.tables,
        rulebooks=mine.rulebooks,
        content="another",
    )
    found = verify(parts.archive(), pack=lambda: other)
    assert (found.replay, found.figures) == (Replay.OTHER_RULE_PACK, 30)


def test_a_payload_may_be_withheld_and_its_statement_still_holds(parts: Any) -> None:
    parts.entries[1] = {"index": 1, "withheld": "confidential"}
    del parts.members["inputs/activity.csv"]
    found = verify(parts.archive())
    assert found.replay is Replay.INPUTS_WITHHELD
    assert found.entries[1].statement.subject.endswith("/activity.csv")


def test_the_report_may_not_be_withheld(parts: Any) -> None:
    parts.entries[3] = {"index": 3, "withheld": "confidential"}
    assert refused(parts).code == "evidence.report.statement"


def test_the_rule_book_must_have_the_digest_the_log_states(parts: Any) -> None:
    parts.members["rules/eu.2025-2547.json"] = b"{}"
    found = refused(parts)
    assert isinstance(found, ReportError)
    assert found.object == "rules/eu.2025-2547.json"


def test_entries_of_two_logs_do_not_mix(parts: Any, make_workshop: Callable[..., Any], account: Account) -> None:
    other = make_workshop(time_ms=1_790_000_002_000).parts(account)
    for name in ("statement.cbor", "proof.tlog-proof"):
        mixed = parts.copy()
        mixed.members[f"entries/1/{name}"] = other.members[f"entries/1/{name}"]
        assert isinstance(refused(mixed), EntryError)


def test_a_salt_of_another_payload_is_refused(parts: Any) -> None:
    parts.entries[1]["salt"] = parts.entries[2]["salt"]
    found = refused(parts)
    assert (found.code, found.object) == ("evidence.entry.payload", "inputs/activity.csv")
