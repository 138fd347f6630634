"""``tanheng web``: the web processes alone, beside a database and a worker that run elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.", min=1, max=65535)] = 8443,
    http: Annotated[bool, typer.Option("--http", help="Plain HTTP, on this machine alone.")] = False,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="HTTP to a proxy that speaks HTTPS.")] = False,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate (PEM, with its chain).")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key (PEM).")] = None,
    threads: Annotated[int, typer.Option(help="Requests answered at once by one process.", min=1, max=256)] = 16,
    processes: Annotated[int, typer.Option(help="Processes.", min=1, max=64)] = 1,
) -> None:
    """Run the web processes alone.

    Example: tanheng web --behind-proxy --port 8000 --processes 2
    """
    import logging
    import os

    from tanheng.platform.database.configuration import Login
    from tanheng.platform.errors import ServingError
    from tanheng.platform.operation import service_user, setup, web
    from tanheng.platform.operation.serving import SERVED, Serving

    Serving(host=host, port=port, plain=http).refuse_open_http()
    if not (http or behind_proxy) and (tls_cert is None or tls_key is None):
        raise ServingError("platform.serving.certificate", path=tls_cert or "-", reason="--tls-cert --tls-key")
    user = service_user.chosen(level=logging.INFO if SERVED in os.environ else logging.WARNING)
    service_user.hand_over(setup.folder_of(data), user)
    service_user.become(user)
    os.environ["TANHENG_SCHEME"] = "http" if http else "https"
    os.environ["TANHENG_PROXY"] = "1" if behind_proxy else "0"
    setup.prepare_django(Login.APP)
    from tanheng.platform.database import schema

    schema.require_current()
    schema.refuse_powerful_login()
    _close_connections()
    web.run(web.Listening(host, port, tls_cert, tls_key, threads, processes))


def _close_connections() -> None:
    """Close what this process opened: granian's children open their own."""
    from django.db import connections

    connections.close_all()
