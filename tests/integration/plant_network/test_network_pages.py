"""The pages of the network: what they show, where they lead, and what they refuse."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from tanheng.platform.accounts.roles import Role as Post
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import selectors, template
from tanheng.platform.plant.models import ClinkerBoundary, Edge, Node, Point, SourceStream
from tanheng.platform.plant.schemas.clinker_boundary_1 import ClinkerBoundary as Choice
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.services import building
from tanheng.platform.record.actor import Actor

SYSTEM = Actor.system("tests")
ALL = {
    "fuel": "bituminous_coal",
    "gas": "natural_gas",
    "waste": "refuse_derived_fuel",
    "material": "carbide_slag",
    "waste_heat": "on",
    "cems": "on",
    "heat": "on",
}


@pytest.fixture
def standard(desk: Any) -> Any:
    """Return a desk whose plant has one line and its standard network."""
    desk.line("1")
    options = template.Options(waste="refuse_derived_fuel", material="carbide_slag", waste_heat=True, cems=True)
    with scope(all_plants()):
        building.build(desk.plant, actor=SYSTEM, lines=["1"], options=options)
    return desk


def test_an_empty_plant_is_offered_the_standard_network(desk: Any, login: Any) -> None:
    text = login(Post.CARBON_MANAGER).get("/flow/").content.decode()
    assert "Begin with the standard network" in text
    assert "<svg" not in text.partition('id="main"')[2]


def test_the_standard_network_is_made_for_the_lines_and_options_chosen(desk: Any, login: Any) -> None:
    desk.line("1")
    desk.line("2")
    client = login(Post.CARBON_MANAGER)
    answer = client.post("/standard-network/", {"lines": ["1", "2"], **ALL})
    assert answer["Location"] == "/flow/"
    with scope(all_plants()):
        systems = set(Node.objects.filter(plant=desk.plant).exclude(system="").values_list("system", flat=True))
        parameters = set(Point.objects.filter(plant=desk.plant).values_list("parameter", flat=True))
    assert len(systems) == 14
    assert len(parameters) == 15 + 5
    text = client.get("/flow/").content.decode()
    assert 'data-code="2-kiln"' in text
    assert "Nothing is wrong" in text or "unverified" in text


def test_a_line_that_has_its_network_is_refused_a_second_one(standard: Any, login: Any) -> None:
    answer = login(Post.CARBON_MANAGER).post("/standard-network/", {"lines": ["1"], "fuel": "bituminous_coal"})
    assert answer.status_code == 400
    assert "1-process" in answer.content.decode()


def test_a_second_line_joins_what_the_plant_shares(standard: Any, login: Any) -> None:
    standard.line("2")
    answer = login(Post.CARBON_MANAGER).post("/standard-network/", {"lines": ["2"], "fuel": "bituminous_coal"})
    assert answer.status_code == 302
    with scope(all_plants()):
        assert Edge.objects.filter(plant=standard.plant, code="fuel-in").count() == 1
        assert Edge.objects.filter(plant=standard.plant, code="2-fuel-mill").get().start == "coal-yard"


def test_without_a_line_the_standard_network_is_refused(desk: Any, login: Any) -> None:
    client = login(Post.CARBON_MANAGER)
    assert client.post("/standard-network/", {"fuel": "bituminous_coal"}).status_code == 400
    assert "Enter one" in client.get("/standard-network/").content.decode()


def test_a_part_of_the_drawing_leads_to_its_record(standard: Any, login: Any) -> None:
    with scope(all_plants()):
        kiln = Node.objects.get(plant=standard.plant, code="1-kiln")
        feed = Edge.objects.get(plant=standard.plant, code="1-kiln-feed")
    text = login(Post.VERIFIER).get("/flow/").content.decode()
    assert f'href="/nodes/{kiln.subject}/"' in text
    assert f'href="/edges/{feed.subject}/"' in text


def test_media_and_line_choose_what_is_drawn(standard: Any, login: Any) -> None:
    client = login(Post.VERIFIER)
    text = client.get("/flow/?m=electricity").content.decode()
    assert 'data-code="power-in"' in text
    assert 'data-code="1-kiln-feed"' not in text
    standard.node("2-only", line="1")
    assert 'data-code="1-kiln"' not in client.get("/flow/?line=9").content.decode()


def test_a_finding_stands_beside_the_drawing_and_leads_to_its_record(standard: Any, login: Any) -> None:
    row = standard.node("alone")
    text = login(Post.VERIFIER).get("/flow/").content.decode()
    beside = text.partition('id="findings"')[2]
    assert f'href="/nodes/{row.subject}/">alone</a>' in beside
    assert "is on no edge" in beside


def test_the_drawing_stands_on_sheets_or_in_one_piece(standard: Any, login: Any) -> None:
    client = login(Post.VERIFIER)
    sheets, whole = (client.get(path).content.decode() for path in ("/flow/", "/flow/?view=whole"))
    assert sheets.count('class="tn-drawing"') > whole.count('class="tn-drawing"') == 1
    for text in (sheets, whole):
        assert text.count('data-kind="node" data-code="1-kiln"') == 1
    assert "view=whole" in sheets.partition("/flow.pdf")[0]
    assert "/flow.pdf?view=whole" in whole


def test_the_drawing_is_printed_on_a3_and_in_one_piece_on_what_it_needs(standard: Any, login: Any) -> None:
    client = login(Post.VERIFIER)
    sheets, whole = (pypdf.PdfReader(io.BytesIO(client.get(path).content)) for path in ("/flow.pdf", "/flow.pdf?view=whole"))
    # A3 landscape is 420 mm wide: 420 / 25.4 * 72 = 1190.6 pt
    assert {round(float(page.mediabox.width)) for page in sheets.pages} == {1191}
    assert len(sheets.pages) > len(whole.pages) == 1
    assert float(whole.pages[0].mediabox.width) > 1191


@pytest.mark.parametrize("path", ["/flow.pdf", "/boundary.pdf"])
def test_a_drawing_is_printed_the_same_each_time(standard: Any, login: Any, path: str) -> None:
    client = login(Post.VERIFIER)
    first, second = client.get(path), client.get(path)
    assert first["Content-Type"] == "application/pdf"
    assert first.content[:5] == b"%PDF-"
    assert first.content == second.content


def test_classes_by_both_rule_sets_stand_beside_each_other(standard: Any, login: Any) -> None:
    with scope(all_plants()):
        fuel = SourceStream.objects.get(plant=standard.plant, code="vehicle-diesel")
        kiln = SourceStream.objects.get(plant=standard.plant, code="fuel")
    client = login(Post.CARBON_MANAGER)
    said = {"kind": "combustion", "emission_year": "2025", "emission_source": "report of 2025", "seen": "1", "reason": "known"}
    # 900 t of 60 900 t: below 1000 t (de minimis by tonnes), 1.478 %: below 2 % of JJF 2309, above 1 % of DB50/T
    for row, item, emission in ((fuel, "diesel", "900"), (kiln, "bituminous_coal", "60000")):
        body = {**said, "code": row.code, "name_zh": row.name_zh, "item": item, "emission": emission}
        assert client.post(f"/source-streams/{row.subject}/edit/", body).status_code == 302
    text = client.get("/stream-classes/").content.decode()
    row_text = text.partition(">vehicle-diesel</a>")[2].partition("</tr>")[0]
    assert "1.48" in row_text
    assert "Process emission of" in text  # names in the language of the page
    assert row_text.index("De minimis") < row_text.index("Minor")
    assert "1-process" in text.partition("Without an estimate")[2]
    assert "De minimis" in client.get("/source-streams/").content.decode()
    address = "/source-streams/files/stream-list.xlsx"
    first, second = client.get(address), client.get(address)
    assert first.content == second.content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(first.content)).get_sheet_by_index(0).to_python()
    listed = {str(cells[0]): [str(cell) for cell in cells] for cells in rows}
    assert listed["vehicle-diesel"][8:11] == ["1.48 %", "De minimis", "Minor"]
    assert listed["fuel"][8:11] == ["98.52 %", "Major", "Major"]
    assert listed["1-process"][8:11] == ["", "", ""]


def test_the_boundary_page_asks_for_a_choice_and_then_shows_it(standard: Any, login: Any) -> None:
    client = login(Post.CARBON_MANAGER)
    assert "No clinker boundary is chosen yet" in client.get("/boundary/").content.decode()
    answer = client.post("/clinker-boundary/new/", {"definition": "silo", "grounds": "rule of the province"})
    assert answer.status_code == 302
    text = client.get("/boundary/").content.decode()
    assert "rule of the province" in text
    assert "Use another definition" in text


def test_the_definition_changes_from_a_day_on_and_the_network_follows(standard: Any, login: Any) -> None:
    choice = Choice(definition=Definition.COOLER, grounds="draft of Chongqing", document="")
    row = standard.save(ClinkerBoundary, choice)
    client = login(Post.CARBON_MANAGER)
    body = {"definition": "silo", "grounds": "rule of Hubei", "valid_from": "2026-01-01", "seen": "1", "reason": "new rule"}
    assert client.post(f"/clinker-boundary/{row.subject}/edit/", body).status_code == 302
    with scope(all_plants()):
        before = selectors.network(SYSTEM, standard.plant, on=datetime.date(2025, 12, 31))
        after = selectors.network(SYSTEM, standard.plant, on=datetime.date(2026, 1, 1))
    assert not before.node_of["1-raw-mill"].in_clinker
    assert after.node_of["1-raw-mill"].in_clinker
    assert before.node_of["1-kiln"].in_clinker


def test_a_second_choice_beside_the_first_is_refused(standard: Any, login: Any) -> None:
    client = login(Post.CARBON_MANAGER)
    body = {"definition": "silo", "grounds": "rule"}
    assert client.post("/clinker-boundary/new/", body).status_code == 302
    assert client.post("/clinker-boundary/new/", body).status_code == 400


def test_a_loop_is_said_while_the_edge_is_typed(standard: Any, login: Any) -> None:
    client = login(Post.CARBON_MANAGER)
    body = {"code": "back", "name_zh": "回", "start": "1-kiln", "end": "1-meal-silo", "medium": "raw_material", "stream": ""}
    answer = client.post("/edges/new/check/", body, headers={"HX-Trigger-Name": "end"})
    assert "1-kiln → 1-meal-silo" in answer.content.decode() or "loop" in answer.content.decode()
    with scope(all_plants()):
        assert not Edge.objects.filter(plant=standard.plant, code="back").exists()


def test_the_overview_leads_on_to_boundary_streams_and_points(standard: Any, login: Any) -> None:
    steps = login(Post.CARBON_MANAGER).get("/").content.decode().partition("</ol>")
    assert all(f'href="/{page}/"' in steps[0] for page in ("boundary", "source-streams", "points"))
    assert "Source streams" not in steps[2].partition("</p>")[0]  # what is not yet available
