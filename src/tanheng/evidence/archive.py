r"""The ZIP of a bundle: written in one form only, and read only in that form.

Members are stored without compression, one behind the other, in the order given, with fixed times and rights::

    local header   PK\3\4   version 20, flags 0800 (UTF-8), method 0, 1980-01-01 00:00, CRC-32, size, size, name
    data
    …
    central record PK\1\2   the same, made by Unix, mode 100644, offset of the local header; no extra field, no comment
    …
    end record     PK\5\6   one disk, number of members, size and offset of the central directory; no comment

So a list of members has exactly one byte string, and every byte of it is checked: a header that differs from its central
record, bytes between members, behind the end or under two names, ZIP64, encryption and compression have no place to hide in.
Without compression nothing can grow beyond the file's own size. Any ZIP program opens it.

Format: PKWARE's APPNOTE.TXT, “.ZIP File Format Specification”.
"""

from __future__ import annotations

import mmap
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tanheng.evidence.errors import ArchiveError

MAX_MEMBERS = 0xFFFE
MAX_MEMBER_BYTES = 1 << 30
MAX_BYTES = 0xFFFF_FFFE
MAX_NAME_BYTES = 240

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_VERSION, _MADE_BY, _UTF8, _STORED = 20, 3 << 8 | 20, 0x0800, 0
_TIME, _DATE = 0, 1 << 5 | 1  # 1980-01-01 00:00, the first time there is
_REGULAR_FILE = 0o100644 << 16
_SYMLINK, _KIND = 0o120000, 0o170000
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_FORBIDDEN = frozenset('\\:*?"<>|')


def fault_of_name(name: str) -> str | None:
    """Return what is wrong with the path of a member, or None.

    A path is relative, its parts are joined by ``/``, none is empty, ``.`` or ``..``, and every part can name a file anywhere.
    """
    if not name or len(name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
        return "length"
    if unicodedata.normalize("NFC", name) != name:
        return "form"
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return "outside"
        if part[-1] in ". " or any(one in _FORBIDDEN or unicodedata.category(one) in ("Cc", "Cs") for one in part):
            return "character"
    return None


def write(members: Mapping[str, bytes]) -> bytes:
    """Return the ZIP of ``members``, in their order.

    Raises
    ------
    ArchiveError
        When a path may not stand in a bundle, two differ in case only, or a limit is passed.
    """
    body, directory, offset = [], [], 0
    seen: dict[str, str] = {}
    for name, data in members.items():
        _check_name(name, seen)
        if len(data) > MAX_MEMBER_BYTES:
            raise ArchiveError("evidence.archive.member_size", member=name, found=len(data), largest=MAX_MEMBER_BYTES)
        encoded = name.encode()
        check = zlib.crc32(data)
        directory.append(_central(encoded, check, len(data), offset))
        body += [_local(encoded, check, len(data)), data]
        offset += _LOCAL.size + len(encoded) + len(data)
    if len(members) > MAX_MEMBERS:
        raise ArchiveError("evidence.archive.many", found=len(members), largest=MAX_MEMBERS)
    central = b"".join(directory)
    if offset + len(central) + _END.size > MAX_BYTES:
        raise ArchiveError("evidence.archive.size", found=offset + len(central) + _END.size, largest=MAX_BYTES)
    return b"".join([*body, central, _end(len(members), len(central), offset)])


def _local(name: bytes, check: int, size: int) -> bytes:
    head = _LOCAL.pack(_LOCAL_MAGIC, _VERSION, _UTF8, _STORED, _TIME, _DATE, check, size, size, len(name), 0)
    return head + name


def _central(name: bytes, check: int, size: int, offset: int) -> bytes:
    version = (_MADE_BY, _VERSION, _UTF8, _STORED, _TIME, _DATE)
    head = _CENTRAL.pack(_CENTRAL_MAGIC, *version, check, size, size, len(name), 0, 0, 0, 0, _REGULAR_FILE, offset)
    return head + name


def _end(count: int, size: int, offset: int) -> bytes:
    return _END.pack(_END_MAGIC, 0, 0, count, count, size, offset, 0)


@dataclass(frozen=True, slots=True)
class _Record:
    """A record of the central directory."""

    name: str
    check: int
    size: int
    start: int  # of the data


class Archive:
    """The members of a bundle's ZIP, in order. Everything but their meaning has been checked.

    Parameters
    ----------
    data : bytes or mmap
        The whole file.

    Raises
    ------
    ArchiveError
        Names the member, and what is wrong with it.
    """

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self._data = data
        self._records = {record.name: record for record in _read(data)}
        for record in self._records.values():
            if zlib.crc32(self._bytes(record)) != record.check:
                raise ArchiveError("evidence.archive.check", member=record.name)

    @classmethod
    def open(cls, path: Path) -> Archive:
        """Return the archive of a file; it is read from the disk as it is needed."""
        try:
            with path.open("rb") as stream:
                size = stream.seek(0, 2)
                if size > MAX_BYTES:
                    raise ArchiveError("evidence.archive.size", found=size, largest=MAX_BYTES)
                return cls(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else b"")
        except OSError as error:
            raise ArchiveError("evidence.archive.unreadable", path=path, reason=error.strerror or error) from error

    @property
    def names(self) -> list[str]:
        """Paths of the members, in order."""
        return list(self._records)

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def size(self, name: str) -> int:
        """Return the size of a member, bytes."""
        return self._records[name].size

    def read(self, name: str, *, largest: int = MAX_MEMBER_BYTES) -> bytes:
        """Return the bytes of a member.

        Raises
        ------
        ArchiveError
            When there is no such member, or it is larger than ``largest``.
        """
        record = self._records.get(name)
        if record is None:
            raise ArchiveError("evidence.archive.missing", member=name)
        if record.size > largest:
            raise ArchiveError("evidence.archive.member_size", member=name, found=record.size, largest=largest)
        return self._bytes(record)

    def _bytes(self, record: _Record) -> bytes:
        return self._data[record.start : record.start + record.size]


def _read(data: bytes | mmap.mmap) -> Iterator[_Record]:
    """Yield the members of a ZIP in order, each header compared with the one form it may have."""
    count, start = _read_end(data)
    at, place = start, 0
    seen: dict[str, str] = {}
    for number in range(count):
        name, record, at = _read_central(data, at, number, place)
        _check_name(name, seen)
        encoded = name.encode()
        local = _local(encoded, record.check, record.size)
        if data[place : place + len(local)] != local:
            raise ArchiveError("evidence.archive.local", member=name)
        place = record.start + record.size
        if place > start:
            raise ArchiveError("evidence.archive.cut", member=name)
        yield record
    if place != start:
        raise ArchiveError("evidence.archive.between", found=start - place)
    if at != len(data) - _END.size:
        raise ArchiveError("evidence.archive.end", found=len(data))


def _read_end(data: bytes | mmap.mmap) -> tuple[int, int]:
    """Return the number of members and where the central directory begins."""
    if len(data) < _END.size or data[-_END.size :][:4] != _END_MAGIC:
        raise ArchiveError("evidence.archive.end", found=len(data))
    _, disk, first, here, count, size, start, comment = _END.unpack(data[-_END.size :])
    if 0xFFFF in (here, count) or 0xFFFF_FFFF in (size, start):
        raise ArchiveError("evidence.archive.zip64")
    if (disk, first, comment) != (0, 0, 0) or here != count or start + size != len(data) - _END.size:
        raise ArchiveError("evidence.archive.end", found=len(data))
    return count, start


def _read_central(data: bytes | mmap.mmap, at: int, number: int, place: int) -> tuple[str, _Record, int]:
    """Return name and record at ``at`` of the directory, and where the next stands; ``place`` is where its data must begin."""
    head = data[at : at + _CENTRAL.size]
    if len(head) < _CENTRAL.size or head[:4] != _CENTRAL_MAGIC:
        raise ArchiveError("evidence.archive.record", number=number)
    fields = _CENTRAL.unpack(head)
    check, packed, size, length, extra, comment = fields[7:13]
    raw = data[at + _CENTRAL.size : at + _CENTRAL.size + length]
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ArchiveError("evidence.archive.name", member=repr(raw)[:80], fault="UTF-8") from error
    flags, method = fields[3:5]
    if flags & _ENCRYPTED:
        raise ArchiveError("evidence.archive.encrypted", member=name)
    if method != _STORED or packed != size:
        raise ArchiveError("evidence.archive.compressed", member=name, method=method)
    if 0xFFFF_FFFF in (packed, size, fields[16]):
        raise ArchiveError("evidence.archive.zip64")
    if extra or comment:
        raise ArchiveError("evidence.archive.extra", member=name)
    if (fields[15] >> 16) & _KIND == _SYMLINK:
        raise ArchiveError("evidence.archive.symlink", member=name)
    if size > MAX_MEMBER_BYTES:
        raise ArchiveError("evidence.archive.member_size", member=name, found=size, largest=MAX_MEMBER_BYTES)
    if head + raw != _central(raw, check, size, place):
        raise ArchiveError("evidence.archive.header", member=name)
    return name, _Record(name, check, size, place + _LOCAL.size + length), at + _CENTRAL.size + length


def _check_name(name: str, seen: dict[str, str]) -> None:
    fault = fault_of_name(name)
    if fault is not None:
        raise ArchiveError("evidence.archive.name", member=name[:MAX_NAME_BYTES], fault=fault)
    folded = name.casefold()  # some systems take a.csv and A.csv for one file
    if folded in seen:
        raise ArchiveError("evidence.archive.twice", member=name, other=seen[folded])
    seen[folded] = name
