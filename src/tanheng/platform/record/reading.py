"""Reading the ledgers of an app: rows, one record, its history.

Every read is inside the scope of the request, which hides other plants.

::

    READS = Reads("laboratory.read")
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from tanheng.core.period import PlantClock
from tanheng.platform.errors import MissingError
from tanheng.platform.record import clock
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant, Version

V = TypeVar("V", bound=Version)


def today(plant: Plant) -> datetime.date:
    """Return the present day in the plant's zone, on its clock."""
    return PlantClock(plant.zone).local(clock.now_ms(plant)).date()


@dataclass(frozen=True, slots=True)
class Reads:
    """What pages and API read the ledgers of an app by.

    Parameters
    ----------
    permission : str
        Who lacks it at a plant sees nothing of it.
    dated : mapping, optional
        Of ledgers whose records say themselves from when until when they hold: the fields of the first day and of the first day
        no more, the second empty where there is none.
    """

    permission: str
    dated: Mapping[type[Version], tuple[str, str]] = field(default_factory=dict)

    def plants(self, actor: Actor) -> QuerySet[Plant]:
        """Return the plants at which the actor may read."""
        keys = [plant for plant in actor.plants() if actor.may(self.permission, plant)]
        return Plant.objects.filter(pk__in=keys).order_by("code")

    def plant_by_code(self, actor: Actor, code: str) -> Plant:
        """Return one plant.

        Raises
        ------
        MissingError
            There is none, or not for this actor.
        """
        found = self.plants(actor).filter(code=code).first()
        if found is None:
            raise MissingError("platform.plant.unknown", code=code)
        return found

    def ledger(self, actor: Actor, model: type[V], plant: Plant, *, on: datetime.date | None = None) -> QuerySet[V]:
        """Return the rows of a ledger: the last version of each record, or what holds on a day.

        Raises
        ------
        RightsError
        """
        require(actor, self.permission, plant.pk)
        rows = _rows(model, plant)
        found: QuerySet[V]
        if on is None:
            found = rows.latest_versions()
        elif model in self.dated:
            found = rows.latest_versions().filter(_held(*self.dated[model], on))
        else:
            found = rows.on(on)
        return found

    def one(self, actor: Actor, model: type[V], plant: Plant, subject: uuid.UUID) -> V:
        """Return the last version of one record.

        Raises
        ------
        RightsError
        MissingError
            There is none, or not for this actor, or it is retired.
        """
        found = self.ledger(actor, model, plant).filter(subject=subject).first()
        if found is None:
            raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
        return found

    def history(self, actor: Actor, model: type[V], plant: Plant, subject: uuid.UUID) -> list[V]:
        """Return all versions of one record, newest first.

        Raises
        ------
        RightsError, MissingError
        """
        require(actor, self.permission, plant.pk)
        found: list[V] = list(_rows(model, plant).history(subject))
        if not found:
            raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
        return found


def _held(start: str, end: str, day: datetime.date) -> Q:
    begun = Q(**{f"{start}__lte": day})
    return begun & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": day})) if end else begun


def _rows(model: type[Version], plant: Plant) -> Any:  # Any: heirs of Version have the same manager
    rows: Any = model._default_manager  # Any: as above; Django's documented name
    return rows.filter(plant=plant)
