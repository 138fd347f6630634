"""Backup, drill and check as the page tells them; the rule sets and the rights as they are calculated and checked with."""

from __future__ import annotations

import datetime
import html
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role, permissions, permissions_of
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.notice.models import Alarm
from tanheng.platform.operation import keeping, tasks
from tanheng.platform.operation.keeping import Drilled
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import AuditEvent, Plant
from tanheng.platform.ui import rule_sets

GOOD = Drilled(is_good=True, seconds=12.3, said="tanheng/p/log/1  4  ab")
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def measured_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def manager(person: Callable[..., User], found_plant: Callable[[str], Plant]) -> Client:
    plant = found_plant(f"k-{uuid.uuid4().hex[:8]}")
    client = Client()
    client.cookies["django_language"] = "en"
    user = person(f"k-{plant.code}", Role.CARBON_MANAGER, at=plant)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_what_never_happened_is_said(fresh_database: str, person: Callable[..., User]) -> None:
    with scope([]):
        plant = tenants.found(actor=Actor.system("t"), code="bare", name_zh="新厂")
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(person("k-bare", Role.AUDITOR, at=plant), backend="django.contrib.auth.backends.ModelBackend")
    assert page(client, "/keeping/").count("never") == 3


def test_the_last_backup_drill_and_check_are_told_with_their_results(manager: Client, tmp_path: Path) -> None:
    archive = tmp_path / "tanheng-2026-10-31.tar"
    archive.write_bytes(b"x" * 2048)
    keeping.note_backup(archive, seconds=3.21, roots={"tanheng/p/log/1": "ab"})
    keeping.note_drill(archive, GOOD)
    text = page(manager, "/keeping/")
    assert "tanheng-2026-10-31.tar" in text
    assert "12.3 s" in text
    assert "every root proved" in text
    assert "in time" in text


def test_a_failed_drill_is_no_drill(manager: Client, tmp_path: Path) -> None:
    keeping.note_drill(tmp_path / "a.tar", Drilled(is_good=False, seconds=1.0, said="damaged"))
    assert "failed" in page(manager, "/keeping/")


def test_a_backup_that_is_two_days_old_is_late(manager: Client) -> None:
    with scope([]):
        AuditEvent.objects.create(
            at=timezone.now() - 2 * DAY,
            action=keeping.BACKUP,
            result="done",
            detail={"archive": "old.tar", "bytes": 1, "seconds": 1, "roots": {}},
        )
    assert "older than a day and a half" in page(manager, "/keeping/")


def test_ten_years_are_reckoned_from_what_was_kept_so_far(manager: Client) -> None:
    """By hand: 3653 days at the rate of the first 10 days are 365.3 times as much."""
    founded = timezone.now() - 10 * DAY
    now = timezone.now()
    with scope(all_plants()):
        first = Plant.objects.order_by("founded_at")[0]
        Plant.objects.filter(pk=first.pk).update(founded_at=founded)
        found = keeping.storage(settings.FOLDER, now=founded + 10 * DAY)
        assert found.ten_years == round(found.total * 365.3)
        Plant.objects.filter(pk=first.pk).update(founded_at=now)
        assert keeping.storage(settings.FOLDER, now=now + DAY).ten_years is None


def test_the_difference_between_two_days_is_that_of_the_rule_pack(manager: Client) -> None:
    """The average factor of the national grid: 0.5366 describes 2022, 0.5306 describes 2023 (announcements of the ministry)."""
    rules = rule_sets.pack()
    days = datetime.date(2022, 6, 30), datetime.date(2023, 6, 30)
    found = {one.id: one for one in rule_sets.differences(rules, *days, "en")}
    grid = found["cn.grid.national_average_factor"]
    assert (grid.first, grid.second) == ("0.5366", "0.5306")
    text = page(manager, "/rules/?first=2022-06-30&second=2023-06-30")
    assert "cn.grid.national_average_factor" in text
    assert "0.5306" in text
    assert list(rule_sets.differences(rules, days[0], days[0], "en")) == []


def test_every_document_is_listed_with_its_state_and_drafts_are_marked(manager: Client) -> None:
    rules = rule_sets.pack()
    listed = rule_sets.rows(rules, "zh")
    assert {one.document.id for one in listed} == set(rules.documents)
    assert sum(count for one in listed for _, _, count in one.states) == sum(
        len(one.values) for one in rules.parameters.values()
    )
    drafts = [one for one in listed if one.is_draft]
    assert page(manager, "/rules/").count("○</span>draft") + page(manager, "/rules/").count("</span>draft</span>") >= len(
        drafts
    )


@pytest.mark.parametrize("query", ["first=yesterday", "second=2026-02-30"])
def test_a_day_that_is_none_is_refused_beside_its_field(manager: Client, query: str) -> None:
    answer = manager.get(f"/rules/?{query}")
    assert answer.status_code == 400
    assert 'class="error"' in answer.content.decode()


def test_the_rights_on_the_page_are_those_that_are_checked(manager: Client) -> None:
    text = page(manager, "/roles/")
    for code in permissions():
        assert f">{code}</code>" in text
    assert text.count("</code></li>") == sum(len(permissions_of(role)) for role in Role)


def backed_up(result: str, ago: datetime.timedelta, **detail: object) -> None:
    with scope([]):
        AuditEvent.objects.create(at=timezone.now() - ago, action=keeping.BACKUP, result=result, detail=detail)


def alarm_of(plant: Plant) -> tuple[str, int] | None:
    with scope([plant.pk]):
        found = Alarm.objects.filter(plant=plant, key="backup", cleared_at__isnull=True).first()
    return (found.code, found.priority) if found is not None else None


FAILED = {"reason": {"zh": "磁盘已满", "en": "the disk is full"}}
MADE = {"archive": "a.tar", "bytes": 1, "seconds": 1, "roots": {}}


def test_while_there_is_no_fresh_backup_every_plant_has_an_alarm(fresh_database: str) -> None:
    with scope([]):
        plants = [tenants.found(actor=Actor.system("t"), code=f"alarm-{name}", name_zh="厂") for name in ("one", "two")]
    tasks.watch_backup(0)
    assert [alarm_of(plant) for plant in plants] == [None, None]  # founded a moment ago
    backed_up("done", 2 * DAY, **MADE)
    tasks.watch_backup(0)
    assert [alarm_of(plant) for plant in plants] == [("platform.alarm.backup_late", 1)] * 2
    backed_up("done", datetime.timedelta(0), **MADE)
    tasks.watch_backup(0)
    assert [alarm_of(plant) for plant in plants] == [None, None]


def test_a_plant_that_was_never_backed_up_is_late_after_a_day_and_a_half(fresh_database: str) -> None:
    with scope([]):
        plant = tenants.found(actor=Actor.system("t"), code="never", name_zh="厂")
    with scope([plant.pk]):
        Plant.objects.filter(pk=plant.pk).update(founded_at=timezone.now() - 2 * DAY)
    tasks.watch_backup(0)
    assert alarm_of(plant) == ("platform.alarm.backup_late", 1)


def test_a_failed_try_is_an_alarm_though_the_last_backup_is_fresh(fresh_database: str, person: Callable[..., User]) -> None:
    with scope([]):
        plant = tenants.found(actor=Actor.system("t"), code="tried", name_zh="厂")
    backed_up("done", DAY / 2, **MADE)
    backed_up("failed", DAY / 4, **FAILED)
    tasks.watch_backup(0)
    assert alarm_of(plant) == ("platform.alarm.backup_failed", 2)
    client = Client()
    client.force_login(person("k-tried", Role.AUDITOR, at=plant), backend="django.contrib.auth.backends.ModelBackend")
    for language, words in (
        ("en", ("the disk is full", "a.tar", "last try failed")),
        ("zh-hans", ("磁盘已满", "最近一次失败")),
    ):
        client.cookies["django_language"] = language
        text = page(client, "/keeping/")
        assert [word for word in words if word not in text] == []


def test_the_page_tells_the_plan_and_a_plan_that_is_none(manager: Client) -> None:
    path = settings.FOLDER.root / "backup.json"
    text = page(manager, "/keeping/")
    assert f"{settings.FOLDER.root}/backups" in text
    assert "at 02:30 (Asia/Shanghai)" in text
    assert "does not outlive this disk" in text
    try:
        path.write_text('{"folder": "/mnt/backup", "days": 30}')
        text = page(manager, "/keeping/")
        assert "/mnt/backup</code>" in text
        assert "30 days" in text
        assert "does not outlive this disk" not in text
        path.write_text('{"days": "many"}')
        assert "days in the backup plan" in page(manager, "/keeping/")
    finally:
        path.unlink()


def test_differences_are_folded_by_document_and_the_first_is_open(manager: Client) -> None:
    text = page(manager, "/rules/?first=2025-01-01&second=2026-06-30")
    folds = re.findall(r"<details class=\"fold\"( open)?><summary>(.*?) <span", text)
    found = rule_sets.differences(rule_sets.pack(), datetime.date(2025, 1, 1), datetime.date(2026, 6, 30), "en")
    documents = list(dict.fromkeys(one.document for one in found))
    assert [html.unescape(name) for _, name in folds] == documents
    assert [bool(is_open) for is_open, _ in folds] == [True] + [False] * (len(folds) - 1)
    assert len(folds) > 1


def test_a_threshold_is_grouped_by_thousands_and_a_class_keeps_its_digits() -> None:
    """26 000 t CO2e a year is the threshold of the national market (GB 17167 prints classes as 2.0)."""
    rules = rule_sets.pack()
    parameter = rules.parameter("cn.ets.coverage_threshold")
    assert rule_sets.printed(parameter, parameter.values[-1], "en") == "26,000"
    shown = {one.first for one in rule_sets.differences(rules, datetime.date(2025, 1, 1), datetime.date(2026, 6, 30), "en")}
    assert "2.0" in shown
    assert rule_sets.printed(parameter, None, "en") == ""
