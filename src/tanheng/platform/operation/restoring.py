"""Restoring an archive: checked first, into a data folder set aside, proved by the checkpoint roots, or taken back.

An outside database must be empty: what another server holds is not ours to move aside. One that a restore could not prove is
emptied again.
"""

from __future__ import annotations

import datetime
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from tanheng.platform.database.access import ServerLock
from tanheng.platform.database.configuration import Login, address, is_external
from tanheng.platform.database.embedded import EmbeddedServer
from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import backup, setup
from tanheng.platform.operation.backup import Restored

_FILES = ("files", "payloads", "lake")


def restore(folder: DataFolder, archive: Path, *, replace: bool, now: datetime.datetime) -> Restored:
    """Restore an archive into a data folder.

    Raises
    ------
    ServingError
        The archive is damaged, the folder holds data and ``replace`` is not given, an outside database is not empty, the
        platform runs, or a restored root is not the promised one; the data that were there are then back in their place.
    """
    began = time.monotonic()
    setup.prepare_django(Login.OWNER)
    manifest = backup.check(archive)
    if is_external():
        _refuse_tables(folder)
    lock = ServerLock(folder)
    if not lock.try_take():
        raise ServingError("platform.backup.running", holder=lock.holder())
    try:
        _refuse_data(folder, replace=replace)
        kept = backup.move_aside(folder, now)
        try:
            plants = _restore_here(folder, archive, manifest)
        except BaseException:
            _take_back(folder, kept)
            raise
    finally:
        lock.release()
    return Restored(plants, time.monotonic() - began, kept)


def _refuse_data(folder: DataFolder, *, replace: bool) -> None:
    outside = is_external() and any(path.is_file() for part in _FILES for path in (folder.root / part).rglob("*"))
    holds = outside or (folder.postgres / "server").exists()
    if holds and not replace:
        raise ServingError("platform.backup.not_empty", path=folder.root)


def _refuse_tables(folder: DataFolder) -> None:
    """Refuse an outside database that holds anything.

    Raises
    ------
    ServingError
        Names it, and how an empty one is made.
    """
    from django.db import connection

    if connection.introspection.table_names():
        place = address(folder, Login.OWNER)
        raise ServingError("platform.backup.external", host=place.host, database=place.database, owner=place.user)


def _restore_here(folder: DataFolder, archive: Path, manifest: dict[str, Any]) -> tuple[backup.PlantState, ...]:
    folder.prepare()
    with tempfile.TemporaryDirectory(dir=folder.root, prefix=".restore-") as spare:
        draft = Path(spare)
        backup.extract(archive, draft)
        for part in backup.PARTS:
            if (draft / "data" / part).exists():
                shutil.copytree(draft / "data" / part, folder.root / part, dirs_exist_ok=True)
        if is_external():
            return _load_outside(folder, draft / "database.dump", manifest)
        server = EmbeddedServer(folder)
        server.start()
        try:
            return _load(folder, draft / "database.dump", manifest)
        finally:
            server.stop()


def _load_outside(folder: DataFolder, dump: Path, manifest: dict[str, Any]) -> tuple[backup.PlantState, ...]:
    from django.db import connection

    try:
        return _load(folder, dump, manifest)
    except BaseException:
        with connection.cursor() as cursor:  # it was empty before
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
        raise


def _load(folder: DataFolder, dump: Path, manifest: dict[str, Any]) -> tuple[backup.PlantState, ...]:
    from django.db import connections

    from tanheng.platform.database import schema

    try:
        backup.load_dump(folder, dump)
        schema.refuse_later_version()
        schema.migrate()
        return backup.prove(manifest)
    finally:
        connections.close_all()


def _take_back(folder: DataFolder, kept: Path | None) -> None:
    """Put the data of before the restore back in their place."""
    for part in ("postgres", *backup.PARTS):
        shutil.rmtree(folder.root / part, ignore_errors=True)
    if kept is not None:
        for path in kept.iterdir():
            shutil.move(path, folder.root / path.name)
        kept.rmdir()
    folder.prepare()
