"""Properties: what is written is what is read; a spoilt cell is told or harmless, and nothing else ever happens."""

from __future__ import annotations

import csv
import io
import string
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tanheng.accounting.folder import CellFault, FolderError, PlantYear, read_folder
from tanheng.accounting.folder.grid import letters
from tanheng.accounting.folder.heads import period_of_head
from tanheng.accounting.folder.numerals import parse
from tanheng.accounting.folder.words import BASES, GROUPS, ORIGINS, PLACES, SCOPES, by_word, folded, items_by_word
from tanheng.accounting.folder.workbook import digits

PLANT = """\
schema: plant/1
id: works
title: works
province: hubei
year: 2025
periods: months
rulebook: cn.cets
clinker_boundary: silo
lines: [{id: "1", title: line, capacity: 5000, kiln: big, clinkers: [{id: portland, kind: portland, title: clinker}]}]
streams: [{id: coal, kind: fuel, item: coal, scope: line.1, place: kiln, title: coal}]
"""
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
HEAD = ["scope", "group", "stream", "item", "unit", "basis", "place", "origin", "source", *MONTHS]
ROWS = [
    ["line.1", "fuel", "coal", "consumption", "t", "", "kiln", "measured", "", *["100.5"] * 12],
    ["line.1", "fuel", "coal", "net_calorific_value", "GJ/t", "ar", "kiln", "measured", "", *["23.4"] * 12],
    ["line.1", "clinker", "portland", "output", "t", "", "", "measured", "", *["5000"] * 12],
]

masses = st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False, places=3)
cells = st.one_of(st.none(), masses)
# what people, programs and accidents put into a cell; no surrogates, which no file holds, and no null, told of the file
junk = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    st.text(string.digits + ".,-+eE%/ ：年月t", max_size=12),
    st.sampled_from(["#N/A", "=1+1", "NaN", "-inf", "2025-03-01", "１２", "TRUE", "不适用", "-1", "1e9", "#"]),
)


def read_csv(table: list[list[str]]) -> PlantYear:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return _read("activity.csv", out.getvalue().encode())


def read_xlsx(table: list[list[object]]) -> PlantYear:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("activity")
        for number, row in enumerate(table):
            for index, value in enumerate(row):
                if isinstance(value, Decimal):
                    sheet.write_number(number, index, float(value))
                elif value:
                    sheet.write_string(number, index, str(value))
    return _read("activity.xlsx", out.getvalue())


def _read(name: str, data: bytes) -> PlantYear:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plant.yaml").write_text(PLANT, encoding="utf-8")
        (Path(folder) / name).write_bytes(data)
        return read_folder(folder)


def consumption(year: PlantYear) -> list[Decimal | None]:
    return [year.ledger.versions[f"line.1.fuel.coal.consumption@{month}"][0].value for month in MONTHS]


@given(st.lists(cells, min_size=12, max_size=12))
def test_a_csv_matrix_is_read_as_it_was_written(values: list[Decimal | None]) -> None:
    row = [*ROWS[0][:9], *("" if value is None else str(value) for value in values)]
    found = consumption(read_csv([HEAD, row, *ROWS[1:]]))
    assert [str(value) for value in found] == [str(value) for value in values]


@given(st.lists(cells, min_size=12, max_size=12))
def test_a_workbook_matrix_is_read_as_it_was_typed(values: list[Decimal | None]) -> None:
    table: list[list[object]] = [list(HEAD), [*ROWS[0][:9], *values], *[list(row) for row in _typed(ROWS[1:])]]
    assert consumption(read_xlsx(table)) == values


def _typed(rows: list[list[str]]) -> list[list[object]]:
    return [[*row[:9], *(Decimal(value) for value in row[9:])] for row in rows]


@given(row=st.integers(0, 2), index=st.integers(0, len(HEAD) - 1), text=junk)
def test_a_spoilt_cell_of_a_csv_is_told_by_its_place_or_does_no_harm(row: int, index: int, text: str) -> None:
    table = [list(cells) for cells in ROWS]
    table[row][index] = text
    _told_or_harmless(lambda: read_csv([HEAD, *table]), row, index, text)


@given(row=st.integers(0, 2), index=st.integers(0, len(HEAD) - 1), text=junk)
def test_a_spoilt_cell_of_a_workbook_is_told_by_its_place_or_does_no_harm(row: int, index: int, text: str) -> None:
    table: list[list[object]] = _typed(ROWS)
    table[row][index] = "".join(character for character in text if character.isprintable())
    _told_or_harmless(lambda: read_xlsx([list(HEAD), *table]), row, index, str(table[row][index]))


def _told_or_harmless(read: object, row: int, index: int, text: str) -> None:
    assert callable(read)
    try:
        year = read()
    except FolderError as error:
        told = [fault for fault in error.findings if isinstance(fault, CellFault)]
        spots = {(fault.fields["row"], fault.fields["column"]) for fault in told}
        assert (row + 2, letters(index)) in spots or _is_comment(index, text) or _says_something_else(index, text)
        return
    if _is_comment(index, text):  # the row says nothing any more
        assert len(year.ledger.versions) == 24
        return
    if index < 9:  # a word that means the same, a blank or a dash where nothing is needed, or another description
        assert len(year.ledger.versions) == 36 or _says_something_else(index, text)
        return
    key = next(iter(year.ledger.versions))
    entries = [versions[0] for versions in year.ledger.versions.values() if versions[0].cell.row == row + 2]
    spoilt = next((entry for entry in entries if entry.cell.column == letters(index)), None)
    if spoilt is None:
        assert len(year.not_applicable) == 1, key
    else:
        assert spoilt.value == (Decimal(text.strip()) if text.strip() else None)


WORDS = {word for words in (SCOPES, GROUPS, BASES, PLACES, ORIGINS) for word in by_word(words)}
WORDS |= {word for group in GROUPS for word in items_by_word(group)} | {"line", "coal", "clinker", "portland"}


def _says_something_else(index: int, text: str) -> bool:
    """Say whether a word is one that belongs there: the row then speaks of another thing, and what lacks is told elsewhere."""
    return index < 9 and folded(text) in WORDS


def _is_comment(index: int, text: str) -> bool:
    return index == 0 and text.lstrip().startswith("#")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_is_a_number_or_a_named_fault(text: str) -> None:
    found = parse(text, unit="t")
    assert isinstance(found, Decimal) or found.startswith("number.")
    assert not isinstance(found, Decimal) or found.is_finite()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_digits_of_a_float_mean_that_float(value: float) -> None:
    assert float(digits(value)) == value


@given(st.integers(1, 12), st.sampled_from(["2025-{0:02d}", "2025/{0}", "2025年{0}月", "{0}月"]))
def test_a_month_is_found_in_every_way_it_is_written(month: int, written: str) -> None:
    assert period_of_head(written.format(month), year=2025) == f"2025-{month:02d}"


@given(st.binary(max_size=200))
def test_bytes_that_are_no_table_are_refused_and_nothing_else(data: bytes) -> None:
    for name in ("activity.csv", "activity.xlsx"):
        with pytest.raises(FolderError) as refused:
            _read(name, data)
        assert refused.value.findings


@given(st.binary(max_size=200))
def test_bytes_that_are_no_plant_are_refused_and_nothing_else(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plant.yaml").write_bytes(data)
        with pytest.raises(FolderError) as refused:
            read_folder(folder)
        assert refused.value.findings
