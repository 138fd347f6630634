"""Epochs: what happens when a log comes back from a backup that lies behind a cosigned checkpoint.

An origin ends in its epoch, ``…/log/1``. The old epoch is never continued. The new one begins with a ``log-restored`` statement
at index 0, whose payload names the old origin, the last index that came back, the last cosigned checkpoint, what is missing,
why, and two persons. A witness knows the new origin only after a person accepted it, and keeps the old one too. A verifier
walks the epochs in order and prints the gap between them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.trust import cbor
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.errors import LogError
from tanheng.trust.files import Files
from tanheng.trust.log import Appended, Log
from tanheng.trust.log_reader import LogReader
from tanheng.trust.note import NoteSigner
from tanheng.trust.statement import Statement, StatementType

VERSION = 1
MEDIA = "application/vnd.tanheng.log-restored+cbor;v=1"
_EPOCH = re.compile(r"(?P<stem>.+/log)/(?P<number>[1-9][0-9]{0,8})", re.ASCII)
_KEYS = frozenset({"v", "old_origin", "last_index", "checkpoint", "missing", "reason", "persons"})


def number_of(origin: str) -> int:
    """Return the epoch an origin ends in; raise ``LogError`` when it ends in none."""
    return int(_match(origin)["number"])


def next_origin(origin: str) -> str:
    """Return the origin of the epoch after this one.

    Examples
    --------
    >>> next_origin("plant.example/log/1")
    'plant.example/log/2'
    """
    match = _match(origin)
    return f"{match['stem']}/{int(match['number']) + 1}"


def _match(origin: str) -> re.Match[str]:
    match = _EPOCH.fullmatch(origin)
    if match is None:
        raise LogError("trust.epoch.origin", origin=origin[:200])
    return match


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRestored:
    """Why an epoch ended, and what of it came back.

    Parameters
    ----------
    old_origin : str
        Origin of the epoch that ended.
    last_index : int
        Last index of it that was found again; −1 for none.
    checkpoint : bytes
        Last checkpoint of it that a witness cosigned, as a signed note.
    missing : str
        What is missing, in words.
    reason : str
        Why, in words.
    persons : tuple of str
        Opaque ids of the two persons who decided.
    """

    old_origin: str
    last_index: int
    checkpoint: bytes
    missing: str
    reason: str
    persons: tuple[str, str]

    def __post_init__(self) -> None:
        number_of(self.old_origin)
        if len(self.persons) != 2 or len(set(self.persons)) != 2 or not all(self.persons):
            raise LogError("trust.epoch.persons", found=", ".join(self.persons))
        if not self.reason.strip():
            raise LogError("trust.epoch.reason", origin=self.old_origin)
        if self.last_index < -1:
            raise LogError("trust.log.range", start=self.last_index, end=self.last_index, size=0)

    def encode(self) -> bytes:
        """Return the payload of the statement."""
        return cbor.dumps(
            {
                "v": VERSION,
                "old_origin": self.old_origin,
                "last_index": self.last_index,
                "checkpoint": self.checkpoint,
                "missing": self.missing,
                "reason": self.reason,
                "persons": list(self.persons),
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> LogRestored:
        """Return what a payload says; raise an error of ours when it is malformed."""
        members = cbor.load_map(data, thing="log-restored payload", keys=_KEYS)
        persons = members["persons"]
        texts = [
            members["old_origin"],
            members["missing"],
            members["reason"],
            *(persons if isinstance(persons, list) else [None]),
        ]
        if (
            members["v"] != VERSION
            or not all(isinstance(text, str) for text in texts)
            or len(persons) != 2
            or type(members["last_index"]) is not int
            or not isinstance(members["checkpoint"], bytes)
        ):
            raise LogError("trust.epoch.payload")
        return cls(
            old_origin=members["old_origin"],
            last_index=members["last_index"],
            checkpoint=members["checkpoint"],
            missing=members["missing"],
            reason=members["reason"],
            persons=(persons[0], persons[1]),
        )


def begin(files: Files, signer: NoteSigner, restored: LogRestored, *, salt: bytes, time_ms: int) -> tuple[Log, Appended]:
    """Begin the next epoch of a log; entry 0 says what was restored.

    Raises
    ------
    LogError
        When the signer's name is not the origin behind the old one, or the folder is not empty.
    """
    if signer.name != next_origin(restored.old_origin):
        raise LogError("trust.epoch.not_next", found=signer.name, wanted=next_origin(restored.old_origin))
    statement = Statement.of(
        StatementType.LOG_RESTORED,
        restored.encode(),
        salt=salt,
        subject=restored.old_origin,
        version=1,
        media=MEDIA,
        time_ms=time_ms,
        actor=restored.persons[0],
    )
    log = Log.create(files, signer)
    return log, log.append([statement.encode()])


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between two epochs: entries ``first_missing … promised − 1`` of the old one were cosigned and are not there."""

    old_origin: str
    new_origin: str
    first_missing: int
    promised: int
    restored: LogRestored

    @property
    def count(self) -> int:
        """Number of entries that a witness had seen and that did not come back."""
        return max(0, self.promised - self.first_missing)


def follow(readers: Sequence[LogReader], payloads: Sequence[tuple[bytes, bytes]]) -> list[Gap]:
    """Walk the epochs of a plant's log in order and return the gaps between them.

    Parameters
    ----------
    readers : sequence of LogReader
        One an epoch, the first epoch first.
    payloads : sequence of (bytes, bytes)
        Salt and payload of entry 0 of each epoch but the first.

    Raises
    ------
    TrustError
        When an epoch does not begin with a ``log-restored`` statement about the one before it, or a promise does not hold.
    """
    gaps = []
    if len(payloads) != max(0, len(readers) - 1):
        raise LogError("trust.epoch.count", epochs=len(readers), payloads=len(payloads))
    for (before, after), (salt, payload) in zip(itertools.pairwise(readers), payloads, strict=True):
        old, new = before.checkpoint.origin, after.checkpoint.origin
        if new != next_origin(old):
            raise LogError("trust.epoch.not_next", found=new, wanted=next_origin(old))
        statement = Statement.decode(after.entry(0))
        if statement.type is not StatementType.LOG_RESTORED:
            raise LogError("trust.epoch.first", origin=new, found=statement.type)
        statement.require_payload(payload, salt=salt)
        restored = LogRestored.decode(payload)
        if restored.old_origin != old:
            raise LogError("trust.epoch.not_next", found=restored.old_origin, wanted=old)
        promised = open_checkpoint(restored.checkpoint, before.key)[0]
        _require_beginning(before, restored, promised)
        gaps.append(Gap(old, new, restored.last_index + 1, promised.size, restored))
    return gaps


def _require_beginning(before: LogReader, restored: LogRestored, promised: Checkpoint) -> None:
    """Raise unless what came back of the old epoch is as long as it is said, and no longer than what was promised."""
    if before.size < restored.last_index + 1:
        raise LogError("trust.log.behind", origin=before.checkpoint.origin, size=before.size, wanted=restored.last_index + 1)
    if promised.size <= before.size:
        before.require_extends(promised)
