"""Keeping the ledgers of an app: one record, many records, the end of one. Each is checked first, then versioned and logged.

::

    KEEPING = Keeping("laboratory", permission="laboratory.write", checks={Sample: SampleCheck})
"""

from __future__ import annotations

import datetime
import operator
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction

from tanheng.platform.errors import MissingError
from tanheng.platform.record import audit, schema, versions
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.checking import Check, Fault, refuse
from tanheng.platform.record.models import Plant, Version

V = TypeVar("V", bound=Version)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What pages and API change the ledgers of an app by.

    Parameters
    ----------
    app : str
        Its name in the audit trail.
    permission : str
        What writing needs, where the check of a ledger names no other.
    checks : mapping
        Of each ledger, what its contents are checked by.
    after_many : callable, optional
        What follows when many records were entered, in their transaction.
    """

    app: str
    permission: str
    checks: Mapping[type[Version], type[Check]]
    after_many: Callable[[Plant], None] | None = None

    @transaction.atomic
    def save(
        self,
        model: type[V],
        content: Any,  # Any: the content of the ledger's payload schema
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
        RightsError, DutiesError
        InputError
            With every fault of the content.
        ConflictError
            Somebody wrote a version after the one seen, or the record is retired.
        MissingError
            There is no record ``subject``.
        """
        self._require(actor, model, plant)
        check = self._check_of(model, plant)
        refuse([fault for _, fault in _faults(check, [content], subject, valid_from, valid_to)])
        check.allow([content], actor)
        row = versions.write(
            model,
            plant=plant.pk,
            actor=actor,
            schema_id=_schema_id(model),
            content=content,
            subject=subject,
            seen=seen,
            reason=reason,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        check.settle([row], seen, actor)
        what, detail = f"{self.app}.save_{model.TYPE}", {"version": row.version}
        audit.note(what, actor=actor, plant=plant.pk, subject=str(row.subject), detail=detail)
        return row

    @transaction.atomic
    def save_many(
        self,
        model: type[V],
        contents: Sequence[Any],  # Any: as above
        *,
        plant: Plant,
        actor: Actor,
        valid_from: datetime.date | None = None,
    ) -> list[V]:
        """Enter many new records: all of them or none.

        Raises
        ------
        RightsError, DutiesError
        InputError
            With every fault of every record; the field ``row`` counts from 1.
        """
        self._require(actor, model, plant)
        if not contents:
            return []
        check = self._check_of(model, plant)
        found = _faults(check, contents, None, valid_from, None)
        for place, fault in found:
            fault.fields["row"] = place + 1
        refuse([fault for _, fault in found])
        check.allow(contents, actor)
        rows = versions.write_many(
            model, plant=plant.pk, actor=actor, schema_id=_schema_id(model), contents=contents, valid_from=valid_from
        )
        check.settle(rows, None, actor)
        audit.note(f"{self.app}.save_{model.TYPE}", actor=actor, plant=plant.pk, detail={"count": len(rows)})
        if self.after_many is not None:
            self.after_many(plant)
        return rows

    @transaction.atomic
    def retire(self, model: type[V], *, plant: Plant, actor: Actor, subject: uuid.UUID, seen: int, reason: str) -> V:
        """End a record that was entered by mistake or no longer exists; its versions stay.

        Raises
        ------
        RightsError, ConflictError, MissingError
        InputError
            The reason is missing, or other records need it.
        """
        self._require(actor, model, plant)
        check = self._check_of(model, plant)
        rows: Any = model._default_manager  # Any: heirs of Version; Django's documented name
        last = rows.filter(plant=plant, subject=subject).order_by("-version").first()
        if last is None or last.retired:
            raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
        fault = check.retiring(last)
        if fault is not None:
            raise fault
        row: V = end(last, actor=actor, seen=seen, reason=reason)
        audit.note(f"{self.app}.retire_{model.TYPE}", actor=actor, plant=plant.pk, subject=str(subject))
        return row

    def hold(self, model: type[Version], plant: Plant) -> None:
        """Keep other transactions from writing the ledgers of a model's lock until this one ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [self.checks[model].lock, plant.pk])

    def _require(self, actor: Actor, model: type[Version], plant: Plant) -> None:
        require(actor, self.checks[model].permission or self.permission, plant.pk)

    def _check_of(self, model: type[Version], plant: Plant) -> Check:
        """Return the check of a ledger, once no other transaction writes the ledgers of its lock: what it reads stays so."""
        self.hold(model, plant)
        return self.checks[model](plant)


def end(last: V, *, actor: Actor, seen: int, reason: str) -> V:
    """Write the version with which a record ends: what its last one says, retired.

    Raises
    ------
    InputError
        The reason is missing.
    ConflictError
        Somebody wrote a version after the one seen.
    """
    return versions.write(
        type(last),
        plant=last.plant_id,
        actor=actor,
        schema_id=last.schema,
        content=schema.decode(bytes(last.payload)).content,
        subject=last.subject,
        seen=seen,
        reason=reason,
        valid_from=last.valid_from,
        valid_to=last.valid_to,
        retired=True,
    )


def _faults(
    check: Check,
    contents: Sequence[Any],  # Any: as above
    subject: uuid.UUID | None,
    valid_from: datetime.date | None,
    valid_to: datetime.date | None,
) -> list[Fault]:
    """Return the faults of contents; where their validity has some too, those of each content stand together."""
    found = check.faults(contents, subject)
    dated = [(place, fault) for place in range(len(contents)) for fault in check.validity(valid_from, valid_to)]
    return sorted([*found, *dated], key=operator.itemgetter(0)) if dated else found


def _schema_id(model: type[Version]) -> str:
    return str(getattr(model, "SCHEMA"))  # noqa: B009  # heirs of Version have it
