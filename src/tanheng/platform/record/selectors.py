"""Reading records: the plant behind a code, its log, its files, its audit trail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from tanheng.platform.errors import MissingError
from tanheng.platform.record import schema
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Attachment, AuditEvent, LogEntry, Plant, Version


def plant(actor: Actor, code: str) -> Plant:
    """Return a plant at which the actor may read.

    Raises
    ------
    MissingError
        There is none, or not for this actor.
    """
    found = Plant.objects.filter(code=code).first()
    if found is None or not actor.may("record.read", found.pk):
        raise MissingError("platform.plant.unknown", code=code)
    return found


def entries(actor: Actor, code: str) -> QuerySet[LogEntry]:
    """Return the entries of a plant's log, oldest first."""
    return LogEntry.objects.filter(plant=plant(actor, code)).order_by("epoch", "index")


def audit_trail(actor: Actor, code: str) -> QuerySet[AuditEvent]:
    """Return the audit trail of a plant, newest first."""
    found = plant(actor, code)
    require(actor, "record.read_audit", found.pk)
    return AuditEvent.objects.filter(plant=found)


def files(actor: Actor, code: str) -> QuerySet[Attachment]:
    """Return the files of a plant, oldest first."""
    return Attachment.objects.filter(plant=plant(actor, code)).order_by("id")


def file(actor: Actor, code: str, uid: uuid.UUID) -> Attachment:
    """Return one file.

    Raises
    ------
    MissingError
    """
    found = files(actor, code).filter(uid=uid).first()
    if found is None:
        raise MissingError("platform.record.missing", type="attachment", subject=uid)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs between two versions."""

    field: str
    before: object
    after: object


def differences(older: Version | None, newer: Version) -> list[Change]:
    """Return what a version changed against the one before it, field by field, from the logged payloads."""
    after = _said(newer)
    before = _said(older) if older is not None else dict.fromkeys(after)
    return [Change(name, before.get(name), value) for name, value in after.items() if before.get(name) != value]


def _said(version: Version) -> dict[str, object]:
    payload = schema.decode(bytes(version.payload))
    times = {"valid_from": payload.valid_from, "valid_to": payload.valid_to, "retired": payload.retired}
    return {**schema.project(payload), **times}
