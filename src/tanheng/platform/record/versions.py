"""Writing versions: a new record, a correction, an end. Each inserts its row and its log entry in one transaction.

Apps call :func:`write` from their services, after they have checked the actor and the content.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from tanheng.core.errors import InputError
from tanheng.core.period import zone as zone_of
from tanheng.platform.errors import ConflictError, MissingError
from tanheng.platform.record import clock, insertion, outbox, schema, sorting
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Version
from tanheng.platform.record.schema import Payload
from tanheng.trust.statement import StatementType

V = TypeVar("V", bound=Version)
MANY = 300


@transaction.atomic(savepoint=False)  # a part of the service that calls it
def write(
    model: type[V],
    *,
    plant: int,
    actor: Actor,
    schema_id: str,
    content: object,
    subject: uuid.UUID | None = None,
    seen: int | None = None,
    reason: str = "",
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
    retired: bool = False,
    statement: StatementType | None = None,
) -> V:
    """Write one version of a record and its log entry.

    Parameters
    ----------
    subject : UUID, optional
        The record that is corrected; None for a new one.
    seen : int, optional
        The version that the actor had before the eyes; required with ``subject``.
    reason : str
        Why; required with ``subject``.
    statement : StatementType, optional
        Type of the log's statement; by default a manual entry, and a correction from version 2 on.

    Returns
    -------
    Version
        The new version, or the last one when nothing differs from it.

    Raises
    ------
    InputError
        The reason is missing, or the validity ends before it begins.
    ConflictError
        Somebody wrote a version after the one seen.
    MissingError
        There is no such record in the scope.
    """
    _refuse_bad_dates(valid_from, valid_to)
    last = _last(model, plant=plant, subject=subject, seen=seen) if subject is not None else None
    payload = Payload(
        schema=schema_id, content=content, valid_from=valid_from, valid_to=valid_to, reason=reason.strip(), retired=retired
    )
    if last is not None and _same(last, payload):
        return last
    if last is not None and not payload.reason:
        raise InputError("platform.record.reason", type=model.TYPE)
    subject = subject or uuid.uuid4()
    number = last.version + 1 if last is not None else 1
    data = payload.encode()
    logged = outbox.record(
        plant,
        type=statement or _usual_type(number),
        subject=f"{model.TYPE}/{subject}",
        version=number,
        media=schema_id,
        payload=data,
        actor=actor,
    )
    row = _row(model, plant=plant, subject=subject, number=number, payload=payload, data=data, logged=logged, actor=actor)
    _insert(row)
    sorting.learn(plant, [row])
    if last is not None:
        _close_covered(row, row.known_from)
    return row


@transaction.atomic(savepoint=False)  # as above
def write_many(
    model: type[V],
    *,
    plant: int,
    actor: Actor,
    schema_id: str,
    contents: Sequence[object],
    valid_from: datetime.date | None = None,
) -> list[V]:
    """Write the first versions of many new records and their log entries: all of them or none.

    Raises
    ------
    ConflictError
        A constraint of the table refuses one.
    """
    subjects = [uuid.uuid4() for _ in contents]
    payloads = [
        Payload(schema=schema_id, content=one, valid_from=valid_from, valid_to=None, reason="", retired=False)
        for one in contents
    ]
    said = [
        outbox.Said(f"{model.TYPE}/{subject}", 1, payload.encode()) for subject, payload in zip(subjects, payloads, strict=True)
    ]
    logged = outbox.record_many(plant, said, type=_usual_type(1), media=schema_id, actor=actor)
    rows = [
        _row(model, plant=plant, subject=subject, number=1, payload=payload, data=one.payload, logged=where, actor=actor)
        for subject, payload, one, where in zip(subjects, payloads, said, logged, strict=True)
    ]
    try:
        insertion.insert(rows)
    except IntegrityError as error:
        raise refused(model, error) from error
    sorting.learn(plant, rows)
    if len(rows) >= MANY:
        refresh_statistics(model)
    return rows


def refresh_statistics(model: type[Version]) -> None:
    """Have the planner know how large a table has become: after an import of hundreds of rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_statistics(%s::regclass)", [model._meta.db_table])  # Django's documented name


def _row(
    model: type[V],
    *,
    plant: int,
    subject: uuid.UUID,
    number: int,
    payload: Payload,
    data: bytes,
    logged: outbox.Logged,
    actor: Actor,
) -> V:
    columns: dict[str, Any] = schema.project(payload)  # Any: columns of whichever model
    return model(
        plant_id=plant,
        subject=subject,
        version=number,
        valid_from=payload.valid_from,
        valid_to=payload.valid_to,
        known_from=clock.to_datetime(logged.time_ms),
        actor=actor.uid,
        reason=payload.reason,
        schema=payload.schema,
        payload=data,
        salt=logged.salt,
        log_epoch=logged.epoch,
        log_index=logged.index,
        retired=payload.retired,
        **columns,
    )


def _usual_type(number: int) -> StatementType:
    return StatementType.MANUAL_ENTRY if number == 1 else StatementType.CORRECTION


def _refuse_bad_dates(valid_from: datetime.date | None, valid_to: datetime.date | None) -> None:
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        raise InputError("platform.record.validity", start=valid_from, end=valid_to)


def _last(model: type[V], *, plant: int, subject: uuid.UUID, seen: int | None) -> V:
    rows: Any = model.objects  # Any: the manager of an abstract model's heir
    last: V | None = rows.select_for_update().filter(plant_id=plant, subject=subject).order_by("-version").first()
    if last is None:
        raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
    if last.version != seen:
        at = last.known_from.astimezone(zone_of(last.plant.zone))
        raise ConflictError("platform.record.stale", seen=seen, version=last.version, at=f"{at:%Y-%m-%d %H:%M}")
    return last


def _same(last: Version, payload: Payload) -> bool:
    """Tell whether the payload says what the last version says, whatever the reason given."""
    old = schema.decode(bytes(last.payload))
    return (old.content, old.valid_from, old.valid_to, old.retired) == (
        payload.content,
        payload.valid_from,
        payload.valid_to,
        payload.retired,
    )


def _insert(row: Version) -> None:
    """Insert ``row``; a constraint of its table becomes an error that names it."""
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        raise refused(type(row), error) from error


def refused(model: type[Version], error: IntegrityError) -> ConflictError:
    """Return the error of a constraint of the database, which it names."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "?"
    return ConflictError("platform.record.constraint", type=model.TYPE, constraint=name)


def _close_covered(row: Version, moment: datetime.datetime) -> None:
    """Note on the versions whose days the new one covers wholly that they are no longer what we know."""
    covered = Q()
    if row.valid_from is not None:
        covered &= Q(valid_from__gte=row.valid_from)
    if row.valid_to is not None:
        covered &= Q(valid_to__lte=row.valid_to)
    rows: Any = type(row).objects  # Any: as above
    rows.filter(covered, plant_id=row.plant_id, subject=row.subject, version__lt=row.version, known_to__isnull=True).update(
        known_to=moment
    )
