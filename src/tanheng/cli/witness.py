"""``tanheng witness``: watch transparency logs and cosign their checkpoints (C2SP tlog-witness).

Exit codes: 0 done; 1 a key, log or file was refused.
"""

from __future__ import annotations

import os
import socketserver
import time
from pathlib import Path
from typing import Annotated
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import typer

from tanheng.cli.root import language
from tanheng.core import messages

command = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Watch transparency logs and cosign what is consistent. A log is known only when a person accepted it.",
    epilog="Example: tanheng witness run --key province --store data/witness",
)

_STORE = typer.Option("--store", metavar="DIR", help="Folder of what the witness remembers.")


@command.command(
    epilog="Example: tanheng witness accept 'plant.example/log/1+…' --store data/witness --person p-7 --reason 备案"
)
def accept(
    vkey: Annotated[str, typer.Argument(metavar="VKEY", help="Verifier key of the log.")],
    person: Annotated[str, typer.Option(help="Id of the person who decides.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    store: Annotated[Path, _STORE] = Path("data/witness"),
    after: Annotated[str, typer.Option(metavar="ORIGIN", help="For a new epoch: the origin it comes after.")] = "",
) -> None:
    """Accept a log, or a new epoch of one; both epochs are kept. A running witness follows without a restart."""
    from tanheng.trust.files import FolderFiles
    from tanheng.trust.witness_logs import Acceptance, WitnessLogs

    decision = Acceptance(vkey=vkey, person=person, reason=reason, time=int(time.time()), after=after or None)
    key = WitnessLogs(FolderFiles(store)).accept(decision)
    typer.echo(messages.render("trust.cli.accepted", language(), {"origin": key.name, "person": person}))


@command.command(epilog="Example: tanheng witness run --key province --store data/witness --bind 127.0.0.1:8090")
def run(
    key: Annotated[str, typer.Option(metavar="NAME", help="Name of the witness key, see tanheng key new --purpose witness.")],
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Folder of the key files.")] = Path("data/keys"),
    store: Annotated[Path, _STORE] = Path("data/witness"),
    bind: Annotated[str, typer.Option(help="Address and port.")] = "127.0.0.1:8090",
) -> None:
    """Answer add-checkpoint requests until stopped. Put a proxy with TLS before it when others reach it over a network."""
    from tanheng.trust.cosignature import Cosigner
    from tanheng.trust.files import FolderFiles
    from tanheng.trust.key_file import KeyFolder, passphrase_from
    from tanheng.trust.keys import Purpose
    from tanheng.trust.witness import FileStore, Witness
    from tanheng.trust.witness_app import application
    from tanheng.trust.witness_logs import WitnessLogs

    host, port = _address(bind)
    stored = KeyFolder(folder, passphrase=passphrase_from(os.environ)).load(key)
    stored.record.require(Purpose.WITNESS, at_ms=int(time.time() * 1000))
    cosigner = Cosigner(stored.record.subject, stored.signer)
    files = FolderFiles(store)
    with files.lock("lock"):
        logs = WitnessLogs(files)
        witness = Witness(cosigner, logs=logs, store=FileStore(files), clock=lambda: int(time.time()))
        with make_server(host, port, application(witness), server_class=_Server, handler_class=_Handler) as server:
            fields = {
                "name": cosigner.name,
                "address": f"{host}:{server.server_port}",
                "vkey": cosigner.verifier_key,
                "protection": stored.record.protection.words(language()),
                "count": len(logs),
            }
            typer.echo(messages.render("trust.cli.witness_ready", language(), fields))
            server.serve_forever()


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """One thread a request, so that a slow sender holds up nobody."""

    daemon_threads = True


class _Handler(WSGIRequestHandler):
    """Ends a connection that says nothing for half a minute."""

    timeout = 30


def _address(text: str) -> tuple[str, int]:
    from tanheng.trust.errors import PolicyError

    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) < 1 << 16):
        raise PolicyError("trust.cli.bind", found=text)
    return host, int(port)
