r"""Payload packs: the payloads of many statements, with their salts, in one file that only grows; one a plant and day.

::

    pack    = "tanheng-pack/1\n" *record
    record  = u64be log index ‖ salt[16] ‖ u32be length ‖ payload ‖ check[8]
    check   = SHA-256(everything of the record before it)[:8]

The indices rise. The file is the truth; the index of where each payload stands is made by one pass over the heads, and can be
forgotten at any time. Beside a growing pack lies ``<pack>.end``, the length that was acknowledged, in decimal digits: what
stands behind it was torn by a crash and is removed by the next append. Damage before it is refused, and named by its place. A
pack without that file, such as a copy, must be whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tanheng.trust import strict
from tanheng.trust.errors import StorageError
from tanheng.trust.files import Files, folder_of, replace
from tanheng.trust.statement import SALT_BYTES

MAGIC = b"tanheng-pack/1\n"
MAX_PAYLOAD = 64 << 20
_HEAD = 8 + SALT_BYTES + 4
_CHECK = 8
_CHUNK = 4 << 20


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload with its salt, for the statement at ``index`` of the log."""

    index: int
    salt: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class _Place:
    offset: int
    length: int


class Pack:
    """A pack of payloads. ``read`` and ``records`` check what they return; ``append`` returns when it is durable."""

    def __init__(self, files: Files, path: str) -> None:
        self._files = files
        self.path = path
        self._places: dict[int, _Place] = {}
        self._end = 0
        self._scan()

    @property
    def indices(self) -> list[int]:
        """Log indices of the payloads, rising."""
        return list(self._places)

    @property
    def size(self) -> int:
        """Bytes of whole records, with the first line."""
        return self._end

    def append(self, records: Iterable[Payload]) -> None:
        """Append payloads; on return they are durable. Those already there are left out when they are equal.

        Raises
        ------
        StorageError
            When an index does not rise, a payload is too large, or another payload already stands under an index.
        """
        parts, places, at = [], {}, self._end or len(MAGIC)
        last = max(self._places, default=-1)
        for record in records:
            if record.index in self._places:
                if self.read(record.index) != record:
                    raise StorageError("trust.pack.taken", path=self.path, index=record.index)
                continue
            if record.index <= last or len(record.salt) != SALT_BYTES or len(record.payload) > MAX_PAYLOAD:
                raise StorageError(
                    "trust.pack.record", path=self.path, index=record.index, last=last, length=len(record.payload)
                )
            data = encode(record)
            parts.append(data)
            places[record.index] = _Place(at, len(record.payload))
            at, last = at + len(data), record.index
        if parts:
            self._write(b"".join(parts if self._end else [MAGIC, *parts]))
            self._places.update(places)

    def read(self, index: int) -> Payload:
        """Return the payload of a log index.

        Raises
        ------
        StorageError
            When the pack has none, or it is damaged.
        """
        place = self._places.get(index)
        if place is None:
            raise StorageError("trust.pack.missing", path=self.path, index=index)
        data = self._files.read(self.path, start=place.offset, length=_HEAD + place.length + _CHECK) or b""
        return _decode(data, self.path, place.offset)

    def records(self) -> Iterator[Payload]:
        """Yield every payload in order, checked."""
        for index in self._places:
            yield self.read(index)

    def digest(self) -> bytes:
        """Return the SHA-256 of the whole records, which seals the pack of a finished day."""
        machine = hashlib.sha256()
        for start in range(0, self.size, _CHUNK):
            machine.update(self._files.read(self.path, start=start, length=min(_CHUNK, self._end - start)) or b"")
        return machine.digest()

    def _scan(self) -> None:
        end = self._acknowledged()
        if not end:
            return
        magic = self._files.read(self.path, length=len(MAGIC)) or b""
        if magic != MAGIC:
            raise StorageError("trust.pack.magic", path=self.path, found=repr(magic))
        at, last = len(MAGIC), -1
        while at < end:
            head = self._files.read(self.path, start=at, length=_HEAD) or b""
            index, length = int.from_bytes(head[:8], "big"), int.from_bytes(head[-4:], "big")
            after = at + _HEAD + length + _CHECK
            if len(head) < _HEAD or index <= last or length > MAX_PAYLOAD or after > end:
                raise StorageError("trust.pack.damaged", path=self.path, offset=at)
            self._places[index] = _Place(at, length)
            at, last = after, index
        self._end = end

    def _acknowledged(self) -> int:
        """Return the length that was acknowledged: all of a pack without ``.end``."""
        size = self._files.size(self.path) or 0
        data = self._files.read(self._end_path)
        if data is None:
            return size
        end = strict.decode_decimal(data.decode("ascii", errors="replace"))
        if end is None or end > size:
            raise StorageError("trust.pack.short", path=self.path, found=size, wanted=repr(data)[:40])
        return end

    def _write(self, data: bytes) -> None:
        """Put ``data`` behind what was acknowledged, and acknowledge it."""
        if self._files.size(self._end_path) is None:
            replace(self._files, self._end_path, str(self._end).encode())
        if (self._files.size(self.path) or 0) > self._end:
            self._files.truncate(self.path, self._end)
        self._files.append(self.path, data)
        self._files.sync(self.path)
        self._files.sync_folder(folder_of(self.path))
        replace(self._files, self._end_path, str(self._end + len(data)).encode())
        self._end += len(data)

    @property
    def _end_path(self) -> str:
        return self.path + ".end"


def encode(record: Payload) -> bytes:
    """Return the bytes of a record."""
    body = record.index.to_bytes(8, "big") + record.salt + len(record.payload).to_bytes(4, "big") + record.payload
    return body + hashlib.sha256(body).digest()[:_CHECK]


def _decode(data: bytes, path: str, offset: int) -> Payload:
    body, check = data[:-_CHECK], data[-_CHECK:]
    if len(data) < _HEAD + _CHECK or hashlib.sha256(body).digest()[:_CHECK] != check:
        raise StorageError("trust.pack.damaged", path=path, offset=offset)
    return Payload(int.from_bytes(body[:8], "big"), body[8 : 8 + SALT_BYTES], body[_HEAD:])
