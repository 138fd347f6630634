"""``tanheng upgrade``: back up, migrate, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    backup: Annotated[Path | None, typer.Option(help="Archive to write first; <data>/backups/… by default.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
) -> None:
    """Bring the data of a stopped platform to this version: backup, migration, check of the records. There is no way back.

    Example: tanheng upgrade && systemctl start tanheng
    """
    import datetime

    from tanheng.cli.root import language
    from tanheng.platform.operation import setup, upgrading

    folder = setup.folder_of(data)
    now = datetime.datetime.now(tz=datetime.UTC)
    done = upgrading.upgrade(folder, backup, now=now)
    print(done.archive or "–")
    for one in done.applied:
        print(one)
    for finding in done.findings:
        print(finding.text(language()))
    if done.findings:
        raise typer.Exit(1)
