"""Every parser of trust that meets bytes from outside, with a good example of each. Used by the fuzzers beside this file."""

from __future__ import annotations

from collections.abc import Callable

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.trust import cbor, policy, timestamp
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.envelope import open_envelope, seal
from tanheng.trust.epoch import LogRestored
from tanheng.trust.errors import TrustError
from tanheng.trust.files import MemoryFiles
from tanheng.trust.key_file import StoredKey, decode, encode
from tanheng.trust.keys import Algorithm, KeyRecord, Purpose, record_of, signer
from tanheng.trust.lifecycle import Event, KeyEvent
from tanheng.trust.log import Log
from tanheng.trust.log_reader import LogReader
from tanheng.trust.note import NoteSigner, VerifierKey, open_note
from tanheng.trust.pack import Pack, Payload
from tanheng.trust.statement import Statement, StatementType
from tanheng.trust.tiles import bundle, parse_path, split_entries
from tanheng.trust.tlog_proof import ProofFile
from tanheng.trust.witness import MemoryStore, Request, Witness

KEY = signer(Algorithm.ED25519, bytes([1] * 32))
LOG = NoteSigner("plant.example/log/1", KEY)
COSIGNER = Cosigner("witness.example", signer(Algorithm.ED25519, bytes([2] * 32)))
RECORD = record_of(KEY, purpose=Purpose.DEVICE, subject="t", valid_from_ms=0)
BATCH = Batch.of(
    terminal="t",
    sequence=1,
    start_ms=0,
    configuration=bytes(32),
    previous=CHAIN_START,
    clock_source=ClockSource.NTP,
    clock_offset_ms=0,
    channel=[0, 1] * 40,
    offset_ms=list(range(80)),
    value=[at * at for at in range(80)],
    quality=[0] * 80,
    raw=[b"raw"] * 80,
)


def _log() -> MemoryFiles:
    files = MemoryFiles()
    Log.create(files, LOG).append([b"a", b"b", b"c"])
    return files


FILES = _log()
STATEMENT = Statement.of(
    StatementType.GAP, b"{}", salt=bytes(16), subject="s", version=1, media="a/b", time_ms=0, actor="p"
).encode()
EVENT = KeyEvent(event=Event.ENROL, key=KEY.key_id, time_ms=0, actors=("a", "b"), record=RECORD.encode()).signed(KEY).encode()
NOTE = FILES.files["checkpoint"]
RESTORED = LogRestored(old_origin=LOG.name, last_index=1, checkpoint=NOTE, missing="m", reason="r", persons=("a", "b")).encode()


def _batch(data: bytes) -> None:
    members = cbor.loads(data, thing="batch")
    if isinstance(members, dict):
        Batch.decode(members)


def _pack(data: bytes) -> None:
    list(Pack(MemoryFiles({"p": data}), "p").records())


def _bundle(data: bytes) -> None:
    reader = LogReader(MemoryFiles(FILES.files | {"tile/entries/000.p/3": data}).read, LOG.verifier_key)
    reader.verify()


def _tile(data: bytes) -> None:
    reader = LogReader(MemoryFiles(FILES.files | {"tile/0/000.p/3": data}).read, LOG.verifier_key)
    reader.verify()


def _witness(data: bytes) -> None:
    Witness(COSIGNER, logs={LOG.name: LOG.verifier_key}, store=MemoryStore(), clock=lambda: 1).add_checkpoint(data)


def _text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: parse(data.decode("utf-8", errors="replace"))


def _packed() -> bytes:
    files = MemoryFiles()
    Pack(files, "p").append([Payload(0, bytes(16), b"x"), Payload(5, bytes(16), b"yz")])
    return files.files["p"]


PARSERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "envelope": (lambda data: open_envelope(data, lambda _: RECORD), seal(BATCH, KEY)),
    "batch": (_batch, cbor.dumps(BATCH.encode_columns())),
    "key record": (KeyRecord.decode, RECORD.encode()),
    "key event": (KeyEvent.decode, EVENT),
    "key file": (lambda data: decode(data, passphrase=None, name="k"), encode(StoredKey(KEY, RECORD), passphrase=None)),
    "statement": (Statement.decode, STATEMENT),
    "epoch": (LogRestored.decode, RESTORED),
    "note": (lambda data: open_note(data, [LOG.verifier_key, COSIGNER.verifier_key]), NOTE),
    "checkpoint": (lambda data: open_checkpoint(data, LOG.verifier_key), NOTE),
    "checkpoint text": (Checkpoint.parse, NOTE.partition(b"\n\n")[0] + b"\n"),
    "verifier key": (_text(VerifierKey.parse), str(LOG.verifier_key).encode()),
    "policy": (
        _text(policy.parse),
        policy.write(logs=[LOG.verifier_key], witnesses={"w": COSIGNER.verifier_key}, needed=1).encode(),
    ),
    "proof file": (ProofFile.parse, ProofFile.of(LogReader(FILES.read, LOG.verifier_key), 1).encode()),
    "request": (_witness, Request(0, (), NOTE).encode()),
    "bundle": (_bundle, FILES.files["tile/entries/000.p/3"]),
    "entries": (lambda data: split_entries(data, bundle(0, 3)), FILES.files["tile/entries/000.p/3"]),
    "tile": (_tile, FILES.files["tile/0/000.p/3"]),
    "tile path": (_text(parse_path), b"tile/0/x001/234.p/17"),
    "pack": (_pack, _packed()),
    "time stamp": (timestamp._decode, bytes.fromhex("3003020100")),
}


def feed(name: str, data: bytes) -> bool:
    """Give bytes to a parser; return whether it took them. Any error but ours goes through to the fuzzer."""
    try:
        PARSERS[name][0](data)
    except TrustError as error:
        error.text("zh")
        return False
    return True
