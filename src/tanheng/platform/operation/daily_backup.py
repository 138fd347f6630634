"""The daily backup: made by the process that runs the platform, in a process of its own that is the database's owner.

An archive is written and read back in ``<folder>/.unfinished`` and only then given its name, so that what has a name is whole.
What an earlier run left there, because it was killed or the machine went down, is removed by the next one. Old archives go
after the new one has come, never before.
"""

from __future__ import annotations

import datetime
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tanheng.core.errors import TanhengError
from tanheng.platform.database import launcher
from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder, sync_folder
from tanheng.platform.operation import backup_plan
from tanheng.platform.operation.backup_plan import Plan

_log = logging.getLogger(__name__)

UNFINISHED = ".unfinished"
ASK_EVERY = 60.0  # s
AGAIN_AFTER = 3600.0  # s: a disk that was full may have room again
PATIENCE = 10.0  # s


@dataclass(frozen=True, slots=True)
class Made:
    """What a run left behind.

    Parameters
    ----------
    roots : mapping of origin → root
        What the archive promises of each plant's log.
    removed : tuple of str
        Names of archives that the plan no longer keeps.
    """

    archive: Path
    roots: dict[str, str]
    removed: tuple[str, ...]


def make(folder: DataFolder, plan: Plan, *, now: datetime.datetime) -> Made:
    """Write today's archive, read it back, and remove what the plan no longer keeps; Django is ready as the owner.

    Raises
    ------
    ServingError
        The folder cannot be written, the disk is full, another run is at it, or the archive does not read back. No archive
        was removed, and none has come.
    """
    from tanheng.platform.operation import backup

    target = plan.folder / backup_plan.archive_name(now)
    draft = plan.folder / UNFINISHED / target.name
    try:
        plan.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            shutil.rmtree(draft.parent, ignore_errors=True)
            draft.parent.mkdir(mode=0o700)
            try:
                states = backup.write(folder, draft, now=now)
                backup.check(draft)
                draft.rename(target)
                sync_folder(plan.folder)
            finally:
                shutil.rmtree(draft.parent, ignore_errors=True)
            return Made(target, {one.origin: one.root for one in states}, _remove_old(plan))
    except OSError as error:
        raise ServingError("platform.backup.write", path=plan.folder, reason=error.strerror or error) from error


def _remove_old(plan: Plan) -> tuple[str, ...]:
    found = backup_plan.archives(plan)
    stay = backup_plan.kept(plan, found)
    removed = [path for moment, path in found.items() if moment not in stay]
    for path in removed:
        path.unlink()
    return tuple(path.name for path in removed)


@contextmanager
def _alone(folder: DataFolder) -> Iterator[None]:
    handle = os.open(folder.locks / "backup", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServingError("platform.backup.busy", folder=folder.root) from None
        yield
    finally:
        os.close(handle)


class DailyBackup(threading.Thread):
    """Starts ``tanheng backup --daily`` when it is due.

    Parameters
    ----------
    since : datetime
        When the installation began.
    command : sequence of str, optional
        What is started.
    ask_every, again_after : float
        Seconds between two looks at the plan, and after a run that failed.
    """

    def __init__(
        self,
        folder: DataFolder,
        *,
        since: datetime.datetime,
        command: Sequence[str] = (sys.executable, "-m", "tanheng", "backup", "--daily"),
        ask_every: float = ASK_EVERY,
        again_after: float = AGAIN_AFTER,
    ) -> None:
        super().__init__(name="daily-backup", daemon=True)
        self._folder, self._since = folder, since
        self._command = list(command)
        self._ask_every, self._again_after = ask_every, again_after
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Ask until told to stop; a run that fails is tried again after a while."""
        not_before = 0.0
        while not self._ending.wait(self._ask_every):
            if time.monotonic() < not_before or not self._is_due():
                continue
            try:
                code = self._make()
            except OSError as error:  # no memory or no process left: later there may be
                _log.warning("daily backup not started", extra={"reason": str(error)})
                code = -1
            if code != 0 and not self._ending.is_set():
                _log.error("daily backup failed", extra={"exit_code": code, "again_after": round(self._again_after)})
                not_before = time.monotonic() + self._again_after

    def stop(self) -> None:
        """End; a run that is under way is ended and leaves no archive."""
        self._ending.set()
        process = self._process
        if process is not None and process.poll() is None:
            _end(process)
        self.join(3 * PATIENCE)  # a run that began meanwhile is ended by the thread itself
        if self.is_alive():
            _log.error("daily backup does not end, not even killed")

    def _is_due(self) -> bool:
        now = datetime.datetime.now(tz=datetime.UTC)
        try:
            return backup_plan.is_due(backup_plan.read(self._folder), now=now, since=self._since)
        except (TanhengError, OSError):
            return True  # the run fails with the reason, and writes it down

    def _make(self) -> int:
        start = launcher.launched(self._command, ends_by=signal.SIGTERM, uid=os.geteuid(), gid=os.getegid())
        self._process = subprocess.Popen(start, stdin=subprocess.DEVNULL, start_new_session=True)
        if self._ending.is_set():  # told to stop while it started
            _end(self._process)
        return self._process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a run and what it has started: politely, then by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(PATIENCE)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return
