"""The workbook of all instrument ledgers: one reason for what it corrects, and where its faults are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import models
from tanheng.platform.record.models import Plant
from tests.integration.instruments.test_instrument_pages import ROWS, filled
from tests.integration.ui.test_own_sheets import texts

Login = Callable[..., Client]


def test_a_workbook_that_corrects_asks_for_the_reason_once(login: Login, plant: Plant) -> None:
    client = login(Role.METROLOGIST, language="zh-hans")
    template = client.get("/instrument-workbook.xlsx").content

    def check(rows: dict[str, Any]) -> tuple[str, str]:
        answer = client.post("/instrument-workbook/", {"file": SimpleUploadedFile("x.xlsx", filled(plant, rows, template))})
        page = answer.content.decode()
        return page, page.partition('name="kept" value="')[2].partition('"')[0]

    _page, kept = check(ROWS)
    client.post("/instrument-workbook/", {"kept": kept})
    page, kept = check({**ROWS, "铅封": [{**ROWS["铅封"][0], "施封人": "李四"}]})
    assert "更正 1 条已有记录的原因" in page, texts(page)
    refused = client.post("/instrument-workbook/", {"kept": kept, "reason": " "})
    assert refused.status_code == 409
    assert "更正须写明原因" in refused.content.decode()
    assert client.post("/instrument-workbook/", {"kept": kept, "reason": "核对现场"}).status_code == 302
    with scope(all_plants()):
        said = [(row.applied_by, row.reason) for row in models.Seal.objects.filter(plant=plant).order_by("version")]
    assert said == [("张三", ""), ("李四", "核对现场")]


def test_a_fault_in_a_workbook_names_its_row(login: Login, plant: Plant) -> None:
    client = login(Role.METROLOGIST, language="zh-hans")
    template = client.get("/instrument-workbook.xlsx").content
    bad = {**ROWS, "铅封": [{**ROWS["铅封"][0], "器具": "W-77"}]}
    page = client.post("/instrument-workbook/", {"file": SimpleUploadedFile("x.xlsx", filled(plant, bad, template))})
    assert re.search(r"<td[^>]*>2</td>\s*<td>器具</td>", page.content.decode())
