"""Many rows by one statement: the same rows as Django inserts one by one, under the same rules of the database."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, models
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.platform.database.scope import scope
from tanheng.platform.errors import ConflictError
from tanheng.platform.plant.models import Line
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.line_1 import Line as Content
from tanheng.platform.record import insertion, versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import AuditEvent, LogEntry, Plant

LINE = Content(
    code="1",
    name_zh="1号线",
    name_en="",
    site="",
    clinker=ClinkerKind.PORTLAND,
    design_capacity=Decimal("5000.00"),
    kiln_diameter=Decimal("4.80"),
    kiln_length=None,
    preheater_stages=5,
    waste_heat_power=Decimal("9.125"),
    alternative_fuels=False,
    commissioned_on=datetime.date(2009, 6, 1),
)


def lines(plant: Plant, actor: Actor, *contents: Content) -> list[Line]:
    return versions.write_many(Line, plant=plant.pk, actor=actor, schema_id="line/1", contents=contents)


def columns(row: models.Model) -> dict[str, object]:
    return {
        field.attname: bytes(value) if isinstance(value := getattr(row, field.attname), memoryview) else value
        for field in row._meta.concrete_fields
    }


def test_what_is_read_is_what_was_given_in_every_column(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        written = lines(plant, actor, *(dataclasses.replace(LINE, code=f"a{number}") for number in range(5)))
        read = [Line.objects.get(pk=row.pk) for row in written]
    assert [columns(row) for row in read] == [columns(row) for row in written]
    assert [row.code for row in read] == ["a0", "a1", "a2", "a3", "a4"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_any_text_comes_back_as_it_was(plant: Plant, actor: Actor, text: str) -> None:
    with scope([plant.pk]):
        row = lines(plant, actor, dataclasses.replace(LINE, name_zh=text))[0]
        assert Line.objects.get(pk=row.pk).name_zh == text


@pytest.mark.parametrize("text", ['"', "\\", "\\x00", "'; DROP TABLE plant_line; --", "%s", "{}", "NULL", "厂\u2028区", "🏭"])
def test_signs_that_mean_something_to_a_parser_stay_signs(plant: Plant, actor: Actor, text: str) -> None:
    with scope([plant.pk]):
        row = lines(plant, actor, dataclasses.replace(LINE, name_zh=text))[0]
        assert Line.objects.get(pk=row.pk).name_zh == text


def test_objects_of_json_columns_are_kept(plant: Plant) -> None:
    said = {"n": 1, "list": [1, None, {"zh": "窑"}], "text": '\\ "'}
    now = datetime.datetime(2026, 11, 21, 8, 0, 0, 123000, tzinfo=datetime.UTC)
    with scope([plant.pk]):
        event = AuditEvent(plant=plant, at=now, action="insertion", result=AuditEvent.Result.DONE, detail=said)
        insertion.insert([event])
        found = AuditEvent.objects.get(pk=event.pk)
    assert (found.detail, found.at, found.actor) == (said, now, None)


def test_a_sign_that_no_text_column_holds_is_refused_with_all_rows(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        before = LogEntry.objects.filter(plant=plant).count()
    with pytest.raises(DatabaseError), scope([plant.pk]):
        lines(plant, actor, LINE, dataclasses.replace(LINE, name_zh="a\0b"))
    with scope([plant.pk]):
        assert LogEntry.objects.filter(plant=plant).count() == before


def test_a_row_of_another_plant_is_refused(plant: Plant, other_plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        entry = LogEntry.objects.filter(plant=plant).order_by("index")[0]
    entry.pk, entry.plant_id, entry.index = None, other_plant.pk, 4711
    entry.statement = bytes(entry.statement)
    with pytest.raises(DatabaseError, match="row-level security"), scope([plant.pk]):
        insertion.insert([entry])


def test_a_constraint_refuses_every_row_of_the_import_and_is_named(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        before = Plant.objects.get(pk=plant.pk).next_index, Line.objects.count()
    with pytest.raises(ConflictError) as refused, scope([plant.pk]):
        lines(plant, actor, LINE, dataclasses.replace(LINE, code="no code!"))
    assert refused.value.fields["constraint"] == "plant_line_code"
    with scope([plant.pk]):
        assert (Plant.objects.get(pk=plant.pk).next_index, Line.objects.count()) == before


def test_the_index_of_an_entry_is_taken_once(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        entry = LogEntry.objects.filter(plant=plant).order_by("index")[0]
    entry.pk, entry.statement = None, bytes(entry.statement)
    with pytest.raises(IntegrityError, match="record_log_entry_index"), scope([plant.pk]):
        insertion.insert([entry])


def test_rows_are_inserted_by_batches(fresh_database: str, found_plant: Callable[[str], Plant], actor: Actor) -> None:
    now = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
    plant = found_plant("batches")
    events = [AuditEvent(plant=plant, at=now, action=f"row-{number}", result="done") for number in range(7)]
    with scope([plant.pk]):
        with CaptureQueriesContext(connection) as asked:
            insertion.insert(events, batch=3)
        kept = AuditEvent.objects.filter(action__startswith="row-").order_by("id").values_list("id", "action")
        assert list(kept) == [(event.pk, event.action) for event in events]
    assert len(asked) == 3


def test_a_single_save_asks_the_database_eight_times(plant: Plant, actor: Actor) -> None:
    """What one record costs: locks, checks, the log's index and entry, the version and what orders it, the audit trail."""
    from tanheng.platform.plant import services

    content = dataclasses.replace(LINE, code="eight")
    with scope([plant.pk]), CaptureQueriesContext(connection) as asked:
        services.save(Line, content, plant=plant, actor=Actor.system("tests"))
    assert [one["sql"].split()[0] for one in asked if "SAVEPOINT" not in one["sql"]] == [
        "SELECT",  # the ledger's lock
        "SELECT",  # codes of the sites
        "SELECT",  # whether the code is taken
        "UPDATE",  # the log's next index
        "INSERT",  # its entry
        "INSERT",  # the version
        "INSERT",  # the keys of its Chinese texts
        "INSERT",  # the audit trail
    ]
