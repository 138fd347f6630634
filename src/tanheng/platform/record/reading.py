"""Reading the ledgers of an app: rows, one record, its history.

Every read is inside the scope of the request, which hides other plants.

::

    READS = Reads("laboratory.read")
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet

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
    """

    permission: str

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
        found: QuerySet[V] = _rows(model, plant).on(on) if on is not None else _rows(model, plant).latest_versions()
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


def _rows(model: type[Version], plant: Plant) -> Any:  # Any: heirs of Version have the same manager
    rows: Any = model._default_manager  # Any: as above; Django's documented name
    return rows.filter(plant=plant)
