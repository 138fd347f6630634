"""The auditor of records: what the tables say against what was logged. Each difference is named by table, row and column.

For every version: its payload has the digest of its log entry; the entry states the same subject, version, actor, time and
schema; every column is the projection of the payload. For every file: its bytes have the logged hash. For the log: indices are
dense, every entry about a record has its row, and the last checkpoint has the root of the entries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.apps import apps

from tanheng.core.errors import TanhengError, TrustError
from tanheng.platform.errors import RecordError
from tanheng.platform.record import attachments, clock, outbox, schema, sequencer
from tanheng.platform.record.models import Attachment, LogEntry, Plant, Version
from tanheng.trust.statement import Statement

_CHUNK = 1000


def version_models() -> list[type[Version]]:
    """Return every app's tables of versions."""
    return [model for model in apps.get_models() if issubclass(model, Version)]


def audit(plant: Plant) -> Iterator[TanhengError]:
    """Yield every difference found in the records of a plant; run it in a scope.

    Nothing is repaired and nothing is skipped: a row that cannot be read is a finding too.
    """
    yield from _audit_index(plant)
    yield from _audit_entries(plant)
    known: set[tuple[str, int]] = set()
    for model in version_models():
        yield from _audit_versions(model, plant, known)
    yield from _audit_attachments(plant, known)
    yield from _audit_missing_rows(plant, known)
    yield from _audit_root(plant)


def _audit_index(plant: Plant) -> Iterator[TanhengError]:
    expected = 0
    for index in LogEntry.objects.filter(plant=plant, epoch=plant.epoch).order_by("index").values_list("index", flat=True):
        while expected < index:
            yield RecordError("platform.record.index_gap", plant=plant.code, index=expected)
            expected += 1
        expected += 1
    if expected != plant.next_index:
        yield RecordError("platform.record.index_head", plant=plant.code, found=plant.next_index, expected=expected)


def _audit_entries(plant: Plant) -> Iterator[TanhengError]:
    for entry in LogEntry.objects.filter(plant=plant).order_by("epoch", "index").iterator(chunk_size=_CHUNK):
        try:
            statement = Statement.decode(bytes(entry.statement))
        except TrustError as error:
            yield error
            continue
        row = {"table": "record_log_entry", "row": entry.pk, "index": entry.index, "subject": entry.subject}
        stated = {"type": statement.type.value, "subject": statement.subject, "at": clock.to_datetime(statement.time_ms)}
        for field, value in stated.items():
            if getattr(entry, field) != value:
                found = getattr(entry, field)
                yield RecordError("platform.record.statement", **row, field=field, found=found, stated=value)
        if entry.payload is not None and not _holds(statement, bytes(entry.payload), bytes(entry.salt or b"")):
            yield RecordError("platform.record.digest", **row)


def _holds(statement: Statement, payload: bytes, salt: bytes) -> bool:
    try:
        statement.require_payload(payload, salt=salt)
    except TrustError:
        return False
    return True


def _audit_versions(model: type[Version], plant: Plant, known: set[tuple[str, int]]) -> Iterator[TanhengError]:
    rows: Any = model._default_manager  # Any: heirs of Version; Django's documented name
    for row in rows.filter(plant=plant).order_by("id").iterator(chunk_size=_CHUNK):
        known.add((f"{model.TYPE}/{row.subject}", row.version))
        yield from _audit_version(row, plant)


def _audit_version(row: Version, plant: Plant) -> Iterator[TanhengError]:
    subject = f"{row.TYPE}/{row.subject}"
    place = {"table": row._meta.db_table, "row": row.pk, "index": row.log_index, "subject": subject}  # Django's documented name
    statement = _statement(plant, row.log_epoch, row.log_index)
    if statement is None:
        yield RecordError("platform.record.unlogged", **place)
        return
    if not _holds(statement, bytes(row.payload), bytes(row.salt)):
        yield RecordError("platform.record.digest", **place)
        return
    stated: dict[str, tuple[object, object]] = {
        "subject": (subject, statement.subject),
        "version": (row.version, statement.version),
        "actor": (str(row.actor), statement.actor),
        "known_from": (row.known_from, clock.to_datetime(statement.time_ms)),
        "schema": (outbox.media_type(row.schema), statement.media),
    }
    for field, (found, said) in stated.items():
        if found != said:
            yield RecordError("platform.record.statement", **place, field=field, found=found, stated=said)
    yield from _audit_projection(row, place)


def _audit_projection(row: Version, place: dict[str, Any]) -> Iterator[TanhengError]:
    try:
        payload = schema.decode(bytes(row.payload))
        columns = schema.project(payload)
    except RecordError as error:
        yield error
        return
    columns |= {"reason": payload.reason, "valid_from": payload.valid_from, "valid_to": payload.valid_to}
    for field, said in {**columns, "retired": payload.retired, "schema": payload.schema}.items():
        if getattr(row, field) != said:
            found = getattr(row, field)
            yield RecordError("platform.record.projection", **place, field=field, found=found, stated=said)


def _statement(plant: Plant, epoch: int, index: int) -> Statement | None:
    entry = LogEntry.objects.filter(plant=plant, epoch=epoch, index=index).first()
    try:
        return Statement.decode(bytes(entry.statement)) if entry is not None else None
    except TrustError:
        return None


def _audit_attachments(plant: Plant, known: set[tuple[str, int]]) -> Iterator[TanhengError]:
    for row in Attachment.objects.filter(plant=plant).order_by("id").iterator(chunk_size=_CHUNK):
        subject = f"attachment/{row.uid}"
        place = {"table": "record_attachment", "row": row.pk, "index": row.log_index, "subject": subject}
        known.add((subject, 1))
        statement = _statement(plant, row.log_epoch, row.log_index)
        said = attachments.payload(name=row.name, media=row.media, size=row.size, sha256=row.sha256, subject=row.subject)
        if statement is None:
            yield RecordError("platform.record.unlogged", **place)
        elif not _holds(statement, said, bytes(row.salt)):
            yield RecordError("platform.record.digest", **place)
        yield from _audit_file(row)


def _audit_file(row: Attachment) -> Iterator[TanhengError]:
    try:
        with attachments.path_of(row.sha256).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        yield RecordError("platform.file.gone", file=row.name, sha256=row.sha256)
        return
    if found != row.sha256:
        yield RecordError("platform.file.changed", file=row.name, sha256=row.sha256, found=found)


def _audit_missing_rows(plant: Plant, known: set[tuple[str, int]]) -> Iterator[TanhengError]:
    types = {model.TYPE for model in version_models()} | {"attachment"}
    for entry in LogEntry.objects.filter(plant=plant).order_by("epoch", "index").iterator(chunk_size=_CHUNK):
        if entry.subject.partition("/")[0] not in types:
            continue
        try:
            version = Statement.decode(bytes(entry.statement)).version
        except TrustError:
            continue  # said by _audit_entries
        if (entry.subject, version) not in known:
            yield RecordError("platform.record.unknown_row", index=entry.index, subject=entry.subject, version=version)


def _audit_root(plant: Plant) -> Iterator[TanhengError]:
    last = sequencer.last_checkpoint(plant)
    if last is None:
        return
    try:
        found = sequencer.root_of_entries(plant, last.size).hex()
    except RecordError:
        return  # a gap, said by _audit_index
    if found != last.root:
        yield RecordError("platform.record.log_differs", plant=plant.code, size=last.size, found=last.root, stated=found)
