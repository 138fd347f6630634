"""The witness: one step forward at a time, and evidence kept of every contradiction."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import pytest

from tanheng.trust.checkpoint import Checkpoint
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.errors import WitnessError
from tanheng.trust.files import FolderFiles, MemoryFiles
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.note import NoteSigner, open_note
from tanheng.trust.tree import MemoryTree, consistency_proof
from tanheng.trust.witness import FileStore, MemoryStore, Request, Witness, WitnessStore, name_of
from tanheng.trust.witness_app import application

LOG = NoteSigner("plant.example/log/1", signer(Algorithm.ED25519, bytes([1] * 32)))
COSIGNER = Cosigner("witness.example", signer(Algorithm.ED25519, bytes([2] * 32)))
TREE = MemoryTree()
TREE.extend(str(at).encode() for at in range(100))
NOW = 1_790_000_000


@pytest.fixture(params=["memory", "files", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> WitnessStore:
    match request.param:
        case "memory":
            return MemoryStore()
        case "files":
            return FileStore(MemoryFiles())
        case _:
            return FileStore(FolderFiles(tmp_path / "witness"))


def witness(store: WitnessStore) -> Witness:
    return Witness(COSIGNER, logs={LOG.name: LOG.verifier_key}, store=store, clock=lambda: NOW)


def checkpoint(size: int, root: bytes | None = None, *, key: NoteSigner = LOG) -> bytes:
    return Checkpoint(key.name, size, TREE.root(size) if root is None else root).sign([key])


def body(old: int, size: int, **changes: Any) -> bytes:
    proof = consistency_proof(old, size, TREE) if 0 < old <= size else []
    return Request(
        changes.get("claimed", old), tuple(changes.get("proof", proof)), changes.get("note", checkpoint(size))
    ).encode()


def status(one: Witness, data: bytes) -> int:
    try:
        one.add_checkpoint(data)
    except WitnessError as error:
        return error.status
    return 200


def test_a_witness_follows_a_growing_log(store: WitnessStore) -> None:
    one = witness(store)
    assert [status(one, body(old, new)) for old, new in [(0, 0), (0, 1), (1, 5), (5, 5), (5, 100)]] == [200] * 5
    last = store.last(LOG.name) or b""
    assert {signature.name for signature in open_note(last, [LOG.verifier_key, COSIGNER.verifier_key]).verified} == {
        LOG.name,
        COSIGNER.name,
    }
    assert one.checkpoint(name_of(LOG.name)) == last
    assert one.checkpoint("00" * 32) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", 400),
        (b"old 0\n", 400),
        (b"old -1\n\n" + checkpoint(5), 400),
        (b"old 01\n\n" + checkpoint(5), 400),
        (b"old \xef\xbc\x91\n\n" + checkpoint(5), 400),
        (b"OLD 0\n\n" + checkpoint(5), 400),
        (b"old 3\nnot base64\n\n" + checkpoint(5), 400),
        (b"old 3\nAAAA\n\n" + checkpoint(5), 400),
        (body(3, 5, proof=[bytes(32)] * 64), 400),
        (bytes(2 << 20), 400),
        (body(6, 5), 400),
        (body(3, 5, note=checkpoint(5, key=NoteSigner("other.example/log/1", LOG.key))), 404),
        (body(3, 5, note=b""), 404),
        (body(3, 5, note=checkpoint(5, key=NoteSigner(LOG.name, signer(Algorithm.ED25519, bytes([9] * 32))))), 403),
        (body(3, 5, note=checkpoint(5)[:-5] + b"AAA=\n"), 403),
        (body(3, 5, note=checkpoint(5).replace(b"\n5\n", b"\n6\n")), 403),
        (body(2, 5), 409),
        (body(0, 5), 409),
        (body(3, 5, proof=[]), 422),
        (body(3, 5, proof=[bytes(32)] * 3), 422),
        (body(3, 3, note=checkpoint(3, bytes(32))), 422),
        (body(3, 5, proof=[*consistency_proof(3, 5, TREE), bytes(32)]), 422),
    ],
)
def test_a_request_that_breaks_a_rule_gets_the_status_of_the_specification(
    store: WitnessStore, data: bytes, expected: int
) -> None:
    one = witness(store)
    one.add_checkpoint(body(0, 3))
    before = store.last(LOG.name)
    assert status(one, data) == expected
    assert store.last(LOG.name) == before


def test_a_first_checkpoint_takes_no_proof(store: WitnessStore) -> None:
    assert status(witness(store), body(0, 5, proof=[bytes(32)])) == 422


def test_an_empty_tree_with_another_root_is_refused(store: WitnessStore) -> None:
    empty = checkpoint(0).replace(
        b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    )
    text = empty.rpartition(b"\n\n")[0] + b"\n"
    signed = text + b"\n" + LOG.sign(text).line.encode()
    assert status(witness(store), b"old 0\n\n" + signed) == 422


def test_a_conflict_tells_the_size_last_cosigned(store: WitnessStore) -> None:
    one = witness(store)
    one.add_checkpoint(body(0, 7))
    with pytest.raises(WitnessError, match="is 7, the request says 3; prove from 7") as caught:
        one.add_checkpoint(body(3, 9))
    assert caught.value.body == "7\n"


def test_an_old_database_that_goes_on_gets_no_cosignature(store: WitnessStore) -> None:
    one = witness(store)
    one.add_checkpoint(body(0, 50))
    rewritten = MemoryTree()
    rewritten.extend([*(str(at).encode() for at in range(40)), *(f"other {at}".encode() for at in range(20))])
    forked = Checkpoint(LOG.name, 60, rewritten.root()).sign([LOG])
    assert status(one, Request(40, tuple(consistency_proof(40, 60, rewritten)), forked).encode()) == 409
    assert status(one, Request(50, tuple(consistency_proof(50, 60, rewritten)), forked).encode()) == 422


def test_a_split_view_is_kept_as_evidence() -> None:
    store = MemoryStore()
    one = witness(store)
    one.add_checkpoint(body(0, 5))
    split = checkpoint(5, bytes(32))
    assert status(one, body(5, 5, note=split)) == 422
    assert store.evidence == [(LOG.name, split)]


def test_evidence_is_a_file_of_its_own(tmp_path: Path) -> None:
    one = witness(FileStore(FolderFiles(tmp_path)))
    one.add_checkpoint(body(0, 5))
    status(one, body(5, 5, note=checkpoint(5, bytes(32))))
    assert [path.read_bytes() for path in (tmp_path / name_of(LOG.name) / "evidence").iterdir()] == [checkpoint(5, bytes(32))]


class Stalling(MemoryStore):
    """A store whose first swap waits between check and write, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting, self.go = threading.Event(), threading.Event()

    def swap(self, origin: str, *, before: bytes | None, after: bytes) -> bool:
        if before is not None and not self.waiting.is_set():
            self.waiting.set()
            self.go.wait(timeout=10)
        return super().swap(origin, before=before, after=after)


def test_of_two_racing_requests_the_late_one_gets_409_and_the_size_stays() -> None:
    store = Stalling()
    one = witness(store)
    one.add_checkpoint(body(0, 1))
    answers: list[int] = []
    slow = threading.Thread(target=lambda: answers.append(status(one, body(1, 3))))
    slow.start()
    assert store.waiting.wait(timeout=10)
    assert status(one, body(1, 5)) == 200
    store.go.set()
    slow.join(timeout=10)
    assert answers == [409]
    assert Checkpoint.parse(b"\n".join((store.last(LOG.name) or b"").split(b"\n")[:3]) + b"\n").size == 5


def call(method: str, path: str, data: bytes = b"", **extra: str) -> tuple[str, dict[str, str], bytes]:
    store = MemoryStore()
    one = witness(store)
    one.add_checkpoint(body(0, 3))
    answer: dict[str, Any] = {}

    def start(line: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        answer.update(line=line, headers=dict(headers))
        return len  # the write function nobody calls

    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    } | extra
    result: Iterable[bytes] = validator(application(one))(environ, start)
    content = b"".join(result)
    result.close()  # type: ignore[attr-defined]  # the validator's iterator has it
    return answer["line"], answer["headers"], content


def test_the_application_answers_a_good_request_with_a_signature_line() -> None:
    line, headers, content = call("POST", "/add-checkpoint", body(3, 9))
    assert (line, headers["Content-Type"]) == ("200 OK", "text/plain; charset=utf-8")
    assert content.decode().startswith("— witness.example ")


def test_the_application_answers_a_conflict_with_the_size() -> None:
    line, headers, content = call("POST", "/add-checkpoint", body(2, 9))
    assert (line, headers["Content-Type"], content) == ("409 Conflict", "text/x.tlog.size", b"3\n")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/add-checkpoint", "405 Method Not Allowed"),
        ("GET", "/", "404 Not Found"),
        ("GET", "/00/checkpoint", "404 Not Found"),
        ("POST", f"/{name_of(LOG.name)}/checkpoint", "404 Not Found"),
        ("GET", f"/{name_of(LOG.name)}/checkpoint", "200 OK"),
        ("POST", "/add-checkpoint", "400 Bad Request"),
    ],
)
def test_the_application_knows_its_two_routes(method: str, path: str, expected: str) -> None:
    assert call(method, path)[0] == expected


@pytest.mark.parametrize("length", ["", "-5", "x", "9" * 5000, "１"])
def test_a_strange_content_length_reads_nothing(length: str) -> None:
    one = application(witness(MemoryStore()))
    seen: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/add-checkpoint",
        "CONTENT_LENGTH": length,
        "wsgi.input": io.BytesIO(b"x"),
    }
    list(one(environ, lambda *answer: seen.append(answer[0])))  # type: ignore[arg-type]  # a bare start_response
    assert seen == ["400 Bad Request"]
