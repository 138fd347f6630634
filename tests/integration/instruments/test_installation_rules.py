"""What the ledgers of installations, chains, certificates and confirmations refuse; and that the database holds it too."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tanheng.core.errors import InputError
from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.errors import ConflictError, DutiesError
from tanheng.platform.instruments import checks, exchange, models, services
from tanheng.platform.instruments.schemas.chain_1 import ChainKind
from tanheng.platform.instruments.schemas.confirmation_1 import Verdict
from tanheng.platform.record import versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

Enter = Callable[..., Any]
SYSTEM = Actor.system("tests")


def refused(enter: Enter, content: Any, **more: Any) -> dict[str, str]:
    """Return the faults of a content: field to code without its area."""
    with pytest.raises(InputError) as caught:
        enter(content, **more)
    return {str(one.fields["field"]): one.code.rpartition(".")[2] for one in caught.value.findings}


def text(enter: Enter, content: Any) -> str:
    with pytest.raises(InputError) as caught:
        enter(content)
    return " ".join(one.text("zh") for one in caught.value.findings)


@pytest.fixture
def two(enter: Enter, say: Any) -> None:
    """Enter two instruments."""
    enter(say.instrument("JL-01"))
    enter(say.instrument("JL-02"))


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"instrument": ""}, {"instrument": "one_item"}),
        ({"chain": "JL-S-01"}, {"instrument": "one_item"}),
        ({"instrument": "JL-77"}, {"instrument": "no_instrument"}),
        ({"instrument": "", "chain": "JL-S-77"}, {"chain": "no_chain"}),
        ({"point": ""}, {"point": "missing"}),
        ({"point": "P-77"}, {"point": "no_point"}),
        ({"started_at": "8点"}, {"started_at": "time"}),
        ({"started_at": "24:00"}, {"started_at": "time"}),
        ({"started_on": datetime.date(2999, 1, 1)}, {"started_on": "future"}),
        ({"ended_on": datetime.date(2026, 2, 1)}, {"ended_on": "end_before_start"}),
        ({"ended_at": "08:00"}, {"ended_on": "end_missing"}),
        ({"closing_reading": Decimal(1), "reading_unit": "t"}, {"ended_on": "end_missing"}),
        ({"opening_reading": Decimal(1)}, {"reading_unit": "reading_unit"}),
        ({"opening_reading": Decimal(-1), "reading_unit": "t"}, {"opening_reading": "range"}),
    ],
)
def test_an_installation_is_refused_by_the_field_at_fault(
    enter: Enter, say: Any, changed: dict[str, Any], faults: dict[str, str]
) -> None:
    assert refused(enter, say.installation(**changed)) == faults


@pytest.mark.usefixtures("two")
def test_two_instruments_at_one_point_are_refused_with_both_named(enter: Enter, say: Any) -> None:
    enter(say.installation(start="2026-02-01", end="2026-03-01"))
    late = say.installation(code="JL-02", start="2026-02-28")
    assert refused(enter, late) == {"point": "point_taken"}
    assert all(word in text(enter, late) for word in ("“JL-01”", "“JL-02”", "“P-1”", "2026-02-01", "2026-03-01"))


@pytest.mark.usefixtures("two")
def test_the_next_begins_in_the_minute_in_which_the_last_ends(enter: Enter, say: Any) -> None:
    enter(say.installation(start="2026-02-01", end="2026-03-01", ended_at="10:30"))
    early = say.installation(code="JL-02", start="2026-03-01", started_at="10:29")
    assert refused(enter, early) == {"point": "point_taken"}
    assert enter(say.installation(code="JL-02", start="2026-03-01", started_at="10:30")).version == 1


@pytest.mark.usefixtures("two")
def test_one_instrument_at_two_points_is_refused_unless_it_is_shared(enter: Enter, say: Any) -> None:
    enter(say.installation("P-1"))
    assert refused(enter, say.installation("P-2")) == {"instrument": "at_two_points"}
    assert "“P-1”" in text(enter, say.installation("P-2"))
    assert enter(say.installation("P-2", shared_reason="两条线共用一台汽车衡")).version == 1


@pytest.mark.usefixtures("two")
def test_two_at_one_point_stand_with_a_reason(enter: Enter, say: Any) -> None:
    enter(say.installation())
    assert enter(say.installation(code="JL-02", beside_reason="主副表")).version == 1


@pytest.mark.usefixtures("two")
def test_the_same_installation_twice_is_refused_even_with_reasons(enter: Enter, say: Any) -> None:
    enter(say.installation())
    again = say.installation(start="2026-02-02", shared_reason="x", beside_reason="y")
    assert refused(enter, again) == {"started_on": "twice_there"}


@pytest.mark.usefixtures("two")
def test_a_correction_is_not_held_against_its_own_earlier_version(enter: Enter, say: Any) -> None:
    row = enter(say.installation())
    moved = enter(say.installation("P-2"), subject=row.subject, seen=1, reason="录错计量点")
    assert enter(say.installation(code="JL-02")).version == 1
    assert moved.version == 2


@pytest.mark.usefixtures("two")
def test_a_retired_installation_leaves_its_place(enter: Enter, say: Any, plant: Plant) -> None:
    row = enter(say.installation())
    with scope(all_plants()):
        services.retire(models.Installation, plant=plant, actor=SYSTEM, subject=row.subject, seen=1, reason="误录")
    assert enter(say.installation(code="JL-02")).version == 1


@pytest.mark.usefixtures("two")
def test_a_validity_beside_its_own_days_is_refused(enter: Enter, say: Any) -> None:
    assert refused(enter, say.installation(), valid_from=datetime.date(2026, 2, 1)) == {"valid_from": "undated"}


def test_what_is_scrapped_is_not_installed(enter: Enter, say: Any) -> None:
    enter(say.instrument())
    enter(say.spell(UseState.SCRAPPED, "2026-01-20"))
    assert refused(enter, say.installation()) == {"instrument": "scrapped"}


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("first", "second", "constraint"),
    [
        ({"code": "JL-01", "point": "P-1"}, {"code": "JL-02", "point": "P-1"}, "instrument_installation_one_item"),
        ({"code": "JL-01", "point": "P-1"}, {"code": "JL-01", "point": "P-2"}, "instrument_installation_one_place"),
    ],
)
def test_the_database_refuses_what_a_service_would_overlook(
    plant: Plant, say: Any, first: dict[str, str], second: dict[str, str], constraint: str
) -> None:
    contents = [say.installation(**first), say.installation(**second)]
    ledger = models.Installation
    with pytest.raises(ConflictError, match=constraint), scope(all_plants()):  # noqa: PT012  # the scope's transaction ends with it
        versions.write_many(ledger, plant=plant.pk, actor=SYSTEM, schema_id="installation/1", contents=contents)
        checks.InstallationCheck(plant).settle([], None, SYSTEM)


def wanted(**changed: Any) -> exchange.Exchange:
    said: dict[str, Any] = {
        "on": datetime.date(2026, 4, 1),
        "at": "09:15",
        "instrument": "JL-02",
        "chain": "",
        "closing_reading": Decimal("9876.5"),
        "opening_reading": Decimal("0.1"),
        "reading_unit": "t",
        "why": "到期更换",
    }
    return exchange.Exchange(**{**said, **changed})


@pytest.mark.usefixtures("two")
def test_an_exchange_ends_the_old_and_begins_the_new_in_one_minute(enter: Enter, say: Any, plant: Plant) -> None:
    row = enter(say.installation())
    with scope(all_plants()):
        old, new = exchange.exchange(row, wanted(), plant=plant, actor=SYSTEM)
    assert (old.subject, old.version, old.closing_reading, old.ends) == (row.subject, 2, Decimal("9876.5"), new.begins)
    assert (new.instrument, new.point, new.opening_reading, new.ended_on) == ("JL-02", "P-1", Decimal("0.1"), None)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("changed", "field"),
    [({"instrument": "JL-77"}, "instrument"), ({"on": datetime.date(2026, 1, 1)}, "on"), ({"at": "9"}, "at")],
)
def test_a_bad_exchange_changes_nothing(enter: Enter, say: Any, plant: Plant, changed: dict[str, Any], field: str) -> None:
    row = enter(say.installation())
    with scope(all_plants()), pytest.raises(InputError) as caught:
        exchange.exchange(row, wanted(**changed), plant=plant, actor=SYSTEM)
    assert caught.value.findings[0].fields["field"] == field
    with scope(all_plants()):
        assert models.Installation.objects.filter(plant=plant).count() == 1


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"sensor": ""}, {"sensor": "empty_chain"}),
        ({"sensor": "JL-77"}, {"sensor": "no_instrument"}),
        ({"sensor": "JL-01", "totaliser": "JL-01"}, {"totaliser": "two_roles"}),
        ({"code": "JL-01", "sensor": "JL-02"}, {"code": "code_of_instrument"}),
        ({"name_zh": "", "sensor": "JL-01"}, {"name_zh": "missing"}),
    ],
)
def test_a_chain_is_refused_by_the_field_at_fault(
    enter: Enter, say: Any, changed: dict[str, Any], faults: dict[str, str]
) -> None:
    assert refused(enter, say.chain(**changed)) == faults


@pytest.mark.usefixtures("two")
def test_a_chain_with_a_missing_part_is_entered_as_it_is(enter: Enter, say: Any) -> None:
    assert enter(say.chain(sensor="JL-01")).version == 1
    assert refused(enter, say.chain("JL-S-02", sensor="JL-01")) == {"sensor": "two_chains"}
    assert refused(enter, say.instrument("JL-S-01")) == {"code": "code_of_chain"}


@pytest.mark.usefixtures("two")
def test_a_transformer_may_serve_two_chains(enter: Enter, say: Any) -> None:
    enter(say.chain(kind=ChainKind.ELECTRICITY, meter="JL-01", voltage_transformer="JL-02"))
    enter(say.instrument("JL-03"))
    assert enter(say.chain("JL-S-02", kind=ChainKind.ELECTRICITY, meter="JL-03", voltage_transformer="JL-02")).version == 1


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"number": ""}, {"number": "number_missing"}),
        ({"issuer": " "}, {"issuer": "missing"}),
        ({"code": ""}, {"instrument": "one_item"}),
        ({"issued": "2999-01-01", "to": None}, {"issued_on": "future"}),
        ({"to": "2026-01-09"}, {"expires_on": "days"}),
        ({"result": Result.UNQUALIFIED}, {"result": "result"}),
        ({"kind": CertificateKind.CALIBRATION}, {"result": "result"}),
        ({"kind": CertificateKind.RESULT_NOTICE}, {"result": "result"}),
        ({"uncertainty": Decimal("0.2"), "uncertainty_unit": "%"}, {"coverage_factor": "k_missing"}),
        ({"uncertainty": Decimal("0.2"), "coverage_factor": Decimal(2)}, {"uncertainty_unit": "u_unit"}),
        ({"uncertainty": Decimal(0)}, {"uncertainty": "range"}),
        ({"coverage_factor": Decimal(9)}, {"coverage_factor": "range"}),
        ({"range_low": Decimal(3), "range_high": Decimal(1), "range_unit": "t"}, {"range_high": "range_order"}),
    ],
)
def test_a_certificate_is_refused_by_the_field_at_fault(
    enter: Enter, say: Any, changed: dict[str, Any], faults: dict[str, str]
) -> None:
    assert refused(enter, say.certificate(**changed)) == faults


@pytest.mark.usefixtures("two")
def test_a_certificate_number_is_unique_for_its_issuer(enter: Enter, say: Any) -> None:
    enter(say.certificate("A-1"))
    assert "“JL-01”" in text(enter, say.certificate("A-1", code="JL-02"))
    assert enter(say.certificate("A-1", code="JL-02", issuer="另一院")).version == 1


@pytest.mark.usefixtures("two")
def test_a_certificate_of_a_meter_without_any_is_entered(enter: Enter, say: Any) -> None:
    failed = say.certificate("N-1", to=None, kind=CertificateKind.RESULT_NOTICE, result=Result.UNQUALIFIED, accuracy_class="")
    assert enter(failed).version == 1
    calibrated = say.certificate("C-1", kind=CertificateKind.CALIBRATION, result=Result.NONE, accuracy_class="")
    assert enter(calibrated).version == 1


@pytest.mark.usefixtures("two")
def test_nobody_confirms_a_certificate_that_they_entered(enter: Enter, say: Any) -> None:
    printed = enter(say.certificate())
    with pytest.raises(DutiesError):
        enter(say.confirmation(printed))


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"certificate": "00000000-0000-4000-8000-000000000000"}, {"certificate": "no_certificate"}),
        ({"certificate": "?"}, {"certificate": "no_certificate"}),
        ({"required_class": "好"}, {"required_class": "no_class"}),
        ({"required_class": "0.2"}, {"verdict": "class_worse"}),
        ({"required_mpe": Decimal("0.5")}, {"mpe_unit": "mpe_unit"}),
        ({"required_mpe": Decimal("0.5"), "found_error": Decimal("-0.6"), "mpe_unit": "%"}, {"verdict": "error_larger"}),
        ({"confirmed_on": datetime.date(2026, 1, 9)}, {"confirmed_on": "days"}),
        ({"confirmed_on": datetime.date(2999, 1, 9)}, {"confirmed_on": "future"}),
    ],
)
def test_a_confirmation_is_refused_by_the_field_at_fault(
    enter: Enter, say: Any, changed: dict[str, Any], faults: dict[str, str]
) -> None:
    printed = enter(say.certificate())
    assert refused(enter, say.confirmation(printed, **changed), actor=say.reviewer) == faults


@pytest.mark.usefixtures("two")
def test_a_confirmation_may_say_that_the_instrument_is_not_fit(enter: Enter, say: Any) -> None:
    printed = enter(say.certificate())
    unfit = say.confirmation(printed, required_class="0.2", verdict=Verdict.UNFIT)
    assert enter(unfit, actor=say.reviewer).version == 1
    assert refused(enter, unfit, actor=say.reviewer) == {"certificate": "confirmed_twice"}


@pytest.mark.usefixtures("two")
def test_an_unqualified_certificate_cannot_be_confirmed_as_fit(enter: Enter, say: Any) -> None:
    notice = enter(say.certificate(kind=CertificateKind.RESULT_NOTICE, result=Result.UNQUALIFIED))
    assert refused(enter, say.confirmation(notice), actor=say.reviewer) == {"verdict": "unqualified_fit"}


@pytest.mark.usefixtures("two")
def test_a_class_that_is_not_printed_cannot_be_compared(enter: Enter, say: Any) -> None:
    printed = enter(say.certificate(accuracy_class=""))
    assert refused(enter, say.confirmation(printed, required_class="0.5"), actor=say.reviewer) == {
        "required_class": "class_not_printed"
    }


@pytest.mark.usefixtures("two")
def test_a_corrected_certificate_is_to_be_confirmed_again(enter: Enter, say: Any, plant: Plant) -> None:
    printed = enter(say.certificate())
    enter(say.confirmation(printed), actor=say.reviewer)
    enter(say.certificate(to="2027-06-30"), subject=printed.subject, seen=1, reason="有效期录错")
    step = say.spell(UseState.IN_SERVICE, "2026-02-01")
    assert refused(enter, step) == {"state": "not_verified"}
    enter(say.confirmation(printed), actor=say.reviewer)
    assert enter(step).version == 1
