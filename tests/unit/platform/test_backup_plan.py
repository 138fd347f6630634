"""The plan of the daily backup: what may stand in its file, when one is due, and which archives stay."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import backup_plan
from tanheng.platform.operation.backup_plan import Plan

ONE_DAY = datetime.timedelta(days=1)


def at(text: str) -> datetime.datetime:
    """Return a moment written in China's time."""
    return datetime.datetime.fromisoformat(f"{text}+08:00")


def archive(plan: Plan, moment: datetime.datetime) -> Path:
    path = plan.folder / backup_plan.archive_name(moment)
    path.touch()
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(folder=tmp_path)


def test_without_a_file_the_usual_plan_holds(tmp_path: Path) -> None:
    found = backup_plan.read(DataFolder(tmp_path))
    assert found == Plan(folder=tmp_path / "backups")
    assert (found.at, found.days, found.weeks, found.months, found.enabled) == (datetime.time(2, 30), 7, 4, 6, True)


def test_a_file_says_what_differs(tmp_path: Path) -> None:
    (tmp_path / "backup.json").write_text(json.dumps({"folder": "/mnt/backup", "at": "23:05", "days": 30, "enabled": False}))
    found = backup_plan.read(DataFolder(tmp_path))
    assert found == Plan(folder=Path("/mnt/backup"), at=datetime.time(23, 5), days=30, enabled=False)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", "-"),
        ("[]", "-"),
        ('"02:30"', "-"),
        ('{"folders": "/mnt"}', "folders"),
        ('{"folder": "backup"}', "folder"),
        ('{"folder": 7}', "folder"),
        ('{"folder": ""}', "folder"),
        ('{"at": "25:00"}', "at"),
        ('{"at": "half past two"}', "at"),
        ('{"at": 2}', "at"),
        ('{"zone": "Mars/Olympus"}', "zone"),
        ('{"zone": null}', "zone"),
        ('{"days": 0}', "days"),
        ('{"days": 1.5}', "days"),
        ('{"days": true}', "days"),
        ('{"weeks": -1}', "weeks"),
        ('{"months": 100000}', "months"),
        ('{"enabled": "no"}', "enabled"),
    ],
)
def test_what_is_no_plan_is_refused_and_its_place_is_named(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "backup.json").write_text(text)
    with pytest.raises(ServingError) as refused:
        backup_plan.read(DataFolder(tmp_path))
    assert (refused.value.code, refused.value.fields["place"]) == ("platform.backup.plan", place)


def test_a_file_that_cannot_be_read_is_no_missing_file(tmp_path: Path) -> None:
    (tmp_path / "backup.json").mkdir()
    with pytest.raises(ServingError) as refused:
        backup_plan.read(DataFolder(tmp_path))
    assert refused.value.code == "platform.backup.plan"


@pytest.mark.parametrize(
    ("now", "newest", "since", "expected"),
    [
        ("2026-11-02T02:29", "2026-11-01T02:31", "2026-01-01T00:00", False),  # not yet
        ("2026-11-02T02:30", "2026-11-01T02:31", "2026-01-01T00:00", True),  # the minute has come
        ("2026-11-02T08:00", "2026-11-02T02:31", "2026-01-01T00:00", False),  # made tonight
        ("2026-11-09T08:00", "2026-11-01T02:31", "2026-01-01T00:00", True),  # off for a week: one catches up
        ("2026-11-02T08:00", None, "2026-11-02T07:00", False),  # founded this morning
        ("2026-11-03T08:00", None, "2026-11-02T07:00", True),  # its first night is over
    ],
)
def test_a_backup_is_due_when_the_newest_is_older_than_the_last_time_of_the_plan(
    plan: Plan, now: str, newest: str | None, since: str, expected: bool
) -> None:
    if newest is not None:
        archive(plan, at(newest))
    assert backup_plan.is_due(plan, now=at(now), since=at(since)) is expected


def test_a_plan_that_is_switched_off_wants_nothing(tmp_path: Path) -> None:
    plan = Plan(folder=tmp_path, enabled=False)
    assert not backup_plan.is_due(plan, now=at("2026-11-09T08:00"), since=at("2026-01-01T00:00"))


def test_files_of_other_names_are_no_archives(plan: Plan) -> None:
    for name in ("tanheng-2026-10-31.tar", ".tanheng-20261031T000000Z.tar.77", "tanheng-20261399T000000Z.tar", "photo.tar"):
        (plan.folder / name).touch()
    assert backup_plan.archives(plan) == {}
    assert backup_plan.archives(Plan(folder=plan.folder / "not there")) == {}


def test_the_next_time_is_a_day_after_the_last(plan: Plan) -> None:
    assert backup_plan.next_time(plan, at("2026-11-02T02:29")) == at("2026-11-02T02:30")
    assert backup_plan.next_time(plan, at("2026-11-02T02:30")) == at("2026-11-03T02:30")


def test_of_a_year_of_nights_the_last_days_weeks_and_months_stay() -> None:
    """By hand for 2026-11-21, a Saturday: 7 nights; Sundays 15, 8 and 1 November end the weeks before; month ends before."""
    plan = Plan(folder=Path("/x"), days=7, weeks=4, months=3)
    nights = [at("2026-11-21T02:31") - ONE_DAY * back for back in range(365)]
    stay = sorted(f"{moment:%m-%d}" for moment in backup_plan.kept(plan, nights))
    week = ["11-15", "11-16", "11-17", "11-18", "11-19", "11-20", "11-21"]
    assert stay == sorted([*week, "11-08", "11-01", "10-31", "09-30"])


MOMENTS = st.lists(
    st.integers(0, 730 * 86400).map(lambda seconds: at("2025-01-01T00:00") + datetime.timedelta(seconds=seconds)), max_size=60
)


@given(moments=MOMENTS, days=st.integers(1, 9), weeks=st.integers(0, 6), months=st.integers(0, 6))
def test_the_newest_always_stays_and_no_more_than_asked_for(
    moments: list[datetime.datetime], days: int, weeks: int, months: int
) -> None:
    plan = Plan(folder=Path("/x"), days=days, weeks=weeks, months=months)
    stay = backup_plan.kept(plan, moments)
    assert stay <= set(moments)
    assert len(stay) <= days + weeks + months
    assert not moments or max(moments) in stay
    assert backup_plan.kept(plan, stay) == stay
    mixed = random.Random(len(moments)).sample(moments, len(moments))  # noqa: S311  # any order
    assert backup_plan.kept(plan, mixed) == stay
