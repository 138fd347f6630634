"""A content-addressed folder: the name of a file is the SHA-256 of its bytes, ``<2 digits>/<62 digits>``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from tanheng.trust.errors import StorageError
from tanheng.trust.files import Files, replace

_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


class ContentFolder:
    """Files named by their digest. What is read is hashed again, so that a damaged file is never returned."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def put(self, data: bytes) -> str:
        """Keep bytes and return their digest; on return they are durable. A damaged copy is replaced."""
        digest = hashlib.sha256(data).hexdigest()
        if self._files.read(_path(digest)) != data:
            replace(self._files, _path(digest), data)
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest.

        Raises
        ------
        StorageError
            When there is no such file, or its bytes have another digest.
        """
        data = self._files.read(_path(digest))
        if data is None:
            raise StorageError("trust.content.missing", digest=digest)
        if hashlib.sha256(data).hexdigest() != digest:
            raise StorageError("trust.content.damaged", digest=digest)
        return data

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and bool(_HEX.fullmatch(digest)) and self._files.size(_path(digest)) is not None

    def __iter__(self) -> Iterator[str]:
        for folder in self._files.list(""):
            if folder.endswith("/"):
                for name in self._files.list(folder.rstrip("/")):
                    digest = folder.rstrip("/") + name
                    if _HEX.fullmatch(digest):
                        yield digest

    def damaged(self) -> Iterator[StorageError]:
        """Yield an error for every file whose bytes are not those of its name."""
        for digest in self:
            try:
                self.get(digest)
            except StorageError as error:
                yield error


def _path(digest: str) -> str:
    if not _HEX.fullmatch(digest):
        raise StorageError("trust.content.digest", found=digest[:80])
    return f"{digest[:2]}/{digest[2:]}"
