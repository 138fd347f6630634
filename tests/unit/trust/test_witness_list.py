"""The list of logs a witness knows: persons' decisions, one a line, never taken back."""

from __future__ import annotations

import json

import pytest

from tanheng.trust.cosignature import Cosigner
from tanheng.trust.errors import PolicyError, TrustError
from tanheng.trust.files import MemoryFiles
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.note import NoteSigner
from tanheng.trust.witness_logs import PATH, Acceptance, WitnessLogs

KEYS = {at: signer(Algorithm.ED25519, bytes([at] * 32)) for at in range(1, 4)}


def vkey(origin: str, at: int = 1) -> str:
    return str(NoteSigner(origin, KEYS[at]).verifier_key)


def decision(origin: str = "plant.example/log/1", **changes: str) -> Acceptance:
    members = {"vkey": vkey(origin), "person": "p-7", "reason": "备案"} | changes
    return Acceptance(
        time=1_790_000_000, after=changes.pop("after", None), **{k: v for k, v in members.items() if k != "after"}
    )


def test_an_accepted_log_is_known_with_who_accepted_it_and_why() -> None:
    logs = WitnessLogs(MemoryFiles())
    logs.accept(decision())
    assert list(logs) == ["plant.example/log/1"]
    assert str(logs["plant.example/log/1"]) == vkey("plant.example/log/1")
    assert [(one.person, one.reason) for one in logs.accepted()] == [("p-7", "备案")]


def test_a_running_witness_sees_what_another_process_accepted() -> None:
    files = MemoryFiles()
    running = WitnessLogs(files)
    assert len(running) == 0
    WitnessLogs(files).accept(decision())
    assert len(running) == 1


def test_a_new_epoch_stands_beside_the_old_one() -> None:
    logs = WitnessLogs(MemoryFiles())
    logs.accept(decision())
    logs.accept(decision("plant.example/log/2", after="plant.example/log/1"))
    assert list(logs) == ["plant.example/log/1", "plant.example/log/2"]


def test_a_log_of_somebody_else_needs_no_epoch() -> None:
    logs = WitnessLogs(MemoryFiles())
    logs.accept(decision("sum.golang.example"))
    assert "sum.golang.example" in logs


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (decision(), "is in the list already"),
        (decision("plant.example/log/2"), "name the one before it with --after"),
        (decision("plant.example/log/3", after="plant.example/log/1"), "is not the next epoch"),
        (decision("plant.example/log/2", after="other.example/log/1"), "is not the next epoch"),
        (decision("other.example/log/1", person=" "), "takes a person and a reason"),
        (decision("other.example/log/1", reason=""), "takes a person and a reason"),
        (decision(vkey="nonsense"), "is no verifier key"),
        (decision(vkey=str(Cosigner("w.example", KEYS[2]).verifier_key)), r"has type 04, 01 \(Ed25519\) is needed"),
    ],
)
def test_what_may_not_join_the_list_is_refused(refused: Acceptance, message: str) -> None:
    logs = WitnessLogs(MemoryFiles())
    logs.accept(decision())
    with pytest.raises(TrustError, match=message):
        logs.accept(refused)
    assert len(logs) == 1


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", json.dumps({"vkey": "x"}), "[" * 50_000])
def test_a_damaged_list_is_refused_by_its_line(line: str) -> None:
    files = MemoryFiles()
    WitnessLogs(files).accept(decision())
    files.append(PATH, line.encode() + b"\n")
    with pytest.raises(PolicyError, match="Line 2 of the witness's list is malformed"):
        len(WitnessLogs(files))
