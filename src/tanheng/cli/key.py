"""``tanheng key``: make, show, rotate and export keys.

Exit codes: 0 done; 1 a key or file was refused; 2 wrong use.
"""

from __future__ import annotations

import datetime
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanheng.cli.root import language
from tanheng.core import messages

if TYPE_CHECKING:
    from tanheng.trust.key_file import KeyFolder
    from tanheng.trust.keys import KeyRecord

command = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Make, show, rotate and export keys. Their files are readable by the owner alone, and encrypted when "
    "TANHENG_KEY_PASSPHRASE_FILE names a passphrase.",
    epilog="Example: tanheng key new kiln-terminal --purpose device --subject terminal-1",
)

_FOLDER = typer.Option("--folder", metavar="DIR", help="Folder of the key files.")
_DEFAULT = Path("data/keys")
_DAY_MS = 86_400_000
_LAST_MS = 253_402_300_799_000  # the end of the year 9999


@command.command(epilog="Example: tanheng key new plant-log --purpose log --subject plant.example/log/1")
def new(
    name: Annotated[str, typer.Argument(help="Name of the key file, such as kiln-terminal.")],
    subject: Annotated[str, typer.Option(help="Whose key: id of a terminal, origin of a log, name of a witness.")],
    purpose: Annotated[str, typer.Option(help="device, log, configuration or witness.")] = "device",
    algorithm: Annotated[str, typer.Option(help="ed25519 or sm2-sm3; logs and witnesses sign with ed25519.")] = "ed25519",
    days: Annotated[int, typer.Option(min=0, help="Days the key is valid; 0 for no end.")] = 0,
    folder: Annotated[Path, _FOLDER] = _DEFAULT,
) -> None:
    """Make a key and print its record."""
    from tanheng.trust.key_file import StoredKey
    from tanheng.trust.keys import algorithm as suite
    from tanheng.trust.keys import generate, record_of

    made = generate(suite(algorithm))
    now = int(time.time() * 1000)
    record = record_of(
        made,
        purpose=_purpose(purpose),  # type: ignore[arg-type]  # a Purpose; the import stays inside
        subject=subject,
        valid_from_ms=now,
        valid_to_ms=now + days * _DAY_MS if days else None,
    )
    _verifier_key(record)  # a log or witness key that cannot sign notes is refused before it is kept
    path = _open(folder).save(name, StoredKey(made, record))
    typer.echo(messages.render("trust.cli.key_made", language(), {"name": name, "path": path}))
    _print(_open(folder).record(name))


@command.command(epilog="Example: tanheng key show kiln-terminal --json")
def show(
    name: Annotated[str, typer.Argument(help="Name of the key; all keys when left out.")] = "",
    folder: Annotated[Path, _FOLDER] = _DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show the record of a key: id, fingerprint, verifier key, times, protection. The private key is not opened."""
    keys = _open(folder)
    records = {one: keys.record(one) for one in ([name] if name else keys.names())}
    if as_json:
        typer.echo(json.dumps({one: _members(record) for one, record in records.items()}, ensure_ascii=False, indent=1))
        return
    for one, record in records.items():
        typer.echo(f"[{one}]")
        _print(record)


@command.command(
    epilog="Example: tanheng key rotate kiln-terminal kiln-terminal-2 --event rotation.cbor --actor p-1 --actor p-2"
)
def rotate(
    old: Annotated[str, typer.Argument(help="Name of the key to end.")],
    name: Annotated[str, typer.Argument(help="Name of the new key.")],
    event: Annotated[Path, typer.Option(metavar="FILE", help="Where the signed key event goes; log it to make it count.")],
    actor: Annotated[list[str], typer.Option(help="Id of a person who approves; two are needed.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "",
    folder: Annotated[Path, _FOLDER] = _DEFAULT,
) -> None:
    """Make a key that takes the place of another, and the event that both keys sign."""
    from tanheng.trust.errors import KeyRefusedError
    from tanheng.trust.files import write_new
    from tanheng.trust.key_file import StoredKey
    from tanheng.trust.keys import generate, record_of
    from tanheng.trust.lifecycle import Event, KeyEvent

    if len(set(actor)) < 2:
        raise KeyRefusedError("trust.key.two_persons", key=old, event="rotate", found=len(set(actor)))
    _refuse_existing(event)
    keys = _open(folder)
    before = keys.load(old)
    made, now = generate(before.record.algorithm), int(time.time() * 1000)
    record = record_of(made, purpose=before.record.purpose, subject=before.record.subject, valid_from_ms=now)
    keys.save(name, StoredKey(made, record))
    stored = keys.record(name)
    rotation = KeyEvent(
        event=Event.ROTATE,
        key=made.key_id,
        time_ms=now,
        actors=tuple(actor),
        record=stored.encode(),
        replaces=before.record.key_id,
        reason=reason,
    )
    write_new(event, rotation.signed(made, before.signer).encode())
    typer.echo(messages.render("trust.cli.rotated", language(), {"name": name, "path": event}))
    _print(stored)


@command.command(epilog="Example: tanheng key export plant-log /media/safe/plant-log.key")
def export(
    name: Annotated[str, typer.Argument(help="Name of the key.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where the encrypted key file goes.")],
    folder: Annotated[Path, _FOLDER] = _DEFAULT,
) -> None:
    """Write a key, encrypted by the passphrase, to a file outside the data backup."""
    from tanheng.trust import key_file
    from tanheng.trust.errors import KeyRefusedError
    from tanheng.trust.files import write_new

    passphrase = key_file.passphrase_from(os.environ)
    if passphrase is None:
        raise KeyRefusedError("trust.cli.passphrase_needed", variable=key_file.PASSPHRASE_VARIABLE)
    write_new(path, key_file.encode(_open(folder).load(name), passphrase=passphrase), mode=0o600)
    typer.echo(messages.render("trust.cli.exported", language(), {"name": name, "path": path}))


def _open(folder: Path) -> KeyFolder:
    from tanheng.trust.key_file import KeyFolder, passphrase_from

    return KeyFolder(folder, passphrase=passphrase_from(os.environ))


def _purpose(text: str) -> object:
    from tanheng.trust.keys import Purpose

    if text not in list(Purpose):
        raise typer.BadParameter(f"{text}: {', '.join(Purpose)}", param_hint="--purpose")
    return Purpose(text)


def _refuse_existing(path: Path) -> None:
    from tanheng.trust.errors import StorageError

    if path.exists():
        raise StorageError("trust.files.exists", path=str(path))


def _verifier_key(record: KeyRecord) -> str | None:
    """Return the verifier key of a log or witness, which others need to trust it."""
    from tanheng.trust import note
    from tanheng.trust.errors import NoteError
    from tanheng.trust.keys import Algorithm, Purpose

    kinds = {Purpose.LOG: note.ED25519, Purpose.WITNESS: note.COSIGNATURE}
    if record.purpose not in kinds:
        return None
    if record.algorithm is not Algorithm.ED25519:
        raise NoteError("trust.note.algorithm", name=record.subject, found=record.algorithm)
    return str(note.VerifierKey(record.subject, kinds[record.purpose], record.public))


def _members(record: KeyRecord) -> dict[str, object]:
    return {
        "id": record.key_id,
        "fingerprint": record.fingerprint,
        "algorithm": record.algorithm.value,
        "purpose": record.purpose.value,
        "subject": record.subject,
        "valid_from": _instant(record.valid_from_ms),
        "valid_to": None if record.valid_to_ms is None else _instant(record.valid_to_ms),
        "protection": record.protection.words(language()),
        "verifier_key": _verifier_key(record),
    }


def _print(record: KeyRecord) -> None:
    for name, value in _members(record).items():
        if value is not None:
            typer.echo(f"  {name:<13} {value}")


def _instant(milliseconds: int) -> str:
    within = min(max(milliseconds, 0), _LAST_MS)
    return datetime.datetime.fromtimestamp(within / 1000, tz=datetime.UTC).isoformat(timespec="seconds")
