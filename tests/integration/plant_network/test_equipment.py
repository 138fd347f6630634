"""Equipment and fuel use: outside the boundary only with a written reason and a document."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tanheng.core.errors import InputError
from tanheng.platform.accounts.roles import Role as Post
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant.models import ClinkerBoundary, Equipment
from tanheng.platform.plant.schemas.clinker_boundary_1 import ClinkerBoundary as Choice
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.schemas.equipment_1 import Equipment as Content
from tanheng.platform.plant.schemas.equipment_1 import EquipmentKind
from tanheng.platform.record import attachments, tenants
from tanheng.platform.record.actor import Actor

SYSTEM = Actor.system("tests")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def trucks(**said: Any) -> Content:
    usual: dict[str, Any] = {
        "code": "TRK-1",
        "name_zh": "矿山外包车辆",
        "name_en": "",
        "kind": EquipmentKind.CONTRACTOR,
        "line": "",
        "site": "",
        "system": "quarry",
        "fuel": "diesel",
        "owner": "某运输公司",
        "operator": "",
        "payer": "",
        "address": "",
        "in_boundary": True,
        "grounds": "",
        "document": "",
        "remark": "",
    }
    return Content(**{**usual, **said})


@pytest.fixture
def contract(desk: Any) -> str:
    """Return the hash of a contract that the plant keeps."""
    with scope(all_plants()):
        return attachments.store([PDF], plant=desk.plant.pk, name="合同.pdf", actor=SYSTEM).sha256


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"in_boundary": False},
            [("platform.plant.outside_grounds", "grounds"), ("platform.plant.outside_document", "document")],
        ),
        ({"in_boundary": False, "grounds": "paid by others"}, [("platform.plant.outside_document", "document")]),
        ({"document": "0" * 64}, [("platform.plant.no_file", "document")]),
        ({"document": "no hash\x00"}, [("platform.plant.no_file", "document")]),
        ({"owner": ""}, [("platform.plant.missing", "owner")]),
        ({"fuel": "moonshine"}, [("platform.plant.no_row", "fuel")]),
        ({"system": "canteen"}, [("platform.plant.no_row", "system")]),
        ({"line": "9"}, [("platform.plant.no_line", "line")]),
        ({"site": "Z"}, [("platform.plant.no_site", "site")]),
    ],
)
def test_equipment_with_faults_is_refused_at_its_fields(
    desk: Any, made: Any, said: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    with pytest.raises(InputError) as error:
        desk.save(Equipment, trucks(**said))
    assert made.faults(error.value) == expected


def test_outside_with_reason_and_document_stands(desk: Any, contract: str) -> None:
    row = desk.save(Equipment, trucks(in_boundary=False, grounds="fuel is bought and paid by the carrier", document=contract))
    assert not row.in_boundary


def test_a_document_of_another_plant_is_none(desk: Any, contract: str) -> None:
    with scope([]):
        other = tenants.found(actor=SYSTEM, code="network-elsewhere", name_zh="别家", name_en="")
    desk.plant = other
    with pytest.raises(InputError):
        desk.save(Equipment, trucks(document=contract))


def test_the_boundary_page_lists_what_is_outside_with_its_reason(desk: Any, contract: str, login: Any) -> None:
    desk.save(Equipment, trucks(in_boundary=False, grounds="fuel is paid by the carrier", document=contract))
    desk.save(Equipment, trucks(code="TRK-2"))
    text = login(Post.VERIFIER).get("/boundary/").content.decode().partition('id="outside"')[2]
    assert "fuel is paid by the carrier" in text
    assert ">TRK-1</a>" in text
    assert "TRK-2" not in text


def test_a_form_takes_the_document(desk: Any, login: Any) -> None:
    client = login(Post.CARBON_MANAGER)
    body = {
        "code": "PV-1",
        "name_zh": "屋顶光伏",
        "kind": "photovoltaic",
        "owner": "某能源公司",
        "grounds": "third party's station",
        "document-file": SimpleUploadedFile("合同.pdf", PDF, "application/pdf"),
    }
    answer = client.post("/equipment/new/", body)
    assert answer.status_code == 302, answer.content.decode()
    with scope(all_plants()):
        row = Equipment.objects.get(plant=desk.plant, code="PV-1")
    assert not row.in_boundary
    assert len(row.document) == 64


def test_a_boundary_is_chosen_with_its_grounds(desk: Any, made: Any) -> None:
    with pytest.raises(InputError) as error:
        desk.save(ClinkerBoundary, Choice(definition=Definition.SILO, grounds=" ", document=""))
    assert made.faults(error.value) == [("platform.plant.missing", "grounds")]
