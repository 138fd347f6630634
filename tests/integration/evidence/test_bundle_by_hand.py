"""A bundle is verified without Tanheng: by Python's zipfile, the openssl command, and the arithmetic of RFC 9162."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

ED25519_INFO = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of Ed25519, RFC 8410; the key follows


@pytest.fixture
def members(desk: Any, tmp_path: Path) -> Path:
    """The members of the bundle, as any ZIP program unpacks them."""
    with zipfile.ZipFile(desk.folder / "year.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "bundle")
    return tmp_path / "bundle"


def openssl(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False, timeout=60)


def checkpoint(members: Path) -> tuple[bytes, bytes]:
    """Text and first signature of the signed note (C2SP signed-note)."""
    text, _, lines = (members / "checkpoint").read_bytes().rpartition(b"\n\n")
    signature = base64.b64decode(lines.splitlines()[0].split(b" ")[-1])
    return text + b"\n", signature[4:]


def openssl_agrees(members: Path, text: bytes, signature: bytes) -> bool:
    vkey = (members / "keys" / "verifier-keys").read_text().splitlines()[0]
    public = base64.b64decode(vkey.split("+", 2)[2])[1:]
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(ED25519_INFO + public) + b"\n-----END PUBLIC KEY-----\n"
    paths = {"key.pem": pem, "message": text, "signature": signature}
    for name, data in paths.items():
        (members / name).write_bytes(data)
    key, message, sigfile = (members / name for name in paths)
    words: list[str | Path] = ["-verify", "-pubin", "-inkey", key, "-rawin", "-in", message, "-sigfile", sigfile]
    return openssl("pkeyutl", *words).returncode == 0


def test_openssl_verifies_the_checkpoint(members: Path) -> None:
    text, signature = checkpoint(members)
    assert text.splitlines()[:2] == [b"plant.example/log/1", b"4"]
    assert openssl_agrees(members, text, signature)


def test_openssl_refuses_a_checkpoint_of_another_size(members: Path) -> None:
    text, signature = checkpoint(members)
    assert not openssl_agrees(members, text.replace(b"\n4\n", b"\n5\n"), signature)


def test_openssl_finds_the_digests_of_the_manifest(members: Path) -> None:
    listed = json.loads((members / "manifest.json").read_bytes())["members"]
    for item in listed:
        found = openssl("dgst", "-sha256", "-r", members / item["path"])
        assert found.stdout.split()[0] == item["sha256"]


def test_salt_and_payload_have_the_digest_that_the_statement_holds(members: Path) -> None:
    for entry in json.loads((members / "manifest.json").read_bytes())["entries"]:
        (members / "salted").write_bytes(bytes.fromhex(entry["salt"]) + (members / entry["payload"]).read_bytes())
        digest = openssl("dgst", "-sha256", "-r", members / "salted").stdout.split()[0]
        statement = (members / "entries" / str(entry["index"]) / "statement.cbor").read_bytes()
        assert bytes.fromhex(digest) in statement


def test_every_statement_leads_to_the_root_of_the_checkpoint(members: Path) -> None:
    """RFC 9162 §2.1.3.2, written anew; a proof file is C2SP tlog-proof."""
    root = base64.b64decode(checkpoint(members)[0].splitlines()[2])
    for index in range(4):
        folder = members / "entries" / str(index)
        head = (folder / "proof.tlog-proof").read_text().partition("\n\n")[0].splitlines()
        assert head[:2] == ["c2sp.org/tlog-proof@v1", f"index {index}"]
        running = hashlib.sha256(b"\0" + (folder / "statement.cbor").read_bytes()).digest()
        number, last = index, 3
        for line in head[2:]:
            sibling = base64.b64decode(line)
            if number % 2 or number == last:
                running = hashlib.sha256(b"\1" + sibling + running).digest()
                while number % 2 == 0 and number:
                    number, last = number >> 1, last >> 1
            else:
                running = hashlib.sha256(b"\1" + running + sibling).digest()
            number, last = number >> 1, last >> 1
        assert (last, running) == (0, root)


def test_the_rule_book_and_the_report_have_the_digests_that_are_stated(members: Path) -> None:
    stated = json.loads((members / "report" / "account-report.json").read_bytes())
    book = openssl("dgst", "-sha256", "-r", members / "rules" / "eu.2025-2547.json").stdout.split()[0]
    assert stated["rulebook"]["digest"] == f"sha256:{book}"
    for path, digest in {**stated["files"], **stated["inputs"]}.items():
        assert openssl("dgst", "-sha256", "-r", members / path).stdout.split()[0] == digest
