"""Several records of a list at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import python_calamine
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant.models import Line
from tanheng.platform.record.models import Plant

Login = Callable[..., Client]
Enter = Callable[..., Line]


def ticks(*lines: Line) -> list[str]:
    return [f"{line.subject}:{line.version}" for line in lines]


def left(plant: Plant) -> list[str]:
    with scope(all_plants()):
        return sorted(Line.objects.filter(plant=plant).latest_versions().values_list("code", flat=True))


def test_each_row_has_a_box_named_after_its_record(login: Login, enter: Enter) -> None:
    row = enter("1")
    page = login(Role.VERIFIER).get("/lines/").content.decode()
    assert f'name="s" value="{row.subject}:1" form="selection" aria-label="Select 1"' in page
    assert "Retire selection" not in page
    assert "Retire selection" in login(Role.CARBON_MANAGER).get("/lines/").content.decode()


def test_the_rows_ticked_are_exported_and_no_others(login: Login, enter: Enter, tmp_path: Path) -> None:
    first, _second, third = enter("1"), enter("2"), enter("3")
    answer = login(Role.VERIFIER).post("/lines/selection/", {"do": "export", "s": ticks(third, first)})
    file = tmp_path / "selection.xlsx"
    file.write_bytes(answer.content)
    rows = python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["1", "3"]


def test_rows_are_retired_for_one_reason(login: Login, enter: Enter, plant: Plant) -> None:
    rows = [enter(code) for code in ("1", "2", "3")]
    client = login(Role.CARBON_MANAGER)
    asked = client.post("/lines/selection/", {"do": "ask", "s": ticks(*rows[:2])})
    assert asked.status_code == 200
    assert "Retire 2 records" in asked.content.decode()
    done = client.post("/lines/selection/", {"do": "retire", "s": ticks(*rows[:2]), "reason": "entered twice"}, follow=True)
    assert "2 records were retired" in done.content.decode()
    assert left(plant) == ["3"]
    assert "entered twice" in client.get(f"/lines/{rows[0].subject}/").content.decode()


def test_without_a_reason_nothing_is_retired(login: Login, enter: Enter, plant: Plant) -> None:
    row = enter("1")
    answer = login(Role.CARBON_MANAGER).post("/lines/selection/", {"do": "retire", "s": ticks(row), "reason": " "})
    assert answer.status_code == 400
    assert left(plant) == ["1"]


def test_when_one_was_changed_meanwhile_none_is_retired(login: Login, enter: Enter, plant: Plant) -> None:
    rows = [enter("1"), enter("2")]
    seen = [ticks(rows[0])[0], f"{rows[1].subject}:7"]
    answer = login(Role.CARBON_MANAGER).post("/lines/selection/", {"do": "retire", "s": seen, "reason": "x"})
    assert answer.status_code == 400
    assert "“2 · 2号线” cannot be retired" in answer.content.decode()
    assert left(plant) == ["1", "2"]


@pytest.mark.parametrize("ticked", [[], ["no"], ["3b720566-0112-4365-adbe-6cb325bc8516:x"]])
def test_nothing_or_nonsense_ticked_is_said(ticked: list[str], login: Login) -> None:
    answer = login(Role.CARBON_MANAGER).post("/lines/selection/", {"do": "ask", "s": ticked})
    assert answer.status_code == 400
    assert "tick 1 to 200" in answer.content.decode()


def test_a_record_of_another_plant_or_a_retired_one_is_not_there(login: Login, enter: Enter) -> None:
    enter("1")
    answer = login(Role.CARBON_MANAGER).post(
        "/lines/selection/", {"do": "ask", "s": ["3b720566-0112-4365-adbe-6cb325bc8516:1"]}
    )
    assert answer.status_code == 409
    assert "no longer in the ledger" in answer.content.decode()


def test_who_only_reads_retires_nothing_and_nobody_sees_nothing(login: Login, enter: Enter, plant: Plant) -> None:
    row = enter("1")
    said = {"do": "retire", "s": ticks(row), "reason": "x"}
    assert login(Role.VERIFIER).post("/lines/selection/", said).status_code == 403
    assert Client().post("/lines/selection/", said).status_code == 302
    assert login().post("/lines/selection/", {"do": "export", "s": ticks(row)}).status_code == 404
    assert login(Role.VERIFIER).get("/lines/selection/").status_code == 302
    assert left(plant) == ["1"]
