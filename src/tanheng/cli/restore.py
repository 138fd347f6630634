"""``tanheng restore``: restore an archive and prove it by the checkpoint roots."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    archive: Annotated[Path, typer.Argument(help="Archive written by tanheng backup.")],
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Move the present data aside and keep them.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check that the archive is whole.")] = False,
) -> None:
    """Restore an archive into an empty data folder; every plant's root is computed again and compared.

    Example: tanheng restore /mnt/backup/tanheng-2026-10-31.tar --data /var/lib/tanheng
    """
    import datetime

    from rich.console import Console

    from tanheng.platform.database.configuration import Login
    from tanheng.platform.operation import setup

    folder = setup.folder_of(data)
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
