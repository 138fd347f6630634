"""The embedded database: a PostgreSQL 18 server of our own, started, watched and stopped by the process that holds its lock.

Only a socket in a folder of mode 0700, no TCP; every login gives a SCRAM password, nobody is trusted. The files are made in a
draft folder that is renamed when complete, so that a crash leaves a whole cluster or none. A server that dies is started
again with growing pauses; a server whose parent dies ends with it (``launcher.py``).
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

from tanheng.platform.database import launcher, logins
from tanheng.platform.database.binaries import MAJOR, ServerUser, reachable_programs
from tanheng.platform.database.configuration import SOCKET_PORT, Login, address
from tanheng.platform.errors import DatabaseError
from tanheng.platform.folder import DataFolder, sync_folder, write_private

_log = logging.getLogger(__name__)

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY = 60.0  # after so many seconds of life, a server's next death starts with the first pause again
HOPELESS = 6  # so many deaths before the first answer and starting is given up
MAKING = 900.0  # s for the files of a new cluster, on a slow disk
SILENT = 300.0  # s without an answer, not even that it is starting up, and starting is given up
QUICK = 30.0  # s that a server has which is told to drop everything, before it is killed
AFTER_KILL = 30.0  # s that the kernel has to end what was killed
SOCKET_PATH_LIMIT = 107  # bytes of sun_path, without the final zero

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
}


class EmbeddedServer:
    """One server over the cluster of one data folder.

    Parameters
    ----------
    folder : DataFolder
    settings : mapping, optional
        Server settings that differ from the defaults above.
    silent : float
        Seconds without any answer after which starting is given up.
    making : float
        Seconds that the making of a new cluster's files may take.
    """

    def __init__(
        self,
        folder: DataFolder,
        settings: Mapping[str, str] | None = None,
        *,
        silent: float = SILENT,
        making: float = MAKING,
    ) -> None:
        self.folder = folder
        self.cluster = folder.postgres / "server"
        self.socket = folder.postgres / "run"
        self.logs = folder.postgres / "log"
        self._settings = {**SETTINGS, **(settings or {})}
        self._silent, self._making = silent, making
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._deaths = 0

    def start(self) -> None:
        """Start the server, making its files at the first start, and wait until it answers.

        Raises
        ------
        DatabaseError
            It does not start; the message carries the last lines of its log.
        """
        user = ServerUser.current()
        self._prepare(user)
        programs = reachable_programs(user, self.folder.postgres)
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise(user, programs)
        self._refuse_other_version()
        self._stopping.clear()
        self._deaths = 0
        self._thread = threading.Thread(target=self._watch, args=(user, programs), name="database", daemon=True)
        self._thread.start()
        try:
            self._wait_until_it_answers()
            logins.ensure(self.folder)
        except BaseException:
            self.stop()
            raise

    def stop(self, *, patience: float = 60.0, quick: float = QUICK) -> None:
        """Stop the server: open transactions are rolled back, committed ones are on the disk.

        Parameters
        ----------
        patience : float
            Seconds for an end in order, with a checkpoint; then it is told to drop everything.
        quick : float
            Seconds for that; then it is killed. What was committed is on the disk either way.
        """
        self._stopping.set()
        for number, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, quick), (signal.SIGKILL, AFTER_KILL)):
            if self._thread is None:
                return
            if self._process is not None:  # the one that runs now, which may have been started a moment ago
                self._process.send_signal(number)
            self._thread.join(seconds)
            if not self._thread.is_alive():
                self._thread = None
        if self._thread is not None:
            _log.error("database does not end, not even killed", extra={"process": self.process_id})

    @property
    def process_id(self) -> int | None:
        """Process id of the running server."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _prepare(self, user: ServerUser) -> None:
        self.folder.prepare()
        path = self.socket / f".s.PGSQL.{SOCKET_PORT}"
        if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
            raise DatabaseError("platform.database.socket_path", path=path, limit=SOCKET_PATH_LIMIT)
        user.require_passage(self.folder.postgres)
        for part in (self.folder.postgres, self.socket, self.logs):
            part.mkdir(mode=0o700, exist_ok=True)
            user.own(part, 0o700)
        for login in Login:
            self.folder.secret(login.secret)

    def _initialise(self, user: ServerUser, programs: Path) -> None:
        draft = self.folder.postgres / ".draft"
        shutil.rmtree(draft, ignore_errors=True)
        password = self.folder.postgres / ".password"
        write_private(password, self.folder.secret(Login.SUPERUSER.secret).encode())
        user.own(password, 0o600)
        command = [
            *(str(programs / "initdb"), "--pgdata", str(draft), "--username", Login.SUPERUSER.role),
            *("--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
        ]
        try:
            done = subprocess.run(
                launcher.launched(command, ends_by=signal.SIGTERM, uid=user.uid, gid=user.gid),
                env=_environment(),
                cwd=self.folder.postgres if not user.drop else "/",
                capture_output=True,
                text=True,
                check=False,
                timeout=self._making,
            )
        except subprocess.TimeoutExpired as error:
            raise DatabaseError("platform.database.initdb_slow", seconds=self._making, folder=self.folder.postgres) from error
        finally:
            password.unlink()
        if done.returncode != 0:
            raise DatabaseError("platform.database.initdb", reason=_last_lines(done.stderr))
        rules = draft / "pg_hba.conf"
        rules.write_text("local all all scram-sha-256\n", encoding="ascii")
        user.own(rules, 0o600)
        draft.rename(self.cluster)
        sync_folder(self.folder.postgres)

    def _refuse_other_version(self) -> None:
        found = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        wanted = str(MAJOR)
        if found != wanted:
            raise DatabaseError("platform.database.version", found=found, wanted=wanted, folder=self.cluster)

    def _watch(self, user: ServerUser, programs: Path) -> None:
        """Keep the server alive until it is told to stop."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._lived(user, programs)
            if self._stopping.is_set():
                return
            self._deaths += 1
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            if isinstance(code, str):
                _log.warning("database not started, trying again", extra={"reason": code, "pause": pause})
            else:
                _log.warning("database ended, starting it again", extra={"exit_code": code, "pause": pause})
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _lived(self, user: ServerUser, programs: Path) -> int | str:
        """Start the server and wait for its end; return its exit code, or why it could not be started."""
        try:
            end_orphan(self.cluster)
            process = self._process = self._spawn(user, programs)
        except OSError as error:  # no memory, no room for its log: a moment later there may be
            return str(error)
        if self._stopping.is_set():  # told to stop while it started: nobody has signalled this one
            process.send_signal(signal.SIGINT)
        return process.wait()

    def _spawn(self, user: ServerUser, programs: Path) -> subprocess.Popen[bytes]:
        settings = {**self._settings, "unix_socket_directories": f'"{self.socket}"', "log_directory": str(self.logs)}
        command = [str(programs / "postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.logs / "start.log").open("wb") as output:
            return subprocess.Popen(
                launcher.launched(command, ends_by=signal.SIGINT, uid=user.uid, gid=user.gid),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )

    def _wait_until_it_answers(self) -> None:
        arguments = address(self.folder, Login.SUPERUSER, database="postgres").psycopg()
        heard = time.monotonic()
        while True:
            try:
                psycopg.connect(**arguments, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if _is_starting(error):  # after a crash it reads its log again, which takes as long as it takes
                    heard = time.monotonic()
                hopeless = self._deaths >= HOPELESS or time.monotonic() - heard > self._silent
                if hopeless or not _may_still_come(error):
                    raise DatabaseError("platform.database.start", reason=self._reason(error)) from error
                time.sleep(0.05)
            else:
                return

    def _reason(self, error: psycopg.OperationalError) -> str:
        files = sorted(self.logs.glob("*.log"), key=lambda path: path.stat().st_mtime)
        lines = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files[-2:])
        return _last_lines(lines) or str(error).strip()


def _may_still_come(error: psycopg.OperationalError) -> bool:
    """Tell a server that is not ready yet (no socket, starting, recovering) from one that refuses our password."""
    return error.sqlstate in (None, "57P03") and "password authentication failed" not in str(error)


def _is_starting(error: psycopg.OperationalError) -> bool:
    """Tell whether it was a server that answered, and said that it will work."""
    return "the database system is" in str(error) and "shutting down" not in str(error)


def _environment() -> dict[str, str]:
    """Return the environment of the database's programs: nothing of ours that PostgreSQL would read."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _last_lines(text: str, count: int = 6) -> str:
    return "\n".join(text.strip().splitlines()[-count:])


def end_orphan(cluster: Path, *, patience: float = 30.0) -> None:
    """End a server over ``cluster`` whose supervisor is gone, and remove a pid file that names somebody else.

    The caller holds the lock of the cluster, so a running server here has no living supervisor. A pid file left by a kill can
    name a process that has nothing to do with us: pids repeat, in containers almost always.

    Raises
    ------
    TimeoutError
        It does not end, told three times with ``patience`` seconds after each: in order, at once, by force.
    """
    note = cluster / "postmaster.pid"
    try:
        pid = int(note.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    orders = iter((signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
    deadline = time.monotonic()
    while _serves(pid, cluster):
        if time.monotonic() >= deadline:
            order = next(orders, None)
            if order is None:
                raise TimeoutError(f"process {pid} over {cluster} does not end")
            os.kill(pid, order)
            deadline = time.monotonic() + patience
        time.sleep(0.05)
    note.unlink(missing_ok=True)


def _serves(pid: int, cluster: Path) -> bool:
    """Tell whether process ``pid`` is a PostgreSQL server over ``cluster``."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError, PermissionError, IndexError):  # gone, or somebody else's
        return False
    return state != "Z" and os.fsencode(cluster) in words and words[0].endswith(b"postgres")
