"""Keeping the ledgers of an app: one record, many records, the end of one. Each is checked first, then versioned and logged.

::

    KEEPING = Keeping("laboratory", permission="laboratory.write", checks={Sample: SampleCheck})
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction

from tanheng.core.errors import InputError
from tanheng.platform.errors import MissingError
from tanheng.platform.record import audit, schema, versions
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.checking import Check
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
        What writing needs.
    checks : mapping
        Of each ledger, what its contents are checked by.
    """

    app: str
    permission: str
    checks: Mapping[type[Version], type[Check]]

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
        RightsError
        InputError
            With every fault of the content.
        ConflictError
            Somebody wrote a version after the one seen, or the record is retired.
        MissingError
            There is no record ``subject``.
        """
        require(actor, self.permission, plant.pk)
        faults = [fault for _, fault in self._check_of(model, plant).faults([content], subject)]
        if faults:
            raise InputError("platform.plant.refused", findings=faults, count=len(faults))
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
        RightsError
        InputError
            With every fault of every record; the field ``row`` counts from 1.
        """
        require(actor, self.permission, plant.pk)
        if not contents:
            return []
        found = self._check_of(model, plant).faults(contents, None)
        for place, fault in found:
            fault.fields["row"] = place + 1
        if found:
            raise InputError("platform.plant.refused", findings=[fault for _, fault in found], count=len(found))
        rows = versions.write_many(
            model, plant=plant.pk, actor=actor, schema_id=_schema_id(model), contents=contents, valid_from=valid_from
        )
        audit.note(f"{self.app}.save_{model.TYPE}", actor=actor, plant=plant.pk, detail={"count": len(rows)})
        return rows

    @transaction.atomic
    def retire(self, model: type[V], *, plant: Plant, actor: Actor, subject: uuid.UUID, seen: int, reason: str) -> V:
        """End a record that was entered by mistake or no longer exists; its versions stay.

        Raises
        ------
        RightsError, ConflictError, MissingError
        InputError
            The reason is missing, or other records name it.
        """
        require(actor, self.permission, plant.pk)
        check = self._check_of(model, plant)
        rows: Any = model._default_manager  # Any: heirs of Version; Django's documented name
        last = rows.filter(plant=plant, subject=subject).order_by("-version").first()
        if last is None or last.retired:
            raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
        content = schema.decode(bytes(last.payload)).content
        fault = check.retiring(content)
        if fault is not None:
            raise fault
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
        audit.note(f"{self.app}.retire_{model.TYPE}", actor=actor, plant=plant.pk, subject=str(subject))
        return row

    def hold(self, model: type[Version], plant: Plant) -> None:
        """Keep other transactions from writing the ledgers of a model's lock until this one ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [self.checks[model].lock, plant.pk])

    def _check_of(self, model: type[Version], plant: Plant) -> Check:
        """Return the check of a ledger, once no other transaction writes the ledgers of its lock: what it reads stays so."""
        self.hold(model, plant)
        return self.checks[model](plant)


def _schema_id(model: type[Version]) -> str:
    return str(getattr(model, "SCHEMA"))  # noqa: B009  # heirs of Version have it
