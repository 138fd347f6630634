"""Duties are state, not cron: a job asks once a minute which are due, so a server that was off catches up.

Rules are data (``rules.yaml``): each names its period, its deadline by dated entries, and who is told.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

import yaml
from django.db import transaction

from tanheng.core.period import Month
from tanheng.platform.errors import ConflictError
from tanheng.platform.notice.models import Duty
from tanheng.platform.record.actor import Actor, require

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a duty for periods from ``start`` up to and with ``end`` is due."""

    start: str
    end: str | None
    days_after: int | None
    on: tuple[int, int] | None
    years_later: int
    source: Mapping[str, str]

    def due(self, period: str) -> datetime.date:
        """Return the due day for ``period`` (``2026-10`` or ``2026``)."""
        if self.on is not None:
            return datetime.date(int(period[:4]) + self.years_later, *self.on)
        return last_day(period) + ONE_DAY * (self.days_after or 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One duty that comes back with each period."""

    id: str
    title: Mapping[str, str]
    every: str
    roles: tuple[str, ...]
    lead_days: int
    deadlines: tuple[Deadline, ...]

    def deadline(self, period: str) -> Deadline | None:
        """Return the entry that holds for ``period``."""
        for one in self.deadlines:
            if one.start <= period and (one.end is None or period <= one.end):
                return one
        return None


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Return the rules by id."""
    data = yaml.safe_load((resources.files(__package__) / "rules.yaml").read_text(encoding="utf-8"))
    return {name: _rule(name, entry) for name, entry in data.items()}


def _rule(name: str, entry: Mapping[str, object]) -> Rule:
    return Rule(
        id=name,
        title=entry["title"],  # type: ignore[arg-type]  # the file's shape is proved by its test
        every=str(entry["every"]),
        roles=tuple(entry["roles"]),  # type: ignore[arg-type]
        lead_days=int(str(entry["lead_days"])),
        deadlines=tuple(_deadline(one) for one in entry["deadlines"]),  # type: ignore[attr-defined]
    )


def _deadline(entry: Mapping[str, object]) -> Deadline:
    on = str(entry["day"]).split("-") if "day" in entry else None
    return Deadline(
        start=str(entry["from"]),
        end=str(entry["to"]) if "to" in entry else None,
        days_after=int(str(entry["days_after"])) if "days_after" in entry else None,
        on=(int(on[0]), int(on[1])) if on is not None else None,
        years_later=int(str(entry.get("years_later", 0))),
        source=entry["source"],  # type: ignore[arg-type]
    )


def last_day(period: str) -> datetime.date:
    """Return the last day of ``2026-10`` or ``2026``."""
    return Month.parse(period).last_day if "-" in period else datetime.date(int(period), 12, 31)


def _periods(rule: Rule, *, founded: datetime.date, today: datetime.date) -> Iterator[str]:
    """Yield the periods of a rule from the plant's founding to the present one."""
    if rule.every == "year":
        yield from (str(year) for year in range(founded.year, today.year + 1))
        return
    month = Month(founded.year, founded.month)
    while month <= Month(today.year, today.month):
        yield str(month)
        month = month.next()


@transaction.atomic
def open_due(plant: int, *, founded: datetime.date, today: datetime.date) -> list[Duty]:
    """Make the duties whose time has come and that do not exist yet; return the new ones.

    A duty opens ``lead_days`` before its due day, or when its period has ended, whichever is earlier.
    """
    made = []
    for rule in rules().values():
        known = set(Duty.objects.filter(plant_id=plant, rule=rule.id).values_list("period", flat=True))
        for period in _periods(rule, founded=founded, today=today):
            deadline = rule.deadline(period)
            if deadline is None or period in known:
                continue
            due_on = deadline.due(period)
            opens_on = min(due_on, last_day(period) + ONE_DAY, due_on - ONE_DAY * rule.lead_days)
            if opens_on <= today:
                duty, new = Duty.objects.get_or_create(
                    plant_id=plant, rule=rule.id, period=period, defaults={"opens_on": opens_on, "due_on": due_on}
                )
                made += [duty] if new else []
    return made


@dataclass(frozen=True, slots=True)
class Call:
    """Something to tell about a duty: it opened, it is near its day, or its day has passed."""

    duty: Duty
    kind: str


@transaction.atomic
def due(plant: int, *, now: datetime.datetime, today: datetime.date) -> list[Call]:
    """Return what is to be told about the plant's open duties, each thing once in the duty's life.

    Parameters
    ----------
    now : datetime
        The present, for the marks.
    today : date
        The present day in the plant's zone.
    """
    calls = []
    for duty in Duty.objects.select_for_update().filter(plant_id=plant, done_at__isnull=True):
        rule = rules().get(duty.rule)
        lead = ONE_DAY * (rule.lead_days if rule is not None else 7)
        if duty.overdue_at is None and today > duty.due_on:
            duty.overdue_at = now
            calls.append(Call(duty, "overdue"))
        elif duty.warned_at is None and duty.due_on - lead <= today <= duty.due_on:
            duty.warned_at = now
            calls.append(Call(duty, "near"))
        elif duty.deferred_at is None:
            calls.append(Call(duty, "open"))
        else:
            continue
        duty.deferred_at = duty.deferred_at or now
        duty.save(update_fields=["deferred_at", "warned_at", "overdue_at"])
    return calls


@transaction.atomic
def finish(duty: Duty, *, actor: Actor, now: datetime.datetime, note: str = "") -> Duty:
    """End a duty.

    Raises
    ------
    RightsError
    ConflictError
        It is done already.
    """
    require(actor, "notice.finish_duty", duty.plant_id)
    row = Duty.objects.select_for_update().get(pk=duty.pk)
    if row.done_at is not None:
        raise ConflictError("platform.duty.done", duty=f"{row.rule} {row.period}")
    row.done_at, row.done_by, row.note = now, actor.uid, note.strip()
    row.save(update_fields=["done_at", "done_by", "note"])
    return row
