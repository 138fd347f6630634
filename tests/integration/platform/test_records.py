"""Versions and their log: written together or not at all, never rewritten, and replayed as they were known."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.core.errors import InputError
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import ConflictError, MissingError, RecordError
from tanheng.platform.plant.models import Line
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.line_1 import Line as Content
from tanheng.platform.record import outbox, schema, selectors, versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import LogEntry, Plant
from tanheng.platform.testing import superuser
from tanheng.trust.statement import Statement, StatementType
from tests.integration.platform.beside import run_together

LINE = Content(
    code="1",
    name_zh="1号线",
    name_en="Line 1",
    site="",
    clinker=ClinkerKind.PORTLAND,
    design_capacity=Decimal("5000.00"),
    kiln_diameter=Decimal("4.80"),
    kiln_length=Decimal("72.00"),
    preheater_stages=5,
    waste_heat_power=Decimal("9.000"),
    alternative_fuels=False,
    commissioned_on=datetime.date(2009, 6, 1),
)


def write(plant: Plant, actor: Actor, content: Content = LINE, **more: object) -> Line:
    return versions.write(Line, plant=plant.pk, actor=actor, schema_id="line/1", content=content, **more)  # type: ignore[arg-type]


def test_a_version_and_its_statement_are_one(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        row = write(plant, actor)
        entry = LogEntry.objects.get(plant=plant, epoch=row.log_epoch, index=row.log_index)
    statement = Statement.decode(bytes(entry.statement))
    statement.require_payload(bytes(row.payload), salt=bytes(row.salt))
    assert statement.type is StatementType.MANUAL_ENTRY
    assert statement.subject == f"line/{row.subject}"
    assert statement.media == "application/vnd.tanheng.line+json;v=1"
    assert statement.actor == str(actor.uid)
    assert "manager" not in entry.statement.hex() + row.payload.hex()


def test_a_failed_change_leaves_no_entry_and_no_gap(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        before = Plant.objects.get(pk=plant.pk).next_index
    with pytest.raises(ZeroDivisionError), scope([plant.pk]):  # noqa: PT012  # the write is what must be taken back
        write(plant, actor)
        raise ZeroDivisionError
    with scope([plant.pk]):
        assert Plant.objects.get(pk=plant.pk).next_index == before
        assert LogEntry.objects.filter(plant=plant).count() == before


def test_a_correction_is_a_further_version_with_its_reason(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        first = write(plant, actor)
        better = dataclasses.replace(LINE, design_capacity=Decimal("5500.00"))
        second = write(plant, actor, better, subject=first.subject, seen=1, reason="nameplate read again")
        first.refresh_from_db()
        assert (second.version, second.reason) == (2, "nameplate read again")
        assert first.known_to == second.known_from
        assert [change.field for change in selectors.differences(first, second)] == ["design_capacity"]
        entry = LogEntry.objects.get(plant=plant, index=second.log_index)
    assert Statement.decode(bytes(entry.statement)).type is StatementType.CORRECTION


def test_a_correction_without_a_reason_is_refused(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        first = write(plant, actor)
        with pytest.raises(InputError) as refused:
            write(plant, actor, dataclasses.replace(LINE, code="2"), subject=first.subject, seen=1, reason="  ")
    assert refused.value.code == "platform.record.reason"


def test_a_stale_form_is_refused_and_says_what_happened(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        first = write(plant, actor)
        second = write(plant, actor, dataclasses.replace(LINE, code="2"), subject=first.subject, seen=1, reason="a")
        with pytest.raises(ConflictError) as refused:
            write(plant, actor, dataclasses.replace(LINE, code="3"), subject=first.subject, seen=1, reason="b")
    assert refused.value.code == "platform.record.stale"
    assert refused.value.fields["version"] == 2
    china = second.known_from.astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    assert f"{china:%Y-%m-%d %H:%M}" in refused.value.text("en")


def test_saying_the_same_again_writes_nothing(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        first = write(plant, actor)
        again = write(plant, actor, subject=first.subject, seen=1, reason="no change")
        assert again.pk == first.pk


def test_a_record_of_another_plant_is_not_found(plant: Plant, other_plant: Plant, actor: Actor) -> None:
    with scope([other_plant.pk]):
        theirs = write(other_plant, actor)
    with scope([plant.pk]), pytest.raises(MissingError):
        write(plant, actor, subject=theirs.subject, seen=1, reason="x")
    with scope([plant.pk]), pytest.raises(MissingError):
        write(other_plant, actor)


def test_validity_must_not_end_before_it_begins(plant: Plant, actor: Actor) -> None:
    day = datetime.date(2026, 1, 1)
    with scope([plant.pk]), pytest.raises(InputError):
        write(plant, actor, valid_from=day, valid_to=day)


def test_what_was_known_then_is_answered_as_then(plant: Plant, actor: Actor) -> None:
    """A rebuilt kiln from 2026-07-01; later the first half is corrected; each question gets the answer of its time."""
    with scope([plant.pk]):
        first = write(plant, actor, valid_from=datetime.date(2020, 1, 1))
        rebuilt = dataclasses.replace(LINE, design_capacity=Decimal("6000.00"))
        second = write(
            plant, actor, rebuilt, subject=first.subject, seen=1, reason="rebuilt", valid_from=datetime.date(2026, 7, 1)
        )
        corrected = dataclasses.replace(LINE, design_capacity=Decimal("4800.00"))
        third = write(
            plant,
            actor,
            corrected,
            subject=first.subject,
            seen=2,
            reason="typed wrong",
            valid_from=datetime.date(2020, 1, 1),
            valid_to=datetime.date(2026, 7, 1),
        )

        def capacity(day: datetime.date, known: datetime.datetime | None = None) -> Decimal:
            found = Line.objects.filter(plant=plant).on(day, known=known).get(subject=first.subject)
            assert found.design_capacity is not None
            return found.design_capacity

        march, october = datetime.date(2026, 3, 1), datetime.date(2026, 10, 1)
        assert capacity(march) == Decimal(4800)
        assert capacity(october) == Decimal(6000)
        assert capacity(march, second.known_from) == Decimal(5000)
        assert capacity(october, first.known_from) == Decimal(5000)
        assert capacity(october, third.known_from) == Decimal(6000)


def test_a_retired_record_is_not_listed_but_its_history_stays(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        first = write(plant, actor)
        write(plant, actor, subject=first.subject, seen=1, reason="entered twice", retired=True)
        assert not Line.objects.filter(plant=plant).latest_versions().filter(subject=first.subject).exists()
        assert not Line.objects.filter(plant=plant).on(datetime.date(2026, 1, 1)).filter(subject=first.subject).exists()
        assert [row.version for row in Line.objects.filter(plant=plant).history(first.subject)] == [2, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plant_line SET design_capacity = 1",
        "UPDATE plant_line SET payload = 'x'",
        "UPDATE plant_line SET known_to = NULL WHERE known_to IS NOT NULL",
        "UPDATE plant_line SET known_to = now() WHERE known_to IS NOT NULL",
        "DELETE FROM plant_line",
        "TRUNCATE plant_line",
        "UPDATE record_log_entry SET statement = 'x'",
        "DELETE FROM record_log_entry",
        "DELETE FROM record_attachment",
        "DELETE FROM record_audit_event",
    ],
)
def test_not_even_the_owner_rewrites_what_was_written(plant: Plant, actor: Actor, database: str, statement: str) -> None:
    with scope([plant.pk]):
        first = write(plant, actor)
        write(plant, actor, dataclasses.replace(LINE, code="9"), subject=first.subject, seen=1, reason="x")
    with superuser(database) as owner:
        owner.execute(
            "INSERT INTO record_attachment (plant_id, uid, name, media, size, sha256, actor, at, salt, log_epoch, log_index)"
            " VALUES (%s, gen_random_uuid(), 'f', 'm', 1, repeat('0', 64), gen_random_uuid(), now(), 's', 9,"
            " (SELECT count(*) FROM record_attachment))",
            [plant.pk],
        )
        with pytest.raises(Exception, match="never changed"):
            owner.execute(statement.encode())


def test_a_payload_is_read_by_its_schema_or_refused() -> None:
    payload = schema.Payload(schema="line/1", content=LINE, valid_from=None, valid_to=None, reason="", retired=False)
    assert schema.decode(payload.encode()) == payload
    for broken in (
        b"",
        b"[]",
        payload.encode().replace(b'"line/1"', b'"line/9"'),
        payload.encode().replace(b'"5000.00"', b"5000.00"),
        payload.encode().replace(b'"portland"', b'"chalk"'),
        payload.encode().replace(b'"2009-06-01"', b'"2009-13-01"'),
        payload.encode().replace(b'"preheater_stages":5', b'"preheater_stages":true'),
        payload.encode().replace(b'"site":"",', b""),
        payload.encode().replace(b'"site":"",', b'"site":"","more":1,'),
    ):
        with pytest.raises(RecordError):
            schema.decode(broken)


@given(
    st.text(max_size=20),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.none() | st.dates(),
    st.none() | st.integers(0, 100),
)
def test_any_content_comes_back_as_it_was_written(
    text: str, number: Decimal, day: datetime.date | None, stages: int | None
) -> None:
    content = dataclasses.replace(LINE, name_zh=text, design_capacity=number, commissioned_on=day, preheater_stages=stages)
    payload = schema.Payload(schema="line/1", content=content, valid_from=day, valid_to=None, reason=text, retired=False)
    assert schema.decode(payload.encode()) == payload


def test_writers_at_once_take_dense_indices(plant: Plant, actor: Actor) -> None:
    count, each = 6, 15

    def work() -> None:
        try:
            for number in range(each):
                with scope([plant.pk]):
                    outbox.record(
                        plant.pk,
                        type=StatementType.MANUAL_ENTRY,
                        subject=f"test/{uuid.uuid4()}",
                        version=1,
                        media="test/1",
                        payload=b"{}",
                        actor=actor,
                        keep_payload=True,
                    )
                    if number % 5 == 4:
                        transaction.set_rollback(True)
        finally:
            connections.close_all()

    with scope([plant.pk]):
        before = Plant.objects.get(pk=plant.pk).next_index
    run_together(*[work] * count)
    with scope([plant.pk]):
        plant.refresh_from_db()
        indices = list(LogEntry.objects.filter(plant=plant).order_by("index").values_list("index", flat=True))
        times = list(LogEntry.objects.filter(plant=plant).order_by("index").values_list("at", flat=True))
    assert plant.next_index == before + count * each * 4 // 5
    assert indices == list(range(plant.next_index))
    assert times == sorted(times)


@given(steps=st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_versions_are_counted_without_gaps(plant: Plant, actor: Actor, steps: list[tuple[int, bool]]) -> None:
    with scope([plant.pk]):
        row = write(plant, actor)
        for stages, retired in steps:
            content = dataclasses.replace(LINE, preheater_stages=stages)
            row = write(plant, actor, content, subject=row.subject, seen=row.version, reason="r", retired=retired)
        rows = list(Line.objects.filter(plant=plant).history(row.subject))
        assert [one.version for one in rows] == list(range(len(rows), 0, -1))
        assert [one.known_to is None for one in rows] == [True] + [False] * (len(rows) - 1)


def test_entries_of_another_plant_cannot_be_written(plant: Plant, other_plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]), pytest.raises(MissingError):
        outbox.record(other_plant.pk, type=StatementType.GAP, subject="x", version=1, media="x/1", payload=b"", actor=actor)


def test_a_second_plant_of_the_same_code_is_refused(found_plant: Callable[[str], Plant], actor: Actor) -> None:
    from tanheng.platform.record import tenants

    found_plant("twice")
    with scope([]), pytest.raises(ConflictError):
        tenants.found(actor=Actor.system("t"), code="twice", name_zh="二")


@pytest.mark.parametrize(
    ("code", "name"), [("Upper", "厂"), ("a b", "厂"), ("-a", "厂"), ("", "厂"), ("x" * 65, "厂"), ("good", "")]
)
def test_a_plant_with_a_bad_code_or_no_name_is_refused(database: str, code: str, name: str) -> None:
    from tanheng.platform.record import tenants

    with scope([]), pytest.raises(InputError):
        tenants.found(actor=Actor.system("t"), code=code, name_zh=name)


def test_the_database_itself_refuses_a_second_version_of_one_number(plant: Plant, actor: Actor) -> None:
    with scope([plant.pk]):
        row = write(plant, actor)
        row.pk = None
        with pytest.raises(DatabaseError):
            row.save(force_insert=True)
        transaction.set_rollback(True)
