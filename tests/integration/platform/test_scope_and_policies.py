"""Tenancy: without a scope an error, within a scope one's own rows, table by table through the whole catalogue."""

# ruff: noqa: S608  # statements are put together from the catalogue

from __future__ import annotations

import contextlib
import threading
import uuid
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.platform.database import scope as scopes
from tanheng.platform.database.configuration import Login
from tanheng.platform.database.schema import migrate, pending, refuse_powerful_login, require_current
from tanheng.platform.database.scope import all_plants, current, scope, scoped, snapshot, streamed
from tanheng.platform.database.unscoped import UNSCOPED
from tanheng.platform.errors import DatabaseError as OurDatabaseError
from tanheng.platform.errors import ScopeError
from tanheng.platform.record.models import LogEntry, Plant
from tanheng.platform.testing import superuser, using
from tests.integration.platform.beside import LIMIT, run_together

MINE, THEIRS = 900001, 900002


def tables(connection: psycopg.Connection[Any]) -> list[tuple[str, bool]]:
    query = """SELECT c.relname, c.relrowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"""
    return [(str(name), bool(secured)) for name, secured in connection.execute(query).fetchall()]


def sample(kind: str, length: int | None) -> object:
    """Return a value of a column's type that most rules allow."""
    match kind:
        case "uuid":
            return uuid.uuid4()
        case "bytea":
            return b"x"
        case "jsonb":
            return "{}"
        case "boolean":
            return False
        case "date":
            return "2026-01-01"
        case "timestamp with time zone":
            return "2026-01-01T00:00:00Z"
        case "inet":
            return "192.0.2.1"
        case "numeric" | "integer" | "bigint" | "smallint" | "double precision":
            return 1
        case _:
            return "1"[: length or 1]


@pytest.fixture(scope="module")
def filled(database: str) -> dict[str, str]:
    """Put one row of another plant and one of ours into every table under a policy; return the plant's column by table."""
    columns_of = """SELECT column_name, data_type, character_maximum_length FROM information_schema.columns
                    WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL
                      AND is_identity = 'NO' ORDER BY ordinal_position"""
    checks = """SELECT conrelid::regclass::text, conname FROM pg_constraint
                WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace"""
    found: dict[str, str] = {}
    with superuser(database) as owner:
        owner.execute(
            "SET session_replication_role = replica"
        )  # no foreign keys, no triggers: only the policies are asked here
        for table, name in owner.execute(checks).fetchall():
            owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}"')
        for table, secured in tables(owner):
            if not secured:
                continue
            column = "id" if table == "record_plant" else "plant_id"
            for plant in (MINE, THEIRS):
                names = [row for row in owner.execute(columns_of, [table]).fetchall() if row[0] != column]
                values = [sample(str(kind), length) for _, kind, length in names]
                words = ", ".join(f'"{row[0]}"' for row in names)
                marks = ", ".join(["%s"] * (len(names) + 1))
                comma = ", " if names else ""
                unique = [
                    uuid.uuid4().hex[:8] if isinstance(value, str) and value == "1" and length and length >= 8 else value
                    for value, (_, _, length) in zip(values, names, strict=True)
                ]
                owner.execute(f'INSERT INTO {table} ("{column}"{comma}{words}) VALUES ({marks})', [plant, *unique])
            found[table] = column
    return found


def test_every_table_has_a_policy_or_a_reason(database: str) -> None:
    with superuser(database) as owner:
        without = {name for name, secured in tables(owner) if not secured}
    assert without == set(UNSCOPED)


def test_every_policy_covers_reading_and_writing(database: str) -> None:
    with superuser(database) as owner:
        rows = owner.execute("SELECT tablename, cmd, qual, with_check FROM pg_policies").fetchall()
        secured = [name for name, has in tables(owner) if has]
    assert sorted(row[0] for row in rows) == secured
    for table, command, reads, writes in rows:
        assert command == "ALL", table
        assert reads == writes
        assert "visible_plants()" in reads


def test_without_a_scope_every_table_is_an_error_and_not_a_blank(filled: dict[str, str]) -> None:
    for table, column in filled.items():
        for statement in (f"SELECT * FROM {table}", f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_in_a_scope_only_its_own_rows_are_seen(filled: dict[str, str]) -> None:
    with scope([MINE]), connection.cursor() as cursor:
        for table, column in filled.items():
            cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IN (%s, %s)", [MINE, THEIRS])
            assert cursor.fetchall() == [(MINE,)], table


def test_rows_of_another_plant_are_not_changed_moved_or_inserted(filled: dict[str, str]) -> None:
    for table, column in filled.items():
        with scope([MINE]), connection.cursor() as cursor, contextlib.suppress(DatabaseError), transaction.atomic():
            cursor.execute(f"UPDATE {table} SET {column} = {column} WHERE {column} = %s", [THEIRS])  # or no right at all
            assert cursor.rowcount == 0, table
        with pytest.raises(DatabaseError), scope([MINE]), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [THEIRS, MINE])
        with pytest.raises(DatabaseError), scope([MINE]), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE {column} = %s", [MINE])


def test_a_row_under_another_plants_key_is_refused(filled: dict[str, str]) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), scope([MINE]):
        Plant.objects.create(id=900003, code="third", name_zh="三")


def test_the_scope_ends_with_its_transaction_and_leaks_to_nobody(filled: dict[str, str]) -> None:
    with scope([MINE]):
        assert Plant.objects.filter(pk=MINE).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        list(Plant.objects.all())
    assert all_plants()  # the same connection works on, and keys are all it says


def test_a_failed_scope_leaves_nothing_set(filled: dict[str, str]) -> None:
    with pytest.raises(ZeroDivisionError), scope([MINE]):
        raise ZeroDivisionError
    with pytest.raises(ScopeError):
        current()
    with pytest.raises(DatabaseError), transaction.atomic():
        list(Plant.objects.all())


def test_an_inner_scope_narrows_and_gives_back(filled: dict[str, str]) -> None:
    with scope([MINE, THEIRS]):
        with scope([MINE]):
            assert set(Plant.objects.values_list("pk", flat=True)) & {MINE, THEIRS} == {MINE}
        with pytest.raises(ZeroDivisionError), scope([THEIRS]):
            raise ZeroDivisionError
        assert {MINE, THEIRS} <= set(Plant.objects.values_list("pk", flat=True))


def test_an_inner_scope_never_widens(filled: dict[str, str]) -> None:
    with scope([MINE]), pytest.raises(ScopeError), scope([THEIRS]):
        pass


@given(st.lists(st.sampled_from([MINE, THEIRS]), max_size=2, unique=True))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_scope_sees_exactly_the_plants_it_names(filled: dict[str, str], plants: list[int]) -> None:
    with scope(plants):
        assert set(Plant.objects.filter(pk__in=[MINE, THEIRS]).values_list("pk", flat=True)) == set(plants)


def test_threads_have_scopes_of_their_own(filled: dict[str, str]) -> None:
    seen: dict[int, set[int]] = {}
    barrier = threading.Barrier(2)

    def look(plant: int) -> None:
        with scope([plant]):
            barrier.wait(LIMIT)
            seen[plant] = set(LogEntry.objects.values_list("plant_id", flat=True))
            barrier.wait(LIMIT)
        connections.close_all()

    run_together(lambda: look(MINE), lambda: look(THEIRS))
    assert seen == {MINE: {MINE}, THEIRS: {THEIRS}}


def test_a_snapshot_shows_one_moment_and_writes_nothing(filled: dict[str, str]) -> None:
    def write() -> None:
        with scope([MINE]):
            Plant.objects.filter(pk=MINE).update(name_en="written meanwhile")
        connections.close_all()

    with snapshot([MINE]):
        before = Plant.objects.get(pk=MINE).name_en
        run_together(write)
        assert Plant.objects.get(pk=MINE).name_en == before
    with scope([MINE]):
        assert Plant.objects.get(pk=MINE).name_en == "written meanwhile"
    with pytest.raises(DatabaseError, match="read-only"), snapshot([MINE]):
        Plant.objects.filter(pk=MINE).update(name_en="refused")


def test_a_job_is_scoped_to_its_plant(filled: dict[str, str]) -> None:
    @scoped
    def job(plant: int, factor: int) -> tuple[frozenset[int], int]:
        return current(), plant * factor

    assert job(MINE, 2) == (frozenset({MINE}), 2 * MINE)


def test_a_streamed_answer_opens_its_scope_when_it_is_read(filled: dict[str, str]) -> None:
    rows = streamed([MINE], lambda: iter(list(Plant.objects.values_list("pk", flat=True))))
    assert MINE in list(rows)


def test_the_app_is_no_powerful_login_and_the_owner_is(database: str) -> None:
    refuse_powerful_login()
    with using(Login.OWNER, database), pytest.raises(OurDatabaseError) as refused:
        refuse_powerful_login()
    assert refused.value.code == "platform.database.powerful"


def test_a_database_of_a_later_version_is_refused(fresh_database: str) -> None:
    require_current()
    with superuser(fresh_database) as owner:
        owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('plant', '0099_later', now())")
    with pytest.raises(OurDatabaseError) as refused:
        require_current()
    assert refused.value.code == "platform.database.later"
    with using(Login.OWNER, fresh_database), pytest.raises(OurDatabaseError):
        migrate()


def test_pending_migrations_are_named(fresh_database: str) -> None:
    with superuser(fresh_database) as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'plant' AND name >= '0002'")
    assert pending()[0] == "plant.0002_rules"
    with pytest.raises(OurDatabaseError) as refused:
        require_current()
    assert refused.value.code == "platform.database.pending"


def test_the_setting_is_written_in_one_place_only() -> None:
    from pathlib import Path

    source = Path(scopes.__file__).parent.parent
    writers = [path.name for path in source.rglob("*.py") if "set_config('tanheng" in path.read_text(encoding="utf-8")]
    assert writers == ["scope.py"]
    wideners = sorted(path.name for path in source.rglob("*.py") if "widened(" in path.read_text(encoding="utf-8"))
    assert wideners == ["scope.py", "services.py", "tenants.py"]
