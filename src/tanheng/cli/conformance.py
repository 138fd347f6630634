"""``tanheng conformance``: score a receiver or a terminal of any vendor.

Exit codes: 0 every check held, 1 one did not, 2 the arguments do not fit.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tanheng.cli.conformance_report import Check
    from tanheng.trust.key_file import StoredKey


def command(
    target: Annotated[str, typer.Option(help="Base address of a receiver to score.")] = "",
    terminal: Annotated[Path | None, typer.Option(help="Key file of a terminal to score; its public part is read.")] = None,
    keys: Annotated[Path, typer.Option(help="Folder of the probe's key; made at first use.")] = Path("conformance-keys"),
    name: Annotated[str, typer.Option(help="Id of the probe as the receiver knows it.")] = "conformance-probe",
    identity: Annotated[bool, typer.Option("--identity", help="Print the probe's id and public key, to enrol it.")] = False,
    listen: Annotated[str, typer.Option(help="Address and port to listen to for a terminal.")] = "127.0.0.1:8470",
    batches: Annotated[int, typer.Option(help="Batches to wait for from a terminal.")] = 30,
    seconds: Annotated[int, typer.Option(help="Longest wait for a terminal.")] = 3600,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON here.")] = None,
) -> None:
    """Score loss, order, duplicates, clock and signature of a terminal or a receiver.

    Example: tanheng conformance --identity; tanheng conformance --target https://receiver.example --report report.json
    """
    if identity:
        _print_identity(_probe_key(keys, name), name)
        return
    if bool(target) == (terminal is not None):
        print("tanheng conformance: give --target URL or --terminal KEYFILE, one of the two.")
        raise typer.Exit(2)
    if target:
        party, checks = target, _examine_target(target, _probe_key(keys, name), name)
    else:
        party, checks = str(terminal), _examine_terminal(terminal, listen=listen, batches=batches, seconds=seconds)
    _finish(party, checks, report)


def _probe_key(folder: Path, name: str) -> StoredKey:
    from tanheng.trust.key_file import KeyFolder, StoredKey, passphrase_from
    from tanheng.trust.keys import Purpose, record_of
    from tanheng.trust.suites import Algorithm, generate

    keys = KeyFolder(folder, passphrase=passphrase_from(os.environ))
    if name not in keys.names():
        signer = generate(Algorithm.ED25519)
        record = record_of(signer, purpose=Purpose.DEVICE, subject=name, valid_from_ms=0)
        keys.save(name, StoredKey(signer, record))
    return keys.load(name)


def _print_identity(key: StoredKey, name: str) -> None:
    print(f"terminal    {name}")
    print(f"algorithm   {key.record.algorithm.value}")
    print(f"public key  {key.record.public.hex()}")
    print(f"key id      {key.record.key_id}")


def _examine_target(url: str, key: StoredKey, name: str) -> list[Check]:
    from tanheng.cli.conformance_target import Target
    from tanheng.cli.probe import Probe

    start = time.time_ns() // 60_000_000_000 * 60_000
    probe = Probe(name, key.signer, start=start, first=start // 1000)
    examined = Target(url, probe)
    try:
        return examined.examine()
    finally:
        examined.close()


def _examine_terminal(path: Path | None, *, listen: str, batches: int, seconds: int) -> list[Check]:
    from tanheng.cli import conformance_terminal
    from tanheng.lake import Engine
    from tanheng.trust.key_file import public_record

    if path is None or not path.is_file():
        print(f"tanheng conformance: there is no key file {path}.")
        raise typer.Exit(2)
    key = public_record(path.read_bytes(), name=path.stem)
    host, _, port = listen.rpartition(":")
    with tempfile.TemporaryDirectory() as folder, Engine() as engine:
        server, record = conformance_terminal.listen(
            Path(folder), key=key, host=host or "127.0.0.1", port=int(port), engine=engine
        )
        print(f"waiting for {batches} batches of {key.subject} at {server.url}")
        try:
            _wait(server.receiver.stored, batches=batches, seconds=seconds)
            stored = list(server.receiver.envelopes())
        finally:
            server.stop()
    return conformance_terminal.judge(record, stored, key=key, wanted=batches)


def _wait(stored: Callable[[], int], *, batches: int, seconds: int) -> None:
    from rich.progress import Progress

    with Progress(transient=True) as progress:
        task = progress.add_task("batches", total=batches)
        end = time.monotonic() + seconds
        while (count := stored()) < batches and time.monotonic() < end:
            progress.update(task, completed=count)
            time.sleep(0.2)


def _finish(party: str, checks: list[Check], path: Path | None) -> None:
    from tanheng.cli.conformance_report import printed, to_json

    printed(party, checks)
    if path is not None:
        path.write_text(json.dumps(to_json(party, checks), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if not all(check.held for check in checks):
        raise typer.Exit(1)
