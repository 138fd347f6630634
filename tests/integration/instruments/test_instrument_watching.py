"""What is watched of instruments, and the ledger of each year's end."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.core import messages
from tanheng.core.errors import InputError
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.errors import ConflictError, DutiesError, MissingError, RightsError
from tanheng.platform.instruments import models, selectors, services, watching, year_end
from tanheng.platform.instruments.schemas.seal_1 import SealState
from tanheng.platform.instruments.schemas.year_end_1 import FrozenRow
from tanheng.platform.notice import duties
from tanheng.platform.notice.models import Alarm, Duty
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

Enter = Callable[..., Any]
KEEPER = Actor.system("tests")
CHIEF = Actor.system("tests/chief")
LONG_AGO = datetime.date(2024, 1, 1)


def alarms(plant: Plant) -> list[str]:
    """Return the open alarms after a look, as their keys."""
    with scope(all_plants()):
        watching.watch(plant)
        return sorted(Alarm.objects.filter(plant=plant, cleared_at=None).values_list("key", flat=True))


@pytest.fixture
def serving(enter: Enter, say: Any) -> Callable[..., None]:
    """Return a function that puts an instrument in service with a certificate that ends on a day."""

    def serve(code: str, *, to: str) -> None:
        enter(say.instrument(code))
        printed = enter(say.certificate(f"A-{code}", code=code, issued="2025-01-10", to=to))
        enter(say.confirmation(printed), actor=say.reviewer)
        enter(say.spell(UseState.IN_SERVICE, "2025-01-11", code=code))

    return serve


def near(plant: Plant, days: int) -> str:
    with scope(all_plants()):
        return (selectors.today(plant) + datetime.timedelta(days=days)).isoformat()


def test_due_soon_and_overdue_are_alarms_and_valid_is_none(serving: Callable[..., None], plant: Plant) -> None:
    serving("JL-01", to=near(plant, 200))
    serving("JL-02", to=near(plant, 10))
    serving("JL-03", to=near(plant, -1))
    assert alarms(plant) == ["instruments/trace/JL-02/due_soon", "instruments/trace/JL-03/overdue"]


def test_a_second_look_says_nothing_twice(serving: Callable[..., None], plant: Plant) -> None:
    serving("JL-01", to=near(plant, -1))
    assert alarms(plant) == alarms(plant)
    with scope(all_plants()):
        assert Alarm.objects.get(plant=plant).count == 1


def test_an_alarm_ends_with_its_cause(serving: Callable[..., None], enter: Enter, say: Any, plant: Plant) -> None:
    serving("JL-01", to=near(plant, -1))
    assert alarms(plant) == ["instruments/trace/JL-01/overdue"]
    enter(say.spell(UseState.OUT_OF_SERVICE, near(plant, 0)))
    assert alarms(plant) == []


def test_what_was_taken_over_without_certificates_is_one_backlog_and_no_flood(enter: Enter, say: Any, plant: Plant) -> None:
    for number in range(30):
        enter(say.instrument(f"JL-{number:02}", taken_over_on=LONG_AGO))
    assert alarms(plant) == ["instruments/backlog"]
    with scope(all_plants()):
        alarm = Alarm.objects.get(plant=plant)
        assert messages.render(alarm.code, "zh", alarm.fields).startswith("建账前已在用的 30 台器具尚未登记证书：JL-00, ")


def test_a_broken_seal_is_an_alarm_until_it_is_replaced(enter: Enter, say: Any, plant: Plant) -> None:
    enter(say.instrument())
    row = enter(say.seal(state=SealState.BROKEN, why="巡检发现断裂"))
    (key,) = alarms(plant)
    assert key == f"instruments/seal/{row.subject}"
    removed = say.seal(state=SealState.REMOVED, why="更换", removed_by="李四", removed_on=datetime.date(2026, 3, 1))
    enter(removed, subject=row.subject, seen=1, reason="更换铅封")
    assert alarms(plant) == []


def test_a_chain_at_odds_and_one_with_a_missing_part_are_alarms(certified: Enter, enter: Enter, say: Any, plant: Plant) -> None:
    certified("JL-01")
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.instrument("JL-02"))
    enter(say.chain(sensor="JL-01", totaliser="JL-02"))
    found = alarms(plant)
    assert [key for key in found if "chain" in key] == ["instruments/chain/JL-S-01/part", "instruments/chain/JL-S-01/states"]
    with scope(all_plants()):
        texts = {row.code: messages.render(row.code, "zh", row.fields) for row in Alarm.objects.filter(plant=plant)}
    assert "缺少：测速传感器" in texts["platform.instruments.alarm.chain_part"]
    assert "JL-01: 在用, JL-02: 待验收" in texts["platform.instruments.alarm.chain_states"]


def test_the_duty_of_december_opens_on_its_first_day(plant: Plant) -> None:
    with scope(all_plants()):
        for today, count in ((datetime.date(2026, 11, 30), 0), (datetime.date(2026, 12, 1), 1)):
            duties.open_due(plant.pk, founded=datetime.date(2026, 3, 1), today=today)
            assert Duty.objects.filter(plant=plant, rule=year_end.RULE).count() == count


def moved(plant: Plant, day: datetime.date) -> Plant:
    """Return the plant as a demonstration that was entered in March 2026 and whose clock shows a day."""
    with scope(all_plants()):
        ahead = (day - selectors.today(plant)).days * 86_400_000
    plant.demonstration, plant.clock_offset_ms = True, ahead
    plant.founded_at = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    return plant


def test_a_year_is_frozen_compared_and_confirmed_by_another_person(
    certified: Enter, enter: Enter, say: Any, plant: Plant
) -> None:
    certified("JL-01")
    moved(plant, datetime.date(2026, 12, 31))
    with scope(all_plants()):
        duties.open_due(plant.pk, founded=datetime.date(2026, 3, 1), today=datetime.date(2026, 12, 31))
        row = year_end.freeze(plant, year=2026, actor=KEEPER)
        with pytest.raises(DutiesError):
            year_end.confirm(plant, year=2026, actor=KEEPER, digest=row.digest)
        with pytest.raises(ConflictError, match="again"):
            year_end.confirm(plant, year=2026, actor=CHIEF, digest="sha256:other")
        done = year_end.confirm(plant, year=2026, actor=CHIEF, digest=row.digest, note="核对无误")
        assert (done.version, done.digest, done.confirmed_on) == (2, row.digest, datetime.date(2026, 12, 31))
        assert Duty.objects.get(plant=plant, rule=year_end.RULE).note == row.digest
        with pytest.raises(ConflictError, match="stays as it is"):
            year_end.freeze(plant, year=2026, actor=KEEPER)


def test_a_draft_before_the_last_day_is_not_confirmed(certified: Enter, plant: Plant) -> None:
    certified("JL-01")
    moved(plant, datetime.date(2026, 12, 30))
    with scope(all_plants()):
        row = year_end.freeze(plant, year=2026, actor=KEEPER)
        with pytest.raises(InputError, match="draft"):
            year_end.confirm(plant, year=2026, actor=CHIEF, digest=row.digest)


@pytest.mark.parametrize("year", [2025, 2999, 0])
def test_a_year_that_is_not_here_is_refused(plant: Plant, year: int) -> None:
    with scope(all_plants()), pytest.raises(InputError, match="cannot be frozen"):
        year_end.freeze(plant, year=year, actor=KEEPER)


def test_who_may_not_freeze_or_confirm_is_refused(plant: Plant) -> None:
    nobody = Actor(KEEPER.uid)
    with scope(all_plants()):
        with pytest.raises(RightsError):
            year_end.freeze(plant, year=2026, actor=nobody)
        with pytest.raises(RightsError):
            year_end.confirm(plant, year=2026, actor=nobody, digest="")
        with pytest.raises(MissingError):
            year_end.confirm(plant, year=2026, actor=CHIEF, digest="")


def frozen(code: str, **changed: str) -> FrozenRow:
    blank = dict.fromkeys(FrozenRow.__dataclass_fields__, "")
    return FrozenRow(**{**blank, "code": code, "name": f"{code}秤", **changed})


def test_differences_are_what_came_what_went_and_what_changed() -> None:
    before = [frozen("A"), frozen("B", person="张三"), frozen("C")]
    after = [frozen("A"), frozen("B", person="李四"), frozen("D")]
    found = year_end.differences(before, after)
    assert [(one.code, one.kind, one.changes) for one in found] == [
        ("B", "changed", (("person", "张三", "李四"),)),
        ("C", "removed", ()),
        ("D", "added", ()),
    ]


def open_now(plant: Plant) -> list[str]:
    """Return the open alarms as they are, without a look."""
    with scope(all_plants()):
        return sorted(Alarm.objects.filter(plant=plant, cleared_at=None).values_list("key", flat=True))


def test_an_import_is_looked_at_as_soon_as_it_is_there(say: Any, plant: Plant) -> None:
    with scope([plant.pk]):
        contents = [say.instrument(f"JL-{number:02}", taken_over_on=LONG_AGO) for number in range(5)]
        services.save_many(models.Instrument, contents, plant=plant, actor=KEEPER)
        assert not Alarm.objects.filter(plant=plant).exists()  # nothing is known of what has not committed
    assert open_now(plant) == ["instruments/backlog"]


def test_ledgers_of_one_import_are_looked_at_together(say: Any, plant: Plant) -> None:
    with scope([plant.pk]):
        contents = [say.instrument(f"JL-{number:02}", taken_over_on=LONG_AGO) for number in range(5)]
        services.save_many(models.Instrument, contents, plant=plant, actor=KEEPER)
        printed = [say.certificate(f"A-{number}", code=f"JL-{number:02}") for number in range(5)]
        services.save_many(models.Certificate, printed, plant=plant, actor=KEEPER)
    with scope(all_plants()):
        keys = list(Alarm.objects.filter(plant=plant).values_list("key", flat=True))
    assert keys == ["instruments/unconfirmed"]  # no backlog was raised and cleared on the way


def test_an_import_that_is_refused_is_not_looked_at(say: Any, plant: Plant) -> None:
    twice = [say.instrument("JL-01", taken_over_on=LONG_AGO) for _ in range(2)]
    with pytest.raises(InputError), scope([plant.pk]):
        services.save_many(models.Instrument, twice, plant=plant, actor=KEEPER)
    assert open_now(plant) == []
    with scope([plant.pk]):
        services.save_many(models.Instrument, [say.instrument("JL-02", taken_over_on=LONG_AGO)], plant=plant, actor=KEEPER)
    assert open_now(plant) == ["instruments/backlog"]


def test_certificates_that_are_imported_end_the_backlog(enter: Enter, say: Any, plant: Plant) -> None:
    enter(say.instrument(taken_over_on=LONG_AGO))
    assert alarms(plant) == ["instruments/backlog"]
    with scope([plant.pk]):
        (row,) = services.save_many(models.Certificate, [say.certificate()], plant=plant, actor=KEEPER)
    assert open_now(plant) == ["instruments/unconfirmed"]
    with scope([plant.pk]):
        services.save_many(models.Confirmation, [say.confirmation(row)], plant=plant, actor=say.reviewer)
    assert open_now(plant) == []
