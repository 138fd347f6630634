"""Changing the instrument ledgers: checked, versioned, logged, in one transaction."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction

from tanheng.accounting.plant import Words
from tanheng.core.errors import InputError
from tanheng.metrology.instruments import lifecycle
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.errors import ConflictError, MissingError
from tanheng.platform.instruments import selectors, watching
from tanheng.platform.instruments.known import Content, Known
from tanheng.platform.instruments.models import Certificate, Chain, Confirmation, Installation, Instrument, Seal, Spell
from tanheng.platform.instruments.rules import check
from tanheng.platform.instruments.schemas import confirmation_1, instrument_1
from tanheng.platform.instruments.schemas.chain_1 import members_of
from tanheng.platform.instruments.words import NOUN, USE
from tanheng.platform.record import audit, schema, versions
from tanheng.platform.record.actor import Actor, refuse_same_person, require
from tanheng.platform.record.models import Plant, Version

V = TypeVar("V", bound=Version)

UNDATED: frozenset[type[Version]] = frozenset({Installation, Spell, Seal, Certificate, Confirmation})
"""Records that say themselves from when until when they hold: a validity beside that would be a second answer."""


def permission(model: type[Version]) -> str:
    """Return what writing a ledger needs."""
    return "instruments.confirm" if model is Confirmation else "instruments.write"


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
    DutiesError
        A certificate is confirmed by who entered it.
    InputError
        With every fault of the content.
    ConflictError
        Somebody wrote a version after the one seen, or the database holds what the service overlooked.
    MissingError
        There is no record ``subject``.
    """
    require(actor, permission(model), plant.pk)
    one_at_a_time(plant.pk)
    known = Known(plant, selectors.today(plant), subject=subject)
    faults = [*check(content, known), *_undated(model, valid_from, valid_to), *_renamed(content, plant, subject)]
    if faults:
        raise InputError("platform.plant.refused", findings=faults, count=len(faults))
    _refuse_own(content, plant, actor)
    row = versions.write(
        model,
        plant=plant.pk,
        actor=actor,
        schema_id=_schema_of(model),
        content=content,
        subject=subject,
        seen=seen,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    hold(model)
    if isinstance(row, Certificate) and seen is not None and row.version > seen:
        _end_confirmation(row, plant, actor)
    audit.note(
        f"instruments.save_{model.TYPE}", actor=actor, plant=plant.pk, subject=str(row.subject), detail={"version": row.version}
    )
    return row


@transaction.atomic
def save_many(
    model: type[V], contents: Sequence[Content], *, plant: Plant, actor: Actor, valid_from: datetime.date | None = None
) -> list[V]:
    """Enter many new records: all of them or none.

    Raises
    ------
    RightsError, DutiesError
    InputError
        With every fault of every record; the field ``row`` counts from 1.
    """
    require(actor, permission(model), plant.pk)
    one_at_a_time(plant.pk)
    faults = list(_faults_of_many(model, contents, plant, valid_from))
    if faults:
        raise InputError("platform.plant.refused", findings=faults, count=len(faults))
    for content in contents:
        _refuse_own(content, plant, actor)
    rows = versions.write_many(
        model, plant=plant.pk, actor=actor, schema_id=_schema_of(model), contents=contents, valid_from=valid_from
    )
    hold(model)
    audit.note(f"instruments.save_{model.TYPE}", actor=actor, plant=plant.pk, detail={"count": len(rows)})
    watching.after_commit(plant)
    return rows


def _faults_of_many(
    model: type[Version], contents: Sequence[Content], plant: Plant, valid_from: datetime.date | None
) -> Iterator[InputError]:
    known = Known(plant, selectors.today(plant))
    for number, content in enumerate(contents, 1):
        found = [*check(content, known), *_undated(model, valid_from, None)]
        known.add(content)
        for fault in found:
            fault.fields["row"] = number
        yield from found


@transaction.atomic
def retire(model: type[V], *, plant: Plant, actor: Actor, subject: uuid.UUID, seen: int, reason: str) -> V:
    """End a record that was entered by mistake; its versions stay. An instrument that is no more is scrapped, not retired.

    Raises
    ------
    RightsError, ConflictError, MissingError
    InputError
        The reason is missing, or other records name it.
    """
    require(actor, permission(model), plant.pk)
    one_at_a_time(plant.pk)
    rows: Any = model._default_manager  # Any: heirs of Version; Django's documented name
    last = rows.filter(plant=plant, subject=subject).order_by("-version").first()
    if last is None or last.retired:
        raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
    users = users_of(last, plant)
    if users:
        raise InputError("platform.instruments.still_named", field="reason", value=_name(last), by=users)
    if isinstance(last, Spell):
        _refuse_gap(last, plant)
    row: V = versions.write(
        model,
        plant=plant.pk,
        actor=actor,
        schema_id=last.schema,
        content=schema.decode(bytes(last.payload)).content,
        subject=subject,
        seen=seen,
        reason=reason,
        valid_from=last.valid_from,
        valid_to=last.valid_to,
        retired=True,
    )
    audit.note(f"instruments.retire_{model.TYPE}", actor=actor, plant=plant.pk, subject=str(subject))
    return row


def _end_confirmation(row: Certificate, plant: Plant, actor: Actor) -> None:
    """Retire the confirmation of a certificate that was corrected: what was confirmed is not what it says now."""
    for last in Confirmation.objects.filter(plant=plant, certificate=str(row.subject)).latest_versions():
        versions.write(
            Confirmation,
            plant=plant.pk,
            actor=actor,
            schema_id=last.schema,
            content=schema.decode(bytes(last.payload)).content,
            subject=last.subject,
            seen=last.version,
            reason=f"certificate v{row.version}: {row.reason}",
            retired=True,
        )


def _refuse_gap(last: Spell, plant: Plant) -> None:
    """Refuse to take away a step without which a later one stands out of turn."""
    known = Known(plant, selectors.today(plant), subject=last.subject)
    found = lifecycle.forbidden(known.steps(last.instrument), taken_over=known.begun(last.instrument))
    if found is not None:
        step, before = found
        earlier = USE[before.state if before is not None else UseState.PENDING]
        code = "platform.instruments.out_of_turn"
        raise InputError(code, field="reason", state=USE[step.state], before=earlier, on=step.start)


def one_at_a_time(plant: int) -> None:
    """Let one transaction at a time write the instrument ledgers of a plant: their rules look across all of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('instruments', %s))", [plant])


def hold(model: type[Version]) -> None:
    """Have the database look at the exclusions now, while the actor can still be told."""
    if model is Installation:
        names = "instrument_installation_one_place, instrument_installation_one_item"
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")
                cursor.execute(f"SET CONSTRAINTS {names} DEFERRED")
        except IntegrityError as error:
            name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "?"
            raise ConflictError("platform.record.constraint", type=model.TYPE, constraint=name) from error


def _schema_of(model: type[Version]) -> str:
    return str(getattr(model, "SCHEMA"))  # noqa: B009  # heirs of Version have it


def _undated(model: type[Version], valid_from: datetime.date | None, valid_to: datetime.date | None) -> list[InputError]:
    given = [("valid_from", valid_from), ("valid_to", valid_to)] if model in UNDATED else []
    return [InputError("platform.instruments.undated", field=field, value=day) for field, day in given if day is not None]


def _refuse_own(content: Content, plant: Plant, actor: Actor) -> None:
    """Refuse who confirms a certificate that they entered or corrected."""
    if isinstance(content, confirmation_1.Confirmation):
        rows = Certificate.objects.filter(plant=plant, subject=uuid.UUID(content.certificate))
        refuse_same_person(actor, rows.values_list("actor", flat=True), duty="confirm a certificate that they entered")


def _renamed(content: Content, plant: Plant, subject: uuid.UUID | None) -> list[InputError]:
    """Refuse a new number for an instrument or chain that other records name."""
    model = Instrument if isinstance(content, instrument_1.Instrument) else Chain
    if subject is None or not hasattr(content, "code"):
        return []
    rows: Any = model._default_manager  # Any: as above
    last = rows.filter(plant=plant, subject=subject).order_by("-version").first()
    if last is None or last.code == content.code:
        return []
    users = users_of(last, plant)
    return [InputError("platform.instruments.still_named", field="code", value=last.code, by=users)] if users else []


def users_of(row: Version, plant: Plant) -> Words | None:
    """Return how many records of which ledgers name this one, in both languages; None where none does."""
    counted: list[Words] = []
    for model, name, value in _naming(row):
        rows: Any = model._default_manager  # Any: as above
        count = rows.filter(plant=plant).latest_versions().filter(**{name: value}).count()
        if count:
            counted.append({language: f"{noun} {count}" for language, noun in NOUN[model.TYPE].items()})
    if isinstance(row, Instrument):
        chains = Chain.objects.filter(plant=plant).latest_versions()
        naming = [chain.code for chain in chains if row.code in members_of(chain)]
        counted += [{language: f"{noun} {code}" for language, noun in NOUN[Chain.TYPE].items()} for code in naming]
    if not counted:
        return None
    return {"zh": "、".join(one["zh"] for one in counted), "en": ", ".join(one["en"] for one in counted)}


def _naming(row: Version) -> list[tuple[type[Version], str, str]]:
    match row:
        case Instrument():
            return [(model, "instrument", row.code) for model in (Spell, Installation, Seal, Certificate)]
        case Chain():
            return [(model, "chain", row.code) for model in (Installation, Certificate)]
        case Certificate():
            return [(Confirmation, "certificate", str(row.subject))]
        case _:
            return []


def _name(row: Version) -> str:
    return str(getattr(row, "code", "") or getattr(row, "number", "") or row.subject)
