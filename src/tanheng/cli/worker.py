"""``tanheng worker``: the background worker alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
    concurrency: Annotated[int, typer.Option(help="Jobs done at once.", min=1, max=64)] = 4,
) -> None:
    """Run the background worker alone: jobs, duties, mail, the sequencer of the logs, and the daily backup.

    It makes the backup where it may log in as the owner of an outside database, and no tanheng serve runs it.

    Example: tanheng worker --concurrency 8
    """
    import logging
    import os

    from tanheng.platform.database.configuration import OWNER_URL, Login, is_external
    from tanheng.platform.operation import service_user, setup
    from tanheng.platform.operation.serving import SERVED

    user = service_user.chosen(level=logging.INFO if SERVED in os.environ else logging.WARNING)  # said by tanheng serve
    folder = setup.folder_of(data)
    service_user.hand_over(folder, user)
    service_user.become(user)
    setup.prepare_django(Login.APP)
    from tanheng.platform.database import schema
    from tanheng.platform.operation import worker
    from tanheng.platform.operation.daily_backup import DailyBackup

    schema.require_current()
    schema.refuse_powerful_login()
    makes_backups = is_external() and OWNER_URL in os.environ and SERVED not in os.environ
    daily = DailyBackup(folder, since=folder.founded_at()) if makes_backups else None
    worker.run(concurrency=concurrency, beside=(daily,) if daily is not None else ())
