"""``tanheng backup``: one archive of everything but the keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanheng.core.errors import InputError

if TYPE_CHECKING:
    from tanheng.platform.folder import DataFolder


def command(
    archive: Annotated[Path | None, typer.Argument(help="File to write; it must not exist.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
    daily: Annotated[
        bool, typer.Option("--daily", help="Into the folder of <data>/backup.json, and remove what it no longer keeps.")
    ] = False,
) -> None:
    """Write one archive of database, log, files and lake, while the platform runs. Keys go apart: tanheng key export.

    Example: tanheng backup /mnt/backup/tanheng-2026-10-31.tar
    """
    from tanheng.platform.database.access import reachable
    from tanheng.platform.database.configuration import Login
    from tanheng.platform.operation import setup

    if (archive is None) != daily:
        raise InputError("cli.usage.archive")
    folder = setup.folder_of(data)
    with reachable(folder):
        setup.prepare_django(Login.OWNER)
        from django.db import connections

        from tanheng.platform.database import schema

        try:
            schema.refuse_later_version()
            if archive is None:
                _daily(folder)
            else:
                _once(folder, archive)
        finally:
            connections.close_all()


def _once(folder: DataFolder, archive: Path) -> None:
    import datetime
    import time

    from rich.console import Console

    from tanheng.platform.operation import backup, keeping

    now, began = datetime.datetime.now(tz=datetime.UTC), time.monotonic()
    with Console(stderr=True).status("database …") as status:
        plants = backup.write(folder, archive.absolute(), now=now, progress=lambda done: status.update(f"{done} ✓"))
    keeping.note_backup(archive, seconds=time.monotonic() - began, roots={one.origin: one.root for one in plants})
    print(f"{archive}  {archive.stat().st_size} B")
    for plant in plants:
        print(f"{plant.origin}  {plant.size}  {plant.root}")


def _daily(folder: DataFolder) -> None:
    """Make the daily backup, and write down either way how it ended."""
    import datetime
    import time

    from tanheng.core.errors import TanhengError
    from tanheng.platform.operation import backup_plan, daily_backup, keeping

    now, began = datetime.datetime.now(tz=datetime.UTC), time.monotonic()
    try:
        made = daily_backup.make(folder, backup_plan.read(folder), now=now)
    except TanhengError as error:
        keeping.note_failed_backup(error)
        raise
    keeping.note_backup(made.archive, seconds=time.monotonic() - began, roots=made.roots)
    print(f"{made.archive}  {made.archive.stat().st_size} B")
    for name in made.removed:
        print(f"− {name}")
