"""Entering many records at once: all of them or none, each fault by its row."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable

import pytest

from tanheng.core.errors import InputError
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import RightsError
from tanheng.platform.plant import services
from tanheng.platform.plant.models import Site
from tanheng.platform.plant.schemas.site_1 import Site as Content
from tanheng.platform.plant.schemas.site_1 import SiteKind
from tanheng.platform.record import fsck
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import LogEntry, Plant

SYSTEM = Actor.system("t")


@pytest.fixture
def fresh(found_plant: Callable[[str], Plant]) -> Plant:
    return found_plant(f"s-{uuid.uuid4().hex[:8]}")


def site(code: str, name: str = "厂区") -> Content:
    return Content(
        code=code,
        name_zh=name,
        name_en="",
        kind=SiteKind.OTHER,
        address="",
        longitude=None,
        latitude=None,
        in_boundary=True,
    )


def test_many_records_are_entered_and_each_is_in_the_log(fresh: Plant) -> None:
    with scope([fresh.pk]):
        rows = services.save_many(Site, [site(f"s{number}") for number in range(1200)], plant=fresh, actor=SYSTEM)
        fresh.refresh_from_db()
        assert [row.log_index for row in rows] == list(range(1, 1201))
        assert fresh.next_index == LogEntry.objects.filter(plant=fresh).count() == 1201
        assert list(fsck.audit(fresh)) == []


def test_three_bad_rows_of_many_are_named_and_nothing_is_saved(fresh: Plant) -> None:
    contents = [site(f"s{number}") for number in range(500)]
    contents[6] = site("a b")
    contents[99] = dataclasses.replace(contents[99], name_zh="")
    contents[499] = site("s3")
    with scope([fresh.pk]):
        with pytest.raises(InputError) as refused:
            services.save_many(Site, contents, plant=fresh, actor=SYSTEM)
        assert not Site.objects.filter(plant=fresh).exists()
        assert Plant.objects.get(pk=fresh.pk).next_index == 1
    found = [(finding.fields["row"], finding.code) for finding in refused.value.findings]
    assert found == [(7, "platform.plant.code"), (100, "platform.plant.missing"), (500, "platform.plant.taken")]


def test_a_code_that_a_record_has_already_is_taken(fresh: Plant) -> None:
    with scope([fresh.pk]):
        services.save_many(Site, [site("a")], plant=fresh, actor=SYSTEM)
        with pytest.raises(InputError):
            services.save_many(Site, [site("b"), site("a")], plant=fresh, actor=SYSTEM)
        with pytest.raises(InputError):
            services.save(Site, site("a"), plant=fresh, actor=SYSTEM)


def test_a_code_that_was_given_up_can_be_taken_again(fresh: Plant) -> None:
    with scope([fresh.pk]):
        row = services.save(Site, site("a"), plant=fresh, actor=SYSTEM)
        services.save(Site, site("b"), plant=fresh, actor=SYSTEM, subject=row.subject, seen=1, reason="renamed")
        services.save(Site, site("a"), plant=fresh, actor=SYSTEM)
        services.save_many(Site, [site("c")], plant=fresh, actor=SYSTEM)


def test_nobody_enters_many_without_the_right(fresh: Plant) -> None:
    with scope([fresh.pk]), pytest.raises(RightsError):
        services.save_many(Site, [site("a")], plant=fresh, actor=Actor(uuid.uuid4()))


def test_none_is_none(fresh: Plant) -> None:
    with scope([fresh.pk]):
        assert services.save_many(Site, [], plant=fresh, actor=SYSTEM) == []
