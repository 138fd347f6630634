"""``tanheng serve``: run the platform on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanheng.cli.root import language
from tanheng.core.messages import render

if TYPE_CHECKING:
    from tanheng.platform.operation.serving import Started

_RULE = "─" * 72


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
    log: Annotated[
        str, typer.Option(metavar="FILE", help="File of the log; - is standard error. Default -, with --demo <data>/serve.log.")
    ] = "",
) -> None:
    """Run the platform: database, web and worker together.

    Example: tanheng serve --data /var/lib/tanheng --name carbon.plant.example
    """
    if demo is not None:
        _tell("database")
    from tanheng.platform.operation import logs, serving, setup

    folder = setup.folder_of(data)
    logs.go_to(_log_file(log or ("-" if demo is None else str(folder.serve_log))))
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
        link_command=_link_command(data) if demo is not None else "",
    )
    if demo is None:
        serving.run(folder, how, _announce, None)
    else:
        serving.run(folder, how, _announce_demonstration, lambda: _load(demo), _tell)


def _log_file(named: str) -> Path | None:
    return None if named == "-" else Path(named)


def _link_command(data: Path | None) -> str:
    """Return what a person types, in the folder this command was typed in, for a new one-time link."""
    program = Path(sys.argv[0])
    called = _short(program) if program.name == "tanheng" else "tanheng"
    return f"{called} link" + (f" --data {data}" if data is not None else "")


def _load(demo: Path) -> None:
    """Load the example; Django is ready by now."""
    from tanheng.platform.instruments import demonstration as metering
    from tanheng.platform.operation import demonstration

    metering.load(demo / "metering", demonstration.load(demo))


def _tell(step: str) -> None:
    print(render(f"cli.step.{step}", language(), {}), flush=True)


def _announce(started: Started) -> None:
    print("\n".join([*_where(started), _said("stop")]), flush=True)


def _announce_demonstration(started: Started) -> None:
    """Print what a newcomer needs next, in one block that nothing scrolls away."""
    lines = ["", _RULE, *_where(started)]
    lines.append(_said("open") if started.first_link else _said("log_in"))
    if started.first_link:
        lines.append(_said("again", command=started.link_command))
    if started.log is not None:
        lines.append(_said("log", path=_short(started.log)))
    print("\n".join([*lines, _said("stop"), _RULE]), flush=True)


def _where(started: Started) -> list[str]:
    lines = [_said("address", address=started.address)]
    if started.fingerprint:
        lines += [_said("fingerprint"), f"  {started.fingerprint}"]
    if started.first_link:
        lines += [_said("link"), f"  {started.first_link}"]
    return lines


def _said(word: str, **fields: object) -> str:
    return render(f"cli.serve.{word}", language(), fields)


def _short(path: Path) -> str:
    """Return a path as seen from where the command was typed."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
