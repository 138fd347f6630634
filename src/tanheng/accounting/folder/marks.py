"""What the workbook reader does not tell: formula errors, formulas without a stored result, percentage formats, and the extent.

python-calamine reads cells fast, but gives a formula error as an empty cell, which would turn an error into a gap. This
module reads the same parts of the package (ECMA-376: ``workbook.xml``, its relationships, ``styles.xml``, the sheets) for
nothing but those marks. Document types are refused, so no entity is ever expanded.
"""

from __future__ import annotations

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

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
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
        self._type = self._style = ""
        self._formula = self._value = self._inside = False
        self._text = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._begin(attributes)
        elif name == "v":
            self._value = self._inside = True
        elif name == "is":
            self._value = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = -1

    def _begin(self, attributes: Mapping[str, str]) -> None:
        match = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _index(match[1]) if match else self._column + 1
        self._row = int(match[2]) - 1 if match else self._row
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._formula = self._value = False
        self._text = ""

    def end(self, name: str) -> None:
        if name == "v":
            self._inside = False
        elif name == "c" and (self._value or self._formula):
            self._finish()

    def text(self, data: str) -> None:
        if self._inside:
            self._text += data

    def _finish(self) -> None:
        self.marks.rows = max(self.marks.rows, self._row + 1)
        self.marks.columns = max(self.marks.columns, self._column + 1)
        if self.marks.rows > MOST_ROWS or self.marks.columns > MOST_COLUMNS:
            raise PackageError("extent")
        where = (self._row, self._column)
        if self._type == "e":
            self.marks.cells[where] = Odd(Oddity.ERROR, self._text)
        elif self._formula and not self._text and self._type in ("n", "b", "e"):
            self.marks.cells[where] = Odd(Oddity.UNCALCULATED, "")
        elif self._type == "n" and self._style in self._percent:
            self.marks.cells[where] = Odd(Oddity.PERCENT, "")


def _sheet(data: bytes, percent: frozenset[str]) -> Marks:
    scan = _SheetScan(percent)
    _walk(data, scan.start, scan.end, scan.text)
    return scan.marks


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
    parser.StartElementHandler = lambda name, attributes: start(name.rsplit(":", 1)[-1], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rsplit(":", 1)[-1])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise PackageError("xml") from error
