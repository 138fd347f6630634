"""A grid: the cells of one CSV file or one sheet, as somebody wrote them, before anything is understood.

A cell is text. A number of a spreadsheet becomes the shortest digits that mean it. What is neither text nor number, or only
looks like a number, is an :class:`Odd`: a formula error, a date, a truth value, a percentage format.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tanheng.accounting.entries import Cell


class Oddity(enum.StrEnum):
    """Why a cell of a spreadsheet cannot be taken as a number."""

    ERROR = "error"  # #DIV/0!, #N/A …
    UNCALCULATED = "uncalculated"  # a formula whose result was never stored
    DATE = "date"
    TRUTH = "truth"  # TRUE, FALSE
    NUMBER_AS_TEXT = "number_as_text"
    PERCENT = "percent"  # a number shown with a percent sign: 0.94 shown as 94 %


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that is neither plain text nor a plain number; ``text`` is what it would read as."""

    kind: Oddity
    text: str

    def __str__(self) -> str:
        return self.text


Raw = str | Odd
"""A cell: text or the digits of a number, ``""`` for a blank one, or something odd."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one CSV file or sheet; ``rows[0]`` is row 1."""

    file: str
    sheet: str
    rows: Sequence[Sequence[Raw]]

    def cell(self, row: int, index: int) -> Cell:
        """Return the place of a cell: row from 1, column from 0."""
        return Cell(self.file, self.sheet, row, letters(index))

    def written(self) -> Iterator[tuple[int, Sequence[Raw]]]:
        """Yield the rows that say something, with their numbers: neither empty nor a comment, which begins with ``#``."""
        for number, row in enumerate(self.rows, start=1):
            if not is_blank(row) and not is_comment(row):
                yield number, row


def is_blank(row: Sequence[Raw]) -> bool:
    """Say whether no cell of a row holds anything."""
    return not any(isinstance(raw, Odd) or raw.strip() for raw in row)


def is_comment(row: Sequence[Raw]) -> bool:
    """Say whether a row is a comment: its first cell begins with ``#`` and is no formula error."""
    first = row[0] if row else ""
    return isinstance(first, str) and first.lstrip().startswith("#") and not is_error_text(first)


_ERRORS = frozenset(
    [
        *("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"),
        *("#GETTING_DATA", "#SPILL!", "#CALC!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#FIELD!"),
    ]
)


def is_error_text(text: str) -> bool:
    """Say whether ``text`` is what a spreadsheet writes for a formula that failed."""
    return text.strip().upper() in _ERRORS


@functools.cache
def letters(index: int) -> str:
    """Return the letters of a column, as spreadsheets name it.

    Examples
    --------
    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
