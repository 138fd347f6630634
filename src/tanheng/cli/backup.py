"""``tanheng backup``: one archive of everything but the keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    archive: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
) -> None:
    """Write one archive of database, log, files and lake, while the platform runs. Keys go apart: tanheng key export.

    Example: tanheng backup /mnt/backup/tanheng-2026-10-31.tar
    """
    import datetime
    import time

    from rich.console import Console

    from tanheng.platform.database.access import reachable
    from tanheng.platform.database.configuration import Login
    from tanheng.platform.operation import setup

    folder = setup.folder_of(data)
    with reachable(folder):
        setup.prepare_django(Login.OWNER)
        from django.db import connections

        from tanheng.platform.database import schema
        from tanheng.platform.operation import backup, keeping

        now, began = datetime.datetime.now(tz=datetime.UTC), time.monotonic()
        try:
            schema.refuse_later_version()
            with Console(stderr=True).status("database …") as status:
                plants = backup.write(folder, archive.absolute(), now=now, progress=lambda done: status.update(f"{done} ✓"))
            keeping.note_backup(archive, seconds=time.monotonic() - began, roots={one.origin: one.root for one in plants})
        finally:
            connections.close_all()
    print(f"{archive}  {archive.stat().st_size} B")
    for plant in plants:
        print(f"{plant.origin}  {plant.size}  {plant.root}")
