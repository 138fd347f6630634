"""A small plant-year that is right; a test spoils one thing in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from tanheng.accounting.folder import CellFault, FolderError, PlantYear, read_folder

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
HEAD = ["scope", "group", "stream", "item", "unit", "basis", "place", "origin", "source", *MONTHS]
PLANT = """\
schema: plant/1
id: works
title: {zh: 水泥厂, en: Works}
province: hubei
year: 2025
periods: months
rulebook: cn.cets
clinker_boundary: silo
lines:
  - id: "1"
    title: {zh: 1号线, en: Line 1}
    capacity: 5000
    kiln: 4.8×72
    clinkers: [{id: portland, kind: portland, title: {zh: 硅酸盐熟料, en: Portland clinker}}]
streams:
  - {id: coal, kind: fuel, item: bituminous_coal, scope: line.1, place: kiln, device: cement_kiln, title: {zh: 烟煤, en: Coal}}
  - {id: slag, kind: material, item: carbide_slag, scope: line.1, place: kiln, title: {zh: 电石渣, en: Carbide slag}}
"""
ROWS = {
    "coal": ["line.1", "fuel", "coal", "consumption", "t", "", "kiln", "measured", "rotor scales", *["18402.5"] * 12],
    "heat": ["line.1", "fuel", "coal", "net_calorific_value", "GJ/t", "ar", "kiln", "measured", "laboratory", *["23.076"] * 12],
    "oxidation": ["line.1", "fuel", "coal", "oxidation", "%", "", "", "default", "", *["99"] * 12],
    "slag": ["line.1", "material", "slag", "consumption", "t", "", "kiln", "measured", "belt scale", *["2000"] * 12],
    "clinker": ["line.1", "clinker", "portland", "output", "t", "", "", "measured", "", *["135000"] * 12],
    "power": ["enterprise", "electricity", "", "purchased", "MWh", "", "", "measured", "bill", *["9000"] * 12],
}


class Case:
    """The folder of one test: change ``head``, ``rows``, ``plant`` or write further files, then read."""

    def __init__(self, path: Path, form: str) -> None:
        self.path = path
        self.form = form
        self.plant = PLANT
        self.head: list[object] = list(HEAD)
        self.rows: dict[str, list[object]] = {name: list(row) for name, row in ROWS.items()}

    def csv(self, table: Sequence[Sequence[object]]) -> bytes:
        return as_csv(table)

    def workbook(self, sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
        return as_workbook(sheets)

    @property
    def file(self) -> str:
        return f"activity.{self.form}"

    def set(self, row: str, heading: str, value: object) -> None:
        self.rows[row][HEAD.index(heading)] = value

    def place(self, row: str, heading: str) -> tuple[str, int, str]:
        """File, row and column letters of a cell."""
        return self.file, list(self.rows).index(row) + 2, column(HEAD.index(heading))

    def write(self, name: str, text: str | bytes) -> None:
        (self.path / name).write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, **known: object) -> PlantYear:
        self.write("plant.yaml", self.plant)
        table = [self.head, *self.rows.values()]
        self.write(self.file, as_csv(table) if self.form == "csv" else as_workbook({"activity": table}))
        return read_folder(self.path, **known)  # type: ignore[arg-type]  # tests pass what the function takes

    def faults(self, **known: object) -> list[CellFault]:
        with pytest.raises(FolderError) as refused:
            self.read(**known)
        return [finding for finding in refused.value.findings if isinstance(finding, CellFault)]

    def fault(self, **known: object) -> CellFault:
        """The one fault of the folder."""
        (found,) = self.faults(**known)
        return found


def column(index: int) -> str:
    return chr(ord("A") + index)


def as_csv(table: Sequence[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return out.getvalue().encode()


def as_workbook(sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook; text that is a number is written as one, a tuple as ``("formula", text, stored)``, ``("text", "12.5")`` or
    ``("percent", 0.94)``, anything else as what it is."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    percent = book.add_format({"num_format": "0.0%"})
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(table):
            for index, value in enumerate(row):
                match value:
                    case ("formula", text, stored):
                        sheet.write_formula(number, index, text, None, stored)
                    case ("text", text):
                        sheet.write_string(number, index, text)
                    case ("percent", share):
                        sheet.write_number(number, index, share, percent)
                    case str() if value.isascii() and value.replace(".", "", 1).isdigit():
                        sheet.write_number(number, index, float(value))
                    case str():
                        sheet.write_string(number, index, value)
                    case _:
                        sheet.write(number, index, value)
    book.close()
    return out.getvalue()


@pytest.fixture(params=["csv", "xlsx"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    return Case(tmp_path, request.param)


@pytest.fixture
def csv_case(tmp_path: Path) -> Case:
    return Case(tmp_path, "csv")


@pytest.fixture
def xlsx_case(tmp_path: Path) -> Case:
    return Case(tmp_path, "xlsx")
