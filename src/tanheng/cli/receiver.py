"""A standalone receiver: takes envelopes, stores them durably, answers, and brings the readings into a lake.

It stands in the command line's layer because trust and lake do not know each other. It is what a terminal is tested against
(``tanheng conformance --terminal``), and enough for a plant that wants its readings kept and nothing more.

::

    POST /api/v1/envelopes                   body: a CBOR sequence of envelopes, at most 16 MiB
    200  {"acknowledged": [{"terminal": …, "sequence": …, "index": …}], "refused": [{"sequence": …, "code": …, "reason": …}]}
    413  the body is too large
    503  the disk is full; nothing was stored, Retry-After says when to try again

An envelope is acknowledged after the journal's transaction is on the disk. A repeat gets the index of the first time. What is
refused is kept with its bytes and the reason (:mod:`tanheng.cli.receiver_intake`). A batch that claims a wrong time is kept as
it claims; judging clocks is for those who read. Once a day it looks for months that are over, seals them and
packs their envelopes (:mod:`tanheng.cli.receiver_sealing`), so that the journal holds little more than a month.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tanheng.cli.receiver_intake import Acknowledged, Answer, Intake, Refused, split
from tanheng.cli.receiver_sealing import Sealing
from tanheng.core.period import Month, PlantClock
from tanheng.evidence.plant_log import PlantLog
from tanheng.lake import Archive, DiskFiles, Engine, Entry, FileJournal, PlantLake, Rows, joined, open_plant
from tanheng.trust.keys import KeyRecord

__all__ = ["MAX_BODY", "Acknowledged", "Answer", "Receiver", "Refused", "split"]

MAX_BODY = 16 << 20
_DRAIN = 2000
_DAY_MS = 86_400_000


class Receiver:
    """One plant's receiver. Calls from several threads take turns.

    Parameters
    ----------
    folder : Path
        Everything it keeps: journal, lake, refused envelopes.
    plant : str
        Id of the plant.
    keys : sequence of KeyRecord
        Device keys that are believed.
    now : callable
        The time, ms UTC.
    clock : PlantClock, optional
        The plant's zone.
    engine : Engine
        For the lake.
    log : PlantLog, optional
        Where sealed months and packs are stated.
    """

    def __init__(
        self,
        folder: Path,
        *,
        plant: str,
        keys: Sequence[KeyRecord],
        now: Callable[[], int],
        engine: Engine,
        clock: PlantClock | None = None,
        log: PlantLog | None = None,
    ) -> None:
        self._now = now
        self._journal = FileJournal(folder / "journal.sqlite")
        self._intake = Intake(DiskFiles(folder), self._journal, plant=plant, keys=keys, now=now)
        self._rows: dict[int, Rows] = {}
        self._turn = threading.RLock()
        self._lake_turn = threading.RLock()  # taken before the other one; acknowledging goes on while a month is sealed
        self.lake: PlantLake = open_plant(folder / "lake", plant, engine=engine, clock=clock)
        self.lake.tidy()
        self.archive = Archive(self.lake.files, plant)
        self.archive.tidy()
        self._sealing = Sealing(self.lake, self._journal, self.archive, self._turn, log)
        self._looked = 0
        self._closed = False

    @property
    def refused(self) -> int:
        """How many envelopes were refused since it was opened."""
        return self._intake.refused

    def register(self, configuration: bytes, channels: Sequence[str]) -> None:
        """Tell which channels a configuration (its SHA-256) names, in its order; kept, and needed before its first batch."""
        with self._turn:
            self._intake.register(configuration, channels)

    def channel(self, name: str) -> int:
        """Return the lake's number of a channel."""
        return self._intake.book.number(name)

    def accept(self, body: bytes) -> Answer:
        """Verify and store the envelopes of one request.

        Raises
        ------
        LakeError
            When the disk is full or refuses; nothing of the request is stored then.
        """
        with self._turn:
            request = self._intake.judge(body)
            found = self._journal.append([taken.record for taken in request.taken.values()])
            indices = dict(zip(request.taken, found, strict=True))
            request.answer.acknowledged = [Acknowledged(*key, indices[key]) for key in request.order]
            settled = self.lake.catalogue.state().settled
            for key, index in indices.items():
                if index > settled and len(self._rows) < _DRAIN:
                    self._rows[index] = request.taken[key].rows.brought_by(index)
            return request.answer

    def drain(self) -> int:
        """Bring what the journal holds into the lake and return how many envelopes that were; once a day, sweep and seal."""
        with self._lake_turn:
            with self._turn:
                done = self._drain()
            if done:
                self.lake.sweep(now=self._now())
            if self._now() - self._looked >= _DAY_MS:
                self.seal_finished()
            return done

    def _drain(self) -> int:
        done = 0
        while entries := self._journal.after(self.lake.catalogue.state().settled, limit=_DRAIN):
            parts = [self._rows_of(entry) for entry in entries]
            self.lake.append(joined(parts), now=self._now(), settled=entries[-1].index)
            done += len(entries)
            for entry in entries:
                self._rows.pop(entry.index, None)
        return done

    def _rows_of(self, entry: Entry) -> Rows:
        at_hand = self._rows.get(entry.index)
        return at_hand if at_hand is not None else self._intake.rows_of(entry)

    def seal_finished(self) -> list[Month]:
        """Seal the months that are over, pack their envelopes and let the journal go of them; return the months.

        Raises
        ------
        TanhengError
            When the disk is full or refuses, or the log does; the next turn goes on where this one ended.
        """
        with self._lake_turn:
            months = self._sealing.run(now=self._now())
            self._looked = self._now()
            return months

    def stored(self) -> int:
        """Return how many envelopes are stored."""
        with self._turn:
            return self._journal.length()

    def envelopes(self) -> Iterator[bytes]:
        """Yield every envelope stored, in order of index."""
        at = -1
        while True:
            entries = self._after(at)
            if not entries or entries[0].index != at + 1:  # those before have left the journal, perhaps just now
                entries = list(itertools.islice(self.archive.entries(at), _DRAIN))
            if not entries:
                return
            yield from (entry.record.payload for entry in entries)
            at = entries[-1].index

    def held(self) -> Iterator[Entry]:
        """Yield what the journal holds, in order of index: what is in no pack yet."""
        at = self.archive.last
        while entries := self._after(at):
            yield from entries
            at = entries[-1].index

    def _after(self, index: int) -> list[Entry]:
        with self._turn:  # not amid a request: what its transaction has written may still be taken back
            return self._journal.after(index, limit=_DRAIN)

    def close(self) -> None:
        """Drain and close the files; a second time does nothing."""
        with self._lake_turn, self._turn:
            if not self._closed:
                self._drain()
                self._journal.close()
                self._closed = True
