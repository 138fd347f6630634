"""The choices of the top bar. They live in the query string, so each view is a link."""

from __future__ import annotations

import functools
import urllib.parse
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from tanheng.core.errors import PeriodError
from tanheng.core.period import DEFAULT_ZONE, Month, PlantClock
from tanheng.platform.errors import MissingError
from tanheng.platform.notice.alarms import open_alarms
from tanheng.platform.plant import selectors
from tanheng.platform.plant.models import Line
from tanheng.platform.record import clock
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.naming import CHINESE, ENGLISH, called

BOUNDARIES = ("clinker", "enterprise")
YEARS = range(1950, 2200)
NAMES = ("plant", "line", "period", "boundary")


@dataclass(frozen=True)
class Choices:
    """What a request looks at.

    Parameters
    ----------
    plants : tuple of Plant
        Those at which the actor may read.
    plant : Plant or None
        The one chosen, else the first; None for somebody without a plant.
    line : str
        Code of the production line; empty for all.
    period : Month
        In plant time; the present month where none is chosen.
    boundary : str
        ``clinker`` or ``enterprise``.
    given : mapping
        What the query string said.
    """

    actor: Actor
    plants: tuple[Plant, ...]
    plant: Plant | None
    line: str
    period: Month
    boundary: str
    given: dict[str, str]

    @property
    def carry(self) -> str:
        """Return the query string that hands the choices on, with its question mark; empty where nothing was chosen."""
        return f"?{urllib.parse.urlencode(self.given)}" if self.given else ""

    @functools.cached_property
    def lines(self) -> list[tuple[str, str]]:
        """Return code and name of the plant's production lines."""
        if self.plant is None:
            return []
        rows = Line.objects.filter(plant=self.plant).latest_versions().order_by("code")
        return [(code, called(*names)) for code, *names in rows.values_list("code", CHINESE, ENGLISH)]

    @functools.cached_property
    def alarms(self) -> int | None:
        """Return how many alarms are open; None for somebody who may not read them."""
        if self.plant is None or not self.actor.may("notice.read", self.plant.pk):
            return None
        return open_alarms(self.plant.pk, now=timezone.now()).count()

    def required_plant(self) -> Plant:
        """Return the plant.

        Raises
        ------
        MissingError
            The actor has none.
        """
        if self.plant is None:
            raise MissingError("platform.ui.no_plant")
        return self.plant


def choices_of(request: HttpRequest, actor: Actor) -> Choices:
    """Return what a request looks at.

    Raises
    ------
    MissingError
        It names a plant that is not there, or not for this actor.
    """
    given = {name: request.GET[name] for name in NAMES if request.GET.get(name)}
    plants = tuple(selectors.plants(actor))
    plant = _plant(plants, given.get("plant"))
    period = _month(given.get("period", ""))
    if period is None:
        given.pop("period", None)
        period = this_month(plant)
    boundary = given.get("boundary", "")
    if boundary not in BOUNDARIES:
        given.pop("boundary", None)
        boundary = BOUNDARIES[0]
    return Choices(actor, plants, plant, given.get("line", ""), period, boundary, given)


def without_choice(actor: Actor) -> Choices:
    """Return the choices of a page that says that what was asked for is not there."""
    plants = tuple(selectors.plants(actor))
    plant = plants[0] if plants else None
    return Choices(actor, plants, plant, "", this_month(plant), BOUNDARIES[0], {})


def _plant(plants: tuple[Plant, ...], code: str | None) -> Plant | None:
    if code is None:
        return plants[0] if plants else None
    for plant in plants:
        if plant.code == code:
            return plant
    raise MissingError("platform.plant.unknown", code=code)


def _month(text: str) -> Month | None:
    try:
        month = Month.parse(text)
    except PeriodError:
        return None
    return month if month.year in YEARS else None


def this_month(plant: Plant | None) -> Month:
    """Return the month it is at a plant, by its clock."""
    return PlantClock(plant.zone if plant is not None else DEFAULT_ZONE).month_of(clock.now_ms(plant))
