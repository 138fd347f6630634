"""What the ledgers of instruments, their life and their seals refuse: each fault by its field, with the other record named."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tanheng.core.errors import InputError
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.errors import RightsError
from tanheng.platform.instruments import models, services
from tanheng.platform.instruments.schemas.seal_1 import SealState
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

Enter = Callable[..., Any]


def refused(enter: Enter, content: Any, **more: Any) -> dict[str, str]:
    """Return the faults of a content: field to code without its area."""
    with pytest.raises(InputError) as caught:
        enter(content, **more)
    return {str(one.fields["field"]): one.code.rpartition(".")[2] for one in caught.value.findings}


def text(enter: Enter, content: Any, language: str = "zh") -> str:
    with pytest.raises(InputError) as caught:
        enter(content)
    return " ".join(one.text(language) for one in caught.value.findings)


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"code": " "}, {"code": "missing"}),
        ({"code": "A;B"}, {"code": "semicolon"}),
        ({"name_zh": ""}, {"name_zh": "missing"}),
        ({"kind": "hourglass"}, {"kind": "kind"}),
        ({"range_low": Decimal(5), "range_high": Decimal(5), "range_unit": "t"}, {"range_high": "range_order"}),
        ({"range_high": Decimal(5)}, {"range_unit": "range_unit"}),
        ({"range_high": Decimal("NaN"), "range_unit": "t"}, {"range_high": "range"}),
        ({"cycle_months": 12, "interval_months": 13}, {"interval_months": "interval_longer"}),
        ({"interval_months": 0}, {"interval_months": "range"}),
        ({"cycle_months": 241}, {"cycle_months": "range"}),
        ({"humidity": Decimal(101)}, {"humidity": "range"}),
        ({"temperature_low": Decimal(40), "temperature_high": Decimal(-5)}, {"temperature_high": "temperature_order"}),
        ({"used_class": "好"}, {"used_class": "no_class"}),
        ({"made_on": datetime.date(2999, 1, 1)}, {"made_on": "future"}),
        ({"taken_over_on": datetime.date(2999, 1, 1)}, {"taken_over_on": "future"}),
        (
            {"made_on": datetime.date(2020, 1, 2), "taken_over_on": datetime.date(2020, 1, 1)},
            {"taken_over_on": "days"},
        ),
        ({"remark": "x" * 2001}, {"remark": "length"}),
    ],
)
def test_an_instrument_is_refused_by_the_field_at_fault(
    enter: Enter, say: Any, changed: dict[str, Any], faults: dict[str, str]
) -> None:
    assert refused(enter, say.instrument(**changed)) == faults


def test_an_own_interval_as_long_as_the_cycle_is_kept(enter: Enter, say: Any) -> None:
    assert enter(say.instrument(cycle_months=12, interval_months=12)).interval_months == 12


def test_a_number_is_used_once(enter: Enter, say: Any) -> None:
    enter(say.instrument())
    assert refused(enter, say.instrument(serial="other")) == {"code": "taken"}


def test_two_instruments_with_one_serial_number_of_one_maker_are_refused_and_named(enter: Enter, say: Any) -> None:
    enter(say.instrument("JL-01", serial="2019 0457"))
    twin = say.instrument("JL-02", serial="20190457")
    assert refused(enter, twin) == {"serial": "serial_twice"}
    assert "“JL-01”" in text(enter, twin)
    assert "某某衡器" in text(enter, twin)


def test_a_shared_serial_number_stands_with_a_reason_or_another_maker(enter: Enter, say: Any) -> None:
    enter(say.instrument("JL-01", serial="7"))
    assert enter(say.instrument("JL-02", serial="7", serial_reason="厂家重号，已核对铭牌")).version == 1
    assert enter(say.instrument("JL-03", serial="7", maker="另一厂")).version == 1


def test_many_are_checked_against_each_other_and_all_or_none_are_kept(say: Any, plant: Plant) -> None:
    rows = [say.instrument("JL-01", serial="7"), say.instrument("JL-02", serial="7"), say.instrument("JL-01", serial="8")]
    with scope(all_plants()):
        with pytest.raises(InputError) as caught:
            services.save_many(models.Instrument, rows, plant=plant, actor=Actor.system("tests"))
        faults = [(one.fields["row"], one.fields["field"]) for one in caught.value.findings]
        assert faults == [(2, "serial"), (3, "code")]
        assert not models.Instrument.objects.filter(plant=plant).exists()


def test_an_unknown_serial_number_is_no_shared_one(enter: Enter, say: Any) -> None:
    enter(say.instrument("JL-01", serial=""))
    assert enter(say.instrument("JL-02", serial="")).version == 1


def test_a_class_better_than_the_certificate_says_is_refused(certified: Enter, enter: Enter, say: Any) -> None:
    row = certified()
    more = {"subject": row.subject, "seen": 1, "reason": "等级"}
    assert refused(enter, say.instrument(used_class="0.2"), **more) == {"used_class": "class_better"}
    assert enter(say.instrument(used_class="1.0"), **more).version == 2


def test_a_number_that_other_records_name_is_not_changed(certified: Enter, enter: Enter, say: Any) -> None:
    row = certified()
    renamed = say.instrument("JL-99")
    assert refused(enter, renamed, subject=row.subject, seen=1, reason="新编号") == {"code": "still_named"}


def test_an_instrument_that_is_named_is_not_retired(certified: Enter, plant: Plant) -> None:
    row = certified()
    with scope(all_plants()), pytest.raises(InputError, match="certificate 1"):
        services.retire(models.Instrument, plant=plant, actor=Actor.system("tests"), subject=row.subject, seen=1, reason="误录")


def test_nothing_enters_service_without_a_certificate(enter: Enter, say: Any) -> None:
    enter(say.instrument())
    step = say.spell(UseState.IN_SERVICE, "2026-02-01")
    assert refused(enter, step) == {"state": "not_verified"}
    assert "无证书" in text(enter, step)
    assert "no certificate" in text(enter, step, "en")


def test_nothing_enters_service_before_somebody_confirmed_its_certificate(enter: Enter, say: Any) -> None:
    enter(say.instrument())
    printed = enter(say.certificate())
    step = say.spell(UseState.IN_SERVICE, "2026-02-01")
    assert "待计量确认" in text(enter, step)
    enter(say.confirmation(printed), actor=say.reviewer)
    assert enter(step).state == UseState.IN_SERVICE


def test_an_overdue_instrument_does_not_enter_service(enter: Enter, say: Any) -> None:
    enter(say.instrument())
    printed = enter(say.certificate(issued="2025-01-10", to="2026-01-09"))
    enter(say.confirmation(printed), actor=say.reviewer)
    assert "超期" in text(enter, say.spell(UseState.IN_SERVICE, "2026-01-10"))
    assert enter(say.spell(UseState.IN_SERVICE, "2026-01-09")).version == 1  # the last day still counts


def test_lying_idle_after_a_repair_does_not_spare_the_certificate(certified: Enter, enter: Enter, say: Any) -> None:
    certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.spell(UseState.REPAIR, "2026-03-01"))
    enter(say.spell(UseState.OUT_OF_SERVICE, "2026-03-05"))
    assert refused(enter, say.spell(UseState.IN_SERVICE, "2026-03-10")) == {"state": "not_verified"}


def test_after_a_repair_a_new_certificate_is_needed(certified: Enter, enter: Enter, say: Any) -> None:
    certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.spell(UseState.REPAIR, "2026-03-01"))
    back = say.spell(UseState.IN_SERVICE, "2026-03-10")
    assert refused(enter, back) == {"state": "not_verified"}
    enter(say.confirmation(enter(say.certificate("A-2", issued="2026-03-08", to="2027-03-07"))), actor=say.reviewer)
    assert enter(back).version == 1


@pytest.mark.parametrize(
    ("state", "changed", "faults"),
    [
        (UseState.REPAIR, {}, {"state": "out_of_turn"}),  # it was never accepted
        (UseState.SCRAPPED, {"why": " "}, {"why": "missing"}),
        (UseState.SCRAPPED, {"person": ""}, {"person": "missing"}),
        (UseState.SCRAPPED, {"code": "JL-77"}, {"instrument": "no_instrument"}),
        (UseState.SCRAPPED, {"new_class": "1.0"}, {"new_class": "new_class_extra"}),
    ],
)
def test_a_step_is_refused_by_the_field_at_fault(
    enter: Enter, say: Any, state: UseState, changed: dict[str, Any], faults: dict[str, str]
) -> None:
    enter(say.instrument())
    assert refused(enter, say.spell(state, "2026-02-01", **changed)) == faults


def test_steps_stand_in_turn_whatever_day_they_are_entered_on(certified: Enter, enter: Enter, say: Any) -> None:
    certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.spell(UseState.SCRAPPED, "2026-03-01"))
    assert refused(enter, say.spell(UseState.REPAIR, "2026-04-01")) == {"state": "out_of_turn"}
    assert refused(enter, say.spell(UseState.REPAIR, "2026-03-01")) == {"started_on": "step_same_day"}
    assert enter(say.spell(UseState.REPAIR, "2026-02-15")).version == 1


@pytest.mark.parametrize(("given", "code"), [("", "new_class_missing"), ("好", "no_class"), ("0.2", "new_class_better")])
def test_a_downgraded_instrument_names_its_lower_class(certified: Enter, enter: Enter, say: Any, given: str, code: str) -> None:
    certified()
    assert refused(enter, say.spell(UseState.DOWNGRADED, "2026-02-01", new_class=given)) == {"new_class": code}
    assert enter(say.spell(UseState.DOWNGRADED, "2026-02-01", new_class="1.0")).new_class == "1.0"


def test_a_step_that_a_later_one_needs_is_not_taken_away(certified: Enter, enter: Enter, say: Any, plant: Plant) -> None:
    certified()
    first = enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    last = enter(say.spell(UseState.REPAIR, "2026-03-01"))
    with scope(all_plants()):
        known: dict[str, Any] = {"plant": plant, "actor": Actor.system("tests"), "seen": 1, "reason": "误录"}
        with pytest.raises(InputError, match="cannot follow"):
            services.retire(models.Spell, subject=first.subject, **known)
        assert services.retire(models.Spell, subject=last.subject, **known).retired
        assert services.retire(models.Spell, subject=first.subject, **known).retired


def test_an_instrument_taken_over_is_in_use_without_acceptance(enter: Enter, say: Any) -> None:
    enter(say.instrument(taken_over_on=datetime.date(2024, 5, 1)))
    assert enter(say.spell(UseState.REPAIR, "2026-02-01")).version == 1


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"code": "JL-77"}, {"instrument": "no_instrument"}),
        ({"applied_by": ""}, {"applied_by": "missing"}),
        ({"state": SealState.BROKEN}, {"why": "missing"}),
        ({"state": SealState.REMOVED, "why": "检定"}, {"removed_by": "missing", "removed_on": "missing"}),
        ({"removed_on": datetime.date(2026, 2, 1)}, {"state": "seal_state"}),
        (
            {"state": SealState.REMOVED, "why": "x", "removed_by": "y", "removed_on": datetime.date(2025, 2, 1)},
            {"removed_on": "days"},
        ),
    ],
)
def test_a_seal_is_refused_by_the_field_at_fault(
    enter: Enter, say: Any, changed: dict[str, Any], faults: dict[str, str]
) -> None:
    enter(say.instrument())
    assert refused(enter, say.seal(**changed)) == faults


def test_a_seal_number_is_used_once(enter: Enter, say: Any) -> None:
    enter(say.instrument())
    enter(say.seal())
    assert "“JL-01”" in text(enter, say.seal())


def test_who_may_not_write_is_refused(say: Any, enter: Enter) -> None:
    with pytest.raises(RightsError, match=r"instruments\.write"):
        enter(say.instrument(), actor=Actor(Actor.system("x").uid, name="nobody"))
