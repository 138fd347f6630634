"""``tanheng log``: verify a transparency log, check stored data against it, repair its tiles, write proofs.

Exit codes: 0 everything holds; 1 something does not, and is named.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanheng.cli import log_epoch
from tanheng.cli.root import language
from tanheng.core import messages
from tanheng.core.errors import InputError

if TYPE_CHECKING:
    from tanheng.core.errors import TanhengError
    from tanheng.trust.audit import Auditor
    from tanheng.trust.log_reader import LogReader, LogReport, Source

command = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Verify a transparency log (C2SP tlog-tiles, ours or not), and check stored data against it.",
    epilog="Example: tanheng log verify data/log --key 'plant.example/log/1+1b2c3d4e+AZ…'",
)

command.add_typer(log_epoch.command, name="epoch")

_KEY = typer.Option("--key", metavar="VKEY", help="Verifier key of the log; tanheng key show prints it.")
_JSON = typer.Option("--json", help="Print JSON and nothing else.")
_LARGEST_ANSWER = 32 << 20


@command.command(
    epilog="Example: tanheng log verify https://plant.example/log --key 'plant.example/log/1+…' --checkpoint old.txt"
)
def verify(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder or http address of the log.")],
    key: Annotated[str, _KEY],
    checkpoint: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="Older checkpoint; may be given often.")] = None,
    origin: Annotated[str, typer.Option(help="Origin of the log, when it is not the name of its key.")] = "",
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Read a whole log: checkpoints signed, entries hashed, tiles equal, every pair of checkpoints consistent."""
    reader = _reader(folder, key, origin=origin or None)
    older = [_bytes(path) for path in checkpoint or ()]
    report = _with_progress(reader, older, quiet=as_json)
    if as_json:
        heads = [{"size": one.size, "root": one.root.hex()} for one in report.checkpoints]
        typer.echo(json.dumps({"origin": report.origin, "size": report.size, "root": report.root.hex(), "checkpoints": heads}))
        return
    fields = {
        "origin": report.origin,
        "size": report.size,
        "tiles": report.tiles,
        "checkpoints": len(report.checkpoints),
        "root": report.root.hex(),
    }
    typer.echo(messages.render("trust.cli.log_good", language(), fields))


@command.command(
    epilog="Examples: tanheng log fsck --data /var/lib/tanheng; tanheng log fsck data/log --key 'plant.example/log/1+…'"
)
def fsck(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Folder of a log that stands alone.")] = None,
    key: Annotated[str, _KEY] = "",
    packs: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of its payload packs.")] = None,
    files: Annotated[Path | None, typer.Option(metavar="DIR", help="Content-addressed folder.")] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Data folder of a platform: its records, logs and lake are checked.")
    ] = None,
) -> None:
    """Read stored data again and name everything that is damaged, missing or different; say what was not checked."""
    if folder is None and data is None:
        raise InputError("cli.usage.checked")
    if folder is not None and not key:
        raise InputError("cli.usage.log_key", folder=folder)
    faults = 0
    missing: list[str] = []
    if folder is not None:
        auditors, missing = _auditors(_reader(str(folder), key), packs, files)
        for auditor in auditors:
            findings = list(auditor.findings())
            faults += len(findings)
            _tell(auditor, findings)
    if data is not None:
        found, unchecked = _platform_fsck(data)
        faults += found
        missing = [name for name in missing if name not in ("lake", "records")] + unchecked
    if missing:
        typer.echo(messages.render("trust.cli.not_audited", language(), {"names": ", ".join(dict.fromkeys(missing))}))
    raise typer.Exit(1 if faults else 0)


def _tell(auditor: Auditor, findings: Sequence[TanhengError]) -> None:
    typer.echo(messages.render("trust.cli.audited", language(), {"name": auditor.name, "count": len(findings)}))
    for finding in findings:
        typer.echo("  " + finding.text(language()))


def _platform_fsck(data: Path) -> tuple[int, list[str]]:
    """Check a platform's data folder; return how many findings there are, and what was not checked."""
    import datetime

    from tanheng.platform.database.access import reachable
    from tanheng.platform.database.configuration import Login, is_external
    from tanheng.platform.errors import FolderError
    from tanheng.platform.operation import setup

    if not is_external() and not (data / "postgres" / "server").is_dir():
        raise FolderError("platform.folder.no_platform", path=data)
    folder = setup.folder_of(data)
    with reachable(folder):
        setup.prepare_django(Login.OWNER)
        from django.db import connections

        from tanheng.platform.database import schema
        from tanheng.platform.operation import auditing

        try:
            schema.require_current()
            check = auditing.check_of()
            found = auditing.run(check, tell=_tell, now=datetime.datetime.now(tz=datetime.UTC))
        finally:
            connections.close_all()
    return len(found), list(check.missing)


@command.command(epilog="Example: tanheng log repair data/log --key 'plant.example/log/1+…'")
def repair(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the log.")], key: Annotated[str, _KEY]
) -> None:
    """Write missing or damaged tiles again from the entries, once these gave the checkpoint's root."""
    from tanheng.trust import log
    from tanheng.trust.files import FolderFiles
    from tanheng.trust.note import VerifierKey

    paths = log.repair(FolderFiles(folder), VerifierKey.parse(key))
    typer.echo(messages.render("trust.cli.repaired", language(), {"count": len(paths), "paths": ", ".join(paths) or "–"}))


@command.command(epilog="Example: tanheng log proof data/log 1234 --key 'plant.example/log/1+…' --out 1234.tlog-proof")
def proof(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder or http address of the log.")],
    index: Annotated[int, typer.Argument(min=0, help="Index of the entry.")],
    key: Annotated[str, _KEY],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the proof goes.")],
) -> None:
    """Write the proof that an entry is in the log (C2SP tlog-proof)."""
    from tanheng.trust.files import write_new
    from tanheng.trust.tlog_proof import ProofFile

    reader = _reader(folder, key)
    made = ProofFile.of(reader, index)
    made.verify(reader.entry(index), reader.key)
    write_new(out, made.encode())
    typer.echo(messages.render("trust.cli.proof_written", language(), {"index": index, "path": out}))


def _reader(place: str, key: str, *, origin: str | None = None) -> LogReader:
    from tanheng.trust.files import FolderFiles
    from tanheng.trust.log_reader import LogReader
    from tanheng.trust.note import VerifierKey

    source = fetcher(place) if place.startswith(("http://", "https://")) else FolderFiles(place).read
    return LogReader(source, VerifierKey.parse(key), origin=origin)


def fetcher(address: str) -> Source:
    """Return a source that asks a web server for the files of a log; what is not there is None, anything else is an error."""
    from tanheng.trust.errors import LogError

    def fetch(path: str) -> bytes | None:
        url = f"{address.rstrip('/')}/{path}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  # http and https only, see _reader
                data: bytes = answer.read(_LARGEST_ANSWER + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (404, 410):
                return None
            raise LogError("trust.cli.http", url=url, reason=str(error)) from error
        except OSError as error:
            raise LogError("trust.cli.http", url=url, reason=str(error)) from error
        return data

    return fetch


def _with_progress(reader: LogReader, older: Sequence[bytes], *, quiet: bool) -> LogReport:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("", total=reader.size)
        return reader.verify(older, progress=lambda done: progress.update(task, completed=done))


def _auditors(reader: LogReader, packs: Path | None, files: Path | None) -> tuple[list[Auditor], list[str]]:
    """Return the auditors of a log that stands alone, and the names of those that it has nothing for."""
    from tanheng.trust.audit import ContentAuditor, LogAuditor, PayloadAuditor, open_packs
    from tanheng.trust.content import ContentFolder
    from tanheng.trust.files import FolderFiles

    found: list[Auditor] = [LogAuditor(reader)]
    missing = []
    if packs is None:
        missing.append("payloads")
    else:
        names = [str(path.relative_to(packs)) for path in sorted(packs.rglob("*.pack"))]
        found.append(PayloadAuditor(reader, *open_packs(FolderFiles(packs), names)))
    if files is None:
        missing.append("files")
    else:
        found.append(ContentAuditor(ContentFolder(FolderFiles(files))))
    return found, [*missing, "lake", "records"]


def _bytes(path: Path) -> bytes:
    from tanheng.trust.errors import LogError

    try:
        return path.read_bytes()
    except OSError as error:
        raise LogError("trust.cli.file", path=str(path), reason=str(error)) from error
