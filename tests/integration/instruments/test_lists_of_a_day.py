"""What a list shows for a day: records that date themselves by their own dates, and not by the day they were entered."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import models, selectors
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant, Version

Enter = Callable[..., Any]
SYSTEM = Actor.system("tests")


def listed(model: type[Version], plant: Plant, day: str | None, name: str) -> list[str]:
    on = datetime.date.fromisoformat(day) if day is not None else None
    with scope(all_plants()):
        return sorted(selectors.ledger(SYSTEM, model, plant, on=on).values_list(name, flat=True))


@pytest.mark.parametrize(
    ("day", "points"),
    [
        ("2026-01-31", []),
        ("2026-02-01", ["P-1"]),
        ("2026-02-28", ["P-1"]),
        ("2026-03-01", ["P-2"]),  # the day on which it was taken away is no day at the old place
        ("2026-05-01", ["P-2"]),
        (None, ["P-1", "P-2"]),
    ],
)
def test_an_installation_is_listed_while_it_lasts(
    day: str | None, points: list[str], plant: Plant, enter: Enter, say: Any
) -> None:
    enter(say.instrument())
    enter(say.installation("P-1", start="2026-02-01", end="2026-03-01"))
    enter(say.installation("P-2", start="2026-03-01"))
    assert listed(models.Installation, plant, day, "point") == points


@pytest.mark.parametrize(("day", "numbers"), [("2026-01-09", []), ("2026-01-10", ["A-1"]), ("2036-01-10", ["A-1"])])
def test_a_certificate_is_listed_from_its_issue(day: str, numbers: list[str], plant: Plant, enter: Enter, say: Any) -> None:
    enter(say.instrument())
    enter(say.certificate(issued="2026-01-10"))
    assert listed(models.Certificate, plant, day, "number") == numbers
