"""What the workbook reader does not tell: formula errors, formulas without a stored result, percentage formats, and the extent.

python-calamine reads cells fast, but gives a formula error as an empty cell, which would turn an error into a gap. This
module reads the same parts of the package (ECMA-376: ``workbook.xml``, its relationships, ``styles.xml``, the sheets) for
nothing but those marks. Document types are refused, so no entity is ever expanded.
"""

from __future__ import annotations

import functools
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat  # document types are refused below

from tanheng.accounting.folder.grid import Odd, Oddity

MOST_BYTES = 300_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 300

_PERCENT_FORMATS = frozenset(["9", "10"])
_QUOTED = re.compile(r'"[^"]*"|\\.')


class PackageError(Exception):
    """The file is no workbook that can be read; a word of :data:`REASONS` says why."""


REASONS = ("package", "size", "doctype", "xml", "extent")


@dataclass(slots=True)
class Marks:
    """The odd cells of one sheet by row and column from 0, and how far the sheet reaches."""

    cells: dict[tuple[int, int], Odd] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0


def marks_of(data: bytes) -> dict[str, Marks]:
    """Return the marks of every sheet of a workbook, by the name of the sheet.

    Raises
    ------
    PackageError
        When the bytes are no package, hold a document type, broken XML, or more than fits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(member.file_size for member in package.infolist()) > MOST_BYTES:
                raise PackageError("size")
            return _marks(package)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]  # the module re-exports zlib
        raise PackageError("package") from error


def _marks(package: zipfile.ZipFile) -> dict[str, Marks]:
    names = package.namelist()
    book = next((name for name in names if name.lower() == "xl/workbook.xml"), "xl/workbook.xml")
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []

    def relation(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            reference = next((value for key, value in attributes.items() if key.rsplit(":", 1)[-1] == "id"), "")
            sheets.append((attributes.get("name", ""), reference))

    _walk(package.read("xl/_rels/workbook.xml.rels"), relation)
    _walk(package.read(book), sheet)
    percent = _percent_styles(package.read("xl/styles.xml")) if "xl/styles.xml" in names else frozenset()
    found: dict[str, Marks] = {}
    for title, reference in sheets:
        target = targets.get(reference, "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if part in names:
            found[title] = _sheet(package.read(part), percent)
    return found


def _percent_styles(data: bytes) -> frozenset[str]:
    """Return the style numbers whose number format shows a percentage."""
    formats = set(_PERCENT_FORMATS)
    styles: list[str] = []
    inside = [False]

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt" and "%" in _QUOTED.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            inside[0] = True
        elif name == "cellStyles":
            inside[0] = False
        elif name == "xf" and inside[0]:
            styles.append(attributes.get("numFmtId", "0"))

    _walk(data, start)
    return frozenset(str(index) for index, number in enumerate(styles) if number in formats)


class _SheetScan:
    """Follows the cells of one sheet: where each stands, and what is odd about it."""

    def __init__(self, percent: frozenset[str]) -> None:
        self.marks = Marks()
        self._percent = percent
        self._row = self._column = -1
        self._attributes: Mapping[str, str] = {}
        self._formula = self._value = False
        self._text: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._attributes = attributes
            self._formula = self._value = False
            self._text = []
            self._column += 1
        elif name in ("v", "is"):
            self._value = True
        elif name == "f":
            self._formula = True
            self._text = []
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = -1

    def end(self, name: str) -> None:
        if name == "f":
            self._text = []  # the words of the formula
        elif name == "c":
            self._place(self._attributes.get("r", ""))
            if self._value or self._formula:
                self._mark()

    def text(self, data: str) -> None:
        self._text.append(data)

    def _place(self, reference: str) -> None:
        """Take the place a cell names; a cell that names none stands beside the last one."""
        name = reference.rstrip("0123456789")
        if name and name.isascii() and name.isalpha() and len(name) <= 3 and len(reference) > len(name):
            self._column, self._row = _index(name.upper()), int(reference[len(name) :]) - 1

    def _mark(self) -> None:
        where = (self._row, self._column)
        marks = self.marks
        marks.rows, marks.columns = max(marks.rows, where[0] + 1), max(marks.columns, where[1] + 1)
        if marks.rows > MOST_ROWS or marks.columns > MOST_COLUMNS:
            raise PackageError("extent")
        kind = self._attributes.get("t", "n")
        text = "".join(self._text)
        if kind == "e":
            marks.cells[where] = Odd(Oddity.ERROR, text)
        elif self._formula and not text.strip() and kind in ("n", "b"):
            marks.cells[where] = Odd(Oddity.UNCALCULATED, "")
        elif kind == "n" and self._attributes.get("s", "") in self._percent:
            marks.cells[where] = Odd(Oddity.PERCENT, "")


def _sheet(data: bytes, percent: frozenset[str]) -> Marks:
    scan = _SheetScan(percent)
    _walk(data, scan.start, scan.end, scan.text)
    return scan.marks


@functools.cache
def _index(name: str) -> int:
    """Return the column of its letters, from 0."""
    index = 0
    for letter in name:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _walk(
    data: bytes,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read an XML part; handlers get names without prefix.

    Raises
    ------
    PackageError
        When the part has a document type or is no well-formed XML.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: Any) -> None:  # expat's signature
        raise PackageError("doctype")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = _without_prefix(start)
    if end is not None:
        parser.EndElementHandler = _without_prefix(end)
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise PackageError("xml") from error


def _without_prefix(handler: Callable[..., None]) -> Callable[..., None]:
    """Return a handler that gets names of elements without the prefix of their namespace."""

    def handle(name: str, *rest: object) -> None:
        handler(name.rpartition(":")[2] if ":" in name else name, *rest)

    return handle
