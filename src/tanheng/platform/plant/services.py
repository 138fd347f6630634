"""Changing the plant's master data: checked, versioned, logged, in one transaction."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

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
    found = _Context.of(plant, type(content)).faults(content)
    if found:
        return found
    match content:
        case enterprise_1.Enterprise():
            return _second_enterprise(plant, subject)
        case site_1.Site():
            return _taken(Site, "code", content.code, plant, subject, {"code": content.code})
        case permit_1.Permit():
            return _taken(Permit, "number", content.number, plant, subject, {"kind": content.kind, "number": content.number})
        case line_1.Line():
            return _taken(Line, "code", content.code, plant, subject, {"code": content.code})


@dataclass(frozen=True, slots=True)
class _Context:
    """What a record is checked against beside itself."""

    today: datetime.date
    sites: frozenset[str]
    lines: frozenset[str]

    @classmethod
    def of(cls, plant: Plant, kind: type) -> _Context:
        today = PlantClock(plant.zone).local(clock.now_ms(plant)).date()
        sites = codes(Site, plant.pk) if kind is line_1.Line else frozenset[str]()
        lines = codes(Line, plant.pk) if kind is permit_1.Permit else frozenset[str]()
        return cls(today, sites, lines)

    def faults(self, content: Content) -> list[InputError]:
        match content:
            case enterprise_1.Enterprise():
                return rules.check_enterprise(content, today=self.today)
            case site_1.Site():
                return rules.check_site(content)
            case permit_1.Permit():
                return rules.check_permit(content, lines=self.lines, today=self.today)
            case line_1.Line():
                return rules.check_line(content, sites=self.sites, today=self.today)


def _taken(
    model: type[Version], field: str, value: str, plant: Plant, subject: uuid.UUID | None, key: dict[str, str]
) -> list[InputError]:
    """Return the fault of a key that another record uses. Most keys were never used: that is found out by one look-up."""
    rows: Any = model._default_manager  # Any: heirs of Version; Django's documented name
    others = rows.filter(plant=plant, **key)
    if subject is not None:
        others = others.exclude(subject=subject)
    if not others.exists():
        return []
    taken = rows.filter(plant=plant).latest_versions().filter(subject__in=others.values("subject"), **key).exists()
    return [InputError("platform.plant.taken", field=field, value=value)] if taken else []


def _second_enterprise(plant: Plant, subject: uuid.UUID | None) -> list[InputError]:
    others = Enterprise.objects.filter(plant=plant).latest_versions()
    if subject is not None:
        others = others.exclude(subject=subject)
    return [InputError("platform.plant.one_enterprise", field="credit_code", plant=plant.code)] if others.exists() else []


@transaction.atomic
def save_many(
    model: type[V], contents: Sequence[Content], *, plant: Plant, actor: Actor, valid_from: datetime.date | None = None
) -> list[V]:
    """Enter many new records: all of them or none.

    Raises
    ------
    RightsError
    InputError
        With every fault of every record; the field ``row`` counts from 1.
    """
    require(actor, "plant.write", plant.pk)
    _one_at_a_time(model, plant.pk)
    faults = list(_faults_of_many(contents, plant))
    if faults:
        raise InputError("platform.plant.refused", findings=faults, count=len(faults))
    schema_id = str(getattr(model, "SCHEMA"))  # noqa: B009  # heirs of Version have it
    rows = versions.write_many(
        model, plant=plant.pk, actor=actor, schema_id=schema_id, contents=contents, valid_from=valid_from
    )
    audit.note(f"plant.save_{model.TYPE}", actor=actor, plant=plant.pk, detail={"count": len(rows)})
    return rows


def _faults_of_many(contents: Sequence[Content], plant: Plant) -> Iterator[InputError]:
    if not contents:
        return
    context = _Context.of(plant, type(contents[0]))
    used = _keys_in_use(contents[0], plant)
    for number, content in enumerate(contents, 1):
        found = context.faults(content)
        field, key = _key(content)
        if not found and key in used:
            found = [InputError("platform.plant.taken", field=field, value=key[-1])]
        used.add(key)
        for fault in found:
            fault.fields["row"] = number
        yield from found


def _key(content: Content) -> tuple[str, tuple[str, ...]]:
    """Return the field that must be unique, and what must be unique."""
    match content:
        case enterprise_1.Enterprise():
            return "credit_code", ("",)
        case permit_1.Permit():
            return "number", (content.kind.value, content.number)
        case site_1.Site() | line_1.Line():
            return "code", (content.code,)


def _keys_in_use(example: Content, plant: Plant) -> set[tuple[str, ...]]:
    match example:
        case enterprise_1.Enterprise():
            return {("",)} if Enterprise.objects.filter(plant=plant).latest_versions().exists() else set()
        case permit_1.Permit():
            return set(Permit.objects.filter(plant=plant).latest_versions().values_list("kind", "number"))
        case site_1.Site():
            return {(code,) for code in codes(Site, plant.pk)}
        case line_1.Line():
            return {(code,) for code in codes(Line, plant.pk)}
