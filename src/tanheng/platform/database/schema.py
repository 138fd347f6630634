"""Bringing the database to this version's tables: migrations as the owner, then what the app may do with them."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from tanheng.platform.database.configuration import Login, address
from tanheng.platform.errors import DatabaseError

_LOCK = 7_407_001  # one migration at a time


def pending() -> list[str]:
    """Return the migrations that this version has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown() -> list[str]:
    """Return the migrations that the database has and this version does not know: the database is of a later version."""
    loader = MigrationExecutor(connection).loader
    known = set(loader.disk_migrations or {})
    ours = {config.label for config in apps.get_app_configs()}
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations if app in ours and (app, name) not in known)


def refuse_later_version() -> None:
    """Refuse a database that a later version has migrated: there is no way back.

    Raises
    ------
    DatabaseError
        Names what this version does not know.
    """
    later = unknown()
    if later:
        raise DatabaseError("platform.database.later", migrations=", ".join(later))


def require_current() -> None:
    """Refuse to work on a database that is not at this version's schema.

    Raises
    ------
    DatabaseError
    """
    refuse_later_version()
    missing = pending()
    if missing:
        raise DatabaseError("platform.database.pending", count=len(missing), first=missing[0])


def migrate() -> list[str]:
    """Bring the database to this version; return what was applied. The login is the owner's.

    Raises
    ------
    DatabaseError
        The database is of a later version.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        refuse_later_version()
        plan = pending()
        call_command("migrate", interactive=False, verbosity=0)
        grant()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return plan


def grant() -> None:
    """Let the app read and write rows: no tables of its own, no TRUNCATE, nothing on the record of migrations."""
    role = sql.Identifier(address(settings.FOLDER, Login.APP).user)
    statements = (
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        "REVOKE UPDATE, DELETE ON record_log_entry, record_attachment, record_audit_event FROM {role}",
        "REVOKE DELETE ON record_plant FROM {role}",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(role=role))


def refuse_powerful_login() -> None:
    """Refuse to serve as a login for which row-level security does not hold.

    Raises
    ------
    DatabaseError
        The login is a superuser, bypasses row-level security, or owns the tables.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, EXISTS ("
            " SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        name, is_super, bypasses, owns = cursor.fetchone()
    if is_super or bypasses or owns:
        raise DatabaseError("platform.database.powerful", login=name)
