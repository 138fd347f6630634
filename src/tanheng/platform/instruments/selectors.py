"""Reading the instrument ledgers. Every read is inside the scope of the request, which hides other plants."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from tanheng.core.period import PlantClock
from tanheng.metrology.instruments.model import Register
from tanheng.platform.errors import MissingError
from tanheng.platform.instruments.models import (
    Certificate,
    Chain,
    Confirmation,
    Installation,
    Instrument,
    Seal,
    Spell,
    YearEnd,
)
from tanheng.platform.instruments.register import Rows, register_of
from tanheng.platform.plant.selectors import plant_by_code
from tanheng.platform.record import clock
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant, Version

__all__ = ["history", "ledger", "one", "plant_by_code", "register", "today"]

V = TypeVar("V", bound=Version)


def today(plant: Plant) -> datetime.date:
    """Return the present day in the plant's zone, on its clock."""
    return PlantClock(plant.zone).local(clock.now_ms(plant)).date()


def ledger(actor: Actor, model: type[V], plant: Plant, *, on: datetime.date | None = None) -> QuerySet[V]:
    """Return the rows of a ledger: the last version of each record, or what holds on a day."""
    require(actor, "instruments.read", plant.pk)
    rows: Any = model.objects  # Any: heirs of Version have the same manager
    found: QuerySet[V] = rows.filter(plant=plant).latest_versions()
    if on is None:
        return found
    return found.filter(_on(model, on)) if model in _DATED else rows.filter(plant=plant).on(on)


_DATED: dict[type[Version], tuple[str, str]] = {
    Installation: ("started_on", "ended_on"),
    Seal: ("applied_on", "removed_on"),
    Certificate: ("issued_on", ""),
    Confirmation: ("confirmed_on", ""),
    Spell: ("started_on", ""),
    YearEnd: ("frozen_on", ""),
}
"""Records that say themselves from when until when they are about: first day, and first day no more."""


def _on(model: type[Version], day: datetime.date) -> Q:
    start, end = _DATED[model]
    begun = Q(**{f"{start}__lte": day})
    return begun & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": day})) if end else begun


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
    require(actor, "instruments.read", plant.pk)
    rows: Any = model.objects  # Any: as above
    found: list[V] = list(rows.filter(plant=plant).history(subject))
    if not found:
        raise MissingError("platform.record.missing", type=model.TYPE, subject=subject)
    return found


def register(actor: Actor, plant: Plant, *, on: datetime.date | None = None) -> Register:
    """Return the plant's instruments with all that happened to them.

    Parameters
    ----------
    on : date, optional
        Instruments and chains as they were entered for that day; by default their last versions. Spells, installations and
        certificates are always all there: each says itself of which days it speaks, so one register holds the history.

    Raises
    ------
    RightsError
    """
    return register_of(
        Rows(
            instruments=ledger(actor, Instrument, plant, on=on),
            spells=ledger(actor, Spell, plant),
            chains=ledger(actor, Chain, plant, on=on),
            installations=ledger(actor, Installation, plant),
            certificates=ledger(actor, Certificate, plant),
            confirmations=ledger(actor, Confirmation, plant),
        )
    )
