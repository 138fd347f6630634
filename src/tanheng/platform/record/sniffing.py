"""What a file is by its bytes, whatever its name says, and whether it stays within bounds when unpacked (ASVS 5.2.1–5.2.3)."""

from __future__ import annotations

import codecs
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from tanheng.core.errors import InputError

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OFD = "application/ofd"
XLS = "application/vnd.ms-excel"
ZIP = "application/zip"
CSV = "text/csv"
TEXT = "text/plain"

EXTENSIONS = {
    ".pdf": PDF,
    ".png": PNG,
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".xlsx": XLSX,
    ".docx": DOCX,
    ".ofd": OFD,
    ".xls": XLS,
    ".zip": ZIP,
    ".csv": CSV,
    ".txt": TEXT,
}

# Sheets, scans and certificates; a ZIP only where a caller asks for one.
USUAL = frozenset(EXTENSIONS.values()) - {ZIP}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a file may be.

    Parameters
    ----------
    size : int
        Bytes of the file.
    unpacked : int
        Bytes of all members of an archive together.
    members : int
        Members of an archive.
    ratio : int
        How many times larger than packed one member may be, beyond its first MiB.
    pixels : int
        Width × height of an image.
    """

    size: int = 50 * 1024 * 1024
    unpacked: int = 300 * 1024 * 1024
    members: int = 5000
    ratio: int = 200
    pixels: int = 100_000_000


DEFAULT_BOUNDS = Bounds()


def sniff(path: Path, name: str, *, allowed: frozenset[str] = USUAL, bounds: Bounds = DEFAULT_BOUNDS) -> str:
    """Return the media type of the file at ``path`` that was handed in as ``name``.

    Raises
    ------
    InputError
        The type is unknown, not allowed, or not the one its name promises; or the file exceeds a bound.
    """
    size = path.stat().st_size
    if size == 0:
        raise InputError("platform.file.empty", file=name)
    if size > bounds.size:
        raise InputError("platform.file.size", file=name, size=size, limit=bounds.size)
    promised = EXTENSIONS.get(Path(name).suffix.lower())
    if promised is None or promised not in allowed:
        known = " ".join(sorted(ending for ending, media in EXTENSIONS.items() if media in allowed))
        raise InputError("platform.file.type", file=name, known=known)
    found = _detect(path, name, bounds)
    if found != promised and not {found, promised} <= {CSV, TEXT}:
        raise InputError("platform.file.mismatch", file=name, promised=promised, found=found)
    return promised


def _detect(path: Path, name: str, bounds: Bounds) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"%PDF-"):
        return _pdf(path, name)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(head, name, bounds)
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return XLS
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path, name, bounds)
    return _text(path, head)


def _pdf(path: Path, name: str) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2048))
        if b"%%EOF" not in file.read():
            raise InputError("platform.file.damaged", file=name, media=PDF)
    return PDF


def _png(head: bytes, name: str, bounds: Bounds) -> str:
    if len(head) < 24 or head[12:16] != b"IHDR":
        raise InputError("platform.file.damaged", file=name, media=PNG)
    width, height = struct.unpack(">II", head[16:24])
    if width * height > bounds.pixels:
        raise InputError("platform.file.pixels", file=name, width=width, height=height, limit=bounds.pixels)
    return PNG


def _archive(path: Path, name: str, bounds: Bounds) -> str:
    """Return what kind of archive this is, after unpacking it into nowhere, because headers lie."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > bounds.members:
                raise InputError("platform.file.members", file=name, count=len(members), limit=bounds.members)
            left = bounds.unpacked
            for member in members:
                left -= _unpacked(archive, member, name, left, bounds)
            names = {member.filename for member in members}
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
        raise InputError("platform.file.damaged", file=name, media=ZIP) from error
    if any(part.endswith("vbaProject.bin") for part in names):
        raise InputError("platform.file.macros", file=name)
    if b"spreadsheetml.sheet.main+xml" in types:
        return XLSX
    if b"wordprocessingml.document.main+xml" in types:
        return DOCX
    return OFD if "OFD.xml" in names else ZIP


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, left: int, bounds: Bounds) -> int:
    """Return how many bytes a member unpacks to."""
    parts = Path(member.filename.replace("\\", "/")).parts
    if member.filename.startswith(("/", "\\")) or ".." in parts:
        raise InputError("platform.file.path", file=name, member=member.filename)
    count = 0
    most = (1 << 20) + bounds.ratio * max(member.compress_size, 1)
    with archive.open(member) as stream:
        while block := stream.read(1 << 16):
            count += len(block)
            if count > left or count > most:
                raise InputError("platform.file.bomb", file=name, member=member.filename, limit=bounds.unpacked)
    return count


def _text(path: Path, head: bytes) -> str:
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml")):
        return "text/html"
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return TEXT
    return "application/octet-stream"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 16):
                text = decoder.decode(block)
                if any(character < " " and character not in "\t\r\n\f" for character in text):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
