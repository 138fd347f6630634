"""Alarms, duties and mail: raised once, told once, never lost while a server is away."""

from __future__ import annotations

import csv
import datetime
import email
import email.policy
import io
import uuid
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings

from tanheng.core.errors import InputError
from tanheng.platform.accounts import tasks
from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import ConflictError, RightsError
from tanheng.platform.notice import alarms, duties
from tanheng.platform.notice import mail as mails
from tanheng.platform.notice.models import Alarm, AlarmEvent, AlarmRule, Duty, Message
from tanheng.platform.record import clock
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.simulator.servers.port import free_port

NOW = datetime.datetime(2026, 11, 9, 8, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
MINUTE = datetime.timedelta(minutes=1)
SYSTEM = Actor.system("t")
FIELDS: dict[str, object] = {"task": "sequencer", "reason": "=cmd|' /C calc'!A0"}


@pytest.fixture
def fresh(found_plant: Callable[[str], Plant]) -> Plant:
    return found_plant(f"n-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def engineer(fresh: Plant, person: Callable[..., User]) -> Actor:
    return actor_of(person(f"eng-{fresh.code}", Role.METROLOGIST, at=fresh, email=f"{fresh.code}@plant.example"))


def raised(plant: Plant, key: str = "terminal/T-01/silent", now: datetime.datetime = NOW) -> Alarm:
    code = "platform.alarm.job_failed"
    return alarms.raise_alarm(plant.pk, key=key, code=code, fields=FIELDS, priority=Alarm.Priority.HIGH, now=now, actor=SYSTEM)


def test_an_alarm_that_lasts_is_one_and_is_counted(fresh: Plant) -> None:
    with scope([fresh.pk]):
        raised(fresh)
        again = raised(fresh, now=NOW + MINUTE)
        assert (again.count, again.raised_at, again.last_at) == (2, NOW, NOW + MINUTE)
        assert Alarm.objects.filter(plant=fresh).count() == 1


def test_a_cleared_alarm_comes_again_as_a_new_one(fresh: Plant) -> None:
    with scope([fresh.pk]):
        first = raised(fresh)
        assert alarms.clear(fresh.pk, key=first.key, actor=SYSTEM, now=NOW + MINUTE)
        assert not alarms.clear(fresh.pk, key=first.key, actor=SYSTEM, now=NOW + MINUTE)
        assert raised(fresh, now=NOW + 2 * MINUTE).pk != first.pk


def test_an_acknowledgement_needs_a_right_and_a_reason_and_is_one(fresh: Plant, engineer: Actor) -> None:
    with scope([fresh.pk]):
        alarm = raised(fresh)
        with pytest.raises(RightsError):
            alarms.acknowledge(alarm, actor=Actor(uuid.uuid4()), reason="seen", now=NOW)
        with pytest.raises(InputError):
            alarms.acknowledge(alarm, actor=engineer, reason=" ", now=NOW)
        alarms.acknowledge(alarm, actor=engineer, reason="cable pulled", now=NOW)
        with pytest.raises(ConflictError):
            alarms.acknowledge(alarm, actor=engineer, reason="again", now=NOW)
        event = AlarmEvent.objects.get(alarm=alarm, kind="acknowledged")
    assert (event.actor, event.reason) == (engineer.uid, "cable pulled")


def test_a_shelf_hides_an_alarm_until_its_time(fresh: Plant, engineer: Actor) -> None:
    with scope([fresh.pk]):
        alarm = raised(fresh)
        alarms.shelve(alarm, actor=engineer, reason="kiln stop", until=NOW + 30 * MINUTE, now=NOW)
        assert not alarms.open_alarms(fresh.pk, now=NOW + MINUTE).exists()
        assert alarms.open_alarms(fresh.pk, now=NOW + 30 * MINUTE).exists()
        alarms.tick(fresh.pk, now=NOW + 31 * MINUTE, actor=SYSTEM)
        assert [event.kind for event in AlarmEvent.objects.filter(alarm=alarm)] == ["raised", "shelved", "unshelved"]


@pytest.mark.parametrize("ahead", [datetime.timedelta(0), -MINUTE, datetime.timedelta(days=32)])
def test_a_shelf_into_the_past_or_too_far_is_refused(fresh: Plant, engineer: Actor, ahead: datetime.timedelta) -> None:
    with scope([fresh.pk]), pytest.raises(InputError):
        alarms.shelve(raised(fresh), actor=engineer, reason="r", until=NOW + ahead, now=NOW)


def test_a_cleared_alarm_is_neither_acknowledged_nor_shelved(fresh: Plant, engineer: Actor) -> None:
    with scope([fresh.pk]):
        alarm = raised(fresh)
        alarms.clear(fresh.pk, key=alarm.key, actor=SYSTEM, now=NOW)
        with pytest.raises(ConflictError):
            alarms.acknowledge(alarm, actor=engineer, reason="r", now=NOW)
        with pytest.raises(ConflictError):
            alarms.shelve(alarm, actor=engineer, reason="r", until=NOW + MINUTE, now=NOW)


def test_an_unacknowledged_alarm_escalates_once(fresh: Plant) -> None:
    with scope([fresh.pk]):
        AlarmRule.objects.create(
            plant=fresh, code="platform.alarm.job_failed", priority=1, escalate_after_minutes=15, roles=["metrologist"]
        )
        alarm = raised(fresh)
        assert alarm.priority == 1
        assert alarms.tick(fresh.pk, now=NOW + 14 * MINUTE, actor=SYSTEM) == []
        assert [late.pk for late in alarms.tick(fresh.pk, now=NOW + 15 * MINUTE, actor=SYSTEM)] == [alarm.pk]
        assert alarms.tick(fresh.pk, now=NOW + 16 * MINUTE, actor=SYSTEM) == []


def test_the_history_is_csv_with_formulas_made_harmless(fresh: Plant) -> None:
    with scope([fresh.pk]):
        raised(fresh, key="=1+1")
        rows = list(csv.DictReader(io.StringIO("".join(alarms.history_csv(fresh.pk, language="en")))))
    assert [(row["event"], row["key"]) for row in rows] == [("raised", "'=1+1")]


def test_a_duty_opens_is_near_and_is_overdue_each_told_once(fresh: Plant) -> None:
    """October 2026 is due on 2026-12-10; ten days before, it is near."""
    founded = datetime.date(2026, 10, 1)

    def told(day: datetime.date) -> list[tuple[str, str]]:
        now = datetime.datetime.combine(day, datetime.time(1), tzinfo=datetime.UTC)
        duties.open_due(fresh.pk, founded=founded, today=day)
        calls = duties.due(fresh.pk, now=now, today=day)
        return sorted((call.duty.period, call.kind) for call in calls if call.duty.rule == "monthly-evidence")

    with scope([fresh.pk]):
        assert told(datetime.date(2026, 10, 31)) == []
        assert told(datetime.date(2026, 11, 1)) == [("2026-10", "open")]
        assert told(datetime.date(2026, 11, 1)) == []
        assert told(datetime.date(2026, 11, 30)) == [("2026-10", "near")]
        assert told(datetime.date(2026, 12, 10)) == [("2026-11", "open")]
        assert told(datetime.date(2026, 12, 11)) == [("2026-10", "overdue")]
        assert told(datetime.date(2026, 12, 12)) == []


def test_a_server_that_was_off_catches_up(fresh: Plant) -> None:
    with scope([fresh.pk]):
        made = duties.open_due(fresh.pk, founded=datetime.date(2026, 1, 15), today=datetime.date(2026, 11, 9))
        months = sorted(duty.period for duty in made if duty.rule == "monthly-evidence")
        assert months == [f"2026-{month:02d}" for month in range(1, 11)]
        assert duties.open_due(fresh.pk, founded=datetime.date(2026, 1, 15), today=datetime.date(2026, 11, 9)) == []


def test_a_finished_duty_is_not_overdue_and_not_finished_twice(fresh: Plant, engineer: Actor) -> None:
    with scope([fresh.pk]):
        duties.open_due(fresh.pk, founded=datetime.date(2026, 10, 1), today=datetime.date(2026, 11, 9))
        duty = Duty.objects.get(plant=fresh, rule="monthly-evidence")
        with pytest.raises(RightsError):
            duties.finish(duty, actor=Actor(uuid.uuid4()), now=NOW)
        duties.finish(duty, actor=engineer, now=NOW, note="submitted")
        with pytest.raises(ConflictError):
            duties.finish(duty, actor=engineer, now=NOW)
        assert duties.due(fresh.pk, now=NOW, today=datetime.date(2027, 1, 1)) == []


class Mailbox:
    """What a real SMTP server received."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802, ARG002
        """Keep one letter."""
        self.letters.append(envelope.content)  # type: ignore[attr-defined]  # aiosmtpd carries no types
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    values = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
        "EMAIL_TIMEOUT": 5,
        "DEFAULT_FROM_EMAIL": "tanheng@plant.example",
        "MAIL_ENABLED": True,
    }
    with override_settings(**values):
        yield box
    controller.stop()


def wait_in_queue(plant: Plant, key: str = "k") -> int:
    fields: dict[str, object] = {"title": "月度信息化存证", "period": "2026-10", "due": "2026-12-10", "state": "临近截止"}
    with scope([plant.pk]):
        return mails.queue(
            plant.pk,
            key=key,
            recipients=[("li@plant.example", "zh-hans"), ("ann@plant.example", "en")],
            subject="platform.duty.mail.subject",
            body="platform.duty.mail",
            fields=fields,
            now=NOW,
        )


def test_mail_is_sent_once_in_the_readers_language(fresh: Plant, mailbox: Mailbox) -> None:
    assert wait_in_queue(fresh) == 2
    assert wait_in_queue(fresh) == 0
    assert mails.send_waiting(fresh.pk, now=NOW) == 2
    assert mails.send_waiting(fresh.pk, now=NOW) == 0
    letters = [email.message_from_bytes(data, policy=email.policy.default) for data in mailbox.letters]
    assert sorted(str(letter["Subject"]).strip() for letter in letters) == [
        "[Tanheng] 月度信息化存证 2026-10: due 2026-12-10",
        "〔碳衡〕月度信息化存证 2026-10：2026-12-10 截止",
    ]


def test_mail_waits_while_the_server_is_away(fresh: Plant, mailbox: Mailbox) -> None:
    wait_in_queue(fresh)
    with override_settings(EMAIL_PORT=9):
        assert mails.send_waiting(fresh.pk, now=NOW) == 0
    with scope([fresh.pk]):
        assert {message.tries for message in Message.objects.filter(plant=fresh)} == {1}
        assert all(message.failure for message in Message.objects.filter(plant=fresh))
    assert mails.send_waiting(fresh.pk, now=NOW + MINUTE) == 2


def test_mail_outlasts_a_night_without_a_server(fresh: Plant, mailbox: Mailbox) -> None:
    """The worker asks every minute; asked so, twelve tries would be over in as many minutes."""
    wait_in_queue(fresh)
    with override_settings(EMAIL_PORT=9):
        for minute in (0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8):
            assert mails.send_waiting(fresh.pk, now=NOW + minute * MINUTE) == 0
        with scope([fresh.pk]):
            assert {message.tries for message in Message.objects.filter(plant=fresh)} == {4}  # at 0, 1, 3 and 7
        for hour in range(1, 13):
            assert mails.send_waiting(fresh.pk, now=NOW + 60 * hour * MINUTE) == 0
    assert mails.send_waiting(fresh.pk, now=NOW + 60 * 24 * MINUTE) == 2


def test_mail_of_a_clock_that_is_ahead_does_not_wait_for_it(fresh: Plant, mailbox: Mailbox) -> None:
    wait_in_queue(fresh)
    assert mails.send_waiting(fresh.pk, now=NOW - 60 * MINUTE) == 2


def test_without_a_mail_server_nothing_is_tried(fresh: Plant) -> None:
    wait_in_queue(fresh)
    assert mails.send_waiting(fresh.pk, now=NOW) == 0
    with scope([fresh.pk]):
        assert {message.tries for message in Message.objects.filter(plant=fresh)} == {0}


def test_the_minutes_job_tells_each_thing_once(fresh: Plant, person: Callable[..., User]) -> None:
    person(f"boss-{fresh.code}", Role.CARBON_MANAGER, at=fresh, email="boss@plant.example")
    offset = clock.to_ms(datetime.datetime(2027, 2, 1, tzinfo=datetime.UTC)) - clock.now_ms()
    with scope([fresh.pk]):
        Plant.objects.filter(pk=fresh.pk).update(demonstration=True, clock_offset_ms=offset)
        Plant.objects.filter(pk=fresh.pk).update(founded_at=datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC))
    for _ in range(3):
        tasks.look_after(fresh.pk)
    with scope([fresh.pk]):
        keys = list(Message.objects.filter(plant=fresh, address="boss@plant.example").values_list("key", flat=True))
        told = Duty.objects.filter(plant=fresh, deferred_at__isnull=False).count()
    assert told >= 2
    assert len(keys) == len(set(keys)) == told
