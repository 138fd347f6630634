"""The commands key, log, note and witness as a person runs them."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanheng.trust.checkpoint import Checkpoint
from tanheng.trust.files import FolderFiles
from tanheng.trust.key_file import KeyFolder
from tanheng.trust.keys import Purpose
from tanheng.trust.lifecycle import Event, KeyEvent, KeyRing
from tanheng.trust.log import Log
from tanheng.trust.note import NoteSigner, VerifierKey, open_note
from tanheng.trust.pack import Pack, Payload
from tanheng.trust.statement import Statement, StatementType
from tanheng.trust.tlog_proof import ProofFile
from tanheng.trust.witness import Request

ORIGIN = "plant.example/log/1"
LIMIT = 60.0
"""Seconds after which a process of ours that has not answered hangs."""


def tanheng(*words: object, folder: Path, lang: str = "en_US.UTF-8", **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "TANHENG_"))}
    command = [sys.executable, "-c", "from tanheng.cli import main; main()", *map(str, words)]
    environment |= {"LANG": lang, "COLUMNS": "200"} | extra
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT, cwd=folder, env=environment)


class Plant:
    """A folder with a log key and a log of 300 statements with their payloads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        made = tanheng("key", "new", "plant-log", "--purpose", "log", "--subject", ORIGIN, folder=folder)
        assert made.returncode == 0, made.stderr
        stored = KeyFolder(folder / "data/keys").load("plant-log")
        self.signer = NoteSigner(ORIGIN, stored.signer)
        self.vkey = str(self.signer.verifier_key)
        assert self.vkey in made.stdout
        self.log = Log.create(FolderFiles(folder / "log"), self.signer)
        payloads = [Payload(at, bytes(16), f"payload {at}".encode()) for at in range(300)]
        Pack(FolderFiles(folder / "packs"), "2026/day.pack").append(payloads)
        entries = [self.stated(one).encode() for one in payloads]
        (folder / "old").write_bytes(self.log.append(entries[:100]).note)
        self.log.append(entries[100:])

    @staticmethod
    def stated(one: Payload) -> Statement:
        return Statement.of(
            StatementType.GAP, one.payload, salt=one.salt, subject="s", version=1, media="a/b", time_ms=0, actor="p"
        )


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path)


def test_log_verify_reads_the_whole_log(plant: Plant) -> None:
    result = tanheng("log", "verify", "log", "--key", plant.vkey, "--checkpoint", "old", folder=plant.folder)
    assert result.stdout.startswith(f"The log “{ORIGIN}” holds: 300 entries, ")
    assert "2 checkpoints" in result.stdout
    as_json = tanheng("log", "verify", "log", "--key", plant.vkey, "--checkpoint", "old", "--json", folder=plant.folder)
    assert [one["size"] for one in json.loads(as_json.stdout)["checkpoints"]] == [100, 300]


@pytest.mark.parametrize(("lang", "words"), [("en_US.UTF-8", "the entries give"), ("zh_CN.UTF-8", "瓦片被改动或损坏")])
def test_log_verify_names_what_is_wrong_in_the_language_of_the_reader(plant: Plant, lang: str, words: str) -> None:
    (plant.folder / "log/tile/0/000").write_bytes(bytes(8192))
    result = tanheng("log", "verify", "log", "--key", plant.vkey, folder=plant.folder, lang=lang)
    assert result.returncode == 1
    assert "tile/0/000" in result.stderr
    assert words in result.stderr


def test_log_verify_reads_over_http(plant: Plant) -> None:
    handler = functools.partial(_Quiet, directory=str(plant.folder / "log"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        try:
            good = tanheng("log", "verify", address, "--key", plant.vkey, folder=plant.folder)
            (plant.folder / "log/tile/entries/000").unlink()
            bad = tanheng("log", "verify", address, "--key", plant.vkey, folder=plant.folder)
        finally:
            server.shutdown()
    assert good.returncode == 0, good.stderr
    assert "lacks the file tile/entries/000" in bad.stderr
    gone = tanheng("log", "verify", address, "--key", plant.vkey, folder=plant.folder)
    assert "could not be fetched" in gone.stderr


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Say nothing."""


def test_fsck_checks_what_it_has_and_says_what_it_has_not(plant: Plant) -> None:
    good = tanheng("log", "fsck", "log", "--key", plant.vkey, "--packs", "packs", folder=plant.folder)
    assert good.stdout.splitlines() == ["log: 0 findings.", "payloads: 0 findings.", "Not checked: files, lake, records."]
    assert good.returncode == 0
    path = plant.folder / "packs/2026/day.pack"
    path.write_bytes(path.read_bytes().replace(b"payload 77", b"payload 78"))
    bad = tanheng("log", "fsck", "log", "--key", plant.vkey, "--packs", "packs", folder=plant.folder)
    assert bad.returncode == 1
    assert "day.pack is damaged" in bad.stdout


def test_repair_mends_tiles_and_only_tiles(plant: Plant) -> None:
    (plant.folder / "log/tile/0/000").unlink()
    mended = tanheng("log", "repair", "log", "--key", plant.vkey, folder=plant.folder)
    assert mended.stdout == "1 tiles were written again from the entries: tile/0/000.\n"
    assert plant.log.reader().verify().size == 300


def test_a_proof_is_written_and_holds(plant: Plant) -> None:
    result = tanheng("log", "proof", "log", "77", "--key", plant.vkey, "--out", "77.proof", folder=plant.folder)
    assert result.returncode == 0, result.stderr
    entry = plant.stated(Payload(77, bytes(16), b"payload 77")).encode()
    assert ProofFile.parse((plant.folder / "77.proof").read_bytes()).verify(entry, VerifierKey.parse(plant.vkey)).size == 300


def test_note_verify_names_the_signer(plant: Plant) -> None:
    good = tanheng("note", "verify", "log/checkpoint", "--key", plant.vkey, folder=plant.folder)
    assert good.stdout.startswith(f"Signed by {ORIGIN} (")
    text = tanheng("note", "verify", "log/checkpoint", "--key", plant.vkey, "--text", folder=plant.folder)
    assert text.stdout.startswith(f"{ORIGIN}\n300\n")
    (plant.folder / "bad").write_bytes((plant.folder / "old").read_bytes().replace(b"\n100\n", b"\n101\n"))
    bad = tanheng("note", "verify", "bad", "--key", plant.vkey, folder=plant.folder)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "the whole note is refused" in bad.stderr
    missing = tanheng("note", "verify", "none", "--key", plant.vkey, folder=plant.folder)
    assert "cannot be read" in missing.stderr


def test_key_show_never_shows_the_private_key(plant: Plant) -> None:
    shown = tanheng("key", "show", "--json", folder=plant.folder)
    members = json.loads(shown.stdout)["plant-log"]
    assert members["protection"] == "software key, unprotected"
    assert members["verifier_key"] == plant.vkey
    private = json.loads((plant.folder / "data/keys/plant-log.key").read_text())["private"]
    assert private not in shown.stdout + tanheng("key", "show", folder=plant.folder).stdout


def test_a_key_with_a_passphrase_starts_unattended_and_not_without_it(tmp_path: Path) -> None:
    (tmp_path / "phrase").write_text("correct horse\n")
    secret = {"TANHENG_KEY_PASSPHRASE_FILE": str(tmp_path / "phrase")}
    words = ("key", "new", "kiln", "--subject", "terminal-1", "--algorithm", "sm2-sm3", "--days", "365")
    made = tanheng(*words, folder=tmp_path, **secret)
    assert "encrypted by a passphrase" in made.stdout, made.stderr
    rotate = (
        "key",
        "rotate",
        "kiln",
        "kiln-2",
        "--event",
        "event.cbor",
        "--actor",
        "p-1",
        "--actor",
        "p-2",
        "--reason",
        "yearly",
    )
    assert "name that file in TANHENG_KEY_PASSPHRASE_FILE" in tanheng(*rotate, folder=tmp_path).stderr
    assert tanheng(*rotate, folder=tmp_path, **secret).returncode == 0
    event = KeyEvent.decode((tmp_path / "event.cbor").read_bytes())
    old = KeyFolder(tmp_path / "data/keys", passphrase=b"correct horse").load("kiln")
    ring = KeyRing()
    enrolment = KeyEvent(event=Event.ENROL, key=old.record.key_id, time_ms=0, actors=("a", "b"), record=old.record.encode())
    ring.apply(enrolment.signed(old.signer), index=1)
    ring.apply(KeyEvent(event=Event.ACTIVATE, key=old.record.key_id, time_ms=0, actors=("a",)), index=2)
    assert ring.apply(event, index=3).require(Purpose.DEVICE).subject == "terminal-1"


def test_a_rotation_takes_two_persons(plant: Plant) -> None:
    words = ("key", "rotate", "plant-log", "next", "--event", "event.cbor", "--actor", "p-1", "--actor", "p-1")
    result = tanheng(*words, folder=plant.folder)
    assert "1 persons stand behind" in result.stderr
    assert not (plant.folder / "data/keys/next.key").exists()


def test_a_key_leaves_the_machine_encrypted_or_not_at_all(plant: Plant) -> None:
    refused = tanheng("key", "export", "plant-log", "out.key", folder=plant.folder)
    assert "leaves this machine encrypted only" in refused.stderr
    (plant.folder / "phrase").write_text("correct horse")
    secret = {"TANHENG_KEY_PASSPHRASE_FILE": str(plant.folder / "phrase")}
    assert tanheng("key", "export", "plant-log", "out.key", folder=plant.folder, **secret).returncode == 0
    assert json.loads((plant.folder / "out.key").read_text())["protection"] == "software-passphrase"
    assert (plant.folder / "out.key").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def witness(plant: Plant) -> Iterator[str]:
    """A running witness; gives its address."""
    tanheng("key", "new", "province", "--purpose", "witness", "--subject", "witness.example", folder=plant.folder)
    words = ["witness", "run", "--key", "province", "--store", "w", "--bind", "127.0.0.1:0"]
    command = [sys.executable, "-u", "-c", "from tanheng.cli import main; main()", *words]
    environment = os.environ | {"LANG": "en_US.UTF-8"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=plant.folder, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            assert select.select([process.stdout], [], [], LIMIT)[0], f"the witness told no address in {LIMIT:.0f} s"
            line = process.stdout.readline()
            found = re.search(r"http://[0-9.:]+[0-9]", line)
            assert found is not None, line
            yield found[0]
            process.terminate()
            assert process.wait(timeout=LIMIT) == -signal.SIGTERM
        finally:
            process.kill()


def post(address: str, body: bytes) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"{address}/add-checkpoint", data=body, timeout=20) as answer:  # noqa: S310  # our own server
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_witness_cosigns_what_a_person_accepted(plant: Plant, witness: str) -> None:
    old = (plant.folder / "old").read_bytes()
    assert post(witness, Request(0, (), old).encode())[0] == 404
    accept = ("witness", "accept", plant.vkey, "--store", "w", "--person", "p-7", "--reason", "备案")
    assert tanheng(*accept, folder=plant.folder).returncode == 0
    status, lines = post(witness, Request(0, (), old).encode())
    assert status == 200
    vkey = json.loads(tanheng("key", "show", "province", "--json", folder=plant.folder).stdout)["province"]["verifier_key"]
    assert open_note(old + lines, [VerifierKey.parse(vkey)]).verified[0].name == "witness.example"
    proof = tuple(plant.log.reader().consistency_proof(100, 300))
    assert post(witness, Request(100, proof, plant.log.note).encode())[0] == 200
    assert post(witness, Request(100, proof, plant.log.note).encode()) == (409, b"300\n")
    forked = Checkpoint(ORIGIN, 300, bytes(32)).sign([plant.signer])
    assert post(witness, Request(300, (), forked).encode())[0] == 422
    assert "is in the list already" in tanheng(*accept, folder=plant.folder).stderr


@pytest.mark.parametrize(
    ("origin", "extra", "message"),
    [
        ("plant.example/log/2", (), "name the one before it with --after"),
        ("plant.example/log/3", ("--after", ORIGIN), "is not the next epoch"),
        ("plant.example/log/2", ("--after", "other.example/log/1"), "is not the next epoch"),
        ("plant.example/log/2", ("--after", ORIGIN), "watches the log “plant.example/log/2”"),
    ],
)
def test_a_new_epoch_names_the_one_before_it(plant: Plant, origin: str, extra: tuple[str, ...], message: str) -> None:
    tanheng("witness", "accept", plant.vkey, "--store", "w", "--person", "p", "--reason", "r", folder=plant.folder)
    vkey = str(NoteSigner(origin, plant.signer.key).verifier_key)
    result = tanheng("witness", "accept", vkey, "--store", "w", "--person", "p", "--reason", "r", *extra, folder=plant.folder)
    assert message in result.stdout + result.stderr


@pytest.mark.parametrize("bind", ["8080", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:８０"])
def test_an_address_that_is_none_is_refused(plant: Plant, bind: str) -> None:
    result = tanheng("witness", "run", "--key", "plant-log", "--bind", bind, folder=plant.folder)
    assert "is invalid; write it like" in result.stderr


@pytest.mark.parametrize("name", ["key", "log", "note", "witness"])
def test_each_command_explains_itself_with_an_example(tmp_path: Path, name: str) -> None:
    assert "Example: tanheng" in tanheng(name, "--help", folder=tmp_path).stdout
    assert "示例：tanheng" in tanheng(name, "--help", folder=tmp_path, lang="zh_CN.UTF-8").stdout
