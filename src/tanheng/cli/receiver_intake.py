"""What a standalone receiver does with the envelopes of a request before any is stored: read, verify, refuse, make rows.

What is refused is kept with its bytes and the reason, durably, as far as :data:`MAX_REFUSED`, and counted without end.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import cbor2

from tanheng.core.errors import TanhengError
from tanheng.lake import ChannelBook, DiskFiles, Entry, FileJournal, JournalError, Record, Rows, rows_of_batch
from tanheng.lake.files import publish
from tanheng.lake.rows import EVENT_CHANNEL
from tanheng.trust.envelope import Envelope, open_envelope
from tanheng.trust.errors import EnvelopeError, KeyRefusedError
from tanheng.trust.keys import KeyRecord, Purpose

MAX_REFUSED = 1000
Key = tuple[str, int]
"""Terminal and sequence of a batch."""


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


@dataclass(frozen=True, slots=True)
class Taken:
    """An envelope that is to be stored, with its rows; they name no entry yet."""

    record: Record
    envelope: Envelope
    rows: Rows


@dataclass(slots=True)
class Request:
    """The envelopes of one request, judged."""

    answer: Answer = field(default_factory=Answer)
    taken: dict[Key, Taken] = field(default_factory=dict)
    order: list[Key] = field(default_factory=list)


class Intake:
    """Judges envelopes. Who calls it holds the receiver's lock.

    Parameters
    ----------
    files : DiskFiles
        The receiver's folder.
    journal : FileJournal
    plant : str
    keys : sequence of KeyRecord
        Device keys that are believed.
    now : callable
        The time, ms UTC.
    keep : int
        So many refused envelopes are kept.
    """

    def __init__(
        self,
        files: DiskFiles,
        journal: FileJournal,
        *,
        plant: str,
        keys: Sequence[KeyRecord],
        now: Callable[[], int],
        keep: int = MAX_REFUSED,
    ) -> None:
        self._files = files
        self._journal = journal
        self._keys = {record.key_id: record for record in keys}
        self._now = now
        self._configurations: dict[bytes, list[int]] = {}
        self._room = keep - sum(path.endswith(".cbor") for path in files.paths("refused"))
        self.book = ChannelBook(files, f"catalogue/{plant}.channels.json")
        self.refused = 0

    def register(self, configuration: bytes, channels: Sequence[str]) -> None:
        """Tell which channels a configuration (its SHA-256) names, in its order; kept."""
        numbers = self.book.enter(channels)
        publish(self._files, _configuration_path(configuration), json.dumps(list(channels)).encode())
        self._configurations[configuration] = numbers

    def judge(self, body: bytes) -> Request:
        """Return what of a request is to be stored, and what is refused.

        Raises
        ------
        LakeError
            When the disk does not take what is refused.
        """
        request = Request()
        for data, fault in split(body):
            if fault is not None:
                self._refuse(request.answer, data, None, fault)
                continue
            key = self._take(data, request)
            if key is not None:
                request.order.append(key)
        return request

    def rows_of(self, entry: Entry) -> Rows:
        """Return the rows of a stored envelope, read anew.

        Raises
        ------
        KeyRefusedError
            When the key of its terminal is not among those believed any more.
        """
        envelope = open_envelope(entry.record.payload, self._enrolled)
        return rows_of_batch(envelope.batch, self._numbers(envelope), entry=entry.index)

    def _take(self, data: bytes, request: Request) -> Key | None:
        sequence: int | None = None
        try:
            envelope = open_envelope(data, self._key)
            batch = envelope.batch
            sequence = batch.sequence
            key = (batch.terminal, batch.sequence)
            self._same_content(key, envelope.digest, request.taken)
            self._follows(envelope, request.taken)
            rows = rows_of_batch(batch, self._numbers(envelope), entry=0)
        except TanhengError as error:
            self._refuse(request.answer, data, sequence, error)
            return None
        request.taken[key] = Taken(Record(batch.terminal, batch.sequence, data), envelope, rows)
        return key

    def _key(self, key_id: str) -> KeyRecord:
        return self._enrolled(key_id).require(Purpose.DEVICE, at_ms=self._now())

    def _enrolled(self, key_id: str) -> KeyRecord:
        record = self._keys.get(key_id)
        if record is None:
            raise KeyRefusedError("cli.receiver.key", key=key_id)
        return record

    def _same_content(self, key: Key, digest: bytes, taken: Mapping[Key, Taken]) -> None:
        known = self._digest(key, taken)
        if known is not None and known != digest:
            given, held = digest.hex(), known.hex()
            raise JournalError("lake.journal.differs", terminal=key[0], sequence=key[1], held=held, given=given)

    def _follows(self, envelope: Envelope, taken: Mapping[Key, Taken]) -> None:
        """Refuse a batch that names another predecessor than the one that is here; batches may come in any order."""
        batch = envelope.batch
        before = self._digest((batch.terminal, batch.sequence - 1), taken)
        if before is not None and batch.previous != before:
            found, wanted = batch.previous.hex(), before.hex()
            raise EnvelopeError(
                "trust.envelope.previous", terminal=batch.terminal, sequence=batch.sequence, found=found, wanted=wanted
            )

    def _digest(self, key: Key, taken: Mapping[Key, Taken]) -> bytes | None:
        if key in taken:
            return taken[key].envelope.digest
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
            self._configurations[batch.configuration] = self.book.enter(json.loads(kept))
            return self._configurations[batch.configuration]
        index = batch.channel.array()
        wide = max(index[index != EVENT_CHANNEL].tolist(), default=-1) + 1
        prefix = f"unregistered.{batch.terminal.lower()}.{batch.configuration.hex()[:12]}"
        return self.book.enter([f"{prefix}.c{number}" for number in range(wide)])

    def _refuse(self, answer: Answer, data: bytes, sequence: int | None, error: TanhengError) -> None:
        answer.refused.append(Refused(sequence, error.code, error.text()))
        self.refused += 1
        if self._room <= 0:
            return
        path = f"refused/{hashlib.sha256(data).hexdigest()}"
        publish(self._files, f"{path}.json", json.dumps({"code": error.code, "reason": error.text("en")}).encode())
        publish(self._files, f"{path}.cbor", data)
        self._room -= 1


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
