"""The form 1-8-1 of a year is a record: who filled it in, when, with which answers; and it is reprinted as it was."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from typing import Any

import python_calamine
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import form_181_kept
from tanheng.platform.instruments.form_181 import ITEMS
from tanheng.platform.instruments.models import Form181
from tanheng.platform.record.models import Plant

Login = Callable[..., Client]
FORM = "/form-1-8-1/"
ANSWERS = {"on": "2026-06-30", "edition": "2006", "system": "yes", "responsible": "no"}


def book(data: bytes) -> dict[str, list[list[Any]]]:
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as found:
        return {name: found.get_sheet_by_name(name).to_python() for name in found.sheet_names}


def forms(plant: Plant) -> list[Form181]:
    with scope(all_plants()):
        return list(Form181.objects.filter(plant=plant).order_by("version"))


def test_what_is_answered_is_kept_with_its_numbers_and_a_log_entry(certified: Any, login: Login, plant: Plant) -> None:
    certified("JL-01")
    client = login(Role.METROLOGIST)
    assert client.post(FORM, ANSWERS).status_code == 302
    (row,) = forms(plant)
    assert (row.year, row.stood_on, row.version, row.answered) == (2026, datetime.date(2026, 6, 30), 1, 2)
    assert row.log_index >= 0
    with scope(all_plants()):
        content = form_181_kept.content_of(row)
    assert content.answers == dict.fromkeys(ITEMS, "") | {"system": "yes", "responsible": "no"}
    assert [table.name for table in content.tables] == ["能源计量器具", "小计", "管理情况", "说明"]
    text = client.get(FORM).content.decode()
    assert "2 / 8" in text
    assert f"{FORM}2026/1.xlsx" in text


def test_the_form_is_reprinted_as_it_was_whatever_happens_to_the_ledgers(certified: Any, login: Login, plant: Plant) -> None:
    certified("JL-01")
    client = login(Role.METROLOGIST, language="zh-hans")
    client.post(FORM, ANSWERS)
    first = client.get(f"{FORM}2026/1.xlsx")
    certified("JL-02")  # one more instrument at no point of an energy: the draft says so, the kept form does not
    second = client.get(f"{FORM}2026/1.xlsx")
    assert first.content == second.content
    sheets = book(second.content)
    assert [row[1] for row in sheets["管理情况"][1:4]] == ["是", "否", "未填"]
    left = {name: dict(row[:2] for row in found["说明"][1:]) for name, found in (("kept", sheets), ("draft", _draft(client)))}
    assert "JL-02" not in str(left["kept"])
    assert "JL-02" in str(left["draft"])
    stamp = dict(row[:2] for row in sheets["存档"][1:])
    assert (stamp["年度"], stamp["版本"], stamp["摘要"]) == ("2026", "1", forms(plant)[0].digest)


def _draft(client: Client) -> dict[str, list[list[Any]]]:
    return book(client.get("/form-1-8-1.xlsx?on=2026-06-30").content)


def test_numbers_are_reprinted_as_numbers(login: Login, plant: Plant, enter: Any, say: Any) -> None:
    client = login(Role.METROLOGIST, language="zh-hans")
    _point_of_electricity(plant)
    client.post(FORM, ANSWERS)
    (row,) = book(client.get(f"{FORM}2026/1.xlsx").content)["小计"][1:]
    assert row[1].startswith("电力")
    assert row[2:6] == [1.0, 0.0, 0.0, 0.0]  # one point needed, nothing installed: 0 of 1


def _point_of_electricity(plant: Plant) -> None:
    import dataclasses

    from tanheng.platform.plant.models import Point
    from tanheng.platform.record import schema, versions
    from tanheng.platform.record.actor import Actor

    with scope(all_plants()):
        row = Point.objects.filter(plant=plant, code="P-1").latest_versions().get()
        content: Any = schema.decode(bytes(row.payload)).content  # Any: the point's schema
        changed = dataclasses.replace(content, energy="electricity")
        versions.write(
            Point,
            plant=plant.pk,
            actor=Actor.system("tests"),
            schema_id="point/1",
            content=changed,
            subject=row.subject,
            seen=row.version,
            reason="energy",
        )


def test_a_correction_needs_a_reason_and_the_first_form_stays(login: Login, plant: Plant) -> None:
    client = login(Role.METROLOGIST)
    client.post(FORM, ANSWERS)
    again = ANSWERS | {"responsible": "yes", "seen": "1"}
    answer = client.post(FORM, again)
    assert answer.status_code == 400
    assert [row.version for row in forms(plant)] == [1]
    assert client.post(FORM, again | {"reason": "a person was named in June"}).status_code == 302
    first, second = forms(plant)
    assert (first.version, second.version, second.subject) == (1, 2, first.subject)
    texts = [client.get(f"{FORM}2026/{version}.xlsx").content for version in (1, 2)]
    assert [book(text)["管理情况"][2][1] for text in texts] == ["否", "是"]
    assert dict(row[:2] for row in book(texts[1])["存档"][1:])["更正原因"] == "a person was named in June"


def test_two_who_answer_at_once_are_told_and_nothing_is_lost(login: Login, plant: Plant) -> None:
    client = login(Role.METROLOGIST)
    client.post(FORM, ANSWERS)
    client.post(FORM, ANSWERS | {"seen": "1", "reason": "first", "system": "no"})
    late = client.post(FORM, ANSWERS | {"seen": "1", "reason": "second", "system": ""})
    assert late.status_code == 409
    assert [row.version for row in forms(plant)] == [1, 2]


def test_the_answers_of_last_time_are_proposed(login: Login, plant: Plant) -> None:
    client = login(Role.METROLOGIST)
    client.post(FORM, ANSWERS)
    text = client.get(f"{FORM}?on=2026-07-31").content.decode()
    assert re.search(r'name="system".*?<option value="yes" selected>', text, re.DOTALL)
    assert 'name="seen" value="1"' in text


def test_a_day_to_come_and_an_odd_answer_are_refused(login: Login, plant: Plant) -> None:
    client = login(Role.METROLOGIST)
    for given in ({"on": "2099-12-31"}, {"on": "yesterday"}, {"system": "perhaps"}, {"edition": "1999"}):
        assert client.post(FORM, ANSWERS | given).status_code == 400, given
    assert "is still to come" in client.post(FORM, ANSWERS | {"on": "2099-12-31"}).content.decode()
    assert forms(plant) == []


def test_who_may_only_read_keeps_nothing_and_reads_what_was_kept(login: Login, plant: Plant) -> None:
    login(Role.METROLOGIST).post(FORM, ANSWERS)
    reader = login(Role.SAMPLER)
    assert reader.post(FORM, ANSWERS | {"reason": "mine"}).status_code == 403
    assert "Keep the form" not in reader.get(FORM).content.decode()
    assert reader.get(f"{FORM}2026/1.xlsx").status_code == 200
    assert reader.get(f"{FORM}2026/2.xlsx").status_code == 404
    assert reader.get(f"{FORM}2025/1.xlsx").status_code == 404
    assert Client().get(f"{FORM}2026/1.xlsx").status_code == 302
