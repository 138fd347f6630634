"""``tanheng migrate``: bring the database to this version's tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only tell what is pending; exit 1 when something is.")] = False,
) -> None:
    """Bring the database to this version's schema; tanheng upgrade also makes a backup first.

    Example: tanheng migrate --check
    """
    from tanheng.platform.database.access import reachable
    from tanheng.platform.database.configuration import Login
    from tanheng.platform.operation import setup

    folder = setup.folder_of(data)
    with reachable(folder):
        setup.prepare_django(Login.OWNER)
        from django.db import connections

        from tanheng.platform.database import schema

        try:
            names = schema.pending() if check else schema.migrate()
        finally:
            connections.close_all()
    for one in names:
        print(one)
    if check and names:
        raise typer.Exit(1)
