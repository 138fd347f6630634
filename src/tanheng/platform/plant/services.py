"""Changing the plant's master data: checked, versioned, logged, in one transaction."""

from __future__ import annotations

import datetime
import uuid
from typing import TypeVar

from django.db import connection, transaction

from tanheng.core.errors import InputError
from tanheng.core.period import PlantClock
from tanheng.platform.errors import MissingError
from tanheng.platform.plant import rules
from tanheng.platform.plant.models import Enterprise, Line, Permit, Site
from tanheng.platform.plant.schemas import enterprise_1, line_1, permit_1, site_1
from tanheng.platform.plant.selectors import codes
from tanheng.platform.record import audit, clock, schema, versions
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant, Version

V = TypeVar("V", bound=Version)
Content = enterprise_1.Enterprise | site_1.Site | permit_1.Permit | line_1.Line


@transaction.atomic
def save(
    model: type[V],
    content: Content,
    *,
    plant: Plant,
    actor: Actor,
    subject: uuid.UUID | None = None,
    seen: int | None = None,
    reason: str = "",
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
) -> V:
    """Enter or correct a record.

    Raises
    ------
    RightsError
    InputError
        With every fault of the content.
    ConflictError
        Somebody wrote a version after the one seen, or the record is retired.
    MissingError
        There is no record ``subject``.
    """
    require(actor, "plant.write", plant.pk)
    _one_at_a_time(model, plant.pk)
    faults = _faults(content, plant, subject)
    if faults:
        raise InputError("platform.plant.refused", findings=faults, count=len(faults))
    row = versions.write(
        model,
        plant=plant.pk,
        actor=actor,
        schema_id=str(getattr(model, "SCHEMA")),  # noqa: B009  # heirs of Version have it
        content=content,
        subject=subject,
        seen=seen,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    audit.note(
        f"plant.save_{model.TYPE}", actor=actor, plant=plant.pk, subject=str(row.subject), detail={"version": row.version}
    )
    return row


@transaction.atomic
def retire(model: type[V], *, plant: Plant, actor: Actor, subject: uuid.UUID, seen: int, reason: str) -> V:
    """End a record that was entered by mistake or no longer exists; its versions stay.

    Raises
    ------
    RightsError, ConflictError, MissingError
    InputError
        The reason is missing.
    """
    require(actor, "plant.write", plant.pk)
    rows = model.objects.filter(plant=plant, subject=subject)
    last = rows.order_by("-version").first()
    if last is None or last.retired:
        raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
    content = schema.decode(bytes(last.payload)).content
    row = versions.write(
        model,
        plant=plant.pk,
        actor=actor,
        schema_id=last.schema,
        content=content,
        subject=subject,
        seen=seen,
        reason=reason,
        valid_from=last.valid_from,
        valid_to=last.valid_to,
        retired=True,
    )
    audit.note(f"plant.retire_{model.TYPE}", actor=actor, plant=plant.pk, subject=str(subject))
    return row


def _one_at_a_time(model: type[Version], plant: int) -> None:
    """Let one transaction at a time write a ledger of a plant, so that codes stay unique."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [model.TYPE, plant])


def _faults(content: Content, plant: Plant, subject: uuid.UUID | None) -> list[InputError]:
    """Return the faults of the content itself, and only of a good one those against the plant's other records."""
    today = PlantClock(plant.zone).local(clock.now_ms(plant)).date()
    match content:
        case enterprise_1.Enterprise():
            return rules.check_enterprise(content, today=today) or _second_enterprise(plant, subject)
        case site_1.Site():
            return rules.check_site(content) or _taken(Site, content.code, plant, subject)
        case permit_1.Permit():
            lines = codes(Line, plant.pk)
            return rules.check_permit(content, lines=lines, today=today) or _same_number(content, plant, subject)
        case line_1.Line():
            sites = codes(Site, plant.pk)
            return rules.check_line(content, sites=sites, today=today) or _taken(Line, content.code, plant, subject)


def _taken(model: type[Site] | type[Line], code: str, plant: Plant, subject: uuid.UUID | None) -> list[InputError]:
    others = model.objects.filter(plant=plant).latest_versions().filter(code=code)
    if subject is not None:
        others = others.exclude(subject=subject)
    return [InputError("platform.plant.taken", field="code", value=code)] if others.exists() else []


def _same_number(content: permit_1.Permit, plant: Plant, subject: uuid.UUID | None) -> list[InputError]:
    others = Permit.objects.filter(plant=plant).latest_versions().filter(kind=content.kind, number=content.number)
    if subject is not None:
        others = others.exclude(subject=subject)
    return [InputError("platform.plant.taken", field="number", value=content.number)] if others.exists() else []


def _second_enterprise(plant: Plant, subject: uuid.UUID | None) -> list[InputError]:
    others = Enterprise.objects.filter(plant=plant).latest_versions()
    if subject is not None:
        others = others.exclude(subject=subject)
    return [InputError("platform.plant.one_enterprise", field="credit_code", plant=plant.code)] if others.exists() else []
