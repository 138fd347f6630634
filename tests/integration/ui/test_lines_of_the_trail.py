"""Audit trail and evidence log say what was done to which record, in the reader's language; the codes stay beside."""

from __future__ import annotations

import ast
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import tanheng.platform
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import services
from tanheng.platform.plant.models import ClinkerBoundary, Line
from tanheng.platform.plant.schemas.clinker_boundary_1 import ClinkerBoundary as Choice
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.record import audit, schema
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.about import about
from tanheng.platform.ui.nouns import WITHOUT_PAGES, ledgers, noun_of
from tanheng.platform.ui.trail import ACTIONS, STATEMENTS
from tanheng.trust.statement import StatementType

Login = Callable[..., Client]
SYSTEM = Actor.system("tests")
PLATFORM = Path(next(iter(tanheng.platform.__path__)))


@dataclass(frozen=True)
class Reader:
    """What is asked of a page: who reads it, of which plant, and addresses."""

    actor: Actor
    plant: Plant

    def address(self, route: str, *, subject: uuid.UUID) -> str:
        return f"{route}/{subject}"


def cells(client: Client, address: str) -> list[str]:
    """Return what the lines of a page say of records, as text."""
    page = client.get(address).content.decode()
    found = re.findall(
        r"<td class=\"sentence\">([^<]*(?:<a [^>]*>[^<]*</a>[^<]*)?)<div class=\"help\"><code>([^<]*)</code></div></td>", page
    )
    return [f"{re.sub(r'<[^>]*>', '', text).strip()} [{code}]".strip() for text, code in found]


def correct(plant: Plant, row: Line) -> None:
    """Correct a line."""

    with scope(all_plants()):
        content: Any = schema.decode(bytes(row.payload)).content  # Any: of the ledger's schema
        services.save(
            Line, replace(content, name_zh="1#窑"), plant=plant, actor=SYSTEM, subject=row.subject, seen=1, reason="改名"
        )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ["修改 · 生产线 “1 · 1#窑” [plant.save_line]", "新增 · 生产线 “1 · 1#窑” [plant.save_line]"]),
        (
            "en",
            [
                "Corrected · production line “1 · 1#窑” [plant.save_line]",
                "Entered · production line “1 · 1#窑” [plant.save_line]",
            ],
        ),
    ],
)
def test_the_audit_trail_says_what_was_done_to_which_record(
    language: str, said: list[str], login: Login, enter: Callable[..., Line], plant: Plant
) -> None:
    row = enter("1")
    correct(plant, row)
    client = login(Role.AUDITOR, language=language)
    assert cells(client, "/audit/")[:2] == said
    page = client.get("/audit/").content.decode()
    assert f'<a href="/lines/{row.subject}/">1 · 1#窑</a>' in page
    assert str(row.subject) in page


def test_the_evidence_log_says_what_was_stated_of_which_record(login: Login, enter: Callable[..., Line], plant: Plant) -> None:
    row = enter("1")
    correct(plant, row)
    client = login(Role.AUDITOR)
    assert cells(client, "/log/") == [
        "Corrected · production line “1 · 1#窑” [correction]",
        "Entered · production line “1 · 1#窑” [manual-entry]",
        "Configuration · plant [configuration]",
    ]
    assert f"line/{row.subject}" in client.get("/log/").content.decode()


def test_many_records_an_unknown_code_and_a_subject_that_is_none_are_told_as_they_are(login: Login, plant: Plant) -> None:
    with scope(all_plants()):
        audit.note("plant.save_line", actor=SYSTEM, plant=plant.pk, detail={"count": 3})
        audit.note("plant.retire_line", actor=SYSTEM, plant=plant.pk, subject=str(uuid.uuid4()))
        audit.note("plant.retire_line", actor=SYSTEM, plant=plant.pk, subject="<b>none</b>")
        audit.note("other.thing", actor=SYSTEM, plant=plant.pk, subject="x")
        audit.note("instruments.save_year_end", actor=SYSTEM, plant=plant.pk, detail={"year": 2026})
        audit.note("accounts.login", actor=None, plant=plant.pk, result=audit.Result.REFUSED)
    assert cells(login(Role.AUDITOR), "/audit/")[:6] == [
        "Logged in · person [accounts.login]",
        "Saved · ledger at the year&#x27;s end [instruments.save_year_end]",
        "[other.thing]",
        "Retired · production line [plant.retire_line]",
        "Retired · production line [plant.retire_line]",
        "Entered: 3 records · production line [plant.save_line]",
    ]
    assert "<b>none</b>" not in login(Role.AUDITOR).get("/audit/").content.decode()


def test_who_may_not_open_a_ledger_sees_the_noun_alone(enter: Callable[..., Line], plant: Plant) -> None:
    row = enter("1")
    named = [("line", str(row.subject)), ("", ""), ("line", str(uuid.uuid4()))]
    with scope(all_plants()):
        seen = about(Reader(Actor(uuid.uuid4()), plant), named)  # type: ignore[arg-type]  # what is asked of a page
        opened = about(Reader(SYSTEM, plant), named)  # type: ignore[arg-type]  # as above
    assert [(one.noun != "", one.title, one.address) for one in seen] == [(True, "", ""), (False, "", ""), (True, "", "")]
    assert [(one.title, one.address) for one in opened] == [("1 · 1号线", f"lines:detail/{row.subject}"), ("", ""), ("", "")]


def test_a_list_of_words_as_headline_is_said_in_words(login: Login, plant: Plant) -> None:
    with scope(all_plants()):
        content = Choice(definition=Definition.SILO, grounds="按省规定", document="")
        row = services.save(ClinkerBoundary, content, plant=plant, actor=SYSTEM)
    for language in ("en", "zh-hans"):
        client = login(Role.CARBON_MANAGER, language=language)
        page = client.get(f"/clinker-boundary/{row.subject}/").content.decode()
        assert not re.search(r"<h1>\s*silo\b", page)
        assert 'aria-label="Select silo"' not in client.get("/clinker-boundary/").content.decode()


@pytest.mark.parametrize(("language", "said"), [("en", "production line"), ("zh-hans", "生产线")])
def test_a_record_that_is_missing_is_named_by_its_noun_with_what_to_do(language: str, said: str, login: Login) -> None:
    answer = login(Role.CARBON_MANAGER, language=language).get(f"/lines/{uuid.UUID(int=0)}/")
    assert answer.status_code == 404
    text = answer.content.decode().partition('id="main"')[2]
    assert f"({said} 00000000" in text.replace("（", "(")
    assert "(line" not in text.replace("（", "(")
    assert ("plant chosen in the top bar" if language == "en" else "顶栏所选的厂") in text


def test_every_type_of_record_and_statement_has_a_noun() -> None:
    assert set(STATEMENTS) == set(StatementType)
    assert noun_of("line") != "line"
    assert noun_of("never heard of") == "never heard of"
    assert not WITHOUT_PAGES.keys() & ledgers().keys()


def test_every_action_of_the_trail_is_said_in_words() -> None:
    """Each code that some module notes is in the list, or is the saving or retiring of a ledger's record."""
    noted = set()
    for path in PLATFORM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.note", "note") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    noted.add(str(first.value))
    assert noted - ACTIONS.keys() <= {"instruments.save_form_181", "instruments.save_year_end"}
    assert {"operation.backup", "operation.drill", "operation.fsck"} <= ACTIONS.keys()
