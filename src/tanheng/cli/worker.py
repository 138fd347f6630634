"""``tanheng worker``: the background worker alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
    concurrency: Annotated[int, typer.Option(help="Jobs done at once.", min=1, max=64)] = 4,
) -> None:
    """Run the background worker alone: jobs, duties, mail, and the sequencer of the logs.

    Example: tanheng worker --concurrency 8
    """
    from tanheng.platform.database.configuration import Login
    from tanheng.platform.operation import service_user, setup

    user = service_user.chosen()
    service_user.hand_over(setup.folder_of(data), user)
    service_user.become(user)
    setup.prepare_django(Login.APP)
    from tanheng.platform.database import schema
    from tanheng.platform.operation import worker

    schema.require_current()
    schema.refuse_powerful_login()
    worker.run(concurrency=concurrency)
