"""Founding a plant: the tenant and its log, whose entry 0 says so."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from tanheng.core import canonical
from tanheng.core.errors import InputError
from tanheng.core.period import zone as zone_of
from tanheng.platform.database.scope import widened
from tanheng.platform.errors import ConflictError
from tanheng.platform.record import audit, outbox
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant
from tanheng.trust.statement import StatementType


@transaction.atomic
def found(
    *,
    actor: Actor,
    code: str,
    name_zh: str,
    name_en: str = "",
    zone: str = "Asia/Shanghai",
    demonstration: bool = False,
    clock_offset_ms: int = 0,
) -> Plant:
    """Found a plant and begin its log.

    Parameters
    ----------
    code : str
        Short name in lower-case letters, digits and hyphens; it names the log and its folder for ever.

    Raises
    ------
    InputError
        The code breaks its rule.
    PeriodError
        The zone is unknown.
    ConflictError
        The code is taken.
    """
    require(actor, "record.found_plant", None)
    zone_of(zone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('record_plant', 'id'))")
        key = int(cursor.fetchone()[0])
        cursor.execute("SELECT plant_code_taken(%s)", [code])
        if cursor.fetchone()[0]:
            raise ConflictError("platform.plant.code_taken", code=code)
    plant = Plant(
        id=key,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        zone=zone,
        demonstration=demonstration,
        clock_offset_ms=clock_offset_ms if demonstration else 0,
    )
    try:
        plant.clean_fields()
    except ValidationError as error:
        field = min(error.message_dict)
        raise InputError("platform.plant.field", field=field, value=getattr(plant, field)) from error
    with widened(key):
        plant.save(force_insert=True)
        outbox.record(
            key,
            type=StatementType.CONFIGURATION,
            subject=f"plant/{plant.uid}",
            version=1,
            media="plant-founded/1",
            payload=canonical.dumps({"code": code, "demonstration": demonstration, "zone": zone}),
            actor=actor,
            keep_payload=True,
        )
        audit.note("record.found_plant", actor=actor, plant=key, subject=str(plant.uid), detail={"code": code})
        plant.refresh_from_db()
    return plant
