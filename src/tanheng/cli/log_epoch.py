"""``tanheng log epoch``: where each plant's log stands, and beginning a new epoch after a restore that lies behind it.

Exit codes: 0 done; 1 refused, with the reason; 2 wrong use.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanheng.cli.root import language
from tanheng.core import messages

if TYPE_CHECKING:
    from tanheng.platform.record.actor import Actor
    from tanheng.platform.record.models import Plant

command = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Show where each plant's log stands; begin a new epoch when a restore lies behind what was published.",
    epilog="Example: tanheng log epoch show --data /var/lib/tanheng",
)

_DATA = typer.Option("--data", metavar="DIR", help="Data folder; TANHENG_DATA, else the user's data folder.")


@command.command(epilog="Example: tanheng log epoch show")
def show(data: Annotated[Path | None, _DATA] = None) -> None:
    """Print origin, verifier key, entries, last checkpoint and last cosigned checkpoint of every plant's log."""
    with _platform(data):
        from tanheng.platform.database.scope import all_plants, snapshot
        from tanheng.platform.record.models import Plant

        for key in all_plants():
            with snapshot([key]):
                _print(Plant.objects.get(pk=key))


@command.command(
    epilog="Example: tanheng log epoch begin plant-1 --checkpoint witness.txt --missing 'entries 4120 to 4133' "
    "--reason 'disk lost, backup of 30 October'"
)
def begin(
    plant: Annotated[str, typer.Argument(help="Code of the plant.")],
    checkpoint: Annotated[
        Path, typer.Option(metavar="FILE", help="Last cosigned checkpoint of the old epoch, as the witness has it.")
    ],
    missing: Annotated[str, typer.Option(help="What is missing, in words.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    data: Annotated[Path | None, _DATA] = None,
) -> None:
    """Begin a new epoch of a plant's log. Two persons decide, each with password and second factor, one after the other."""
    from tanheng.platform.errors import MissingError, RecordError

    try:
        note = checkpoint.read_bytes()
    except OSError as error:
        raise RecordError("platform.record.checkpoint_file", path=checkpoint, reason=error) from error
    with _platform(data):
        from tanheng.platform.database.scope import all_plants, scope
        from tanheng.platform.record import epochs, logkeys
        from tanheng.platform.record.models import Plant

        with scope(all_plants()):
            row = Plant.objects.filter(code=plant).first()
        if row is None:
            raise MissingError("platform.plant.unknown", code=plant)
        with scope([row.pk]):
            _print(row)
            _print_old(epochs.behind(row, note))
            first, second = _person(1), _person(2)
            if not typer.confirm(messages.render("platform.cli.epoch_sure", language(), {"missing": missing}), err=True):
                raise typer.Exit(1)
            done = epochs.begin(row, first=first, second=second, checkpoint=note, missing=missing, reason=reason)
            fields = {"origin": logkeys.origin(done), "key": str(logkeys.verifier_key(done))}
    typer.echo(messages.render("platform.cli.epoch_begun", language(), fields))


@contextlib.contextmanager
def _platform(data: Path | None) -> Iterator[None]:
    """Run the block with the platform's database, as the owner of its tables."""
    from tanheng.platform.database.access import reachable
    from tanheng.platform.database.configuration import Login
    from tanheng.platform.operation import setup

    folder = setup.folder_of(data)
    with reachable(folder):
        setup.prepare_django(Login.OWNER)
        from django.db import connections

        from tanheng.platform.database import schema

        try:
            schema.require_current()
            yield
        finally:
            connections.close_all()


def _print(plant: Plant) -> None:
    from tanheng.platform.record import logkeys, sequencer

    last, cosigned = sequencer.last_checkpoint(plant), sequencer.last_checkpoint(plant, cosigned=True)
    lines = {
        "origin": logkeys.origin(plant),
        "key": str(logkeys.verifier_key(plant)) if last is not None else "–",
        "entries": str(plant.next_index),
        "checkpoint": f"{last.size}  {last.root}" if last is not None else "–",
        "cosigned": f"{cosigned.size}  {cosigned.root}  {cosigned.witness}" if cosigned is not None else "–",
    }
    typer.echo(f"[{plant.code}]")
    for name, value in lines.items():
        typer.echo(f"  {name:<11} {value}")


def _print_old(old: object) -> None:
    from tanheng.platform.record.epochs import Behind

    assert isinstance(old, Behind)
    fields = {"origin": old.origin, "size": old.size, "last": old.last_index, "signers": ", ".join(old.signers) or "–"}
    typer.echo(messages.render("platform.cli.epoch_behind", language(), fields))


def _person(number: int) -> Actor:
    """Ask one of the two persons who they are."""
    from tanheng.platform.accounts import services

    typer.echo(messages.render("platform.cli.person", language(), {"number": number}), err=True)
    name = typer.prompt(messages.render("platform.cli.user_name", language(), {}), err=True)
    password = typer.prompt(messages.render("platform.cli.password", language(), {}), hide_input=True, err=True)
    code = typer.prompt(messages.render("platform.cli.code", language(), {}), err=True)
    return services.identified(name, password=password, code=code)
