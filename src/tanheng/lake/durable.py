"""Writing a file that appears whole and on the disk, under a name that carries its digest, or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tanheng.lake.errors import LakeError
from tanheng.lake.files import Files, Sink, disk_error

NAME_DIGITS = 12
"""So many digits of its SHA-256 a file carries in its name."""
_PIECE = 1 << 20


class HashingSink:
    """Counts and hashes what goes to a sink and hands it on in large pieces; in the shape of a file that pyarrow writes to."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._held = bytearray()
        self.digest = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:  # Any: pyarrow hands over bytes or a buffer
        """Take bytes."""
        before = len(self._held)
        self._held += data
        written = len(self._held) - before
        self.size += written
        if len(self._held) >= _PIECE:
            self.hand_on()
        return written

    def hand_on(self) -> None:
        """Hand on what is held."""
        self.digest.update(self._held)
        self._sink.write(bytes(self._held))
        self._held.clear()

    def tell(self) -> int:
        """Return how many bytes were taken."""
        return self.size

    def flush(self) -> None:
        """Do nothing: what is held is handed on at the end."""

    def close(self) -> None:
        """Say that no more comes; the sink below is closed by who opened it."""
        self.closed = True


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is on the disk: where, its SHA-256 (hexadecimal) and its size in bytes."""

    path: str
    sha256: str
    size: int


def write_durably(
    files: Files,
    stem: str,
    fill: Callable[[HashingSink], None],
    *,
    check: Callable[[str], None] = lambda _: None,
    digits: int = NAME_DIGITS,
) -> Written:
    """Write what ``fill`` writes as one durable Parquet file.

    The file is called ``stem``, a hyphen, the first ``digits`` digits of its SHA-256 and ``.parquet``. It appears under that
    name only when it is whole and on the disk.

    Parameters
    ----------
    files : Files
    stem : str
    fill : callable
        Writes to the sink it is given.
    check : callable, optional
        Given the path of the finished file before it gets its name; raises when it is not to get it.
    digits : int

    Raises
    ------
    LakeError
        When the disk is full or refuses.
    """
    temporary = f"{stem}-{secrets.token_hex(4)}.part"  # a name of its own, should two writers meet
    try:
        sink = files.create(temporary)
        try:
            hashing = HashingSink(sink)
            fill(hashing)
            hashing.hand_on()
            sink.sync()
        finally:
            sink.close()
        check(temporary)
        digest = hashing.digest.hexdigest()
        path = f"{stem}-{digest[:digits]}.parquet"
        files.rename(temporary, path)
        files.sync_folder(path)
    except (OSError, LakeError) as error:
        with contextlib.suppress(OSError):
            files.remove(temporary)
        raise error if isinstance(error, LakeError) else disk_error(stem, error) from error
    return Written(path, digest, hashing.size)
