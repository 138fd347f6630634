"""The engine against a spreadsheet of live formulas written from the text of the standard, cell by cell.

The workbook is built by ``make_independent.py`` without the package; LibreOffice recalculates it here from its inputs alone.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

PLANT = Path(__file__).resolve().parents[3] / "examples" / "hubei-5000tpd"
WORKBOOK = PLANT / "check" / "independent.xlsx"
PERIODS = [*(f"2025-{month:02d}" for month in range(1, 13)), ""]  # the columns from G on; the last is the year
CALCULATED = ("site", "line 1", "line 2", "enterprise")
FIRST_ROW, FIRST_MONTH = 3, 6

# What a reader compares first: each in every month and in the year.
PRINCIPAL = {
    *(f"line.{line}.{what}" for line in "12" for what in ("combustion", "process", "total", "electricity", "energy_included")),
    *(f"line.{line}.{what}" for line in "12" for what in ("clinker_output", "fuel.coal.consumption")),
    "line.1.intensity",
    "ets.direct",
    "enterprise.direct",
    "enterprise.energy_included",
}
# Rows that only help to read the sheet: sums of the meters that split, and the sheet's own checks.
SHEET_ONLY = {"site.fuel.coal.keys", "site.clinker.portland.keys", "check.coal", "check.clinker"}
# Inputs and means of which the engine gives the year alone.
YEAR_ONLY = {
    "line.1.fuel.coal.net_calorific_value_mean",
    "line.2.fuel.coal.net_calorific_value_mean",
    "line.1.material.carbide_slag.consumption",
    "line.1.material.steel_slag.consumption",
    "line.2.material.steel_slag.consumption",
}

Cells = Mapping[tuple[str, str], float]  # (id, period) to value; the year's period is empty


def rows(workbook: Path, sheet: str) -> list[list[object]]:
    """The rows under the titles, with their cells as they are stored."""
    found = CalamineWorkbook.from_path(workbook).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [list(row) for row in found[FIRST_ROW:]]


def calculated(workbook: Path) -> Cells:
    values = {}
    for sheet in CALCULATED:
        for row in rows(workbook, sheet):
            for period, value in zip(PERIODS, row[FIRST_MONTH:], strict=True):
                if row[1] and value != "":  # a heading has no second word; a standing line no intensity
                    assert isinstance(value, float), f"{sheet}: {row[0]} in {period or 'the year'} is {value!r}, not a number"
                    values[str(row[0]), period] = value
    return values


def without_values(workbook: Path, copy: Path) -> int:
    """Copy the workbook without the stored value of any formula; return how many formulas there are."""
    formulas = 0
    with zipfile.ZipFile(workbook) as given, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as taken:
        for name in given.namelist():
            content = given.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content, found = re.subn(rb"(<f[ >][^<]*</f>)<v>[^<]*</v>", rb"\1", content)
                formulas += found
            taken.writestr(name, content)
    return formulas


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook as LibreOffice calculates it anew."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.fail(
            "This test recalculates a workbook with LibreOffice and finds no soffice; apt-get install libreoffice-calc."
        )
    folder = tmp_path_factory.mktemp("office")
    assert without_values(WORKBOOK, folder / "independent.xlsx") > 700
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out")]
    done = subprocess.run(
        [*command, str(folder / "independent.xlsx")], capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "out" / "independent.xlsx"


@pytest.fixture(scope="module")
def engine() -> Cells:
    command = [sys.executable, "-m", "tanheng", "account", str(PLANT), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    given = {name: figure["value"] for name, figure in figures.items() if figure["value"] is not None}
    return {(name.partition("@")[0], name.partition("@")[2]): float(value) for name, value in given.items()}


@pytest.mark.office
def test_the_engine_agrees_with_the_spreadsheet_in_every_cell(recalculated: Path, engine: Cells) -> None:
    sheet = calculated(recalculated)
    compared = {key for key in sheet if key[0] not in SHEET_ONLY and not (key[0] in YEAR_ONLY and key[1])}
    assert compared <= set(engine)
    assert {(name, period) for name in PRINCIPAL for period in PERIODS} <= compared
    # Binary doubles of a spreadsheet, some ten operations deep, against decimals.
    assert {key: engine[key] for key in compared} == pytest.approx({key: sheet[key] for key in compared}, rel=1e-9, abs=0)


@pytest.mark.office
def test_neither_side_gives_an_intensity_for_the_month_in_which_line_2_stood(recalculated: Path, engine: Cells) -> None:
    given = {period for name, period in engine if name == "line.2.intensity"}
    assert given == {period for name, period in calculated(recalculated) if name == "line.2.intensity"}
    assert set(PERIODS) - given == {"2025-02"}


@pytest.mark.office
def test_the_stored_values_are_those_the_formulas_give(recalculated: Path) -> None:
    # LibreOffice stores fifteen digits.
    assert calculated(WORKBOOK) == pytest.approx(calculated(recalculated), rel=1e-13, abs=0)


@pytest.mark.office
def test_the_split_amounts_add_up_to_what_was_weighed(recalculated: Path) -> None:
    checks = {key: value for key, value in calculated(recalculated).items() if key[0].startswith("check.")}
    assert len(checks) == 2 * len(PERIODS)
    assert set(checks.values()) == {0}


def records(name: str) -> Iterator[dict[str, str]]:
    lines = (PLANT / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines()
    return csv.DictReader(line for line in lines if not line.startswith("#"))


def test_the_inputs_of_the_spreadsheet_are_those_of_the_files() -> None:
    expected = [
        [
            f"{name}.csv",
            *(record[column] for column in ("范围", "类别", "源流", "信息项", "单位")),
            *(float(record[p]) for p in PERIODS[:12]),
        ]
        for name in ("activity", "stocktakes", "electricity_heat", "alternative_fuels")
        for record in records(name)
    ]
    assert [row[:18] for row in rows(WORKBOOK, "inputs")] == expected


def test_the_samples_of_the_spreadsheet_are_those_of_the_laboratory() -> None:
    columns = ("样品编号", "采样日期", "信息项", "单位", "基准")
    expected = [
        [*(record[column] for column in columns), float(record["数值"]), float(record["代表量(t)"])]
        for record in records("laboratory")
    ]
    assert [row[:7] for row in rows(WORKBOOK, "samples")] == expected


def test_the_corrections_of_the_spreadsheet_are_those_of_the_file() -> None:
    expected = [[record["数据项编号"], record["月份"], float(record["数值"])] for record in records("corrections")]
    assert [[row[0], row[1], row[4]] for row in rows(WORKBOOK, "corrections")] == expected


def test_no_number_of_the_calculated_sheets_is_typed_in() -> None:
    with zipfile.ZipFile(WORKBOOK) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        pages = [archive.read(f"xl/worksheets/sheet{names.index(sheet) + 1}.xml").decode() for sheet in CALCULATED]
    cells = [cell for page in pages for cell in re.findall(r'<c r="[A-Z]+(\d+)"[^>]*t="n"[^>]*>(.*?)</c>', page)]
    assert len(cells) > 700
    assert [content for row, content in cells if int(row) > FIRST_ROW and "<f" not in content] == []
