"""``tanheng account --bundle`` makes a bundle; ``tanheng verify`` says what it proves, and ends with 1 when it does not."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from tanheng.cli.verify import printable
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.note import VerifierKey
from tanheng.trust.policy import write as write_policy
from tanheng.trust.witness import MemoryStore, Witness
from tanheng.trust.witness_app import application

ORIGIN = "plant.example/log/1"
LIMIT = 30.0
"""Seconds a connection of the witness may say nothing."""
OWN = "consistent in itself; the keys are the bundle's own: plant.example/log/1 {}; give --trust to bind them to a plant"


def fingerprint(vkey: str) -> str:
    return hashlib.sha256(b"ed25519\n" + VerifierKey.parse(vkey).public).hexdigest()


def test_without_trust_the_first_line_says_whose_the_keys_are(desk: Any) -> None:
    found = desk.run("verify", "year.zip")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.splitlines()[0] == OWN.format(fingerprint(desk.vkey()))


def test_without_trust_the_json_says_that_nothing_anchors_it(desk: Any) -> None:
    found = json.loads(desk.run("verify", "year.zip", "--json").stdout)
    assert (found["verified"], found["anchored"]) == (True, False)
    assert found["totals"]["installation.direct"] == {"rounded": "1037310.00", "unit": "tCO2"}


def test_in_chinese_the_first_line_says_the_same(desk: Any) -> None:
    found = desk.run("verify", "year.zip", LANG="zh_CN.UTF-8")
    assert found.stdout.startswith("自身一致；密钥为证据包自带：plant.example/log/1 ")
    assert "--trust" in found.stdout.splitlines()[0]


def test_an_unprotected_key_is_told_by_both_commands(desk: Any) -> None:
    assert "software key, unprotected" in desk.run("verify", "year.zip").stdout
    assert "软件密钥，未加保护" in desk.account("year.zip", "--force").stdout


def test_with_the_plants_key_in_the_trust_file_it_is_anchored(desk: Any) -> None:
    trust = desk.write("trust", write_policy(logs=[VerifierKey.parse(desk.vkey())]))
    found = desk.run("verify", "year.zip", "--trust", trust, "--json")
    assert json.loads(found.stdout)["anchored"] is True
    assert desk.run("verify", "year.zip", "--trust", trust).stdout.startswith("verified; log and keys are those of")


def test_with_another_key_in_the_trust_file_it_is_refused(desk: Any) -> None:
    other = VerifierKey(ORIGIN, 1, signer(Algorithm.ED25519, bytes([9] * 32)).public)
    found = desk.run("verify", "year.zip", "--trust", desk.write("trust", write_policy(logs=[other])))
    assert found.returncode == 1
    assert "not verified: The bundle is signed by another key" in found.stderr
    assert found.stdout == ""


def test_a_quorum_of_witnesses_that_did_not_sign_is_refused(desk: Any) -> None:
    witness = Cosigner("w.example", signer(Algorithm.ED25519, bytes([3] * 32))).verifier_key
    text = write_policy(logs=[VerifierKey.parse(desk.vkey())], witnesses={"w": witness}, needed=1)
    found = desk.run("verify", "year.zip", "--trust", desk.write("trust", text))
    assert (found.returncode, "checkpoint" in found.stderr) == (1, True)


def test_a_trust_file_that_is_none_is_refused(desk: Any) -> None:
    assert desk.run("verify", "year.zip", "--trust", desk.write("trust", "log nobody\n")).returncode == 1
    assert desk.run("verify", "year.zip", "--trust", "absent").returncode == 2


@pytest.mark.parametrize("place", [b"1037310.00", b"%PDF", b"plant.example/log/1\n", b"household_waste"])
def test_a_flipped_bit_ends_with_one_and_names_the_member(desk: Any, place: bytes) -> None:
    data = bytearray((desk.folder / "year.zip").read_bytes())
    data[bytes(data).index(place)] ^= 1
    (desk.folder / "year.zip").write_bytes(data)
    found = desk.run("verify", "year.zip", "--json")
    said = json.loads(found.stdout)
    assert (found.returncode, said["verified"]) == (1, False)
    assert f"“{said['object']}”" in found.stderr


def test_a_truncated_bundle_ends_with_one(desk: Any) -> None:
    data = (desk.folder / "year.zip").read_bytes()
    (desk.folder / "cut.zip").write_bytes(data[: len(data) // 2])
    found = desk.run("verify", "cut.zip")
    assert (found.returncode, "cut off" in found.stderr) == (1, True)


def test_a_bundle_that_is_not_there_is_wrong_use(desk: Any) -> None:
    assert desk.run("verify", "absent.zip").returncode == 2


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu"])
def test_made_again_elsewhere_from_the_same_key_and_log_the_bundle_is_the_same(desk: Any, zone: str) -> None:
    made = desk.account("again.zip", TZ=zone, LANG="C", LC_ALL="C", PYTHONHASHSEED="7")
    assert made.returncode == 0, made.stderr
    assert (desk.folder / "again.zip").read_bytes() == (desk.folder / "year.zip").read_bytes()


def test_the_log_it_leaves_verifies_by_itself(desk: Any) -> None:
    found = desk.run("log", "verify", "data/log/plant-log", "--key", desk.vkey())
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--bundle", "new.zip"], 2, "--key"),
        (["--key", "plant-log"], 2, "--bundle"),
        (["--bundle", "new.zip", "--key", "plant-log", "--json"], 2, "--json"),
        (["--bundle", "year.zip", "--key", "plant-log"], 2, "--force"),
        (["--bundle", "new.zip", "--key", "nobody"], 1, "nobody"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_written(desk: Any, words: list[str], code: int, said: str) -> None:
    from pathlib import Path

    example = Path(__file__).parents[3] / "examples" / "european-commission-cement"
    found = desk.run("account", example, "--out", "fresh", *words)
    assert (found.returncode, said in found.stderr) == (code, True)
    assert not (desk.folder / "fresh").exists()


class _Quiet(WSGIRequestHandler):
    timeout = LIMIT  # a connection on which nothing comes holds up nobody for ever

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name of the base class
        """Say nothing."""


@contextmanager
def serving(witness: Witness) -> Iterator[str]:
    with make_server("127.0.0.1", 0, application(witness), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            ending = threading.Thread(target=server.shutdown, daemon=True)
            ending.start()
            thread.join(2 * LIMIT)
            assert not thread.is_alive(), f"the witness did not end in {2 * LIMIT:.0f} s"


def test_a_configured_witness_cosigns_and_its_quorum_verifies(desk: Any) -> None:
    log = VerifierKey.parse(desk.vkey())
    cosigner = Cosigner("w.example", signer(Algorithm.ED25519, bytes([3] * 32)))
    witness = Witness(cosigner, logs={ORIGIN: log}, store=MemoryStore(), clock=lambda: int(time.time()))
    with serving(witness) as url:
        desk.write("data/witness.json", json.dumps({"url": url, "vkey": str(cosigner.verifier_key)}))
        made = desk.account("witnessed.zip")
    assert made.returncode == 0, made.stderr
    trust = desk.write("trust", write_policy(logs=[log], witnesses={"w": cosigner.verifier_key}, needed=1))
    found = desk.run("verify", "witnessed.zip", "--trust", trust, "--json")
    assert [one["name"] for one in json.loads(found.stdout)["witnesses"]] == ["w.example"]


def test_a_witness_that_is_away_leaves_no_bundle_and_says_what_to_do(desk: Any) -> None:
    key = Cosigner("w.example", signer(Algorithm.ED25519, bytes([3] * 32))).verifier_key
    desk.write("data/witness.json", json.dumps({"url": "http://127.0.0.1:9", "vkey": str(key)}))
    found = desk.account("new.zip", "--lang", "en")
    assert found.returncode == 1
    assert "run the command again when the witness answers" in found.stderr
    assert not (desk.folder / "new.zip").exists()


def test_what_a_bundle_says_cannot_steer_a_terminal() -> None:
    assert printable("a\x1b[2J\u202eb\n碳") == "a�[2J�b\n碳"
