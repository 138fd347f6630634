"""``tanheng note``: verify a signed note (C2SP signed-note), such as a checkpoint.

Exit codes: 0 a given key signed it and no known signature fails; 1 otherwise.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Annotated

import typer

from tanheng.cli.root import language
from tanheng.core import messages

command = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Verify signed notes.",
    epilog="Example: tanheng note verify data/log/checkpoint --key 'plant.example/log/1+1b2c3d4e+AZ…'",
)


@command.callback()
def _group() -> None:
    """Keep ``verify`` a word of its own."""


@command.command(epilog="Example: tanheng note verify checkpoint --key VKEY --key WITNESS-VKEY")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The note.")],
    key: Annotated[list[str], typer.Option(metavar="VKEY", help="Verifier key that may have signed; may be given often.")],
    text: Annotated[bool, typer.Option("--text", help="Print the verified text alone, on standard output.")] = False,
) -> None:
    """Print who signed a note; refuse it when no given key did, or when one of their signatures fails."""
    from tanheng.trust.cosigned import time_of
    from tanheng.trust.errors import NoteError
    from tanheng.trust.note import COSIGNATURE, VerifierKey, open_note

    try:
        data = file.read_bytes()
    except OSError as error:
        raise NoteError("trust.cli.file", path=str(file), reason=str(error)) from error
    keys = [VerifierKey.parse(one) for one in key]
    opened = open_note(data, keys)
    if text:
        sys.stdout.buffer.write(opened.text)
        return
    cosigners = {(one.name, one.key_hash) for one in keys if one.type == COSIGNATURE}
    for signature in opened.verified:
        when = ""
        if (signature.name, signature.key_hash) in cosigners:
            instant = datetime.datetime.fromtimestamp(min(time_of(signature.signature), 253_402_300_799), tz=datetime.UTC)
            when = f" {instant.isoformat()}"
        fields = {"name": signature.name, "key": signature.key_hash.hex(), "time": when}
        typer.echo(messages.render("trust.cli.note_signed", language(), fields))
    for signature in opened.unverified:
        fields = {"name": signature.name, "key": signature.key_hash.hex()}
        typer.echo(messages.render("trust.cli.note_unknown", language(), fields))
