"""The daily backup against a real database: made by itself, on a full disk, in a folder that is closed, killed half-way."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tanheng.platform.database.access import reachable
from tanheng.platform.database.configuration import Login, address
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import backup_plan
from tanheng.platform.operation.backup_plan import Plan
from tanheng.platform.operation.daily_backup import UNFINISHED, DailyBackup
from tests.resilience.platform.processes import LIMIT, environment, finished, tanheng

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Becomes a command that writes no file larger than so many bytes."""


class Place:
    """A migrated data folder whose server runs, and the folder of its backups."""

    def __init__(self, data: Path, backups: Path) -> None:
        self.data, self.backups = data, backups
        self._noted_before = 0
        self._noted_before = len(self.noted())
        (data / "files" / "large").unlink(missing_ok=True)
        self.plan(folder=str(backups), days=2, weeks=0, months=0)

    def plan(self, **said: object) -> None:
        (self.data / "backup.json").write_text(json.dumps(said), encoding="utf-8")

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "tanheng", "backup", "--daily", "--data", str(self.data)]

    def backup(self, *, most: int | None = None) -> subprocess.CompletedProcess[str]:
        limited = [] if most is None else [sys.executable, "-c", LIMITED, str(most)]
        return finished([*limited, *self.command], env=environment())

    @contextlib.contextmanager
    def begun(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a backup beside the block, and end it with the block if it runs then."""
        process = subprocess.Popen(self.command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.kill()
            process.wait(LIMIT)

    def archives(self) -> list[Path]:
        return list(backup_plan.archives(Plan(folder=self.backups)).values())

    def noted(self) -> list[tuple[str, dict[str, object]]]:
        with psycopg.connect(**address(DataFolder(self.data), Login.OWNER).psycopg()) as owner:
            rows = owner.execute("SELECT result, detail FROM record_audit_event WHERE action = 'operation.backup' ORDER BY id")
            return [(str(result), dict(detail)) for result, detail in rows][self._noted_before :]


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """Return a migrated data folder whose server runs; a folder that the database's own user may pass."""
    with tempfile.TemporaryDirectory(prefix="tanheng-run-") as name:
        Path(name).chmod(0o711)
        data = Path(name) / "data"
        done = tanheng("migrate", "--data", str(data))
        assert done.returncode == 0, done.stderr
        with reachable(DataFolder(data)):
            yield data


@pytest.fixture
def kept(installed: Path, place: Path) -> Place:
    """Return the installation with a new folder for its backups."""
    return Place(installed, place / "backups")


def test_an_archive_is_made_noted_and_whole_and_old_ones_go(kept: Place) -> None:
    kept.backups.mkdir()
    old = [kept.backups / f"tanheng-2026010{day}T000000Z.tar" for day in (1, 2, 3)]
    foreign = kept.backups / "tanheng-2025-12-31.tar"
    for path in (*old, foreign):
        path.touch()
    done = kept.backup()
    assert done.returncode == 0, done.stderr
    made = kept.archives()[0]
    assert tanheng("restore", "--check", str(made), "--data", str(kept.data)).returncode == 0
    assert kept.archives() == [made, old[2]]
    assert foreign.exists()
    assert [(result, detail["archive"]) for result, detail in kept.noted()] == [("done", made.name)]
    assert sorted(path.name for path in kept.backups.iterdir()) == sorted([made.name, old[2].name, foreign.name])
    assert made.stat().st_mode & 0o077 == 0


def test_on_a_full_disk_nothing_is_left_and_nothing_old_is_removed(kept: Place) -> None:
    """A limit on the size of a file ends writing as a full disk does: in pg_dump, and in the archive behind it."""
    kept.backups.mkdir()
    old = [kept.backups / f"tanheng-2026010{day}T000000Z.tar" for day in (1, 2, 3)]
    for path in old:
        path.touch()
    (kept.data / "files" / "large").write_bytes(bytes(3_000_000))
    for most in (4096, 2_000_000):  # the dump does not fit; the dump fits, the archive does not
        done = kept.backup(most=most)
        assert done.returncode == 1, done.stderr
        assert sorted(kept.backups.iterdir()) == old
    assert [result for result, _ in kept.noted()] == ["failed", "failed"]
    assert str(kept.backups) in json.dumps(kept.noted()[1][1], ensure_ascii=False)


def test_a_folder_that_cannot_be_made_is_named(kept: Place, place: Path) -> None:
    """A file stands in the way: root may write any folder, so closing one proves nothing of root."""
    (place / "file").touch()
    kept.plan(folder=str(place / "file" / "backups"))
    done = kept.backup()
    assert done.returncode == 1
    assert f"{place}/file/backups" in done.stderr
    assert "Traceback" not in done.stderr
    result, detail = kept.noted()[0]
    assert result == "failed"
    assert set(detail["reason"]) == {"zh", "en"}  # type: ignore[call-overload]  # JSON


def test_a_plan_that_cannot_be_read_is_a_backup_that_failed(kept: Place) -> None:
    kept.plan(folder="backups")
    assert kept.backup().returncode == 1
    assert [result for result, _ in kept.noted()] == ["failed"]


def test_killed_half_way_it_leaves_no_archive_and_the_next_one_tidies(kept: Place) -> None:
    (kept.data / "files" / "large").write_bytes(os.urandom(60_000_000))
    with kept.begun() as process:
        deadline = time.monotonic() + LIMIT
        while not any(path.stat().st_size > 1_000_000 for path in (kept.backups / UNFINISHED).glob(".tanheng-*")):
            assert process.poll() is None  # the archive grows
            assert time.monotonic() < deadline, "the archive does not grow"
    assert process.returncode == -signal.SIGKILL
    assert kept.archives() == []
    assert list((kept.backups / UNFINISHED).iterdir())
    assert kept.backup().returncode == 0
    assert [path.name for path in kept.backups.iterdir()] == [kept.archives()[0].name]


def test_two_at_once_are_one(kept: Place) -> None:
    (kept.data / "files" / "large").write_bytes(os.urandom(60_000_000))
    with kept.begun() as first:
        deadline = time.monotonic() + LIMIT
        while not (kept.backups / UNFINISHED).exists():
            assert first.poll() is None
            assert time.monotonic() < deadline, "the first one does not begin"
        os.kill(first.pid, signal.SIGSTOP)  # it holds its lock
        second = kept.backup()
        os.kill(first.pid, signal.SIGCONT)
        assert second.returncode == 1
        assert first.wait(LIMIT) == 0
    assert len(kept.archives()) == 1


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_platform_makes_it_by_itself_and_once(kept: Place) -> None:
    thread = DailyBackup(DataFolder(kept.data), since=LONG_AGO, command=kept.command, ask_every=0.05)
    thread.start()
    try:
        wait_for(lambda: len(kept.noted()) == 1)
        time.sleep(1)  # twenty further looks at the plan
    finally:
        thread.stop()
    assert [result for result, _ in kept.noted()] == ["done"]
    assert len(kept.archives()) == 1


def test_a_run_that_fails_is_tried_again_and_a_run_under_way_ends_with_the_platform(kept: Place, place: Path) -> None:
    tries, plan = place / "tries", {"folder": str(kept.backups)}
    kept.plan(**plan)
    fails = [sys.executable, "-c", f"open({str(tries)!r}, 'a').write('x'); raise SystemExit(1)"]
    thread = DailyBackup(DataFolder(kept.data), since=LONG_AGO, command=fails, ask_every=0.01, again_after=0.01)
    thread.start()
    try:
        wait_for(lambda: tries.exists() and len(tries.read_text()) >= 2)
    finally:
        thread.stop()
    begun = place / "begun"
    lasts = [sys.executable, "-c", f"import os, time; open({str(begun)!r}, 'w').write(str(os.getpid())); time.sleep(3600)"]
    thread = DailyBackup(DataFolder(kept.data), since=LONG_AGO, command=lasts, ask_every=0.01)
    thread.start()
    try:
        wait_for(lambda: begun.exists() and begun.read_text() != "")
    finally:
        thread.stop()
    assert not thread.is_alive()
    assert not Path(f"/proc/{begun.read_text()}").exists()
