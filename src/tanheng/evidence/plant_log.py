"""The log of a plant without a server: a tile log of statements, their payloads beside it, one key that signs its head.

``log`` is a C2SP tile log that may be shown to anybody; ``payloads`` holds packs (``tanheng.trust.pack``), one a day (UTC), and
is the plant's own. What is to be stated is first written down whole in ``payloads/next``, then appended to the log, then put
into the pack, then forgotten: after a crash at any point the next opening finishes it, so that an entry and its payload are
there together, once.

A payload that was stated before under the same type and subject is not stated again. So the same account leaves the same log.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tanheng.evidence.errors import MakingError
from tanheng.trust import cbor
from tanheng.trust.files import Files, replace
from tanheng.trust.key_file import StoredKey
from tanheng.trust.keys import Algorithm, Purpose
from tanheng.trust.log import Log, open_or_create
from tanheng.trust.note import NoteSigner
from tanheng.trust.pack import Pack, Payload
from tanheng.trust.statement import SALT_BYTES, Statement, StatementType

_NEXT = "next"
_PENDING_KEYS = frozenset({"v", "first", "entries"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be stated: type, subject, media type and payload."""

    type: StatementType
    subject: str
    media: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Logged:
    """A statement at its index of the log, with its payload and salt."""

    index: int
    statement: Statement
    salt: bytes
    payload: bytes


class PlantLog:
    """The log of a plant, open for writing. Hold ``log.lock("lock")`` around its life.

    Parameters
    ----------
    log, payloads : Files
        Folders of the tile log and of the payload packs.
    key : StoredKey
        The log's key; the subject of its record is the origin.

    Raises
    ------
    TanhengError
        When the key is no log key, the log is signed by another, or either folder is damaged.
    """

    def __init__(self, log: Files, payloads: Files, key: StoredKey) -> None:
        key.record.require(Purpose.LOG)
        if key.record.algorithm is not Algorithm.ED25519:
            raise MakingError("evidence.making.algorithm", key=key.record.key_id, found=key.record.algorithm)
        self.key = key
        self._payloads = payloads
        self.log: Log = open_or_create(log, NoteSigner(key.record.subject, key.signer))
        self._finish()

    @property
    def origin(self) -> str:
        """Name of the log."""
        return self.log.checkpoint.origin

    def state(self, drafts: Sequence[Draft], *, time_ms: int, salt: Callable[[int], bytes]) -> list[Logged]:
        """Return the drafts as entries of the log; those that are not there yet are durable on return.

        Parameters
        ----------
        drafts : sequence of Draft
            What is to be stated.
        time_ms : int
            The time now, milliseconds UTC.
        salt : callable
            Gives so many random bytes, such as ``os.urandom``.
        """
        self.key.record.require(Purpose.LOG, at_ms=time_ms)
        latest: dict[tuple[StatementType, str], Logged] = {}
        for logged in self:
            latest[logged.statement.type, logged.statement.subject] = logged
        fresh: list[tuple[Statement, Payload]] = []
        for draft in drafts:
            before = latest.get((draft.type, draft.subject))
            if before is None or before.payload != draft.payload or before.statement.media != draft.media:
                version = 1 if before is None else before.statement.version + 1
                fresh.append(self._statement(draft, version, time_ms, salt(SALT_BYTES), self.log.size + len(fresh)))
        if fresh:
            self._append(fresh)
        stated = {(logged.statement.type, logged.statement.subject): logged for logged in self}
        return [stated[draft.type, draft.subject] for draft in drafts]

    def key_events(self) -> list[Logged]:
        """Return every key event of the log."""
        return [logged for logged in self if logged.statement.type is StatementType.KEY_EVENT]

    def __iter__(self) -> Iterator[Logged]:
        """Yield every entry with its payload, checked, in the order of the log."""
        payloads = {record.index: record for path in self._packs() for record in Pack(self._payloads, path).records()}
        for index, data in enumerate(self.log.reader().entries()):
            record = payloads.get(index)
            if record is None:
                raise MakingError("evidence.making.payload", origin=self.origin, index=index)
            statement = Statement.decode(data)
            statement.require_payload(record.payload, salt=record.salt)
            yield Logged(index, statement, record.salt, record.payload)

    def _statement(self, draft: Draft, version: int, time_ms: int, salt: bytes, index: int) -> tuple[Statement, Payload]:
        statement = Statement.of(
            draft.type,
            draft.payload,
            salt=salt,
            subject=draft.subject,
            version=version,
            media=draft.media,
            time_ms=time_ms,
            actor=f"key:{self.key.record.key_id}",
        )
        return statement, Payload(index, salt, draft.payload)

    def _append(self, fresh: Sequence[tuple[Statement, Payload]]) -> None:
        pending = {
            "v": 1,
            "first": self.log.size,
            "entries": [[statement.encode(), record.salt, record.payload] for statement, record in fresh],
        }
        replace(self._payloads, _NEXT, cbor.dumps(pending))
        self._finish()

    def _finish(self) -> None:
        """Bring what was written down into log and pack; nothing happens when there is nothing."""
        data = self._payloads.read(_NEXT)
        if not data:
            return
        pending: dict[str, Any] = cbor.load_map(data, thing="list of entries to come", keys=_PENDING_KEYS)
        first, entries = pending["first"], [statement for statement, _, _ in pending["entries"]]
        if self.log.size == first:
            self.log.append(entries)
        elif list(itertools.islice(self.log.reader().entries(), first, None)) != entries:
            raise MakingError("evidence.making.pending", origin=self.origin, first=first, size=self.log.size)
        day = _day(Statement.decode(entries[0]).time_ms)
        records = [Payload(first + at, salt, payload) for at, (_, salt, payload) in enumerate(pending["entries"])]
        Pack(self._payloads, f"{day}.pack").append(records)
        replace(self._payloads, _NEXT, b"")

    def _packs(self) -> list[str]:
        return [name for name in self._payloads.list("") if name.endswith(".pack")]


def _day(time_ms: int) -> str:
    moment = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(milliseconds=time_ms)
    return moment.date().isoformat()
