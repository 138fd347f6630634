"""What records of the instrument ledgers are called, and how their fields are grouped on form and page."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tanheng.core.errors import InputError
from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import forms, models, services
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import heading

Enter = Callable[..., Any]
Login = Callable[..., Client]
GROUPED = (forms.InstrumentForm, forms.CertificateForm)


def title(client: Client, address: str) -> str:
    """Return the heading of a page, without the chip beside it."""
    found = re.search(r"<h1>(.*?) <span class=\"chip", client.get(address).content.decode(), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh-hans",
            {
                "installations": "JL-01 → P-1，自 2026-02-01",
                "spells": "JL-01：在用，自 2026-02-01",
                "confirmations": "A-JL-01 · JL-01：满足使用要求，2026-01-10",
                "certificates": "A-JL-01 · JL-01",
            },
        ),
        (
            "en",
            {
                "installations": "JL-01 → P-1, since 2026-02-01",
                "spells": "JL-01: in service, since 2026-02-01",
                "confirmations": "A-JL-01 · JL-01: fit for the use, 2026-01-10",
                "certificates": "A-JL-01 · JL-01",
            },
        ),
    ],
)
def test_a_record_that_only_has_a_day_is_called_by_what_it_is_about(
    language: str, said: dict[str, str], certified: Enter, enter: Enter, say: Any, login: Login, plant: Plant
) -> None:
    certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.installation())
    client = login(Role.METROLOGIST, language=language)
    kinds: dict[str, Any] = {
        "installations": models.Installation,
        "spells": models.Spell,
        "confirmations": models.Confirmation,
        "certificates": models.Certificate,
    }
    with scope(all_plants()):
        rows = {
            name: next(row for row in model.objects.filter(plant=plant).order_by("log_index")) for name, model in kinds.items()
        }
    assert {name: title(client, f"/{name}/{row.subject}/") for name, row in rows.items()} == said


def test_a_certificate_without_a_number_is_called_by_its_issuer(enter: Enter, say: Any, login: Login) -> None:
    enter(say.instrument())
    row = enter(say.certificate("", kind=CertificateKind.CALIBRATION, result=Result.NONE, to=None))
    assert title(login(Role.METROLOGIST), f"/certificates/{row.subject}/") == "(no number) · 某省计量院 · JL-01"


@pytest.mark.parametrize("form", GROUPED)
def test_a_field_stands_in_one_group_and_is_one_of_the_ledgers(form: type[LedgerForm]) -> None:
    named = [name for _, group in form.groups for name in group]
    assert sorted(named) == sorted(one.name for one in dataclasses.fields(form.content_type))


@pytest.mark.parametrize("form", GROUPED)
def test_what_no_group_names_stands_in_the_last_and_an_empty_group_nowhere(form: type[LedgerForm]) -> None:
    first, last = form.groups[0], form.groups[-1]
    names = [first[1][0], "valid_from", "reason"]
    assert form.grouped(names) == [(str(first[0]), [first[1][0]]), (str(last[0]), ["valid_from", "reason"])]
    assert form.grouped([]) == []


def test_a_form_without_groups_is_one_block() -> None:
    assert forms.SealForm.grouped(["number", "remark"]) == [("", ["number", "remark"])]


def test_the_range_as_printed_stands_beside_its_ends_on_form_and_page(certified: Enter, login: Login) -> None:
    row = certified()
    client = login(Role.METROLOGIST, language="zh-hans")
    for address in ("/instruments/new/", f"/instruments/{row.subject}/edit/", f"/instruments/{row.subject}/"):
        page = client.get(address).content.decode()
        found = re.findall(r"<(?:legend|h3 class=\"group\")>(.*?)</", page)
        assert found == ["身份", "计量特性", "安装与工况", "溯源", "权属与人员", "其他"], address
        block = page.split("计量特性</")[1].split("安装与工况</")[0]
        assert all(word in block for word in ("测量范围", "测量范围下限", "测量范围上限")), address


def test_no_way_of_traceability_is_chosen_before_somebody_chooses(login: Login, certified: Enter) -> None:
    client = login(Role.METROLOGIST)
    asked = client.get("/instruments/new/").content.decode().split('name="traceability"')[1].split("</select>")[0]
    assert '<option value="" selected>—</option>' in asked
    kept = client.get(f"/instruments/{certified().subject}/edit/").content.decode()
    assert '<option value="verification" selected>' in kept.split('name="traceability"')[1].split("</select>")[0]
    answer = client.post("/instruments/new/", {"code": "X", "name_zh": "秤", "kind": "other", "traceability": ""})
    assert answer.status_code == 400
    assert 'class="error"' in answer.content.decode().split('id="field-traceability"')[1].split('id="field-mandatory"')[0]


def test_a_symbol_keeps_its_small_letter() -> None:
    assert heading(models.Certificate, "coverage_factor") == "k"
    assert heading(models.Certificate, "issuer") == "Issuer"


def test_days_are_not_broken_in_lists(certified: Enter, enter: Enter, say: Any, login: Login) -> None:
    certified()
    enter(say.installation())
    client = login(Role.METROLOGIST)
    assert '<td class="text-nowrap">2036-01-09</td>' in client.get("/instruments/").content.decode()
    assert re.search(r'<td class="text-nowrap"><a [^>]*>2026-02-01</a>', client.get("/installations/").content.decode())


def test_what_still_names_an_instrument_is_said_by_its_noun(certified: Enter, enter: Enter, say: Any, plant: Plant) -> None:
    row = certified()
    enter(say.spell(UseState.IN_SERVICE, "2026-02-01"))
    enter(say.chain("JL-S-01", sensor="JL-01"))
    with scope(all_plants()), pytest.raises(InputError) as caught:
        services.retire(models.Instrument, plant=plant, actor=Actor.system("t"), subject=row.subject, seen=1, reason="误录")
    steps = models.Spell.objects.filter(instrument="JL-01", plant=plant)
    with scope(all_plants()):
        count = steps.count()
    assert f"（状态变更 {count}、证书 1、测量系统 JL-S-01）" in caught.value.text("zh")
    assert f"(change of state {count}, certificate 1, chain JL-S-01)" in caught.value.text("en")
