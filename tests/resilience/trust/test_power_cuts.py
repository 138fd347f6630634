"""The power goes at every write, sync and rename: what was acknowledged is there afterwards, and no head goes back."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest

from tanheng.trust.checkpoint import Checkpoint
from tanheng.trust.content import ContentFolder
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.errors import LogError, StorageError, TrustError
from tanheng.trust.files import Files
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.log import Log, open_or_create
from tanheng.trust.note import NoteSigner
from tanheng.trust.pack import Pack, Payload
from tanheng.trust.tree import MemoryTree, consistency_proof
from tanheng.trust.witness import FileStore, Request, Witness

SIGNER = NoteSigner("plant.example/log/1", signer(Algorithm.ED25519, bytes([1] * 32)))
ENTRIES = [f"entry {at}".encode() for at in range(1200)]
STEPS = (3, 250, 4, 300)  # through a partial tile, over a full one, and two at once
SEEDS = range(4)


def whims(seed: int) -> random.Random:
    """What a disk happens to have kept."""
    return random.Random(seed)  # noqa: S311  # no secrets, and the same disk each time


class Acknowledged:
    """What the log said was durable."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.head: Checkpoint | None = None


def grow(files: Files, told: Acknowledged, steps: tuple[int, ...]) -> None:
    log = open_or_create(files, SIGNER, at_least=told.head)
    told.entries = list(log.reader().entries())
    for step in steps:
        log.append(ENTRIES[log.size : log.size + step])
        told.entries, told.head = ENTRIES[: log.size], log.checkpoint


def check(files: Files, told: Acknowledged) -> Log:
    """Everything acknowledged is there, in full, under a head that did not go back."""
    log = open_or_create(files, SIGNER, at_least=told.head)
    found = list(log.reader().entries())
    assert found[: len(told.entries)] == told.entries
    assert found == ENTRIES[: len(found)]
    assert len(found) in {sum(STEPS[:at]) for at in range(len(STEPS) + 1)}  # a batch is there in full or not at all
    return log


def count_operations(faulty: Any) -> int:
    files = faulty()
    grow(files, Acknowledged(), STEPS)
    return int(files.operations)


def test_every_power_cut_leaves_every_acknowledged_entry(faulty: Any, power_cut: type[BaseException]) -> None:
    for at in range(1, count_operations(faulty) + 1):
        for seed in SEEDS:
            files, told = faulty(cut_at=at), Acknowledged()
            with pytest.raises(power_cut):
                grow(files, told, STEPS)
            log = check(files.survivor(whims(seed)), told)
            log.append([b"life goes on"])
            log.reader().verify([told.head.sign([SIGNER])] if told.head else [])


def test_a_second_power_cut_during_recovery_changes_nothing(faulty: Any, power_cut: type[BaseException]) -> None:
    total = count_operations(faulty)
    for at in range(5, total, 7):
        for again in range(1, 30, 3):
            files, told = faulty(cut_at=at), Acknowledged()
            with pytest.raises(power_cut):
                grow(files, told, STEPS)
            second = files.survivor(whims(at))
            second.cut_at = again
            with pytest.raises(power_cut):
                grow(second, told, (3, 250, 300, 250))
            third = second.survivor(whims(again))
            log = open_or_create(third, SIGNER, at_least=told.head)
            found = list(log.reader().entries())
            assert found[: len(told.entries)] == told.entries


def test_a_full_disk_acknowledges_nothing_partial_and_the_log_resumes(faulty: Any) -> None:
    for at in range(1, count_operations(faulty) + 1):
        files, told = faulty(full_at=at), Acknowledged()
        with pytest.raises(StorageError, match="No space left"):
            grow(files, told, STEPS)
        log = check(files, told)
        log.append([b"space came back"])
        log.reader().verify()


def test_after_a_failed_write_the_log_asks_to_be_opened_again(faulty: Any) -> None:
    files = faulty()
    log = Log.create(files, SIGNER)
    files.full_at = files.operations + 1
    with pytest.raises(StorageError):
        log.append([b"a"])
    with pytest.raises(LogError, match="unknown outcome; open the log again"):
        log.append([b"a"])


def forgetting(faulty: Any, forgotten: str) -> type[Any]:
    """Files whose one durable step does nothing: the mutation that each crash test must notice."""

    class Forgetting(faulty):  # type: ignore[misc]  # the base comes from a fixture
        def __getattribute__(self, name: str) -> Any:
            return (lambda _: None) if name == forgotten else super().__getattribute__(name)

    return Forgetting


@pytest.mark.parametrize("forgotten", ["sync", "sync_folder"])
def test_a_log_that_forgets_to_sync_is_found_out(faulty: Any, power_cut: type[BaseException], forgotten: str) -> None:
    kind = forgetting(faulty, forgotten)
    total = count_operations(kind)
    failures = 0
    for at in range(1, total + 1):
        files, told = kind(cut_at=at), Acknowledged()
        with pytest.raises(power_cut):
            grow(files, told, STEPS)
        try:
            check(files.survivor(whims(at)), told)
        except (TrustError, AssertionError):
            failures += 1
    assert failures > total // 4


def records(count: int) -> list[Payload]:
    return [Payload(at, bytes(16), f"payload {at}".encode() * 9) for at in range(count)]


def test_every_power_cut_leaves_every_acknowledged_payload(faulty: Any, power_cut: type[BaseException]) -> None:
    def fill(files: Files, told: list[int]) -> None:
        pack = Pack(files, "2026/day.pack")
        for end in (2, 3, 7):
            pack.append(records(end))
            told.append(end)

    probe = faulty()
    fill(probe, [])
    for at in range(1, probe.operations + 1):
        for seed in SEEDS:
            files = faulty(cut_at=at)
            told: list[int] = []
            with pytest.raises(power_cut):
                fill(files, told)
            pack = Pack(files.survivor(whims(seed)), "2026/day.pack")
            assert len(pack.indices) in {0, 2, 3, 7}
            assert len(pack.indices) >= max(told, default=0)
            pack.append(records(9))
            assert list(pack.records()) == records(9)


def test_every_power_cut_leaves_every_acknowledged_file(faulty: Any, power_cut: type[BaseException]) -> None:
    data = b"certificate" * 50
    for at in range(1, 5):
        for seed in SEEDS:
            files = faulty(cut_at=at)
            with pytest.raises(power_cut):
                ContentFolder(files).put(data)
            disk = files.survivor(whims(seed))
            assert list(ContentFolder(disk).damaged()) == []
            assert ContentFolder(disk).get(ContentFolder(disk).put(data)) == data
    files = faulty()
    digest = ContentFolder(files).put(data)
    assert ContentFolder(files.survivor(whims(1))).get(digest) == data


def test_a_witness_never_forgets_what_it_answered(faulty: Any, power_cut: type[BaseException]) -> None:
    tree = MemoryTree()
    tree.extend(ENTRIES[:50])
    cosigner = Cosigner("witness.example", signer(Algorithm.ED25519, bytes([2] * 32)))

    def follow(files: Files, told: list[int]) -> None:
        witness = Witness(
            cosigner, logs={SIGNER.name: SIGNER.verifier_key}, store=FileStore(files), clock=lambda: 1_790_000_000
        )
        for old, new in ((0, 7), (7, 20), (20, 50)):
            head = Checkpoint(SIGNER.name, new, tree.root(new)).sign([SIGNER])
            proof = tuple(consistency_proof(old, new, tree)) if old else ()
            witness.add_checkpoint(Request(old, proof, head).encode())
            told.append(new)

    probe = faulty()
    follow(probe, [])
    for at in range(1, probe.operations + 1):
        for seed in SEEDS:
            files = faulty(cut_at=at)
            told: list[int] = []
            with pytest.raises(power_cut):
                follow(files, told)
            last = FileStore(files.survivor(whims(seed))).last(SIGNER.name)
            size = int((last or b"o\n0\n").split(b"\n")[1])
            assert size >= max(told, default=0)
            assert size in (0, 7, 20, 50)


def test_the_same_seed_gives_the_same_disk(faulty: Any, power_cut: type[BaseException]) -> None:
    digests: set[str] = set()
    for _ in range(2):
        files = faulty(cut_at=20)
        with pytest.raises(power_cut):
            grow(files, Acknowledged(), STEPS)
        disk = files.survivor(whims(3))
        digests.add(
            hashlib.sha256(repr(sorted((name, disk.contents[at]) for name, at in disk.names.items())).encode()).hexdigest()
        )
    assert len(digests) == 1
