"""Run as root, web and worker are handed to the system user of the database; root keeps what they have no need of.

What they write (files, log, payloads, lake, static) and sign with (keys) becomes that user's. Of ``secrets`` and ``tls`` they
may read what web and worker need; the passwords of the database's owner and superuser and the key of the certificate
authority stay root's. Nothing outside the data folder is changed, nor a part of it that is a link to elsewhere.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tanheng.platform import oidc_file
from tanheng.platform.database.binaries import SYSTEM_USER, ServerUser
from tanheng.platform.database.configuration import Login
from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder, write_whole
from tanheng.platform.operation.certificates import ServerCertificate
from tanheng.trust.key_file import PASSPHRASE_VARIABLE

_log = logging.getLogger(__name__)

_THEIRS = ("files", "log", "payloads", "lake", "static", "keys")
_SECRETS = ("sessions", Login.APP.secret)
_TLS = ("server.crt", "server.key", "ca.crt", "given.crt", "given.key")
_FILES = (PASSPHRASE_VARIABLE, oidc_file.VARIABLE, "TANHENG_METRICS_TOKEN_FILE")
_PROBE = "import sys, tanheng.platform.folder\nfor path in sys.argv[1:]:\n    open(path, 'rb').close()\n"


def chosen(*, level: int = logging.WARNING) -> ServerUser:
    """Return whom web and worker run as: ourselves; for root the system user, when that one can read the program.

    Parameters
    ----------
    level : int
        How loudly it is said that they stay root.

    Raises
    ------
    ServingError
        A file that the environment names cannot be read by the system user.
    """
    user = ServerUser.current()
    if not user.drop:
        return user
    if not _may(user):
        _log.log(level, "web and worker stay root: the system user cannot read the program", extra={"user": SYSTEM_USER})
        return ServerUser(os.geteuid(), os.getegid(), drop=False)
    for variable in _FILES:
        path = os.environ.get(variable, "")
        if path and not _may(user, path):
            raise ServingError("platform.serving.unreadable", variable=variable, path=path, user=SYSTEM_USER)
    return user


def _may(user: ServerUser, *paths: str) -> bool:
    """Tell whether the user can start the program and read these files."""
    command = [sys.executable, "-c", _PROBE, *paths]
    try:
        done = subprocess.run(
            command, user=user.uid, group=user.gid, extra_groups=[], cwd="/", check=False, capture_output=True
        )
    except PermissionError:  # not even the interpreter
        return False
    return done.returncode == 0


def hand_over(folder: DataFolder, user: ServerUser) -> None:
    """Give the user what web and worker need of the data folder; nothing is done unless we are root."""
    if not user.drop:
        return
    for name in _THEIRS:
        part = folder.root / name
        if part.is_symlink():
            _log.warning("a part of the data folder is a link; it is left as it is", extra={"path": str(part)})
            continue
        _own(part, user)
    if folder.serve_log.is_file() and not folder.serve_log.is_symlink():
        os.chown(folder.serve_log, user.uid, user.gid)
    _let_in(folder.secrets, _SECRETS, user)
    _let_in(folder.tls, _TLS, user)


def readable(folder: DataFolder, certificate: ServerCertificate | None, user: ServerUser) -> ServerCertificate | None:
    """Return the certificate where the user can read it: of the plant's own, which may be root's alone, a copy."""
    if certificate is None or not user.drop or certificate.key.parent == folder.tls:
        return certificate
    given = replace(certificate, certificate=folder.tls / "given.crt", key=folder.tls / "given.key")
    write_whole(given.certificate, certificate.certificate.read_bytes(), mode=0o644)
    write_whole(given.key, certificate.key.read_bytes(), mode=0o600)
    return given


def _own(part: Path, user: ServerUser) -> None:
    for place, folders, files in os.walk(part):
        for name in (".", *folders, *files):
            path = os.path.normpath(Path(place) / name)
            if os.lstat(path).st_uid != user.uid:
                os.lchown(path, user.uid, user.gid)


def _let_in(folder: Path, names: tuple[str, ...], user: ServerUser) -> None:
    os.chown(folder, os.geteuid(), user.gid)
    folder.chmod(0o710)  # passed through, not listed
    for name in names:
        path = folder / name
        if path.is_file() and not path.is_symlink():
            os.chown(path, user.uid, user.gid)


def become(user: ServerUser) -> None:
    """Give up root's rights for good, in this process."""
    if user.drop:
        os.setgroups([])
        os.setgid(user.gid)
        os.setuid(user.uid)
