"""Trust: the log, its proofs, and envelopes, beside pymerkle and bare Ed25519.

``python benchmarks/bench_trust.py`` prints a table. pymerkle (GPL) is measured here and used nowhere else. Envelope sizes are
of the plant in ``tests/unit/trust/test_envelope_size.py``: 300 channels, one process image a minute, two decimals, signature
included.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from typing import Any

from pymerkle import InmemoryTree

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.trust import cose
from tanheng.trust.envelope import open_envelope, seal
from tanheng.trust.files import FolderFiles
from tanheng.trust.keys import Algorithm, KeyRecord, Purpose, record_of, signer, verifier
from tanheng.trust.log import Log
from tanheng.trust.log_reader import LogReader
from tanheng.trust.note import NoteSigner
from tanheng.trust.tree import MemoryTree, inclusion_proof

Row = dict[str, Any]  # Any: numbers, text and None side by side

CHANNELS = 300
KEY = signer(Algorithm.ED25519, bytes(range(32)))
SIGNER = NoteSigner("bench.example/log/1", KEY)
RECORD: KeyRecord = record_of(KEY, purpose=Purpose.DEVICE, subject="terminal-1", valid_from_ms=0)


def entries(count: int) -> list[bytes]:
    """Entries as long as a statement, 160 bytes."""
    return [at.to_bytes(8, "big") * 20 for at in range(count)]


def scans(minutes: int, *, channels: int = CHANNELS) -> Batch:
    """One process image a minute; values of 10 to 1000 units, two decimals, that wander by 0.5 % a minute."""
    chance = random.Random(1)  # noqa: S311  # the same plant each time
    levels = [10 ** chance.uniform(1, 3) for _ in range(channels)]
    values: list[int] = []
    for _ in range(minutes):
        levels = [level * (1 + chance.gauss(0, 0.005)) for level in levels]
        values += [round(level * 100) for level in levels]
    return Batch.of(
        terminal="terminal-1",
        sequence=1,
        start_ms=1_790_000_000_000,
        configuration=bytes(range(32)),
        previous=CHAIN_START,
        clock_source=ClockSource.NTP,
        clock_offset_ms=-3,
        channel=list(range(channels)) * minutes,
        offset_ms=[60_000 * (at // channels) + 250 for at in range(channels * minutes)],
        value=values,
        quality=[0] * (channels * minutes),
    )


def seconds(work: Callable[[], object]) -> float:
    """Time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def row(name: str, target: str, figure: float, unit: str, peer: str = "–", peer_figure: float | None = None) -> Row:
    ratio = None if not peer_figure else figure / peer_figure
    return {
        "name": name,
        "target": target,
        "figure": figure,
        "unit": unit,
        "peer": peer,
        "peer_figure": peer_figure,
        "ratio": ratio,
    }


def durable_append(count: int = 100_000, step: int = 1000) -> Row:
    """Entries a second that are durable on this disk, in batches."""
    given = entries(count)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        log = Log.create(FolderFiles(folder), SIGNER)
        taken = seconds(lambda: [log.append(given[at : at + step]) for at in range(0, count, step)])
    return row("append, durable, batches of 1000", "≥ 20 000/s", count / taken, "entries/s")


def pure_tree(count: int = 300_000, step: int = 1000) -> Row:
    """Entries a second into the tree alone, beside pymerkle's in memory."""
    given = entries(count)
    tree, peer = MemoryTree(), InmemoryTree(algorithm="sha256")

    def grow() -> None:
        for at in range(0, count, step):
            tree.extend(given[at : at + step])

    taken = seconds(grow)
    fewer = given[: count // 10]
    other = seconds(lambda: [peer.append_entry(entry) for entry in fewer] and peer.get_root())
    if tree.root(len(fewer)) != peer.get_root():
        raise SystemExit("the two trees differ")
    return row("tree, no disk", "≥ 500 000/s", count / taken, "entries/s", "pymerkle", len(fewer) / other)


def proofs(size: int = 1_000_000, count: int = 20_000) -> list[Row]:
    """Inclusion proofs a second at a million entries, beside pymerkle's at a tenth of that size."""
    tree = MemoryTree()
    tree.extend(entries(size))
    chance = random.Random(2)  # noqa: S311  # the same leaves each time
    at = [chance.randrange(size) for _ in range(count)]
    taken = seconds(lambda: [inclusion_proof(index, size, tree) for index in at])
    peer = InmemoryTree(algorithm="sha256")
    for entry in entries(size // 10):
        peer.append_entry(entry)
    few = [index // 10 + 1 for index in at[:1000]]
    other = seconds(lambda: [peer.prove_inclusion(index) for index in few])
    return [
        row("inclusion proofs at 10⁶, memory", "≥ 10 000/s", count / taken, "proofs/s", "pymerkle at 10⁵", len(few) / other),
        *tile_proofs(size, at),
    ]


def tile_proofs(size: int, at: list[int]) -> list[Row]:
    """Measure the same proofs read from the tiles on disk: first when nothing is cached, then again."""
    given = entries(size)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        files = FolderFiles(folder)
        log = Log.create(files, SIGNER)
        for start in range(0, size, 50_000):
            log.append(given[start : start + 50_000])
        reader = LogReader(files.read, SIGNER.verifier_key, cached_tiles=5000)
        cold = seconds(lambda: [reader.inclusion_proof(index) for index in at])
        warm = seconds(lambda: [reader.inclusion_proof(index) for index in at])
    return [
        row("inclusion proofs at 10⁶, tiles, cold", "≥ 10 000/s", len(at) / cold, "proofs/s"),
        row("inclusion proofs at 10⁶, tiles, warm", "≥ 10 000/s", len(at) / warm, "proofs/s"),
    ]


def envelopes(name: str, batch: Batch, target: str, *, rounds: int = 400, repeat: int = 8) -> list[Row]:
    """Measure envelopes opened a second beside bare Ed25519 on the same bytes, in short rounds of which the fastest counts."""
    sealed = seal(batch, KEY)
    _, _, signature, signed = cose._members(sealed)
    public = verifier(Algorithm.ED25519, KEY.public)
    bare_key = public._key  # type: ignore[attr-defined]  # the bare key of pyca/cryptography, without our wrapper

    def resolve(_: str) -> KeyRecord:
        return RECORD

    def ours() -> None:
        for _ in range(repeat):
            open_envelope(sealed, resolve)

    def bare() -> None:
        for _ in range(repeat):
            bare_key.verify(signature, signed)

    times = [(seconds(ours), seconds(bare)) for _ in range(rounds)]
    mine, theirs = min(one for one, _ in times), min(other for _, other in times)
    return [
        row(f"decode and verify, {name}", "≥ 0.8 × bare", repeat / mine, "envelopes/s", "Ed25519 alone", repeat / theirs),
        row(f"bytes a reading, {name}", target, len(sealed) / len(batch), "B"),
    ]


def benchmarks() -> list[Row]:
    """Return all measurements."""
    return [
        durable_append(),
        pure_tree(),
        *proofs(),
        *envelopes("1 minute × 300", scans(1), "≤ 7.5 B"),
        *envelopes("5 minutes × 300", scans(5), "≤ 5 B"),
        *envelopes("10 000 readings", scans(100, channels=100), "–"),
    ]


def main() -> None:
    """Print the table."""
    for one in benchmarks():
        peer = "" if one["peer_figure"] is None else f"{one['ratio']:8.2f} × {one['peer']} ({one['peer_figure']:,.0f})"
        print(f"{one['name']:<40} {one['target']:<14} {one['figure']:>14,.2f} {one['unit']:<12}{peer}")


if __name__ == "__main__":
    main()
