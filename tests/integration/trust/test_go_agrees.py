"""The Go team's sumdb packages open our checkpoints and check our log, our records and our pairs of checkpoints."""

from __future__ import annotations

import base64
import itertools
import json
import os
import subprocess
from pathlib import Path

import pytest

from tanheng.trust.files import FolderFiles
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.log import Log
from tanheng.trust.note import NoteSigner

pytestmark = pytest.mark.go

HERE = Path(__file__).parent
SIGNER = NoteSigner("plant.example/log/1", signer(Algorithm.ED25519, bytes([1] * 32)))
SIZE, STEP = 1000, 25


@pytest.fixture(scope="module")
def logcheck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(folder / "cache")}
    program = folder / "logcheck"
    subprocess.run(["go", "build", "-o", str(program), str(HERE / "logcheck.go")], env=environment, check=True, timeout=300)
    return program


class Published:
    """A log of a thousand entries on disk, with all its checkpoints and proofs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        log = Log.create(FolderFiles(folder / "log"), SIGNER)
        self.notes = []
        for start in range(0, SIZE, STEP):
            appended = log.append([f"entry {at}".encode() * (at % 7) for at in range(start, start + STEP)])
            path = folder / f"checkpoint-{appended.checkpoint.size}"
            path.write_bytes(appended.note)
            self.notes.append(path)
        reader = log.reader()
        records = [[base64.b64encode(one).decode() for one in reader.inclusion_proof(at)] for at in range(SIZE)]
        pairs = [
            {"Old": old, "New": new, "Proof": [base64.b64encode(one).decode() for one in reader.consistency_proof(old, new)]}
            for old, new in itertools.combinations(range(STEP, SIZE + 1, STEP), 2)
        ]
        self.proofs = folder / "proofs.json"
        self.proofs.write_text(json.dumps({"Records": records, "Pairs": pairs}))

    def check(self, program: Path) -> subprocess.CompletedProcess[str]:
        command = [str(program), str(SIGNER.verifier_key), str(self.folder / "log"), str(self.proofs), *map(str, self.notes)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_go_accepts_every_record_and_every_pair(logcheck: Path, tmp_path: Path) -> None:
    result = Published(tmp_path).check(logcheck)
    assert result.stdout == "OK 40 checkpoints 1000 records 780 pairs\n", result.stderr


def test_go_refuses_a_changed_entry(logcheck: Path, tmp_path: Path) -> None:
    published = Published(tmp_path)
    bundle = tmp_path / "log/tile/entries/001"
    data = bytearray(bundle.read_bytes())
    data[100] ^= 1
    bundle.write_bytes(bytes(data))
    assert "differs from the entries" in published.check(logcheck).stderr


def test_go_refuses_a_changed_checkpoint(logcheck: Path, tmp_path: Path) -> None:
    published = Published(tmp_path)
    published.notes[3].write_bytes(published.notes[3].read_bytes().replace(b"\n100\n", b"\n101\n"))
    assert "invalid signature" in published.check(logcheck).stderr


def test_go_refuses_a_proof_of_another_record(logcheck: Path, tmp_path: Path) -> None:
    published = Published(tmp_path)
    given = json.loads(published.proofs.read_text())
    given["Records"][7], given["Records"][8] = given["Records"][8], given["Records"][7]
    published.proofs.write_text(json.dumps(given))
    assert "REFUSED: record" in published.check(logcheck).stderr
