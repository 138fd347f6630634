"""The data folder: where everything the platform keeps lies, and with which rights.

::

    <data>/
    ├── postgres/   the embedded database: server/ (its files), run/ (its socket), log/
    ├── secrets/    passwords of the database logins, the key of the sessions (0600)
    ├── keys/       log and configuration keys (0600), never in a backup
    ├── tls/        the plant's certificate authority and the server's certificate
    ├── files/      attachments by their SHA-256
    ├── log/        transparency logs (tiles), one folder a plant
    ├── payloads/   packs of envelopes, one file a plant and day
    ├── lake/       segments of readings (Parquet)
    ├── static/     files of the pages, collected at the start
    ├── address     under which the platform was last started
    ├── serve.log   what a demonstration logs
    ├── backups/    archives of the daily backup, unless backup.json names another folder
    └── locks/      lock files of the commands
"""

from __future__ import annotations

import datetime
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tanheng.platform.errors import FolderError

VARIABLE = "TANHENG_DATA"


def default_root() -> Path:
    """Return the data folder: ``TANHENG_DATA``, else /var/lib/tanheng for root and the user's data folder for others."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/tanheng")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tanheng"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The data folder of one installation."""

    root: Path

    @classmethod
    def default(cls) -> DataFolder:
        """Return the folder that the environment names."""
        return cls(default_root())

    @property
    def postgres(self) -> Path:
        """The embedded database's own folder."""
        return self.root / "postgres"

    @property
    def secrets(self) -> Path:
        """Passwords and session key."""
        return self.root / "secrets"

    @property
    def keys(self) -> Path:
        """Signing keys."""
        return self.root / "keys"

    @property
    def tls(self) -> Path:
        """Certificate authority and server certificate."""
        return self.root / "tls"

    @property
    def files(self) -> Path:
        """Attachments, each named by its hash."""
        return self.root / "files"

    @property
    def log(self) -> Path:
        """Transparency logs."""
        return self.root / "log"

    @property
    def payloads(self) -> Path:
        """Packs of envelopes."""
        return self.root / "payloads"

    @property
    def lake(self) -> Path:
        """Segments of readings."""
        return self.root / "lake"

    @property
    def static(self) -> Path:
        """Files of the pages, collected at the start of the server."""
        return self.root / "static"

    @property
    def locks(self) -> Path:
        """Lock files."""
        return self.root / "locks"

    @property
    def serve_log(self) -> Path:
        """What a demonstration logs, beside a terminal that says little."""
        return self.root / "serve.log"

    def note_address(self, address: str) -> None:
        """Write down under which address the platform is reached."""
        write_whole(self.root / "address", address.encode("utf-8"))

    def last_address(self) -> str:
        """Return the address that was written down last, empty before the first start."""
        try:
            return (self.root / "address").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def prepare(self) -> None:
        """Make the folder and its parts where they are missing; a part that holds secrets is private to its owner.

        Raises
        ------
        FolderError
            The folder cannot be made or written.
        """
        try:
            if not self.root.exists():
                self.root.mkdir(parents=True, mode=0o755)
                self.root.chmod(0o711)  # the database's own user passes through, nobody lists
            for private in (self.secrets, self.keys, self.tls, self.locks):
                private.mkdir(mode=0o700, exist_ok=True)
            for part in (self.files, self.log, self.payloads, self.lake, self.static):
                part.mkdir(mode=0o750, exist_ok=True)
        except OSError as error:
            raise FolderError("platform.folder.unusable", path=self.root, reason=error.strerror or error) from error

    def founded_at(self) -> datetime.datetime:
        """Return when the installation began: when the key of its sessions was made."""
        return datetime.datetime.fromtimestamp((self.secrets / "sessions").stat().st_mtime, tz=datetime.UTC)

    def secret(self, name: str) -> str:
        """Return the secret called ``name``; it is made at its first use and kept in a file of mode 0600."""
        path = self.secrets / name
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            pass
        fresh = secrets.token_urlsafe(32)
        draft = path.with_name(f".{name}.{os.getpid()}")
        write_private(draft, fresh.encode("ascii"))
        try:
            os.link(draft, path)  # of two processes that make it at once, the first wins and both read the same
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync_folder(self.secrets)
        return path.read_text(encoding="ascii").strip()

    def known_secret(self, name: str) -> str | None:
        """Return the secret called ``name``, or None when nobody has made it yet."""
        try:
            return (self.secrets / name).read_text(encoding="ascii").strip()
        except (FileNotFoundError, PermissionError):
            return None


def write_private(path: Path, data: bytes) -> None:
    """Write ``data`` to a new file that only its owner can read, and wait until it is on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, data: bytes, *, mode: int = 0o640) -> None:
    """Replace ``path`` by ``data``: a reader, or a crash at any moment, sees the old file or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
