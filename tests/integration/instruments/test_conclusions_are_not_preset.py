"""What a certificate or a confirmation concludes is chosen by a person: no form has chosen it before, nor after a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import forms, models
from tanheng.platform.record.models import Plant

Enter = Callable[..., Any]
Login = Callable[..., Client]
SAID = {
    "zh-hans": "此项没有预设值，须由填写人自行选定。",
    "en": "Nothing is preset here: whoever fills it in chooses.",
}
CERTIFICATE = {"number": "A-9", "issuer": "某院", "kind": "verification", "instrument": "JL-01", "issued_on": "2026-01-10"}


def chosen(page: str, name: str) -> list[str]:
    """Return what a list of a form has chosen; a list without a choice shows its first word."""
    options = page.split(f'name="{name}"')[1].split("</select>")[0]
    return re.findall(r'<option value="([^"]*)" selected>', options) or re.findall(r'<option value="([^"]*)"', options)[:1]


def errors(page: str, name: str) -> list[str]:
    """Return what is said below a field."""
    return re.findall(r'<div class="error">(.*?)</div>', page.split(f'id="errors-{name}"')[1].split("</div>\n</div>")[0])


@pytest.mark.parametrize(("ledger", "name"), [("certificates", "result"), ("confirmations", "verdict")])
def test_a_new_record_has_concluded_nothing(ledger: str, name: str, login: Login) -> None:
    page = login(Role.METROLOGIST).get(f"/{ledger}/new/").content.decode()
    assert chosen(page, name) == [""]


@pytest.mark.parametrize(
    ("ledger", "name", "good"), [("certificates", "result", "qualified"), ("confirmations", "verdict", "fit")]
)
def test_a_link_concludes_nothing_for_a_new_record(ledger: str, name: str, good: str, login: Login) -> None:
    page = login(Role.METROLOGIST).get(f"/{ledger}/new/?set-{name}={good}&set-remark=abc").content.decode()
    assert (chosen(page, name), "abc" in page) == ([""], True)


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize(
    ("ledger", "name", "given"),
    [("certificates", "result", CERTIFICATE), ("confirmations", "verdict", {"confirmed_on": "2026-01-12"})],
)
def test_a_blank_conclusion_is_refused_beside_its_field_and_stays_blank(
    language: str, ledger: str, name: str, given: dict[str, str], enter: Enter, say: Any, login: Login, plant: Plant
) -> None:
    enter(say.instrument())
    client = login(Role.METROLOGIST, language=language)
    for said in (given, {**given, name: ""}):
        answer = client.post(f"/{ledger}/new/", said)
        page = answer.content.decode()
        assert (answer.status_code, errors(page, name), chosen(page, name)) == (400, [SAID[language]], [""])
    with scope(all_plants()):
        assert not models.Certificate.objects.filter(plant=plant).exists()


def test_a_blank_conclusion_is_refused_while_it_is_typed(login: Login) -> None:
    headers = {"hx-trigger-name": "result"}
    answer = login(Role.METROLOGIST).post("/certificates/new/check/", CERTIFICATE | {"result": ""}, headers=headers)
    assert SAID["en"] in answer.content.decode()


def test_the_page_that_confirms_a_certificate_leaves_the_verdict_to_the_person(enter: Enter, say: Any, login: Login) -> None:
    enter(say.instrument())
    client, row = login(Role.METROLOGIST), enter(say.certificate())
    address = f"/certificates/{row.subject}/confirm/"
    assert chosen(client.get(address).content.decode(), "verdict") == [""]
    answer = client.post(address, {"confirmed_on": "2026-01-12"})
    page = answer.content.decode()
    assert (answer.status_code, errors(page, "verdict"), chosen(page, "verdict")) == (400, [SAID["en"]], [""])
    with scope(all_plants()):
        assert not models.Confirmation.objects.filter(certificate=str(row.subject)).exists()
    assert client.post(address, {"confirmed_on": "2026-01-12", "verdict": "unfit"}).status_code == 302


def test_a_refused_instrument_has_chosen_no_way_of_traceability(login: Login) -> None:
    said = {"code": "X", "name_zh": "秤", "kind": "other", "traceability": ""}
    assert chosen(login(Role.METROLOGIST).post("/instruments/new/", said).content.decode(), "traceability") == [""]


def test_a_correction_begins_with_what_the_record_concludes(enter: Enter, say: Any, login: Login) -> None:
    enter(say.instrument())
    row = enter(say.certificate())
    client = login(Role.METROLOGIST)
    page = client.get(f"/certificates/{row.subject}/edit/").content.decode()
    assert chosen(page, "result") == ["qualified"]
    answer = client.post(f"/certificates/{row.subject}/edit/", CERTIFICATE | {"result": "", "seen": "1", "reason": "x"})
    assert (answer.status_code, errors(answer.content.decode(), "result")) == (400, [SAID["en"]])


@pytest.mark.parametrize(("form", "name"), [(forms.CertificateForm, "result"), (forms.ConfirmationForm, "verdict")])
def test_a_sheet_that_leaves_the_conclusion_blank_is_refused(form: type[Any], name: str) -> None:
    assert SAID["en"] in form({name: ""}).errors[name]
