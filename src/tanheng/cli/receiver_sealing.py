"""What the standalone receiver does with a month that is over: seal it, pack its envelopes, state both in the log.

In this order: the envelopes that the lake holds become a pack; the journal lets go of their bytes; the month becomes one file;
the log gets a ``sealed-month`` statement for each file, with its SHA-256. After a crash at any point the next turn goes on
where this one ended, because every step looks at what is there: nothing is packed twice, nothing leaves the journal before its
pack is read back, and what was stated is not stated again. The payload of a statement is canonical JSON::

    {"v": 1, "plant": …, "month": "2026-10", "path": …, "sha256": …, "readings": …, "size": …}
    {"v": 1, "plant": …, "path": …, "sha256": …, "first": …, "last": …}       a pack, by its indices
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from tanheng.core import canonical
from tanheng.core.period import Month
from tanheng.evidence.plant_log import Draft, PlantLog
from tanheng.lake import Archive, Entry, FileJournal, Pack, PlantLake, Segment
from tanheng.trust.statement import StatementType

GRACE_MS = 3 * 86_400_000
"""A month is sealed three days after its end, when terminals have sent what they held back over a weekend."""
_PORTION = 2000
_MEDIA = "application/json"


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals what is over; the parts are the receiver's own.

    Parameters
    ----------
    lake : PlantLake
    journal : FileJournal
    archive : Archive
    turn : lock
        Held while the journal is used; others may use it in between.
    log : PlantLog, optional
        Where sealed files are stated.
    """

    lake: PlantLake
    journal: FileJournal
    archive: Archive
    turn: threading.RLock
    log: PlantLog | None = None

    def run(self, *, now: int) -> list[Month]:
        """Pack, let go, seal every month that ended three days ago and has open segments, state; return the months sealed."""
        over = self._over(now)
        if over:
            self._pack()
        with self.turn:
            self.journal.drop(self.archive.last)
        for month in over:
            self.lake.seal(month, now=now)
        if self.log is not None:
            drafts = [*map(self._of_month, self._sealed()), *map(self._of_pack, self.archive.packs())]
            if drafts:
                self.log.state(drafts, time_ms=now, salt=os.urandom)
        return over

    def _over(self, now: int) -> list[Month]:
        clock, segments = self.lake.clock, self.lake.catalogue.state().segments
        months = {clock.month_of(segment.first) for segment in segments if segment.month is None}
        return sorted(month for month in months if clock.month(month).end + GRACE_MS <= now)

    def _pack(self) -> None:
        first, last = self.archive.last + 1, self.lake.catalogue.state().settled
        if last >= first:
            self.archive.put(lambda: self._entries(first, last), first=first, last=last)

    def _entries(self, first: int, last: int) -> Iterator[Entry]:
        at = first - 1
        while at < last:
            with self.turn:
                entries = self.journal.after(at, limit=_PORTION)
            if not entries:
                return
            yield from (entry for entry in entries if entry.index <= last)
            at = entries[-1].index

    def _sealed(self) -> list[Segment]:
        return [segment for segment in self.lake.catalogue.state().segments if segment.month is not None]

    def _of_month(self, segment: Segment) -> Draft:
        document = {
            "v": 1,
            "plant": self.lake.plant,
            "month": segment.month,
            "path": segment.path,
            "sha256": segment.sha256,
            "readings": segment.rows,
            "size": segment.size,
        }
        return self._draft(f"{self.lake.plant}/{segment.month}", document)

    def _of_pack(self, pack: Pack) -> Draft:
        document = {
            "v": 1,
            "plant": self.lake.plant,
            "path": pack.path,
            "sha256": pack.sha256,
            "first": pack.first,
            "last": pack.last,
        }
        return self._draft(f"{self.lake.plant}/envelopes/{pack.first}-{pack.last}", document)

    def _draft(self, subject: str, document: dict[str, object]) -> Draft:
        return Draft(type=StatementType.SEALED_MONTH, subject=subject, media=_MEDIA, payload=canonical.dumps(document))
