"""Signed notes, keys and the witness against published cases; origins in the heads of the case files beside this test."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tanheng.trust import cosigned
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.errors import NoteError, TrustError, WitnessError
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.note import ED25519, NoteSigner, VerifierKey, open_note, sign
from tanheng.trust.witness import MemoryStore, Witness

HERE = Path(__file__).parent
NOTES = json.loads((HERE / "signed_notes.json").read_text())
WITNESS = json.loads((HERE / "witness_add_checkpoint.json").read_text())
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


@pytest.mark.parametrize("case", NOTES["cases"], ids=lambda case: case["id"])
def test_note_case(case: dict[str, Any]) -> None:
    keys = [VerifierKey.parse(text) for text in case["vkeys"]]
    if case["expect"] != "valid":
        with pytest.raises(NoteError):
            open_note(case["note"].encode(), keys)
        return
    opened = open_note(case["note"].encode(), keys)
    if "verified" in case:
        assert [signature.name for signature in opened.verified] == case["verified"]
        assert [signature.name for signature in opened.unverified] == case["unverified"]


def test_signing_is_equal_to_the_published_note_byte_for_byte() -> None:
    case = NOTES["deterministic_signing"]
    assert sign(case["text"].encode(), [NoteSigner.parse(case["skey"])]) == case["signed_note"].encode()


@pytest.mark.parametrize("case", NOTES["key_id_only_vectors"], ids=lambda case: case["vkey"])
def test_key_ids_are_those_printed(case: dict[str, str]) -> None:
    key = VerifierKey.parse(case["vkey"])
    assert f"0x{key.type:02x}" == case["type"].split()[0]
    assert str(key) == case["vkey"]


def test_bad_verifier_keys_are_refused() -> None:
    bad = NOTES["bad_vkeys"][:2]
    bad += [
        PETER[start:end] for start in range(len(PETER)) for end in range(start + 1, len(PETER) + 1) if end - start < len(PETER)
    ]
    bad += [PETER[:at] + chr(ord(PETER[at]) + 1) + PETER[at + 1 :] for at in range(len(PETER))]
    for text in bad:
        with pytest.raises(TrustError):
            VerifierKey.parse(text)
    assert VerifierKey.parse(PETER).name == "PeterNeumann"


def test_the_time_of_a_cosignature_is_read() -> None:
    case = NOTES["cosignature_timestamp"]
    assert cosigned.time_of(base64.b64decode(case["base64"])[4:]) == case["unix_time"]


def test_the_witness_answers_the_published_requests_in_order() -> None:
    origin = WITNESS["origin_line"]
    log = VerifierKey(origin, ED25519, bytes.fromhex(WITNESS["log_public_key"]))
    cosigner = Cosigner("example.com/witness", signer(Algorithm.ED25519, bytes(range(32))))
    witness = Witness(cosigner, logs={origin: log}, store=MemoryStore(), clock=lambda: 1_790_000_000)
    expected = [404 if at == 2 else case["status"] for at, case in enumerate(WITNESS["cases"])]  # the third: see its head
    answers, sizes = [], []
    for case in WITNESS["cases"]:
        try:
            lines = witness.add_checkpoint(case["body"].encode())
        except WitnessError as error:
            answers.append(error.status)
            sizes += [error.body] if error.status == 409 else []
        else:
            answers.append(200)
            text = case["body"].encode().partition(b"\n\n")[2].rpartition(b"\n\n")[0] + b"\n"
            opened = open_note(text + b"\n" + lines.encode(), [cosigner.verifier_key])
            assert opened.verified[0].name == "example.com/witness"
    assert answers == expected
    assert sizes == ["3\n", "5\n"]
