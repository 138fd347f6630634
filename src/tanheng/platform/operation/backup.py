"""Backup and restore: one archive with the database, the log, the files, the payloads and the lake; keys go apart.

::

    tanheng-backup/1 (tar)
    ├── manifest.json      format, version, time, plants with origin, entries and root; of each member size and SHA-256
    ├── database.dump      pg_dump, custom format
    └── data/…             files, payloads, lake, and the logs of epochs that have ended

The dump is one snapshot of the database. Everything else only grows, and what the database names was written before it was
named, so folders are copied after the dump. The present log is not in the archive, because it would be ahead of the dump: a
restore makes it again from the entries and compares its root with the manifest's.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
import itertools
import json
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection, connections

from tanheng import __version__
from tanheng.core import canonical
from tanheng.platform.database.binaries import programs
from tanheng.platform.database.configuration import Login, address
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder, sync_folder
from tanheng.platform.record import logkeys, sequencer
from tanheng.platform.record.models import Plant

FORMAT = 1
PARTS = ("files", "payloads", "lake", "log")
Progress = Callable[[str], None]
_DUMP = ("pg_dump", "--format=custom", "--no-owner", "--no-acl")
_SCRIPT = ("pg_restore", "--no-owner", "--no-acl")
_RUN = ("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
_HAS_TRANSACTION_TIMEOUT = 170000
_HEAD_LINES = 40
_LOAD = ("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "--single-transaction")


@dataclass(frozen=True, slots=True)
class PlantState:
    """What a backup promises of a plant.

    Parameters
    ----------
    size : int
        Entries that the last checkpoint in the dump covers.
    root : str
        Its root, hexadecimal.
    """

    uid: str
    code: str
    origin: str
    epoch: int
    entries: int
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore proved.

    Parameters
    ----------
    plants : tuple of PlantState
        Plants whose root was computed again from the entries and is the promised one.
    seconds : float
        How long it took.
    kept : Path or None
        Where the data lie that were there before.
    """

    plants: tuple[PlantState, ...]
    seconds: float
    kept: Path | None


def write(folder: DataFolder, target: Path, *, now: datetime.datetime, progress: Progress = lambda _: None) -> list[PlantState]:
    """Write a backup of everything but the keys; Django is ready as the owner.

    Raises
    ------
    ServingError
        The target exists, its folder cannot be written, the disk is full, or ``pg_dump`` fails. A half-written archive never
        has the target's name.
    """
    if target.exists():
        raise ServingError("platform.backup.exists", path=target)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".tanheng-dump-") as spare:
            dump = Path(spare) / "database.dump"
            states = _dump(folder, dump)
            progress("database")
            _pack(folder, draft, dump, states, now, progress)
        handle = os.open(draft, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        os.link(draft, target)
        sync_folder(target.parent)
    except FileExistsError as error:
        raise ServingError("platform.backup.exists", path=target) from error
    except OSError as error:
        raise ServingError("platform.backup.write", path=target.parent, reason=error.strerror or error) from error
    finally:
        with contextlib.suppress(OSError):  # what stopped the backup is told, not what stops the tidying after it
            draft.unlink(missing_ok=True)
    return states


def _dump(folder: DataFolder, dump: Path) -> list[PlantState]:
    """Dump the database, and say of the very snapshot that is dumped which roots it has."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = str(cursor.fetchone()[0])
            states = _states()
            _program(folder, [*_DUMP, f"--snapshot={snapshot}", f"--file={dump}"])
        finally:
            cursor.execute("ROLLBACK")
    return states


def _states() -> list[PlantState]:
    """Return what the open snapshot says of each plant; the owner needs no scope."""
    found = []
    for plant in Plant.objects.order_by("code"):
        last = sequencer.last_checkpoint(plant)
        size, root = (last.size, last.root) if last is not None else (0, sequencer.root_of_entries(plant, 0).hex())
        origin = logkeys.origin(plant)
        found.append(PlantState(str(plant.uid), plant.code, origin, plant.epoch, plant.next_index, size, root))
    return found


def _pack(
    folder: DataFolder, draft: Path, dump: Path, states: list[PlantState], now: datetime.datetime, progress: Progress
) -> None:
    members: dict[str, dict[str, object]] = {}
    with draft.open("xb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        draft.chmod(0o600)
        present = {f"log/{state.uid}/{state.epoch}" for state in states}
        for name, path in [("database.dump", dump), *_files(folder, present)]:
            members[name] = _add(archive, name, path)
        progress("files")
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "time": now.isoformat(timespec="seconds"),
            "plants": [asdict(state) for state in states],
            "members": members,
        }
        data = canonical.pretty(manifest)
        about = tarfile.TarInfo("manifest.json")
        about.size = len(data)
        archive.addfile(about, io.BytesIO(data))
        file.flush()


def _files(folder: DataFolder, present: set[str]) -> Iterator[tuple[str, Path]]:
    for part in PARTS:
        root = folder.root / part
        for path in sorted(root.rglob("*")):
            name = path.relative_to(folder.root).as_posix()
            in_present_log = "/".join(name.split("/")[:3]) in present
            if path.is_file() and not path.name.startswith(".") and not in_present_log:
                yield f"data/{name}", path


def _add(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, object]:
    """Add a file as it is at this moment; one that grows meanwhile is cut where it ended when it was opened."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        about = archive.gettarinfo(fileobj=file, arcname=name)
        about.uid = about.gid = 0
        about.uname = about.gname = ""
        archive.addfile(about, _Hashed(file, state))  # type: ignore[arg-type]  # it only reads
    return {"size": about.size, "sha256": state.hexdigest()}


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: Any, state: Any) -> None:  # Any: a binary file and a hash object
        self._file, self._state = file, state

    def read(self, count: int) -> bytes:
        """Return the next bytes."""
        data: bytes = self._file.read(count)
        self._state.update(data)
        return data


def check(archive_path: Path) -> dict[str, Any]:  # Any: JSON
    """Return the manifest of an archive, after every member was found to be whole.

    Raises
    ------
    ServingError
        The archive is damaged, incomplete, or of a later format.
    """
    found: dict[str, dict[str, object]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(archive_path, "r:") as archive:
            for member in archive:
                file = archive.extractfile(member)
                if file is None or not member.isreg():
                    raise ServingError("platform.backup.damaged", path=archive_path, reason=member.name)
                if member.name == "manifest.json":
                    manifest = json.loads(file.read())
                else:
                    found[member.name] = {"size": member.size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}  # type: ignore[arg-type]
    except (OSError, tarfile.TarError, ValueError) as error:
        raise ServingError("platform.backup.damaged", path=archive_path, reason=error) from error
    if manifest is None:
        raise ServingError("platform.backup.damaged", path=archive_path, reason="manifest.json")
    if manifest["format"] > FORMAT:
        raise ServingError("platform.backup.later", path=archive_path, found=manifest["format"], known=FORMAT)
    differing = sorted(
        name for name in found.keys() | manifest["members"].keys() if found.get(name) != manifest["members"].get(name)
    )
    if differing:
        raise ServingError("platform.backup.damaged", path=archive_path, reason=", ".join(differing[:3]))
    return manifest


def extract(archive_path: Path, target: Path) -> None:
    """Unpack the data of a checked archive into ``target``; nothing of it leaves that folder."""
    with tarfile.open(archive_path, "r:") as archive:
        for member in archive:
            if member.name.startswith("data/") or member.name == "database.dump":
                archive.extract(member, target, filter="data")


def load_dump(folder: DataFolder, dump: Path) -> None:
    """Load a dump into the empty database, as the owner; all of it or nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
    connection.close()
    if version >= _HAS_TRANSACTION_TIMEOUT:
        _program(folder, [*_LOAD, f"--dbname={_name(folder)}", str(dump)])
        return
    script = dump.with_suffix(".sql")
    _program(folder, [*_SCRIPT, f"--file={script}", str(dump)])
    older = dump.with_suffix(".older.sql")
    _without_transaction_timeout(script, older)
    _program(folder, [*_RUN, f"--dbname={_name(folder)}", f"--file={older}"])


def _without_transaction_timeout(script: Path, target: Path) -> None:
    """Copy a script without the one setting in its head that older servers do not know."""
    with script.open("rb") as source, target.open("wb") as copy:
        for line in itertools.islice(source, _HEAD_LINES):
            if not line.startswith(b"SET transaction_timeout"):
                copy.write(line)
        shutil.copyfileobj(source, copy)


def prove(manifest: dict[str, Any]) -> tuple[PlantState, ...]:  # Any: JSON
    """Compute every plant's root again from the restored entries; the sequencer writes the logs again when it starts.

    Raises
    ------
    ServingError
        A root is not the promised one.
    """
    promised = tuple(PlantState(**state) for state in manifest["plants"])
    for state in promised:
        with scope(all_plants()):
            plant = Plant.objects.get(uid=state.uid)
            found = sequencer.root_of_entries(plant, state.size).hex()
        if found != state.root or plant.next_index != state.entries:
            raise ServingError("platform.backup.root", plant=state.code, size=state.size, found=found, stated=state.root)
    connections.close_all()
    return promised


def move_aside(folder: DataFolder, now: datetime.datetime) -> Path | None:
    """Move the data that are there out of the way, keys and certificates excepted; return where they lie now."""
    holding = [folder.root / part for part in ("postgres", *PARTS) if (folder.root / part).exists()]
    if not any(any(path.iterdir()) for path in holding):
        return None
    kept = folder.root / f"before-restore-{now:%Y%m%dT%H%M%S}"
    kept.mkdir(mode=0o700)
    for path in holding:
        shutil.move(path, kept / path.name)
    return kept


def _name(folder: DataFolder) -> str:
    return address(folder, Login.OWNER).database


def _program(folder: DataFolder, command: list[str]) -> None:
    program = programs() / command[0]
    environment = {**os.environ, **address(folder, Login.OWNER).environment(), "LC_ALL": "C"}
    done = subprocess.run([str(program), *command[1:]], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = done.stderr.strip()[-800:] or _ending(done.returncode)
        raise ServingError("platform.backup.program", program=command[0], reason=said)


def _ending(code: int) -> str:
    """Return how a program ended that said nothing: one that was killed, as by a limit on the size of its files."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
