"""Once a minute: duties and alarms that have something to say, told by mail to the roles they name."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from tanheng.core import messages
from tanheng.core.period import PlantClock
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import mail_addresses
from tanheng.platform.database.scope import all_plants, scoped
from tanheng.platform.jobs import task
from tanheng.platform.notice import alarms, duties, mail
from tanheng.platform.notice.models import Alarm, AlarmRule
from tanheng.platform.record import clock
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

_ACTOR = Actor.system("notice")
_STATES = {
    "open": {"zh": "已开放填报", "en": "open"},
    "near": {"zh": "临近截止", "en": "near its deadline"},
    "overdue": {"zh": "已逾期", "en": "overdue"},
}


@task("notice.minute", once="notice.minute", cron="* * * * *")
def minute(timestamp: int) -> None:  # noqa: ARG001  # state says what is due, not the tick
    """Look after the duties, alarms and mail of every plant."""
    for plant in all_plants():
        look_after(plant)
        mail.send_waiting(plant, now=timezone.now())


@scoped
def look_after(plant: int) -> None:
    """Open what is due, and queue the mails that say so; run again, it says nothing twice."""
    about = Plant.objects.get(pk=plant)
    instant = clock.now_ms(about)
    now = clock.to_datetime(instant)
    plant_clock = PlantClock(about.zone)
    today = plant_clock.local(instant).date()
    founded = plant_clock.local(clock.to_ms(about.founded_at)).date()
    duties.open_due(plant, founded=founded, today=today)
    for call in duties.due(plant, now=now, today=today):
        _tell_duty(plant, call, now)
    for alarm in alarms.tick(plant, now=now, actor=_ACTOR):
        _tell_alarm(plant, alarm, now)


def _tell_duty(plant: int, call: duties.Call, now: datetime.datetime) -> None:
    rule = duties.rules()[call.duty.rule]
    for language, people in _by_language(mail_addresses(plant=plant, roles=[Role(role) for role in rule.roles])):
        fields: dict[str, object] = {
            "title": rule.title[language],
            "period": call.duty.period,
            "due": call.duty.due_on.isoformat(),
            "state": _STATES[call.kind][language],
        }
        mail.queue(
            plant,
            key=f"duty/{call.duty.uid}/{call.kind}",
            recipients=people,
            subject="platform.duty.mail.subject",
            body="platform.duty.mail",
            fields=fields,
            now=now,
        )


def _tell_alarm(plant: int, alarm: Alarm, now: datetime.datetime) -> None:
    rule = AlarmRule.objects.get(plant_id=plant, code=alarm.code)
    for language, people in _by_language(mail_addresses(plant=plant, roles=[Role(role) for role in rule.roles])):
        fields: dict[str, object] = {
            "priority": alarm.priority,
            "message": messages.render(alarm.code, language, alarm.fields),
            "at": alarm.raised_at.isoformat(timespec="minutes"),
        }
        mail.queue(
            plant,
            key=f"alarm/{alarm.uid}/escalated",
            recipients=people,
            subject="platform.alarm.mail.subject",
            body="platform.alarm.mail",
            fields=fields,
            now=now,
        )


def _by_language(people: Iterable[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    sorted_people = list(people)
    return [
        (language, [one for one in sorted_people if one[1].startswith("zh") == (language == "zh")]) for language in ("zh", "en")
    ]
