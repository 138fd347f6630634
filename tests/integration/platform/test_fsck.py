"""Change a row behind the application's back, and the auditor names it: table, row, column."""

# ruff: noqa: S608  # statements are put together from the catalogue and from the cases below

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest

from tanheng.platform.database.scope import scope
from tanheng.platform.notice.models import Alarm
from tanheng.platform.operation import tasks
from tanheng.platform.operation.auditing import LogFilesAuditor
from tanheng.platform.plant.models import Line
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.line_1 import Line as Content
from tanheng.platform.record import attachments, fsck, sequencer, versions
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Attachment, AuditEvent, Plant
from tanheng.platform.testing import superuser

LINE = Content(
    code="1",
    name_zh="1号线",
    name_en="",
    site="",
    clinker=ClinkerKind.PORTLAND,
    design_capacity=Decimal("5000.00"),
    kiln_diameter=None,
    kiln_length=None,
    preheater_stages=None,
    waste_heat_power=None,
    alternative_fuels=False,
    commissioned_on=None,
)


@pytest.fixture
def filled(found_plant: Callable[[str], Plant]) -> tuple[Plant, Line, Attachment]:
    plant = found_plant(f"f-{uuid.uuid4().hex[:8]}")
    actor = Actor.system("t")
    with scope([plant.pk]):
        first = versions.write(Line, plant=plant.pk, actor=actor, schema_id="line/1", content=LINE)
        changed = dataclasses.replace(LINE, name_zh="改")
        row = versions.write(
            Line, plant=plant.pk, actor=actor, schema_id="line/1", content=changed, subject=first.subject, seen=1, reason="r"
        )
        name = f"{plant.code}.csv"
        file = attachments.store([plant.code.encode()], plant=plant.pk, name=name, actor=actor)
    sequencer.sequence(plant.pk)
    return plant, row, file


def findings(plant: Plant) -> list[tuple[str, object]]:
    with scope([plant.pk]):
        plant.refresh_from_db()
        return [(found.code, found.fields.get("field") or found.fields.get("index")) for found in fsck.audit(plant)]


def tamper(database: str, statement: str, *values: object) -> None:
    with superuser(database) as owner:
        owner.execute("SET session_replication_role = replica")
        assert owner.execute(statement.encode(), values).rowcount == 1


def test_records_that_nobody_touched_have_no_findings(filled: tuple[Plant, Line, Attachment]) -> None:
    assert findings(filled[0]) == []


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ("design_capacity = 9999", "platform.record.projection", "design_capacity"),
        ("name_zh = '别的'", "platform.record.projection", "name_zh"),
        ("reason = 'another'", "platform.record.projection", "reason"),
        ("valid_from = '2020-01-01'", "platform.record.projection", "valid_from"),
        ("retired = true", "platform.record.projection", "retired"),
        ("actor = gen_random_uuid()", "platform.record.statement", "actor"),
        ("known_from = known_from - interval '1 day'", "platform.record.statement", "known_from"),
        ("payload = replace(encode(payload, 'escape'), '5000.00', '5001.00')::bytea", "platform.record.digest", 2),
        ("salt = '0123456789abcdef'", "platform.record.digest", 2),
        ("log_index = 99", "platform.record.unlogged", 99),
    ],
)
def test_a_changed_column_is_named(
    filled: tuple[Plant, Line, Attachment], database: str, change: str, code: str, place: object
) -> None:
    plant, row, _ = filled
    tamper(database, f"UPDATE plant_line SET {change} WHERE id = %s", row.pk)
    assert (code, place) in findings(plant)


def test_a_removed_version_is_missed(filled: tuple[Plant, Line, Attachment], database: str) -> None:
    plant, row, _ = filled
    tamper(database, "DELETE FROM plant_line WHERE id = %s", row.pk)
    assert ("platform.record.unknown_row", 2) in findings(plant)


def test_an_invented_version_is_not_in_the_log(filled: tuple[Plant, Line, Attachment], database: str) -> None:
    plant, row, _ = filled
    columns = ", ".join(
        str(field.column) for field in Line._meta.concrete_fields if field.column not in ("id", "version", "log_index")
    )
    tamper(
        database,
        f"INSERT INTO plant_line (version, log_index, {columns}) SELECT 3, 77, {columns} FROM plant_line WHERE id = %s",
        row.pk,
    )
    assert ("platform.record.unlogged", 77) in findings(plant)


def test_a_removed_entry_leaves_a_gap_that_is_named(filled: tuple[Plant, Line, Attachment], database: str) -> None:
    plant, _, _ = filled
    tamper(database, "DELETE FROM record_log_entry WHERE plant_id = %s AND index = 1", plant.pk)
    assert ("platform.record.index_gap", 1) in findings(plant)


def test_a_turned_back_counter_is_named(filled: tuple[Plant, Line, Attachment], database: str) -> None:
    plant, _, _ = filled
    tamper(database, "UPDATE record_plant SET next_index = 2 WHERE id = %s", plant.pk)
    assert [code for code, _ in findings(plant)] == ["platform.record.index_head"]


def test_a_changed_statement_breaks_the_root(filled: tuple[Plant, Line, Attachment], database: str) -> None:
    plant, _, _ = filled
    swap = "set_byte(statement, length(statement) - 1, 1 # get_byte(statement, length(statement) - 1))"
    tamper(database, f"UPDATE record_log_entry SET statement = {swap} WHERE plant_id = %s AND index = 0", plant.pk)
    assert "platform.record.log_differs" in [code for code, _ in findings(plant)]


def test_a_changed_file_and_a_missing_one_are_named(filled: tuple[Plant, Line, Attachment]) -> None:
    plant, _, file = filled
    path = attachments.path_of(file.sha256)
    path.write_bytes(b"other")
    assert [code for code, _ in findings(plant)] == ["platform.file.changed"]
    path.unlink()
    assert [code for code, _ in findings(plant)] == ["platform.file.gone"]


def test_a_renamed_file_is_named(filled: tuple[Plant, Line, Attachment], database: str) -> None:
    plant, _, file = filled
    tamper(database, "UPDATE record_attachment SET name = 'better.csv' WHERE id = %s", file.pk)
    assert ("platform.record.digest", file.log_index) in findings(plant)


def test_the_nightly_check_raises_an_alarm_and_is_noted(filled: tuple[Plant, Line, Attachment], database: str) -> None:
    plant, row, _ = filled
    tamper(database, "UPDATE plant_line SET design_capacity = 9999 WHERE id = %s", row.pk)
    tasks.fsck(0)
    with scope([plant.pk]):
        alarm = Alarm.objects.get(plant=plant, code="platform.alarm.fsck")
        noted = AuditEvent.objects.filter(action="operation.fsck").latest("id")
    assert "design_capacity" in alarm.fields["first"]
    assert noted.result == "failed"
    assert f"records {plant.code}" in noted.detail["checked"]
    assert "payloads" in noted.detail["missing"]


def test_a_log_that_somebody_never_lets_go_of_is_a_finding(filled: tuple[Plant, Line, Attachment], database: str) -> None:
    plant, _, _ = filled
    auditor = LogFilesAuditor(plant.pk, plant.epoch, "log", patience=0.2)
    assert list(auditor.findings()) == []
    with superuser(database) as other:
        other.execute("SELECT pg_advisory_lock(7407002, %s)", [plant.pk])
        [found] = auditor.findings()
        other.execute("SELECT pg_advisory_unlock(7407002, %s)", [plant.pk])
    assert (found.code, found.fields["plant"]) == ("platform.record.log_busy", plant.code)
    assert list(auditor.findings()) == []
