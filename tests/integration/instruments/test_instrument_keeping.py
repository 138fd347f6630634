"""How the instrument ledgers are kept beyond their rules: whose right it is, validities, and records that others name."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.core.errors import InputError
from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.errors import RightsError
from tanheng.platform.instruments import checks, models, selectors, services
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import AuditEvent, Plant

Enter = Callable[..., Any]
SYSTEM = Actor.system("tests")
DAY = datetime.date(2026, 2, 1)


def person(plant: Plant, *rights: str) -> Actor:
    return Actor(uuid.uuid4(), rights={plant.pk: frozenset(rights)})


@pytest.fixture
def printed(enter: Enter, say: Any) -> models.Certificate:
    """Enter an instrument with its certificate."""
    enter(say.instrument())
    return enter(say.certificate())  # type: ignore[no-any-return]  # a certificate's row


def test_who_may_write_may_not_confirm(enter: Enter, say: Any, plant: Plant, printed: models.Certificate) -> None:
    with pytest.raises(RightsError, match=r"instruments\.confirm"):
        enter(say.confirmation(printed), actor=person(plant, "instruments.write"))


def test_who_may_confirm_may_not_write(enter: Enter, say: Any, plant: Plant, printed: models.Certificate) -> None:
    confirmer = person(plant, "instruments.confirm")
    with pytest.raises(RightsError, match=r"instruments\.write"):
        enter(say.seal(), actor=confirmer)
    assert enter(say.confirmation(printed), actor=confirmer).version == 1


def test_the_right_to_retire_a_confirmation_is_that_to_confirm(
    enter: Enter, say: Any, plant: Plant, printed: models.Certificate
) -> None:
    row = enter(say.confirmation(printed), actor=say.reviewer)
    ended = {"plant": plant, "subject": row.subject, "seen": 1, "reason": "误录"}
    with scope(all_plants()):
        with pytest.raises(RightsError, match=r"instruments\.confirm"):
            services.retire(models.Confirmation, actor=person(plant, "instruments.write"), **ended)
        assert services.retire(models.Confirmation, actor=person(plant, "instruments.confirm"), **ended).retired


@pytest.mark.usefixtures("printed")
def test_a_validity_of_many_is_refused_with_each_row(say: Any, plant: Plant) -> None:
    seals = [say.seal("QF-1"), say.seal("QF-1", applied_by=""), say.seal("QF-2")]
    with scope(all_plants()), pytest.raises(InputError) as caught:
        services.save_many(models.Seal, seals, plant=plant, actor=SYSTEM, valid_from=DAY)
    assert [(one.fields["row"], one.fields["field"]) for one in caught.value.findings] == [
        (1, "valid_from"),
        (2, "applied_by"),
        (2, "number"),
        (2, "valid_from"),
        (3, "valid_from"),
    ]


def test_whose_validity_is_refused_is_read_by_its_own_days() -> None:
    refusing = {model for model, check in checks.CHECKS.items() if issubclass(check, checks.DatedCheck)}
    assert refusing == selectors.READS.dated.keys() & checks.CHECKS.keys()


def test_a_certificate_that_is_confirmed_is_not_retired(
    enter: Enter, say: Any, plant: Plant, printed: models.Certificate
) -> None:
    enter(say.confirmation(printed), actor=say.reviewer)
    with scope(all_plants()), pytest.raises(InputError, match=r"“A-1” is still named by other records \(confirmation 1\)"):
        services.retire(models.Certificate, plant=plant, actor=SYSTEM, subject=printed.subject, seen=1, reason="误录")


@pytest.mark.usefixtures("printed")
def test_a_confirmed_record_without_a_number_is_named_by_its_id(enter: Enter, say: Any, plant: Plant) -> None:
    without = {"kind": CertificateKind.CALIBRATION, "result": Result.NONE, "accuracy_class": ""}
    own = enter(say.certificate("", **without))
    enter(say.confirmation(own), actor=say.reviewer)
    with scope(all_plants()), pytest.raises(InputError, match=f"“{own.subject}” is still named"):
        services.retire(models.Certificate, plant=plant, actor=SYSTEM, subject=own.subject, seen=1, reason="误录")


def test_a_chain_that_is_installed_keeps_its_number(enter: Enter, say: Any, plant: Plant) -> None:
    enter(say.instrument())
    row = enter(say.chain(sensor="JL-01"))
    enter(say.installation(code="", chain="JL-S-01"))
    with pytest.raises(InputError) as caught:
        enter(say.chain("JL-S-02", sensor="JL-01"), subject=row.subject, seen=1, reason="新编号")
    assert [(one.fields["field"], one.fields["by"]) for one in caught.value.findings] == [
        ("code", {"zh": "安装记录 1", "en": "installation 1"})
    ]


def test_nothing_entered_leaves_no_trace(plant: Plant) -> None:
    with scope(all_plants()):
        assert services.save_many(models.Seal, [], plant=plant, actor=SYSTEM) == []
        assert not AuditEvent.objects.filter(plant=plant, action="instruments.save_seal").exists()
