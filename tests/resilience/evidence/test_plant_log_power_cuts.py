"""The power goes at every write, sync and rename while a plant states its account: entries and payloads stay together."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tanheng.evidence.plant_log import Draft, PlantLog
from tanheng.trust.files import Files
from tanheng.trust.key_file import StoredKey
from tanheng.trust.keys import Algorithm, Purpose, record_of, signer
from tanheng.trust.statement import StatementType

T0 = 1_790_000_000_000
SIGNER = signer(Algorithm.ED25519, bytes([1] * 32))
KEY = StoredKey(SIGNER, record_of(SIGNER, purpose=Purpose.LOG, subject="plant.example/log/1", valid_from_ms=T0))
CLEAN = [b"a", b"b", b"c", b"b2", b"d" * 5000, b"e"]
ROUNDS = [[b"a", b"b", b"c"], [b"a", b"b2", b"c"], [b"d" * 5000, b"e"]]


def _disks() -> Any:
    """The disk that loses what was not synced, of the log's own power cuts."""
    path = Path(__file__).parents[1] / "trust" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tanheng_faulty_disk", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DISKS = _disks()


class Inside:
    """A folder of a disk."""

    def __init__(self, disk: Any, folder: str) -> None:
        self._disk = disk
        self._folder = folder

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*paths: Any, **options: Any) -> Any:
            moved = [f"{self._folder}/{path}".rstrip("/") if isinstance(path, str) else path for path in paths]
            return getattr(self._disk, name)(*moved, **options)

        return call


def opened(disk: Any) -> PlantLog:
    log, payloads = Inside(disk, "log"), Inside(disk, "payloads")
    return PlantLog(cast("Files", log), cast("Files", payloads), KEY)  # they pass every call on


def salts(seed: int) -> Callable[[int], bytes]:
    count = iter(range(1 << 30))
    return lambda length: hashlib.sha256(f"{seed} {next(count)}".encode()).digest()[:length]


def drafts(payloads: list[bytes]) -> list[Draft]:
    kinds = enumerate(payloads)
    return [
        Draft(type=StatementType.MANUAL_ENTRY, subject=f"file-{number}", media="text/csv", payload=payload)
        for number, payload in kinds
    ]


def play(disk: Any, acknowledged: list[dict[int, bytes]]) -> None:
    """State the rounds that are not acknowledged yet."""
    for number in range(len(acknowledged), len(ROUNDS)):
        stated = opened(disk).state(drafts(ROUNDS[number]), time_ms=T0 + number * 86_400_000, salt=salts(number))
        acknowledged.append({logged.index: logged.payload for logged in stated})


def cuts() -> range:
    """Every operation of a clean run."""
    disk = DISKS.FaultyFiles()
    play(disk, [])
    return range(1, disk.operations + 1)


def require_kept(disk: Any, acknowledged: list[dict[int, bytes]], where: object) -> None:
    """Everything acknowledged is there; going on gives the log that a clean run gives: no entry lost, none twice."""
    found = {logged.index: logged.payload for logged in opened(disk)}
    for stated in acknowledged:
        assert found.items() >= stated.items(), where
    play(disk, acknowledged)
    assert [logged.payload for logged in opened(disk)] == CLEAN, where


def test_a_clean_run_states_each_version_once() -> None:
    disk = DISKS.FaultyFiles()
    play(disk, [])
    assert [logged.payload for logged in opened(disk)] == CLEAN


@pytest.mark.parametrize("kind", ["cut_at", "full_at"])
def test_after_a_cut_or_a_full_disk_at_any_step_nothing_is_lost_or_doubled(kind: str) -> None:
    for cut in cuts():
        for seed in range(2):
            disk = DISKS.FaultyFiles(**{kind: cut})
            acknowledged: list[dict[int, bytes]] = []
            with contextlib.suppress(DISKS.PowerCut, DISKS.StorageError):
                play(disk, acknowledged)
            after = disk.survivor(random.Random(cut * 10 + seed))  # noqa: S311  # the disk's luck is no secret
            require_kept(after, acknowledged, (cut, seed))


def test_a_cut_during_the_recovery_from_a_cut_loses_nothing() -> None:
    chance = random.Random(7)  # noqa: S311  # a repeatable sample
    for first in chance.sample(cuts(), 16):
        for second in range(1, 14):
            disk = DISKS.FaultyFiles(cut_at=first)
            acknowledged: list[dict[int, bytes]] = []
            with contextlib.suppress(DISKS.PowerCut):
                play(disk, acknowledged)
            again = disk.survivor(chance)
            again.cut_at = second
            with contextlib.suppress(DISKS.PowerCut):
                play(again, acknowledged)
            require_kept(again.survivor(chance), acknowledged, (first, second))
