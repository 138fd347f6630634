"""One flipped bit in every kind of stored object is found, and the object named."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.core.errors import TanhengError
from tanheng.trust.audit import Auditor, ContentAuditor, LogAuditor, PayloadAuditor
from tanheng.trust.content import ContentFolder
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.envelope import open_all, seal
from tanheng.trust.errors import TrustError
from tanheng.trust.files import Files, MemoryFiles
from tanheng.trust.keys import Algorithm, Purpose, record_of, signer
from tanheng.trust.log import Log
from tanheng.trust.log_reader import LogReader
from tanheng.trust.note import NoteSigner, open_note
from tanheng.trust.pack import Pack, Payload
from tanheng.trust.policy import parse, write
from tanheng.trust.statement import Statement, StatementType
from tanheng.trust.tlog_proof import ProofFile
from tanheng.trust.witness import FileStore, Request, Witness, name_of

LOG = NoteSigner("plant.example/log/1", signer(Algorithm.ED25519, bytes([1] * 32)))
DEVICE = signer(Algorithm.ED25519, bytes([2] * 32))
WITNESS = Cosigner("witness.example", signer(Algorithm.ED25519, bytes([3] * 32)))
RECORD = record_of(DEVICE, purpose=Purpose.DEVICE, subject="terminal-1", valid_from_ms=0)
POLICY = write(logs=[LOG.verifier_key], witnesses={"w": WITNESS.verifier_key}, needed=1)
NAMES = {"log": "log", "packs": "packs/day.pack", "files": "files", "proof": "proof.tlog", "witness": "witness"}


class Prefixed:
    """A folder inside another, so that one place holds every kind of object."""

    def __init__(self, files: MemoryFiles, prefix: str) -> None:
        self.files = files
        self.prefix = prefix

    def __getattr__(self, name: str) -> object:
        def call(*paths: object, **options: object) -> object:
            moved = [f"{self.prefix}/{path}".rstrip("/") if isinstance(path, str) else path for path in paths]
            return getattr(self.files, name)(*moved, **options)

        return call


def inside(files: MemoryFiles, prefix: str) -> Files:
    return Prefixed(files, prefix)  # type: ignore[return-value]  # it passes every call on


def plant() -> tuple[MemoryFiles, list[bytes]]:
    """A plant's log of 600 batches with packs, files, a proof and a witness's memory; and its older checkpoints."""
    files = MemoryFiles()
    log, pack, notes = Log.create(inside(files, "log"), LOG), Pack(files, NAMES["packs"]), []
    previous, payloads = CHAIN_START, []
    for sequence in range(1, 601):
        batch = Batch.of(
            terminal="terminal-1",
            sequence=sequence,
            start_ms=60_000 * sequence,
            configuration=bytes(32),
            previous=previous,
            clock_source=ClockSource.NTP,
            clock_offset_ms=0,
            channel=[0, 1],
            offset_ms=[5, 5],
            value=[sequence, -sequence],
            quality=[0, 0],
        )
        sealed = seal(batch, DEVICE)
        previous = open_all([sealed], lambda _: RECORD)[0].digest
        payloads.append(Payload(sequence - 1, bytes([sequence % 256]) * 16, sealed))
    pack.append(payloads)
    entries = [stated(payload).encode() for payload in payloads]
    for start, end in ((0, 100), (100, 600)):
        log.append(entries[start:end])
        notes.append(log.note)
    witness = Witness(
        WITNESS, logs={LOG.name: LOG.verifier_key}, store=FileStore(inside(files, "witness")), clock=lambda: 1_790_000_000
    )
    lines = witness.add_checkpoint(Request(0, (), log.note).encode())
    log.add_cosignatures(open_note(log.note + lines.encode(), [WITNESS.verifier_key]).verified)
    files.write("proof.tlog", ProofFile.of(log.reader(), 77).encode())
    ContentFolder(inside(files, "files")).put(b"a calibration certificate")
    return files, notes


def stated(payload: Payload) -> Statement:
    return Statement.of(
        StatementType.READING_BATCH,
        payload.payload,
        salt=payload.salt,
        subject="terminal-1",
        version=payload.index + 1,
        media="application/vnd.tanheng.batch+cbor",
        time_ms=0,
        actor="terminal-1",
    )


def findings(files: MemoryFiles, notes: list[bytes], digest: str) -> Iterator[TanhengError]:
    """Everything an offline verifier reads, in one pass."""
    try:
        policy = parse(POLICY)
        reader = LogReader(inside(files, "log").read, LOG.verifier_key)
        pack = Pack(files, NAMES["packs"])
        auditors: list[Auditor] = [
            LogAuditor(reader, notes),
            PayloadAuditor(reader, [pack]),
            ContentAuditor(ContentFolder(inside(files, "files")), [digest]),
        ]
        for auditor in auditors:
            yield from auditor.findings()
        policy.open_checkpoint(reader.note)
        ProofFile.parse(files.files["proof.tlog"]).verify(reader.entry(77), policy)
        policy.open_checkpoint(FileStore(inside(files, "witness")).last(LOG.name) or b"")
        open_all([record.payload for record in pack.records()], lambda _: RECORD)
    except TrustError as error:
        yield error


PLANT, NOTES = plant()
DIGEST = next(iter(ContentFolder(inside(PLANT, "files"))))


def test_the_plant_is_sound_before_a_bit_is_flipped() -> None:
    assert list(findings(PLANT, NOTES, DIGEST)) == []
    assert name_of(LOG.name) in "".join(PLANT.files)


@pytest.mark.parametrize("path", sorted(PLANT.files))
def test_a_flipped_bit_is_found_and_its_object_named(path: str) -> None:
    chance = random.Random(path)  # noqa: S311  # the same bits each time
    for _ in range(4):
        data = bytearray(PLANT.files[path])
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        found = list(findings(MemoryFiles(PLANT.files | {path: bytes(data)}), NOTES, DIGEST))
        assert found, f"{path}: byte {at}"
        assert all(error.text("zh") and error.text("en") for error in found)


@pytest.mark.parametrize("path", sorted(path for path in PLANT.files if "/tile/" in path))
def test_a_flipped_bit_of_a_tile_or_bundle_names_the_file_or_the_root(path: str) -> None:
    data = bytearray(PLANT.files[path])
    data[-1] ^= 1
    error = next(findings(MemoryFiles(PLANT.files | {path: bytes(data)}), NOTES, DIGEST))
    # a changed entry shows first in the tile above it, whose hash it no longer has
    named = str(error)
    assert path.removeprefix("log/") in named or ("entries" in path and "tile/0/" in named)


@pytest.mark.parametrize("path", sorted(PLANT.files))
def test_a_missing_object_is_found(path: str) -> None:
    if path.endswith(".end") or ".p/100" in path:
        return  # a whole pack stands without it; an older partial file may go once a wider one is there
    left = {name: data for name, data in PLANT.files.items() if name != path}
    if path == "proof.tlog":
        left[path] = b""
    assert list(findings(MemoryFiles(left), NOTES, DIGEST))
