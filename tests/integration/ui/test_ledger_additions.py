"""What an app may add to a ledger: fields that name other records, files, tabs, actions, files of the list."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import services
from tanheng.platform.plant.models import Line, Permit, Site
from tanheng.platform.plant.schemas.permit_1 import Permit as PermitContent
from tanheng.platform.plant.schemas.permit_1 import PermitKind
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Attachment, Plant

Login = Callable[..., Client]
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.integration.ui.additions_urls"):
        yield


@pytest.fixture
def permit(plant: Plant) -> Callable[..., Permit]:
    def enter(number: str, **changed: Any) -> Permit:  # Any: columns
        said: dict[str, Any] = {  # Any: as above
            "kind": PermitKind.POLLUTANT,
            "number": number,
            "authority": "某市生态环境局",
            "issued_on": datetime.date(2025, 3, 1),
            "expires_on": None,
            "line": "",
            "remark": "",
        }
        with scope(all_plants()):
            content = PermitContent(**{**said, **changed})
            return services.save(Permit, content, plant=plant, actor=Actor.system("tests"))

    return enter


def typed(**changed: Any) -> dict[str, Any]:  # Any: what a form sends
    return {"kind": "pollutant", "number": "P-1", "issued_on": "2025-03-01", "line": "", "remark": "", **changed}


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_a_reference_is_chosen_from_the_other_ledgers_records(login: Login, enter_site: Callable[[str], Site]) -> None:
    site = enter_site("A")
    client = login(Role.CARBON_MANAGER)
    assert f'<option value="{site.subject}">A · A厂区</option>' in page_of(client, "/trial/new/")
    answer = client.post("/trial/new/", typed(authority=str(site.subject)))
    assert answer.status_code == 302
    assert f'<a href="/sites/{site.subject}/">A · A厂区</a>' in page_of(client, answer["Location"])
    assert f'<a href="/sites/{site.subject}/">A · A厂区</a>' in page_of(client, "/trial/")


def test_a_reference_to_no_record_is_refused_in_its_field(login: Login, enter_site: Callable[[str], Site]) -> None:
    enter_site("A")
    answer = login(Role.CARBON_MANAGER).post("/trial/new/", typed(authority="3b720566-0112-4365-adbe-6cb325bc8516"))
    assert answer.status_code == 400
    assert "3b720566" in answer.content.decode().split('id="errors-authority"')[1].split("</div>")[0]


def test_a_reference_to_a_retired_record_still_reads_and_can_be_kept(
    login: Login, enter_site: Callable[[str], Site], plant: Plant, permit: Callable[..., Permit]
) -> None:
    site = enter_site("A")
    row = permit("P-1", authority=str(site.subject))
    with scope(all_plants()):
        services.retire(Site, plant=plant, actor=Actor.system("tests"), subject=site.subject, seen=1, reason="sold")
    client = login(Role.CARBON_MANAGER)
    assert "A · A厂区" in page_of(client, f"/trial/{row.subject}/")
    changed = typed(authority=str(site.subject), number="P-2", seen=1, reason="typing error")
    assert client.post(f"/trial/{row.subject}/edit/", changed).status_code == 302


def test_a_select_of_many_records_can_be_searched(login: Login, enter_site: Callable[[str], Site]) -> None:
    client = login(Role.CARBON_MANAGER)
    enter_site("A")
    assert "data-search" not in page_of(client, "/trial/new/")
    for number in range(12):
        enter_site(f"B{number}")
    assert page_of(client, "/trial/new/").count("data-search") == 1


def test_a_link_fills_the_form_in(login: Login, enter_site: Callable[[str], Site]) -> None:
    site = enter_site("A")
    form = page_of(login(Role.CARBON_MANAGER), f"/trial/new/?set-authority={site.subject}&set-number=P-77&set-seen=4")
    assert f'<option value="{site.subject}" selected>' in form
    assert 'value="P-77"' in form


def sheet(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("sheet.xlsx", target.getvalue())


HEADS = ("Kind", "Number", "Authority", "Issued on", "Expires on", "Production line")


def test_a_sheet_names_other_records_by_their_names(login: Login, enter_site: Callable[[str], Site]) -> None:
    site = enter_site("A")
    client = login(Role.CARBON_MANAGER)
    rows = [("pollutant", f"P-{name}", name, "2025.3.1", "", "") for name in ("A", "a厂区", "A · A厂区", str(site.subject))]
    answer = client.post("/trial/import/", {"file": sheet(HEADS, *rows), "reason": ""})
    assert "Without faults: 4 new" in answer.content.decode()


def test_a_sheet_that_names_no_record_is_refused_by_row_and_column(login: Login, enter_site: Callable[[str], Site]) -> None:
    enter_site("A")
    row = ("pollutant", "P-1", "C", "2025.3.1", "", "")
    answer = login(Role.CARBON_MANAGER).post("/trial/import/", {"file": sheet(HEADS, row), "reason": ""})
    said = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    assert "2 Authority C “C” names no record, or more than one" in said


def test_an_exported_reference_reads_and_comes_back(
    login: Login, enter_site: Callable[[str], Site], permit: Callable[..., Permit]
) -> None:
    permit("P-1", authority=str(enter_site("A").subject))
    client = login(Role.CARBON_MANAGER)
    exported = client.get("/trial/export.xlsx").content
    answer = client.post("/trial/import/", {"file": SimpleUploadedFile("a.xlsx", exported), "reason": ""})
    assert "0 new, 0 corrected, 1 unchanged" in answer.content.decode()
    assert "A · A厂区" in client.get("/trial/export.csv").content.decode()


def test_a_file_field_holds_the_hash_of_what_was_handed_in(login: Login, enter_site: Callable[[str], Site]) -> None:
    client = login(Role.CARBON_MANAGER)
    site = str(enter_site("A").subject)
    file = SimpleUploadedFile("证书.pdf", PDF)
    answer = client.post("/trial/new/", typed(authority=site, **{"remark-file": file}))
    shown = page_of(client, answer["Location"])
    address = re.search(r'<a href="(/trial/[^"]+/files/[^"]+/)">证书.pdf</a>', shown)
    assert address is not None
    got = client.get(address[1])
    assert b"".join(got.streaming_content) == PDF  # type: ignore[attr-defined]  # a FileResponse
    assert got["Content-Disposition"].startswith("attachment")
    assert got["Content-Type"] == "application/pdf"


def test_a_form_with_a_fault_keeps_the_file(login: Login, enter_site: Callable[[str], Site]) -> None:
    client = login(Role.CARBON_MANAGER)
    site = str(enter_site("A").subject)
    answer = client.post("/trial/new/", typed(authority=site, number="", **{"remark-file": SimpleUploadedFile("a.pdf", PDF)}))
    assert answer.status_code == 400
    kept = re.search(r'name="remark" value="([0-9a-f]{64})"', answer.content.decode())
    assert kept is not None
    assert client.post("/trial/new/", typed(authority=site, remark=kept[1])).status_code == 302


def test_a_file_of_the_wrong_type_is_refused_in_its_field(login: Login, enter_site: Callable[[str], Site]) -> None:
    site = str(enter_site("A").subject)
    file = SimpleUploadedFile("a.pdf", b"<html><body>no</body></html>")
    answer = login(Role.CARBON_MANAGER).post("/trial/new/", typed(authority=site, **{"remark-file": file}))
    assert answer.status_code == 400
    assert "a.pdf" in answer.content.decode().split('id="errors-remark"')[1].split("</div>")[0]


def test_somebody_elses_file_cannot_be_named(login: Login, enter_site: Callable[[str], Site], plant: Plant) -> None:
    site = str(enter_site("A").subject)
    login(Role.CARBON_MANAGER).post("/trial/new/", typed(authority=site, **{"remark-file": SimpleUploadedFile("a.pdf", PDF)}))
    with scope(all_plants()):
        sha256 = Attachment.objects.get(plant=plant).sha256
    answer = login(Role.CARBON_MANAGER).post("/trial/new/", typed(authority=site, number="P-2", remark=sha256))
    assert answer.status_code == 400
    assert "choose it again" in answer.content.decode()


def test_a_file_is_taken_away_by_a_correction_and_its_version_still_shows_it(
    login: Login, enter_site: Callable[[str], Site]
) -> None:
    client = login(Role.CARBON_MANAGER)
    site = str(enter_site("A").subject)
    answer = client.post("/trial/new/", typed(authority=site, **{"remark-file": SimpleUploadedFile("a.pdf", PDF)}))
    address = str(answer["Location"])
    sha256 = re.search(r'name="remark" value="([0-9a-f]{64})"', page_of(client, f"{address}edit/"))
    assert sha256 is not None
    gone = typed(authority=site, remark=sha256[1], seen=1, reason="wrong file", **{"remark-none": "on"})
    assert client.post(f"{address}edit/", gone).status_code == 302
    assert "<del>a.pdf</del>" in page_of(client, address)


def test_an_import_leaves_the_file_of_a_record_alone(login: Login, enter_site: Callable[[str], Site]) -> None:
    client = login(Role.CARBON_MANAGER)
    site = str(enter_site("A").subject)
    client.post("/trial/new/", typed(authority=site, **{"remark-file": SimpleUploadedFile("a.pdf", PDF)}))
    row = ("pollutant", "P-1", "A", "2025.3.1", "", "")
    answer = client.post("/trial/import/", {"file": sheet(HEADS, row), "reason": ""})
    assert "0 new, 0 corrected, 1 unchanged" in answer.content.decode()


def test_a_file_is_handed_in_with_a_record_and_opened_by_its_readers_only(
    login: Login, permit: Callable[..., Permit], enter: Callable[..., Line], plant: Plant
) -> None:
    row, line = permit("P-1"), enter("1")
    client = login(Role.CARBON_MANAGER)
    answer = client.post(f"/trial/{row.subject}/files/", {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert answer["Location"] == f"/trial/{row.subject}/#files"
    with scope(all_plants()):
        uid = Attachment.objects.get(plant=plant, subject=row.subject).uid
    assert client.get(f"/trial/{row.subject}/files/{uid}/").status_code == 200
    assert client.get(f"/lines/{line.subject}/files/{uid}/").status_code == 404
    assert login(Role.VERIFIER).get(f"/trial/{row.subject}/files/{uid}/").status_code == 200
    assert Client().get(f"/trial/{row.subject}/files/{uid}/").status_code == 302
    assert login().get(f"/trial/{row.subject}/files/{uid}/").status_code == 404
    refused = client.post(f"/trial/{row.subject}/files/", {})
    assert refused.status_code == 400
    assert "No file was chosen" in refused.content.decode()


def test_a_tab_shows_the_records_that_refer_to_one(
    login: Login, enter: Callable[..., Line], permit: Callable[..., Permit]
) -> None:
    line = enter("1")
    permit("P-1", line="1")
    permit("P-2")
    client = login(Role.CARBON_MANAGER)
    own = page_of(client, f"/lines/{line.subject}/")
    assert f'<a href="/lines/{line.subject}/?tab=permits">Permits</a>' in own
    tab = page_of(client, f"/lines/{line.subject}/?tab=permits")
    assert "P-1" in tab
    assert "P-2" not in tab
    assert 'href="/permits/new/?set-line=1"' in tab
    assert "set-line" not in page_of(login(Role.VERIFIER), f"/lines/{line.subject}/?tab=permits")


def test_a_tab_stays_hidden_from_who_may_not_see_it(login: Login, permit: Callable[..., Permit]) -> None:
    row = permit("P-1")
    assert "?tab=secret" not in page_of(login(Role.VERIFIER), f"/trial/{row.subject}/")
    assert "Proof in the log" in page_of(login(Role.VERIFIER), f"/trial/{row.subject}/?tab=secret")


def test_an_action_asks_does_and_says_so(login: Login, permit: Callable[..., Permit]) -> None:
    row = permit("P-1")
    client = login(Role.CARBON_MANAGER)
    shown = page_of(client, f"/trial/{row.subject}/")
    assert f'href="/trial/{row.subject}/stamp/">Stamp' in shown
    assert "/never/" not in shown
    answer = client.post(f"/trial/{row.subject}/stamp/", {"word": "red"}, follow=True)
    assert "stamped 1 red" in answer.content.decode()


def test_an_action_puts_a_fault_beside_its_field(login: Login, permit: Callable[..., Permit]) -> None:
    row = permit("P-1")
    answer = login(Role.CARBON_MANAGER).post(f"/trial/{row.subject}/stamp/", {"word": "bad"})
    assert answer.status_code == 400
    assert "reason" in answer.content.decode().split('id="errors-word"')[1].split("</div></div>")[0]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_action_is_closed_to_who_only_reads(method: str, login: Login, permit: Callable[..., Permit]) -> None:
    row = permit("P-1")
    client = login(Role.VERIFIER)
    assert getattr(client, method)(f"/trial/{row.subject}/stamp/", {"word": "red"}).status_code == 403
    assert "/stamp/" not in page_of(client, f"/trial/{row.subject}/")


def test_a_file_of_the_list_has_the_rows_that_the_filter_leaves(
    login: Login, permit: Callable[..., Permit], plant: Plant
) -> None:
    permit("P-1")
    permit("Q-2")
    client = login(Role.VERIFIER)
    assert 'href="/trial/files/numbers.txt?f-q=Q">Numbers' in page_of(client, "/trial/?f-q=Q")
    assert client.get("/trial/files/numbers.txt?f-q=Q").content == f"{plant.code},Q-2".encode()


def test_a_file_of_the_list_is_closed_to_who_may_not_have_it(login: Login) -> None:
    client = login(Role.VERIFIER)
    assert "closed.txt" not in page_of(client, "/trial/")
    assert client.get("/trial/files/closed.txt").status_code == 403
    assert client.get("/trial/files/unknown.txt").status_code == 404


def test_a_link_of_the_list_leads_to_a_page_of_the_app(login: Login) -> None:
    assert 'href="/log/">Evidence log of all' in page_of(login(Role.VERIFIER), "/trial/")
