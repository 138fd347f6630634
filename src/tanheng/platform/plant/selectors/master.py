"""Reading the plant's master data. Every read is inside the scope of the request, which hides other plants."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, TypeVar

from django.db.models import QuerySet

from tanheng.core.period import PlantClock
from tanheng.platform.errors import MissingError
from tanheng.platform.plant.models import Line, Site
from tanheng.platform.record import clock
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant, Version

V = TypeVar("V", bound=Version)


def today(plant: Plant) -> datetime.date:
    """Return the present day in the plant's zone, on its clock."""
    return PlantClock(plant.zone).local(clock.now_ms(plant)).date()


def plants(actor: Actor) -> QuerySet[Plant]:
    """Return the plants at which the actor may read master data."""
    keys = [plant for plant in actor.plants() if actor.may("plant.read", plant)]
    return Plant.objects.filter(pk__in=keys).order_by("code")


def plant_by_code(actor: Actor, code: str) -> Plant:
    """Return one plant.

    Raises
    ------
    MissingError
        There is none, or not for this actor.
    """
    found = plants(actor).filter(code=code).first()
    if found is None:
        raise MissingError("platform.plant.unknown", code=code)
    return found


def ledger(actor: Actor, model: type[V], plant: Plant, *, on: datetime.date | None = None) -> QuerySet[V]:
    """Return the rows of a ledger: the last version of each record, or what holds on a day."""
    require(actor, "plant.read", plant.pk)
    rows: Any = model.objects  # Any: heirs of Version have the same manager
    rows = rows.filter(plant=plant)
    found: QuerySet[V] = rows.on(on) if on is not None else rows.latest_versions()
    return found


def one(actor: Actor, model: type[V], plant: Plant, subject: uuid.UUID) -> V:
    """Return the last version of one record.

    Raises
    ------
    MissingError
        There is none, or not for this actor, or it is retired.
    """
    found = ledger(actor, model, plant).filter(subject=subject).first()
    if found is None:
        raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
    return found


def history(actor: Actor, model: type[V], plant: Plant, subject: uuid.UUID) -> list[V]:
    """Return all versions of one record, newest first.

    Raises
    ------
    MissingError
    """
    require(actor, "plant.read", plant.pk)
    rows: Any = model.objects  # Any: as above
    found: list[V] = list(rows.filter(plant=plant).history(subject))
    if not found:
        raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
    return found


def codes(model: type[Site] | type[Line], plant: int) -> frozenset[str]:
    """Return the codes in use."""
    return frozenset(model.objects.filter(plant_id=plant).latest_versions().values_list("code", flat=True))
