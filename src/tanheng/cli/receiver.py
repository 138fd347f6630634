"""A standalone receiver: takes envelopes, stores them durably, answers, and brings the readings into a lake.

It stands in the command line's layer because trust and lake do not know each other. It is what a terminal is tested against
(``tanheng conformance --terminal``), and enough for a plant that wants its readings kept and nothing more.

::

    POST /api/v1/envelopes                   body: a CBOR sequence of envelopes, at most 16 MiB
    200  {"acknowledged": [{"terminal": …, "sequence": …, "index": …}], "refused": [{"sequence": …, "code": …, "reason": …}]}
    413  the body is too large
    503  the disk is full; nothing was stored, Retry-After says when to try again

An envelope is acknowledged after the journal's transaction is on the disk. A repeat gets the index of the first time. What is
refused is kept with its bytes and the reason, as far as ``MAX_REFUSED``, and counted without end. A batch that claims a wrong
time is kept as it claims; judging clocks is for those who read. Once a day it looks for months that are over, seals them and
packs their envelopes (:mod:`tanheng.cli.receiver_sealing`), so that the journal holds little more than a month.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cbor2

from tanheng.cli.receiver_sealing import Sealing
from tanheng.core.errors import LakeError, TanhengError
from tanheng.core.period import Month, PlantClock
from tanheng.evidence.plant_log import PlantLog
from tanheng.lake import (
    Archive,
    ChannelBook,
    DiskFiles,
    Engine,
    Entry,
    FileJournal,
    JournalError,
    PlantLake,
    Record,
    Rows,
    joined,
    open_plant,
    rows_of_batch,
)
from tanheng.lake.files import publish
from tanheng.lake.rows import EVENT_CHANNEL
from tanheng.trust.envelope import Envelope, open_envelope
from tanheng.trust.errors import EnvelopeError, KeyRefusedError
from tanheng.trust.keys import KeyRecord, Purpose

MAX_BODY = 16 << 20
MAX_REFUSED = 1000
_DRAIN = 2000
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Refused:
    """An envelope that was not stored as one."""

    sequence: int | None
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An envelope that is on the disk, with its index in the plant."""

    terminal: str
    sequence: int
    index: int


@dataclass(slots=True)
class Answer:
    """What the receiver says about one request."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def to_json(self) -> bytes:
        """Return the body of the answer."""
        acknowledged = [{"terminal": a.terminal, "sequence": a.sequence, "index": a.index} for a in self.acknowledged]
        refused = [{"sequence": r.sequence, "code": r.code, "reason": r.reason} for r in self.refused]
        return json.dumps({"acknowledged": acknowledged, "refused": refused}, ensure_ascii=False).encode()


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
        self._files = DiskFiles(folder)
        self._folder = folder
        self._now = now
        self._keys = {record.key_id: record for record in keys}
        self._journal = FileJournal(folder / "journal.sqlite")
        self._book = ChannelBook(self._files, f"catalogue/{plant}.channels.json")
        self._configurations: dict[bytes, list[int]] = {}
        self._rows: dict[int, Rows] = {}
        self._turn = threading.RLock()
        self._lake_turn = threading.RLock()  # taken before the other one; acknowledging goes on while a month is sealed
        self.lake: PlantLake = open_plant(folder / "lake", plant, engine=engine, clock=clock)
        self.lake.tidy()
        self.archive = Archive(self.lake.files, plant)
        self.archive.tidy()
        self._sealing = Sealing(self.lake, self._journal, self.archive, self._turn, log)
        self._looked = 0
        self.refused = 0
        self._closed = False

    def register(self, configuration: bytes, channels: Sequence[str]) -> None:
        """Tell which channels a configuration (its SHA-256) names, in its order; kept, and needed before its first batch."""
        with self._turn:
            numbers = self._book.enter(channels)
            publish(self._files, _configuration_path(configuration), json.dumps(list(channels)).encode())
            self._configurations[configuration] = numbers

    def channel(self, name: str) -> int:
        """Return the lake's number of a channel."""
        return self._book.number(name)

    def accept(self, body: bytes) -> Answer:
        """Verify and store the envelopes of one request.

        Raises
        ------
        LakeError
            When the disk is full or refuses; nothing of the request is stored then.
        """
        with self._turn:
            answer = Answer()
            taken: dict[tuple[str, int], tuple[Record, Envelope, Rows]] = {}
            order: list[tuple[str, int]] = []
            for data, fault in split(body):
                if fault is not None:
                    self._refuse(answer, data, None, fault)
                    continue
                key = self._take(data, taken, answer)
                if key is not None:
                    order.append(key)
            found = self._journal.append([record for record, _, _ in taken.values()])
            indices = dict(zip(taken, found, strict=True))
            answer.acknowledged = [Acknowledged(*key, indices[key]) for key in order]
            settled = self.lake.catalogue.state().settled
            for key, index in indices.items():
                rows = taken[key][2]
                if index > settled and len(self._rows) < _DRAIN:
                    self._rows[index] = rows.brought_by(index)
            return answer

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
            entries = self._journal.after(at, limit=_DRAIN)
            if not entries or entries[0].index != at + 1:  # those before have left the journal, perhaps just now
                entries = list(itertools.islice(self.archive.entries(at), _DRAIN))
            if not entries:
                return
            yield from (entry.record.payload for entry in entries)
            at = entries[-1].index

    def held(self) -> Iterator[Entry]:
        """Yield what the journal holds, in order of index: what is in no pack yet."""
        at = self.archive.last
        while entries := self._journal.after(at, limit=_DRAIN):
            yield from entries
            at = entries[-1].index

    def close(self) -> None:
        """Drain and close the files; a second time does nothing."""
        with self._lake_turn, self._turn:
            if not self._closed:
                self._drain()
                self._journal.close()
                self._closed = True

    def _take(
        self, data: bytes, taken: dict[tuple[str, int], tuple[Record, Envelope, Rows]], answer: Answer
    ) -> tuple[str, int] | None:
        sequence: int | None = None
        try:
            envelope = open_envelope(data, self._key)
            batch = envelope.batch
            sequence = batch.sequence
            key = (batch.terminal, batch.sequence)
            self._same_content(key, envelope.digest, taken)
            self._follows(envelope, taken)
            rows = rows_of_batch(batch, self._numbers(envelope), entry=0)
        except TanhengError as error:
            self._refuse(answer, data, sequence, error)
            return None
        taken[key] = (Record(batch.terminal, batch.sequence, data), envelope, rows)
        return key

    def _key(self, key_id: str) -> KeyRecord:
        record = self._keys.get(key_id)
        if record is None:
            raise KeyRefusedError("cli.receiver.key", key=key_id)
        return record.require(Purpose.DEVICE, at_ms=self._now())

    def _same_content(self, key: tuple[str, int], digest: bytes, taken: Mapping[tuple[str, int], Any]) -> None:
        known = self._digest(key, taken)
        if known is not None and known != digest:
            given, held = digest.hex(), known.hex()
            raise JournalError("lake.journal.differs", terminal=key[0], sequence=key[1], held=held, given=given)

    def _follows(self, envelope: Envelope, taken: Mapping[tuple[str, int], Any]) -> None:
        """Refuse a batch that names another predecessor than the one that is here; batches may come in any order."""
        batch = envelope.batch
        before = self._digest((batch.terminal, batch.sequence - 1), taken)
        if before is not None and batch.previous != before:
            found, wanted = batch.previous.hex(), before.hex()
            raise EnvelopeError(
                "trust.envelope.previous", terminal=batch.terminal, sequence=batch.sequence, found=found, wanted=wanted
            )

    def _digest(self, key: tuple[str, int], taken: Mapping[tuple[str, int], Any]) -> bytes | None:
        if key in taken:
            return bytes(taken[key][1].digest)
        known = self._journal.known(*key)
        return None if known is None else known[1]

    def _numbers(self, envelope: Envelope) -> list[int]:
        """Return the lake's channel numbers; channels of a configuration that nobody registered are named by their index."""
        batch = envelope.batch
        found = self._configurations.get(batch.configuration)
        if found is not None:
            return found
        kept = self._files.read(_configuration_path(batch.configuration))
        if kept is not None:
            self._configurations[batch.configuration] = self._book.enter(json.loads(kept))
            return self._configurations[batch.configuration]
        index = batch.channel.array()
        wide = max(index[index != EVENT_CHANNEL].tolist(), default=-1) + 1
        prefix = f"unregistered.{batch.terminal.lower()}.{batch.configuration.hex()[:12]}"
        return self._book.enter([f"{prefix}.c{number}" for number in range(wide)])

    def _rows_of(self, entry: Entry) -> Rows:
        """Return the rows of a stored envelope: those at hand, or read anew after a restart."""
        at_hand = self._rows.get(entry.index)
        if at_hand is not None:
            return at_hand
        envelope = open_envelope(entry.record.payload, lambda key_id: self._keys[key_id])
        return rows_of_batch(envelope.batch, self._numbers(envelope), entry=entry.index)

    def _refuse(self, answer: Answer, data: bytes, sequence: int | None, error: TanhengError) -> None:
        answer.refused.append(Refused(sequence, error.code, error.text()))
        self.refused += 1
        folder = self._folder / "refused"
        folder.mkdir(exist_ok=True)
        if self.refused > MAX_REFUSED:
            return
        name = hashlib.sha256(data).hexdigest()
        try:
            (folder / f"{name}.cbor").write_bytes(data)
            (folder / f"{name}.json").write_text(json.dumps({"code": error.code, "reason": error.text("en")}), encoding="utf-8")
        except OSError as fault:
            raise LakeError("lake.disk.refused", path=str(folder), reason=str(fault)) from fault


def _configuration_path(digest: bytes) -> str:
    return f"configurations/{digest.hex()}.json"


def split(body: bytes) -> Iterator[tuple[bytes, TanhengError | None]]:
    """Yield the items of a CBOR sequence as their own bytes; what cannot be read comes last, whole, with the fault."""
    stream = io.BytesIO(body)
    while stream.tell() < len(body):
        start = stream.tell()
        try:
            cbor2.load(stream, max_depth=8, allow_indefinite=False)
        except (cbor2.CBORError, RecursionError, MemoryError, OverflowError, ValueError, TypeError) as error:
            yield body[start:], EnvelopeError("cli.receiver.sequence", offset=start, reason=str(error)[:120])
            return
        yield body[start : stream.tell()], None
