"""``tanheng serve``: run the platform on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanheng.cli.root import language

_WORDS = {
    "zh": {
        "address": "碳衡已启动：",
        "fingerprint": "证书颁发机构指纹（SHA-256，证书见 /ca.crt）：",
        "link": "首位管理员的一次性链接（24 小时内有效，仅此一次）：",
        "stop": "按 Ctrl-C 停止。",
    },
    "en": {
        "address": "Tanheng is running at",
        "fingerprint": "Fingerprint of its certificate authority (SHA-256; the certificate is at /ca.crt):",
        "link": "One-time link of the first administrator (valid for 24 hours, works once):",
        "stop": "Stop it with Ctrl-C.",
    },
}


def command(
    data: Annotated[Path | None, typer.Option(help="Data folder; TANHENG_DATA, else the user's data folder.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default all, with --http 127.0.0.1.")] = None,
    port: Annotated[int, typer.Option(help="Port.", min=1, max=65535)] = 8443,
    http: Annotated[bool, typer.Option("--http", help="Plain HTTP, on this machine alone.")] = False,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="HTTP to a proxy that speaks HTTPS.")] = False,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate of your own (PEM, with its chain).")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key (PEM).")] = None,
    name: Annotated[list[str] | None, typer.Option(help="A further name under which browsers reach it; repeatable.")] = None,
    threads: Annotated[int, typer.Option(help="Requests answered at once.", min=1, max=256)] = 16,
    demo: Annotated[Path | None, typer.Option(help="Load the example plant of this folder as a demonstration.")] = None,
) -> None:
    """Run the platform: database, web and worker together.

    Example: tanheng serve --data /var/lib/tanheng --name carbon.plant.example
    """
    from tanheng.platform.operation import logs, serving, setup

    logs.configure()
    folder = setup.folder_of(data)
    default_host = "127.0.0.1" if http else "0.0.0.0"  # noqa: S104  # a server is reached from the plant's network
    how = serving.Serving(
        host=host or default_host,
        port=port,
        plain=http,
        behind_proxy=behind_proxy,
        certificate=tls_cert,
        key=tls_key,
        names=tuple(name or ()),
        threads=threads,
    )
    serving.run(folder, how, _announce, (lambda: _load(demo)) if demo is not None else None)


def _load(demo: Path) -> None:
    """Load the example; Django is ready by now."""
    from tanheng.platform.instruments import demonstration as metering
    from tanheng.platform.operation import demonstration

    metering.load(demo / "metering", demonstration.load(demo))


def _announce(started: object) -> None:
    from tanheng.platform.operation.serving import Started

    assert isinstance(started, Started)
    words = _WORDS[language()]
    lines = [f"{words['address']} {started.address}"]
    if started.fingerprint:
        lines += [words["fingerprint"], f"  {started.fingerprint}"]
    if started.first_link:
        lines += [words["link"], f"  {started.first_link}"]
    print("\n".join([*lines, words["stop"]]), flush=True)
