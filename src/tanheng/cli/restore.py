"""``tanheng restore``: restore an archive and prove it by the checkpoint roots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tanheng.platform.folder import DataFolder


def command(
    archive: Annotated[Path, typer.Argument(help="Archive written by tanheng backup.")],
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Move the present data aside and keep them.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check that the archive is whole.")] = False,
    drill: Annotated[bool, typer.Option("--drill", help="Restore into a folder that is thrown away; note the result.")] = False,
) -> None:
    """Restore an archive into an empty data folder, or only for a drill; every plant's root is computed again and compared.

    Example: tanheng restore /mnt/backup/tanheng-2026-10-31.tar --data /var/lib/tanheng
    """
    import datetime

    from rich.console import Console

    from tanheng.platform.database.configuration import Login
    from tanheng.platform.operation import setup

    folder = setup.folder_of(data)
    if drill:
        _drill(folder, archive.absolute())
        return
    setup.prepare_django(Login.OWNER)
    from tanheng.platform.operation import backup, restoring

    if check:
        manifest = backup.check(archive)
        print(f"{archive}  {len(manifest['members'])} files, {manifest['time']}")
        return
    with Console(stderr=True).status("restore …"):
        done = restoring.restore(folder, archive, replace=replace, now=datetime.datetime.now(tz=datetime.UTC))
    for plant in done.plants:
        print(f"{plant.origin}  {plant.size}  {plant.root}")
    print(f"{done.seconds:.1f} s" + (f"  {done.kept}" if done.kept else ""))


def _drill(folder: DataFolder, archive: Path) -> None:
    """Restore beside the platform's data, prove, throw away, and write down how it ended."""
    from rich.console import Console

    from tanheng.platform.database.access import reachable
    from tanheng.platform.database.configuration import Login
    from tanheng.platform.operation import setup

    with reachable(folder):
        setup.prepare_django(Login.OWNER)
        from django.db import connections

        from tanheng.platform.database import schema
        from tanheng.platform.operation import keeping

        try:
            schema.require_current()
            with Console(stderr=True).status("restore drill …"):
                drilled = keeping.drill(folder, archive)
            keeping.note_drill(archive, drilled)
        finally:
            connections.close_all()
    print(drilled.said)
    if not drilled.is_good:
        raise typer.Exit(1)
