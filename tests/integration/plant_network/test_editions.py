"""Editions of the network: frozen whole, as built only after a walk-down, compared with each other, never changed."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.core.errors import InputError
from tanheng.metrology.network.model import NodeKind
from tanheng.platform.accounts.roles import Role as Post
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import editions, template
from tanheng.platform.plant.models import Edition, Node
from tanheng.platform.plant.schemas.edition_1 import EditionKind, Heading
from tanheng.platform.plant.services import building
from tanheng.platform.plant.services import editions as freezing
from tanheng.platform.record import fsck, schema
from tanheng.platform.record.actor import Actor

SYSTEM = Actor.system("tests")
DAY = datetime.date(2026, 3, 1)


def heading(title: str, **said: Any) -> Heading:
    usual: dict[str, Any] = {
        "kind": EditionKind.DESIGNED,
        "drawn_on": DAY,
        "walked_on": None,
        "persons": "",
        "remark": "",
    }
    return Heading(title=title, **{**usual, **said})


@pytest.fixture
def freeze(desk: Any) -> Callable[..., Edition]:
    """Return a function that freezes the network of the desk's plant."""
    desk.line("1")
    with scope(all_plants()):
        building.build(desk.plant, actor=SYSTEM, lines=["1"], options=template.Options(cems=True))

    def freeze(title: str, **said: Any) -> Edition:
        with scope(all_plants()):
            return freezing.save(Edition, heading(title, **said), plant=desk.plant, actor=SYSTEM)

    return freeze


def network_of(row: Edition) -> Any:
    content: Any = schema.decode(bytes(row.payload)).content
    return content.network


def test_an_edition_holds_the_whole_network_in_the_log(desk: Any, freeze: Callable[..., Edition]) -> None:
    row = freeze("first")
    frozen = network_of(row)
    assert row.points == len(frozen.points) > 20
    assert {one.code for one in frozen.nodes} >= {"1-kiln", "grid"}
    assert row.findings == len(frozen.findings)
    with scope(all_plants()):
        desk.plant.refresh_from_db()
        assert list(fsck.audit(desk.plant)) == []


def test_what_changes_afterwards_does_not_change_the_edition(desk: Any, freeze: Callable[..., Edition]) -> None:
    row = freeze("first")
    desk.node("new", kind=NodeKind.EQUIPMENT)
    with scope(all_plants()):
        kept = Edition.objects.get(subject=row.subject)
    assert "new" not in {one.code for one in network_of(kept).nodes}


def test_a_correction_changes_what_is_said_and_keeps_what_was_frozen(desk: Any, freeze: Callable[..., Edition]) -> None:
    row = freeze("first")
    desk.node("new", kind=NodeKind.EQUIPMENT)
    with scope(all_plants()):
        said = heading("first", remark="checked by the design office", drawn_on=datetime.date(2026, 4, 1))
        again = freezing.save(
            Edition, said, plant=desk.plant, actor=SYSTEM, subject=row.subject, seen=1, reason="remark forgotten"
        )
    assert again.version == 2
    assert network_of(again) == network_of(row)


def test_two_editions_differ_by_what_was_added_removed_and_changed(
    desk: Any, made: Any, freeze: Callable[..., Edition]
) -> None:
    spare = desk.node("spare")
    before = freeze("first")
    desk.retire(spare)
    desk.node("new", kind=NodeKind.EQUIPMENT)
    with scope(all_plants()):
        kiln = Node.objects.get(plant=desk.plant, code="1-kiln")
        content: Any = schema.decode(bytes(kiln.payload)).content
    desk.save(Node, dataclasses.replace(content, name_zh="改造后的窑"), subject=kiln.subject, seen=1, reason="rebuilt")
    after = freeze("second")
    found = editions.differences(network_of(before), network_of(after))
    assert [(one.change.value, one.ledger, one.code) for one in found] == [
        ("changed", "nodes", "1-kiln"),
        ("added", "nodes", "new"),
        ("removed", "nodes", "spare"),
    ]
    assert found[0].fields == (("name_zh", "1号线回转窑", "改造后的窑"),)


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"persons": "Wang"}, "walked_on", "platform.plant.walk_missing"),
        ({"walked_on": DAY}, "persons", "platform.plant.walkers_missing"),
        ({"walked_on": datetime.date(2099, 1, 1), "persons": "Wang"}, "walked_on", "platform.plant.future"),
        ({"walked_on": DAY, "persons": "Wang", "drawn_on": datetime.date(2099, 1, 1)}, "drawn_on", "platform.plant.future"),
    ],
)
def test_as_built_needs_a_walk_down_that_took_place(
    freeze: Callable[..., Edition], made: Any, said: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(InputError) as error:
        freeze("built", kind=EditionKind.AS_BUILT, **said)
    assert (code, field) in made.faults(error.value)


def test_a_title_names_one_edition(freeze: Callable[..., Edition], made: Any) -> None:
    freeze("first")
    with pytest.raises(InputError) as error:
        freeze("first")
    assert made.faults(error.value) == [("platform.plant.taken", "title")]


def test_a_plant_without_a_network_has_nothing_to_freeze(desk: Any, made: Any) -> None:
    with scope(all_plants()), pytest.raises(InputError) as error:
        freezing.save(Edition, heading("first"), plant=desk.plant, actor=SYSTEM)
    assert made.faults(error.value) == [("platform.plant.edition_empty", "drawn_on")]


def test_an_edition_is_not_imported(desk: Any) -> None:
    with scope(all_plants()), pytest.raises(InputError):
        freezing.save_many(Edition, [heading("first")], plant=desk.plant, actor=SYSTEM)
    with scope(all_plants()):
        assert freezing.save_many(Edition, [], plant=desk.plant, actor=SYSTEM) == []


def test_the_page_of_an_edition_shows_drawing_findings_and_differences(
    desk: Any, freeze: Callable[..., Edition], login: Callable[..., Any]
) -> None:
    row = freeze("first", drawn_on=DAY)
    desk.node("new", kind=NodeKind.EQUIPMENT)
    freeze("second", drawn_on=datetime.date(2026, 4, 1))
    client = login(Post.VERIFIER)
    address = f"/editions/{row.subject}/"
    assert 'data-code="1-kiln"' in client.get(f"{address}?tab=drawing").content.decode()
    assert "Findings then" in client.get(f"{address}?tab=found").content.decode()
    compared = client.get(f"{address}?tab=differences&with=now").content.decode()
    assert ">new</a>" in compared
    assert client.get(f"{address}pdf/").content[:5] == b"%PDF-"


def test_a_form_freezes_the_network(freeze: Callable[..., Edition], login: Callable[..., Any]) -> None:
    client = login(Post.METROLOGIST)
    body = {"kind": "as_built", "title": "2026年竣工版", "drawn_on": "2026-03-01", "walked_on": "2026-03-05", "persons": "王工"}
    answer = client.post("/editions/new/", body)
    assert answer.status_code == 302
    text = client.get(answer["Location"]).content.decode()
    assert "王工" in text


def test_the_api_gives_the_network_that_was_frozen(
    desk: Any, freeze: Callable[..., Edition], login: Callable[..., Any]
) -> None:
    row = freeze("first")
    answer = login(Post.VERIFIER).get(f"/api/v1/plants/{desk.plant.code}/editions/{row.subject}/network")
    assert answer.status_code == 200
    said = answer.json()
    assert "1-kiln" in {one["code"] for one in said["nodes"]}
    assert said["findings"][0].keys() == {"code", "severity", "subject", "zh", "en"}
