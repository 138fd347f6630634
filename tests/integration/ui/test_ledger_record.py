"""One record on its pages: entered, corrected, checked while it is typed, stale, proven."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import scope
from tanheng.platform.plant.models import Line, Site
from tanheng.platform.record import sequencer
from tanheng.platform.record.models import LogEntry, Plant
from tanheng.trust.statement import Statement

Login = Callable[..., Client]
Enter = Callable[..., Line]

GOOD = {
    "code": "1",
    "name_zh": "1号线",
    "clinker": "portland",
    "design_capacity": "5000",
    "kiln_diameter": "4.8",
    "kiln_length": "72",
    "valid_from": "2026-01-01",
}


def versions(plant: Plant) -> list[Line]:
    with scope([plant.pk]):
        return list(Line.objects.filter(plant=plant).order_by("version"))


def test_a_record_is_entered_with_its_log_entry(login: Login, plant: Plant) -> None:
    answer = login(Role.STATISTICIAN).post("/lines/new/", GOOD, follow=True)
    assert "Saved: “1 · 1号线”, version 1, log index 1." in answer.content.decode()
    (row,) = versions(plant)
    assert (row.code, str(row.kiln_diameter), row.version) == ("1", "4.80", 1)


def test_each_fault_stands_beside_its_field_and_nothing_is_saved(login: Login, plant: Plant) -> None:
    bad = {**GOOD, "code": "1 a", "kiln_length": "500", "valid_from": "yesterday"}
    page = login(Role.STATISTICIAN).post("/lines/new/", bad)
    assert page.status_code == 400
    content = page.content.decode()
    assert "Enter a valid date." in content.split('id="field-valid_from"')[1].split('id="field-valid_to"')[0]
    page = login(Role.STATISTICIAN).post("/lines/new/", {**bad, "valid_from": ""})
    content = page.content.decode()
    assert 'class="error"' in content.split('id="field-code"')[1].split('id="field-name_zh"')[0]
    assert "500" in content.split('id="field-kiln_length"')[1].split('id="field-preheater_stages"')[0]
    assert versions(plant) == []


def test_a_code_that_is_taken_is_refused_at_its_field(login: Login, enter: Enter) -> None:
    enter("1")
    content = login(Role.STATISTICIAN).post("/lines/new/", GOOD).content.decode()
    assert 'class="error"' in content.split('id="field-code"')[1].split('id="field-name_zh"')[0]


def test_a_site_is_chosen_from_the_plants_own(login: Login, enter_site: Callable[[str], Site]) -> None:
    enter_site("A")
    client = login(Role.STATISTICIAN)
    assert "A · A厂区" in client.get("/lines/new/").content.decode()
    assert client.post("/lines/new/", {**GOOD, "site": "B"}).status_code == 400
    assert client.post("/lines/new/", {**GOOD, "site": "A"}).status_code == 302


def test_a_correction_needs_a_reason_and_shows_what_it_changed(login: Login, enter: Enter) -> None:
    row = enter("1")
    client = login(Role.CARBON_MANAGER)
    change = {**GOOD, "design_capacity": "5500", "preheater_stages": "5", "seen": "1", "valid_from": ""}
    assert client.post(f"/lines/{row.subject}/edit/", change).status_code == 400
    answer = client.post(f"/lines/{row.subject}/edit/", {**change, "reason": "permit of March"}, follow=True)
    page = answer.content.decode()
    assert "permit of March" in page
    assert "<del>5,000</del>" in page
    assert "<ins>5,500</ins>" in page


def test_saving_without_a_difference_makes_no_version(login: Login, enter: Enter, plant: Plant) -> None:
    row = enter("1")
    same = {**GOOD, "preheater_stages": "5", "seen": "1", "reason": "none", "valid_from": ""}
    answer = login(Role.CARBON_MANAGER).post(f"/lines/{row.subject}/edit/", same, follow=True)
    assert "nothing was saved" in answer.content.decode()
    assert [one.version for one in versions(plant)] == [1]


def test_a_stale_form_is_shown_beside_what_is_there_now(login: Login, enter: Enter, plant: Plant) -> None:
    row = enter("1")
    first = {**GOOD, "design_capacity": "5500", "seen": "1", "reason": "first"}
    client = login(Role.CARBON_MANAGER)
    assert client.post(f"/lines/{row.subject}/edit/", first).status_code == 302
    answer = client.post(f"/lines/{row.subject}/edit/", {**first, "design_capacity": "6000", "reason": "second"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "5,500" in page
    assert "6,000" in page
    assert "second" in page
    assert [one.version for one in versions(plant)] == [1, 2]


def test_a_field_is_checked_while_it_is_typed_and_nothing_is_kept(login: Login, enter: Enter, plant: Plant) -> None:
    enter("1")
    client = login(Role.STATISTICIAN)

    def check(field: str, **typed: str) -> str:
        answer = client.post("/lines/new/check/", {**GOOD, **typed}, headers={"HX-Request": "true", "HX-Trigger-Name": field})
        assert answer.status_code == 200
        return answer.content.decode().strip()

    assert "1" in check("code")  # taken
    assert check("code", code="2") == ""
    assert "500" in check("kiln_length", code="2", kiln_length="500")
    assert "Enter a number" in check("kiln_length", code="2", kiln_length="long")
    assert len(versions(plant)) == 1
    with scope([plant.pk]):
        assert LogEntry.objects.filter(plant=plant).count() == 2  # founded, entered


def test_a_check_of_an_unknown_field_is_not_found(login: Login) -> None:
    client = login(Role.STATISTICIAN)
    assert client.post("/lines/new/check/", GOOD, headers={"HX-Trigger-Name": "salt"}).status_code == 404
    assert client.get("/lines/new/check/").status_code == 405


def test_the_proof_shows_index_digest_and_checkpoint(login: Login, enter: Enter, plant: Plant) -> None:
    row = enter("1")
    client = login(Role.VERIFIER)
    before = client.get(f"/lines/{row.subject}/").content.decode()
    sequencer.sequence(plant.pk)
    after = client.get(f"/lines/{row.subject}/").content.decode()
    with scope([plant.pk]):
        entry = LogEntry.objects.get(plant=plant, index=row.log_index)
        last = sequencer.last_checkpoint(plant)
    assert Statement.decode(bytes(entry.statement)).digest.hex() in before
    assert last is not None
    assert last.root not in before
    assert last.root in after


def test_a_record_that_is_not_there_is_said_to_be_missing(login: Login) -> None:
    answer = login(Role.VERIFIER).get(f"/lines/{uuid.uuid4()}/")
    assert answer.status_code == 404
    assert "There is no such record (production line " in answer.content.decode()


def test_to_retire_needs_a_reason_and_the_present_version(login: Login, enter: Enter) -> None:
    row = enter("1")
    client = login(Role.CARBON_MANAGER)
    assert client.get(f"/lines/{row.subject}/retire/").status_code == 200
    assert client.post(f"/lines/{row.subject}/retire/", {"seen": 1, "reason": " "}).status_code == 400
    assert client.post(f"/lines/{row.subject}/retire/", {"seen": 7, "reason": "gone"}).status_code == 409


def test_what_was_typed_is_shown_as_text_and_never_as_markup(login: Login, enter: Enter) -> None:
    row = enter("1", name_zh="<script>alert(1)</script>")
    for address in ("/lines/", f"/lines/{row.subject}/", f"/lines/{row.subject}/edit/", "/"):
        page = login(Role.CARBON_MANAGER).get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
