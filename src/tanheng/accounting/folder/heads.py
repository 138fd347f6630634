"""The head of a table: which column is which, and which columns are periods."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.errors import Faults, shown
from tanheng.accounting.folder.grid import Grid, Odd, Oddity, Raw
from tanheng.accounting.folder.words import COLUMNS, by_word, folded, nearest

_KNOWN = by_word(COLUMNS)

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_MONTH_NAMES = {name: number for names in (_ENGLISH, _CHINESE) for number, name in enumerate(names, start=1)}
_PATTERNS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-01"),  # an Excel date on the first day of the month
    re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月"),
    re.compile(r"(?P<month>\d{1,2})月"),
    re.compile(r"(?P<name>[一二三四五六七八九十]{1,2})月"),
    re.compile(r"(?P<name>[a-z]{3})-(?P<short>\d{2})"),  # what a spreadsheet makes of 2025-01
    re.compile(r"(?P<short>\d{2})-(?P<name>[a-z]{3})"),
    re.compile(r"(?P<year>\d{4})年?"),
)


_TOTALS = frozenset(["全年", "全年值", "年度", "合计", "全年合计", "total", "fullyear", "year"])


@dataclass(frozen=True, slots=True)
class Table:
    """A grid whose head is understood: column → index, period → index, and the rows below the head."""

    grid: Grid
    columns: Mapping[str, int]
    periods: Mapping[str, int]
    rows: Sequence[tuple[int, Sequence[Raw]]]
    headings: Mapping[int, str]

    def cell(self, row: int, column: str) -> Cell:
        """Return the place of a column's cell in a row; of column A where the table lacks the column."""
        return self.grid.cell(row, self.columns.get(column, 0))

    def heading(self, column: str) -> str:
        """Return the heading of a column as it is written."""
        return self.headings.get(self.columns.get(column, -1), "")


def period_of_head(text: str, *, year: int) -> str | None:
    """Return the period a column head names: a month (``2025-03``), a year (``2025``), or None when it names neither.

    Examples
    --------
    >>> [period_of_head(text, year=2025) for text in ("2025-03", "2025年3月", "3月", "Mar-25", "2025", "t")]
    ['2025-03', '2025-03', '2025-03', '2025-03', '2025', None]
    """
    text = folded(text)
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        named = int(f"20{parts['short']}" if "short" in parts else parts.get("year", year))
        if parts.keys() == {"year"}:
            return f"{named:04d}"
        month = int(parts["month"]) if "month" in parts else _MONTH_NAMES.get(parts["name"])
        return f"{named:04d}-{month:02d}" if month else None
    return None


def read_head(
    grid: Grid,
    *,
    required: Collection[str],
    optional: Collection[str],
    periods: Collection[str] = (),
    year: int,
    faults: Faults,
) -> Table | None:
    """Return the table of a grid, or None when it has no head; faults of the head are noted.

    Parameters
    ----------
    required, optional : collections of str
        Columns (keys of :data:`COLUMNS`) the table must and may have.
    periods : collection of str
        Periods the table may have columns for; none for a table of single values.
    year : int
        Year of a heading such as ``3月``.
    """
    written = list(grid.written())
    start = next((index for index, (_, row) in enumerate(written) if _looks_like_head(row)), None)
    if start is None:
        place = grid.cell(written[0][0], 0) if written else Cell(grid.file, grid.sheet)
        faults.add("head.missing", place, columns=_listed(required))
        return None
    for number, row in written[:start]:
        faults.add("head.text_above", grid.cell(number, 0), value=next(str(raw) for raw in row if str(raw).strip()))
    number, head = written[start]
    reader = _Head(grid, number, {*required, *optional}, periods, year, faults)
    reader.read(head)
    for name in (name for name in required if name not in reader.columns):
        words = COLUMNS[name]
        faults.add("head.column_missing", Cell(grid.file, grid.sheet, number), missing_zh=words[0][0], missing_en=words[1][0])
    return Table(grid, reader.columns, reader.periods, written[start + 1 :], reader.headings)


def _looks_like_head(row: Sequence[Raw]) -> bool:
    return sum(isinstance(raw, str) and folded(raw) in _KNOWN for raw in row) >= 2


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"{COLUMNS[name][0][0]}/{COLUMNS[name][1][0]}" for name in names)


class _Head:
    """Reads one row of headings."""

    def __init__(
        self, grid: Grid, number: int, allowed: Collection[str], periods: Collection[str], year: int, faults: Faults
    ) -> None:
        self.columns: dict[str, int] = {}
        self.periods: dict[str, int] = {}
        self.headings: dict[int, str] = {}
        self._grid, self._number, self._faults = grid, number, faults
        self._allowed, self._asked, self._year = allowed, periods, year

    def read(self, row: Sequence[Raw]) -> None:
        for index, raw in enumerate(row):
            text = str(raw).strip()
            if not text:
                continue
            self.headings[index] = text
            self._take(index, raw, text)

    def _take(self, index: int, raw: Raw, text: str) -> None:
        name = _KNOWN.get(folded(text))
        if name in self._allowed and name is not None:
            self._keep(self.columns, name, index, text)
            return
        period = period_of_head(text, year=self._year) if self._asked and name is None else None
        if isinstance(raw, Odd) and raw.kind not in (Oddity.DATE, Oddity.NUMBER_AS_TEXT):
            self._fault("head.odd", index, text)
        elif self._asked and folded(text) in _TOTALS:
            self._fault("head.total", index, text)
        elif period is None:
            self._fault("head.unknown", index, text, nearest=nearest(text, _KNOWN), known=self._known())
        elif period not in self._asked:
            self._fault("head.period", index, text, first=min(self._asked), last=max(self._asked))
        else:
            self._keep(self.periods, period, index, text)

    def _keep(self, kept: dict[str, int], key: str, index: int, text: str) -> None:
        if key in kept:
            first = self._grid.cell(self._number, kept[key])
            self._fault("head.twice", index, text, first=str(first))
        else:
            kept[key] = index

    def _fault(self, code: str, index: int, text: str, **fields: str | int) -> None:
        self._faults.add(code, self._grid.cell(self._number, index), value=text, heading=shown(text), **fields)

    def _known(self) -> str:
        return _listed([name for name in COLUMNS if name in self._allowed])


def cells_beyond_head(table: Table) -> Iterator[tuple[int, int, Raw]]:
    """Yield row, index and content of cells that stand under no heading."""
    for number, row in table.rows:
        for index, raw in enumerate(row):
            if index not in table.headings and (isinstance(raw, Odd) or raw.strip()):
                yield number, index, raw
