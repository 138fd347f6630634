"""An English page calls a record by its English name where it has one; the Chinese name stays beside it and is understood."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.translation import override

from tanheng.metrology.network.model import NodeKind
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import services
from tanheng.platform.plant.models import Line, Node
from tanheng.platform.plant.schemas import node_1
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.references import Reference

SYSTEM = Actor.system("tests")
LINES = Reference(model=Line, pages="lines", by="code")


@pytest.fixture
def two(enter: Callable[..., Line]) -> tuple[Line, Line]:
    """Return a line with an English name and one without."""
    return enter("1", name_en="Kiln line one"), enter("2", name_en="")


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize(
    ("language", "first"), [("en", "1 Kiln line one 1号线"), ("zh-hans", "1 1号线 ")], ids=["English", "Chinese"]
)
def test_a_list_shows_the_name_of_its_language(
    two: tuple[Line, Line], login: Callable[..., Client], language: str, first: str
) -> None:
    client = login(Role.CARBON_MANAGER, language=language)
    text = words(client.get("/lines/").content.decode())
    assert first in text
    assert ("Kiln line one" in text) == (language == "en")


def test_the_chinese_name_behind_an_english_one_is_marked_as_chinese(
    two: tuple[Line, Line], login: Callable[..., Client]
) -> None:
    client = login(Role.CARBON_MANAGER)
    page = client.get("/lines/").content.decode()
    assert 'Kiln line one <span class="text-secondary small" lang="zh-CN">1号线</span>' in page


def test_a_record_is_headed_by_its_english_name(two: tuple[Line, Line], login: Callable[..., Client]) -> None:
    client = login(Role.CARBON_MANAGER)
    assert "1 · Kiln line one" in client.get(f"/lines/{two[0].subject}/").content.decode()
    assert "2 · 2号线" in client.get(f"/lines/{two[1].subject}/").content.decode()


@pytest.mark.parametrize(
    ("language", "texts"), [("en", ["1 · Kiln line one", "2 · 2号线"]), ("zh-hans", ["1 · 1号线", "2 · 2号线"])]
)
def test_what_may_be_chosen_reads_in_the_language_of_the_page(
    plant: Plant, two: tuple[Line, Line], language: str, texts: list[str]
) -> None:
    with scope(all_plants()), override(language):
        assert [text for _, text in LINES.options(plant)] == texts
        assert LINES.named(plant, ["1"])["1"].text == texts[0]


@pytest.mark.parametrize("said", ["1", "1号线", "kiln line one", "1 · 1号线", "1 · kiln line one"])
def test_a_sheet_may_name_a_record_in_either_language(plant: Plant, two: tuple[Line, Line], said: str) -> None:
    with scope(all_plants()), override("zh-hans"):
        assert LINES.meanings(plant)[said] == "1"


def test_a_name_that_two_records_share_names_neither(plant: Plant, two: tuple[Line, Line], enter: Callable[..., Line]) -> None:
    enter("3", name_en="Kiln line one")
    with scope(all_plants()):
        assert "kiln line one" not in LINES.meanings(plant)


def test_a_reference_in_a_list_reads_in_english(plant: Plant, two: tuple[Line, Line], login: Callable[..., Client]) -> None:
    content = node_1.Node(
        code="kiln",
        name_zh="窑",
        name_en="Kiln",
        kind=NodeKind.EQUIPMENT,
        level=node_1.Depth.EQUIPMENT,
        system="clinker",
        stage="",
        line="1",
        remark="",
    )
    with scope(all_plants()):
        services.save(Node, content, plant=plant, actor=SYSTEM)
    client = login(Role.CARBON_MANAGER)
    assert "1 · Kiln line one" in words(client.get("/nodes/").content.decode())
