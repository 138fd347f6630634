"""The outbox: the next log entry of a plant, written in the transaction of the change it states.

The row of the plant is locked by taking the index and stays locked until the commit, so indices are dense and in the order of
commits; a transaction that fails takes its index with it. One transaction writes entries of one plant only.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from tanheng.platform.errors import MissingError
from tanheng.platform.record import clock, insertion
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import LogEntry
from tanheng.trust.statement import SALT_BYTES, Statement, StatementType


@dataclass(frozen=True, slots=True)
class Logged:
    """Where and when an entry was logged, and the salt of its digest."""

    epoch: int
    index: int
    time_ms: int
    salt: bytes


@dataclass(frozen=True, slots=True)
class _Head:
    index: int
    epoch: int
    demonstration: bool
    clock_offset_ms: int


@dataclass(frozen=True, slots=True)
class Said:
    """One payload to be stated: what it is about, which version, its bytes."""

    subject: str
    version: int
    payload: bytes


def record(
    plant: int,
    *,
    type: StatementType,  # noqa: A002  # the statement's own word
    subject: str,
    version: int,
    media: str,
    payload: bytes,
    actor: Actor,
    keep_payload: bool = False,
) -> Logged:
    """Write the next entry of a plant's log.

    Parameters
    ----------
    plant : int
        Key of the plant; it is in the open scope.
    type, subject, version
        As in the statement.
    media : str
        Schema of the payload, such as ``line/1``.
    payload : bytes
        What is stated; the entry holds its salted digest.
    keep_payload : bool
        Keep payload and salt in the entry's row, because no table of an app keeps them.

    Raises
    ------
    MissingError
        The plant is not in the scope.
    """
    said = Said(subject, version, payload)
    return record_many(plant, [said], type=type, media=media, actor=actor, keep_payload=keep_payload)[0]


@transaction.atomic(savepoint=False)  # a part of the change it states: both or neither
def record_many(
    plant: int,
    said: Sequence[Said],
    *,
    type: StatementType,  # noqa: A002  # the statement's own word
    media: str,
    actor: Actor,
    keep_payload: bool = False,
) -> list[Logged]:
    """Write the next entries of a plant's log, in order, at one time; parameters as of :func:`record`."""
    head = _take(plant, len(said))
    time_ms = clock.now_ms(head)
    logged = [Logged(head.epoch, head.index + at, time_ms, secrets.token_bytes(SALT_BYTES)) for at in range(len(said))]
    entries = []
    for one, where in zip(said, logged, strict=True):
        stated = Statement.of(
            type,
            one.payload,
            salt=where.salt,
            subject=one.subject,
            version=one.version,
            media=media_type(media),
            time_ms=time_ms,
            actor=str(actor.uid),
            simulated=head.demonstration and head.clock_offset_ms != 0,
        )
        entry = LogEntry(
            plant_id=plant,
            epoch=where.epoch,
            index=where.index,
            type=type.value,
            subject=one.subject,
            statement=stated.encode(),
            payload=one.payload if keep_payload else None,
            salt=where.salt if keep_payload else None,
            at=clock.to_datetime(time_ms),
        )
        entries.append(entry)
    insertion.insert(entries)
    return logged


def media_type(schema_id: str) -> str:
    """Return the media type of a payload schema: ``line/1`` is ``application/vnd.tanheng.line+json;v=1``.

    What is a media type already, because its payload is no JSON, stays as it is.
    """
    if schema_id.startswith("application/"):
        return schema_id
    name, number = schema_id.rsplit("/", 1)
    return f"application/vnd.tanheng.{name}+json;v={number}"


def _take(plant: int, count: int) -> _Head:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record_plant SET next_index = next_index + %s WHERE id = %s"
            " RETURNING next_index - %s, epoch, demonstration, clock_offset_ms",
            [count, plant, count],
        )
        row = cursor.fetchone()
    if row is None:
        raise MissingError("platform.record.plant", plant=plant)
    return _Head(*row)
