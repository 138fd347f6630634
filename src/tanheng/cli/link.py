"""``tanheng link``: a new one-time link of the first administrator, for whoever lost the one that the start printed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
) -> None:
    """Print a new one-time link of the first administrator; the one printed before no longer works.

    Works while the platform runs, until somebody administers it.

    Example: tanheng link --data data/demo
    """
    from tanheng.cli.root import language
    from tanheng.core.errors import InputError, TanhengError
    from tanheng.core.messages import render
    from tanheng.platform.database.access import reachable
    from tanheng.platform.database.configuration import Login
    from tanheng.platform.folder import default_root
    from tanheng.platform.operation import setup

    root = data or default_root()
    if not (root / "secrets").is_dir():
        raise InputError("cli.link.no_data", path=root)
    folder = setup.folder_of(root)
    with reachable(folder):
        setup.prepare_django(Login.OWNER)
        from django.db import connections

        from tanheng.platform.accounts.services import first_administrator_link
        from tanheng.platform.database import schema
        from tanheng.platform.database.scope import scope

        try:
            schema.require_current()
            with scope([]):
                fresh = first_administrator_link()
        finally:
            connections.close_all()
    if fresh is None:
        raise TanhengError("cli.link.administrator")
    print(render("cli.serve.link", language(), {}))
    print(f"  {folder.last_address()}/join/{fresh.secret}")
