"""``tanheng account`` on bad input: exit code 2, every fault with its place and cure, and nothing written."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tanheng.cli import root

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
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
HEAD = ["scope", "group", "stream", "item", "unit", "basis", "place", "origin", "source", *MONTHS]
COAL = ["line.1", "fuel", "coal", "consumption", "t", "", "kiln", "measured", "scales", *["17000"] * 12]
HEAT = ["line.1", "fuel", "coal", "net_calorific_value", "GJ/t", "ar", "kiln", "measured", "laboratory", *["23.076"] * 12]
OXIDATION = ["line.1", "fuel", "coal", "oxidation", "%", "", "", "default", "", *["99"] * 12]
SLAG = ["line.1", "material", "slag", "consumption", "t", "", "kiln", "measured", "scale", *["2000"] * 12]
CLINKER = ["line.1", "clinker", "portland", "output", "t", "", "", "measured", "", *["135000"] * 12]
POWER = ["enterprise", "electricity", "", "purchased", "MWh", "", "", "measured", "bill", *["12000"] * 12]
KILN = ["line.1", "electricity", "", "consumed", "MWh", "", "", "measured", "meter", *["8000"] * 12]

Table = list[list[object]]


def table() -> Table:
    """A matrix that is right; a test spoils it."""
    return [list(row) for row in (HEAD, COAL, HEAT, OXIDATION, SLAG, CLINKER, POWER, KILN)]


def write(folder: Path, rows: Table, *, plant: str = PLANT, encoding: str = "utf-8") -> Path:
    """Write the folder with its matrix as CSV."""
    (folder / "plant.yaml").write_text(plant, encoding="utf-8")
    lines = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    (folder / "activity.csv").write_text(lines + "\n", encoding=encoding)
    return folder


def write_workbook(folder: Path, rows: Table, *, sheet: str = "activity") -> Path:
    """Write the folder with its matrix as a workbook."""
    (folder / "plant.yaml").write_text(PLANT, encoding="utf-8")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                if cell == "#DIV/0!":
                    page.write_formula(number, index, "=1/0", None, cell)
                elif isinstance(cell, str) and cell.replace(".", "").isdigit():
                    page.write_number(number, index, float(cell))
                else:
                    page.write(number, index, cell)
    (folder / "activity.xlsx").write_bytes(out.getvalue())
    return folder


def refusal(folder: Path, capsys: pytest.CaptureFixture[str], *, lang: str = "en") -> list[str]:
    """Run the command, expect exit code 2 and no output, return the lines of the refusal."""
    before = sorted(file.name for file in folder.iterdir())
    with pytest.raises(SystemExit) as ended:
        root.run(["account", str(folder), "--lang", lang])
    assert ended.value.code == 2
    assert sorted(file.name for file in folder.iterdir()) == before
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err.splitlines()


def spoilt(change: Callable[[Table], None]) -> Table:
    """A matrix with one change."""
    rows = table()
    change(rows)
    return rows


def cell(row: int, heading: str, value: object) -> Callable[[Table], None]:
    """Set one cell."""

    def change(rows: Table) -> None:
        rows[row][HEAD.index(heading)] = value

    return change


def drop(heading: str) -> Callable[[Table], None]:
    """Take a column out."""

    def change(rows: Table) -> None:
        index = HEAD.index(heading)
        for row in rows:
            row.pop(index)

    return change


def again(rows: Table) -> None:
    rows.append(list(rows[1]))


# fault → change, then what the refusal must say: place, value, cure
FAULTS: dict[str, tuple[Callable[[Table], None], tuple[str, ...]]] = {
    "a missing column": (drop("basis"), ("activity.csv 1", "basis", "add it")),
    "a negative mass": (cell(1, "2025-03", "-5"), ("activity.csv L2", "2025-03", "-5", "negative")),
    "percent for a fraction": (cell(3, "unit", "1"), ("activity.csv J4", "99", "0.99")),
    "kJ/kg for GJ/t": (cell(2, "2025-03", "23076"), ("activity.csv L3", "23076", "kJ/kg")),
    "a missing basis": (cell(2, "basis", ""), ("activity.csv F3", "net calorific value", "ar")),
    "a missing place": (cell(1, "place", ""), ("activity.csv G2", "consumption", "kiln")),
    "a month twice": (cell(0, "2025-04", "3月"), ("activity.csv M1", "3月", "L1")),
    "a row twice": (again, ("activity.csv D9", "J2", "corrections")),
    "an unknown fuel in a row": (cell(1, "stream", "colas"), ("activity.csv C2", "colas", "Did you mean “coal”")),
    "not a number": (cell(1, "2025-03", "NaN"), ("activity.csv L2", "NaN", "blank")),
    "infinity": (cell(1, "2025-03", "inf"), ("activity.csv L2", "inf", "finite")),
    "a decimal comma": (cell(1, "2025-03", "17000,5"), ("activity.csv L2", "17000,5", "point")),
    "an unknown unit": (cell(1, "unit", "tonnes"), ("activity.csv E2", "tonnes", "10^4t")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_with_its_place_value_and_cure(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = FAULTS[name]
    lines = refusal(write(tmp_path, spoilt(change)), capsys)
    told = [line for line in lines[1:] if all(word in line for word in said)]
    assert told, lines


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime.date(2025, 3, 1), ("2025-03-01", "General")),
        ("#DIV/0!", ("#DIV/0!", "formula")),
        (True, ("TRUE", "truth value")),
        ("17000,5", ("17000,5", "point")),
    ],
)
def test_a_cell_of_a_workbook_is_refused_with_its_sheet(
    value: object, said: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = refusal(write_workbook(tmp_path, spoilt(cell(1, "2025-03", value))), capsys)
    (line,) = lines[1:]
    assert line.strip().startswith("activity.xlsx [activity] L2 “2025-03”")
    assert all(word in line for word in said)


def test_a_csv_in_gbk_is_refused_by_that_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = refusal(write(tmp_path, spoilt(cell(1, "source", "转子秤")), encoding="gbk"), capsys, lang="zh")
    (line,) = lines[1:]
    assert "activity.csv I2" in line
    assert "GBK" in line
    assert "转子秤" in line
    assert "CSV UTF-8" in line


def test_an_unknown_fuel_and_material_of_the_plant_are_refused_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = PLANT.replace("item: bituminous_coal", "item: bitminous_coal").replace("item: carbide_slag", "item: carbid_slag")
    lines = refusal(write(tmp_path, table(), plant=plant), capsys)
    assert "plant.yaml 16" in lines[1]
    assert "Did you mean “bituminous_coal”" in lines[1]
    assert "Did you mean “carbide_slag”" in lines[2]


def test_deductions_larger_than_process_emissions_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # by hand: 135000 t · 0.535 = 72225 tCO2 of process; 200000 t of carbide slag · 0.480 = 96000 tCO2 deducted
    lines = refusal(write(tmp_path, spoilt(cell(4, "2025-03", "200000"))), capsys)
    assert any("line.1.process@2025-03" in line for line in lines[1:]), lines


def test_all_faults_of_all_files_are_told_in_one_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = table()
    for change in (cell(1, "2025-03", "-5"), cell(2, "basis", ""), cell(4, "stream", "slak"), cell(6, "2025-12", "1,2")):
        change(rows)
    folder = write(tmp_path, rows)
    (folder / "laboratory.csv").write_text("nothing here\n", encoding="utf-8")
    lines = refusal(folder, capsys)
    assert "5 faults" in lines[0]
    assert len(lines) == 6


def test_ten_thousand_wrong_rows_are_counted_and_told_shortly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = table() + [["line.9", *COAL[1:]] for _ in range(10_000)]
    lines = refusal(write(tmp_path, rows), capsys)
    assert "10000 faults" in lines[0]
    assert len(lines) == 202
    assert "9800 more" in lines[-1]


def test_a_blank_month_is_a_gap_in_the_figures_and_never_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        root.run(["account", str(write(tmp_path, spoilt(cell(1, "2025-03", "")))), "--json"])
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert ended.value.code == 3
    assert figures["line.1.combustion@2025-03"]["value"] is None
    assert figures["ets.direct"]["value"] is None
    assert figures["line.1.combustion@2025-02"]["value"] is not None


def test_an_old_result_survives_a_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, spoilt(cell(1, "2025-03", "-5")))
    (folder / "out").mkdir()
    (folder / "out" / "inventory.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        root.run(["account", str(folder), "--force"])
    assert ended.value.code == 2
    assert (folder / "out" / "inventory.json").read_text(encoding="utf-8") == "{}"
    assert "activity.csv L2" in capsys.readouterr().err
