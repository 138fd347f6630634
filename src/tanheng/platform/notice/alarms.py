"""Alarms: raised once while they last, acknowledged with a reason, shelved until a time, escalated, cleared; never deleted."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator, Mapping

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from tanheng.core import messages
from tanheng.core.errors import InputError
from tanheng.platform.errors import ConflictError
from tanheng.platform.notice.models import Alarm, AlarmEvent, AlarmRule
from tanheng.platform.record.actor import Actor, require

LONGEST_SHELF = datetime.timedelta(days=31)
Kind = AlarmEvent.Kind


@transaction.atomic
def raise_alarm(
    plant: int,
    *,
    key: str,
    code: str,
    fields: Mapping[str, object],
    priority: Alarm.Priority,
    now: datetime.datetime,
    actor: Actor,
) -> Alarm:
    """Raise an alarm, or count it again while it is open.

    Parameters
    ----------
    key : str
        What it is about, such as ``terminal/T-01/silent``; one open alarm a key.
    code : str
        Code of its message in ``core/messages``.
    priority : Priority
        Unless the plant has a rule for this code.
    """
    with connection.cursor() as cursor:  # two processes that see the same fault raise one alarm
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [key, plant])
    known = Alarm.objects.filter(plant_id=plant, key=key, cleared_at__isnull=True).first()
    if known is not None:
        known.count += 1
        known.last_at = now
        known.save(update_fields=["count", "last_at"])
        return known
    rule = AlarmRule.objects.filter(plant_id=plant, code=code).first()
    alarm = Alarm.objects.create(
        plant_id=plant,
        key=key,
        code=code,
        fields=dict(fields),
        priority=rule.priority if rule is not None else priority,
        raised_at=now,
        last_at=now,
    )
    _note(alarm, Kind.RAISED, actor, now)
    return alarm


@transaction.atomic
def acknowledge(alarm: Alarm, *, actor: Actor, reason: str, now: datetime.datetime) -> Alarm:
    """Acknowledge an open alarm.

    Raises
    ------
    RightsError
    InputError
        No reason is given.
    ConflictError
        It is cleared or acknowledged already.
    """
    require(actor, "notice.acknowledge", alarm.plant_id)
    text = _reason(reason)
    row = _open(alarm)
    if row.acknowledged_at is not None:
        raise ConflictError("platform.alarm.acknowledged", key=row.key)
    row.acknowledged_at = now
    row.save(update_fields=["acknowledged_at"])
    _note(row, Kind.ACKNOWLEDGED, actor, now, reason=text)
    return row


@transaction.atomic
def shelve(alarm: Alarm, *, actor: Actor, reason: str, until: datetime.datetime, now: datetime.datetime) -> Alarm:
    """Put an open alarm aside until a time, at most 31 days ahead.

    Raises
    ------
    RightsError, ConflictError
    InputError
        No reason, or a time that is past or too far.
    """
    require(actor, "notice.shelve", alarm.plant_id)
    text = _reason(reason)
    if not now < until <= now + LONGEST_SHELF:
        raise InputError("platform.alarm.until", until=until.isoformat(), days=LONGEST_SHELF.days)
    row = _open(alarm)
    row.shelved_until = until
    row.save(update_fields=["shelved_until"])
    _note(row, Kind.SHELVED, actor, now, reason=text, until=until)
    return row


@transaction.atomic
def clear(plant: int, *, key: str, actor: Actor, now: datetime.datetime, reason: str = "") -> bool:
    """Clear the open alarm of ``key``, because its cause is gone; tell whether there was one."""
    row = Alarm.objects.select_for_update().filter(plant_id=plant, key=key, cleared_at__isnull=True).first()
    if row is None:
        return False
    row.cleared_at = max(now, row.raised_at)
    row.save(update_fields=["cleared_at"])
    _note(row, Kind.CLEARED, actor, now, reason=reason)
    return True


@transaction.atomic
def tick(plant: int, *, now: datetime.datetime, actor: Actor) -> list[Alarm]:
    """Take expired shelves down, and return the alarms that nobody acknowledged in their rule's time, each once."""
    expired = Alarm.objects.select_for_update().filter(plant_id=plant, cleared_at__isnull=True, shelved_until__lte=now)
    for row in expired:
        row.shelved_until = None
        row.save(update_fields=["shelved_until"])
        _note(row, Kind.UNSHELVED, actor, now)
    late: list[Alarm] = []
    for rule in AlarmRule.objects.filter(plant_id=plant, escalate_after_minutes__isnull=False):
        limit = now - datetime.timedelta(minutes=rule.escalate_after_minutes or 0)
        rows = open_alarms(plant, now=now).select_for_update().filter(code=rule.code, raised_at__lte=limit)
        for row in rows.filter(acknowledged_at__isnull=True, escalated_at__isnull=True):
            row.escalated_at = now
            row.save(update_fields=["escalated_at"])
            _note(row, Kind.ESCALATED, actor, now)
            late.append(row)
    return late


def open_alarms(plant: int, *, now: datetime.datetime) -> QuerySet[Alarm]:
    """Return the alarms that ask for a person now: open and not on a shelf."""
    return Alarm.objects.filter(
        Q(shelved_until__isnull=True) | Q(shelved_until__lte=now), plant_id=plant, cleared_at__isnull=True
    )


def history_csv(plant: int, *, language: str) -> Iterator[str]:
    """Yield the history of all alarms of a plant as lines of CSV; run it in a scope."""
    columns = ["alarm", "key", "priority", "message", "event", "at", "actor", "reason", "until"]
    yield _line(columns)
    rows = AlarmEvent.objects.filter(plant_id=plant).select_related("alarm").order_by(F("id").asc())
    for event in rows.iterator(chunk_size=500):
        text = messages.render(event.alarm.code, language, event.alarm.fields)
        until = event.until.isoformat() if event.until else ""
        about = [event.alarm.uid, event.alarm.key, event.alarm.priority, text]
        yield _line([*about, event.kind, event.at.isoformat(), event.actor, event.reason, until])


def _line(values: list[object] | list[str]) -> str:
    output = io.StringIO()
    csv.writer(output).writerow([escaped(str(value)) for value in values])
    return output.getvalue()


def escaped(text: str) -> str:
    """Return ``text`` so that a spreadsheet shows it and does not run it: an apostrophe goes before a formula's first sign."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _open(alarm: Alarm) -> Alarm:
    row = Alarm.objects.select_for_update().get(pk=alarm.pk)
    if row.cleared_at is not None:
        raise ConflictError("platform.alarm.cleared", key=row.key)
    return row


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError("platform.alarm.reason")
    return text.strip()


def _note(
    alarm: Alarm,
    kind: AlarmEvent.Kind,
    actor: Actor,
    now: datetime.datetime,
    *,
    reason: str = "",
    until: datetime.datetime | None = None,
) -> None:
    AlarmEvent.objects.create(
        plant_id=alarm.plant_id, alarm=alarm, kind=kind, at=now, actor=actor.uid, reason=reason, until=until
    )
