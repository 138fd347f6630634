"""Upgrading: with all writers stopped, a backup, then the migrations, then a check of the records."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from tanheng.core.errors import TanhengError
from tanheng.platform.database.access import ServerLock
from tanheng.platform.database.configuration import Login, is_external
from tanheng.platform.database.embedded import EmbeddedServer
from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import setup


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did.

    Parameters
    ----------
    archive : Path or None
        The backup; None when there was nothing to migrate.
    applied : tuple of str
        Migrations.
    findings : tuple of TanhengError
        What the check found.
    """

    archive: Path | None
    applied: tuple[str, ...]
    findings: tuple[TanhengError, ...]


def upgrade(folder: DataFolder, archive: Path | None, *, now: datetime.datetime) -> Upgraded:
    """Bring the data to this version.

    Raises
    ------
    ServingError
        The platform is running.
    DatabaseError
        The data are of a later version.
    """
    lock = ServerLock(folder)
    if not lock.try_take():
        raise ServingError("platform.backup.running", holder=lock.holder())
    server = None if is_external() else EmbeddedServer(folder)
    try:
        if server is not None:
            server.start()
        return _upgrade(folder, archive, now)
    finally:
        if server is not None:
            server.stop()
        lock.release()


def _upgrade(folder: DataFolder, archive: Path | None, now: datetime.datetime) -> Upgraded:
    setup.prepare_django(Login.OWNER)
    from django.db import connection, connections

    from tanheng.platform.database import schema
    from tanheng.platform.operation import backup

    try:
        schema.refuse_later_version()
        if not schema.pending():
            return Upgraded(None, (), _check())
        target = None
        if connection.introspection.table_names():
            target = archive or folder.root / "backups" / f"before-upgrade-{now:%Y%m%dT%H%M%S}.tar"
            target.parent.mkdir(mode=0o700, exist_ok=True)
            backup.write(folder, target, now=now)
        applied = schema.migrate()
        return Upgraded(target, tuple(applied), _check())
    finally:
        connections.close_all()


def _check() -> tuple[TanhengError, ...]:
    from tanheng.platform.database.scope import all_plants, scope
    from tanheng.platform.record import fsck
    from tanheng.platform.record.models import Plant

    findings: list[TanhengError] = []
    for key in all_plants():
        with scope([key]):
            findings += fsck.audit(Plant.objects.get(pk=key))
    return tuple(findings)
