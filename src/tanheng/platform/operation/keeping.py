"""The state of backup, drill and check: each run writes one line of the audit trail, and the page reads the last of each."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tanheng.core import messages
from tanheng.core.errors import TanhengError
from tanheng.platform.database.configuration import APP_URL, OWNER_URL
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.folder import VARIABLE, DataFolder
from tanheng.platform.operation import auditing
from tanheng.platform.record import audit
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import AuditEvent, Plant

BACKUP, DRILL, CHECK = "operation.backup", "operation.drill", auditing.ACTION
PARTS = ("files", "payloads", "lake", "log")
TEN_YEARS = datetime.timedelta(days=3653)
DUE = {BACKUP: datetime.timedelta(hours=36), DRILL: datetime.timedelta(days=31), CHECK: datetime.timedelta(hours=36)}
"""How old the last run of each may be: a daily backup and check, a monthly drill."""


def note_backup(archive: Path, *, seconds: float, roots: Mapping[str, str]) -> None:
    """Write down that a backup was made; Django is ready as the owner."""
    detail = {"archive": archive.name, "bytes": archive.stat().st_size, "seconds": round(seconds, 1), "roots": dict(roots)}
    with scope(all_plants()):
        audit.note(BACKUP, actor=Actor.system("backup"), detail=detail)


def note_failed_backup(error: TanhengError) -> None:
    """Write down that a backup was tried and why there is none; Django is ready as the owner."""
    reason = {language: error.text(language)[:2000] for language in messages.LANGUAGES}
    with scope(all_plants()):
        audit.note(BACKUP, actor=Actor.system("backup"), result=AuditEvent.Result.FAILED, detail={"reason": reason})


@dataclass(frozen=True, slots=True)
class Drilled:
    """How a restore drill ended.

    Parameters
    ----------
    said : str
        What the restore printed: origin, entries and root of each plant, and its time; or why it failed.
    """

    is_good: bool
    seconds: float
    said: str


def drill(folder: DataFolder, archive: Path) -> Drilled:
    """Restore an archive into a folder that is thrown away, on a server of its own, and prove every root."""
    spare = Path(tempfile.mkdtemp(prefix=".drill-", dir=folder.root))
    began = time.monotonic()
    try:
        spare.chmod(0o711)  # the database's own user passes through
        environment = {name: value for name, value in os.environ.items() if name not in (APP_URL, OWNER_URL, VARIABLE)}
        command = [sys.executable, "-m", "tanheng", "restore", str(archive), "--data", str(spare / "d")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    finally:
        shutil.rmtree(spare, ignore_errors=True)
    is_good = done.returncode == 0
    return Drilled(is_good, time.monotonic() - began, (done.stdout if is_good else done.stderr).strip())


def note_drill(archive: Path, drilled: Drilled) -> None:
    """Write down how a restore drill ended; Django is ready as the owner."""
    detail = {"archive": archive.name, "seconds": round(drilled.seconds, 1), "said": drilled.said[-2000:]}
    result = AuditEvent.Result.DONE if drilled.is_good else AuditEvent.Result.FAILED
    with scope(all_plants()):
        audit.note(DRILL, actor=Actor.system("drill"), result=result, detail=detail)


def last(action: str, *, good: bool = False) -> AuditEvent | None:
    """Return the last line of the audit trail that tells of an action of the platform's keeping; if ``good``, done well."""
    rows = AuditEvent.objects.filter(plant__isnull=True, action=action).order_by("-id")
    return (rows.filter(result=AuditEvent.Result.DONE) if good else rows).first()


@dataclass(frozen=True, slots=True)
class BackupState:
    """Whether the data are backed up.

    Parameters
    ----------
    good : AuditEvent or None
        The last backup that was made.
    failure : mapping of language → text
        Why the last try left none; empty when it was good, or when there was no try.
    is_late : bool
        The last one is older than a day and a half.
    """

    good: AuditEvent | None
    failure: Mapping[str, str]
    is_late: bool


def backup_state(*, now: datetime.datetime) -> BackupState:
    """Return whether the data are backed up; of the scope's plants the first one founded says since when there are any."""
    tried, good = last(BACKUP), last(BACKUP, good=True)
    failure = tried.detail["reason"] if tried is not None and tried.result != AuditEvent.Result.DONE else {}
    since = good.at if good is not None else Plant.objects.order_by("founded_at").values_list("founded_at", flat=True).first()
    return BackupState(good, failure, since is not None and now - since > DUE[BACKUP])


@dataclass(frozen=True, slots=True)
class Storage:
    """What the data take.

    Parameters
    ----------
    parts : tuple of (name, bytes)
        The database and the parts of the data folder.
    free : int
        Bytes free on the disk of the data folder.
    ten_years : int or None
        Bytes that ten years need at the rate since the first plant was founded; None within its first week.
    """

    parts: tuple[tuple[str, int], ...]
    free: int
    ten_years: int | None

    @property
    def total(self) -> int:
        """Bytes of all parts."""
        return sum(size for _, size in self.parts)


def storage(folder: DataFolder, *, now: datetime.datetime) -> Storage:
    """Return what the data take now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        database = int(cursor.fetchone()[0])
    parts = (("database", database), *((name, _size(folder.root / name)) for name in PARTS))
    free = shutil.disk_usage(folder.root).free
    founded = Plant.objects.order_by("founded_at").values_list("founded_at", flat=True).first()
    age = now - founded if founded is not None else datetime.timedelta(0)
    ten_years = round(sum(size for _, size in parts) * (TEN_YEARS / age)) if age >= datetime.timedelta(days=7) else None
    return Storage(parts, free, ten_years)


def _size(part: Path) -> int:
    return sum(
        os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118  # os.walk gives text
        for place, _, files in os.walk(part)
        for name in files
    )
