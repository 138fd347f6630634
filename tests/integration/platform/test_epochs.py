"""A log that was set back: two persons begin a new epoch, and the gap stands in its first entry."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable

import pytest

from tanheng.core.errors import InputError, TrustError
from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import ConflictError, DutiesError, RightsError
from tanheng.platform.record import epochs, fsck, logkeys, outbox, sequencer
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import LogEntry, Plant
from tanheng.platform.testing import superuser
from tanheng.trust.epoch import LogRestored
from tanheng.trust.statement import StatementType

WORDS = {"missing": "entries 2 to 3", "reason": "disk lost, backup of yesterday"}


@pytest.fixture
def fresh(found_plant: Callable[[str], Plant]) -> Plant:
    return found_plant(f"e-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def persons(fresh: Plant, person: Callable[..., User]) -> tuple[Actor, Actor]:
    first = person(f"e1-{fresh.code}", Role.CARBON_MANAGER, at=fresh)
    second = person(f"e2-{fresh.code}", Role.ADMINISTRATOR, at=fresh)
    return actor_of(first, second_factor=True), actor_of(second, second_factor=True)


@pytest.fixture
def published(fresh: Plant) -> bytes:
    """Publish a checkpoint over four entries and return it."""
    say(fresh, 3)
    sequencer.sequence(fresh.pk)
    with scope([fresh.pk]):
        last = sequencer.last_checkpoint(fresh)
    assert last is not None
    return last.note.encode()


def say(plant: Plant, count: int) -> None:
    with scope([plant.pk]):
        for number in range(count):
            outbox.record(
                plant.pk,
                type=StatementType.MANUAL_ENTRY,
                subject=f"test/{number}",
                version=1,
                media="test/1",
                payload=b"{}",
                actor=Actor.system("t"),
                keep_payload=True,
            )


def set_back(database: str, plant: Plant, to: int) -> None:
    """Leave the database as a backup of an earlier moment would."""
    with superuser(database) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("DELETE FROM record_log_entry WHERE plant_id = %s AND index >= %s", [plant.pk, to])
        owner.execute("DELETE FROM record_checkpoint WHERE plant_id = %s AND size > %s", [plant.pk, to])
        owner.execute("UPDATE record_plant SET next_index = %s WHERE id = %s", [to, plant.pk])


def test_the_new_epoch_says_what_came_back_and_who_decided(
    fresh: Plant, persons: tuple[Actor, Actor], published: bytes, database: str
) -> None:
    set_back(database, fresh, 2)
    old = logkeys.origin(fresh)
    with scope([fresh.pk]):
        row = epochs.begin(fresh, first=persons[0], second=persons[1], checkpoint=published, **WORDS)
        entry = LogEntry.objects.get(plant=row, epoch=2, index=0)
    restored = LogRestored.decode(bytes(entry.payload or b""))
    assert (restored.old_origin, restored.last_index, restored.checkpoint) == (old, 1, published)
    assert restored.persons == (str(persons[0].uid), str(persons[1].uid))
    say(fresh, 2)
    assert sequencer.sequence(fresh.pk) == sequencer.Sequenced(3, 3)
    with scope([fresh.pk]):
        row.refresh_from_db()
        assert sequencer.reader_of(row).checkpoint.origin == old.removesuffix("1") + "2"
        assert list(fsck.audit(row)) == []


def test_a_log_that_lost_nothing_begins_no_epoch(fresh: Plant, persons: tuple[Actor, Actor], published: bytes) -> None:
    with scope([fresh.pk]), pytest.raises(ConflictError):
        epochs.begin(fresh, first=persons[0], second=persons[1], checkpoint=published, **WORDS)


def test_one_person_or_one_without_right_or_factor_is_not_enough(
    fresh: Plant, persons: tuple[Actor, Actor], published: bytes, database: str
) -> None:
    set_back(database, fresh, 2)
    first, second = persons
    with scope([fresh.pk]):
        with pytest.raises(DutiesError):
            epochs.begin(fresh, first=first, second=first, checkpoint=published, **WORDS)
        with pytest.raises(RightsError):
            epochs.begin(
                fresh, first=first, second=dataclasses.replace(second, second_factor=False), checkpoint=published, **WORDS
            )
        with pytest.raises(RightsError):
            epochs.begin(fresh, first=first, second=dataclasses.replace(second, rights={}), checkpoint=published, **WORDS)
        with pytest.raises(InputError):
            epochs.begin(fresh, first=first, second=second, checkpoint=published, missing=" ", reason="r")


def test_a_checkpoint_of_another_log_is_not_believed(
    fresh: Plant, found_plant: Callable[[str], Plant], persons: tuple[Actor, Actor], database: str
) -> None:
    other = found_plant(f"e-{uuid.uuid4().hex[:8]}")
    sequencer.sequence(other.pk)
    with scope([other.pk]):
        last = sequencer.last_checkpoint(other)
    assert last is not None
    with scope([fresh.pk]), pytest.raises(TrustError):
        epochs.begin(fresh, first=persons[0], second=persons[1], checkpoint=last.note.encode(), **WORDS)
