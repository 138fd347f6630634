"""The pack while it is being put together: what the files say so far, and what is wrong with them."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tanheng.core import units
from tanheng.core.errors import PeriodError, TanhengError, UnitError
from tanheng.core.identifiers import ParameterId
from tanheng.core.period import parse_day
from tanheng.standards._files import RawFile
from tanheng.standards.errors import FileFaultError
from tanheng.standards.rulebook import RuleBook
from tanheng.standards.values import Column, Document, Layer, ParameterValue, Text, TextValue, WordValue

_DIGITS = re.compile(r"-?[0-9]+(\.[0-9]+)?")

# Content of a YAML file whose schema has been proved; each reader below states the type it takes out of it.
Raw = Mapping[str, Any]


@dataclass
class ParameterDraft:
    """A parameter and the values collected for it; ``table`` is the id of the table it is a cell of, else None.

    One with neither a unit nor choices holds texts.
    """

    id: ParameterId
    title: Text
    unit: str | None
    choices: Mapping[str, Text]
    required: tuple[datetime.date, datetime.date | None] | None
    layer: Layer
    file: str
    table: str | None = None
    values: list[ParameterValue | WordValue | TextValue] = field(default_factory=list)


@dataclass
class TableDraft:
    """A table and the rows collected for it."""

    id: str
    title: Text
    document: str
    columns: Mapping[str, Column]
    required: tuple[datetime.date, datetime.date | None] | None
    layer: Layer
    file: str
    rows: dict[str, Text] = field(default_factory=dict)

    def cell(self, row: str, column: str) -> ParameterId:
        """Return the id of the parameter in one cell."""
        return ParameterId(f"{self.id}.{row}.{column}")


@dataclass
class Draft:
    """Everything read so far. A fault is noted and the reading goes on, so that all faults are told at once."""

    documents: dict[str, Document] = field(default_factory=dict)
    parameters: dict[str, ParameterDraft] = field(default_factory=dict)
    tables: dict[str, TableDraft] = field(default_factory=dict)
    rulebooks: dict[str, RuleBook] = field(default_factory=dict)
    findings: list[TanhengError] = field(default_factory=list)

    def fault(self, code: str, file: RawFile | str, **fields: object) -> None:
        """Note a fault of a file, once: what a table says for all its cells is not told for each of them."""
        name = file if isinstance(file, str) else file.name
        if not any(known.code == code and known.fields == {"file": name, **fields} for known in self.findings):
            self.findings.append(FileFaultError(code, file=name, **fields))

    def digits(self, file: RawFile, at: str, text: str) -> bool:
        """Say whether ``text`` is a plain decimal number; note a fault when it is not."""
        if _DIGITS.fullmatch(text):
            return True
        self.fault("standards.file.digits", file, at=at, value=text)
        return False

    def unit(self, file: RawFile, at: str, name: str | None) -> bool:
        """Say whether ``name`` is a unit; note a fault when it is not, or when there is none."""
        if name is None:
            self.fault("standards.file.no_unit", file, at=at)
        elif not _is_unit(name):
            self.fault("standards.file.unit", file, at=at, unit=name)
        else:
            return True
        return False

    def document(self, file: RawFile, at: str, identifier: str) -> str:
        """Return the id of a document; note a fault when the pack does not know it."""
        if identifier not in self.documents:
            self.fault("standards.file.document", file, at=at, document=identifier)
        return identifier

    def day(self, file: RawFile, text: str) -> datetime.date:
        """Return a day; note a fault when the calendar has no such day."""
        try:
            return parse_day(text)
        except PeriodError:
            self.fault("standards.file.not_date", file, at=".", value=text)
            return datetime.date.max

    def period(self, file: RawFile, raw: Raw) -> tuple[datetime.date, datetime.date | None]:
        """Return the first and the last day of a period; note a fault when it ends before it begins."""
        start = self.day(file, raw["from"])
        end = self.day(file, raw["to"]) if "to" in raw else None
        if end is not None and end < start:
            self.fault("standards.file.period", file, start=start, end=end)
        return start, end

    def required(self, file: RawFile, raw: Raw) -> tuple[datetime.date, datetime.date | None] | None:
        """Return the time a parameter or table must cover, when its file says one."""
        return self.period(file, raw["required"]) if "required" in raw else None


@functools.cache
def _is_unit(name: str) -> bool:
    try:
        units.unit(name)
    except UnitError:
        return False
    return True


def text(raw: Any) -> Text:
    """Return a text from YAML: one string for both languages, or a mapping of the two."""
    return Text(raw, raw) if isinstance(raw, str) else Text(raw["zh"], raw["en"])


def text_or_none(raw: Any) -> Text | None:
    """Return a text from YAML, or None where there is none."""
    return None if raw is None else text(raw)


def choices(raw: Raw) -> dict[str, Text]:
    """Return the words of ``choices``, each with its meaning; none for a number."""
    return {word: text(meaning) for word, meaning in raw.get("choices", {}).items()}
