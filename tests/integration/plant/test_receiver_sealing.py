"""The standalone receiver seals months that are over: the journal shrinks, the log names what was sealed, nothing is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanheng.cli.probe import Probe
from tanheng.cli.receiver import Receiver
from tanheng.cli.receiver_sealing import GRACE_MS
from tanheng.core.period import Month, PlantClock
from tanheng.evidence.plant_log import PlantLog
from tanheng.lake import Engine, Query
from tanheng.trust.files import FolderFiles, MemoryFiles
from tanheng.trust.key_file import StoredKey
from tanheng.trust.keys import Purpose, record_of
from tanheng.trust.suites import Algorithm, generate, signer

CLOCK = PlantClock()
AUGUST, SEPTEMBER = CLOCK.month(Month(2026, 8)), CLOCK.month(Month(2026, 9))
HOUR = 3_600_000


class Plant:
    """A receiver whose clock the test sets, with a log of its own, fed by one terminal an envelope an hour."""

    def __init__(self, folder: Path, engine: Engine, log_files: FolderFiles | MemoryFiles | None = None) -> None:
        made = signer(Algorithm.ED25519, bytes([5] * 32))
        key = StoredKey(made, record_of(made, purpose=Purpose.LOG, subject="plant.example/log/1", valid_from_ms=0))
        self.log = PlantLog(log_files or MemoryFiles(), MemoryFiles(), key)
        self.probe = Probe("t-1", generate(Algorithm.ED25519), start=AUGUST.start)
        self.folder = folder
        self.engine = engine
        self.now = AUGUST.start
        self.sent: list[bytes] = []
        self.receiver = self.opened()

    def opened(self) -> Receiver:
        keys, now = [self.probe.record], lambda: self.now
        receiver = Receiver(self.folder, plant="plant-1", keys=keys, now=now, engine=self.engine, log=self.log)
        receiver.register(bytes(32), ["line.1.coal"])
        return receiver

    def feed(self, start: int, end: int, *, every: int = HOUR) -> None:
        """Send an envelope of 200 readings for each ``every`` ms."""
        new = [self.probe.seal(range(200), start=at) for at in range(start, end, every)]
        for at in range(0, len(new), 100):
            assert not self.receiver.accept(b"".join(new[at : at + 100])).refused
        self.sent += new
        self.receiver.drain()

    def stated(self) -> dict[str, tuple[int, dict[str, object]]]:
        """Subject → latest version and its payload."""
        return {each.statement.subject: (each.statement.version, json.loads(each.payload)) for each in self.log}

    def journal_size(self) -> int:
        return sum(path.stat().st_size for path in self.folder.glob("journal.sqlite*"))


@pytest.fixture
def plant(tmp_path: Path, engine: Engine) -> Iterator[Plant]:
    made = Plant(tmp_path, engine)
    yield made
    made.receiver.close()


def test_of_two_months_the_first_is_sealed_and_stated_and_the_journal_shrinks(plant: Plant) -> None:
    plant.feed(AUGUST.start, AUGUST.end)
    plant.feed(SEPTEMBER.start, SEPTEMBER.start + 2 * 86_400_000)
    before = plant.journal_size()
    plant.now = AUGUST.end + GRACE_MS
    plant.receiver.drain()

    segments = plant.receiver.lake.catalogue.state().segments
    assert sorted({str(segment.month) for segment in segments}) == ["2026-08", "None"]
    month = next(segment for segment in segments if segment.month)
    version, payload = plant.stated()["plant-1/2026-08"]
    data = (plant.folder / "lake" / str(payload["path"])).read_bytes()
    assert (version, payload["sha256"], payload["readings"]) == (1, hashlib.sha256(data).hexdigest(), month.rows)
    pack = plant.receiver.archive.packs()[0]
    assert plant.stated()[f"plant-1/envelopes/0-{len(plant.sent) - 1}"][1]["sha256"] == pack.sha256
    assert plant.journal_size() < before / 3
    assert list(plant.receiver.envelopes()) == plant.sent  # byte for byte, in order
    assert Query(plant.receiver.lake).sums([0], [AUGUST, SEPTEMBER])[0][0] == (31 * 24 * 19_900, 31 * 24 * 200)
    assert plant.receiver.lake.audit() == []


def test_a_month_is_not_sealed_before_its_grace_is_over(plant: Plant) -> None:
    plant.feed(AUGUST.end - 3 * HOUR, AUGUST.end)
    plant.now = AUGUST.end + GRACE_MS - 1
    assert plant.receiver.seal_finished() == []
    assert (plant.receiver.archive.last, plant.stated()) == (-1, {})
    plant.now += 1
    assert plant.receiver.seal_finished() == [Month(2026, 8)]


def test_a_turn_without_news_states_and_packs_nothing(plant: Plant) -> None:
    plant.feed(AUGUST.end - 3 * HOUR, AUGUST.end)
    plant.now = AUGUST.end + GRACE_MS
    plant.receiver.seal_finished()
    size = plant.log.log.size
    assert plant.receiver.seal_finished() == []
    assert (plant.log.log.size, len(plant.receiver.archive.packs())) == (size, 1)


def test_what_comes_after_sealing_makes_a_second_version_and_a_second_pack(plant: Plant) -> None:
    plant.feed(AUGUST.end - 3 * HOUR, AUGUST.end)
    plant.now = AUGUST.end + GRACE_MS
    plant.receiver.seal_finished()
    first = plant.stated()["plant-1/2026-08"]
    plant.feed(AUGUST.start, AUGUST.start + 2 * HOUR)
    plant.receiver.seal_finished()
    second = plant.stated()["plant-1/2026-08"]
    assert (first[0], second[0], first[1]["readings"], second[1]["readings"]) == (1, 2, 600, 1000)
    assert [(pack.first, pack.last) for pack in plant.receiver.archive.packs()] == [(0, 2), (3, 4)]
    assert list(plant.receiver.envelopes()) == plant.sent


def test_a_repeat_of_a_packed_envelope_is_still_known(plant: Plant) -> None:
    plant.feed(AUGUST.end - 3 * HOUR, AUGUST.end)
    plant.now = AUGUST.end + GRACE_MS
    plant.receiver.seal_finished()
    again = plant.receiver.accept(plant.sent[1])
    assert [(each.sequence, each.index) for each in again.acknowledged] == [(2, 1)]
    assert plant.receiver.drain() == 0
    twin = Probe("t-1", plant.probe.signer, start=AUGUST.start)
    assert [each.code for each in plant.receiver.accept(twin.seal([99])).refused] == ["lake.journal.differs"]


def test_a_receiver_opened_anew_goes_on_where_it_ended(plant: Plant) -> None:
    plant.feed(AUGUST.end - 3 * HOUR, AUGUST.end)
    plant.now = AUGUST.end + GRACE_MS
    plant.receiver.seal_finished()
    plant.receiver.close()
    plant.receiver = plant.opened()
    plant.feed(SEPTEMBER.start, SEPTEMBER.start + 2 * HOUR)
    assert list(plant.receiver.envelopes()) == plant.sent
    assert plant.receiver.stored() == len(plant.sent)


def test_a_pack_that_is_there_before_the_journal_let_go_is_not_made_twice(plant: Plant) -> None:
    """As a crash between the two leaves it."""
    plant.feed(AUGUST.end - 3 * HOUR, AUGUST.end)
    entries = plant.receiver._journal.after(-1, limit=10)
    plant.receiver.archive.put(lambda: entries, first=0, last=2)
    plant.now = AUGUST.end + GRACE_MS
    plant.receiver.seal_finished()
    assert [(pack.first, pack.last) for pack in plant.receiver.archive.packs()] == [(0, 2)]
    assert plant.receiver._journal.after(-1, limit=10) == []
    assert list(plant.receiver.envelopes()) == plant.sent


def test_without_a_log_months_are_sealed_all_the_same(tmp_path: Path, engine: Engine) -> None:
    plant = Plant(tmp_path, engine)
    plant.receiver.close()
    keys = [plant.probe.record]
    receiver = Receiver(tmp_path, plant="plant-1", keys=keys, now=lambda: SEPTEMBER.end, engine=engine)
    receiver.accept(plant.probe.seal([1]))
    receiver.drain()
    assert [segment.month for segment in receiver.lake.catalogue.state().segments] == ["2026-08"]
    receiver.close()
