"""The year's end as two persons walk it, on a simulated clock: frozen on 31 December, compared, confirmed, and late changes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.configuration import Login as As
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import selectors
from tanheng.platform.instruments.models import Instrument, YearEnd
from tanheng.platform.record import schema
from tanheng.platform.record.models import Plant
from tanheng.platform.testing import using

Login = Callable[..., Client]
Set = Callable[[str], None]
DAY_MS = 86_400_000
FOUNDED = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)


@pytest.fixture
def clock(plant: Plant, database: str) -> Set:
    """Return a function that sets the clock of the plant, entered in 2026, to a day, as a demonstration allows."""

    def set_to(day: str) -> None:
        with using(As.OWNER, database), scope(all_plants()):
            now = Plant.objects.get(pk=plant.pk)
            ahead = (datetime.date.fromisoformat(day) - selectors.today(now)).days * DAY_MS
            Plant.objects.filter(pk=plant.pk).update(
                demonstration=True, clock_offset_ms=now.clock_offset_ms + ahead, founded_at=FOUNDED
            )
        with scope(all_plants()):
            plant.refresh_from_db()

    return set_to


def digest(client: Client, year: int) -> str:
    """Return the digest that the page of a year shows to who confirms."""
    found = re.search(r'name="digest" value="([^"]+)"', client.get(f"/year-ends/{year}/").content.decode())
    assert found is not None
    return found[1]


def freeze(client: Client, year: int) -> int:
    return client.post("/year-ends/", {"year": str(year)}).status_code


def confirm(client: Client, year: int, seen: str) -> tuple[int, str]:
    answer = client.post(f"/year-ends/{year}/", {"digest": seen, "note": "walked"})
    return answer.status_code, answer.content.decode()


def rename(enter: Any, plant: Plant, code: str, name: str) -> None:
    import dataclasses

    with scope(all_plants()):
        row = Instrument.objects.filter(plant=plant, code=code).latest_versions().get()
        content: Any = schema.decode(bytes(row.payload)).content  # Any: the instrument's schema
    enter(dataclasses.replace(content, name_zh=name), subject=row.subject, seen=row.version, reason="renamed")


def test_two_years_are_frozen_compared_and_confirmed(
    certified: Any, enter: Any, say: Any, login: Login, plant: Plant, clock: Set
) -> None:
    certified("JL-01")
    both = login(Role.METROLOGIST, Role.CARBON_MANAGER)
    chief = login(Role.CARBON_MANAGER)

    clock("2026-12-31")
    assert freeze(both, 2026) == 302
    status, text = confirm(both, 2026, digest(both, 2026))  # who froze it may not confirm it
    assert (status, "froze" in text) == (409, True)
    assert confirm(chief, 2026, digest(chief, 2026))[0] == 302
    assert "Differences from the year before" in chief.get("/year-ends/2026/").content.decode()

    clock("2027-06-30")
    certified("JL-02")
    rename(enter, plant, "JL-01", "入磨煤皮带秤甲")
    clock("2027-12-31")
    assert freeze(both, 2027) == 302
    text = chief.get("/year-ends/2027/").content.decode()
    assert re.search(r"JL-02 · JL-02皮带秤</td><td>.*?added", text)
    assert re.search(r"<del>JL-01皮带秤</del></td><td class=\"is\"><ins>入磨煤皮带秤甲</ins>", text)
    assert 'id="late"' not in text

    # A late change: not in what was frozen, told to who confirms; frozen again, the digest seen before is no longer good.
    seen = digest(chief, 2027)
    rename(enter, plant, "JL-02", "进厂煤皮带秤")
    text = chief.get("/year-ends/2027/").content.decode()
    late = text.partition('id="late"')[2]
    assert "<ins>进厂煤皮带秤</ins>" in late
    assert "freeze it again before it is confirmed" in late
    assert freeze(both, 2027) == 302
    status, text = confirm(chief, 2027, seen)
    assert (status, "again" in text) == (409, True)
    assert confirm(chief, 2027, digest(chief, 2027))[0] == 302

    # And one after the confirmation: what was confirmed stays, nothing is frozen any more, and the page says what differs.
    rename(enter, plant, "JL-02", "进厂煤皮带秤乙")
    assert freeze(both, 2027) == 409
    text = chief.get("/year-ends/2027/").content.decode()
    assert "What was confirmed stays as it is" in text
    assert 'name="digest"' not in text
    with scope(all_plants()):
        rows = list(YearEnd.objects.filter(plant=plant, year=2027).order_by("version"))
    assert [(row.version, row.confirmed_on) for row in rows] == [(1, None), (2, None), (3, datetime.date(2027, 12, 31))]
    assert rows[1].digest == rows[2].digest != rows[0].digest


def test_a_day_before_the_last_it_is_a_draft_and_a_day_after_it_is_that_of_the_last(
    certified: Any, login: Login, plant: Plant, clock: Set
) -> None:
    certified("JL-01")
    keeper, chief = login(Role.METROLOGIST), login(Role.CARBON_MANAGER)
    clock("2026-12-30")
    freeze(keeper, 2026)
    status, text = confirm(chief, 2026, digest(chief, 2026))
    assert (status, "draft" in text) == (409, True)
    clock("2027-01-04")
    freeze(keeper, 2026)
    with scope(all_plants()):
        assert YearEnd.objects.filter(plant=plant).latest_versions().get().frozen_on == datetime.date(2026, 12, 31)
    assert confirm(chief, 2026, digest(chief, 2026))[0] == 302
